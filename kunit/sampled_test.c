// SPDX-License-Identifier: GPL-2.0
/* Tests of sampled groups: a callback fills the struct. */

#include <linux/completion.h>
#include <linux/delay.h>

#include "helpers.h"

/* What the callback fills. */
struct sample {
	u64 count;
	u32 peak;
	bool flag;
	u64 rest[8];
};

/* What is behind one sampled group. */
struct meter {
	struct sample now;
	int err;		/* what sample returns */
	int reset_err;		/* what reset returns */
	unsigned int samples;	/* calls of sample */
	unsigned int resets;	/* calls of reset */
	int reset_offset;	/* at the last one */
	bool dirty;		/* sample got something else than zeroes */
};

static int meter_sample(void *data, void *sample)
{
	struct meter *meter = data;

	meter->samples++;
	if (memchr_inv(sample, 0, sizeof(meter->now)))
		meter->dirty = true;
	/* A reader must not see this when there is an error. */
	memcpy(sample, &meter->now, sizeof(meter->now));
	return meter->err;
}

static int meter_reset(void *data, int offset)
{
	struct meter *meter = data;

	meter->resets++;
	meter->reset_offset = offset;
	if (meter->reset_err)
		return meter->reset_err;
	if (offset == offsetof(struct sample, peak))
		meter->now.peak = 0;
	if (offset == offsetof(struct sample, flag))
		meter->now.flag = false;
	return 0;
}

static const struct statsfs_sampler meter_sampler = {
	.size = sizeof(struct sample),
	.sample = meter_sample,
	.reset = meter_reset,
};

static const struct statsfs_value meter_table[] = {
	{ "count", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
	  offsetof(struct sample, count) },
	{ "peak", STAT_TYPE_U32, STAT_AGGR_MAX, 0644,
	  offsetof(struct sample, peak), STAT_KIND_PEAK },
	{ "flag", STAT_TYPE_BOOL, STAT_AGGR_COUNT_NONZERO, 0644,
	  offsetof(struct sample, flag) },
	{ "last", STAT_TYPE_S64, STAT_AGGR_SUM, 0444,
	  offsetof(struct sample, rest[7]) },
};

static int add_meter(struct statsfs_source *source, struct meter *meter)
{
	return statsfs_source_add_sampled(source, meter_table,
					  ARRAY_SIZE(meter_table),
					  &meter_sampler, meter);
}

/* A root with the subordinates "a" and "b", each a meter. */
struct pair {
	struct statsfs_source *root;
	struct statsfs_source *source[2];
	struct meter meter[2];
};

static struct pair *pair_create(struct kunit *test)
{
	struct pair *pair = tst_alloc(test, sizeof(*pair));
	int i;

	pair->root = tst_root(test);
	for (i = 0; i < 2; i++) {
		pair->source[i] = tst_child(test, pair->root, i ? "b" : "a");
		KUNIT_ASSERT_EQ(test, 0,
				add_meter(pair->source[i], &pair->meter[i]));
	}
	return pair;
}

static void sampled_values(struct kunit *test)
{
	struct pair *pair = pair_create(test);
	struct meter *meter = &pair->meter[1];

	meter->now.count = 11;
	meter->now.peak = 12;
	meter->now.flag = true;
	meter->now.rest[7] = -13;
	TST_EXPECT(test, pair->source[1], "count", 11);
	TST_EXPECT(test, pair->source[1], "peak", 12);
	TST_EXPECT(test, pair->source[1], "flag", 1);
	TST_EXPECT(test, pair->source[1], "last", -13);
	TST_EXPECT(test, pair->source[0], "count", 0);
}

static void sampled_aggregates(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[0].now = (struct sample){ .count = 1, .peak = 30 };
	pair->meter[1].now = (struct sample){ .count = 2, .peak = 20,
					       .flag = true };
	TST_EXPECT(test, pair->root, "count", 3);
	TST_EXPECT(test, pair->root, "peak", 30);
	TST_EXPECT(test, pair->root, "flag", 1);
	TST_EXPECT(test, pair->root, "last", 0);
}

static void sampled_once_per_read(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	TST_EXPECT(test, pair->source[0], "count", 0);
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[0].samples);
	KUNIT_EXPECT_EQ(test, 0U, pair->meter[1].samples);
	TST_EXPECT(test, pair->source[0], "last", 0);
	KUNIT_EXPECT_EQ(test, 2U, pair->meter[0].samples);
}

