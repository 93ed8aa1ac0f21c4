// SPDX-License-Identifier: GPL-2.0
/* Tests of per-CPU groups, and of groups whose owner has a u64_stats_sync. */

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/u64_stats_sync.h>

#include "helpers.h"

struct counters {
	u64 before;
	u64 value;
	u64 after;
};

/* Zeroed memory; everything but the value is all ones. */
static struct counters __percpu *counters_alloc(struct kunit *test)
{
	struct counters __percpu *counters = tst_percpu(test, sizeof(*counters));
	int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu_ptr(counters, cpu)->before = U64_MAX;
		per_cpu_ptr(counters, cpu)->after = U64_MAX;
	}
	return counters;
}

/* A root with the subordinate "leaf", and the memory of both. */
struct leaf {
	struct statsfs_source *root;
	struct statsfs_source *source;
	struct counters __percpu *counters;
};

static struct leaf leaf_create(struct kunit *test,
			       const struct statsfs_value *table)
{
	struct leaf leaf = { .counters = counters_alloc(test) };

	leaf.root = tst_root(test);
	leaf.source = tst_child(test, leaf.root, "leaf");
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_percpu(leaf.source, table, 1,
						  leaf.counters));
	return leaf;
}

static void leaf_store(struct leaf *leaf, int cpu, enum statsfs_type type,
		       u64 number)
{
	tst_store(type, &per_cpu_ptr(leaf->counters, cpu)->value, number);
}

struct fold_case {
	const char *desc;
	enum statsfs_type type;
	enum statsfs_kind kind;
	u64 first;	/* on the first CPU */
	u64 step;	/* how much more on each of the others */
};

static const struct fold_case fold_cases[] = {
	{ "bool none", STAT_TYPE_BOOL, STAT_KIND_INSTANT, 0, 0 },
	{ "bool first", STAT_TYPE_BOOL, STAT_KIND_INSTANT, 1, -1 },
	{ "bool all", STAT_TYPE_BOOL, STAT_KIND_INSTANT, 1, 0 },
	{ "bool others", STAT_TYPE_BOOL, STAT_KIND_INSTANT, 0, 1 },
	{ "u8 sum", STAT_TYPE_U8, STAT_KIND_CUMULATIVE, 1, 2 },
	{ "u8 sum wraps", STAT_TYPE_U8, STAT_KIND_CUMULATIVE, 200, 0 },
	{ "u16 sum wraps", STAT_TYPE_U16, STAT_KIND_INSTANT, 60000, 1 },
	{ "u32 sum wraps", STAT_TYPE_U32, STAT_KIND_CUMULATIVE, U32_MAX, 0 },
	{ "u64 sum", STAT_TYPE_U64, STAT_KIND_CUMULATIVE, 1ull << 40, 1 },
	{ "u64 sum wraps", STAT_TYPE_U64, STAT_KIND_CUMULATIVE, U64_MAX, 0 },
	{ "s8 sum", STAT_TYPE_S8, STAT_KIND_INSTANT, -3, 1 },
	{ "s8 sum wraps", STAT_TYPE_S8, STAT_KIND_INSTANT, 100, 0 },
	{ "s16 sum", STAT_TYPE_S16, STAT_KIND_INSTANT, -300, 7 },
	{ "s32 sum", STAT_TYPE_S32, STAT_KIND_INSTANT, 5, -70000 },
	{ "s64 sum", STAT_TYPE_S64, STAT_KIND_INSTANT, 5, -1000 },
	{ "peak u8", STAT_TYPE_U8, STAT_KIND_PEAK, 128, -1 },
	{ "peak u64", STAT_TYPE_U64, STAT_KIND_PEAK, 1, 1ull << 63 },
	{ "peak s8", STAT_TYPE_S8, STAT_KIND_PEAK, 1, -2 },
	{ "peak s64 all negative", STAT_TYPE_S64, STAT_KIND_PEAK, -9, 1 },
};

TST_ARRAY_PARAM(percpu_fold, fold_cases);

