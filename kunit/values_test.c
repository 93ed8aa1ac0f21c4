// SPDX-License-Identifier: GPL-2.0
/* Tests of values: types, and tables that describe them. */

#include "helpers.h"

/* Types */

struct type_case {
	const char *desc;
	enum statsfs_type type;
	union {
		bool b;
		u8 u8;
		u16 u16;
		u32 u32;
		u64 u64;
		s8 s8;
		s16 s16;
		s32 s32;
		s64 s64;
	} memory;
	u64 number;
};

static const struct type_case type_cases[] = {
	{ "bool false", STAT_TYPE_BOOL, { .b = false }, 0 },
	{ "bool true", STAT_TYPE_BOOL, { .b = true }, 1 },
	{ "u8 0", STAT_TYPE_U8, { .u8 = 0 }, 0 },
	{ "u8 127", STAT_TYPE_U8, { .u8 = 127 }, 127 },
	{ "u8 128", STAT_TYPE_U8, { .u8 = 128 }, 128 },
	{ "u8 max", STAT_TYPE_U8, { .u8 = U8_MAX }, 255 },
	{ "u16 0", STAT_TYPE_U16, { .u16 = 0 }, 0 },
	{ "u16 byte order", STAT_TYPE_U16, { .u16 = 0x0102 }, 258 },
	{ "u16 32768", STAT_TYPE_U16, { .u16 = 32768 }, 32768 },
	{ "u16 max", STAT_TYPE_U16, { .u16 = U16_MAX }, 65535 },
	{ "u32 0", STAT_TYPE_U32, { .u32 = 0 }, 0 },
	{ "u32 byte order", STAT_TYPE_U32, { .u32 = 0x01020304 }, 16909060 },
	{ "u32 2^31", STAT_TYPE_U32, { .u32 = 1u << 31 }, 2147483648 },
	{ "u32 max", STAT_TYPE_U32, { .u32 = U32_MAX }, 4294967295 },
	{ "u64 0", STAT_TYPE_U64, { .u64 = 0 }, 0 },
	{ "u64 byte order", STAT_TYPE_U64, { .u64 = 0x0102030405060708 },
	  72623859790382856 },
	{ "u64 2^63", STAT_TYPE_U64, { .u64 = 1ull << 63 },
	  9223372036854775808u },
	{ "u64 max", STAT_TYPE_U64, { .u64 = U64_MAX }, 18446744073709551615u },
	{ "s8 0", STAT_TYPE_S8, { .s8 = 0 }, 0 },
	{ "s8 -1", STAT_TYPE_S8, { .s8 = -1 }, -1 },
	{ "s8 max", STAT_TYPE_S8, { .s8 = S8_MAX }, 127 },
	{ "s8 min", STAT_TYPE_S8, { .s8 = S8_MIN }, -128 },
	{ "s16 0", STAT_TYPE_S16, { .s16 = 0 }, 0 },
	{ "s16 -2", STAT_TYPE_S16, { .s16 = -2 }, -2 },
	{ "s16 max", STAT_TYPE_S16, { .s16 = S16_MAX }, 32767 },
	{ "s16 min", STAT_TYPE_S16, { .s16 = S16_MIN }, -32768 },
	{ "s32 0", STAT_TYPE_S32, { .s32 = 0 }, 0 },
	{ "s32 -3", STAT_TYPE_S32, { .s32 = -3 }, -3 },
	{ "s32 max", STAT_TYPE_S32, { .s32 = S32_MAX }, 2147483647 },
	{ "s32 min", STAT_TYPE_S32, { .s32 = S32_MIN }, -2147483648LL },
	{ "s64 0", STAT_TYPE_S64, { .s64 = 0 }, 0 },
	{ "s64 -4", STAT_TYPE_S64, { .s64 = -4 }, -4 },
	{ "s64 max", STAT_TYPE_S64, { .s64 = S64_MAX }, 9223372036854775807 },
	{ "s64 min", STAT_TYPE_S64, { .s64 = S64_MIN }, 1ull << 63 },
};

TST_ARRAY_PARAM(values_type, type_cases);

