// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of removal: when it has returned, nobody is inside the memory and the
 * callbacks of what was removed.
 */

#include <linux/delay.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../internal.h"
#include "helpers.h"

/* What cannot be reached */

static void removal_of_leaf(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(root, leaf));
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
}

static void removal_of_parent(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *low = tst_child(test, middle, "low");
	struct statsfs_source *leaf = tst_leaf(test, low, "leaf", number);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(middle));
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, low, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, middle, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, root, TST_NAME, -ENOENT);
}

static void removal_by_unregister(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_unregister(root));
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, root, TST_NAME, -ENODEV);
}

static void removal_of_one_path(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *shared = tst_child(test, a, "shared");
	struct statsfs_source *leaf = tst_leaf(test, shared, "leaf", number);

	tst_add(test, b, shared);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(a));
	TST_EXPECT(test, leaf, TST_NAME, 0);
	TST_EXPECT(test, root, TST_NAME, 0);
	TST_EXPECT_ERR(test, a, TST_NAME, -ENODEV);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove_subordinate(b, shared));
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
}

static void removal_and_back(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct statsfs_source *leaf = tst_leaf(test, a, "leaf", number);
	int i;

	for (i = 0; i < 3; i++) {
		*number = i + 1;
		TST_EXPECT(test, a, TST_NAME, i + 1);
		TST_EXPECT(test, root, TST_NAME, i + 1);
		KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
		TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
		tst_add(test, b, leaf);
		TST_EXPECT(test, leaf, TST_NAME, i + 1);
		TST_EXPECT(test, b, TST_NAME, i + 1);
		KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
		tst_add(test, a, leaf);
	}
}

static void removal_of_sampled_and_back(struct kunit *test)
{
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");
	struct tst_gate *gate = tst_gate(test, leaf);

	gate->number = 3;
	tst_gate_open(gate);
	TST_EXPECT(test, leaf, TST_NAME, 3);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	tst_add(test, root, leaf);
	TST_EXPECT(test, leaf, TST_NAME, 3);
	TST_EXPECT(test, root, TST_NAME, 3);
}

/* Values may be added to what was removed. */
static void removal_then_values(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_child(test, root, "leaf");

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	tst_values(test, leaf, tst_table, number);
	TST_EXPECT_ERR(test, leaf, TST_NAME, -ENODEV);
	tst_add(test, root, leaf);
	TST_EXPECT(test, leaf, TST_NAME, 0);
}

/* Callbacks that are running */

/* A leaf with a gate, two levels below the root. */
struct scene {
	struct statsfs_source *root;
	struct statsfs_source *middle;
	struct statsfs_source *leaf;
	struct tst_gate *gate;
	int (*remove)(struct scene *scene);
	bool was_empty;		/* when @remove returned */
};

static struct scene *scene_create(struct kunit *test)
{
	struct scene *scene = tst_alloc(test, sizeof(*scene));

	scene->root = tst_root(test);
	scene->middle = tst_child(test, scene->root, "middle");
	scene->leaf = tst_child(test, scene->middle, "leaf");
	scene->gate = tst_gate(test, scene->leaf);
	return scene;
}

static int remove_subordinate(struct scene *scene)
{
	return statsfs_source_remove_subordinate(scene->middle, scene->leaf);
}

static int remove_leaf(struct scene *scene)
{
	return statsfs_source_remove(scene->leaf);
}

static int remove_middle(struct scene *scene)
{
	return statsfs_source_remove(scene->middle);
}

static int remove_middle_subordinate(struct scene *scene)
{
	return statsfs_source_remove_subordinate(scene->root, scene->middle);
}

static int unregister_root(struct scene *scene)
{
	return statsfs_source_unregister(scene->root);
}

struct drain_case {
	const char *desc;
	int (*remove)(struct scene *scene);
};

static const struct drain_case drain_cases[] = {
	{ "remove_subordinate", remove_subordinate },
	{ "remove", remove_leaf },
	{ "remove_subordinate of the parent", remove_middle_subordinate },
	{ "remove of the parent", remove_middle },
	{ "unregister", unregister_root },
};

TST_ARRAY_PARAM(removal_drains, drain_cases);

static int run_remove(void *arg)
{
	struct scene *scene = arg;
	int err = scene->remove(scene);

	scene->was_empty = tst_gate_is_empty(scene->gate);
	return err;
}

