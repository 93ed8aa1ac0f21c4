// SPDX-License-Identifier: GPL-2.0
/* Tests of sources: structure, references, error codes. */

#include <linux/percpu.h>

#include "helpers.h"

/* Structure */

static void source_not_reachable(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *parent = tst_source(test, "parent");
	struct statsfs_source *leaf = tst_leaf(test, parent, "leaf", number);

	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, parent, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, parent, "none", -ENODEV);
}

static void source_no_such_value(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	u64 number = 5;

	tst_child(test, root, "child");
	TST_EXPECT_ERR(test, root, "none", -ENOENT);
	TST_EXPECT_ERR(test, root, "", -ENOENT);
	TST_EXPECT_ERR(test, root, "child", -ENOENT);
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_reset(root, "none"));
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_reset(root, "child"));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_read(root, "none", &number));
	KUNIT_EXPECT_EQ(test, 5ULL, number);
}

/* A source becomes reachable with all that hangs below. */
static void source_registered_last(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_source(test, "%s", test->name);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *leaf = tst_leaf(test, middle, "leaf", number);

	*number = 9;
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(root));
	TST_EXPECT(test, leaf, TST_NAME, 9);
	TST_EXPECT(test, middle, TST_NAME, 9);
	TST_EXPECT(test, root, TST_NAME, 9);
}

static void source_values_added_last(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *leaf = tst_child(test, middle, "leaf");

	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
	*number = 9;
	tst_values(test, leaf, tst_table, number);
	TST_EXPECT(test, leaf, TST_NAME, 9);
	TST_EXPECT(test, middle, TST_NAME, 9);
	TST_EXPECT(test, root, TST_NAME, 9);
}

static void source_two_parents(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *leaf = tst_leaf(test, a, "leaf", number);

	tst_add(test, b, leaf);
	*number = 4;
	TST_EXPECT(test, a, TST_NAME, 4);
	TST_EXPECT(test, b, TST_NAME, 4);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(a, leaf));
	TST_EXPECT_ERR(test, a, TST_NAME, -ENOENT);
	TST_EXPECT(test, b, TST_NAME, 4);
	TST_EXPECT(test, leaf, TST_NAME, 4);
}

static void source_add_twice(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);

	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_subordinate(root, leaf));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_subordinate_nowarn(root, leaf));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove_subordinate(root, leaf));
	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
}

static void source_register_twice(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_register(root));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_unregister(root));
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_unregister(root));
}

static void source_remove_nothing(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = tst_child(test, root, "child");
	struct statsfs_source *other = tst_source(test, "other");

	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_remove(other));
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_unregister(other));
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_unregister(child));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(root, other));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(other, child));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(child, root));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove_subordinate(root, child));
}

/* It removes from all parents, and unregisters. */
static void source_remove_from_all(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *leaf = tst_leaf(test, a, "kunit-leaf", number);

	tst_add(test, b, leaf);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(leaf));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove(leaf));
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, a, TST_NAME, -ENOENT);
	TST_EXPECT_ERR(test, b, TST_NAME, -ENOENT);
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_unregister(leaf));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(a, leaf));
}

static void source_unregister_only(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "kunit-leaf", number);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(leaf));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_unregister(leaf));
	TST_EXPECT(test, leaf, TST_NAME, 0);
	TST_EXPECT(test, root, TST_NAME, 0);
}

static void source_cycle_of_one(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);

	KUNIT_EXPECT_EQ(test, -ELOOP,
			statsfs_source_add_subordinate(root, root));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(root, root));
}

static void source_cycle_of_five(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *source[5];
	int i;

	source[0] = tst_root(test);
	for (i = 1; i < 4; i++)
		source[i] = tst_child(test, source[i - 1], "child");
	source[4] = tst_leaf(test, source[3], "child", number);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ_MSG(test, -ELOOP,
				    statsfs_source_add_subordinate(source[4],
								   source[i]),
				    "level %d", i);
	*number = 6;
	TST_EXPECT(test, source[0], TST_NAME, 6);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(source[4], source[0]));
}

/* The way upward is found through every parent. */
static void source_cycle_by_second_parent(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *low = tst_child(test, a, "low");

	tst_add(test, b, low);
	KUNIT_EXPECT_EQ(test, -ELOOP, statsfs_source_add_subordinate(low, a));
	KUNIT_EXPECT_EQ(test, -ELOOP, statsfs_source_add_subordinate(low, b));
}

static void source_cycle_no_more(struct kunit *test)
{
	struct statsfs_source *a = tst_source(test, "a");
	struct statsfs_source *b = tst_child(test, a, "b");

	KUNIT_ASSERT_EQ(test, -ELOOP, statsfs_source_add_subordinate(b, a));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(a, b));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_add_subordinate(b, a));
}

static void source_diamond_is_no_cycle(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *low = tst_child(test, a, "low");

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_add_subordinate(b, low));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_add_subordinate(root, low));
}

static void source_late_boundary(struct kunit *test)
{
	struct statsfs_source *source = tst_source(test, "source");
	struct statsfs_source *root;

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_set_boundary(source));
	root = tst_root(test);
	KUNIT_EXPECT_EQ(test, -EBUSY, statsfs_source_set_boundary(root));
}

