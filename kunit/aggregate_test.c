// SPDX-License-Identifier: GPL-2.0
/* Tests of aggregates: kinds, types, levels, paths, boundaries. */

#include "helpers.h"

#define ALL_KINDS	(STAT_AGGR_SUM | STAT_AGGR_MIN | STAT_AGGR_MAX | \
			 STAT_AGGR_AVG | STAT_AGGR_COUNT_ZERO | \
			 STAT_AGGR_COUNT_NONZERO)

/* Every kind of every type, compared with a naive computation */

#define NR_LEAVES	5
#define NR_SETS		6

/* Numbers of the leaves, sign-extended. */
static const u64 numbers[][NR_SETS][NR_LEAVES] = {
	[STAT_TYPE_BOOL] = {
		{ 0, 0, 0, 0, 0 }, { 1, 1, 1, 1, 1 }, { 0, 1, 0, 1, 0 },
		{ 1, 1, 1, 1, 0 }, { 0, 0, 0, 0, 1 }, { 1, 0, 0, 0, 1 },
	},
	[STAT_TYPE_U8] = {
		{ 0, 0, 0, 0, 0 }, { U8_MAX, U8_MAX, U8_MAX, U8_MAX, U8_MAX },
		{ 0, 1, 127, 128, U8_MAX }, { U8_MAX, 128, 127, 1, 0 },
		{ 7, 7, 7, 7, 6 }, { 128, 0, 0, 127, 0 },
	},
	[STAT_TYPE_U16] = {
		{ 0, 0, 0, 0, 0 },
		{ U16_MAX, U16_MAX, U16_MAX, U16_MAX, U16_MAX },
		{ 0, 256, 32767, 32768, U16_MAX },
		{ U16_MAX, 32768, 32767, 256, 0 },
		{ 300, 300, 300, 300, 299 }, { 32768, 0, 0, 32767, 0 },
	},
	[STAT_TYPE_U32] = {
		{ 0, 0, 0, 0, 0 },
		{ U32_MAX, U32_MAX, U32_MAX, U32_MAX, U32_MAX },
		{ 0, 65536, S32_MAX, 1u << 31, U32_MAX },
		{ U32_MAX, 1u << 31, S32_MAX, 65536, 0 },
		{ 70000, 70000, 70000, 70000, 69999 }, { 1u << 31, 0, 0, 1, 0 },
	},
	[STAT_TYPE_U64] = {
		{ 0, 0, 0, 0, 0 },
		{ U64_MAX, U64_MAX, U64_MAX, U64_MAX, U64_MAX },
		{ 0, 1ull << 32, S64_MAX, 1ull << 63, U64_MAX },
		{ U64_MAX, 1ull << 63, S64_MAX, 1ull << 32, 0 },
		{ U64_MAX, U64_MAX, U64_MAX, U64_MAX, U64_MAX - 1 },
		{ 1ull << 63, 0, 0, 1, 0 },
	},
	[STAT_TYPE_S8] = {
		{ 0, 0, 0, 0, 0 }, { S8_MIN, S8_MIN, S8_MIN, S8_MIN, S8_MIN },
		{ S8_MIN, -1, 0, 1, S8_MAX }, { S8_MAX, 1, 0, -1, S8_MIN },
		{ -1, -1, -1, -1, 0 }, { S8_MAX, S8_MAX, S8_MAX, -7, S8_MAX },
	},
	[STAT_TYPE_S16] = {
		{ 0, 0, 0, 0, 0 },
		{ S16_MIN, S16_MIN, S16_MIN, S16_MIN, S16_MIN },
		{ S16_MIN, -1, 0, 1, S16_MAX }, { S16_MAX, 1, 0, -1, S16_MIN },
		{ -300, -300, -300, -300, -299 },
		{ S16_MAX, S16_MAX, S16_MAX, -7, S16_MAX },
	},
	[STAT_TYPE_S32] = {
		{ 0, 0, 0, 0, 0 },
		{ S32_MIN, S32_MIN, S32_MIN, S32_MIN, S32_MIN },
		{ S32_MIN, -1, 0, 1, S32_MAX }, { S32_MAX, 1, 0, -1, S32_MIN },
		{ -70000, -70000, -70000, -70000, -69999 },
		{ S32_MAX, S32_MAX, S32_MAX, -7, S32_MAX },
	},
	[STAT_TYPE_S64] = {
		{ 0, 0, 0, 0, 0 },
		{ S64_MIN, S64_MIN, S64_MIN, S64_MIN, S64_MIN },
		{ S64_MIN, -1, 0, 1, S64_MAX }, { S64_MAX, 1, 0, -1, S64_MIN },
		{ S64_MIN, S64_MIN, S64_MIN, S64_MIN, S64_MIN + 1 },
		{ S64_MAX, S64_MAX, S64_MAX, -7, S64_MAX },
	},
};

