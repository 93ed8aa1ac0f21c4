// SPDX-License-Identifier: GPL-2.0
/* Tests of arrays and histograms. */

#include "helpers.h"

#define LENGTH	4

static const struct statsfs_value array_table[] = {
	{ "array", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0, .buckets = LENGTH },
};

static const u64 array_zeros[LENGTH];

/* What must be read, in a file and by name. */
static void expect_array(struct kunit *test, struct statsfs_source *source,
			 const char *path, const u64 *wanted, const char *text)
{
	u64 numbers[LENGTH + 1];
	int i;

	KUNIT_EXPECT_EQ(test, LENGTH,
			statsfs_source_read_array(source, "array", numbers,
						  ARRAY_SIZE(numbers)));
	for (i = 0; i < LENGTH; i++)
		KUNIT_EXPECT_EQ_MSG(test, wanted[i], numbers[i], "bucket %d", i);
	KUNIT_EXPECT_STREQ(test, text, tst_cat(test, path));
}

static struct statsfs_source *array_leaf(struct kunit *test,
					 struct statsfs_source *root,
					 const char *name, u64 *memory)
{
	struct statsfs_source *leaf = tst_child(test, root, name);

	tst_values(test, leaf, array_table, memory);
	return leaf;
}

struct element_case {
	const char *desc;
	enum statsfs_type type;
	u64 numbers[LENGTH];
	const char *text;
};

static const struct element_case element_cases[] = {
	{ "bool", STAT_TYPE_BOOL, { 0, 1, 1, 0 }, "0 1 1 0\n" },
	{ "u8", STAT_TYPE_U8, { 0, 1, 128, 255 }, "0 1 128 255\n" },
	{ "u16", STAT_TYPE_U16, { 65535, 2, 1, 0 }, "65535 2 1 0\n" },
	{ "u32", STAT_TYPE_U32, { 0, U32_MAX, 0, 7 }, "0 4294967295 0 7\n" },
	{ "u64", STAT_TYPE_U64, { U64_MAX, 0, U64_MAX, U64_MAX },
	  "18446744073709551615 0 18446744073709551615 18446744073709551615\n" },
	{ "s8", STAT_TYPE_S8, { -128, 127, -1, 0 }, "-128 127 -1 0\n" },
	{ "s16", STAT_TYPE_S16, { 1, -1, 2, -32768 }, "1 -1 2 -32768\n" },
	{ "s32", STAT_TYPE_S32, { -5, -6, 7, 8 }, "-5 -6 7 8\n" },
	{ "s64", STAT_TYPE_S64, { S64_MIN, S64_MIN, S64_MIN, S64_MIN },
	  "-9223372036854775808 -9223372036854775808 -9223372036854775808 -9223372036854775808\n" },
};

TST_ARRAY_PARAM(array_type, element_cases);

static void array_type(struct kunit *test)
{
	static const u8 size[] = { 0, sizeof(bool), 1, 2, 4, 8, 1, 2, 4, 8 };
	const struct element_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "array", c->type, STAT_AGGR_SUM, 0644, 0, .buckets = LENGTH },
	};
	u8 *memory = tst_alloc(test, LENGTH * sizeof(u64));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");
	int i;

	for (i = 0; i < LENGTH; i++)
		tst_store(c->type, memory + i * size[c->type], c->numbers[i]);
	tst_values(test, leaf, table, memory);
	expect_array(test, leaf, "leaf/array", c->numbers, c->text);
	expect_array(test, root, "array", c->numbers, c->text);
}

static void array_sum_by_bucket(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 2 * LENGTH * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	int i;

	for (i = 0; i < LENGTH; i++) {
		memory[i] = i;
		memory[LENGTH + i] = i * 100;
	}
	array_leaf(test, root, "a", &memory[0]);
	array_leaf(test, tst_child(test, root, "middle"), "b", &memory[LENGTH]);
	expect_array(test, root, "array", (u64[]){ 0, 101, 202, 303 },
		     "0 101 202 303\n");
	memory[3] = U64_MAX;
	expect_array(test, root, "array", (u64[]){ 0, 101, 202, 299 },
		     "0 101 202 299\n");
}

static int array_sample(void *data, void *sample)
{
	memcpy(sample, data, LENGTH * sizeof(u64));
	return 0;
}

static const struct statsfs_sampler array_sampler = {
	.size = LENGTH * sizeof(u64),
	.sample = array_sample,
};

