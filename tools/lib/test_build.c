// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "test_build.h"

static uint32_t add_string(struct build *b, const char *string)
{
	uint32_t where = b->strings_size;

	b->strings_size += strlen(string) + 1;
	if (b->strings_size > sizeof(b->strings))
		abort();
	strcpy(b->strings + where, string);
	return where;
}

void build_init(struct build *b)
{
	memset(b, 0, sizeof(*b));
	b->header.magic = STATSFS_SNAPSHOT_MAGIC;
	b->header.version = STATSFS_SNAPSHOT_VERSION;
	b->header.generation = 7;
	b->gathering.gathering = 1;
	b->gathering.begin_ns = 1000000000;
	b->gathering.end_ns = 1000001000;
	build_source(b, STATSFS_SNAPSHOT_NO_PARENT, "");
}

uint32_t build_source(struct build *b, uint32_t parent, const char *name)
{
	struct statsfs_snapshot_source *source = &b->sources[b->nr_sources];

	source->id = 100 + b->nr_sources;
	source->parent = parent;
	source->name = add_string(b, name);
	source->first_value = b->nr_values;
	return b->nr_sources++;
}

struct statsfs_snapshot_value *build_value(struct build *b, const char *name,
					   unsigned int type, unsigned int kind)
{
	struct statsfs_snapshot_value *v = &b->values[b->nr_values++];

	v->source = b->nr_sources - 1;
	v->name = add_string(b, name);
	v->desc = add_string(b, "what it is");
	v->group = b->nr_groups++;
	v->data = b->nr_numbers;
	v->type = type;
	v->kind = kind;
	if (kind == STAT_KIND_LINEAR_HIST || kind == STAT_KIND_LOG_HIST)
		v->buckets = 4;
	b->nr_numbers += v->buckets ? v->buckets : 1;
	b->sources[v->source].nr_values++;
	return v;
}

void build_sample(struct build *b)
{
	struct statsfs_snapshot_value *v;
	uint32_t i, eth0;

	build_init(b);
	v = build_value(b, "rx_bytes", STAT_TYPE_U64, STAT_KIND_CUMULATIVE);
	v->aggr = STAT_AGGR_SUM;
	v->unit = STAT_UNIT_BYTES;
	eth0 = build_source(b, 0, "eth0");
	v = build_value(b, "rx_bytes", STAT_TYPE_U64, STAT_KIND_CUMULATIVE);
	v->unit = STAT_UNIT_BYTES;
	v->flags = STATSFS_SNAPSHOT_CAN_RESET;
	build_value(b, "state", STAT_TYPE_S32, STAT_KIND_INSTANT);
	build_source(b, eth0, "queue0");
	v = build_value(b, "sizes", STAT_TYPE_U64, STAT_KIND_LINEAR_HIST);
	v->bucket_size = 16;
	v->unit = STAT_UNIT_BYTES;
	v = build_value(b, "delay", STAT_TYPE_U64, STAT_KIND_LOG_HIST);
	v->unit = STAT_UNIT_SECONDS;
	v->base = 10;
	v->exponent = -9;
	build_source(b, 0, "lo");
	v = build_value(b, "rx_bytes", STAT_TYPE_U64, STAT_KIND_CUMULATIVE);
	v->unit = STAT_UNIT_BYTES;
	build_value(b, "peak", STAT_TYPE_U16, STAT_KIND_PEAK);
	for (i = 0; i < b->nr_numbers; i++)
		b->numbers[i] = 10 * i;
	b->numbers[2] = (uint64_t)-5;
}

/**
 * struct part - what is copied to where
 * @offset: result, in the header; NULL: it is not there
 * @from: the items
 * @count: number of items
 * @size: bytes of an item
 * @room: bytes of an item in the image
 */
struct part {
	__u64 *offset;
	const void *from;
	size_t count;
	size_t size;
	size_t room;
};

#define NR_PARTS	8

static void fill_header(struct build *b, struct part parts[NR_PARTS])
{
	struct statsfs_snapshot_header *h = &b->header;
	size_t i, end = 0;

	h->header_size = parts[0].room;
	h->gathering_size = parts[1].room;
	h->source_size = parts[5].room;
	h->value_size = parts[6].room;
	h->nr_groups = b->nr_groups;
	h->nr_numbers = b->nr_numbers;
	h->nr_sources = b->nr_sources;
	h->nr_values = b->nr_values;
	h->strings_size = b->strings_size;
	for (i = 0; i < NR_PARTS; i++) {
		end = (end + 7) / 8 * 8 + (i ? b->growth : 0);
		*parts[i].offset = end;
		end += parts[i].count * parts[i].room;
	}
	h->refresh_size += sizeof(__u64);
	h->size = end + b->growth;
}

char *build_image(struct build *b)
{
	struct statsfs_snapshot_header *h = &b->header;
	uint32_t more = b->growth;
	__u64 zero;
	struct part parts[NR_PARTS] = {
		{ &zero, h, 1, sizeof(*h), sizeof(*h) + more },
		{ &h->gathering_offset, &b->gathering, 1, sizeof(b->gathering),
		  sizeof(b->gathering) + more },
		{ &h->status_offset, b->status, b->nr_groups, 4, 4 },
		{ &h->data_offset, b->numbers, b->nr_numbers, 8, 8 },
		{ &h->refresh_size, &b->gathering.gathering, 1, 8, 8 },
		{ &h->sources_offset, b->sources, b->nr_sources,
		  sizeof(*b->sources), sizeof(*b->sources) + more },
		{ &h->values_offset, b->values, b->nr_values,
		  sizeof(*b->values), sizeof(*b->values) + more },
		{ &h->strings_offset, b->strings, b->strings_size, 1, 1 },
	};
	size_t i, j, at;
	char *image;

	fill_header(b, parts);
	image = malloc(h->size);
	if (!image)
		abort();
	memset(image, 0x55, h->size);
	for (i = 0; i < NR_PARTS; i++) {
		at = *parts[i].offset;
		if (parts[i].offset == &h->refresh_size)
			at -= sizeof(__u64);
		for (j = 0; j < parts[i].count; j++)
			memcpy(image + at + j * parts[i].room,
			       (const char *)parts[i].from + j * parts[i].size,
			       parts[i].size);
	}
	return image;
}