struct kind_case {
	const char *desc;
	enum statsfs_type type;
	enum statsfs_aggr kind;
};

#define KIND(type, kind) \
	{ #type " " #kind, STAT_TYPE_##type, STAT_AGGR_##kind }

static const struct kind_case kind_cases[] = {
	KIND(BOOL, SUM), KIND(BOOL, MIN), KIND(BOOL, MAX), KIND(BOOL, AVG),
	KIND(BOOL, COUNT_ZERO), KIND(BOOL, COUNT_NONZERO),
	KIND(U8, SUM), KIND(U8, MIN), KIND(U8, MAX), KIND(U8, AVG),
	KIND(U8, COUNT_ZERO), KIND(U8, COUNT_NONZERO),
	KIND(U16, SUM), KIND(U16, MIN), KIND(U16, MAX), KIND(U16, AVG),
	KIND(U16, COUNT_ZERO), KIND(U16, COUNT_NONZERO),
	KIND(U32, SUM), KIND(U32, MIN), KIND(U32, MAX), KIND(U32, AVG),
	KIND(U32, COUNT_ZERO), KIND(U32, COUNT_NONZERO),
	KIND(U64, SUM), KIND(U64, MIN), KIND(U64, MAX), KIND(U64, AVG),
	KIND(U64, COUNT_ZERO), KIND(U64, COUNT_NONZERO),
	KIND(S8, SUM), KIND(S8, MIN), KIND(S8, MAX), KIND(S8, AVG),
	KIND(S8, COUNT_ZERO), KIND(S8, COUNT_NONZERO),
	KIND(S16, SUM), KIND(S16, MIN), KIND(S16, MAX), KIND(S16, AVG),
	KIND(S16, COUNT_ZERO), KIND(S16, COUNT_NONZERO),
	KIND(S32, SUM), KIND(S32, MIN), KIND(S32, MAX), KIND(S32, AVG),
	KIND(S32, COUNT_ZERO), KIND(S32, COUNT_NONZERO),
	KIND(S64, SUM), KIND(S64, MIN), KIND(S64, MAX), KIND(S64, AVG),
	KIND(S64, COUNT_ZERO), KIND(S64, COUNT_NONZERO),
};

TST_ARRAY_PARAM(aggregate_kind, kind_cases);

/* Two leaves are one level lower than the others. */
static void aggregate_kind(struct kunit *test)
{
	const struct kind_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, c->kind, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, NR_LEAVES * sizeof(*memory));
	struct statsfs_source *root = tst_root(test), *leaf;
	struct statsfs_source *middle = tst_child(test, root, "middle");
	int set, i;

	for (i = 0; i < NR_LEAVES; i++) {
		leaf = tst_source(test, "leaf%d", i);
		tst_values(test, leaf, table, &memory[i]);
		tst_add(test, i < 2 ? middle : root, leaf);
	}
	for (set = 0; set < NR_SETS; set++) {
		const u64 *n = numbers[c->type][set];

		for (i = 0; i < NR_LEAVES; i++)
			tst_store(c->type, &memory[i], n[i]);
		KUNIT_EXPECT_EQ_MSG(test, tst_fold(c->type, c->kind, n, NR_LEAVES),
				    tst_number(test, root, "value"),
				    "set %d", set);
	}
}