static void expect_drained(struct kunit *test, struct scene *scene,
			   struct statsfs_source *read)
{
	struct tst_job *reader = tst_gate_enter(test, scene->gate, read);
	struct tst_job *remover = tst_start(test, run_remove, scene);
	int err;

	KUNIT_EXPECT_TRUE(test, tst_is_running(remover, 50));
	KUNIT_EXPECT_TRUE(test, tst_is_running(reader, 0));
	tst_gate_open(scene->gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
	KUNIT_EXPECT_TRUE(test, scene->was_empty);
	/* Whoever was inside has a number, or learns that there is none. */
	err = tst_join(test, reader);
	KUNIT_EXPECT_TRUE(test, err == 0 || err == -ENODEV);
}

static void removal_drains_reader(struct kunit *test)
{
	const struct drain_case *c = test->param_value;
	struct scene *scene = scene_create(test);

	scene->remove = c->remove;
	expect_drained(test, scene, scene->leaf);
}

/* The reader of an aggregate is in the callback of the leaf. */
static void removal_drains_reader_above(struct kunit *test)
{
	const struct drain_case *c = test->param_value;
	struct scene *scene = scene_create(test);

	scene->remove = c->remove;
	expect_drained(test, scene, scene->root);
}

static int put_root(struct scene *scene)
{
	statsfs_source_put(scene->root);
	return 0;
}

static void removal_by_last_put_drains(struct kunit *test)
{
	struct scene *scene = tst_alloc(test, sizeof(*scene));

	scene->root = statsfs_source_create("%s", test->name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, scene->root);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(scene->root));
	scene->leaf = tst_child(test, scene->root, "leaf");
	scene->gate = tst_gate(test, scene->leaf);
	scene->remove = put_root;
	expect_drained(test, scene, scene->leaf);
}

/* A reset is inside, too. */
static int reset_number(void *source)
{
	return statsfs_source_reset(source, TST_NAME);
}