static void percpu_fold(struct kunit *test)
{
	const struct fold_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, STAT_AGGR_SUM, 0444, 8, c->kind },
	};
	struct leaf leaf = leaf_create(test, table);
	bool is_max = c->kind == STAT_KIND_PEAK || c->type == STAT_TYPE_BOOL;
	u64 number = c->first, sum = 0, max = tst_cast(c->type, number);
	int cpu;

	for_each_possible_cpu(cpu) {
		number = tst_cast(c->type, number);
		leaf_store(&leaf, cpu, c->type, number);
		sum = tst_cast(c->type, sum + number);
		max = tst_fold(c->type, STAT_AGGR_MAX, (u64[]){ max, number }, 2);
		number += c->step;
	}
	TST_EXPECT(test, leaf.source, "value", is_max ? max : sum);
	TST_EXPECT(test, leaf.root, "value", is_max ? max : sum);
}

static const struct statsfs_value count_table[] = {
	{ "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 8 },
};

static void percpu_this_cpu_inc(struct kunit *test)
{
	struct leaf leaf = leaf_create(test, count_table);
	int i;

	for (i = 0; i < 1000; i++)
		this_cpu_inc(leaf.counters->value);
	TST_EXPECT(test, leaf.source, "value", 1000);
}

static void percpu_reset(struct kunit *test)
{
	struct leaf leaf = leaf_create(test, count_table);
	int cpu, nr = 0;

	for_each_possible_cpu(cpu) {
		leaf_store(&leaf, cpu, STAT_TYPE_U64, 100 + cpu);
		nr++;
	}
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf.root, "value"));
	TST_EXPECT(test, leaf.source, "value", 0);
	for_each_possible_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, 100ULL + cpu,
				per_cpu_ptr(leaf.counters, cpu)->value);
		leaf_store(&leaf, cpu, STAT_TYPE_U64, 103 + cpu);
	}
	TST_EXPECT(test, leaf.source, "value", 3 * nr);
}

/* Only the peak, and on each CPU. */
static void percpu_reset_of_peak(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 8, STAT_KIND_PEAK },
	};
	struct leaf leaf = leaf_create(test, table);
	struct counters *counters;
	int cpu;

	for_each_possible_cpu(cpu)
		leaf_store(&leaf, cpu, STAT_TYPE_U64, 1 + cpu);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf.source, "value"));
	TST_EXPECT(test, leaf.source, "value", 0);
	for_each_possible_cpu(cpu) {
		counters = per_cpu_ptr(leaf.counters, cpu);
		KUNIT_EXPECT_EQ(test, U64_MAX, counters->before);
		KUNIT_EXPECT_EQ(test, 0ULL, counters->value);
		KUNIT_EXPECT_EQ(test, U64_MAX, counters->after);
	}
}

/* Leaves of one schema are folded together, wherever their numbers are. */
static void percpu_with_plain(struct kunit *test)
{
	struct counters *plain = tst_alloc(test, sizeof(*plain));
	struct leaf leaf = leaf_create(test, count_table);
	int cpu, nr = 0;

	tst_values(test, tst_child(test, leaf.root, "plain"), count_table, plain);
	for_each_possible_cpu(cpu) {
		leaf_store(&leaf, cpu, STAT_TYPE_U64, 10);
		nr++;
	}
	plain->value = 3;
	TST_EXPECT(test, leaf.root, "value", 10 * nr + 3);
}

static void percpu_removed(struct kunit *test)
{
	struct leaf leaf = leaf_create(test, count_table);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf.source));
	TST_EXPECT_ERR(test, leaf.source, "value", -ENODEV);
	TST_EXPECT_ERR(test, leaf.root, "value", -ENOENT);
}

static void percpu_no_base(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_percpu(root, count_table, 1, NULL));
	TST_EXPECT_ERR(test, root, "value", -ENOENT);
}

/* u64_stats_sync */

struct synced {
	u64 value;
	struct u64_stats_sync syncp;
};

static const struct statsfs_value synced_table[] = {
	{ "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
	  offsetof(struct synced, value) },
};

static void synced_add(struct synced *synced, u64 more)
{
	preempt_disable();
	u64_stats_update_begin(&synced->syncp);
	WRITE_ONCE(synced->value, synced->value + more);
	u64_stats_update_end(&synced->syncp);
	preempt_enable();
}

