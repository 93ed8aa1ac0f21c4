// SPDX-License-Identifier: GPL-2.0
/* Tests of names: which are valid, which clash, and renaming. */

#include "helpers.h"

#define LONGEST \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"0123456789012345678901234567890123456789012345678901234567890123" \
	"012345678901234567890123456789012345678901234567890123456789012"

static_assert(sizeof(LONGEST) == NAME_MAX + 1);

/* Names of sources */

struct name_case {
	const char *desc;
	const char *name;
	const char *shown;	/* NULL if it is refused */
};

static const struct name_case source_names[] = {
	{ "plain", "eth0", "eth0" },
	{ "one byte", "x", "x" },
	{ "trailing newline", "eth0\n", "eth0" },
	{ "two trailing newlines", "eth0\n\n", NULL },
	{ "newline inside", "eth\n0", NULL },
	{ "leading newline", "\neth0", NULL },
	{ "newline only", "\n", NULL },
	{ "carriage return", "eth0\r", NULL },
	{ "empty", "", NULL },
	{ "dot", ".", NULL },
	{ "dot and newline", ".\n", NULL },
	{ "two dots", "..", NULL },
	{ "three dots", "...", NULL },
	{ "leading dot", ".snapshot", NULL },
	{ "dot inside", "eth0.1", "eth0.1" },
	{ "trailing dot", "eth0.", "eth0." },
	{ "slash", "eth/0", NULL },
	{ "slash only", "/", NULL },
	{ "leading slash", "/eth0", NULL },
	{ "trailing slash", "eth0/", NULL },
	{ "tab", "eth\t0", NULL },
	{ "control character 1", "eth\001", NULL },
	{ "control character 31", "\037eth", NULL },
	{ "delete", "eth0\177", NULL },
	{ "blank", "eth 0", "eth 0" },
	{ "colon", ":3", ":3" },
	{ "per cent", "100%s", "100%s" },
	{ "UTF-8", "gr\303\266\303\237e", "gr\303\266\303\237e" },
	{ "longest", LONGEST, LONGEST },
	{ "longest and newline", LONGEST "\n", LONGEST },
	{ "too long", LONGEST "x", NULL },
	{ "too long and newline", LONGEST "x\n", NULL },
	{ "much too long", LONGEST LONGEST, NULL },
};

TST_ARRAY_PARAM(source_names, source_names);

static void names_source(struct kunit *test)
{
	const struct name_case *c = test->param_value;
	struct statsfs_source *root = tst_root(test), *source;
	char *shown = tst_alloc(test, NAME_MAX + 2);

	source = statsfs_source_create("%s", c->name);
	if (!c->shown) {
		KUNIT_EXPECT_EQ(test, -EINVAL, PTR_ERR_OR_ZERO(source));
		statsfs_source_put(source);
		return;
	}
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, source);
	tst_add(test, root, source);
	statsfs_source_put(source);
	snprintf(shown, NAME_MAX + 2, "%s ", c->shown);
	KUNIT_EXPECT_STREQ(test, shown, tst_ls(test, "."));
}

/* A name that rename refuses is refused, and the old one stays. */
static void names_rename_to(struct kunit *test)
{
	const struct name_case *c = test->param_value;
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *source = tst_child(test, root, "old");
	char *shown = tst_alloc(test, NAME_MAX + 2);

	KUNIT_EXPECT_EQ(test, c->shown ? 0 : -EINVAL,
			statsfs_source_rename(source, "%s", c->name));
	snprintf(shown, NAME_MAX + 2, "%s ", c->shown ?: "old");
	KUNIT_EXPECT_STREQ(test, shown, tst_ls(test, "."));
}

static void names_are_formatted(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *source;

	source = statsfs_source_create("%d-%s\n", 7, "x");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, source);
	tst_add(test, root, source);
	statsfs_source_put(source);
	KUNIT_EXPECT_STREQ(test, "7-x ", tst_ls(test, "."));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(source, "%s%u", "y", 8));
	KUNIT_EXPECT_STREQ(test, "y8 ", tst_ls(test, "."));
}

/* Names of values */

