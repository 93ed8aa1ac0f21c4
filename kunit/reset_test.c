// SPDX-License-Identifier: GPL-2.0
/* Tests of reset, of values and of aggregates. */

#include <linux/sched.h>

#include "helpers.h"

#define TST_RESET(test, source, name) \
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_reset(source, name))

static void reset_counts_on(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *leaf = tst_leaf(test, tst_root(test), "leaf",
					       number);

	*number = 100;
	TST_RESET(test, leaf, TST_NAME);
	TST_EXPECT(test, leaf, TST_NAME, 0);
	*number += 7;
	TST_EXPECT(test, leaf, TST_NAME, 7);
}

/* Whoever reads the struct sees the raw counter. */
static void reset_leaves_struct(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);

	*number = 100;
	TST_RESET(test, leaf, TST_NAME);
	KUNIT_EXPECT_EQ(test, 100ULL, *number);
	TST_RESET(test, root, TST_NAME);
	KUNIT_EXPECT_EQ(test, 100ULL, *number);
}

static void reset_twice(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *leaf = tst_leaf(test, tst_root(test), "leaf",
					       number);

	*number = 100;
	TST_RESET(test, leaf, TST_NAME);
	*number += 7;
	TST_RESET(test, leaf, TST_NAME);
	*number += 2;
	TST_EXPECT(test, leaf, TST_NAME, 2);
}

static void reset_of_zero(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *leaf = tst_leaf(test, tst_root(test), "leaf",
					       number);

	TST_RESET(test, leaf, TST_NAME);
	TST_EXPECT(test, leaf, TST_NAME, 0);
	*number = 3;
	TST_EXPECT(test, leaf, TST_NAME, 3);
}

/* Width and sign */

struct width_case {
	const char *desc;
	enum statsfs_type type;
	u64 before;	/* in memory at the reset */
	u64 after;	/* in memory later */
	u64 shown;
};

static const struct width_case width_cases[] = {
	{ "u8", STAT_TYPE_U8, 10, 15, 5 },
	{ "u8 wraps", STAT_TYPE_U8, 250, 4, 10 },
	{ "u8 wraps to 0", STAT_TYPE_U8, 255, 0, 1 },
	{ "u8 once round", STAT_TYPE_U8, 7, 6, 255 },
	{ "u16", STAT_TYPE_U16, 1000, 65535, 64535 },
	{ "u16 wraps", STAT_TYPE_U16, 65000, 64, 600 },
	{ "u32", STAT_TYPE_U32, 1, U32_MAX, U32_MAX - 1 },
	{ "u32 wraps", STAT_TYPE_U32, U32_MAX, 9, 10 },
	{ "u64", STAT_TYPE_U64, 1, U64_MAX, U64_MAX - 1 },
	{ "u64 far", STAT_TYPE_U64, S64_MAX, U64_MAX, 1ull << 63 },
	{ "s8", STAT_TYPE_S8, 10, 15, 5 },
	{ "s8 falls", STAT_TYPE_S8, 10, -15, -25 },
	{ "s8 from negative", STAT_TYPE_S8, -100, -98, 2 },
	{ "s8 wraps", STAT_TYPE_S8, 120, -126, 10 },
	{ "s8 wraps below", STAT_TYPE_S8, -120, 126, -10 },
	{ "s16 falls", STAT_TYPE_S16, 10, -15, -25 },
	{ "s16 wraps", STAT_TYPE_S16, S16_MAX, S16_MIN, 1 },
	{ "s32 falls", STAT_TYPE_S32, -70000, -70001, -1 },
	{ "s32 wraps", STAT_TYPE_S32, S32_MAX, S32_MIN + 9, 10 },
	{ "s64", STAT_TYPE_S64, -5, 5, 10 },
	{ "s64 wraps", STAT_TYPE_S64, S64_MAX, S64_MIN, 1 },
};

TST_ARRAY_PARAM(reset_width, width_cases);

static void reset_width(struct kunit *test)
{
	const struct width_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, STAT_AGGR_SUM, 0644, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	tst_store(c->type, memory, c->before);
	tst_values(test, leaf, table, memory);
	TST_RESET(test, leaf, "value");
	TST_EXPECT(test, leaf, "value", 0);
	tst_store(c->type, memory, c->after);
	TST_EXPECT(test, leaf, "value", c->shown);
	TST_EXPECT(test, root, "value", c->shown);
}