/* References */

/*
 * A source that was never put away would keep this subordinate: when it has no
 * parent any more, its parent has been released.
 */
static struct statsfs_source *release_probe(struct kunit *test,
					    struct statsfs_source *parent)
{
	return tst_child(test, parent, "probe");
}

static bool parent_is_released(struct statsfs_source *probe)
{
	return statsfs_source_remove(probe) == -ENOENT;
}

static struct statsfs_source *create(struct kunit *test, const char *name)
{
	struct statsfs_source *source = statsfs_source_create("%s", name);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, source);
	return source;
}

static void source_last_put_releases(struct kunit *test)
{
	struct statsfs_source *source = create(test, "source");
	struct statsfs_source *probe = release_probe(test, source);

	KUNIT_EXPECT_PTR_EQ(test, source, statsfs_source_get(source));
	statsfs_source_put(source);
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_remove_subordinate(source, probe));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_add_subordinate(source, probe));
	statsfs_source_put(source);
	KUNIT_EXPECT_TRUE(test, parent_is_released(probe));
}

static void source_last_put_unregisters(struct kunit *test)
{
	struct statsfs_source *source = create(test, test->name);
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *leaf;

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(source));
	leaf = tst_leaf(test, source, "leaf", number);
	TST_EXPECT(test, leaf, TST_NAME, 0);
	statsfs_source_put(source);
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	/* The name is free. */
	tst_root(test);
}

static void source_parent_keeps_child(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = create(test, "child");
	struct statsfs_source *probe = release_probe(test, child);

	tst_values(test, child, tst_table, number);
	tst_add(test, root, child);
	statsfs_source_put(child);
	*number = 8;
	TST_EXPECT(test, child, TST_NAME, 8);
	TST_EXPECT(test, root, TST_NAME, 8);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove_subordinate(root, child));
	KUNIT_EXPECT_TRUE(test, parent_is_released(probe));
}

static void source_each_parent_keeps_child(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *child = create(test, "child");
	struct statsfs_source *probe = release_probe(test, child);

	tst_add(test, root, child);
	tst_add(test, a, child);
	statsfs_source_put(child);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove_subordinate(root, child));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove_subordinate(child, probe));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_add_subordinate(child, probe));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove(child));
	KUNIT_EXPECT_TRUE(test, parent_is_released(probe));
}

/* Registering is no reason to live, another parent is. */
static void source_registered_and_kept(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *parent = tst_source(test, "parent");
	struct statsfs_source *child = create(test, test->name);

	tst_values(test, child, tst_table, number);
	tst_add(test, parent, child);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(child));
	statsfs_source_put(child);
	TST_EXPECT(test, child, TST_NAME, 0);
	KUNIT_EXPECT_EQ(test, 0,
			statsfs_source_remove_subordinate(parent, child));
	/* The name is free. */
	tst_root(test);
}

static void source_failed_add_keeps_balance(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *child = create(test, "child");
	struct statsfs_source *probe = release_probe(test, child);

	tst_add(test, root, child);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_subordinate(root, child));
	KUNIT_EXPECT_EQ(test, -ELOOP,
			statsfs_source_add_subordinate(child, root));
	KUNIT_EXPECT_EQ(test, -ELOOP,
			statsfs_source_add_subordinate(child, child));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove_subordinate(root, child));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			statsfs_source_remove_subordinate(root, child));
	statsfs_source_put(child);
	KUNIT_EXPECT_TRUE(test, parent_is_released(probe));
}

/* So long that a release by recursion would not fit on the stack. */
static void source_release_long_chain(struct kunit *test)
{
	struct statsfs_source *top = create(test, "top"), *low = top, *next;
	struct statsfs_source *probe;
	int i;

	for (i = 0; i < 1000; i++) {
		next = create(test, "next");
		tst_add(test, low, next);
		statsfs_source_put(next);
		low = next;
	}
	probe = release_probe(test, low);
	statsfs_source_put(top);
	KUNIT_EXPECT_TRUE(test, parent_is_released(probe));
}

/* No source */

static int add_values_to(struct statsfs_source *source)
{
	static u64 memory;

	return statsfs_source_add_values(source, tst_table, 1, &memory);
}

static int add_values_sync_to(struct statsfs_source *source)
{
	static u64 memory[2];

	return statsfs_source_add_values_sync(source, tst_table, 1, memory, 8);
}

static DEFINE_PER_CPU(u64[2], percpu_memory);

static int add_percpu_to(struct statsfs_source *source)
{
	return statsfs_source_add_percpu(source, tst_table, 1, &percpu_memory);
}

static int add_percpu_sync_to(struct statsfs_source *source)
{
	return statsfs_source_add_percpu_sync(source, tst_table, 1,
					      &percpu_memory, 8);
}

static int no_sample(void *data, void *sample)
{
	return 0;
}

static int add_sampled_to(struct statsfs_source *source)
{
	static const struct statsfs_sampler sampler = {
		.size = sizeof(u64),
		.sample = no_sample,
	};

	return statsfs_source_add_sampled(source, tst_table, 1, &sampler, NULL);
}