static void array_sampled(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 2 * LENGTH * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *sampled = tst_child(test, root, "sampled");
	int i;

	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_sampled(sampled, array_table, 1,
						   &array_sampler, memory));
	array_leaf(test, root, "plain", &memory[LENGTH]);
	for (i = 0; i < 2 * LENGTH; i++)
		memory[i] = 1 << i;
	expect_array(test, sampled, "sampled/array", (u64[]){ 1, 2, 4, 8 },
		     "1 2 4 8\n");
	expect_array(test, root, "array", (u64[]){ 17, 34, 68, 136 },
		     "17 34 68 136\n");
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "array"));
	memory[0]++;
	memory[LENGTH + 3]++;
	expect_array(test, root, "array", (u64[]){ 1, 0, 0, 1 }, "1 0 0 1\n");
}

/* All buckets at once; the struct is not written. */
static void array_reset(struct kunit *test)
{
	u64 *memory = tst_alloc(test, LENGTH * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = array_leaf(test, root, "leaf", memory);
	int i;

	for (i = 0; i < LENGTH; i++)
		memory[i] = 10 * i;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf, "array"));
	expect_array(test, leaf, "leaf/array", array_zeros, "0 0 0 0\n");
	for (i = 0; i < LENGTH; i++) {
		KUNIT_EXPECT_EQ(test, 10ULL * i, memory[i]);
		memory[i] += i;
	}
	expect_array(test, leaf, "leaf/array", (u64[]){ 0, 1, 2, 3 },
		     "0 1 2 3\n");
}

/* The values beside it keep their bases. */
static void array_reset_beside_others(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "first", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
		{ "array", STAT_TYPE_U32, STAT_AGGR_SUM, 0644, 8,
		  .buckets = LENGTH },
		{ "last", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 24 },
	};
	struct {
		u64 first;
		u32 array[LENGTH];
		u64 last;
	} *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	int i;

	tst_values(test, root, table, memory);
	memory->first = 7;
	memory->last = 9;
	for (i = 0; i < LENGTH; i++)
		memory->array[i] = 100 + i;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "array"));
	TST_EXPECT(test, root, "first", 7);
	TST_EXPECT(test, root, "last", 9);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "last"));
	memory->last++;
	memory->array[3]++;
	TST_EXPECT(test, root, "last", 1);
	expect_array(test, root, "array", (u64[]){ 0, 0, 0, 1 }, "0 0 0 1\n");
}

static void array_reset_wraps(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "array", STAT_TYPE_U8, STAT_AGGR_SUM, 0644, 0, .buckets = LENGTH },
	};
	u8 *memory = tst_alloc(test, LENGTH);
	struct statsfs_source *root = tst_root(test);

	memset(memory, 250, LENGTH);
	tst_values(test, root, table, memory);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "array"));
	memory[1] = 4;
	expect_array(test, root, "array", (u64[]){ 0, 10, 0, 0 }, "0 10 0 0\n");
}

/* One bucket that was restarted. */
static void array_restart(struct kunit *test)
{
	struct {
		u64 array[LENGTH];
		struct u64_stats_sync sync;
	} *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *leaf = tst_child(test, tst_root(test), "leaf");
	int i;

	u64_stats_init(&memory->sync);
	for (i = 0; i < LENGTH; i++)
		memory->array[i] = 1000;
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_values_sync(leaf, array_table, 1, memory,
						       offsetof(typeof(*memory), sync)));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf, "array"));
	memory->array[0] = 1005;
	memory->array[2] = 3;
	expect_array(test, leaf, "leaf/array", (u64[]){ 5, 0, 0, 0 },
		     "5 0 0 0\n");
	memory->array[2] = 10;
	expect_array(test, leaf, "leaf/array", (u64[]){ 5, 0, 7, 0 },
		     "5 0 7 0\n");
}

static void array_reset_of_peaks(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "array", STAT_TYPE_U16, STAT_AGGR_SUM, 0644, 0,
		  STAT_KIND_PEAK, .buckets = LENGTH },
	};
	u16 *memory = tst_alloc(test, (LENGTH + 1) * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	memset(memory, 0xff, (LENGTH + 1) * sizeof(*memory));
	tst_values(test, root, table, memory);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "array"));
	expect_array(test, root, "array", array_zeros, "0 0 0 0\n");
	KUNIT_EXPECT_EQ(test, U16_MAX, memory[LENGTH]);
}