static void removal_drains_reset(struct kunit *test)
{
	struct scene *scene = scene_create(test);
	struct tst_job *reset = tst_start(test, reset_number, scene->root);
	struct tst_job *remover;

	KUNIT_ASSERT_TRUE(test, tst_gate_wait(scene->gate));
	scene->remove = remove_leaf;
	remover = tst_start(test, run_remove, scene);
	KUNIT_EXPECT_TRUE(test, tst_is_running(remover, 50));
	tst_gate_open(scene->gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
	KUNIT_EXPECT_TRUE(test, scene->was_empty);
	tst_join(test, reset);
}

struct order_case {
	const char *desc;
	int first;
};

static const struct order_case order_cases[] = {
	{ "first leaf first", 0 }, { "second leaf first", 1 },
};

TST_ARRAY_PARAM(removal_order, order_cases);

/* Readers are inside two leaves; whichever leaves first, the other counts. */
static void removal_drains_two_leaves(struct kunit *test)
{
	int first = ((const struct order_case *)test->param_value)->first;
	struct scene *scene = scene_create(test);
	struct statsfs_source *other = tst_child(test, scene->middle, "other");
	struct tst_gate *gate[] = { scene->gate, tst_gate(test, other) };
	struct tst_job *remover;

	tst_gate_enter(test, gate[0], scene->leaf);
	tst_gate_enter(test, gate[1], other);
	scene->remove = remove_middle;
	remover = tst_start(test, run_remove, scene);
	KUNIT_EXPECT_TRUE(test, tst_is_running(remover, 50));
	tst_gate_open(gate[first]);
	KUNIT_EXPECT_TRUE(test, tst_is_running(remover, 100));
	tst_gate_open(gate[!first]);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
	KUNIT_EXPECT_TRUE(test, tst_gate_is_empty(gate[0]));
	KUNIT_EXPECT_TRUE(test, tst_gate_is_empty(gate[1]));
}

/* Somebody else removes it, too, and is told so only when it is drained. */
static void removal_second_waits(struct kunit *test)
{
	struct scene *scene = scene_create(test);
	struct scene *second = tst_alloc(test, sizeof(*second));
	struct tst_job *remover, *other;

	tst_gate_enter(test, scene->gate, scene->leaf);
	scene->remove = remove_leaf;
	remover = tst_start(test, run_remove, scene);
	KUNIT_ASSERT_TRUE(test, tst_is_running(remover, 50));
	*second = *scene;
	other = tst_start(test, run_remove, second);
	KUNIT_EXPECT_TRUE(test, tst_is_running(other, 50));
	tst_gate_open(scene->gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
	KUNIT_EXPECT_EQ(test, -ENOENT, tst_join(test, other));
	KUNIT_EXPECT_TRUE(test, second->was_empty);
}

/* While the removal waits, nobody else gets in. */
static void removal_lets_nobody_in(struct kunit *test)
{
	struct scene *scene = scene_create(test);
	struct tst_job *reader = tst_gate_enter(test, scene->gate, scene->leaf);
	struct tst_job *remover;

	scene->remove = remove_leaf;
	remover = tst_start(test, run_remove, scene);
	KUNIT_ASSERT_TRUE(test, tst_is_running(remover, 50));
	TST_EXPECT_ERR(test, scene->leaf, TST_NAME, -ENODEV);
	TST_EXPECT_ERR(test, scene->root, TST_NAME, -ENOENT);
	KUNIT_EXPECT_TRUE(test, tst_is_running(reader, 0));
	tst_gate_open(scene->gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
}

/* The others can still be read, and removed, without waiting. */
static void removal_leaves_others_alone(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct scene *scene = scene_create(test);
	struct statsfs_source *other = tst_leaf(test, scene->root, "other",
						number);
	struct tst_job *reader = tst_gate_enter(test, scene->gate, scene->leaf);
	struct tst_job *remover;

	*number = 5;
	scene->remove = remove_leaf;
	remover = tst_start(test, run_remove, scene);
	KUNIT_ASSERT_TRUE(test, tst_is_running(remover, 50));
	TST_EXPECT(test, other, TST_NAME, 5);
	TST_EXPECT(test, scene->root, TST_NAME, 5);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove(other));
	KUNIT_EXPECT_TRUE(test, tst_is_running(reader, 0));
	tst_gate_open(scene->gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
}

/* Adding and renaming never wait for readers. */
static void removal_is_not_adding(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct scene *scene = scene_create(test);
	struct statsfs_source *other = tst_source(test, "kunit-other");
	struct tst_job *reader = tst_gate_enter(test, scene->gate, scene->leaf);
	static const struct statsfs_value table[] = {
		{ "more", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0 },
	};

	tst_values(test, other, tst_table, &number[0]);
	tst_values(test, scene->leaf, table, &number[1]);
	tst_add(test, scene->middle, other);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_register(other));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(scene->leaf, "new"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(scene->root,
						       "kunit-new"));
	KUNIT_EXPECT_TRUE(test, tst_is_running(reader, 0));
}

/* Somebody adds it elsewhere while the removal waits: nothing waits for ever. */
static void removal_undone_by_adding(struct kunit *test)
{
	struct scene *scene = scene_create(test);
	struct tst_job *reader = tst_gate_enter(test, scene->gate, scene->leaf);
	struct tst_job *remover;

	scene->remove = remove_leaf;
	remover = tst_start(test, run_remove, scene);
	KUNIT_ASSERT_TRUE(test, tst_is_running(remover, 50));
	tst_add(test, scene->root, scene->leaf);
	KUNIT_EXPECT_TRUE(test, tst_is_running(reader, 0));
	tst_gate_open(scene->gate);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, remover));
	TST_EXPECT(test, scene->leaf, TST_NAME, 0);
	TST_EXPECT(test, scene->root, TST_NAME, 0);
	TST_EXPECT_ERR(test, scene->middle, TST_NAME, -ENOENT);
}

/* Memory that is freed at once */

struct fold {
	struct completion entered;
	bool inside;
};

static int hold_fold_lock(void *arg)
{
	struct fold *fold = arg;
	raw_spinlock_t *lock = statsfs_fold_begin();

	WRITE_ONCE(fold->inside, true);
	complete(&fold->entered);
	mdelay(30);
	WRITE_ONCE(fold->inside, false);
	statsfs_fold_end(lock);
	return 0;
}

/*
 * Another processor is folding; it may have seen the leaf alive.  On the only
 * processor nobody can be in the middle of that.
 */
static void removal_waits_for_folds(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct fold *fold = tst_alloc(test, sizeof(*fold));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);
	struct tst_job *job;

	init_completion(&fold->entered);
	job = tst_start(test, hold_fold_lock, fold);
	wait_for_completion(&fold->entered);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_remove(leaf));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(fold->inside));
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, job));
}