/* What is beside it in memory is all ones, and in another struct all zeroes. */
static void values_type(struct kunit *test)
{
	static const u8 size[] = { 0, sizeof(bool), 1, 2, 4, 8, 1, 2, 4, 8 };
	const struct type_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, STAT_AGGR_NONE, 0444, 8 },
	};
	u64 *ones = tst_alloc(test, 3 * sizeof(*ones));
	u64 *zeroes = tst_alloc(test, 3 * sizeof(*zeroes));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "child");

	memset(ones, 0xff, 3 * sizeof(*ones));
	memcpy(&ones[1], &c->memory, size[c->type]);
	memcpy(&zeroes[1], &c->memory, size[c->type]);
	tst_values(test, root, table, ones);
	tst_values(test, child, table, zeroes);
	TST_EXPECT(test, root, "value", c->number);
	TST_EXPECT(test, child, "value", c->number);
}

/* A value is read when it is asked for. */
static void values_reads_now(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *leaf = tst_leaf(test, tst_root(test), "leaf",
					       number);

	TST_EXPECT(test, leaf, TST_NAME, 0);
	*number = 7;
	TST_EXPECT(test, leaf, TST_NAME, 7);
}

static void values_far_offset(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "first", STAT_TYPE_U32, STAT_AGGR_NONE, 0444, 0 },
		{ "last", STAT_TYPE_U32, STAT_AGGR_NONE, 0444, 0x10000 - 4 },
	};
	u8 *memory = tst_alloc(test, 0x10000);
	struct statsfs_source *root = tst_root(test);

	*(u32 *)memory = 1;
	*(u32 *)(memory + 0x10000 - 4) = 2;
	tst_values(test, root, table, memory);
	TST_EXPECT(test, root, "first", 1);
	TST_EXPECT(test, root, "last", 2);
}

/* Tables */

struct table_case {
	const char *desc;
	struct statsfs_value line;
};

#define GOOD_LINE	{ "good", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 }

static const struct table_case bad_tables[] = {
	{ "name NULL", { NULL, STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 } },
	{ "no type", { "bad", 0, STAT_AGGR_SUM, 0644, 0 } },
	{ "type too large", { "bad", STAT_TYPE_S64 + 1, STAT_AGGR_SUM, 0644, 0 } },
	{ "type negative", { "bad", -1, STAT_AGGR_SUM, 0644, 0 } },
	{ "unknown aggregate", { "bad", STAT_TYPE_U64, 1 << 6, 0644, 0 } },
	{ "one unknown aggregate of two",
	  { "bad", STAT_TYPE_U64, STAT_AGGR_SUM | 1 << 15, 0644, 0 } },
	{ "unknown kind",
	  { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0,
	    STAT_KIND_LOG_HIST + 1 } },
	{ "negative kind",
	  { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0, -1 } },
	{ "executable", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0755, 0 } },
	{ "type in the mode", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0100444, 0 } },
	{ "instant can be reset",
	  { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0, STAT_KIND_INSTANT } },
	{ "instant can be reset by some",
	  { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0464, 0, STAT_KIND_INSTANT } },
	{ "write-only", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0200, 0 } },
	{ "owner may not read", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0044, 0 } },
	{ "newline in the description", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM,
					  0644, 0, .desc = "two\nlines" } },
	{ "unknown unit", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0,
			    .unit = STAT_UNIT_BOOLEAN + 1 } },
	{ "base 3", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0, .base = 3,
		      .exponent = 1 } },
	{ "base without exponent", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
				     0, .base = 10 } },
	{ "exponent without base", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
				     0, .exponent = 3 } },
	{ "offset negative", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, -8 } },
	{ "u16 misaligned", { "bad", STAT_TYPE_U16, STAT_AGGR_SUM, 0644, 1 } },
	{ "u32 misaligned", { "bad", STAT_TYPE_U32, STAT_AGGR_SUM, 0644, 2 } },
	{ "u64 misaligned", { "bad", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 2 } },
	{ "s16 misaligned", { "bad", STAT_TYPE_S16, STAT_AGGR_SUM, 0644, 3 } },
	{ "s32 misaligned", { "bad", STAT_TYPE_S32, STAT_AGGR_SUM, 0644, 3 } },
	{ "s64 misaligned", { "bad", STAT_TYPE_S64, STAT_AGGR_SUM, 0644, 9 } },
};