/* Results that were computed by hand */

#define MAX_LEAVES	4

struct result_case {
	const char *desc;
	enum statsfs_type type;
	enum statsfs_aggr kind;
	int nr;
	u64 numbers[MAX_LEAVES];
	u64 result;
};

static const struct result_case result_cases[] = {
	{ "avg 1 2", STAT_TYPE_U64, STAT_AGGR_AVG, 2, { 1, 2 }, 1 },
	{ "avg -1 -2", STAT_TYPE_S64, STAT_AGGR_AVG, 2, { -1, -2 }, -1 },
	{ "avg -1 0", STAT_TYPE_S64, STAT_AGGR_AVG, 2, { -1, 0 }, 0 },
	{ "avg -7 of 4", STAT_TYPE_S8, STAT_AGGR_AVG, 4, { -7, 0, 0, 0 }, -1 },
	{ "avg u64 max, 0", STAT_TYPE_U64, STAT_AGGR_AVG, 2, { U64_MAX, 0 },
	  9223372036854775807 },
	{ "avg u64 max, 1", STAT_TYPE_U64, STAT_AGGR_AVG, 2, { U64_MAX, 1 },
	  9223372036854775808u },
	{ "avg u64 max twice", STAT_TYPE_U64, STAT_AGGR_AVG, 2,
	  { U64_MAX, U64_MAX }, U64_MAX },
	{ "avg u64 max twice of 3", STAT_TYPE_U64, STAT_AGGR_AVG, 3,
	  { U64_MAX, U64_MAX, 0 }, 12297829382473034410u },
	{ "avg s64 max twice", STAT_TYPE_S64, STAT_AGGR_AVG, 2,
	  { S64_MAX, S64_MAX }, S64_MAX },
	{ "avg s64 min twice", STAT_TYPE_S64, STAT_AGGR_AVG, 2,
	  { S64_MIN, S64_MIN }, S64_MIN },
	{ "avg s64 min, max", STAT_TYPE_S64, STAT_AGGR_AVG, 2,
	  { S64_MIN, S64_MAX }, 0 },
	{ "avg s64 min, 0, 0", STAT_TYPE_S64, STAT_AGGR_AVG, 3,
	  { S64_MIN, 0, 0 }, -3074457345618258602LL },
	{ "avg s64 min thrice of 4", STAT_TYPE_S64, STAT_AGGR_AVG, 4,
	  { S64_MIN, S64_MIN, S64_MIN, 1 }, -6917529027641081855LL },
	{ "sum wraps", STAT_TYPE_U64, STAT_AGGR_SUM, 3,
	  { U64_MAX, U64_MAX, 7 }, 5 },
	{ "sum wraps below", STAT_TYPE_S64, STAT_AGGR_SUM, 2,
	  { S64_MIN, -1 }, S64_MAX },
	{ "sum u8 does not wrap", STAT_TYPE_U8, STAT_AGGR_SUM, 3,
	  { 255, 255, 255 }, 765 },
	{ "sum s8 does not wrap", STAT_TYPE_S8, STAT_AGGR_SUM, 3,
	  { -128, -128, -128 }, -384 },
	{ "sum bool", STAT_TYPE_BOOL, STAT_AGGR_SUM, 4, { 1, 0, 1, 1 }, 3 },
	{ "min -1 1", STAT_TYPE_S8, STAT_AGGR_MIN, 2, { -1, 1 }, -1 },
	{ "max -1 1", STAT_TYPE_S8, STAT_AGGR_MAX, 2, { -1, 1 }, 1 },
	{ "max -1 -2", STAT_TYPE_S64, STAT_AGGR_MAX, 2, { -1, -2 }, -1 },
	{ "min s64 min, max", STAT_TYPE_S64, STAT_AGGR_MIN, 2,
	  { S64_MAX, S64_MIN }, S64_MIN },
	{ "min u8 255 1", STAT_TYPE_U8, STAT_AGGR_MIN, 2, { 255, 1 }, 1 },
	{ "max u8 255 1", STAT_TYPE_U8, STAT_AGGR_MAX, 2, { 255, 1 }, 255 },
	{ "min u64 2^63, 1", STAT_TYPE_U64, STAT_AGGR_MIN, 2,
	  { 1ull << 63, 1 }, 1 },
	{ "max u64 2^63, 1", STAT_TYPE_U64, STAT_AGGR_MAX, 2,
	  { 1ull << 63, 1 }, 1ull << 63 },
	{ "min of one", STAT_TYPE_U64, STAT_AGGR_MIN, 1, { 12 }, 12 },
	{ "max of one negative", STAT_TYPE_S32, STAT_AGGR_MAX, 1, { -12 }, -12 },
	{ "avg of one negative", STAT_TYPE_S32, STAT_AGGR_AVG, 1, { -12 }, -12 },
	{ "count_zero of none", STAT_TYPE_U64, STAT_AGGR_COUNT_ZERO, 2,
	  { 1, 2 }, 0 },
	{ "count_nonzero negative", STAT_TYPE_S64, STAT_AGGR_COUNT_NONZERO, 3,
	  { -1, 0, 1 }, 2 },
};