static const struct name_case value_names[] = {
	{ "plain", "rx_bytes", "rx_bytes" },
	{ "trailing newline", "rx_bytes\n", NULL },
	{ "empty", "", NULL },
	{ "dot", ".", NULL },
	{ "two dots", "..", NULL },
	{ "leading dot", ".snapshot", NULL },
	{ "dot inside", "rx.bytes", "rx.bytes" },
	{ "slash", "rx/bytes", NULL },
	{ "tab", "rx\tbytes", NULL },
	{ "delete", "\177", NULL },
	{ "UTF-8", "\303\266", "\303\266" },
	{ "longest", LONGEST, LONGEST },
	{ "too long", LONGEST "x", NULL },
};

TST_ARRAY_PARAM(value_names, value_names);

static void names_value(struct kunit *test)
{
	const struct name_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ c->name, STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	char *shown = tst_alloc(test, NAME_MAX + 2);

	KUNIT_EXPECT_EQ(test, !!c->shown, statsfs_name_valid(c->name));
	KUNIT_EXPECT_EQ(test, c->shown ? 0 : -EINVAL,
			statsfs_source_add_values(root, table, 1, memory));
	if (c->shown)
		snprintf(shown, NAME_MAX + 2, "%s ", c->shown);
	KUNIT_EXPECT_STREQ(test, shown, tst_ls(test, "."));
}

/* The name would do, with its suffix it does not. */
static void names_suffix_too_long(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ LONGEST, STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MIN, 0644, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			statsfs_source_add_values(root, table, 1, memory));
	KUNIT_EXPECT_STREQ(test, "", tst_ls(test, "."));
}

static void names_suffix_fits(struct kunit *test)
{
	/* "_min" makes it NAME_MAX bytes. */
	const char *name = LONGEST + 4;
	const struct statsfs_value table[] = {
		{ name, STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MIN, 0644, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *child = tst_child(test, tst_root(test), "child");

	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_values(child, table, 1, memory));
}

/* Clashes */

/*
 * A tree to clash in: a root and its subordinate "middle".  Nothing of it changes
 * when something is refused.
 */
struct clash {
	struct statsfs_source *root;
	struct statsfs_source *middle;
	u64 memory[4];
	const char *root_names;
	const char *middle_names;
};

static const struct statsfs_value file_table[] = {
	{ "file", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0 },
};

/* The same name, another schema. */
static const struct statsfs_value file_max_table[] = {
	{ "file", STAT_TYPE_U64, STAT_AGGR_MAX, 0444, 0 },
};

static const struct statsfs_value max_table[] = {
	{ "value", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MAX, 0644, 0 },
};

static struct clash *clash_create(struct kunit *test)
{
	struct clash *clash = tst_alloc(test, sizeof(*clash));

	clash->root = tst_root(test);
	clash->middle = tst_child(test, clash->root, "middle");
	return clash;
}

static void clash_begin(struct kunit *test, struct clash *clash)
{
	clash->root_names = tst_ls(test, ".");
	clash->middle_names = tst_ls(test, "middle");
}

static void clash_expect_unchanged(struct kunit *test, struct clash *clash)
{
	KUNIT_EXPECT_STREQ(test, clash->root_names, tst_ls(test, "."));
	KUNIT_EXPECT_STREQ(test, clash->middle_names, tst_ls(test, "middle"));
}

/* Adding @child, perhaps with what is below it, must clash. */
static void clash_add(struct kunit *test, struct clash *clash,
		      struct statsfs_source *parent,
		      struct statsfs_source *child)
{
	clash_begin(test, clash);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_subordinate(parent, child));
	clash_expect_unchanged(test, clash);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(parent, child));
}

static void clash_values(struct kunit *test, struct clash *clash,
			 struct statsfs_source *source,
			 const struct statsfs_value *table)
{
	clash_begin(test, clash);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(source, table, 1,
						  &clash->memory[3]));
	clash_expect_unchanged(test, clash);
}

/* A source with values that is in no directory yet. */
static struct statsfs_source *detached(struct kunit *test, struct clash *clash,
				       const struct statsfs_value *table)
{
	struct statsfs_source *source = tst_source(test, "leaf");

	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_values(source, table, 1,
						  &clash->memory[0]));
	return source;
}

static void names_clash_child_child(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	clash_add(test, clash, clash->root, tst_source(test, "middle"));
	KUNIT_EXPECT_STREQ(test, "middle ", tst_ls(test, "."));
}

static void names_clash_child_value(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_values(test, clash->root, file_table, &clash->memory[0]);
	clash_add(test, clash, clash->root, tst_source(test, "file"));
}