static void percpu_sync_plain(struct kunit *test)
{
	struct synced *synced = tst_alloc(test, sizeof(*synced));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	u64_stats_init(&synced->syncp);
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_values_sync(leaf, synced_table, 1,
						       synced,
						       offsetof(struct synced, syncp)));
	synced_add(synced, 5ULL << 32);
	TST_EXPECT(test, root, "value", 5ULL << 32);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf, "value"));
	synced_add(synced, 7);
	TST_EXPECT(test, root, "value", 7);
}

static void percpu_sync(struct kunit *test)
{
	struct synced __percpu *synced = tst_percpu(test, sizeof(*synced));
	struct statsfs_source *root;
	int cpu, nr = 0;

	for_each_possible_cpu(cpu) {
		u64_stats_init(&per_cpu_ptr(synced, cpu)->syncp);
		per_cpu_ptr(synced, cpu)->value = 1ULL << 33;
		nr++;
	}
	root = tst_root(test);
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_percpu_sync(root, synced_table, 1,
						       synced,
						       offsetof(struct synced, syncp)));
	TST_EXPECT(test, root, "value", nr * (1ULL << 33));
}

/* On 32 bits one half after the other, and slowly. */
static void synced_flip(struct synced *synced)
{
	u32 *half = (u32 *)&synced->value;

	preempt_disable();
	u64_stats_update_begin(&synced->syncp);
	if (BITS_PER_LONG == 32) {
		WRITE_ONCE(half[0], ~half[0]);
		udelay(5);
		WRITE_ONCE(half[1], ~half[1]);
	} else {
		WRITE_ONCE(synced->value, ~synced->value);
	}
	u64_stats_update_end(&synced->syncp);
	preempt_enable();
}

struct flipper {
	struct synced synced;
	bool stop;
};

static int flip(void *arg)
{
	struct flipper *flipper = arg;

	while (!READ_ONCE(flipper->stop)) {
		synced_flip(&flipper->synced);
		cond_resched();
	}
	return 0;
}

static void flipper_at_end(struct kunit_resource *res)
{
	struct flipper *flipper = res->data;

	WRITE_ONCE(flipper->stop, true);
}

/* All bits of the number change at a time: nobody sees half of it changed. */
static void percpu_sync_not_torn(struct kunit *test)
{
	struct flipper *flipper = tst_alloc(test, sizeof(*flipper));
	struct statsfs_source *root = tst_root(test);
	unsigned long end = jiffies + HZ / 2;
	struct tst_job *job;
	u64 number;

	u64_stats_init(&flipper->synced.syncp);
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_values_sync(root, synced_table, 1,
						       &flipper->synced,
						       offsetof(struct synced, syncp)));
	job = tst_start(test, flip, flipper);
	tst_at_end(test, flipper_at_end, flipper);
	while (time_before(jiffies, end)) {
		number = tst_number(test, root, "value");
		KUNIT_ASSERT_TRUE_MSG(test, !number || number == U64_MAX,
				      "%llx", number);
	}
	WRITE_ONCE(flipper->stop, true);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, job));
}

static void percpu_sync_bad(struct kunit *test)
{
	struct synced __percpu *synced = tst_percpu(test, sizeof(*synced));
	struct synced *plain = tst_alloc(test, sizeof(*plain));
	struct statsfs_source *root;

	root = tst_root(test);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values_sync(root, synced_table, 1,
						       plain, -1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values_sync(root, synced_table, 1,
						       NULL, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_percpu_sync(root, synced_table, 1,
						       synced, -8));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_percpu_sync(root, synced_table, 1,
						       NULL, 0));
	TST_EXPECT_ERR(test, root, "value", -ENOENT);
}

static struct kunit_case percpu_cases[] = {
	KUNIT_CASE_PARAM(percpu_fold, percpu_fold_gen_params),
	KUNIT_CASE(percpu_this_cpu_inc),
	KUNIT_CASE(percpu_reset),
	KUNIT_CASE(percpu_reset_of_peak),
	KUNIT_CASE(percpu_with_plain),
	KUNIT_CASE(percpu_removed),
	KUNIT_CASE(percpu_no_base),
	KUNIT_CASE(percpu_sync_plain),
	KUNIT_CASE(percpu_sync),
	KUNIT_CASE(percpu_sync_not_torn),
	KUNIT_CASE(percpu_sync_bad),
	{}
};

static struct kunit_suite percpu_suite = {
	.name = "statsfs_percpu",
	.test_cases = percpu_cases,
};

kunit_test_suite(percpu_suite);
