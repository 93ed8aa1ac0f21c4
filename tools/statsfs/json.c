// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot as one JSON document; a source at a time, so that it takes no more
 * memory than the largest of them.
 */

#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static void no_memory(void)
{
	complain("not enough memory");
	exit(STATUS_FAILED);
}

static struct json_object *check(struct json_object *object)
{
	if (!object)
		no_memory();
	return object;
}

static void add(struct json_object *object, const char *key,
		struct json_object *value)
{
	if (json_object_object_add(object, key, value))
		no_memory();
}

static void append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		no_memory();
}

static struct json_object *new_u64(uint64_t number)
{
	return check(json_object_new_uint64(number));
}

/* Bytes of the UTF-8 character at @s; 0: it is none. */
static size_t utf8_length(const unsigned char *s)
{
	static const uint32_t first[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *s < 0x80 ? 1 : *s < 0xc0 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
	uint32_t c = *s & (0xff >> (n + 1));
	size_t i;

	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (n > 1 && (*s >= 0xf8 || c < first[n] || c > 0x10ffff ||
		      (c >= 0xd800 && c < 0xe000)))
		return 0;
	return n;
}

/* Names may have any bytes, JSON has UTF-8: others become "\xff" and the like. */
static struct json_object *new_string(const char *string)
{
	struct json_object *object;
	char *text = malloc(4 * strlen(string) + 1), *end = text;
	size_t n;

	if (!text)
		no_memory();
	while (*string) {
		n = utf8_length((const unsigned char *)string);
		memcpy(end, string, n);
		end += n;
		string += n;
		if (!n)
			end += sprintf(end, "\\x%02x", (unsigned char)*string++);
	}
	*end = '\0';
	object = check(json_object_new_string(text));
	free(text);
	return object;
}

/* The name of what may be newer than this program, or its number. */
static struct json_object *new_name(const char *name, unsigned int number)
{
	return name ? new_string(name) : new_u64(number);
}

static struct json_object *new_number(const struct statsfs_value *v, uint64_t number)
{
	return statsfs_is_signed(v) ?
	       check(json_object_new_int64((int64_t)number)) : new_u64(number);
}

static struct json_object *new_numbers(const struct statsfs_gathering *g,
				       const struct statsfs_value *v)
{
	struct json_object *array;
	uint64_t number;
	uint32_t i;

	if (!v->buckets) {
		statsfs_number(g, v, 0, &number);
		return new_number(v, number);
	}
	array = check(json_object_new_array());
	for (i = 0; i < v->buckets; i++) {
		statsfs_number(g, v, i, &number);
		append(array, new_number(v, number));
	}
	return array;
}

static struct json_object *new_value(const struct statsfs_gathering *g,
				     const struct statsfs_value *v)
{
	struct json_object *object = check(json_object_new_object());
	uint64_t number;
	int err = statsfs_number(g, v, 0, &number);
	bool known = !err && statsfs_type_name(v->type);

	add(object, "name", new_string(v->name));
	add(object, "value", known ? new_numbers(g, v) : NULL);
	add(object, "status", new_u64(-err));
	if (err)
		add(object, "error", new_string(strerror(-err)));
	add(object, "description", new_string(v->desc));
	add(object, "type", new_name(statsfs_type_name(v->type), v->type));
	add(object, "kind", new_name(statsfs_kind_name(v->kind), v->kind));
	add(object, "unit", new_name(statsfs_unit_name(v->unit), v->unit));
	add(object, "base", new_u64(v->base));
	add(object, "exponent", check(json_object_new_int(v->exponent)));
	add(object, "aggregate", new_name(statsfs_aggr_name(v->aggr), v->aggr));
	add(object, "can_reset",
	    check(json_object_new_boolean(v->flags & STATSFS_SNAPSHOT_CAN_RESET)));
	if (v->bucket_size)
		add(object, "bucket_size", new_u64(v->bucket_size));
	return object;
}

static struct json_object *new_labels(const struct statsfs_source *source)
{
	static const char *labels[PATH_MAX];
	struct json_object *array = check(json_object_new_array());
	unsigned int i, n = statsfs_labels(source, labels, PATH_MAX);

	for (i = 0; i < n; i++)
		append(array, new_string(labels[i]));
	return array;
}

static struct json_object *new_source(const struct statsfs_snapshot *s,
				      const struct statsfs_source *source)
{
	struct json_object *object = check(json_object_new_object());
	struct json_object *values = check(json_object_new_array());
	char path[PATH_SIZE];
	uint32_t i;

	statsfs_path(source, path, sizeof(path));
	add(object, "path", new_string(path));
	add(object, "labels", new_labels(source));
	add(object, "id", new_u64(source->id));
	for (i = 0; i < source->nr_values; i++)
		append(values, new_value(statsfs_gathering(s),
					 statsfs_value_at(s, source->first_value + i)));
	add(object, "values", values);
	return object;
}

static struct json_object *new_gathering(const struct statsfs_snapshot *s)
{
	const struct statsfs_gathering *g = statsfs_gathering(s);
	struct json_object *object = check(json_object_new_object());

	add(object, "generation", new_u64(statsfs_generation(s)));
	add(object, "number", new_u64(g->number));
	add(object, "begin_ns", new_u64(g->begin_ns));
	add(object, "end_ns", new_u64(g->end_ns));
	return object;
}

static void print(struct json_object *object)
{
	fputs(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE),
	      stdout);
	json_object_put(object);
}

static bool has_errors(const struct statsfs_gathering *g)
{
	uint32_t i;

	for (i = 0; i < g->nr_groups; i++)
		if (g->status[i])
			return true;
	return false;
}

int print_json(const struct statsfs_snapshot *s)
{
	const struct statsfs_source *source;
	unsigned int i;

	fputs("{\"gathering\":", stdout);
	print(new_gathering(s));
	fputs(",\"sources\":[", stdout);
	for (i = 0; (source = statsfs_source_at(s, i)); i++) {
		fputs(i ? ",\n" : "\n", stdout);
		print(new_source(s, source));
	}
	puts("\n]}");
	return has_errors(statsfs_gathering(s)) ? STATUS_FAILED : STATUS_OK;
}