static void sampled_once_per_aggregate(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	TST_EXPECT(test, pair->root, "count", 0);
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[0].samples);
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[1].samples);
}

static void sampled_once_by_two_paths(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	tst_add(test, pair->source[1], pair->source[0]);
	TST_EXPECT(test, pair->root, "count", 0);
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[0].samples);
}

static void sampled_once_per_file(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	tst_mount(test);
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "a/count"));
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[0].samples);
}

/* Nothing is sampled for the names. */
static void sampled_not_for_names(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	tst_mount(test);
	KUNIT_EXPECT_STREQ(test, "count flag last peak ",
			   tst_ls(test, "a"));
	tst_open(test, "a/count", O_RDONLY);
	KUNIT_EXPECT_EQ(test, 0U, pair->meter[0].samples);
}

static void sampled_from_zeroes(struct kunit *test)
{
	struct pair *pair = pair_create(test);
	int i;

	for (i = 0; i < 2; i++)
		memset(&pair->meter[i].now, 0x55, sizeof(pair->meter[i].now));
	for (i = 0; i < 3; i++) {
		tst_number(test, pair->source[0], "count");
		tst_number(test, pair->root, "count");
		KUNIT_ASSERT_EQ(test, 0, statsfs_source_reset(pair->root,
							      "count"));
	}
	KUNIT_EXPECT_FALSE(test, pair->meter[0].dirty);
	KUNIT_EXPECT_FALSE(test, pair->meter[1].dirty);
}

static void sampled_error_passes(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[0].err = -ENXIO;
	TST_EXPECT_ERR(test, pair->source[0], "count", -ENXIO);
	TST_EXPECT_ERR(test, pair->source[0], "last", -ENXIO);
	TST_EXPECT(test, pair->source[1], "count", 0);
	pair->meter[0].err = 0;
	TST_EXPECT(test, pair->source[0], "count", 0);
}

static void sampled_error_of_file(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	tst_mount(test);
	pair->meter[0].err = -ENXIO;
	KUNIT_EXPECT_STREQ(test, "error -6",
			   tst_cat(test, "a/count"));
	KUNIT_EXPECT_STREQ(test, "error -5",
			   tst_cat(test, "count"));
}

static void sampled_error_in_aggregate(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[1].err = -ENXIO;
	TST_EXPECT_ERR(test, pair->root, "count", -EIO);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(pair->source[1]));
	TST_EXPECT(test, pair->root, "count", 0);
}

/* A meter that says that it is gone is not a leaf that is gone. */
static void sampled_enodev_in_aggregate(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[1].err = -ENODEV;
	TST_EXPECT_ERR(test, pair->source[1], "count", -ENODEV);
	TST_EXPECT_ERR(test, pair->root, "count", -EIO);
}

/* A plain group with the same table: one schema. */
static void sampled_with_plain(struct kunit *test)
{
	struct pair *pair = pair_create(test);
	struct sample *plain = tst_alloc(test, sizeof(*plain));

	tst_values(test, tst_child(test, pair->root, "plain"), meter_table,
		   plain);
	pair->meter[0].now = (struct sample){ .count = 1, .peak = 30 };
	pair->meter[1].now = (struct sample){ .count = 2, .flag = true };
	*plain = (struct sample){ .count = 4, .peak = 40, .flag = true };
	TST_EXPECT(test, pair->root, "count", 7);
	TST_EXPECT(test, pair->root, "peak", 40);
	TST_EXPECT(test, pair->root, "flag", 2);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_reset(pair->root, "count"));
	pair->meter[0].now.count += 8;
	plain->count += 16;
	TST_EXPECT(test, pair->root, "count", 24);
}

static int number_sample(void *data, void *sample)
{
	*(u64 *)sample = (unsigned long)data;
	return 0;
}

/* Samples of one schema may have different sizes; there may be no data. */
static void sampled_sizes(struct kunit *test)
{
	static const size_t size[] = { 8, 100000, 64, 9 };
	struct statsfs_source *root = tst_root(test), *leaf;
	struct statsfs_sampler sampler = { .sample = number_sample };
	int i;

	for (i = 0; i < ARRAY_SIZE(size); i++) {
		leaf = tst_source(test, "leaf%d", i);
		sampler.size = size[i];
		KUNIT_ASSERT_EQ(test, 0,
				statsfs_source_add_sampled(leaf, tst_table, 1,
							   &sampler,
							   (void *)(long)i));
		tst_add(test, root, leaf);
	}
	/* The sampler is copied. */
	memset(&sampler, 0xff, sizeof(sampler));
	TST_EXPECT(test, root, TST_NAME, 0 + 1 + 2 + 3);
}