static void array_too_long_for_reader(struct kunit *test)
{
	u64 *memory = tst_alloc(test, LENGTH * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = array_leaf(test, root, "leaf", memory);
	u64 numbers[LENGTH];

	KUNIT_EXPECT_EQ(test, -E2BIG,
			statsfs_source_read_array(leaf, "array", numbers, 3));
	KUNIT_EXPECT_EQ(test, -E2BIG,
			statsfs_source_read_array(root, "array", numbers, 3));
	TST_EXPECT_ERR(test, leaf, "array", -E2BIG);
	TST_EXPECT_ERR(test, root, "array", -E2BIG);
}

static void array_of_plain_number(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	u64 numbers[2] = { 1, 1 };

	tst_leaf(test, root, "leaf", number);
	*number = 5;
	KUNIT_EXPECT_EQ(test, 1, statsfs_source_read_array(root, TST_NAME,
							   numbers, 2));
	KUNIT_EXPECT_EQ(test, 5ULL, numbers[0]);
	KUNIT_EXPECT_EQ(test, 1ULL, numbers[1]);
}

/* The longest text there is, read in parts that do not fit its numbers. */
static void array_of_many(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "array", STAT_TYPE_S64, STAT_AGGR_SUM, 0644, 0,
		  .buckets = STATSFS_MAX_BUCKETS },
	};
	const size_t size = STATSFS_MAX_BUCKETS * 21;
	s64 *memory = tst_alloc(test, STATSFS_MAX_BUCKETS * sizeof(*memory));
	char *wanted = tst_alloc(test, size + 1), *end = wanted;
	char *text = tst_alloc(test, size + 1);
	struct statsfs_source *root = tst_root(test);
	struct file *file;
	ssize_t part;
	loff_t pos = 0;
	int i;

	for (i = 0; i < STATSFS_MAX_BUCKETS; i++) {
		memory[i] = S64_MIN + i % 10;
		end += sprintf(end, "%lld%c", memory[i],
			       i + 1 < STATSFS_MAX_BUCKETS ? ' ' : '\n');
	}
	tst_values(test, tst_child(test, root, "leaf"), table, memory);
	file = tst_open(test, "array", O_RDONLY);
	do {
		part = tst_read(file, text + pos, min_t(size_t, 1000, size - pos),
				&pos);
	} while (part > 0);
	KUNIT_EXPECT_EQ(test, 0L, (long)part);
	KUNIT_EXPECT_EQ(test, (long)(end - wanted), (long)pos);
	KUNIT_EXPECT_TRUE(test, !strcmp(wanted, text));
}

/* Tables */

struct table_case {
	const char *desc;
	struct statsfs_value line;
	int err;
};

#define LINE(_aggr, _mode, _kind, _buckets, _size)			\
	{								\
		.name = "array", .type = STAT_TYPE_U64,			\
		.aggr_kind = _aggr, .mode = _mode, .kind = _kind,	\
		.buckets = _buckets, .bucket_size = _size,		\
	}

static const struct table_case table_cases[] = {
	{ "of 1", LINE(STAT_AGGR_SUM, 0644, STAT_KIND_CUMULATIVE, 1, 0) },
	{ "not summed", LINE(STAT_AGGR_NONE, 0644, STAT_KIND_CUMULATIVE, 4, 0) },
	{ "instant", LINE(STAT_AGGR_SUM, 0444, STAT_KIND_INSTANT, 4, 0) },
	{ "linear", LINE(STAT_AGGR_SUM, 0644, STAT_KIND_LINEAR_HIST, 4, 1) },
	{ "logarithmic", LINE(STAT_AGGR_SUM, 0644, STAT_KIND_LOG_HIST, 4, 0) },
	{ "maximum", LINE(STAT_AGGR_MAX, 0644, STAT_KIND_CUMULATIVE, 4, 0),
	  -EINVAL },
	{ "sum and average", LINE(STAT_AGGR_SUM | STAT_AGGR_AVG, 0644,
				  STAT_KIND_CUMULATIVE, 4, 0), -EINVAL },
	{ "too many", LINE(STAT_AGGR_SUM, 0644, STAT_KIND_CUMULATIVE,
			   STATSFS_MAX_BUCKETS + 1, 0), -EINVAL },
	{ "with bucket size", LINE(STAT_AGGR_SUM, 0644, STAT_KIND_CUMULATIVE, 4,
				   2), -EINVAL },
	{ "instant, but can be reset", LINE(STAT_AGGR_SUM, 0644,
					    STAT_KIND_INSTANT, 4, 0), -EINVAL },
	{ "linear without buckets", LINE(STAT_AGGR_SUM, 0644,
					 STAT_KIND_LINEAR_HIST, 0, 1), -EINVAL },
	{ "linear without bucket size", LINE(STAT_AGGR_SUM, 0644,
					     STAT_KIND_LINEAR_HIST, 4, 0),
	  -EINVAL },
	{ "logarithmic without buckets", LINE(STAT_AGGR_SUM, 0644,
					      STAT_KIND_LOG_HIST, 0, 0),
	  -EINVAL },
	{ "logarithmic with bucket size", LINE(STAT_AGGR_SUM, 0644,
					       STAT_KIND_LOG_HIST, 4, 2),
	  -EINVAL },
};

