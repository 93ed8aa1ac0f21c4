// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of "statsfs ls": one table for headings, help, text, JSON and order.
 */

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "columns.h"
#include "format.h"

/* Of longer arrays people get only so many. */
#define MAX_HUMAN_NUMBERS	8

static char *copy(const char *text)
{
	return checked(strdup(text));
}

/* What is empty is not there. */
static char *copy_if_any(const char *text)
{
	return *text ? copy(text) : NULL;
}

static void row_path(const struct row *row, char buf[PATH_SIZE])
{
	if (row->value)
		tree_value_path(row->tree, row->value, buf);
	else
		tree_source_path(row->tree, row->source, buf);
}

/* 0 and a number, which is the first of an array; or a negative errno. */
static int row_number(const struct row *row, unsigned int bucket, uint64_t *number)
{
	if (!row->value)
		return -EISDIR;
	return known_number(statsfs_gathering(row->tree->snapshot), row->value,
			    bucket, number);
}

int check_row(const struct row *row)
{
	char path[PATH_SIZE];

	if (!row->value)
		return STATUS_OK;
	row_path(row, path);
	return check_value(row->tree->snapshot, row->value, path);
}

/* NAME */

static const char *plain_name(const struct row *row, char buf[PATH_SIZE])
{
	if (row->whole) {
		row_path(row, buf);
		return buf;
	}
	return row->value ? row->value->name : row->source->name;
}

static char *text_name(const struct row *row)
{
	char path[PATH_SIZE], name[PATH_SIZE + 1];

	snprintf(name, sizeof(name), "%s%s", plain_name(row, path),
		 row->value ? "" : "/");
	return copy(name);
}

static struct json_object *json_name(const struct row *row)
{
	char path[PATH_SIZE];

	return json_new_text(plain_name(row, path));
}

/* As people count: 9 before 10. */
static int compare_names(const struct row *a, const struct row *b)
{
	char path_a[PATH_SIZE], path_b[PATH_SIZE];

	return strverscmp(plain_name(a, path_a), plain_name(b, path_b));
}

/* VALUE */

static size_t put_number(const struct row *row, unsigned int bucket, char *buf)
{
	uint64_t number = 0;

	row_number(row, bucket, &number);
	if (row->human && !is_histogram(row->value))
		format_human(row->value, number, buf);
	else
		format_exact(row->value, number, buf);
	return strlen(buf);
}

static char *text_value(const struct row *row)
{
	uint32_t i, n = row->value ? row->value->nr_numbers : 0;
	char *text, *end;
	uint64_t number;

	if (row_number(row, 0, &number))
		return NULL;
	text = checked(calloc(n, FORMAT_SIZE));
	if (row->human && n > MAX_HUMAN_NUMBERS)
		n = MAX_HUMAN_NUMBERS;
	for (i = 0, end = text; i < n; i++) {
		if (i)
			*end++ = ' ';
		end += put_number(row, i, end);
	}
	if (n < row->value->nr_numbers)
		strcpy(end, " ...");
	return text;
}

static struct json_object *json_value(const struct row *row)
{
	if (!row->value)
		return NULL;
	return json_new_numbers(statsfs_gathering(row->tree->snapshot),
				row->value);
}

static bool is_negative(const struct row *row, uint64_t number)
{
	return statsfs_is_signed(row->value) && (int64_t)number < 0;
}

/* What has no number comes first.  Two negative ones compare as they are. */
static int compare_values(const struct row *a, const struct row *b)
{
	uint64_t x, y;
	bool has_x = !row_number(a, 0, &x), has_y = !row_number(b, 0, &y);

	if (!has_x || !has_y)
		return has_x - has_y;
	if (is_negative(a, x) != is_negative(b, y))
		return is_negative(b, y) - is_negative(a, x);
	return (x > y) - (x < y);
}

/* What a value is */

/* Of a function that writes something of a value to a buffer. */
#define TEXT_OF_VALUE(name)					\
static char *text_##name(const struct row *row)			\
{								\
	char buf[FORMAT_SIZE];					\
								\
	if (!row->value)					\
		return NULL;					\
	format_##name(row->value, buf);				\
	return copy_if_any(buf);				\
}

TEXT_OF_VALUE(aggr)
TEXT_OF_VALUE(type)
TEXT_OF_VALUE(unit)

static char *text_kind(const struct row *row)
{
	char buf[FORMAT_SIZE];

	if (!row->value)
		return copy("directory");
	format_kind(row->value, buf);
	return copy(buf);
}

static char *text_description(const struct row *row)
{
	return row->value ? copy_if_any(row->value->desc) : NULL;
}

static bool can_reset(const struct row *row)
{
	return row->value->flags & STATSFS_SNAPSHOT_CAN_RESET;
}