static int slow_sample(void *data, void *sample)
{
	msleep(20);
	return number_sample(data, sample);
}

static const struct statsfs_sampler slow_sampler = {
	.size = sizeof(u64),
	.sample = slow_sample,
};

static void sampled_may_sleep(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_sampled(leaf, tst_table, 1,
						   &slow_sampler, (void *)7));
	TST_EXPECT(test, leaf, TST_NAME, 7);
	TST_EXPECT(test, root, TST_NAME, 7);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, TST_NAME));
}

static void sampled_several_readers(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");
	struct tst_gate *gate = tst_gate(test, leaf);
	struct tst_job *a = tst_gate_enter(test, gate, leaf);
	struct tst_job *b = tst_gate_enter(test, gate, root);

	KUNIT_EXPECT_EQ(test, 2, atomic_read(&gate->inside));
	tst_gate_open(gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, a));
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, b));
}

/* Reset */

static void sampled_reset(struct kunit *test)
{
	struct pair *pair = pair_create(test);
	struct meter *meter = &pair->meter[0];

	meter->now.count = 100;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(pair->source[0], "count"));
	KUNIT_EXPECT_EQ(test, 0U, meter->resets);
	KUNIT_EXPECT_EQ(test, 100ULL, meter->now.count);
	TST_EXPECT(test, pair->source[0], "count", 0);
	meter->now.count += 7;
	TST_EXPECT(test, pair->source[0], "count", 7);
	meter->now.count = 3;
	TST_EXPECT(test, pair->source[0], "count", 0);
}

static void sampled_reset_aggregate(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[0].now.count = 100;
	pair->meter[1].now.count = 200;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(pair->root, "count"));
	TST_EXPECT(test, pair->source[0], "count", 0);
	TST_EXPECT(test, pair->source[1], "count", 0);
	pair->meter[1].now.count += 2;
	TST_EXPECT(test, pair->root, "count", 2);
}

static void sampled_reset_calls_back(struct kunit *test)
{
	struct pair *pair = pair_create(test);
	struct meter *meter = &pair->meter[0];

	meter->now.peak = 50;
	meter->now.flag = true;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(pair->source[0], "peak"));
	KUNIT_EXPECT_EQ(test, 1U, meter->resets);
	KUNIT_EXPECT_EQ(test, (int)offsetof(struct sample, peak),
			meter->reset_offset);
	TST_EXPECT(test, pair->source[0], "peak", 0);
	TST_EXPECT(test, pair->source[0], "flag", 1);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(pair->source[0], "flag"));
	KUNIT_EXPECT_EQ(test, (int)offsetof(struct sample, flag),
			meter->reset_offset);
	TST_EXPECT(test, pair->source[0], "flag", 0);
	KUNIT_EXPECT_EQ(test, 0U, pair->meter[1].resets);
}

static void sampled_reset_calls_all_back(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[0].now.peak = 50;
	pair->meter[1].now.peak = 60;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(pair->root, "peak"));
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[0].resets);
	KUNIT_EXPECT_EQ(test, 1U, pair->meter[1].resets);
	TST_EXPECT(test, pair->root, "peak", 0);
}

static void sampled_reset_error(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[0].now.peak = 50;
	pair->meter[0].reset_err = -EBUSY;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			statsfs_source_reset(pair->source[0], "peak"));
	TST_EXPECT(test, pair->source[0], "peak", 50);
}

static void sampled_reset_sample_error(struct kunit *test)
{
	struct pair *pair = pair_create(test);

	pair->meter[0].now.count = 50;
	pair->meter[0].err = -ENXIO;
	KUNIT_EXPECT_EQ(test, -ENXIO,
			statsfs_source_reset(pair->source[0], "count"));
	pair->meter[0].err = 0;
	TST_EXPECT(test, pair->source[0], "count", 50);
}