/* Calls a function that has two sources with this one and a good one. */
static int with_good(struct statsfs_source *source, bool first,
		     int (*function)(struct statsfs_source *,
				     struct statsfs_source *))
{
	struct statsfs_source *good = statsfs_source_create("good");
	int err = first ? function(source, good) : function(good, source);

	statsfs_source_put(good);
	return err;
}

static int add_below(struct statsfs_source *source)
{
	return with_good(source, true, statsfs_source_add_subordinate);
}

static int add_above(struct statsfs_source *source)
{
	return with_good(source, false, statsfs_source_add_subordinate);
}

static int add_below_nowarn(struct statsfs_source *source)
{
	return with_good(source, true, statsfs_source_add_subordinate_nowarn);
}

static int add_above_nowarn(struct statsfs_source *source)
{
	return with_good(source, false, statsfs_source_add_subordinate_nowarn);
}

static int remove_below(struct statsfs_source *source)
{
	return with_good(source, true, statsfs_source_remove_subordinate);
}

static int remove_above(struct statsfs_source *source)
{
	return with_good(source, false, statsfs_source_remove_subordinate);
}

static int rename_it(struct statsfs_source *source)
{
	return statsfs_source_rename(source, "other");
}

static int read_it(struct statsfs_source *source)
{
	u64 number;

	return statsfs_source_read(source, TST_NAME, &number);
}

static int read_array_of(struct statsfs_source *source)
{
	u64 numbers[2];

	return statsfs_source_read_array(source, TST_NAME, numbers, 2);
}

static int reset_it(struct statsfs_source *source)
{
	return statsfs_source_reset(source, TST_NAME);
}

struct function_case {
	const char *desc;
	int (*function)(struct statsfs_source *source);
};

static const struct function_case function_cases[] = {
	{ "add_values", add_values_to },
	{ "add_values_sync", add_values_sync_to },
	{ "add_percpu", add_percpu_to },
	{ "add_percpu_sync", add_percpu_sync_to },
	{ "add_sampled", add_sampled_to },
	{ "set_boundary", statsfs_source_set_boundary },
	{ "add_subordinate, parent", add_below },
	{ "add_subordinate, child", add_above },
	{ "add_subordinate_nowarn, parent", add_below_nowarn },
	{ "add_subordinate_nowarn, child", add_above_nowarn },
	{ "remove_subordinate, parent", remove_below },
	{ "remove_subordinate, child", remove_above },
	{ "remove", statsfs_source_remove },
	{ "register", statsfs_source_register },
	{ "unregister", statsfs_source_unregister },
	{ "rename", rename_it },
	{ "read", read_it },
	{ "read_array", read_array_of },
	{ "reset", reset_it },
};

TST_ARRAY_PARAM(source_none, function_cases);

static void source_none(struct kunit *test)
{
	const struct function_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, -EINVAL, c->function(NULL));
	KUNIT_EXPECT_EQ(test, -ENOMEM, c->function(ERR_PTR(-ENOMEM)));
	KUNIT_EXPECT_EQ(test, -EPERM, c->function(ERR_PTR(-EPERM)));
}

static void source_get_put_none(struct kunit *test)
{
	struct statsfs_source *error = ERR_PTR(-ENOMEM);

	KUNIT_EXPECT_NULL(test, statsfs_source_get(NULL));
	KUNIT_EXPECT_PTR_EQ(test, error, statsfs_source_get(error));
	statsfs_source_put(NULL);
	statsfs_source_put(error);
}

static struct kunit_case source_cases[] = {
	KUNIT_CASE(source_not_reachable),
	KUNIT_CASE(source_no_such_value),
	KUNIT_CASE(source_registered_last),
	KUNIT_CASE(source_values_added_last),
	KUNIT_CASE(source_two_parents),
	KUNIT_CASE(source_add_twice),
	KUNIT_CASE(source_register_twice),
	KUNIT_CASE(source_remove_nothing),
	KUNIT_CASE(source_remove_from_all),
	KUNIT_CASE(source_unregister_only),
	KUNIT_CASE(source_cycle_of_one),
	KUNIT_CASE(source_cycle_of_five),
	KUNIT_CASE(source_cycle_by_second_parent),
	KUNIT_CASE(source_cycle_no_more),
	KUNIT_CASE(source_diamond_is_no_cycle),
	KUNIT_CASE(source_late_boundary),
	KUNIT_CASE(source_last_put_releases),
	KUNIT_CASE(source_last_put_unregisters),
	KUNIT_CASE(source_parent_keeps_child),
	KUNIT_CASE(source_each_parent_keeps_child),
	KUNIT_CASE(source_registered_and_kept),
	KUNIT_CASE(source_failed_add_keeps_balance),
	KUNIT_CASE(source_release_long_chain),
	KUNIT_CASE_PARAM(source_none, source_none_gen_params),
	KUNIT_CASE(source_get_put_none),
	{}
};

static struct kunit_suite source_suite = {
	.name = "statsfs_source",
	.test_cases = source_cases,
};

kunit_test_suite(source_suite);