TST_ARRAY_PARAM(values_bad_table, bad_tables);

/* The bad line is the last one: the good one must not stay. */
static void values_bad_table(struct kunit *test)
{
	const struct table_case *c = test->param_value;
	const struct statsfs_value table[] = { GOOD_LINE, c->line };
	u64 *memory = tst_alloc(test, 4 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "child");

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values(child, table, 2, memory));
	TST_EXPECT_ERR(test, child, "good", -ENOENT);
	TST_EXPECT_ERR(test, root, "good", -ENOENT);
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_values(child, table, 1, memory));
}

static const struct table_case good_tables[] = {
	{ "no mode", { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0, 0 } },
	{ "mode 0400", { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0400, 0 } },
	{ "mode 0600", { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0600, 0 } },
	{ "mode 0666", { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0666, 0 } },
	{ "instant",
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0, STAT_KIND_INSTANT } },
	{ "instant without mode",
	  { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0, 0, STAT_KIND_INSTANT } },
	{ "peak", { "value", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 0, STAT_KIND_PEAK } },
	{ "no aggregate", { "value", STAT_TYPE_U64, STAT_AGGR_NONE, 0644, 0 } },
	{ "nanoseconds", { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0,
			   STATSFS_NANOSECONDS } },
	{ "kibibytes", { "value", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0,
			 STATSFS_BYTES, .base = 2, .exponent = 10 } },
	{ "u8 at an odd offset", { "value", STAT_TYPE_U8, STAT_AGGR_SUM, 0644, 3 } },
	{ "u32 not aligned for u64",
	  { "value", STAT_TYPE_U32, STAT_AGGR_SUM, 0644, 4 } },
};

TST_ARRAY_PARAM(values_good_table, good_tables);

static void values_good_table(struct kunit *test)
{
	const struct table_case *c = test->param_value;
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_values(root, &c->line, 1, memory));
	TST_EXPECT(test, root, "value", 0);
}

static void values_no_table(struct kunit *test)
{
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values(root, NULL, 1, memory));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values(root, tst_table, 0, memory));
}

static void values_no_base(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values(root, tst_table, 1, NULL));
	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
}

/* The table and its names are overwritten once it has been added. */
static void values_table_is_copied(struct kunit *test)
{
	struct statsfs_value *table = tst_alloc(test, 2 * sizeof(*table));
	char *name = tst_alloc(test, 16);
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "child");

	memory[0] = 10;
	memory[1] = 11;
	strscpy(name, "first", 16);
	table[0] = (struct statsfs_value){ name, STAT_TYPE_U64, STAT_AGGR_SUM,
					   0644, 0 };
	table[1] = (struct statsfs_value){ "second", STAT_TYPE_U64,
					   STAT_AGGR_MAX, 0644, 8 };
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_values(child, table, 2, memory));
	memset(table, 0xff, 2 * sizeof(*table));
	memset(name, 'x', 16);

	TST_EXPECT(test, child, "first", 10);
	TST_EXPECT(test, child, "second", 11);
	TST_EXPECT(test, root, "first", 10);
	TST_EXPECT(test, root, "second", 11);
}

static void values_equal_table_twice(struct kunit *test)
{
	struct statsfs_value *table = tst_alloc(test, sizeof(*table));
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	memory[0] = 3;
	memory[1] = 4;
	*table = tst_table[0];
	table->name = memcpy(tst_alloc(test, sizeof(TST_NAME)), TST_NAME,
			     sizeof(TST_NAME));
	tst_values(test, root, tst_table, &memory[0]);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(root, table, 1, &memory[1]));
	TST_EXPECT(test, root, TST_NAME, 3);
}

/* A table is not known for being like another one up to where it is bad. */
static void values_no_name_beside_equal(struct kunit *test)
{
	struct statsfs_value table[] = { tst_table[0] };
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "child");

	tst_values(test, root, tst_table, &memory[0]);
	table[0].name = NULL;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values(child, table, 1, &memory[1]));
}

