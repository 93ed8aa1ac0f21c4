// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs top --once and --csv.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "program.h"
#include "top-text.h"

static int complain_of(const struct top_row *row)
{
	char reason[FORMAT_SIZE];

	format_error(&row->value, row->error, reason);
	return complain("%s: %s", row->path, reason);
}

/* The table: paths last, because they may have blanks. */

static void put_value(const struct top_row *row, char buf[FORMAT_SIZE])
{
	if (row->has_number)
		format_exact(&row->value, row->number, buf);
}

static void put_rate(const struct top_row *row, char buf[FORMAT_SIZE])
{
	if (row->change == STATSFS_CHANGE_OK)
		snprintf(buf, FORMAT_SIZE, "%.3f", row->rate);
}

static bool has_difference(const struct top_row *row)
{
	return row->change == STATSFS_CHANGE_OK ||
	       row->change == STATSFS_CHANGE_NONE ||
	       row->change == STATSFS_CHANGE_NO_TIME;
}

static void put_change(const struct top_row *row, char buf[FORMAT_SIZE])
{
	if (has_difference(row))
		snprintf(buf, FORMAT_SIZE, "%+.0f", row->difference);
}

static const struct column {
	const char *heading;
	int width;
	void (*put)(const struct top_row *row, char buf[FORMAT_SIZE]);
} columns[] = {
	{ "VALUE", 20, put_value },
	{ "PER_SECOND", 16, put_rate },
	{ "CHANGE", 16, put_change },
};

#define NR_COLUMNS (sizeof(columns) / sizeof(*columns))

static void print_row(const struct top_row *row)
{
	char buf[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < NR_COLUMNS; i++) {
		strcpy(buf, "-");
		columns[i].put(row, buf);
		printf("%*s ", columns[i].width, buf);
	}
	puts(row->path);
}

int top_print_table(const struct top_model *m)
{
	int status = STATUS_OK;
	unsigned int i;

	for (i = 0; i < NR_COLUMNS; i++)
		printf("%*s ", columns[i].width, columns[i].heading);
	puts("PATH");
	for (i = 0; i < m->nr_lines; i++) {
		print_row(m->lines[i]);
		if (m->lines[i]->error)
			status = complain_of(m->lines[i]);
	}
	return status;
}

/* CSV as of RFC 4180 */

static void print_quoted(const char *text)
{
	if (!strpbrk(text, "\",")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void print_csv_row(const struct top_row *row, const struct statsfs_snapshot *s)
{
	printf("%" PRIu64 ".%09" PRIu64 ",", (uint64_t)(row->when_ns / NS_PER_S),
	       (uint64_t)(row->when_ns % NS_PER_S));
	print_quoted(row->path);
	putchar(',');
	if (row->has_number)
		print_exact(s, statsfs_value_at(s, row->index));
	putchar(',');
	if (row->change == STATSFS_CHANGE_OK)
		printf("%.3f", row->rate);
	putchar('\n');
}

void top_print_csv_heading(void)
{
	puts("time,path,value,rate");
}

int top_print_csv(const struct top_model *m, const struct statsfs_snapshot *s)
{
	int status = STATUS_OK;
	unsigned int i;

	for (i = 0; i < m->nr_rows; i++) {
		if (m->rows[i]->is_directory)
			continue;
		print_csv_row(m->rows[i], s);
		if (m->rows[i]->error)
			status = complain_of(m->rows[i]);
	}
	return status;
}
