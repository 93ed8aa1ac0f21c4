// SPDX-License-Identifier: GPL-2.0
/*
 * Sources that belong to a namespace.  Namespaces are made by hand here, so that
 * no network is needed.
 */

#include "../internal.h"
#include "helpers.h"

struct scene {
	struct statsfs_ns *ours;
	struct statsfs_ns *theirs;
	struct statsfs_source *root;
	u64 number;
};

static void ns_at_end(struct kunit_resource *res)
{
	statsfs_ns_put(res->data);
}

static struct statsfs_ns *ns_create(struct kunit *test)
{
	struct statsfs_ns *ns = statsfs_ns_alloc();

	KUNIT_ASSERT_NOT_NULL(test, ns);
	tst_at_end(test, ns_at_end, ns);
	return ns;
}

static struct scene *scene_create(struct kunit *test)
{
	struct scene *scene = tst_alloc(test, sizeof(*scene));

	scene->number = 5;
	scene->ours = ns_create(test);
	scene->theirs = ns_create(test);
	scene->root = tst_root(test);
	return scene;
}

static struct statsfs_source *tagged(struct kunit *test, const char *name,
				     struct statsfs_ns *ns)
{
	struct statsfs_source *source = tst_source(test, "%s", name);

	if (ns)
		KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_ns(source, ns));
	return source;
}

/* What @name is in @dir for @ns: NULL if nothing, or no directory. */
static struct statsfs_source *seen(struct statsfs_source *dir, const char *name,
				   struct statsfs_ns *ns)
{
	struct statsfs_source *source = NULL;
	struct statsfs_entry entry;

	if (statsfs_source_lookup(dir, name, ns, &entry))
		return NULL;
	if (entry.edge)
		source = entry.edge->child;
	statsfs_entry_put(&entry);
	return source;
}

static void ns_one_name(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *ours = tagged(test, "name", s->ours);
	struct statsfs_source *theirs = tagged(test, "name", s->theirs);

	tst_add(test, s->root, ours);
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "name", s->ours), ours);
	KUNIT_EXPECT_NULL(test, seen(s->root, "name", s->theirs));
	tst_add(test, s->root, theirs);
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "name", s->ours), ours);
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "name", s->theirs), theirs);
	statsfs_source_remove(ours);
	KUNIT_EXPECT_NULL(test, seen(s->root, "name", s->ours));
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "name", s->theirs), theirs);
}

/* Many of one name: whichever way they are ordered, each finds its own. */
static void ns_many_of_one_name(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source[20];
	struct statsfs_ns *ns[20];
	char name[8];
	int i;

	for (i = 0; i < ARRAY_SIZE(ns); i++) {
		ns[i] = ns_create(test);
		source[i] = tagged(test, "name", ns[i]);
		tst_add(test, s->root, source[i]);
		snprintf(name, sizeof(name), "other%d", i);
		tst_child(test, s->root, name);
	}
	for (i = 0; i < ARRAY_SIZE(ns); i++)
		KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "name", ns[i]), source[i]);
	KUNIT_EXPECT_NULL(test, seen(s->root, "name", s->ours));
	KUNIT_EXPECT_NOT_NULL(test, seen(s->root, "other7", s->ours));
}

static const struct clash_param {
	const char *desc;
	bool first;		/* has a tag */
	bool second;
} clash_params[] = {
	{ "same tag", true, true },
	{ "tag after none", false, true },
	{ "none after tag", true, false },
};

TST_ARRAY_PARAM(clash, clash_params);

static void ns_clash(struct kunit *test)
{
	const struct clash_param *param = test->param_value;
	struct scene *s = scene_create(test);
	struct statsfs_source *first, *second;

	first = tagged(test, "name", param->first ? s->ours : NULL);
	second = tagged(test, "name", param->second ? s->ours : NULL);
	tst_add(test, s->root, first);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_subordinate(s->root, second));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(second, "free"));
	tst_add(test, s->root, second);
	KUNIT_EXPECT_EQ(test, -EEXIST, statsfs_source_rename(second, "name"));
}

static void ns_clash_with_file(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = tagged(test, TST_NAME, s->ours);

	tst_add(test, s->root, source);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_values(s->root, tst_table, 1,
						  &s->number));
	statsfs_source_remove(source);
	tst_values(test, s->root, tst_table, &s->number);
	KUNIT_EXPECT_EQ(test, -EEXIST,
			statsfs_source_add_subordinate(s->root, source));
}

static void ns_rename(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *ours = tagged(test, "ours", s->ours);
	struct statsfs_source *theirs = tagged(test, "theirs", s->theirs);

	tst_add(test, s->root, ours);
	tst_add(test, s->root, theirs);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_rename(ours, "theirs"));
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "theirs", s->ours), ours);
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "theirs", s->theirs), theirs);
	KUNIT_EXPECT_NULL(test, seen(s->root, "ours", s->ours));
}