TST_ARRAY_PARAM(aggregate_result, result_cases);

static void aggregate_result(struct kunit *test)
{
	const struct result_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, c->kind, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, MAX_LEAVES * sizeof(*memory));
	struct statsfs_source *root = tst_root(test), *leaf;
	int i;

	for (i = 0; i < c->nr; i++) {
		leaf = tst_source(test, "leaf%d", i);
		tst_store(c->type, &memory[i], c->numbers[i]);
		tst_values(test, leaf, table, &memory[i]);
		tst_add(test, root, leaf);
	}
	TST_EXPECT(test, root, "value", c->result);
}

/* Several kinds of one value */

struct names_case {
	const char *desc;
	u16 kinds;
	const char *names;
};

static const struct names_case names_cases[] = {
	{ "none", STAT_AGGR_NONE, "leaf " },
	{ "sum", STAT_AGGR_SUM, "leaf value " },
	{ "min", STAT_AGGR_MIN, "leaf value " },
	{ "max", STAT_AGGR_MAX, "leaf value " },
	{ "avg", STAT_AGGR_AVG, "leaf value " },
	{ "count_zero", STAT_AGGR_COUNT_ZERO, "leaf value " },
	{ "count_nonzero", STAT_AGGR_COUNT_NONZERO, "leaf value " },
	{ "sum max", STAT_AGGR_SUM | STAT_AGGR_MAX, "leaf value value_max " },
	{ "min max", STAT_AGGR_MIN | STAT_AGGR_MAX, "leaf value value_max " },
	{ "max avg count_nonzero",
	  STAT_AGGR_MAX | STAT_AGGR_AVG | STAT_AGGR_COUNT_NONZERO,
	  "leaf value value_avg value_count_nonzero " },
	{ "avg count_zero", STAT_AGGR_AVG | STAT_AGGR_COUNT_ZERO,
	  "leaf value value_count_zero " },
	{ "all", ALL_KINDS,
	  "leaf value value_avg value_count_nonzero value_count_zero value_max value_min " },
};

TST_ARRAY_PARAM(aggregate_names, names_cases);

static void aggregate_names(struct kunit *test)
{
	const struct names_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, c->kinds, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test), *leaf;

	tst_mount(test);
	leaf = tst_source(test, "leaf");
	tst_values(test, leaf, table, memory);
	tst_add(test, root, leaf);
	KUNIT_EXPECT_STREQ(test, c->names, tst_ls(test, "."));
	KUNIT_EXPECT_STREQ(test, "value ",
			   tst_ls(test, "leaf"));
}