/* One that fails does not keep the others from being reset. */
static void sampled_reset_error_of_one(struct kunit *test)
{
	struct pair *pair = pair_create(test);
	int i;

	for (i = 0; i < 2; i++) {
		pair->meter[0].now.peak = 50;
		pair->meter[1].now.peak = 60;
		pair->meter[i].reset_err = -EBUSY;
		KUNIT_EXPECT_EQ(test, -EBUSY,
				statsfs_source_reset(pair->root, "peak"));
		KUNIT_EXPECT_EQ(test, i ? 0U : 50U, pair->meter[0].now.peak);
		KUNIT_EXPECT_EQ(test, i ? 60U : 0U, pair->meter[1].now.peak);
		pair->meter[i].reset_err = 0;
	}
}

static int reset_number(void *source)
{
	return statsfs_source_reset(source, TST_NAME);
}

/* A callback that is slow keeps nobody else from resetting. */
static void sampled_reset_of_others(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *slow = tst_child(test, root, "slow");
	struct tst_gate *gate = tst_gate(test, slow);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);
	struct tst_job *job = tst_start(test, reset_number, slow);

	KUNIT_ASSERT_TRUE(test, tst_gate_wait(gate));
	*number = 5;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf, TST_NAME));
	TST_EXPECT(test, leaf, TST_NAME, 0);
	KUNIT_EXPECT_TRUE(test, tst_is_running(job, 0));
	tst_gate_open(gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, job));
}

/* The first callback stays inside with the number that it has got. */
struct held_meter {
	struct statsfs_source *leaf;
	struct completion entered;
	struct completion go;
	atomic_t calls;
	u64 number;
	u64 shown;
};

static int held_sample(void *data, void *sample)
{
	struct held_meter *meter = data;

	*(u64 *)sample = READ_ONCE(meter->number);
	if (atomic_inc_return(&meter->calls) == 1) {
		complete(&meter->entered);
		wait_for_completion_timeout(&meter->go, 10 * HZ);
	}
	return 0;
}

static const struct statsfs_sampler held_sampler = {
	.size = sizeof(u64),
	.sample = held_sample,
};

static int held_read(void *arg)
{
	struct held_meter *meter = arg;

	return statsfs_source_read(meter->leaf, TST_NAME, &meter->shown);
}

static int held_reset(void *arg)
{
	struct held_meter *meter = arg;

	return statsfs_source_reset(meter->leaf, TST_NAME);
}

/* With 100 in hands, *@job is inside; then the number becomes 150. */
static struct held_meter *held_meter(struct kunit *test, int (*run)(void *arg),
				     struct tst_job **job)
{
	struct held_meter *meter = tst_alloc(test, sizeof(*meter));

	init_completion(&meter->entered);
	init_completion(&meter->go);
	meter->number = 100;
	meter->leaf = tst_child(test, tst_root(test), "leaf");
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_sampled(meter->leaf, tst_table,
						   ARRAY_SIZE(tst_table),
						   &held_sampler, meter));
	*job = tst_start(test, run, meter);
	KUNIT_ASSERT_TRUE(test,
			  wait_for_completion_timeout(&meter->entered, 10 * HZ));
	WRITE_ONCE(meter->number, 150);
	return meter;
}

/* Who got the number before a reset does not subtract what came with it. */
static void sampled_reset_beside_reader(struct kunit *test)
{
	struct tst_job *reader;
	struct held_meter *meter = held_meter(test, held_read, &reader);

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(meter->leaf, TST_NAME));
	complete_all(&meter->go);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, reader));
	KUNIT_EXPECT_EQ(test, 100ULL, meter->shown);
	TST_EXPECT(test, meter->leaf, TST_NAME, 0);
}

/* The later of two resets is not undone by the earlier one. */
static void sampled_resets_take_turns(struct kunit *test)
{
	struct tst_job *first, *second;
	struct held_meter *meter = held_meter(test, held_reset, &first);

	second = tst_start(test, held_reset, meter);
	KUNIT_EXPECT_TRUE(test, tst_is_running(second, 100));
	complete_all(&meter->go);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, first));
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, second));
	TST_EXPECT(test, meter->leaf, TST_NAME, 0);
}

/* Tables and samplers */

struct sampler_case {
	const char *desc;
	struct statsfs_sampler sampler;
	struct statsfs_value line;
	int err;
};