static void values_two_tables(struct kunit *test)
{
	static const struct statsfs_value other[] = {
		{ "other", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
	};
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	memory[0] = 3;
	memory[1] = 4;
	tst_values(test, root, tst_table, &memory[0]);
	tst_values(test, root, other, &memory[1]);
	TST_EXPECT(test, root, TST_NAME, 3);
	TST_EXPECT(test, root, "other", 4);
}

/* Tables for many sources */

static void put_values(struct kunit_resource *resource)
{
	statsfs_values_put(resource->data);
}

static const struct statsfs_value two_lines[] = {
	GOOD_LINE,
	{ "better", STAT_TYPE_U64, STAT_AGGR_MAX, 0644, 8 },
};

/* What is got is the same table as the one that it was made from. */
static void values_get_is_equal(struct kunit *test)
{
	const struct statsfs_value *values = statsfs_values_get(two_lines, 2);
	u64 *memory = tst_alloc(test, 4 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, values);
	tst_at_end(test, put_values, (void *)values);
	memory[0] = 3;
	memory[1] = 5;
	memory[2] = 4;
	memory[3] = 6;
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_values(a, values, 2, &memory[0]));
	tst_values(test, b, two_lines, &memory[2]);
	TST_EXPECT(test, root, "good", 7);
	TST_EXPECT(test, root, "better", 6);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(b, values, 2, &memory[0]));
}

/* With fewer lines it is another table. */
static void values_get_fewer_lines(struct kunit *test)
{
	const struct statsfs_value *values = statsfs_values_get(two_lines, 2);
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, values);
	tst_at_end(test, put_values, (void *)values);
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_values(root, values, 1, memory));
	TST_EXPECT(test, root, "good", 0);
	TST_EXPECT_ERR(test, root, "better", -ENOENT);
}

/* Sources that were given the table keep it, whoever else had it. */
static void values_put_before_source(struct kunit *test)
{
	struct statsfs_value *table = tst_alloc(test, sizeof(*table));
	const struct statsfs_value *first, *second;
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "child");
	int err;

	*table = tst_table[0];
	first = statsfs_values_get(table, 1);
	second = statsfs_values_get(tst_table, 1);
	memset(table, 0xff, sizeof(*table));
	KUNIT_EXPECT_PTR_EQ(test, first, second);
	statsfs_values_put(first);
	*memory = 7;
	err = statsfs_source_add_values(child, second, 1, memory);
	statsfs_values_put(second);
	KUNIT_ASSERT_EQ(test, 0, err);
	TST_EXPECT(test, child, TST_NAME, 7);
	TST_EXPECT(test, root, TST_NAME, 7);
}

static void values_get_bad_table(struct kunit *test)
{
	const struct table_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR_OR_ZERO(statsfs_values_get(&c->line, 1)));
}

static void values_get_none(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR_OR_ZERO(statsfs_values_get(NULL, 1)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR_OR_ZERO(statsfs_values_get(tst_table, 0)));
	statsfs_values_put(NULL);
	statsfs_values_put(ERR_PTR(-ENOMEM));
}

static int sample_nothing(void *data, void *sample)
{
	return 0;
}

/* Whoever ignores that there was no memory gets no values and no oops. */
static void values_error_as_table(struct kunit *test)
{
	static const struct statsfs_sampler sampler = {
		.size = sizeof(u64),
		.sample = sample_nothing,
	};
	const struct statsfs_value *values = ERR_PTR(-ENOMEM);
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -ENOMEM,
			statsfs_source_add_values(root, values, 1, memory));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			statsfs_source_add_sampled(root, values, 1, &sampler,
						   NULL));
}

/* The macros that make table lines */

struct fields {
	bool b;
	u8 u8;
	u16 u16;
	u32 u32;
	u64 u64;
	s8 s8;
	s16 s16;
	s32 s32;
	s64 s64;
	int i;
	unsigned long ul;
	size_t size;
};

struct field_case {
	const char *desc;
	struct statsfs_value line;
	enum statsfs_type type;
	int offset;
};

#define FIELD(_field, _type) \
	{ #_field, STATSFS_GAUGE(#_field, struct fields, _field, STATSFS_NONE, ""), \
	  _type, offsetof(struct fields, _field) }

