// SPDX-License-Identifier: GPL-2.0
/* Tests of snapshots. */

#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "../internal.h"
#include "helpers.h"

#define SNAPSHOT	STATSFS_SNAPSHOT_NAME

/* The file of a directory, open until the end of the case. */
static struct file *open_snapshot(struct kunit *test, const char *path)
{
	return tst_open(test, path, O_RDONLY);
}

/* Gathers again: all that a refresh reads, or an error. */
static ssize_t refresh(struct tst_snapshot *s, struct file *file)
{
	loff_t pos = 0;

	return tst_read(file, (char *)s->start, s->header->refresh_size, &pos);
}

static u64 number_of(struct kunit *test, const struct tst_snapshot *s,
		     const char *path)
{
	const struct statsfs_snapshot_value *v = tst_snapshot_find(s, path);

	KUNIT_ASSERT_NOT_NULL_MSG(test, v, "%s", path);
	KUNIT_EXPECT_EQ_MSG(test, 0, s->status[v->group], "%s", path);
	return s->data[v->data];
}

static int status_of(struct kunit *test, const struct tst_snapshot *s,
		     const char *path)
{
	const struct statsfs_snapshot_value *v = tst_snapshot_find(s, path);

	KUNIT_ASSERT_NOT_NULL_MSG(test, v, "%s", path);
	return s->status[v->group];
}

/* A first read, of one byte. */
static ssize_t read_some(struct file *file)
{
	loff_t pos = 0;
	char byte;

	return tst_read(file, &byte, 1, &pos);
}

/* Contents */

struct everything {
	u64 u64;
	s8 s8;
	u16 u16;
	bool flag;
	s32 s32;
	u64 peak;
	u32 linear[3];
	u64 log[5];
};

#define ALL_AGGRS	0x3f

static const struct statsfs_value everything[] = {
	STATSFS_COUNTER("u64", struct everything, u64, STATSFS_BYTES, "bytes"),
	STATSFS_VALUE("s8", struct everything, s8, ALL_AGGRS, 0444,
		      STAT_KIND_INSTANT, STATSFS_NANOSECONDS, .desc = "time"),
	STATSFS_VALUE("u16", struct everything, u16, STAT_AGGR_MIN, 0644,
		      STAT_KIND_CUMULATIVE, STATSFS_NONE),
	STATSFS_VALUE("flag", struct everything, flag,
		      STAT_AGGR_SUM | STAT_AGGR_COUNT_ZERO, 0644,
		      STAT_KIND_PEAK, STATSFS_BOOLEAN),
	STATSFS_VALUE("s32", struct everything, s32, STAT_AGGR_NONE, 0444,
		      STAT_KIND_INSTANT, STATSFS_CYCLES),
	STATSFS_PEAK("peak", struct everything, peak, STATSFS_NONE, "most"),
	STATSFS_LINEAR_HIST("linear", struct everything, linear, 10,
			    STATSFS_BYTES, "sizes"),
	STATSFS_LOG_HIST("log", struct everything, log, STATSFS_NONE, "lengths"),
};

static void snapshot_is_what_files_show(struct kunit *test)
{
	struct everything *e = tst_alloc(test, 3 * sizeof(*e));
	struct statsfs_source *root = tst_root(test), *middle, *leaf;
	struct statsfs_value extremes[] = {
		{ "min", STAT_TYPE_S64, ALL_AGGRS, 0444, 0,
		  STAT_KIND_INSTANT },
		{ "max", STAT_TYPE_U64, ALL_AGGRS, 0444, 8,
		  STAT_KIND_INSTANT },
	};
	u64 *extreme = tst_alloc(test, 16);

	e[0] = (struct everything){ 1, -2, 3, true, -4, 5, { 6, 7, 8 },
				    { 1, 2, 3, 4, U64_MAX } };
	e[1] = (struct everything){ U64_MAX, 127, U16_MAX, false, S32_MIN, 9,
				    { U32_MAX, 0, 1 }, { 9, 9, 9, 9, 9 } };
	e[2] = (struct everything){ 100, -128, 0, true, 0, 0, {}, {} };
	extreme[0] = S64_MIN;
	extreme[1] = U64_MAX;
	middle = tst_child(test, root, "middle");
	tst_values(test, middle, everything, &e[0]);
	leaf = tst_child(test, middle, "one");
	tst_values(test, leaf, everything, &e[1]);
	tst_values(test, leaf, extremes, extreme);
	leaf = tst_child(test, middle, "two");
	tst_values(test, leaf, everything, &e[2]);
	tst_values(test, tst_child(test, root, "three"), extremes, extreme);
	tst_child(test, root, "empty");
	tst_snapshot_check(test, ".");
	tst_snapshot_check(test, "middle");
	tst_snapshot_check(test, "middle/one");
	tst_snapshot_check(test, "empty");
	tst_snapshot_check(test, "/");

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "u64"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(middle, "log"));
	e[1].u64 += 5;
	e[1].log[2]++;
	tst_snapshot_check(test, ".");
}