static void names_clash_value_child(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_child(test, clash->root, "file");
	clash_values(test, clash, clash->root, file_table);
}

static void names_clash_child_aggregate(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_values(test, clash->middle, file_table, &clash->memory[0]);
	clash_add(test, clash, clash->root, tst_source(test, "file"));
}

static void names_clash_child_aggregate_far(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_add(test, clash->middle, detached(test, clash, file_table));
	clash_add(test, clash, clash->root, tst_source(test, "file"));
}

static void names_clash_aggregate_child(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_child(test, clash->root, "file");
	clash_add(test, clash, clash->root, detached(test, clash, file_table));
}

static void names_clash_aggregate_child_far(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *low = tst_child(test, clash->middle, "low");

	tst_child(test, clash->root, "file");
	clash_add(test, clash, low, detached(test, clash, file_table));
	KUNIT_EXPECT_STREQ(test, "",
			   tst_ls(test, "middle/low"));
}

static void names_clash_added_values_far(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *low = tst_child(test, clash->middle, "low");

	tst_child(test, clash->root, "file");
	clash_values(test, clash, low, file_table);
	TST_EXPECT_ERR(test, low, "file", -ENOENT);
}

/* A whole subtree comes, with the file at its lowest level. */
static void names_clash_subtree(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *top = tst_source(test, "top");

	tst_child(test, clash->root, "file");
	tst_add(test, tst_child(test, top, "low"),
		detached(test, clash, file_table));
	clash_add(test, clash, clash->middle, top);
}

static void names_clash_suffix(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_child(test, clash->root, "value_max");
	clash_add(test, clash, clash->middle, detached(test, clash, max_table));
}

static void names_clash_child_suffix(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_add(test, clash->middle, detached(test, clash, max_table));
	clash_add(test, clash, clash->root, tst_source(test, "value_max"));
}

static void names_clash_values_of_two_tables(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_values(test, clash->middle, file_table, &clash->memory[0]);
	clash_values(test, clash, clash->middle, file_max_table);
	TST_EXPECT(test, clash->middle, "file", 0);
}

static void names_clash_value_aggregate(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_values(test, clash->root, file_table, &clash->memory[1]);
	clash_add(test, clash, clash->middle,
		  detached(test, clash, file_max_table));
}

static void names_clash_aggregate_value(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_add(test, clash->middle, detached(test, clash, file_table));
	clash_values(test, clash, clash->root, file_max_table);
}

static void names_clash_two_aggregates(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_values(test, clash->middle, file_table, &clash->memory[1]);
	clash_add(test, clash, clash->root,
		  detached(test, clash, file_max_table));
}

static void names_clash_two_aggregates_far(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *other = tst_child(test, clash->root, "other");
	struct statsfs_source *low = tst_child(test, clash->middle, "low");

	tst_add(test, other, detached(test, clash, file_max_table));
	clash_values(test, clash, low, file_table);
}

/* The first of two groups would fit. */
static void names_clash_second_group(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *leaf = detached(test, clash, max_table);

	tst_values(test, leaf, file_table, &clash->memory[1]);
	tst_child(test, clash->root, "file");
	clash_add(test, clash, clash->middle, leaf);
}

/* The first of two parents would do. */
static void names_clash_second_parent(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *other = tst_child(test, clash->root, "other");
	struct statsfs_source *leaf = tst_child(test, clash->middle, "leaf");

	tst_add(test, other, leaf);
	tst_child(test, other, "file");
	clash_values(test, clash, leaf, file_table);
	KUNIT_EXPECT_STREQ(test, "file leaf ",
			   tst_ls(test, "other"));
}

static void names_clash_registered(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *other = tst_source(test, "%s", test->name);

	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_register(other));
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_unregister(other));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_unregister(root));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_register(other));
}

static void names_clash_in_table(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "file", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0 },
		{ "other", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 8 },
		{ "file", STAT_TYPE_U64, STAT_AGGR_NONE, 0444, 16 },
	};
	struct clash *clash = clash_create(test);

	clash_begin(test, clash);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(clash->middle, table, 3,
						  clash->memory));
	clash_expect_unchanged(test, clash);
}

static void names_clash_suffix_in_table(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "file", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MIN, 0444, 0 },
		{ "file_min", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 8 },
	};
	struct clash *clash = clash_create(test);

	clash_begin(test, clash);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(clash->middle, table, 2,
						  clash->memory));
	clash_expect_unchanged(test, clash);
}