static void add_pair(struct kunit *test, struct statsfs_source *root,
		     u16 kinds, u64 a, u64 b)
{
	const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, kinds, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *leaf;
	int i;

	memory[0] = a;
	memory[1] = b;
	for (i = 0; i < 2; i++) {
		leaf = tst_source(test, "leaf%d", i);
		tst_values(test, leaf, table, &memory[i]);
		tst_add(test, root, leaf);
	}
}

static void aggregate_all_kinds(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	add_pair(test, root, ALL_KINDS, 0, 10);
	TST_EXPECT(test, root, "value", 10);
	TST_EXPECT(test, root, "value_min", 0);
	TST_EXPECT(test, root, "value_max", 10);
	TST_EXPECT(test, root, "value_avg", 5);
	TST_EXPECT(test, root, "value_count_zero", 1);
	TST_EXPECT(test, root, "value_count_nonzero", 1);
	TST_EXPECT_ERR(test, root, "value_sum", -ENOENT);
}

static void aggregate_sum_keeps_name(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	add_pair(test, root, STAT_AGGR_SUM | STAT_AGGR_COUNT_NONZERO, 5, 8);
	TST_EXPECT(test, root, "value", 13);
	TST_EXPECT(test, root, "value_count_nonzero", 2);
}

static void aggregate_lowest_keeps_name(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	add_pair(test, root, STAT_AGGR_MAX | STAT_AGGR_AVG, 4, 8);
	TST_EXPECT(test, root, "value", 8);
	TST_EXPECT(test, root, "value_avg", 6);
	TST_EXPECT_ERR(test, root, "value_max", -ENOENT);
}

/* Levels */

struct depth_case {
	const char *desc;
	int depth;
};

static const struct depth_case depth_cases[] = {
	{ "1 level", 1 }, { "2 levels", 2 }, { "5 levels", 5 },
	{ "20 levels", 20 },
};

TST_ARRAY_PARAM(aggregate_levels, depth_cases);

/* A directory and a leaf in each: each sees the leaves below. */
static void aggregate_levels(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, ALL_KINDS, 0444, 0 },
	};
	int depth = ((const struct depth_case *)test->param_value)->depth;
	u64 *memory = tst_alloc(test, (depth + 1) * sizeof(*memory));
	struct statsfs_source *dir = tst_root(test), *leaf;
	struct statsfs_source *dirs[20];
	int i;

	for (i = 0; i < depth; i++) {
		dirs[i] = i ? tst_child(test, dirs[i - 1], "dir") : dir;
		leaf = tst_source(test, "leaf");
		memory[i] = i + 1;
		tst_values(test, leaf, table, &memory[i]);
		tst_add(test, dirs[i], leaf);
	}
	for (i = 0; i < depth; i++) {
		int n = depth - i;

		TST_EXPECT(test, dirs[i], "value",
			   depth * (depth + 1) / 2 - i * (i + 1) / 2);
		TST_EXPECT(test, dirs[i], "value_min", i + 1);
		TST_EXPECT(test, dirs[i], "value_max", depth);
		TST_EXPECT(test, dirs[i], "value_avg", (i + 1 + depth) / 2);
		TST_EXPECT(test, dirs[i], "value_count_zero", 0);
		TST_EXPECT(test, dirs[i], "value_count_nonzero", n);
	}
}

/* An average of averages would be 4, not 3. */
static void aggregate_avg_of_leaves(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, STAT_AGGR_AVG, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, 3 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test), *leaf;
	struct statsfs_source *middle = tst_child(test, root, "middle");
	int i;

	for (i = 0; i < 3; i++) {
		memory[i] = i < 2 ? 2 : 6;
		leaf = tst_source(test, "leaf%d", i);
		tst_values(test, leaf, table, &memory[i]);
		tst_add(test, i < 2 ? middle : root, leaf);
	}
	TST_EXPECT(test, middle, "value", 2);
	TST_EXPECT(test, root, "value", 3);
}