static void snapshot_describes(struct kunit *test)
{
	struct everything *e = tst_alloc(test, sizeof(*e));
	struct statsfs_source *root = tst_root(test);
	const struct statsfs_snapshot_value *v;
	struct tst_snapshot *s;

	tst_values(test, tst_child(test, root, "leaf"), everything, e);
	s = tst_snapshot(test, open_snapshot(test, SNAPSHOT));

	v = tst_snapshot_find(s, "leaf/u64");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_STREQ(test, "bytes", s->strings + v->desc);
	KUNIT_EXPECT_EQ(test, v->type, STAT_TYPE_U64);
	KUNIT_EXPECT_EQ(test, v->kind, STAT_KIND_CUMULATIVE);
	KUNIT_EXPECT_EQ(test, v->unit, STAT_UNIT_BYTES);
	KUNIT_EXPECT_EQ(test, v->flags, STATSFS_SNAPSHOT_CAN_RESET);
	KUNIT_EXPECT_EQ(test, v->buckets, 0);
	KUNIT_EXPECT_EQ(test, v->aggr, 0);

	v = tst_snapshot_find(s, "leaf/s8");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->type, STAT_TYPE_S8);
	KUNIT_EXPECT_EQ(test, v->kind, STAT_KIND_INSTANT);
	KUNIT_EXPECT_EQ(test, v->unit, STAT_UNIT_SECONDS);
	KUNIT_EXPECT_EQ(test, v->base, 10);
	KUNIT_EXPECT_EQ(test, v->exponent, -9);
	KUNIT_EXPECT_EQ(test, v->flags, 0);

	v = tst_snapshot_find(s, "s8");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->type, STAT_TYPE_S64);
	KUNIT_EXPECT_EQ(test, v->aggr, STAT_AGGR_SUM);
	KUNIT_EXPECT_EQ(test, v->exponent, -9);
	v = tst_snapshot_find(s, "s8_min");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->type, STAT_TYPE_S8);
	KUNIT_EXPECT_EQ(test, v->aggr, STAT_AGGR_MIN);
	v = tst_snapshot_find(s, "s8_count_zero");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->type, STAT_TYPE_U64);
	KUNIT_EXPECT_EQ(test, v->unit, STAT_UNIT_NONE);
	KUNIT_EXPECT_EQ(test, v->exponent, 0);
	v = tst_snapshot_find(s, "u16");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->kind, STAT_KIND_INSTANT);
	v = tst_snapshot_find(s, "leaf/flag");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->kind, STAT_KIND_PEAK);
	v = tst_snapshot_find(s, "flag");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->kind, STAT_KIND_INSTANT);
	v = tst_snapshot_find(s, "linear");
	KUNIT_ASSERT_NOT_NULL(test, v);
	KUNIT_EXPECT_EQ(test, v->kind, STAT_KIND_LINEAR_HIST);
	KUNIT_EXPECT_EQ(test, v->buckets, 3);
	KUNIT_EXPECT_EQ(test, v->bucket_size, 10);
}