/* The owner has begun again */

static void reset_restart_shows_zero(struct kunit *test)
{
	struct tst_synced *synced = tst_alloc(test, sizeof(*synced));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_synced_leaf(test, root, "leaf",
						      synced);

	synced->number = 1000;
	TST_RESET(test, leaf, TST_NAME);
	synced->number = 10;
	TST_EXPECT(test, leaf, TST_NAME, 0);
}

static void reset_restart_counts_on(struct kunit *test)
{
	struct tst_synced *synced = tst_alloc(test, sizeof(*synced));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_synced_leaf(test, root, "leaf",
						      synced);

	synced->number = 1000;
	TST_RESET(test, leaf, TST_NAME);
	synced->number = 10;
	TST_EXPECT(test, leaf, TST_NAME, 0);
	synced->number += 5;
	TST_EXPECT(test, leaf, TST_NAME, 5);
	synced->number = 2000;
	TST_EXPECT(test, leaf, TST_NAME, 1990);
}

static void reset_restart_from_zero(struct kunit *test)
{
	struct tst_synced *synced = tst_alloc(test, sizeof(*synced));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_synced_leaf(test, root, "leaf",
						      synced);

	synced->number = U64_MAX;
	TST_RESET(test, leaf, TST_NAME);
	synced->number = 0;
	TST_EXPECT(test, leaf, TST_NAME, 0);
	synced->number = 5;
	TST_EXPECT(test, leaf, TST_NAME, 5);
}

/* The aggregate is the first that finds out. */
static void reset_restart_in_aggregate(struct kunit *test)
{
	struct tst_synced *synced = tst_alloc(test, 2 * sizeof(*synced));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_synced_leaf(test, root, "a",
						      &synced[0]);

	tst_synced_leaf(test, root, "b", &synced[1]);
	synced[0].number = 1000;
	synced[1].number = 6;
	TST_RESET(test, leaf, TST_NAME);
	synced[0].number = 10;
	TST_EXPECT(test, root, TST_NAME, 6);
	synced[0].number = 11;
	TST_EXPECT(test, root, TST_NAME, 7);
	TST_EXPECT(test, leaf, TST_NAME, 1);
}

/* On 32 bits it might have been half written: nothing becomes of it. */
static void reset_restart_without_sync(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);
	bool is_seen = BITS_PER_LONG == 64;

	*number = 1000;
	TST_RESET(test, leaf, TST_NAME);
	*number = 10;
	TST_EXPECT(test, leaf, TST_NAME, 0);
	*number += 5;
	TST_EXPECT(test, leaf, TST_NAME, is_seen ? 5 : 0);
	*number = 2000;
	TST_EXPECT(test, leaf, TST_NAME, is_seen ? 1990 : 1000);
}

/* What is stored */

struct stored_case {
	const char *desc;
	enum statsfs_type type;
	enum statsfs_kind kind;
	u8 size;
};

static const struct stored_case stored_cases[] = {
	{ "bool", STAT_TYPE_BOOL, STAT_KIND_CUMULATIVE, sizeof(bool) },
	{ "peak bool", STAT_TYPE_BOOL, STAT_KIND_PEAK, sizeof(bool) },
	{ "peak u8", STAT_TYPE_U8, STAT_KIND_PEAK, 1 },
	{ "peak u16", STAT_TYPE_U16, STAT_KIND_PEAK, 2 },
	{ "peak u32", STAT_TYPE_U32, STAT_KIND_PEAK, 4 },
	{ "peak u64", STAT_TYPE_U64, STAT_KIND_PEAK, 8 },
	{ "peak s8", STAT_TYPE_S8, STAT_KIND_PEAK, 1 },
	{ "peak s16", STAT_TYPE_S16, STAT_KIND_PEAK, 2 },
	{ "peak s32", STAT_TYPE_S32, STAT_KIND_PEAK, 4 },
	{ "peak s64", STAT_TYPE_S64, STAT_KIND_PEAK, 8 },
};

TST_ARRAY_PARAM(reset_stores, stored_cases);