static const struct field_case field_cases[] = {
	FIELD(b, STAT_TYPE_BOOL),
	FIELD(u8, STAT_TYPE_U8),
	FIELD(u16, STAT_TYPE_U16),
	FIELD(u32, STAT_TYPE_U32),
	FIELD(u64, STAT_TYPE_U64),
	FIELD(s8, STAT_TYPE_S8),
	FIELD(s16, STAT_TYPE_S16),
	FIELD(s32, STAT_TYPE_S32),
	FIELD(s64, STAT_TYPE_S64),
	FIELD(i, STAT_TYPE_S32),
	FIELD(ul, sizeof(long) == 8 ? STAT_TYPE_U64 : STAT_TYPE_U32),
	FIELD(size, sizeof(long) == 8 ? STAT_TYPE_U64 : STAT_TYPE_U32),
};

TST_ARRAY_PARAM(values_field, field_cases);

static void values_field(struct kunit *test)
{
	const struct field_case *c = test->param_value;

	KUNIT_EXPECT_STREQ(test, c->desc, c->line.name);
	KUNIT_EXPECT_EQ(test, c->type, c->line.type);
	KUNIT_EXPECT_EQ(test, c->offset, c->line.offset);
}

static void values_macros(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		STATSFS_COUNTER("counter", struct fields, u64,
				STATSFS_NANOSECONDS, "a time"),
		STATSFS_GAUGE("gauge", struct fields, s32, STATSFS_BYTES,
			      "a size"),
		STATSFS_PEAK("peak", struct fields, u16, STATSFS_NONE,
			     "a number"),
	};
	struct fields *fields = tst_alloc(test, 2 * sizeof(*fields));
	struct statsfs_source *root = tst_root(test);

	fields[0] = (struct fields){ .u64 = 5, .s32 = -7, .u16 = 300 };
	fields[1] = (struct fields){ .u64 = 6, .s32 = 9, .u16 = 200 };
	tst_values(test, tst_child(test, root, "a"), table, &fields[0]);
	tst_values(test, tst_child(test, root, "b"), table, &fields[1]);
	TST_EXPECT(test, root, "counter", 11);
	TST_EXPECT(test, root, "gauge", 2);
	TST_EXPECT(test, root, "peak", 300);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "counter"));
	KUNIT_EXPECT_EQ(test, -EACCES, statsfs_source_reset(root, "gauge"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "peak"));
	KUNIT_EXPECT_EQ(test, 0, fields[0].u16);
}

/* Tables that differ only in what is said of a value are not folded together. */
static void values_description_matters(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ TST_NAME, STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0,
		  .desc = "something else" },
	};
	u64 *memory = tst_alloc(test, 2 * sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *other = tst_child(test, root, "other");

	tst_leaf(test, root, "leaf", &memory[0]);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(other, table, 1, &memory[1]));
}

static struct kunit_case values_cases[] = {
	KUNIT_CASE_PARAM(values_type, values_type_gen_params),
	KUNIT_CASE(values_reads_now),
	KUNIT_CASE(values_far_offset),
	KUNIT_CASE_PARAM(values_bad_table, values_bad_table_gen_params),
	KUNIT_CASE_PARAM(values_good_table, values_good_table_gen_params),
	KUNIT_CASE(values_no_table),
	KUNIT_CASE(values_no_base),
	KUNIT_CASE(values_table_is_copied),
	KUNIT_CASE(values_equal_table_twice),
	KUNIT_CASE(values_no_name_beside_equal),
	KUNIT_CASE(values_two_tables),
	KUNIT_CASE(values_get_is_equal),
	KUNIT_CASE(values_get_fewer_lines),
	KUNIT_CASE(values_put_before_source),
	KUNIT_CASE_PARAM(values_get_bad_table, values_bad_table_gen_params),
	KUNIT_CASE(values_get_none),
	KUNIT_CASE(values_error_as_table),
	KUNIT_CASE_PARAM(values_field, values_field_gen_params),
	KUNIT_CASE(values_macros),
	KUNIT_CASE(values_description_matters),
	{}
};

static struct kunit_suite values_suite = {
	.name = "statsfs_values",
	.test_cases = values_cases,
};

kunit_test_suite(values_suite);