TST_ARRAY_PARAM(array_table, table_cases);

static void array_tables(struct kunit *test)
{
	const struct table_case *c = test->param_value;
	u64 *memory = tst_alloc(test, LENGTH * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, c->err,
			statsfs_source_add_values(root, &c->line, 1, memory));
	KUNIT_EXPECT_STREQ(test, c->err ? "" : "array ", tst_ls(test, "."));
}

/* The sample has room for all buckets, or not. */
static void array_outside_sample(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "array", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 8,
		  .buckets = LENGTH },
	};
	struct statsfs_sampler sampler = array_sampler;
	u64 *memory = tst_alloc(test, LENGTH * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	sampler.size = LENGTH * 8;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_sampled(root, table, 1, &sampler,
						   memory));
	sampler.size = LENGTH * 8 + 7;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_sampled(root, table, 1, &sampler,
						   memory));
	sampler.size = LENGTH * 8 + 8;
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_sampled(root, table, 1, &sampler,
						   memory));
}

/* Buckets of histograms */

struct index_case {
	const char *desc;
	u64 size;
	u32 bucket_size;	/* 0: logarithmic */
	unsigned int index;	/* of 8 */
};

static const struct index_case index_cases[] = {
	{ "linear 0", 0, 10, 0 }, { "linear 9", 9, 10, 0 },
	{ "linear 10", 10, 10, 1 }, { "linear 69", 69, 10, 6 },
	{ "linear 70", 70, 10, 7 }, { "linear 80", 80, 10, 7 },
	{ "linear largest", U32_MAX, 1, 7 }, { "linear by 1", 3, 1, 3 },
	{ "log 0", 0, 0, 0 }, { "log 1", 1, 0, 1 }, { "log 2", 2, 0, 2 },
	{ "log 3", 3, 0, 2 }, { "log 4", 4, 0, 3 }, { "log 63", 63, 0, 6 },
	{ "log 64", 64, 0, 7 }, { "log 128", 128, 0, 7 },
	{ "log largest", U64_MAX, 0, 7 },
};

TST_ARRAY_PARAM(array_index, index_cases);

static void array_index(struct kunit *test)
{
	const struct index_case *c = test->param_value;
	unsigned int index;

	if (c->bucket_size)
		index = statsfs_linear_hist_index(c->size, c->bucket_size, 8);
	else
		index = statsfs_log_hist_index(c->size, 8);
	KUNIT_EXPECT_EQ(test, c->index, index);
}

static void array_histogram(struct kunit *test)
{
	struct histograms {
		u32 size[LENGTH];
		u64 time[LENGTH];
	} *memory = tst_alloc(test, sizeof(*memory));
	static const struct statsfs_value table[] = {
		STATSFS_LINEAR_HIST("size", struct histograms, size, 100,
				    STATSFS_BYTES, "sizes of requests"),
		STATSFS_LOG_HIST("time", struct histograms, time,
				 STATSFS_NANOSECONDS, "times of requests"),
	};
	struct statsfs_source *root = tst_root(test);
	int i;

	tst_values(test, root, table, memory);
	for (i = 0; i < 1000; i++) {
		memory->size[statsfs_linear_hist_index(i, 100, LENGTH)]++;
		memory->time[statsfs_log_hist_index(i, LENGTH)]++;
	}
	KUNIT_EXPECT_STREQ(test, "100 100 100 700\n", tst_cat(test, "size"));
	KUNIT_EXPECT_STREQ(test, "1 1 2 996\n", tst_cat(test, "time"));
}

static struct kunit_case array_cases[] = {
	KUNIT_CASE_PARAM(array_type, array_type_gen_params),
	KUNIT_CASE(array_sum_by_bucket),
	KUNIT_CASE(array_sampled),
	KUNIT_CASE(array_reset),
	KUNIT_CASE(array_reset_beside_others),
	KUNIT_CASE(array_reset_wraps),
	KUNIT_CASE(array_restart),
	KUNIT_CASE(array_reset_of_peaks),
	KUNIT_CASE(array_too_long_for_reader),
	KUNIT_CASE(array_of_plain_number),
	KUNIT_CASE(array_of_many),
	KUNIT_CASE_PARAM(array_tables, array_table_gen_params),
	KUNIT_CASE(array_outside_sample),
	KUNIT_CASE_PARAM(array_index, array_index_gen_params),
	KUNIT_CASE(array_histogram),
	{}
};

static struct kunit_suite array_suite = {
	.name = "statsfs_array",
	.init = tst_mount,
	.test_cases = array_cases,
};

kunit_test_suite(array_suite);
