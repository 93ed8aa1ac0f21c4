/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Builds snapshots for tests: fill in what they shall have, and build_image().
 */
#ifndef _TEST_BUILD_H
#define _TEST_BUILD_H

#include <stddef.h>
#include <stdint.h>
#include <linux/statsfs.h>

#define BUILD_MAX	64

/**
 * struct build - a snapshot to be built
 * @header: result; offsets, sizes and counts are filled in
 * @gathering: the gathering
 * @status: the statuses
 * @numbers: the numbers
 * @sources: the sources
 * @values: the values
 * @strings: the strings
 * @strings_size: bytes of them
 * @nr_groups: number of statuses
 * @nr_numbers: number of numbers
 * @nr_sources: number of sources
 * @nr_values: number of values
 * @growth: bytes that all structs have more than is known, and that are between
 *	all parts; a multiple of 8
 */
struct build {
	struct statsfs_snapshot_header header;
	struct statsfs_snapshot_gathering gathering;
	int32_t status[BUILD_MAX];
	uint64_t numbers[BUILD_MAX];
	struct statsfs_snapshot_source sources[BUILD_MAX];
	struct statsfs_snapshot_value values[BUILD_MAX];
	char strings[8192];
	uint32_t strings_size;
	uint32_t nr_groups;
	uint32_t nr_numbers;
	uint32_t nr_sources;
	uint32_t nr_values;
	uint32_t growth;
};

/* A snapshot without anything but the top. */
void build_init(struct build *b);

/* Adds a source; returns its index. */
uint32_t build_source(struct build *b, uint32_t parent, const char *name);

/* Adds a value with a group of its own to the last source. */
struct statsfs_snapshot_value *build_value(struct build *b, const char *name,
					   unsigned int type, unsigned int kind);

/*
 * Something of everything:
 *
 *	rx_bytes		a sum
 *	eth0/rx_bytes		u64, cumulative, bytes
 *	eth0/state		s32, instant
 *	eth0/queue0/sizes	4 buckets, linear, of 16 bytes
 *	eth0/queue0/delay	4 buckets, logarithmic, nanoseconds
 *	lo/rx_bytes
 *	lo/peak			u16, peak
 */
void build_sample(struct build *b);

/* Fills in the header; returns the image, to be freed, whose size is in it. */
char *build_image(struct build *b);

#endif /* _TEST_BUILD_H */