struct count_case {
	const char *desc;
	int nr;
};

static const struct count_case count_cases[] = {
	{ "61 leaves", 61 }, { "62 leaves", 62 }, { "63 leaves", 63 },
	{ "64 leaves", 64 }, { "65 leaves", 65 }, { "128 leaves", 128 },
	{ "1000 leaves", 1000 },
};

TST_ARRAY_PARAM(aggregate_many, count_cases);

static void aggregate_many(struct kunit *test)
{
	int nr = ((const struct count_case *)test->param_value)->nr;
	u64 *memory = tst_alloc(test, nr * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	char name[16];
	int i;

	for (i = 0; i < nr; i++) {
		memory[i] = i + 1;
		snprintf(name, sizeof(name), "leaf%d", i);
		tst_leaf(test, root, name, &memory[i]);
	}
	TST_EXPECT(test, root, TST_NAME, nr * (nr + 1) / 2);
}

/* Who is folded with whom */

static const struct statsfs_value other_table[] = {
	{ "other", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0 },
};

static void aggregate_own_numbers(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_leaf(test, root, "middle",
						 &memory[0]);

	tst_leaf(test, middle, "leaf", &memory[1]);
	memory[0] = 10;
	memory[1] = 1;
	TST_EXPECT(test, middle, TST_NAME, 10);
	TST_EXPECT(test, root, TST_NAME, 11);
}

/* The value has the place of all aggregates of its schema. */
static void aggregate_own_files(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, ALL_KINDS, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	tst_mount(test);
	tst_values(test, leaf, table, &memory[0]);
	tst_values(test, root, table, &memory[1]);
	KUNIT_EXPECT_STREQ(test, "leaf value ", tst_ls(test, "."));
}

static void aggregate_groups_apart(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 4 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_leaf(test, root, "a", &memory[0]);
	struct statsfs_source *b = tst_leaf(test, root, "b", &memory[1]);
	struct statsfs_source *c = tst_child(test, root, "c");

	tst_values(test, b, other_table, &memory[2]);
	tst_values(test, c, other_table, &memory[3]);
	memory[0] = 1;
	memory[1] = 2;
	memory[2] = 4;
	memory[3] = 8;
	TST_EXPECT(test, root, TST_NAME, 3);
	TST_EXPECT(test, root, "other", 12);
	TST_EXPECT_ERR(test, a, "other", -ENOENT);
	TST_EXPECT_ERR(test, c, TST_NAME, -ENOENT);
}

/* Equal tables are one schema, wherever they are in memory. */
static void aggregate_equal_tables(struct kunit *test)
{
	struct statsfs_value *copy = tst_alloc(test, sizeof(*copy));
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *b;

	tst_leaf(test, root, "a", &memory[0]);
	b = tst_child(test, root, "b");
	*copy = tst_table[0];
	copy->name = memcpy(tst_alloc(test, sizeof(TST_NAME)), TST_NAME,
			    sizeof(TST_NAME));
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_values(b, copy, 1, &memory[1]));
	memory[0] = 1;
	memory[1] = 2;
	TST_EXPECT(test, root, TST_NAME, 3);
}

static void aggregate_several_values(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "first", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 8 },
		{ "none", STAT_TYPE_U64, STAT_AGGR_NONE, 0444, 0 },
		{ "last", STAT_TYPE_U64, STAT_AGGR_MAX, 0444, 16 },
	};
	u64 *memory = tst_alloc(test, 6 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	int i;

	for (i = 0; i < 6; i++)
		memory[i] = i + 1;
	tst_values(test, tst_child(test, root, "a"), table, &memory[0]);
	tst_values(test, tst_child(test, root, "b"), table, &memory[3]);
	TST_EXPECT(test, root, "first", 2 + 5);
	TST_EXPECT(test, root, "last", 6);
	TST_EXPECT_ERR(test, root, "none", -ENOENT);
}

