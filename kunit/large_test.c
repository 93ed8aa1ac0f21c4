// SPDX-License-Identifier: GPL-2.0
/*
 * Ten thousand sources of fifty values: in one directory, and five levels deep.
 * What they cost in memory is measured, as long as nobody looks at them.
 */

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

#include "helpers.h"

#define NR_SOURCES	10000
#define NR_VALUES	50
#define MAX_BYTES	256	/* of slab per source */

/* Sources on each level of the deep tree under one of the level above. */
static const int fan_out[] = { 4, 5, 5, 5, 20 };

struct numbers {
	u64 value[NR_VALUES];
};

struct forest {
	struct statsfs_value table[NR_VALUES];
	char names[NR_VALUES][12];
	struct numbers numbers;		/* of every source */
	struct statsfs_source **source;
	unsigned int nr;
	unsigned int room;
	unsigned int leaves;
	unsigned long slab;		/* before there were sources */
};

/* Pages that slab caches have, in bytes. */
static unsigned long slab_bytes(void)
{
	/* Memory that was freed just now may be waiting for RCU. */
	rcu_barrier();
	return (global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) +
		global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B))
	       << PAGE_SHIFT;
}

static void forest_fell(struct forest *forest)
{
	while (forest->nr) {
		statsfs_source_remove(forest->source[--forest->nr]);
		statsfs_source_put(forest->source[forest->nr]);
		cond_resched();
	}
}

static void forest_at_end(struct kunit_resource *res)
{
	struct forest *forest = res->data;

	forest_fell(forest);
	vfree(forest->source);
	vfree(forest);
}

/* From vmalloc(), so that only sources are in slab caches. */
static struct forest *forest_create(struct kunit *test, unsigned int room)
{
	struct forest *forest = vzalloc(sizeof(*forest));
	int i;

	KUNIT_ASSERT_NOT_NULL(test, forest);
	tst_at_end(test, forest_at_end, forest);
	forest->source = vzalloc(array_size(room, sizeof(*forest->source)));
	KUNIT_ASSERT_NOT_NULL(test, forest->source);
	forest->room = room;
	for (i = 0; i < NR_VALUES; i++) {
		snprintf(forest->names[i], sizeof(forest->names[i]),
			 "value%02d", i);
		forest->table[i] = (struct statsfs_value){
			.name = forest->names[i],
			.type = STAT_TYPE_U64,
			.aggr_kind = STAT_AGGR_SUM,
			.mode = 0644,
			.offset = i * sizeof(u64),
		};
		forest->numbers.value[i] = i + 1;
	}
	return forest;
}

static struct statsfs_source *plant(struct kunit *test, struct forest *forest,
				    struct statsfs_source *parent, bool leaf)
{
	struct statsfs_source *source;

	KUNIT_ASSERT_LT(test, forest->nr, forest->room);
	source = statsfs_source_create("source%u", forest->nr);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, source);
	forest->source[forest->nr++] = source;
	if (leaf) {
		forest->leaves++;
		tst_values(test, source, forest->table, &forest->numbers);
	}
	tst_add(test, parent, source);
	cond_resched();
	return source;
}

/* Debugging tools take memory for each object. */
static void expect_slab(struct kunit *test, struct forest *forest)
{
	unsigned long bytes = (slab_bytes() - forest->slab) / forest->nr;

	kunit_info(test, "%lu bytes of slab for each of %u sources\n", bytes,
		   forest->nr);
	if (!IS_ENABLED(CONFIG_KASAN) && !IS_ENABLED(CONFIG_DEBUG_KMEMLEAK))
		KUNIT_EXPECT_LE(test, bytes, (unsigned long)MAX_BYTES);
}

static void expect_sums(struct kunit *test, struct forest *forest,
			struct statsfs_source *dir, unsigned int leaves)
{
	TST_EXPECT(test, dir, "value00", leaves);
	TST_EXPECT(test, dir, "value49", leaves * 50);
}

/* kfree_rcu() takes its time. */
static bool slab_falls_to(unsigned long limit)
{
	int tries;

	for (tries = 0; slab_bytes() > limit && tries < 100; tries++)
		schedule_timeout_uninterruptible(HZ / 10);
	return slab_bytes() <= limit;
}

/*
 * As good as nothing is left when they are gone.  What the allocator keeps for
 * itself does not become more when the same is planted and felled again.
 */
static void expect_felled(struct kunit *test, struct forest *forest,
			  struct statsfs_source *root,
			  void (*plant_all)(struct kunit *test,
					    struct forest *forest,
					    struct statsfs_source *root))
{
	unsigned long little = forest->nr * 16, kept;

	forest_fell(forest);
	TST_EXPECT_ERR(test, root, "value00", -ENOENT);
	if (IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_DEBUG_KMEMLEAK) ||
	    slab_falls_to(forest->slab + little))
		return;
	kept = slab_bytes();
	kunit_info(test, "%lu bytes of slab are kept\n", kept - forest->slab);
	plant_all(test, forest, root);
	forest_fell(forest);
	KUNIT_EXPECT_TRUE_MSG(test, slab_falls_to(kept + little),
			      "%lu bytes more", slab_bytes() - kept);
}

static void plant_directory(struct kunit *test, struct forest *forest,
			    struct statsfs_source *root)
{
	int i;

	for (i = 0; i < NR_SOURCES; i++)
		plant(test, forest, root, true);
}

static void large_directory(struct kunit *test)
{
	struct forest *forest = forest_create(test, NR_SOURCES);
	struct statsfs_source *root = tst_root(test);

	forest->slab = slab_bytes();
	plant_directory(test, forest, root);
	expect_slab(test, forest);
	expect_sums(test, forest, root, NR_SOURCES);
	expect_felled(test, forest, root, plant_directory);
}

static void plant_level(struct kunit *test, struct forest *forest,
			struct statsfs_source *parent, int level)
{
	struct statsfs_source *source;
	bool leaf = level == ARRAY_SIZE(fan_out) - 1;
	int i;

	for (i = 0; i < fan_out[level]; i++) {
		source = plant(test, forest, parent, leaf);
		if (!leaf)
			plant_level(test, forest, source, level + 1);
	}
}

static void plant_tree(struct kunit *test, struct forest *forest,
		       struct statsfs_source *root)
{
	plant_level(test, forest, root, 0);
}

static void large_depth(struct kunit *test)
{
	struct forest *forest = forest_create(test, 2 * NR_SOURCES);
	struct statsfs_source *root = tst_root(test);

	forest->slab = slab_bytes();
	plant_tree(test, forest, root);
	KUNIT_EXPECT_EQ(test, forest->leaves, (unsigned int)NR_SOURCES);
	expect_slab(test, forest);
	expect_sums(test, forest, root, NR_SOURCES);
	expect_sums(test, forest, forest->source[0], NR_SOURCES / 4);

	statsfs_source_remove(forest->source[0]);
	expect_sums(test, forest, root, NR_SOURCES * 3 / 4);
	TST_EXPECT(test, forest->source[forest->nr - 1], "value07", 8);
	tst_add(test, root, forest->source[0]);
	expect_sums(test, forest, root, NR_SOURCES);

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(root, "value00"));
	TST_EXPECT(test, root, "value00", 0);
	TST_EXPECT(test, root, "value01", NR_SOURCES * 2);
	expect_felled(test, forest, root, plant_tree);
}

static struct kunit_case large_cases[] = {
	KUNIT_CASE(large_directory),
	KUNIT_CASE(large_depth),
	{}
};

static struct kunit_suite large_suite = {
	.name = "statsfs_large",
	.test_cases = large_cases,
};

kunit_test_suite(large_suite);
