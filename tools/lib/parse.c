// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Checks a snapshot, once: whatever passes can be used without further thought.
 * The time that this takes is linear in the size of the snapshot.
 */

#include <byteswap.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/**
 * struct part - what lies where
 * @name: for messages
 * @offset: where it should begin
 * @count: number of items in it
 * @size: bytes of an item
 */
struct part {
	const char *name;
	uint64_t offset;
	uint64_t count;
	uint64_t size;
};

/*
 * Parts follow each other in the order of the description, perhaps with others
 * between, and end before the end.  No product overflows: counts have 32 bits and
 * sizes 16, but those of the strings are a number and 1.  Statuses and numbers are
 * used where they are, so they must be aligned; all else is copied.
 */
static int check_parts(const struct statsfs_snapshot_header *h, char *error)
{
	const struct part parts[] = {
		{ "header", 0, 1, h->header_size },
		{ "gathering", h->gathering_offset, 1, h->gathering_size },
		{ "statuses", h->status_offset, h->nr_groups, sizeof(__s32) },
		{ "numbers", h->data_offset, h->nr_numbers, sizeof(__u64) },
		{ "refresh", h->refresh_size - sizeof(__u64), 1, sizeof(__u64) },
		{ "sources", h->sources_offset, h->nr_sources, h->source_size },
		{ "values", h->values_offset, h->nr_values, h->value_size },
		{ "strings", h->strings_offset, h->strings_size, 1 },
	};
	uint64_t end = 0;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const struct part *p = &parts[i];

		if (p->offset < end || p->offset > h->size ||
		    p->count * p->size > h->size - p->offset)
			return statsfs_fail(error, EBADMSG,
					    "damaged: its %s cannot be at %" PRIu64,
					    p->name, p->offset);
		end = p->offset + p->count * p->size;
	}
	if (h->status_offset % 8 || h->data_offset % 8)
		return statsfs_fail(error, EBADMSG,
				    "damaged: its numbers are not aligned");
	return 0;
}

int statsfs_parse_header(struct statsfs_snapshot_header *h, const void *image,
			 size_t size, char *error)
{
	memset(h, 0, sizeof(*h));
	memcpy(h, image, size < sizeof(*h) ? size : sizeof(*h));
	if (h->magic == bswap_32(STATSFS_SNAPSHOT_MAGIC))
		return statsfs_fail(error, EPROTONOSUPPORT,
				    "is from a machine with the other byte order");
	if (h->magic != STATSFS_SNAPSHOT_MAGIC)
		return statsfs_fail(error, EMEDIUMTYPE, "is no snapshot");
	if (size < sizeof(*h))
		return statsfs_fail(error, EBADMSG, "truncated: %zu bytes", size);
	if (h->version != STATSFS_SNAPSHOT_VERSION)
		return statsfs_fail(error, EPROTONOSUPPORT,
				    "has version %u, only %u is known",
				    h->version, STATSFS_SNAPSHOT_VERSION);
	if (h->header_size < sizeof(*h) ||
	    h->gathering_size < sizeof(struct statsfs_snapshot_gathering) ||
	    h->source_size < sizeof(struct statsfs_snapshot_source) ||
	    h->value_size < sizeof(struct statsfs_snapshot_value))
		return statsfs_fail(error, EBADMSG,
				    "damaged: structs are too short");
	if (h->size > STATSFS_SNAPSHOT_MAX_SIZE)
		return statsfs_fail(error, EFBIG,
				    "has more than %u bytes: %" PRIu64,
				    STATSFS_SNAPSHOT_MAX_SIZE, (uint64_t)h->size);
	return check_parts(h, error);
}

/* The string at @where, or NULL.  All end, because the last byte is a NUL. */
static const char *get_string(const struct layout *l, uint32_t where)
{
	if (where >= l->header.strings_size)
		return NULL;
	return l->image + l->header.strings_offset + where;
}

/* A name that a file may have: its length, or 0. */
static size_t name_length(const char *name)
{
	size_t length = strnlen(name, NAME_MAX + 1);
	size_t i;

	if (length > NAME_MAX || *name == '.')
		return 0;
	for (i = 0; i < length; i++)
		if (name[i] == '/' || name[i] == 0x7f ||
		    (unsigned char)name[i] < ' ')
			return 0;
	return length;
}

static int bad_item(char *error, const char *what, uint32_t index)
{
	return statsfs_fail(error, EBADMSG, "damaged: %s %u", what, index);
}

/* That its parent comes before it excludes cycles. */
static int parse_source(struct layout *l, uint32_t i, char *error)
{
	const struct statsfs_snapshot_header *h = &l->header;
	struct statsfs_source *source = &l->sources[i];
	struct statsfs_snapshot_source d;
	size_t length;

	memcpy(&d, l->image + h->sources_offset + (uint64_t)i * h->source_size,
	       sizeof(d));
	source->name = get_string(l, d.name);
	if (!source->name)
		return bad_item(error, "name of source", i);
	if (d.first_value > h->nr_values ||
	    d.nr_values > h->nr_values - d.first_value)
		return bad_item(error, "values of source", i);
	source->id = d.id;
	source->first_value = d.first_value;
	source->nr_values = d.nr_values;
	if (!i) {
		if (d.parent != STATSFS_SNAPSHOT_NO_PARENT)
			return bad_item(error, "parent of source", i);
		return *source->name ? bad_item(error, "name of source", i) : 0;
	}
	length = name_length(source->name);
	if (!length)
		return bad_item(error, "name of source", i);
	if (d.parent >= i)
		return bad_item(error, "parent of source", i);
	source->parent = &l->sources[d.parent];
	source->depth = source->parent->depth + 1;
	source->path_length = source->parent->path_length + (d.parent != 0) +
			      length;
	if (source->path_length >= PATH_MAX)
		return statsfs_fail(error, ENAMETOOLONG,
				    "path of source %u is too long", i);
	return 0;
}

