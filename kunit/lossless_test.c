// SPDX-License-Identifier: GPL-2.0
/*
 * Resets while every CPU counts as fast as it can.  What has been counted
 * before and after a reset bounds what may be shown: more, and the reset was
 * lost; less, and an increment was.
 */

#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/u64_stats_sync.h>

#include "helpers.h"

#define ROUNDS		1000
#define NARROW_START	(U32_MAX - 5000)	/* wraps soon */

struct counters {
	u64 wide;
	struct u64_stats_sync sync;
	u32 narrow;
};

static const struct statsfs_value counter_table[] = {
	{ "wide", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
	  offsetof(struct counters, wide) },
	{ "narrow", STAT_TYPE_U32, STAT_AGGR_SUM, 0644,
	  offsetof(struct counters, narrow) },
};

struct race {
	struct counters __percpu *counters;
	struct statsfs_source *root;
	bool stop;
	bool contended;		/* somebody else resets as well */
};

/* A thread of one CPU. */
struct writer {
	struct race *race;
	int cpu;
};

static int writer_run(void *arg)
{
	struct writer *writer = arg;
	struct counters *c = per_cpu_ptr(writer->race->counters, writer->cpu);
	unsigned int i;

	set_cpus_allowed_ptr(current, cpumask_of(writer->cpu));
	while (!READ_ONCE(writer->race->stop)) {
		for (i = 0; i < 100; i++) {
			/* A reader would wait for a writer that is preempted. */
			preempt_disable();
			u64_stats_update_begin(&c->sync);
			WRITE_ONCE(c->wide, c->wide + 1);
			u64_stats_update_end(&c->sync);
			preempt_enable();
			WRITE_ONCE(c->narrow, c->narrow + 1);
		}
		cond_resched();
	}
	return 0;
}

static int resetter_run(void *arg)
{
	struct race *race = arg;
	int err = 0;

	while (!READ_ONCE(race->stop) && !err) {
		err = statsfs_source_reset(race->root, "wide") ?:
		      statsfs_source_reset(race->root, "narrow");
		cond_resched();
	}
	return err;
}

static u64 wide_of(struct counters *c)
{
	unsigned int start;
	u64 wide;

	do {
		start = u64_stats_fetch_begin(&c->sync);
		wide = READ_ONCE(c->wide);
	} while (u64_stats_fetch_retry(&c->sync, start));
	return wide;
}

/* How often a value was incremented, on all CPUs. */
static u64 counted(struct race *race, const char *name)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct counters *c = per_cpu_ptr(race->counters, cpu);

		if (!strcmp(name, "wide"))
			sum += wide_of(c);
		else
			sum += (u32)(READ_ONCE(c->narrow) - NARROW_START);
	}
	return sum;
}

/* Where the numbers are */

/* A source for each CPU. */
static void add_plain(struct kunit *test, struct race *race)
{
	struct statsfs_source *leaf;
	char name[20];
	int cpu;

	for_each_possible_cpu(cpu) {
		snprintf(name, sizeof(name), "cpu%d", cpu);
		leaf = tst_child(test, race->root, name);
		KUNIT_ASSERT_EQ(test, 0,
				statsfs_source_add_values_sync(leaf, counter_table,
							       ARRAY_SIZE(counter_table),
							       per_cpu_ptr(race->counters, cpu),
							       offsetof(struct counters, sync)));
	}
}

static void add_percpu(struct kunit *test, struct race *race)
{
	struct statsfs_source *leaf = tst_child(test, race->root, "leaf");

	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_percpu_sync(leaf, counter_table,
						       ARRAY_SIZE(counter_table),
						       race->counters,
						       offsetof(struct counters, sync)));
}

static int race_sample(void *data, void *sample)
{
	struct counters *s = sample;
	struct race *race = data;

	s->wide = counted(race, "wide");
	s->narrow = NARROW_START + counted(race, "narrow");
	return 0;
}

static const struct statsfs_sampler race_sampler = {
	.size = sizeof(struct counters),
	.sample = race_sample,
};

static void add_sampled(struct kunit *test, struct race *race)
{
	struct statsfs_source *leaf = tst_child(test, race->root, "leaf");

	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_sampled(leaf, counter_table,
						   ARRAY_SIZE(counter_table),
						   &race_sampler, race));
}

static const struct lossless_param {
	const char *desc;
	void (*add)(struct kunit *test, struct race *race);
	bool contended;
} lossless_params[] = {
	{ "plain", add_plain },
	{ "per CPU", add_percpu },
	{ "sampled", add_sampled },
	{ "plain, two reset", add_plain, true },
	{ "per CPU, two reset", add_percpu, true },
	{ "sampled, two reset", add_sampled, true },
};

TST_ARRAY_PARAM(lossless, lossless_params);

static void race_stop(struct kunit_resource *res)
{
	struct race *race = res->data;

	WRITE_ONCE(race->stop, true);
}

static struct race *race_create(struct kunit *test,
				const struct lossless_param *param)
{
	struct race *race = tst_alloc(test, sizeof(*race));
	int cpu;

	race->contended = param->contended;
	race->counters = tst_percpu(test, sizeof(*race->counters));
	for_each_possible_cpu(cpu) {
		struct counters *c = per_cpu_ptr(race->counters, cpu);

		u64_stats_init(&c->sync);
		c->narrow = NARROW_START;
	}
	race->root = tst_root(test);
	param->add(test, race);
	return race;
}

static void race_start(struct kunit *test, struct race *race)
{
	struct writer *writer;
	int cpu;

	for_each_online_cpu(cpu) {
		writer = tst_alloc(test, sizeof(*writer));
		*writer = (struct writer){ race, cpu };
		tst_start(test, writer_run, writer);
	}
	if (race->contended)
		tst_start(test, resetter_run, race);
	/* Runs before the threads are waited for. */
	tst_at_end(test, race_stop, race);
}

static void race_round(struct kunit *test, struct race *race, const char *name,
		       bool pause)
{
	u64 before, after, least, most, shown;

	before = counted(race, name);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_reset(race->root, name));
	after = counted(race, name);
	/* Where there is one CPU, somebody has to give it away. */
	if (pause)
		schedule_timeout_uninterruptible(1);
	least = race->contended ? 0 : counted(race, name) - after;
	shown = tst_number(test, race->root, name);
	most = counted(race, name) - before;
	KUNIT_ASSERT_GE_MSG(test, shown, least, "an increment of %s is lost",
			    name);
	KUNIT_ASSERT_LE_MSG(test, shown, most, "a reset of %s is lost", name);
}

static void lossless_reset(struct kunit *test)
{
	struct race *race = race_create(test, test->param_value);
	unsigned int i;

	race_start(test, race);
	for (i = 0; i < ROUNDS; i++)
		race_round(test, race, i % 2 ? "wide" : "narrow",
			   i % 50 < 2);
	KUNIT_EXPECT_GT(test, counted(race, "wide"), 0ULL);
	KUNIT_EXPECT_GT(test, counted(race, "narrow"), 0ULL);
}

static struct kunit_case lossless_cases[] = {
	KUNIT_CASE_PARAM(lossless_reset, lossless_gen_params),
	{}
};

static struct kunit_suite lossless_suite = {
	.name = "statsfs_lossless",
	.test_cases = lossless_cases,
};

kunit_test_suite(lossless_suite);