#define STRESS_LEAVES	62

/* What a reader must never see. */
#define STRESS_POISON	BIT_ULL(40)

struct stress {
	struct statsfs_source *root;
	bool stop;
	u64 largest;
	unsigned long reads;
};

static int stress_read(void *arg)
{
	struct stress *stress = arg;
	u64 number;
	int err;

	while (!READ_ONCE(stress->stop)) {
		err = statsfs_source_read(stress->root, TST_NAME, &number);
		if (err)
			return err;
		stress->largest = max(stress->largest, number);
		stress->reads++;
		cond_resched();
	}
	return 0;
}

/* Removes a leaf, and adds one with new memory. */
static int stress_replace(struct statsfs_source *root, int i,
			  struct statsfs_source **leaf, u64 **number)
{
	int err;

	if (*leaf) {
		statsfs_source_remove_subordinate(root, *leaf);
		**number = STRESS_POISON;
		statsfs_source_put(*leaf);
		kfree(*number);
		*leaf = NULL;
	}
	*number = kmalloc_obj(**number, GFP_KERNEL);
	if (!*number)
		return -ENOMEM;
	**number = 1;
	*leaf = statsfs_source_create("leaf%d", i);
	err = statsfs_source_add_values(*leaf, tst_table, 1, *number);
	if (!err)
		err = statsfs_source_add_subordinate(root, *leaf);
	return err;
}

static void stress_end(struct statsfs_source **leaf, u64 **number)
{
	int i;

	for (i = 0; i < STRESS_LEAVES; i++) {
		statsfs_source_remove(leaf[i]);
		statsfs_source_put(leaf[i]);
		kfree(number[i]);
	}
}

/* Needs several processors to go wrong, and finds more with KASAN. */
static void removal_before_free(struct kunit *test)
{
	struct statsfs_source **leaf = tst_alloc(test, STRESS_LEAVES * sizeof(*leaf));
	u64 **number = tst_alloc(test, STRESS_LEAVES * sizeof(*number));
	u64 *always = tst_alloc(test, sizeof(*always));
	struct stress *stress = tst_alloc(test, sizeof(*stress));
	unsigned long end = jiffies + HZ / 2;
	struct tst_job *reader;
	int err = 0, i;

	stress->root = tst_root(test);
	tst_leaf(test, stress->root, "always", always);
	reader = tst_start(test, stress_read, stress);
	for (i = 0; !err && time_before(jiffies, end); i++) {
		int n = i % STRESS_LEAVES;

		err = stress_replace(stress->root, n, &leaf[n], &number[n]);
		cond_resched();
	}
	WRITE_ONCE(stress->stop, true);
	KUNIT_EXPECT_EQ(test, 0, tst_join(test, reader));
	stress_end(leaf, number);
	KUNIT_EXPECT_EQ(test, 0, err);
	KUNIT_EXPECT_LE(test, stress->largest, (u64)STRESS_LEAVES);
	KUNIT_EXPECT_GT(test, stress->reads, 0UL);
}

static struct kunit_case removal_cases[] = {
	KUNIT_CASE(removal_of_leaf),
	KUNIT_CASE(removal_of_parent),
	KUNIT_CASE(removal_by_unregister),
	KUNIT_CASE(removal_of_one_path),
	KUNIT_CASE(removal_and_back),
	KUNIT_CASE(removal_of_sampled_and_back),
	KUNIT_CASE(removal_then_values),
	KUNIT_CASE_PARAM(removal_drains_reader, removal_drains_gen_params),
	KUNIT_CASE_PARAM(removal_drains_reader_above,
			 removal_drains_gen_params),
	KUNIT_CASE(removal_by_last_put_drains),
	KUNIT_CASE(removal_drains_reset),
	KUNIT_CASE_PARAM(removal_drains_two_leaves, removal_order_gen_params),
	KUNIT_CASE(removal_second_waits),
	KUNIT_CASE(removal_lets_nobody_in),
	KUNIT_CASE(removal_leaves_others_alone),
	KUNIT_CASE(removal_is_not_adding),
	KUNIT_CASE(removal_undone_by_adding),
	KUNIT_CASE(removal_waits_for_folds),
	KUNIT_CASE(removal_before_free),
	{}
};

static struct kunit_suite removal_suite = {
	.name = "statsfs_removal",
	.test_cases = removal_cases,
};

kunit_test_suite(removal_suite);