/* Only the bytes of the value become zero. */
static void reset_stores(struct kunit *test)
{
	const struct stored_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, STAT_AGGR_MAX, 0644, 8, c->kind },
	};
	u8 *memory = tst_alloc(test, 24);
	u8 *wanted = tst_alloc(test, 24);
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	memset(memory, 1, 24);
	memset(wanted, 1, 24);
	memset(wanted + 8, 0, c->size);
	tst_values(test, leaf, table, memory);
	TST_RESET(test, leaf, "value");
	KUNIT_EXPECT_EQ(test, 0, memcmp(wanted, memory, 24));
	TST_EXPECT(test, leaf, "value", 0);

	memory[8] = 1;
	TST_RESET(test, root, "value");
	KUNIT_EXPECT_EQ(test, 0, memcmp(wanted, memory, 24));
}

static void reset_peak_grows_again(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "peak", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 0, STAT_KIND_PEAK },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	*memory = 100;
	tst_values(test, root, table, memory);
	TST_RESET(test, root, "peak");
	*memory = 60;
	TST_EXPECT(test, root, "peak", 60);
}

/* Which values, which leaves */

static void reset_one_value(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "first", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
		{ "second", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 8 },
		{ "third", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 16 },
	};
	u64 *memory = tst_alloc(test, 3 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	memory[0] = 1;
	memory[1] = 2;
	memory[2] = 3;
	tst_values(test, leaf, table, memory);
	TST_RESET(test, leaf, "second");
	TST_EXPECT(test, leaf, "first", 1);
	TST_EXPECT(test, leaf, "second", 0);
	TST_EXPECT(test, leaf, "third", 3);
	TST_RESET(test, root, "third");
	TST_EXPECT(test, leaf, "first", 1);
	TST_EXPECT(test, leaf, "third", 0);
}

static void reset_one_leaf(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_leaf(test, root, "a", &number[0]);
	struct statsfs_source *b = tst_leaf(test, root, "b", &number[1]);

	number[0] = 10;
	number[1] = 1;
	TST_RESET(test, a, TST_NAME);
	TST_EXPECT(test, a, TST_NAME, 0);
	TST_EXPECT(test, b, TST_NAME, 1);
	TST_EXPECT(test, root, TST_NAME, 1);
}

static void reset_through_two_levels(struct kunit *test)
{
	u64 *number = tst_alloc(test, 3 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *other = tst_leaf(test, root, "other", &number[0]);
	struct statsfs_source *a = tst_leaf(test, middle, "a", &number[1]);
	struct statsfs_source *b = tst_leaf(test, middle, "b", &number[2]);

	number[0] = 1;
	number[1] = 2;
	number[2] = 4;
	TST_RESET(test, middle, TST_NAME);
	TST_EXPECT(test, a, TST_NAME, 0);
	TST_EXPECT(test, b, TST_NAME, 0);
	TST_EXPECT(test, other, TST_NAME, 1);
	TST_EXPECT(test, root, TST_NAME, 1);

	number[1] += 8;
	TST_RESET(test, root, TST_NAME);
	TST_EXPECT(test, a, TST_NAME, 0);
	TST_EXPECT(test, other, TST_NAME, 0);
	TST_EXPECT(test, root, TST_NAME, 0);
	number[2] += 16;
	TST_EXPECT(test, root, TST_NAME, 16);
}

struct kind_case {
	const char *desc;	/* the name of the aggregate */
};

static const struct kind_case kind_cases[] = {
	{ "value" }, { "value_min" }, { "value_max" }, { "value_avg" },
	{ "value_count_zero" }, { "value_count_nonzero" },
};

TST_ARRAY_PARAM(reset_by_kind, kind_cases);

/* Whichever aggregate it is, every leaf is reset. */
static void reset_by_kind(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_S32, STAT_AGGR_SUM | STAT_AGGR_MIN |
		  STAT_AGGR_MAX | STAT_AGGR_AVG | STAT_AGGR_COUNT_ZERO |
		  STAT_AGGR_COUNT_NONZERO, 0644, 0 },
	};
	const struct kind_case *c = test->param_value;
	s32 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");

	memory[0] = 10;
	memory[1] = -20;
	tst_values(test, a, table, &memory[0]);
	tst_values(test, b, table, &memory[1]);
	TST_RESET(test, root, c->desc);
	TST_EXPECT(test, a, "value", 0);
	TST_EXPECT(test, b, "value", 0);
	TST_EXPECT(test, root, "value_count_zero", 2);
}