/* Leaves below are folded in a tagged source, and nothing of it above. */
static void ns_folds_nothing(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = tagged(test, "source", s->ours);

	tst_leaf(test, source, "leaf", &s->number);
	tst_add(test, s->root, source);
	TST_EXPECT(test, source, TST_NAME, 5);
	TST_EXPECT_ERR(test, s->root, TST_NAME, -ENOENT);
	statsfs_source_remove(source);

	/* Nor its own, be they there before it or not. */
	tst_values(test, source, tst_table, &s->number);
	tst_add(test, s->root, source);
	TST_EXPECT_ERR(test, s->root, TST_NAME, -ENOENT);
	tst_leaf(test, s->root, "another", &s->number);
	TST_EXPECT(test, s->root, TST_NAME, 5);
}

static void ns_takes_no_names(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = tagged(test, "source", s->ours);

	tst_values(test, source, tst_table, &s->number);
	tst_add(test, s->root, source);
	tst_child(test, s->root, TST_NAME);
}

static void ns_folds_no_later_values(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = tagged(test, "source", s->ours);

	tst_add(test, s->root, source);
	tst_values(test, source, tst_table, &s->number);
	TST_EXPECT(test, source, TST_NAME, 5);
	TST_EXPECT_ERR(test, s->root, TST_NAME, -ENOENT);
	KUNIT_EXPECT_EQ(test, -ENOENT, statsfs_source_reset(s->root, TST_NAME));
}

/* What happens in a namespace is no change for others. */
static void ns_generation(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = tagged(test, "source", s->ours);
	u64 gen = atomic64_read(&s->root->gen);
	struct statsfs_source *leaf;

	tst_add(test, s->root, source);
	leaf = tst_leaf(test, source, "leaf", &s->number);
	statsfs_source_rename(source, "renamed");
	statsfs_source_rename(leaf, "renamed");
	statsfs_source_remove(leaf);
	statsfs_source_remove(source);
	KUNIT_EXPECT_EQ(test, gen, (u64)atomic64_read(&s->root->gen));
	KUNIT_EXPECT_GT(test, (u64)atomic64_read(&source->gen), 3ULL);
	tst_child(test, s->root, "untagged");
	KUNIT_EXPECT_LT(test, gen, (u64)atomic64_read(&s->root->gen));
}

static void ns_is_for_ever(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = tagged(test, "source", s->ours);
	struct statsfs_source *late = tst_child(test, s->root, "late");

	KUNIT_EXPECT_EQ(test, -EBUSY, statsfs_source_set_ns(source, s->theirs));
	KUNIT_EXPECT_EQ(test, -EBUSY, statsfs_source_set_ns(late, s->ours));
	tst_add(test, s->root, source);
	KUNIT_EXPECT_NULL(test, seen(s->root, "source", s->theirs));
	KUNIT_EXPECT_PTR_EQ(test, seen(s->root, "late", s->theirs), late);
}

static void ns_references(struct kunit *test)
{
	struct scene *s = scene_create(test);
	struct statsfs_source *source = statsfs_source_create("source");

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_set_ns(source, s->ours));
	KUNIT_EXPECT_EQ(test, refcount_read(&s->ours->ref), 2U);
	statsfs_source_put(source);
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&s->ours->ref), 1U);
}

static void ns_none(struct kunit *test)
{
	struct statsfs_source *source = tst_source(test, "source");

	KUNIT_EXPECT_EQ(test, -EINVAL, statsfs_source_set_net(NULL, NULL));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			statsfs_source_set_net(ERR_PTR(-ENOMEM), NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL, statsfs_source_set_net(source, NULL));
}

static struct kunit_case ns_cases[] = {
	KUNIT_CASE(ns_one_name),
	KUNIT_CASE(ns_many_of_one_name),
	KUNIT_CASE_PARAM(ns_clash, clash_gen_params),
	KUNIT_CASE(ns_clash_with_file),
	KUNIT_CASE(ns_rename),
	KUNIT_CASE(ns_folds_nothing),
	KUNIT_CASE(ns_takes_no_names),
	KUNIT_CASE(ns_folds_no_later_values),
	KUNIT_CASE(ns_generation),
	KUNIT_CASE(ns_is_for_ever),
	KUNIT_CASE(ns_references),
	KUNIT_CASE(ns_none),
	{}
};

static struct kunit_suite ns_suite = {
	.name = "statsfs_ns",
	.test_cases = ns_cases,
};

kunit_test_suite(ns_suite);