/* One leaf by several paths is one number, and counts once. */
static void snapshot_of_several_parents(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test), *a, *b, *below, *leaf;
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct tst_snapshot *s;

	number[0] = 5;
	number[1] = 7;
	a = tst_child(test, root, "a");
	b = tst_child(test, root, "b");
	below = tst_child(test, a, "below");
	leaf = tst_leaf(test, below, "leaf", &number[0]);
	tst_add(test, b, below);
	tst_add(test, b, leaf);
	tst_leaf(test, b, "other", &number[1]);
	s = tst_snapshot(test, open_snapshot(test, SNAPSHOT));
	KUNIT_EXPECT_EQ(test, 12, number_of(test, s, TST_NAME));
	KUNIT_EXPECT_EQ(test, 5, number_of(test, s, "a/" TST_NAME));
	KUNIT_EXPECT_EQ(test, 12, number_of(test, s, "b/" TST_NAME));
	KUNIT_EXPECT_EQ(test, 5, number_of(test, s, "b/below/" TST_NAME));
	KUNIT_EXPECT_EQ(test,
			tst_snapshot_find(s, "a/below/leaf/" TST_NAME)->data,
			tst_snapshot_find(s, "b/below/leaf/" TST_NAME)->data);
	KUNIT_EXPECT_EQ(test,
			tst_snapshot_find(s, "a/below/" TST_NAME)->data,
			tst_snapshot_find(s, "b/below/" TST_NAME)->data);
	/* The leaves, below, a, b and the root. */
	KUNIT_EXPECT_EQ(test, s->header->nr_groups, 6);
	tst_snapshot_check(test, ".");
	tst_snapshot_check(test, "b");
}

/* Boundaries, closed directories, and own numbers in the middle. */
static void snapshot_of_boundaries(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test), *boundary, *closed, *sub;
	u64 *number = tst_alloc(test, 6 * sizeof(*number));
	int i;

	for (i = 0; i < 6; i++)
		number[i] = 1 << i;
	boundary = tst_source(test, "boundary");
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_boundary(boundary));
	closed = tst_source(test, "closed");
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_closed(closed));
	sub = tst_source(test, "sub");
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_boundary(sub));
	tst_values(test, sub, tst_table, &number[0]);
	tst_leaf(test, sub, "part", &number[1]);
	tst_add(test, boundary, sub);
	tst_leaf(test, boundary, "leaf", &number[2]);
	tst_values(test, closed, tst_table, &number[3]);
	tst_leaf(test, closed, "leaf", &number[4]);
	tst_leaf(test, root, "leaf", &number[5]);
	tst_add(test, root, boundary);
	tst_add(test, root, closed);
	tst_snapshot_check(test, ".");
	tst_snapshot_check(test, "boundary");
	tst_snapshot_check(test, "closed");
}

static void snapshot_of_percpu(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "sum", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
		{ "peak", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 8,
		  STAT_KIND_PEAK },
		{ "array", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 16,
		  .buckets = 2 },
	};
	u64 __percpu *base = tst_percpu(test, 32);
	struct statsfs_source *root = tst_root(test), *leaf;
	int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < 4; i++)
			per_cpu_ptr(base, cpu)[i] = 10 * cpu + i + 1;
	leaf = tst_child(test, root, "leaf");
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_percpu(leaf, table,
						  ARRAY_SIZE(table), base));
	tst_snapshot_check(test, ".");
	statsfs_source_reset(leaf, "sum");
	tst_snapshot_check(test, ".");
}

/* Groups that take longer than one batch, and many small ones. */
static void snapshot_of_much(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "array", STAT_TYPE_U16, STAT_AGGR_SUM, 0644, 0,
		  .buckets = STATSFS_MAX_BUCKETS },
		{ "more", STAT_TYPE_U16, STAT_AGGR_SUM, 0644, 2,
		  .buckets = STATSFS_MAX_BUCKETS - 1 },
	};
	u16 *array = tst_alloc(test, STATSFS_MAX_BUCKETS * sizeof(*array));
	u64 *number = tst_alloc(test, 300 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	char name[8];
	int i;

	for (i = 0; i < STATSFS_MAX_BUCKETS; i++)
		array[i] = i;
	tst_values(test, tst_child(test, root, "first"), table, array);
	for (i = 0; i < 300; i++) {
		number[i] = i;
		snprintf(name, sizeof(name), "%d", i);
		tst_leaf(test, root, name, &number[i]);
	}
	tst_values(test, tst_child(test, root, "last"), table, array);
	tst_snapshot_check(test, ".");
}

/* Sampling */

struct sampled {
	unsigned int samples;
	int err;
	u64 number;
};

static int count_sample(void *data, void *sample)
{
	struct sampled *sampled = data;

	sampled->samples++;
	*(u64 *)sample = sampled->number;
	return sampled->err;
}