/* No clashes */

static void names_no_clash_at_boundary(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *boundary = tst_source(test, "boundary");

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_boundary(boundary));
	tst_add(test, clash->middle, boundary);
	tst_child(test, clash->root, "file");
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(boundary,
						       detached(test, clash,
								file_table)));
}

static void names_no_clash_with_own_group(struct kunit *test)
{
	struct clash *clash = clash_create(test);

	tst_values(test, clash->middle, max_table, &clash->memory[1]);
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(clash->middle,
						       detached(test, clash,
								max_table)));
	/* Its aggregates are not shown here. */
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(clash->middle,
						       tst_source(test, "value_max")));
}

static void names_free_after_child(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *child = tst_child(test, clash->root, "file");
	struct statsfs_source *leaf = detached(test, clash, file_table);

	clash_add(test, clash, clash->middle, leaf);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(child));
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(clash->middle, leaf));
	TST_EXPECT(test, clash->root, "file", 0);
}

static void names_free_after_aggregate(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *child = tst_source(test, "file");
	struct statsfs_source *leaf = detached(test, clash, file_table);

	tst_add(test, clash->middle, leaf);
	clash_add(test, clash, clash->root, child);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(clash->root, child));
}

/* Values that go together, and aggregates above that do not. */
static const struct statsfs_value other_max_table[] = {
	{ "value_max", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
};

static void names_clash_aggregates_of_one(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *leaf = detached(test, clash, max_table);

	tst_values(test, leaf, other_max_table, &clash->memory[1]);
	clash_add(test, clash, clash->middle, leaf);
}

static void names_free_after_refusal(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *leaf = detached(test, clash, max_table);

	tst_values(test, leaf, other_max_table, &clash->memory[1]);
	clash_add(test, clash, clash->middle, leaf);
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(clash->middle,
						       tst_source(test, "value")));
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_add_subordinate(clash->root,
						       tst_source(test, "value_max")));
}

/* Renaming */

static void names_rename(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "old", number);

	KUNIT_EXPECT_STREQ(test, "0\n", tst_cat(test, "old/number"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(leaf, "new"));
	KUNIT_EXPECT_STREQ(test, "new number ", tst_ls(test, "."));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "old/number"));
	KUNIT_EXPECT_STREQ(test, "0\n", tst_cat(test, "new/number"));
}

/* A name that was looked up in vain before. */
static void names_rename_to_missing(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "old");

	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_ls(test, "new"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(child, "new"));
	KUNIT_EXPECT_STREQ(test, "", tst_ls(test, "new"));
}

static void names_rename_open_file(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "old", number);
	struct file *file = tst_open(test, "old/number",
				     O_RDONLY);
	char text[8] = "";
	loff_t pos = 0;

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_rename(leaf, "new"));
	*number = 42;
	KUNIT_EXPECT_EQ(test, 3L, tst_read(file, text, sizeof(text) - 1, &pos));
	KUNIT_EXPECT_STREQ(test, "42\n", text);
}

static void names_rename_keeps_numbers(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *leaf = tst_leaf(test, middle, "b", &number[0]);

	tst_leaf(test, middle, "a", &number[1]);
	number[0] = 5;
	number[1] = 6;
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_reset(leaf, TST_NAME));
	number[0] = 8;
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_rename(leaf, "z"));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_rename(middle, "other"));
	TST_EXPECT(test, leaf, TST_NAME, 3);
	TST_EXPECT(test, middle, TST_NAME, 9);
	TST_EXPECT(test, root, TST_NAME, 9);
}

static void names_rename_to_same(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "same");

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(child, "same"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(child, "same\n"));
	KUNIT_EXPECT_STREQ(test, "same ", tst_ls(test, "."));
}

static void names_rename_swap(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_leaf(test, root, "a", &number[0]);
	struct statsfs_source *b = tst_leaf(test, root, "b", &number[1]);

	number[0] = 1;
	number[1] = 2;
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(a, "c"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(b, "a"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(a, "b"));
	KUNIT_EXPECT_STREQ(test, "2\n",
			   tst_cat(test, "a/number"));
	KUNIT_EXPECT_STREQ(test, "1\n",
			   tst_cat(test, "b/number"));
}

static void names_rename_detached(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_source(test, "old");

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(child, "new"));
	tst_add(test, root, child);
	KUNIT_EXPECT_STREQ(test, "new ", tst_ls(test, "."));
}