static char *text_reset(const struct row *row)
{
	return row->value ? copy(can_reset(row) ? "yes" : "no") : NULL;
}

static struct json_object *json_reset(const struct row *row)
{
	return row->value ? json_new_boolean(can_reset(row)) : NULL;
}

static char *text_buckets(const struct row *row)
{
	char buf[FORMAT_SIZE];

	if (!row->value || !row->value->buckets)
		return NULL;
	snprintf(buf, sizeof(buf), "%u", row->value->buckets);
	return copy(buf);
}

static struct json_object *json_buckets(const struct row *row)
{
	return row->value && row->value->buckets ?
	       json_new_u64(row->value->buckets) : NULL;
}

static int compare_buckets(const struct row *a, const struct row *b)
{
	uint32_t x = a->value ? a->value->buckets : 0;
	uint32_t y = b->value ? b->value->buckets : 0;

	return (x > y) - (x < y);
}

/* Where it is */

static char *text_path(const struct row *row)
{
	char path[PATH_SIZE];

	row_path(row, path);
	return copy(path);
}

static char *text_source(const struct row *row)
{
	char path[PATH_SIZE];

	tree_source_path(row->tree, row->source, path);
	return copy(path);
}

static char *text_id(const struct row *row)
{
	char buf[FORMAT_SIZE];

	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)row->source->id);
	return copy(buf);
}

static struct json_object *json_id(const struct row *row)
{
	return json_new_u64(row->source->id);
}

static int compare_ids(const struct row *a, const struct row *b)
{
	return (a->source->id > b->source->id) - (a->source->id < b->source->id);
}

static char *text_error(const struct row *row)
{
	char reason[FORMAT_SIZE];
	uint64_t number;
	int err = row->value ? row_number(row, 0, &number) : 0;

	if (!err)
		return NULL;
	format_error(row->value, err, reason);
	return copy(reason);
}

const struct column columns[] = {
	{ "NAME", "name, or the path of what was named by an argument",
	  .hint = 1, .flags = SCOLS_FL_TREE,
	  .text = text_name, .json = json_name, .compare = compare_names },
	{ "VALUE", "the number, or those of an array",
	  .hint = 8, .flags = SCOLS_FL_RIGHT,
	  .text = text_value, .json = json_value, .compare = compare_values },
	{ "UNIT", "what the number in the file is in",
	  .hint = 4, .text = text_unit },
	{ "KIND", "cumulative, instant, peak, linear_hist, log_hist or directory",
	  .hint = 4, .text = text_kind },
	{ "DESCRIPTION", "what it is",
	  .hint = 0.1, .flags = SCOLS_FL_TRUNC, .text = text_description },
	{ "TYPE", "type in the kernel: bool, u8 to u64, s8 to s64",
	  .hint = 3, .text = text_type },
	{ "AGGREGATE", "what it is of numbers below: sum, min, max, ... or none",
	  .hint = 3, .text = text_aggr },
	{ "RESET", "whether it can be reset",
	  .hint = 3, .text = text_reset, .json = json_reset },
	{ "BUCKETS", "of an array: how many numbers it has",
	  .hint = 3, .flags = SCOLS_FL_RIGHT,
	  .text = text_buckets, .json = json_buckets, .compare = compare_buckets },
	{ "PATH", "path below the mount",
	  .hint = 0.3, .text = text_path },
	{ "SOURCE", "path of the directory that it is, or that it is in",
	  .hint = 0.2, .text = text_source },
	{ "ID", "inode number of that directory",
	  .hint = 4, .flags = SCOLS_FL_RIGHT,
	  .text = text_id, .json = json_id, .compare = compare_ids },
	{ "ERROR", "why the number could not be read",
	  .hint = 0.2, .text = text_error },
	{}
};

const struct column *find_column(const char *name)
{
	const struct column *column;

	for (column = columns; column->name; column++)
		if (!strcasecmp(column->name, name))
			return column;
	return NULL;
}

static int compare_texts(const struct column *column, const struct row *a,
			 const struct row *b)
{
	char *x = column->text(a), *y = column->text(b);
	int result = strverscmp(x ? x : "", y ? y : "");

	free(x);
	free(y);
	return result;
}

int compare_rows(const struct column *column, const struct row *a,
		 const struct row *b)
{
	return column->compare ? column->compare(a, b) :
				 compare_texts(column, a, b);
}

struct json_object *column_json(const struct column *column,
				const struct row *row)
{
	struct json_object *object;
	char *text;

	if (column->json)
		return column->json(row);
	text = column->text(row);
	object = text ? json_new_text(text) : NULL;
	free(text);
	return object;
}