static const struct statsfs_sampler counting = {
	.size = sizeof(u64),
	.sample = count_sample,
};

static struct sampled *add_sampled(struct kunit *test,
				   struct statsfs_source *source, u64 number)
{
	struct sampled *sampled = tst_alloc(test, sizeof(*sampled));

	sampled->number = number;
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_sampled(source, tst_table,
						   ARRAY_SIZE(tst_table),
						   &counting, sampled));
	return sampled;
}

static void snapshot_samples_once(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test), *middle, *leaf;
	struct sampled *sampled;
	struct tst_snapshot *s;
	struct file *file;

	middle = tst_child(test, root, "middle");
	leaf = tst_source(test, "leaf");
	sampled = add_sampled(test, leaf, 8);
	tst_add(test, middle, leaf);
	tst_add(test, root, leaf);
	file = open_snapshot(test, SNAPSHOT);
	KUNIT_EXPECT_EQ(test, sampled->samples, 0);
	s = tst_snapshot(test, file);
	KUNIT_EXPECT_EQ(test, sampled->samples, 2);
	KUNIT_EXPECT_EQ(test, s->gathering->gathering, 2);
	KUNIT_EXPECT_EQ(test, number_of(test, s, TST_NAME), 8);
	sampled->number = 9;
	KUNIT_EXPECT_EQ(test, refresh(s, file), s->header->refresh_size);
	KUNIT_EXPECT_EQ(test, sampled->samples, 3);
	KUNIT_EXPECT_EQ(test, number_of(test, s, TST_NAME), 9);
	KUNIT_EXPECT_EQ(test, s->gathering->gathering, 3);
}

static void snapshot_of_errors(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test), *leaf;
	u64 *number = tst_alloc(test, sizeof(*number));
	struct sampled *sampled;
	struct tst_snapshot *s;
	struct file *file;

	*number = 6;
	tst_leaf(test, tst_child(test, root, "fine"), "leaf", number);
	leaf = tst_source(test, "bad");
	sampled = add_sampled(test, leaf, 8);
	tst_add(test, tst_child(test, root, "middle"), leaf);
	sampled->err = -ENXIO;
	file = open_snapshot(test, SNAPSHOT);
	s = tst_snapshot(test, file);
	KUNIT_EXPECT_EQ(test, status_of(test, s, "middle/bad/" TST_NAME), ENXIO);
	KUNIT_EXPECT_EQ(test, status_of(test, s, "middle/" TST_NAME), EIO);
	KUNIT_EXPECT_EQ(test, status_of(test, s, TST_NAME), EIO);
	KUNIT_EXPECT_EQ(test, s->data[tst_snapshot_find(s, TST_NAME)->data], 0);
	KUNIT_EXPECT_EQ(test, number_of(test, s, "fine/" TST_NAME), 6);
	tst_snapshot_check(test, ".");
	sampled->err = 0;
	KUNIT_EXPECT_GT(test, refresh(s, file), 0);
	KUNIT_EXPECT_EQ(test, number_of(test, s, TST_NAME), 14);
	/* That a callback says so does not make it a source that has gone. */
	sampled->err = -ENODEV;
	tst_snapshot_check(test, ".");
	/* The other way round: nothing is left of the good numbers. */
	sampled->err = -ENXIO;
	KUNIT_EXPECT_GT(test, refresh(s, file), 0);
	KUNIT_EXPECT_EQ(test, status_of(test, s, TST_NAME), EIO);
	KUNIT_EXPECT_EQ(test, s->data[tst_snapshot_find(s, TST_NAME)->data], 0);
	KUNIT_EXPECT_EQ(test,
			s->data[tst_snapshot_find(s, "middle/bad/" TST_NAME)->data],
			0);
}

static int read_in_thread(void *file)
{
	return read_some(file);
}

