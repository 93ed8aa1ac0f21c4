/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a snapshot is made of: layout.c makes it, snapshot.c fills it.
 */
#ifndef _STATSFS_SNAPSHOT_H
#define _STATSFS_SNAPSHOT_H

#include "internal.h"

/* Charged to the reader; rather fails than has somebody killed. */
#define STATSFS_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/**
 * struct statsfs_vec - an array that grows
 * @items: the array; to be freed by kvfree()
 * @size: bytes of an item
 * @nr: number of items
 * @room: number of items that there is memory for
 */
struct statsfs_vec {
	void *items;
	size_t size;
	size_t nr;
	size_t room;
};

#define STATSFS_VEC(type)	{ .size = sizeof(type) }

void *statsfs_vec_add(struct statsfs_vec *vec, size_t n);
void statsfs_vec_free(struct statsfs_vec *vec);

static inline size_t statsfs_vec_bytes(const struct statsfs_vec *vec)
{
	return vec->nr * vec->size;
}

/**
 * struct statsfs_reader - who reads
 * @ns: the namespace whose tree it is; the superblock keeps it
 * @may_read: which read permissions are the reader's: of files that cannot be
 *	reset, and of those that can
 */
struct statsfs_reader {
	const struct statsfs_ns *ns;
	umode_t may_read[2];
};

/**
 * struct statsfs_view - what a reader may see of a schema
 * @schema: the schema, with a reference
 * @nr_values: number of values
 * @nr_aggrs: number of aggregates
 * @nr_own: number of numbers that the values have
 * @nr_folded: number of numbers that the aggregates have
 * @only_sums: the aggregates are the sum of each value
 * @nr_runs: number of runs
 * @runs: where the numbers of the values are
 * @value: the values: indices into the schema
 * @folds: for each aggregate, which of @value it folds
 * @own: a description of each value, with its first number counted from 0
 * @folded: the same of each aggregate
 */
struct statsfs_view {
	struct statsfs_schema *schema;
	unsigned int nr_values;
	unsigned int nr_aggrs;
	u32 nr_own;
	u32 nr_folded;
	bool only_sums;
	unsigned int nr_runs;
	struct statsfs_run *runs;
	u16 *value;
	u16 *folds;
	struct statsfs_snapshot_value *own;
	struct statsfs_snapshot_value *folded;
};

/**
 * struct statsfs_member - what has a status of its own in a snapshot
 * @view: its schema
 * @group: a leaf, with a reference; NULL: aggregates in one directory
 * @data: index of its first number
 * @cost: a leaf in memory: how many numbers have to be read, else 0
 * @offset: a plain group of nothing but successive numbers of 64 bits: the offset
 *	of the first one, else -1
 * @first: aggregates: where their leaves are in &statsfs_layout.leaves
 * @nr: number of these leaves
 * @sums: a leaf: index of the first of the sums that its numbers are added to when
 *	they are read, or STATSFS_NO_SUMS
 * @added: aggregates: such sums
 * @failed: a leaf that could not be read, though it has not died
 */
struct statsfs_member {
	const struct statsfs_view *view;
	struct statsfs_group *group;
	u32 data;
	u32 cost;
	s32 offset;
	u32 first;
	u32 nr;
	u32 sums;
	bool added;
	bool failed;
};

#define STATSFS_NO_SUMS	U32_MAX

/**
 * struct statsfs_layout - what a snapshot shows
 * @sources: struct statsfs_snapshot_source
 * @values: struct statsfs_snapshot_value
 * @strings: char
 * @members: struct statsfs_member
 * @aggrs: u32: the indices of the members that are aggregates
 * @leaves: u32: for all aggregates, the indices of the members that they fold
 * @nr_numbers: number of numbers
 * @views: struct statsfs_view by the id of the schema
 */
struct statsfs_layout {
	struct statsfs_vec sources;
	struct statsfs_vec values;
	struct statsfs_vec strings;
	struct statsfs_vec members;
	struct statsfs_vec aggrs;
	struct statsfs_vec leaves;
	u32 nr_numbers;
	struct xarray views;
};

struct statsfs_layout *statsfs_layout_create(struct statsfs_source *top,
					     const struct statsfs_reader *reader,
					     bool changes);
void statsfs_layout_free(struct statsfs_layout *layout);

/**
 * struct statsfs_seen - what a directory was like, to find changes below it
 * @gen: its generation
 * @ns_gen: that of the namespace
 * @tags: struct statsfs_tag, of what belongs to the namespace below it
 */
struct statsfs_seen {
	u64 gen;
	u64 ns_gen;
	struct statsfs_vec tags;
};

int statsfs_seen_get(struct statsfs_seen *seen, struct statsfs_source *top,
		     const struct statsfs_ns *ns);
int statsfs_seen_is_current(struct statsfs_seen *seen,
			    struct statsfs_source *top,
			    const struct statsfs_ns *ns);

static inline void statsfs_seen_free(struct statsfs_seen *seen)
{
	statsfs_vec_free(&seen->tags);
}

#endif /* _STATSFS_SNAPSHOT_H */
