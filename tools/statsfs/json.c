// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot as one JSON document; a source at a time, so that it takes no more
 * memory than the largest of them.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "program.h"

static void must_succeed(int err)
{
	if (err) {
		complain("not enough memory");
		exit(STATUS_FAILED);
	}
}

struct json_object *json_new_object(void)
{
	return checked(json_object_new_object());
}

struct json_object *json_new_array(void)
{
	return checked(json_object_new_array());
}

struct json_object *json_new_u64(uint64_t number)
{
	return checked(json_object_new_uint64(number));
}

struct json_object *json_new_boolean(bool value)
{
	return checked(json_object_new_boolean(value));
}

void json_add(struct json_object *object, const char *key,
	      struct json_object *value)
{
	must_succeed(json_object_object_add(object, key, value));
}

void json_append(struct json_object *array, struct json_object *value)
{
	must_succeed(json_object_array_add(array, value));
}

size_t utf8_length(const unsigned char *s)
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
struct json_object *json_new_text(const char *string)
{
	struct json_object *object;
	char *text = checked(malloc(4 * strlen(string) + 1)), *end = text;
	size_t n;

	while (*string) {
		n = utf8_length((const unsigned char *)string);
		memcpy(end, string, n);
		end += n;
		string += n;
		if (!n)
			end += sprintf(end, "\\x%02x", (unsigned char)*string++);
	}
	*end = '\0';
	object = checked(json_object_new_string(text));
	free(text);
	return object;
}

/* The name of what may be newer than this program, or its number. */
static struct json_object *new_name(const char *name, unsigned int number)
{
	return name ? json_new_text(name) : json_new_u64(number);
}

static struct json_object *new_number(const struct statsfs_value *v, uint64_t number)
{
	return statsfs_is_signed(v) ?
	       checked(json_object_new_int64((int64_t)number)) : json_new_u64(number);
}

struct json_object *json_new_numbers(const struct statsfs_gathering *g,
				     const struct statsfs_value *v)
{
	struct json_object *array;
	uint64_t number;
	uint32_t i;

	if (known_number(g, v, 0, &number))
		return NULL;
	if (!v->buckets)
		return new_number(v, number);
	array = json_new_array();
	for (i = 0; i < v->buckets; i++) {
		statsfs_number(g, v, i, &number);
		json_append(array, new_number(v, number));
	}
	return array;
}

struct json_object *json_new_value(const struct statsfs_gathering *g,
				   const struct statsfs_value *v)
{
	struct json_object *object = json_new_object();
	uint64_t number;
	int err = statsfs_number(g, v, 0, &number);

	json_add(object, "name", json_new_text(v->name));
	json_add(object, "value", json_new_numbers(g, v));
	json_add(object, "status", json_new_u64(-err));
	if (err)
		json_add(object, "error", json_new_text(strerror(-err)));
	json_add(object, "description", json_new_text(v->desc));
	json_add(object, "type", new_name(statsfs_type_name(v->type), v->type));
	json_add(object, "kind", new_name(statsfs_kind_name(v->kind), v->kind));
	json_add(object, "unit", new_name(statsfs_unit_name(v->unit), v->unit));
	json_add(object, "base", json_new_u64(v->base));
	json_add(object, "exponent", checked(json_object_new_int(v->exponent)));
	json_add(object, "aggregate", new_name(statsfs_aggr_name(v->aggr), v->aggr));
	json_add(object, "can_reset",
		 json_new_boolean(v->flags & STATSFS_SNAPSHOT_CAN_RESET));
	if (v->bucket_size)
		json_add(object, "bucket_size", json_new_u64(v->bucket_size));
	return object;
}

static struct json_object *new_labels(const struct statsfs_source *source)
{
	static const char *labels[PATH_MAX];
	struct json_object *array = json_new_array();
	unsigned int i, n = statsfs_labels(source, labels, PATH_MAX);

	for (i = 0; i < n; i++)
		json_append(array, json_new_text(labels[i]));
	return array;
}

static struct json_object *new_source(const struct statsfs_snapshot *s,
				      const struct statsfs_source *source)
{
	struct json_object *object = json_new_object();
	struct json_object *values = json_new_array();
	char path[PATH_SIZE];
	uint32_t i;

	statsfs_path(source, path, sizeof(path));
	json_add(object, "path", json_new_text(path));
	json_add(object, "labels", new_labels(source));
	json_add(object, "id", json_new_u64(source->id));
	for (i = 0; i < source->nr_values; i++)
		json_append(values,
			    json_new_value(statsfs_gathering(s),
					   statsfs_value_at(s, source->first_value + i)));
	json_add(object, "values", values);
	return object;
}

static struct json_object *new_gathering(const struct statsfs_snapshot *s)
{
	const struct statsfs_gathering *g = statsfs_gathering(s);
	struct json_object *object = json_new_object();

	json_add(object, "generation", json_new_u64(statsfs_generation(s)));
	json_add(object, "number", json_new_u64(g->number));
	json_add(object, "begin_ns", json_new_u64(g->begin_ns));
	json_add(object, "end_ns", json_new_u64(g->end_ns));
	return object;
}

void json_print(struct json_object *object)
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
	json_print(new_gathering(s));
	fputs(",\"sources\":[", stdout);
	for (i = 0; (source = statsfs_source_at(s, i)); i++) {
		fputs(i ? ",\n" : "\n", stdout);
		json_print(new_source(s, source));
	}
	puts("\n]}");
	return has_errors(statsfs_gathering(s)) ? STATUS_FAILED : STATUS_OK;
}