/* What goes while numbers are gathered has a status, and is not folded. */
static void snapshot_of_dying(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test), *slow, *leaf;
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct tst_snapshot *s;
	struct tst_gate *gate;
	struct tst_job *job;
	struct file *file;
	loff_t pos;

	number[0] = 10;
	number[1] = 1;
	file = open_snapshot(test, SNAPSHOT);
	slow = tst_source(test, "slow");
	gate = tst_gate(test, slow);
	gate->number = 100;
	tst_add(test, root, slow);
	leaf = tst_leaf(test, root, "leaf", &number[0]);
	tst_leaf(test, root, "rest", &number[1]);
	tst_gate_open(gate);
	s = tst_snapshot(test, file);
	KUNIT_EXPECT_EQ(test, number_of(test, s, TST_NAME), 111);

	reinit_completion(&gate->entered);
	reinit_completion(&gate->go);
	job = tst_start(test, read_in_thread, file);
	KUNIT_ASSERT_TRUE(test, tst_gate_wait(gate));
	/* It does not wait for who is gathering. */
	statsfs_source_remove(leaf);
	number[0] = 1000;
	tst_gate_open(gate);
	KUNIT_EXPECT_EQ(test, tst_join(test, job), 1);
	pos = sizeof(u64);
	KUNIT_ASSERT_EQ(test, s->header->refresh_size - pos,
			tst_read(file, (char *)s->start + pos,
				 s->header->refresh_size - pos, &pos));
	KUNIT_EXPECT_EQ(test, status_of(test, s, "leaf/" TST_NAME), ENODEV);
	KUNIT_EXPECT_EQ(test,
			s->data[tst_snapshot_find(s, "leaf/" TST_NAME)->data], 0);
	KUNIT_EXPECT_EQ(test, number_of(test, s, TST_NAME), 101);
	KUNIT_EXPECT_EQ(test, refresh(s, file), -ESTALE);
}

/* Reading in pieces */

static void snapshot_in_pieces(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	u64 *number = tst_alloc(test, sizeof(*number));
	struct tst_snapshot *s;
	struct file *file;
	loff_t pos, old;
	char *piece;
	ssize_t len;

	*number = 1;
	tst_leaf(test, root, "leaf", number);
	file = open_snapshot(test, SNAPSHOT);
	s = tst_snapshot(test, file);
	piece = tst_alloc(test, s->size);
	for (pos = 7; pos < s->size; ) {
		++*number;
		old = pos;
		len = tst_read(file, piece, 13, &pos);
		KUNIT_ASSERT_EQ(test, len, min_t(loff_t, 13, s->size - old));
		KUNIT_ASSERT_EQ(test, pos, old + len);
		KUNIT_EXPECT_EQ_MSG(test, 0, memcmp(piece, s->start + old, len),
				    "at %lld", old);
	}
	KUNIT_EXPECT_EQ(test, tst_read(file, piece, 1, &pos), 0);
	pos = 3 * s->size;
	KUNIT_EXPECT_EQ(test, tst_read(file, piece, 1, &pos), 0);
	pos = 5;
	KUNIT_EXPECT_EQ(test, tst_read(file, piece, 0, &pos), 0);

	/* Whoever begins somewhere else gathers, too. */
	file = open_snapshot(test, SNAPSHOT);
	pos = s->header->data_offset;
	KUNIT_EXPECT_EQ(test, tst_read(file, piece, s->size, &pos),
			s->size - s->header->data_offset);
	KUNIT_EXPECT_EQ(test, *(u64 *)piece, *number);
}

static void snapshot_of_one_open_file(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	u64 *number = tst_alloc(test, sizeof(*number));
	struct file *first, *second;
	struct tst_snapshot *s;

	tst_leaf(test, root, "leaf", number);
	first = open_snapshot(test, SNAPSHOT);
	second = open_snapshot(test, SNAPSHOT);
	s = tst_snapshot(test, first);
	read_some(second);
	read_some(second);
	KUNIT_EXPECT_GT(test, refresh(s, first), 0);
	KUNIT_EXPECT_EQ(test, s->gathering->gathering, 3);
	KUNIT_EXPECT_EQ(test, s->data[s->header->nr_numbers], 3);
}

/* Generations */

struct generation_case {
	const char *desc;
	void (*change)(struct kunit *test, struct statsfs_source *root,
		       struct statsfs_source *child, u64 *number);
	bool stale;
};

static void change_nothing(struct kunit *test, struct statsfs_source *root,
			   struct statsfs_source *child, u64 *number)
{
	++*number;
	statsfs_source_reset(child, TST_NAME);
}

static void change_add(struct kunit *test, struct statsfs_source *root,
		       struct statsfs_source *child, u64 *number)
{
	tst_leaf(test, child, "new", number);
}