static void aggregate_of_nothing(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	tst_mount(test);
	tst_child(test, root, "empty");
	KUNIT_EXPECT_STREQ(test, "empty ", tst_ls(test, "."));
	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
}

static void aggregate_goes_with_last(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *a = tst_leaf(test, middle, "a", &memory[0]);
	struct statsfs_source *b = tst_leaf(test, middle, "b", &memory[1]);

	tst_mount(test);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(a));
	TST_EXPECT(test, root, TST_NAME, 0);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(b));
	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
	TST_EXPECT_ERR(test, middle, TST_NAME, -ENOENT);
	KUNIT_EXPECT_STREQ(test, "middle ", tst_ls(test, "."));
}

/* Numbers are never those of an older tree. */
static void aggregate_follows_tree(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 3 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *left = tst_child(test, root, "left");
	struct statsfs_source *right = tst_child(test, root, "right");
	struct statsfs_source *low = tst_child(test, left, "low");
	struct statsfs_source *late = tst_child(test, low, "late");

	memory[0] = 1;
	memory[1] = 2;
	memory[2] = 4;
	tst_leaf(test, low, "a", &memory[0]);
	TST_EXPECT(test, root, TST_NAME, 1);
	tst_leaf(test, low, "b", &memory[1]);
	TST_EXPECT(test, root, TST_NAME, 3);
	tst_values(test, late, tst_table, &memory[2]);
	TST_EXPECT(test, root, TST_NAME, 7);
	TST_EXPECT(test, left, TST_NAME, 7);

	tst_add(test, right, low);
	TST_EXPECT(test, right, TST_NAME, 7);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(left, low));
	TST_EXPECT(test, root, TST_NAME, 7);
	TST_EXPECT_ERR(test, left, TST_NAME, -ENOENT);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(late));
	TST_EXPECT(test, root, TST_NAME, 3);
	TST_EXPECT(test, right, TST_NAME, 3);
}

/* Paths */

static const struct statsfs_value path_table[] = {
	{ "value", STAT_TYPE_U64, ALL_KINDS, 0644, 0 },
};

/* What one leaf of the number 6 gives. */
static void expect_one_leaf(struct kunit *test, struct statsfs_source *dir)
{
	TST_EXPECT(test, dir, "value", 6);
	TST_EXPECT(test, dir, "value_avg", 6);
	TST_EXPECT(test, dir, "value_count_nonzero", 1);
	TST_EXPECT(test, dir, "value_count_zero", 0);
}

static struct statsfs_source *path_leaf(struct kunit *test,
					struct statsfs_source *parent)
{
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *leaf = tst_child(test, parent, "leaf");

	*memory = 6;
	tst_values(test, leaf, path_table, memory);
	return leaf;
}

static void aggregate_leaf_by_two_paths(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *leaf = path_leaf(test, a);

	tst_add(test, b, leaf);
	expect_one_leaf(test, root);
	expect_one_leaf(test, a);
	expect_one_leaf(test, b);
}

static void aggregate_leaf_on_two_levels(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *leaf = path_leaf(test, a);

	tst_add(test, root, leaf);
	expect_one_leaf(test, root);
}

static void aggregate_dir_by_two_paths(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *shared = tst_child(test, a, "shared");

	tst_add(test, b, shared);
	path_leaf(test, tst_child(test, shared, "low"));
	expect_one_leaf(test, root);
}

/* Two diamonds, one below the other: four paths. */
static void aggregate_leaf_by_four_paths(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *middle = tst_child(test, a, "middle");
	struct statsfs_source *c = tst_child(test, middle, "c");
	struct statsfs_source *d = tst_child(test, middle, "d");

	tst_add(test, b, middle);
	tst_add(test, d, path_leaf(test, c));
	expect_one_leaf(test, root);
}

