/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON, for which json-c does the work.  None of these returns without what it is
 * asked for: where there is no memory, they say so and end the program.
 */
#ifndef _STATSFS_JSON_H
#define _STATSFS_JSON_H

#include <json-c/json.h>
#include <statsfs.h>

struct json_object *json_new_object(void);
struct json_object *json_new_array(void);
struct json_object *json_new_u64(uint64_t number);
struct json_object *json_new_boolean(bool value);

/* Bytes that are no UTF-8 become "\xff" and the like. */
struct json_object *json_new_text(const char *string);

/* The number of @v, or an array; NULL, which is null: it cannot be read. */
struct json_object *json_new_numbers(const struct statsfs_gathering *g,
				     const struct statsfs_value *v);

/* All that there is to say of @v, as in a snapshot. */
struct json_object *json_new_value(const struct statsfs_gathering *g,
				   const struct statsfs_value *v);

void json_add(struct json_object *object, const char *key,
	      struct json_object *value);
void json_append(struct json_object *array, struct json_object *value);

/* Prints it without a newline, and frees it. */
void json_print(struct json_object *object);

#endif /* _STATSFS_JSON_H */