static void change_remove(struct kunit *test, struct statsfs_source *root,
			  struct statsfs_source *child, u64 *number)
{
	statsfs_source_remove_subordinate(root, child);
}

static void change_rename(struct kunit *test, struct statsfs_source *root,
			  struct statsfs_source *child, u64 *number)
{
	statsfs_source_rename(child, "other");
}

static void change_values(struct kunit *test, struct statsfs_source *root,
			  struct statsfs_source *child, u64 *number)
{
	static const struct statsfs_value table[] = {
		{ "more", STAT_TYPE_U64, STAT_AGGR_NONE, 0444, 0 },
	};

	tst_values(test, child, table, number);
}

static void change_elsewhere(struct kunit *test, struct statsfs_source *root,
			     struct statsfs_source *child, u64 *number)
{
	struct statsfs_source *other = tst_source(test, "elsewhere");

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(other));
	tst_leaf(test, other, "leaf", number);
	tst_leaf(test, root, "beside", number);
}

static const struct generation_case generation_cases[] = {
	{ "numbers", change_nothing, false },
	{ "add", change_add, true },
	{ "remove", change_remove, true },
	{ "rename", change_rename, true },
	{ "values", change_values, true },
};

TST_ARRAY_PARAM(snapshot_generation, generation_cases);

static __poll_t poll(struct file *file)
{
	return vfs_poll(file, NULL);
}

#define QUIET	(EPOLLIN | EPOLLRDNORM)
#define CHANGED	(EPOLLIN | EPOLLRDNORM | EPOLLPRI | EPOLLERR)

static void snapshot_generation(struct kunit *test)
{
	const struct generation_case *c = test->param_value;
	u64 *number = tst_alloc(test, sizeof(*number)), generation;
	struct statsfs_source *root = tst_root(test), *child;
	struct file *file, *unread;
	struct tst_snapshot *s;

	child = tst_leaf(test, root, "child", number);
	file = open_snapshot(test, SNAPSHOT);
	unread = open_snapshot(test, SNAPSHOT);
	KUNIT_EXPECT_EQ(test, poll(file), QUIET);
	s = tst_snapshot(test, file);
	generation = s->header->generation;
	KUNIT_EXPECT_EQ(test, poll(file), QUIET);
	c->change(test, root, child, number);
	KUNIT_EXPECT_EQ(test, poll(file), c->stale ? CHANGED : QUIET);
	KUNIT_EXPECT_EQ(test, poll(unread), c->stale ? CHANGED : QUIET);
	KUNIT_EXPECT_EQ(test, refresh(s, file),
			c->stale ? -ESTALE : s->header->refresh_size);
	/* Who has not read yet can, and has the news. */
	KUNIT_EXPECT_EQ(test, read_some(unread), 1);
	KUNIT_EXPECT_EQ(test, poll(unread), QUIET);
	s = tst_snapshot(test, open_snapshot(test, SNAPSHOT));
	if (c->stale)
		KUNIT_EXPECT_GT(test, s->header->generation, generation);
	else
		KUNIT_EXPECT_EQ(test, s->header->generation, generation);
	tst_snapshot_check(test, ".");
}

static void snapshot_changes_elsewhere(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test), *child;
	struct tst_snapshot *s;
	struct file *file;

	child = tst_leaf(test, root, "child", number);
	file = open_snapshot(test, "child/" SNAPSHOT);
	s = tst_snapshot(test, file);
	change_elsewhere(test, root, child, number);
	KUNIT_EXPECT_EQ(test, poll(file), QUIET);
	KUNIT_EXPECT_GT(test, refresh(s, file), 0);
}

static void snapshot_of_removed(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test), *child;
	struct file *file, *unread;

	child = tst_leaf(test, root, "child", number);
	file = open_snapshot(test, "child/" SNAPSHOT);
	unread = open_snapshot(test, "child/" SNAPSHOT);
	KUNIT_EXPECT_EQ(test, read_some(file), 1);
	statsfs_source_remove(child);
	KUNIT_EXPECT_EQ(test, read_some(file), -ENODEV);
	KUNIT_EXPECT_EQ(test, read_some(unread), -ENODEV);
	KUNIT_EXPECT_EQ(test, poll(file), CHANGED | EPOLLHUP);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			PTR_ERR_OR_ZERO(tst_try_open(test, "child/" SNAPSHOT,
						     O_RDONLY)));
}