static int parse_value(struct layout *l, uint32_t i, char *error)
{
	const struct statsfs_snapshot_header *h = &l->header;
	struct statsfs_value *v = &l->values[i];
	struct statsfs_snapshot_value d;
	size_t length;

	memcpy(&d, l->image + h->values_offset + (uint64_t)i * h->value_size,
	       sizeof(d));
	*v = (struct statsfs_value) {
		.name = get_string(l, d.name),
		.desc = get_string(l, d.desc),
		.group = d.group,
		.first_number = d.data,
		.nr_numbers = d.buckets ? d.buckets : 1,
		.buckets = d.buckets,
		.bucket_size = d.bucket_size,
		.aggr = d.aggr,
		.type = d.type,
		.kind = d.kind,
		.unit = d.unit,
		.base = d.base,
		.exponent = d.exponent,
		.flags = d.flags,
	};
	length = v->name ? name_length(v->name) : 0;
	if (!length)
		return bad_item(error, "name of value", i);
	if (!v->desc)
		return bad_item(error, "description of value", i);
	if (d.source >= h->nr_sources)
		return bad_item(error, "source of value", i);
	v->source = &l->sources[d.source];
	if (i - v->source->first_value >= v->source->nr_values)
		return bad_item(error, "source of value", i);
	if (v->group >= h->nr_groups)
		return bad_item(error, "group of value", i);
	if (v->first_number > h->nr_numbers ||
	    v->nr_numbers > h->nr_numbers - v->first_number)
		return bad_item(error, "numbers of value", i);
	if (!v->type)
		return bad_item(error, "type of value", i);
	if (v->source->path_length + 1 + length >= PATH_MAX)
		return statsfs_fail(error, ENAMETOOLONG,
				    "path of value %u is too long", i);
	return 0;
}

int statsfs_parse_gathering(const struct layout *l, const char *image,
			    struct statsfs_gathering *g, char *error)
{
	const struct statsfs_snapshot_header *h = &l->header;
	struct statsfs_snapshot_gathering d;
	uint64_t again;

	memcpy(&d, image + h->gathering_offset, sizeof(d));
	memcpy(&again, image + h->refresh_size - sizeof(again), sizeof(again));
	if (d.gathering != again)
		return statsfs_fail(error, EAGAIN, "was changed while it was read");
	if (d.begin_ns > d.end_ns)
		return statsfs_fail(error, EBADMSG,
				    "damaged: it ends before it begins");
	*g = (struct statsfs_gathering) {
		.number = d.gathering,
		.begin_ns = d.begin_ns,
		.end_ns = d.end_ns,
		.nr_groups = h->nr_groups,
		.nr_numbers = h->nr_numbers,
		.status = (const int32_t *)(image + h->status_offset),
		.numbers = (const uint64_t *)(image + h->data_offset),
	};
	return 0;
}

/*
 * Each value is in the range of its source.  If the ranges have as many values as
 * there are, each value is in that of its source only.
 */
static int parse_tree(struct layout *l, char *error)
{
	uint64_t nr_values = 0;
	uint32_t i;
	int err;

	for (i = 0; i < l->header.nr_sources; i++) {
		err = parse_source(l, i, error);
		if (err)
			return err;
		nr_values += l->sources[i].nr_values;
	}
	if (nr_values != l->header.nr_values)
		return statsfs_fail(error, EBADMSG,
				    "damaged: sources have %" PRIu64 " values",
				    nr_values);
	for (i = 0; i < l->header.nr_values; i++) {
		err = parse_value(l, i, error);
		if (err)
			return err;
	}
	return 0;
}

int statsfs_parse(struct layout *l, char *error)
{
	const struct statsfs_snapshot_header *h = &l->header;
	int err;

	if (!h->nr_sources)
		return statsfs_fail(error, EBADMSG, "damaged: it has no source");
	if (!h->strings_size ||
	    l->image[h->strings_offset + h->strings_size - 1])
		return statsfs_fail(error, EBADMSG,
				    "damaged: its strings do not end");
	l->sources = calloc(h->nr_sources, sizeof(*l->sources));
	l->values = calloc(h->nr_values + (size_t)1, sizeof(*l->values));
	l->spare = malloc(h->refresh_size);
	if (!l->sources || !l->values || !l->spare)
		return statsfs_fail(error, ENOMEM, "not enough memory");
	err = statsfs_parse_gathering(l, l->image, &l->gathering[0], error);
	return err ? err : parse_tree(l, error);
}