/* Aggregates fold what the leaves show. */
static void reset_seen_by_all_kinds(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_S64, STAT_AGGR_SUM | STAT_AGGR_MIN |
		  STAT_AGGR_MAX | STAT_AGGR_AVG | STAT_AGGR_COUNT_ZERO |
		  STAT_AGGR_COUNT_NONZERO, 0644, 0 },
	};
	s64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");

	memory[0] = 100;
	memory[1] = 6;
	tst_values(test, a, table, &memory[0]);
	tst_values(test, tst_child(test, root, "b"), table, &memory[1]);
	TST_RESET(test, a, "value");
	TST_EXPECT(test, root, "value", 6);
	TST_EXPECT(test, root, "value_min", 0);
	TST_EXPECT(test, root, "value_max", 6);
	TST_EXPECT(test, root, "value_avg", 3);
	TST_EXPECT(test, root, "value_count_zero", 1);
	TST_EXPECT(test, root, "value_count_nonzero", 1);
	memory[0] = 98;
	TST_EXPECT(test, root, "value_min", -2);
}

/* The file is that of the source's own group, not of the leaves below. */
static void reset_own_only(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_leaf(test, root, "middle",
						 &number[0]);
	struct statsfs_source *leaf = tst_leaf(test, middle, "leaf", &number[1]);

	number[0] = 10;
	number[1] = 1;
	TST_RESET(test, middle, TST_NAME);
	TST_EXPECT(test, middle, TST_NAME, 0);
	TST_EXPECT(test, leaf, TST_NAME, 1);
	TST_RESET(test, root, TST_NAME);
	TST_EXPECT(test, leaf, TST_NAME, 0);
}

static void reset_stops_at_boundary(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *disk = tst_source(test, "disk"), *partition;

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_boundary(disk));
	tst_values(test, disk, tst_table, &number[0]);
	tst_add(test, root, disk);
	partition = tst_leaf(test, disk, "partition", &number[1]);
	number[0] = 10;
	number[1] = 1;
	TST_RESET(test, root, TST_NAME);
	TST_EXPECT(test, disk, TST_NAME, 0);
	TST_EXPECT(test, partition, TST_NAME, 1);
}

static void reset_seen_on_other_path(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");

	tst_add(test, b, tst_leaf(test, a, "leaf", number));
	*number = 9;
	TST_RESET(test, a, TST_NAME);
	TST_EXPECT(test, b, TST_NAME, 0);
	*number += 2;
	TST_EXPECT(test, b, TST_NAME, 2);
	TST_EXPECT(test, root, TST_NAME, 2);
}

static void reset_not_of_later_leaf(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);

	number[0] = 1;
	number[1] = 2;
	tst_leaf(test, root, "a", &number[0]);
	TST_RESET(test, root, TST_NAME);
	tst_leaf(test, root, "b", &number[1]);
	TST_EXPECT(test, root, TST_NAME, 2);
}

static void reset_many_leaves(struct kunit *test)
{
	u64 *number = tst_alloc(test, 200 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	char name[16];
	int i;

	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "leaf%d", i);
		number[i] = i;
		tst_leaf(test, root, name, &number[i]);
	}
	TST_RESET(test, root, TST_NAME);
	TST_EXPECT(test, root, TST_NAME, 0);
	for (i = 0; i < 200; i++)
		number[i] += 3;
	TST_EXPECT(test, root, TST_NAME, 600);
}

/* Refused */

struct mode_case {
	const char *desc;
	u16 mode;
	int err;
};

static const struct mode_case mode_cases[] = {
	{ "no mode", 0, -EACCES }, { "mode 0444", 0444, -EACCES },
	{ "mode 0400", 0400, -EACCES }, { "mode 0644", 0644, 0 },
	{ "mode 0600", 0600, 0 }, { "mode 0666", 0666, 0 },
};