/* Namespaces */

struct scene {
	struct statsfs_ns *ours;
	struct statsfs_ns *theirs;
	struct statsfs_source *root;
	struct file *file;
	struct tst_snapshot *s;
	u64 number;
};

static void ns_at_end(struct kunit_resource *res)
{
	statsfs_ns_put(res->data);
}

static struct scene *scene_create(struct kunit *test)
{
	struct scene *scene = tst_alloc(test, sizeof(*scene));

	scene->number = 3;
	scene->root = tst_root(test);
	scene->ours = ((struct vfsmount *)test->priv)->mnt_sb->s_fs_info;
	scene->theirs = statsfs_ns_alloc();
	KUNIT_ASSERT_NOT_NULL(test, scene->theirs);
	tst_at_end(test, ns_at_end, scene->theirs);
	return scene;
}

static struct statsfs_source *tagged(struct kunit *test, const char *name,
				     struct statsfs_ns *ns)
{
	struct statsfs_source *source = tst_source(test, "%s", name);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_ns(source, ns));
	return source;
}

static void scene_read(struct kunit *test, struct scene *scene, const char *path)
{
	scene->file = open_snapshot(test, path);
	scene->s = tst_snapshot(test, scene->file);
}

static void expect_quiet(struct kunit *test, struct scene *scene, int line)
{
	KUNIT_EXPECT_EQ_MSG(test, poll(scene->file), QUIET, "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, refresh(scene->s, scene->file),
			    scene->s->header->refresh_size, "line %d", line);
}

static void expect_stale(struct kunit *test, struct scene *scene, int line)
{
	KUNIT_EXPECT_EQ_MSG(test, poll(scene->file), CHANGED, "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, refresh(scene->s, scene->file), -ESTALE,
			    "line %d", line);
}

static void snapshot_shows_own_namespace(struct kunit *test)
{
	struct scene *scene = scene_create(test);
	struct statsfs_source *dir = tst_child(test, scene->root, "dir");
	struct statsfs_source *ours = tagged(test, "net", scene->ours);
	struct statsfs_source *theirs = tagged(test, "net", scene->theirs);

	tst_leaf(test, ours, "leaf", &scene->number);
	tst_leaf(test, theirs, "secret", &scene->number);
	tst_add(test, dir, theirs);
	tst_add(test, dir, ours);
	scene_read(test, scene, SNAPSHOT);
	KUNIT_EXPECT_EQ(test, number_of(test, scene->s, "dir/net/leaf/" TST_NAME),
			3);
	KUNIT_EXPECT_EQ(test, scene->s->header->nr_sources, 4);
	KUNIT_EXPECT_EQ(test, scene->s->header->nr_values, 2);
	tst_snapshot_check(test, ".");
}

static void snapshot_generation_of_namespace(struct kunit *test)
{
	struct scene *scene = scene_create(test);
	struct statsfs_source *dir = tst_child(test, scene->root, "dir");
	struct statsfs_source *other = tst_child(test, scene->root, "other");
	struct statsfs_source *ours = tagged(test, "net", scene->ours);
	struct statsfs_source *theirs = tagged(test, "net", scene->theirs);
	struct statsfs_source *more = tagged(test, "more", scene->ours);
	struct statsfs_source *leaf;

	tst_add(test, dir, ours);
	tst_add(test, dir, theirs);
	scene_read(test, scene, "dir/" SNAPSHOT);
	expect_quiet(test, scene, __LINE__);
	/* Others, by any change. */
	leaf = tst_leaf(test, theirs, "leaf", &scene->number);
	statsfs_source_rename(leaf, "another");
	statsfs_source_remove(leaf);
	statsfs_source_rename(theirs, "their");
	expect_quiet(test, scene, __LINE__);
	statsfs_source_remove(theirs);
	expect_quiet(test, scene, __LINE__);
	/* Ours, but not below. */
	tst_add(test, other, more);
	leaf = tst_leaf(test, more, "leaf", &scene->number);
	expect_quiet(test, scene, __LINE__);
	statsfs_source_remove(more);
	expect_quiet(test, scene, __LINE__);
	/* Ours. */
	leaf = tst_leaf(test, ours, "leaf", &scene->number);
	expect_stale(test, scene, __LINE__);
	scene_read(test, scene, "dir/" SNAPSHOT);
	statsfs_source_rename(leaf, "another");
	expect_stale(test, scene, __LINE__);
	scene_read(test, scene, "dir/" SNAPSHOT);
	statsfs_source_rename(ours, "our");
	expect_stale(test, scene, __LINE__);
	scene_read(test, scene, SNAPSHOT);
	statsfs_source_remove(ours);
	expect_stale(test, scene, __LINE__);
	scene_read(test, scene, SNAPSHOT);
	tst_add(test, dir, ours);
	expect_stale(test, scene, __LINE__);
	/* From one place to another and back is what it was. */
	scene_read(test, scene, SNAPSHOT);
	expect_quiet(test, scene, __LINE__);
}