static void aggregate_path_removed(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *leaf = path_leaf(test, a);

	tst_add(test, b, leaf);
	expect_one_leaf(test, root);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(a, leaf));
	expect_one_leaf(test, root);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(b, leaf));
	TST_EXPECT_ERR(test, root, "value", -ENOENT);
}

/* Boundaries */

static struct statsfs_source *tst_boundary(struct kunit *test,
					   struct statsfs_source *parent)
{
	struct statsfs_source *source = tst_source(test, "boundary");

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_boundary(source));
	tst_add(test, parent, source);
	return source;
}

static void aggregate_boundary(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *boundary = tst_boundary(test, root);

	path_leaf(test, tst_child(test, boundary, "middle"));
	expect_one_leaf(test, boundary);
	TST_EXPECT_ERR(test, root, "value", -ENOENT);
}

/* The example of DESIGN.md: a disk, whose partitions are not counted twice. */
static void aggregate_boundary_own(struct kunit *test)
{
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *disk = tst_boundary(test, root);

	tst_values(test, disk, tst_table, &memory[0]);
	tst_leaf(test, disk, "partition", &memory[1]);
	memory[0] = 100;
	memory[1] = 30;
	TST_EXPECT(test, disk, TST_NAME, 100);
	TST_EXPECT(test, root, TST_NAME, 100);
}

static void aggregate_boundary_on_one_path(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *open = tst_child(test, root, "open");
	struct statsfs_source *boundary = tst_boundary(test, root);
	struct statsfs_source *leaf = path_leaf(test, boundary);

	tst_add(test, open, leaf);
	expect_one_leaf(test, root);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(open, leaf));
	TST_EXPECT_ERR(test, root, "value", -ENOENT);
	expect_one_leaf(test, boundary);
}

static void aggregate_boundary_at_top(struct kunit *test)
{
	struct statsfs_source *top = tst_source(test, "%s", test->name);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_boundary(top));
	path_leaf(test, tst_child(test, top, "middle"));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(top));
	expect_one_leaf(test, top);
}

static struct kunit_case aggregate_cases[] = {
	KUNIT_CASE_PARAM(aggregate_kind, aggregate_kind_gen_params),
	KUNIT_CASE_PARAM(aggregate_result, aggregate_result_gen_params),
	KUNIT_CASE_PARAM(aggregate_names, aggregate_names_gen_params),
	KUNIT_CASE(aggregate_all_kinds),
	KUNIT_CASE(aggregate_sum_keeps_name),
	KUNIT_CASE(aggregate_lowest_keeps_name),
	KUNIT_CASE_PARAM(aggregate_levels, aggregate_levels_gen_params),
	KUNIT_CASE(aggregate_avg_of_leaves),
	KUNIT_CASE_PARAM(aggregate_many, aggregate_many_gen_params),
	KUNIT_CASE(aggregate_own_numbers),
	KUNIT_CASE(aggregate_own_files),
	KUNIT_CASE(aggregate_groups_apart),
	KUNIT_CASE(aggregate_equal_tables),
	KUNIT_CASE(aggregate_several_values),
	KUNIT_CASE(aggregate_of_nothing),
	KUNIT_CASE(aggregate_goes_with_last),
	KUNIT_CASE(aggregate_follows_tree),
	KUNIT_CASE(aggregate_leaf_by_two_paths),
	KUNIT_CASE(aggregate_leaf_on_two_levels),
	KUNIT_CASE(aggregate_dir_by_two_paths),
	KUNIT_CASE(aggregate_leaf_by_four_paths),
	KUNIT_CASE(aggregate_path_removed),
	KUNIT_CASE(aggregate_boundary),
	KUNIT_CASE(aggregate_boundary_own),
	KUNIT_CASE(aggregate_boundary_on_one_path),
	KUNIT_CASE(aggregate_boundary_at_top),
	{}
};

static struct kunit_suite aggregate_suite = {
	.name = "statsfs_aggregate",
	.test_cases = aggregate_cases,
};

kunit_test_suite(aggregate_suite);