TST_ARRAY_PARAM(reset_mode, mode_cases);

static void reset_mode(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MAX,
		  c->mode, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	*memory = 4;
	tst_values(test, leaf, table, memory);
	KUNIT_EXPECT_EQ(test, c->err, statsfs_source_reset(leaf, "value"));
	KUNIT_EXPECT_EQ(test, c->err, statsfs_source_reset(root, "value"));
	KUNIT_EXPECT_EQ(test, c->err, statsfs_source_reset(root, "value_max"));
	TST_EXPECT(test, leaf, "value", c->err ? 4 : 0);
}

static void reset_not_reachable(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);

	*number = 5;
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_unregister(root));
	KUNIT_EXPECT_EQ(test, -ENODEV, statsfs_source_reset(leaf, TST_NAME));
	KUNIT_EXPECT_EQ(test, -ENODEV, statsfs_source_reset(root, TST_NAME));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(root));
	TST_EXPECT(test, leaf, TST_NAME, 5);
}

/* While others read */

struct race {
	struct statsfs_source *root;
	u64 largest;
	bool stop;
};

static const struct statsfs_value race_table[] = {
	{ "value", STAT_TYPE_U32, STAT_AGGR_MAX, 0644, 0 },
};

static int race_read(void *arg)
{
	struct race *race = arg;
	u64 number;
	int err = 0;

	while (!READ_ONCE(race->stop) && !err) {
		err = statsfs_source_read(race->root, "value", &number);
		race->largest = max(race->largest, number);
		cond_resched();
	}
	return err;
}

/*
 * A reader that took a new base from an old number would see one near 2^32.  It
 * needs several processors to go wrong.
 */
static void reset_races_with_reader(struct kunit *test)
{
	u32 *number = tst_alloc(test, sizeof(*number));
	struct race *race = tst_alloc(test, sizeof(*race));
	unsigned long end = jiffies + HZ / 2;
	struct statsfs_source *leaf;
	struct tst_job *read;
	int err = 0;

	race->root = tst_root(test);
	leaf = tst_child(test, race->root, "leaf");
	tst_values(test, leaf, race_table, number);
	read = tst_start(test, race_read, race);
	while (time_before(jiffies, end) && !err) {
		WRITE_ONCE(*number, *number + 1);
		err = statsfs_source_reset(leaf, "value");
		cond_resched();
	}
	WRITE_ONCE(race->stop, true);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, read));
	KUNIT_EXPECT_EQ(test, 0, err);
	KUNIT_EXPECT_LE(test, race->largest, (u64)*number);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE(reset_counts_on),
	KUNIT_CASE(reset_leaves_struct),
	KUNIT_CASE(reset_twice),
	KUNIT_CASE(reset_of_zero),
	KUNIT_CASE_PARAM(reset_width, reset_width_gen_params),
	KUNIT_CASE(reset_restart_shows_zero),
	KUNIT_CASE(reset_restart_counts_on),
	KUNIT_CASE(reset_restart_from_zero),
	KUNIT_CASE(reset_restart_in_aggregate),
	KUNIT_CASE(reset_restart_without_sync),
	KUNIT_CASE_PARAM(reset_stores, reset_stores_gen_params),
	KUNIT_CASE(reset_peak_grows_again),
	KUNIT_CASE(reset_one_value),
	KUNIT_CASE(reset_one_leaf),
	KUNIT_CASE(reset_through_two_levels),
	KUNIT_CASE_PARAM(reset_by_kind, reset_by_kind_gen_params),
	KUNIT_CASE(reset_seen_by_all_kinds),
	KUNIT_CASE(reset_own_only),
	KUNIT_CASE(reset_stops_at_boundary),
	KUNIT_CASE(reset_seen_on_other_path),
	KUNIT_CASE(reset_not_of_later_leaf),
	KUNIT_CASE(reset_many_leaves),
	KUNIT_CASE_PARAM(reset_mode, reset_mode_gen_params),
	KUNIT_CASE(reset_not_reachable),
	KUNIT_CASE(reset_races_with_reader),
	{}
};

static struct kunit_suite reset_suite = {
	.name = "statsfs_reset",
	.test_cases = reset_cases,
};

kunit_test_suite(reset_suite);