/* Limits */

static void snapshot_too_big(struct kunit *test)
{
	enum { VALUES = 512 };
	struct statsfs_value *table = tst_alloc(test, VALUES * sizeof(*table));
	u8 *memory = tst_alloc(test, STATSFS_MAX_BUCKETS);
	struct statsfs_source *root = tst_root(test), *leaf;
	u64 bytes_of_each = VALUES * STATSFS_MAX_BUCKETS * sizeof(u64);
	char name[8];
	u32 i;

	for (i = 0; i < VALUES; i++) {
		table[i] = (struct statsfs_value) {
			.name = kunit_kzalloc(test, 8, GFP_KERNEL),
			.type = STAT_TYPE_U8,
			.buckets = STATSFS_MAX_BUCKETS,
		};
		snprintf((char *)table[i].name, 8, "%u", i);
	}
	for (i = 0; i < STATSFS_SNAPSHOT_MAX_SIZE / bytes_of_each; i++) {
		snprintf(name, sizeof(name), "%u", i);
		leaf = tst_child(test, root, name);
		KUNIT_ASSERT_EQ(test, 0,
				statsfs_source_add_values(leaf, table, VALUES,
							  memory));
	}
	KUNIT_EXPECT_EQ(test, -EFBIG, read_some(open_snapshot(test, SNAPSHOT)));
	KUNIT_EXPECT_EQ(test, 1,
			read_some(open_snapshot(test, "0/" SNAPSHOT)));
}

/* The name is nobody else's. */
static void snapshot_name(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct file *file;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_rename(tst_child(test, root, "a"),
					      SNAPSHOT));
	KUNIT_EXPECT_EQ(test, -EACCES,
			PTR_ERR_OR_ZERO(tst_try_open(test, SNAPSHOT, O_RDWR)));
	file = open_snapshot(test, SNAPSHOT);
	KUNIT_EXPECT_EQ(test, file_inode(file)->i_mode, S_IFREG | 0444);
	KUNIT_EXPECT_EQ(test, -ENOTDIR,
			PTR_ERR_OR_ZERO(tst_try_open(test, SNAPSHOT "/a",
						     O_RDONLY)));
}

static struct kunit_case snapshot_cases[] = {
	KUNIT_CASE(snapshot_is_what_files_show),
	KUNIT_CASE(snapshot_describes),
	KUNIT_CASE(snapshot_of_several_parents),
	KUNIT_CASE(snapshot_of_boundaries),
	KUNIT_CASE(snapshot_of_percpu),
	KUNIT_CASE(snapshot_of_much),
	KUNIT_CASE(snapshot_samples_once),
	KUNIT_CASE(snapshot_of_errors),
	KUNIT_CASE(snapshot_of_dying),
	KUNIT_CASE(snapshot_in_pieces),
	KUNIT_CASE(snapshot_of_one_open_file),
	KUNIT_CASE_PARAM(snapshot_generation, snapshot_generation_gen_params),
	KUNIT_CASE(snapshot_changes_elsewhere),
	KUNIT_CASE(snapshot_of_removed),
	KUNIT_CASE(snapshot_shows_own_namespace),
	KUNIT_CASE(snapshot_generation_of_namespace),
	KUNIT_CASE(snapshot_too_big),
	KUNIT_CASE(snapshot_name),
	{}
};

static struct kunit_suite snapshot_suite = {
	.name = "statsfs_snapshot",
	.init = tst_mount,
	.test_cases = snapshot_cases,
};

kunit_test_suite(snapshot_suite);