static const struct sampler_case sampler_cases[] = {
	{ "good", { 8, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 } },
	{ "good last byte", { 8, number_sample },
	  { "value", STAT_TYPE_U8, STAT_AGGR_SUM, 0644, 7 } },
	{ "no sample", { 8, NULL, meter_reset },
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "size 0", { 0, number_sample },
	  { "value", STAT_TYPE_U8, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "u8 behind the end", { 8, number_sample },
	  { "value", STAT_TYPE_U8, STAT_AGGR_SUM, 0644, 8 }, -EINVAL },
	{ "u64 behind the end", { 8, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 8 }, -EINVAL },
	{ "u64 partly behind the end", { 15, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 8 }, -EINVAL },
	{ "far behind the end", { 8, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0x7ffffff8 }, -EINVAL },
	{ "offset negative", { 8, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, -8 }, -EINVAL },
	{ "type negative", { 8, number_sample },
	  { "value", -1, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "type too large", { 8, number_sample },
	  { "value", STAT_TYPE_S64 + 1, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "name bad", { 8, number_sample },
	  { "", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "name NULL", { 8, number_sample },
	  { NULL, STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "peak without reset", { 8, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 0, STAT_KIND_PEAK },
	  -EINVAL },
	{ "read-only peak without reset", { 8, number_sample },
	  { "value", STAT_TYPE_U64, STAT_AGGR_MAX, 0444, 0, STAT_KIND_PEAK } },
	{ "peak with reset", { 8, number_sample, meter_reset },
	  { "value", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 0, STAT_KIND_PEAK } },
	{ "bool without reset", { 8, number_sample },
	  { "value", STAT_TYPE_BOOL, STAT_AGGR_SUM, 0644, 0 }, -EINVAL },
	{ "read-only bool without reset", { 8, number_sample },
	  { "value", STAT_TYPE_BOOL, STAT_AGGR_SUM, 0, 0 } },
};

TST_ARRAY_PARAM(sampled_table, sampler_cases);

static void sampled_table(struct kunit *test)
{
	const struct sampler_case *c = test->param_value;
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, c->err,
			statsfs_source_add_sampled(root, &c->line, 1,
						   &c->sampler, NULL));
	TST_EXPECT_ERR(test, root, "value", c->err ? -ENOENT : 0);
}

static void sampled_no_table(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_sampled(root, NULL, 1,
						   &slow_sampler, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_sampled(root, tst_table, 0,
						   &slow_sampler, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_sampled(root, tst_table, 1, NULL,
						   NULL));
}

static struct kunit_case sampled_cases[] = {
	KUNIT_CASE(sampled_values),
	KUNIT_CASE(sampled_aggregates),
	KUNIT_CASE(sampled_once_per_read),
	KUNIT_CASE(sampled_once_per_aggregate),
	KUNIT_CASE(sampled_once_by_two_paths),
	KUNIT_CASE(sampled_once_per_file),
	KUNIT_CASE(sampled_not_for_names),
	KUNIT_CASE(sampled_from_zeroes),
	KUNIT_CASE(sampled_error_passes),
	KUNIT_CASE(sampled_error_of_file),
	KUNIT_CASE(sampled_error_in_aggregate),
	KUNIT_CASE(sampled_enodev_in_aggregate),
	KUNIT_CASE(sampled_with_plain),
	KUNIT_CASE(sampled_sizes),
	KUNIT_CASE(sampled_may_sleep),
	KUNIT_CASE(sampled_several_readers),
	KUNIT_CASE(sampled_reset),
	KUNIT_CASE(sampled_reset_aggregate),
	KUNIT_CASE(sampled_reset_calls_back),
	KUNIT_CASE(sampled_reset_calls_all_back),
	KUNIT_CASE(sampled_reset_error),
	KUNIT_CASE(sampled_reset_sample_error),
	KUNIT_CASE(sampled_reset_error_of_one),
	KUNIT_CASE(sampled_reset_of_others),
	KUNIT_CASE(sampled_reset_beside_reader),
	KUNIT_CASE(sampled_resets_take_turns),
	KUNIT_CASE_PARAM(sampled_table, sampled_table_gen_params),
	KUNIT_CASE(sampled_no_table),
	{}
};

static struct kunit_suite sampled_suite = {
	.name = "statsfs_sampled",
	.test_cases = sampled_cases,
};

kunit_test_suite(sampled_suite);