static void names_rename_registered(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	tst_child(test, root, "child");
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(root, "kunit-renamed"));
	KUNIT_EXPECT_STREQ(test, "child ", tst_ls(test, "/kunit-renamed"));
	KUNIT_EXPECT_STREQ(test, "error -2", tst_ls(test, "."));
	/* The old name is free. */
	tst_root(test);
}

static void names_rename_clash(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *child = tst_child(test, clash->root, "child");

	tst_values(test, clash->root, max_table, &clash->memory[0]);
	tst_values(test, clash->middle, file_table, &clash->memory[1]);
	clash_begin(test, clash);
	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_rename(child, "middle"));
	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_rename(child, "value"));
	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_rename(child, "file\n"));
	clash_expect_unchanged(test, clash);
}

/* It has to be free in each of two directories. */
static void names_rename_clash_of_two(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *child = tst_child(test, clash->root, "child");

	tst_add(test, clash->middle, child);
	tst_child(test, clash->root, "above");
	tst_child(test, clash->middle, "below");
	clash_begin(test, clash);
	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_rename(child, "above"));
	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_rename(child, "below"));
	clash_expect_unchanged(test, clash);
}

static void names_rename_in_two(struct kunit *test)
{
	struct clash *clash = clash_create(test);
	struct statsfs_source *child = tst_child(test, clash->root, "child");

	tst_add(test, clash->middle, child);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(child, "new"));
	KUNIT_EXPECT_STREQ(test, "middle new ", tst_ls(test, "."));
	KUNIT_EXPECT_STREQ(test, "new ", tst_ls(test, "middle"));
}

static struct kunit_case names_cases[] = {
	KUNIT_CASE_PARAM(names_source, source_names_gen_params),
	KUNIT_CASE_PARAM(names_rename_to, source_names_gen_params),
	KUNIT_CASE(names_are_formatted),
	KUNIT_CASE_PARAM(names_value, value_names_gen_params),
	KUNIT_CASE(names_suffix_too_long),
	KUNIT_CASE(names_suffix_fits),
	KUNIT_CASE(names_clash_child_child),
	KUNIT_CASE(names_clash_child_value),
	KUNIT_CASE(names_clash_value_child),
	KUNIT_CASE(names_clash_child_aggregate),
	KUNIT_CASE(names_clash_child_aggregate_far),
	KUNIT_CASE(names_clash_aggregate_child),
	KUNIT_CASE(names_clash_aggregate_child_far),
	KUNIT_CASE(names_clash_added_values_far),
	KUNIT_CASE(names_clash_subtree),
	KUNIT_CASE(names_clash_suffix),
	KUNIT_CASE(names_clash_child_suffix),
	KUNIT_CASE(names_clash_values_of_two_tables),
	KUNIT_CASE(names_clash_value_aggregate),
	KUNIT_CASE(names_clash_aggregate_value),
	KUNIT_CASE(names_clash_two_aggregates),
	KUNIT_CASE(names_clash_two_aggregates_far),
	KUNIT_CASE(names_clash_second_group),
	KUNIT_CASE(names_clash_second_parent),
	KUNIT_CASE(names_clash_aggregates_of_one),
	KUNIT_CASE(names_clash_registered),
	KUNIT_CASE(names_clash_in_table),
	KUNIT_CASE(names_clash_suffix_in_table),
	KUNIT_CASE(names_no_clash_at_boundary),
	KUNIT_CASE(names_no_clash_with_own_group),
	KUNIT_CASE(names_free_after_child),
	KUNIT_CASE(names_free_after_aggregate),
	KUNIT_CASE(names_free_after_refusal),
	KUNIT_CASE(names_rename),
	KUNIT_CASE(names_rename_to_missing),
	KUNIT_CASE(names_rename_open_file),
	KUNIT_CASE(names_rename_keeps_numbers),
	KUNIT_CASE(names_rename_to_same),
	KUNIT_CASE(names_rename_swap),
	KUNIT_CASE(names_rename_detached),
	KUNIT_CASE(names_rename_registered),
	KUNIT_CASE(names_rename_clash),
	KUNIT_CASE(names_rename_clash_of_two),
	KUNIT_CASE(names_rename_in_two),
	{}
};

static struct kunit_suite names_suite = {
	.name = "statsfs_names",
	.init = tst_mount,
	.test_cases = names_cases,
};

kunit_test_suite(names_suite);
