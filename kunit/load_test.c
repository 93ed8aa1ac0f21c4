// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the loops that load many numbers: of a group, and of a value of many
 * leaves.  A file of a leaf loads a single number, so what it shows is what the
 * others are compared with.
 */

#include <linux/percpu.h>
#include <linux/random.h>

#include "../internal.h"
#include "helpers.h"

/* A struct with all types: apart from each other, in a row, and in arrays */

#define NR_TYPES	9
#define NR_APART	6	/* the loops take four at a time */
#define NR_TOGETHER	5
#define NR_BUCKETS	7
#define NR_VALUES	(NR_TYPES * (NR_APART + NR_TOGETHER + 1))
#define STRUCT_SIZE	1536

struct table {
	struct statsfs_value value[NR_VALUES];
	char name[NR_VALUES][16];
	unsigned int nr;
	size_t end;
};

static size_t type_size(enum statsfs_type type)
{
	static const u8 sizes[] = { 0, 1, 1, 2, 4, 8, 1, 2, 4, 8 };

	return sizes[type];
}

static void add_value(struct table *t, enum statsfs_type type, int offset,
		      u32 buckets)
{
	snprintf(t->name[t->nr], sizeof(t->name[0]), "v%u", t->nr);
	t->value[t->nr] = (struct statsfs_value) {
		.name = t->name[t->nr],
		.type = type,
		.aggr_kind = STAT_AGGR_SUM,
		.mode = 0644,
		.offset = offset,
		.buckets = buckets,
	};
	t->nr++;
}

static struct table *fill_table(struct kunit *test)
{
	struct table *t = tst_alloc(test, sizeof(*t));
	int type, i;

	for (i = 0; i < NR_APART; i++) {
		for (type = STAT_TYPE_BOOL; type <= STAT_TYPE_S64; type++) {
			add_value(t, type, t->end, 0);
			t->end += 8;
		}
	}
	for (type = STAT_TYPE_BOOL; type <= STAT_TYPE_S64; type++) {
		for (i = 0; i < NR_TOGETHER; i++) {
			add_value(t, type, t->end, 0);
			t->end += type_size(type);
		}
		t->end = ALIGN(t->end, 8);
	}
	for (type = STAT_TYPE_U8; type <= STAT_TYPE_S64; type++) {
		add_value(t, type, t->end, NR_BUCKETS);
		t->end = ALIGN(t->end + NR_BUCKETS * type_size(type), 8);
	}
	KUNIT_ASSERT_LE(test, t->end, (size_t)STRUCT_SIZE);
	return t;
}

static int copy_sample(void *data, void *sample)
{
	memcpy(sample, data, STRUCT_SIZE);
	return 0;
}

static int zero_value(void *data, int offset)
{
	/* Of what is stored there are only booleans. */
	*(u8 *)(data + offset) = 0;
	return 0;
}

static const struct statsfs_sampler copying = {
	.size = STRUCT_SIZE,
	.sample = copy_sample,
	.reset = zero_value,
};

struct load_case {
	const char *desc;
	bool percpu;
	bool sampled;
};

static const struct load_case load_cases[] = {
	{ "plain" },
	{ "per CPU", .percpu = true },
	{ "sampled", .sampled = true },
};

TST_ARRAY_PARAM(load_group, load_cases);

/* A leaf with two copies of the struct below each other, if it has any. */
static void *add_leaf(struct kunit *test, const struct load_case *c,
		      const struct table *t, struct statsfs_source *parent,
		      const char *name)
{
	struct statsfs_source *leaf;
	void __percpu *percpu;
	void *memory;

	if (c->percpu) {
		percpu = tst_percpu(test, STRUCT_SIZE);
		leaf = tst_child(test, parent, name);
		KUNIT_ASSERT_EQ(test, 0, statsfs_source_add_percpu(leaf, t->value,
								   t->nr, percpu));
		return statsfs_percpu_base(percpu);
	}
	memory = tst_alloc(test, STRUCT_SIZE);
	leaf = tst_child(test, parent, name);
	if (c->sampled)
		KUNIT_ASSERT_EQ(test, 0,
				statsfs_source_add_sampled(leaf, t->value, t->nr,
							   &copying, memory));
	else
		KUNIT_ASSERT_EQ(test, 0, statsfs_source_add_values(leaf, t->value,
								   t->nr, memory));
	return memory;
}

static void randomize(const struct load_case *c, void *memory)
{
	int cpu;

	if (!c->percpu) {
		get_random_bytes(memory, STRUCT_SIZE);
		return;
	}
	for_each_possible_cpu(cpu)
		get_random_bytes(statsfs_cpu_base(memory, cpu), STRUCT_SIZE);
}

/* All that is loaded together is what is loaded one by one, also after resets. */
static void load_group(struct kunit *test)
{
	const struct load_case *c = test->param_value;
	struct statsfs_source *root = tst_root(test);
	struct table *t = fill_table(test);
	void *memory[2];
	unsigned int i;

	memory[0] = add_leaf(test, c, t, root, "one");
	memory[1] = add_leaf(test, c, t, root, "two");
	tst_snapshot_check(test, ".");
	for (i = 0; i < 2; i++)
		randomize(c, memory[i]);
	tst_snapshot_check(test, ".");
	for (i = 0; i < t->nr; i += 2)
		KUNIT_ASSERT_EQ(test, 0,
				statsfs_source_reset(root, t->name[i]));
	tst_snapshot_check(test, ".");
	/* Some less than they were at the reset, some more. */
	for (i = 0; i < 2; i++)
		randomize(c, memory[i]);
	tst_snapshot_check(test, ".");
	tst_snapshot_check(test, ".");
}

/* One value of many leaves */

#define NR_LEAVES	300	/* several chunks, of several sizes */

struct leaf {
	u64 count;
	s64 balance;
	u32 small;
};

static const struct statsfs_value leaf_table[] = {
	{ "count", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MAX, 0644,
	  offsetof(struct leaf, count) },
	{ "balance", STAT_TYPE_S64, STAT_AGGR_SUM | STAT_AGGR_MIN, 0644,
	  offsetof(struct leaf, balance) },
	{ "small", STAT_TYPE_U32, STAT_AGGR_SUM | STAT_AGGR_COUNT_ZERO, 0644,
	  offsetof(struct leaf, small) },
};

struct leaves {
	struct statsfs_source *root;
	struct statsfs_source *source[NR_LEAVES];
	struct leaf leaf[NR_LEAVES];
};

/* What the aggregates show is what comes of the leaves, one by one. */
static void expect_folds(struct kunit *test, const struct leaves *l, int line)
{
	u64 count = 0, max = 0, balance = 0, small = 0, zero = 0, number;
	s64 min = S64_MAX;
	int i;

	for (i = 0; i < NR_LEAVES; i++) {
		if (!l->source[i])
			continue;
		number = tst_number(test, l->source[i], "count");
		count += number;
		max = max(max, number);
		number = tst_number(test, l->source[i], "balance");
		balance += number;
		min = min_t(s64, min, number);
		number = tst_number(test, l->source[i], "small");
		small += number;
		zero += !number;
	}
	KUNIT_EXPECT_EQ_MSG(test, count, tst_number(test, l->root, "count"),
			    "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, max, tst_number(test, l->root, "count_max"),
			    "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, balance, tst_number(test, l->root, "balance"),
			    "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, (u64)min,
			    tst_number(test, l->root, "balance_min"),
			    "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, small, tst_number(test, l->root, "small"),
			    "line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, zero,
			    tst_number(test, l->root, "small_count_zero"),
			    "line %d", line);
}

static void count_on(struct leaves *l)
{
	int i;

	for (i = 0; i < NR_LEAVES; i++) {
		l->leaf[i].count += i + 1;
		l->leaf[i].balance -= i % 7;
		l->leaf[i].small += i % 3;
	}
}

static void load_leaves(struct kunit *test)
{
	struct leaves *l = tst_alloc(test, sizeof(*l));
	char name[16];
	int i;

	l->root = tst_root(test);
	for (i = 0; i < NR_LEAVES; i++) {
		snprintf(name, sizeof(name), "leaf%d", i);
		l->source[i] = tst_child(test, l->root, name);
		tst_values(test, l->source[i], leaf_table, &l->leaf[i]);
	}
	expect_folds(test, l, __LINE__);
	count_on(l);
	expect_folds(test, l, __LINE__);

	/* One, behind the back of the plan that is there. */
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(l->source[7], "count"));
	expect_folds(test, l, __LINE__);
	count_on(l);
	expect_folds(test, l, __LINE__);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(l->source[7], "balance"));
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(l->source[150], "small"));
	count_on(l);
	expect_folds(test, l, __LINE__);

	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(l->root, "count"));
	TST_EXPECT(test, l->root, "count", 0);
	count_on(l);
	expect_folds(test, l, __LINE__);
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(l->root, "balance"));
	TST_EXPECT(test, l->root, "balance", 0);
	count_on(l);
	expect_folds(test, l, __LINE__);

	/* Owners begin again: on 32 bits nobody can tell. */
	if (BITS_PER_LONG == 64) {
		for (i = 0; i < NR_LEAVES; i += 5)
			l->leaf[i].count = 0;
		/* Who reads the sum first finds it out. */
		KUNIT_EXPECT_GT(test, tst_number(test, l->root, "count"), 0ULL);
		expect_folds(test, l, __LINE__);
		count_on(l);
		expect_folds(test, l, __LINE__);
	}

	/* One goes: a new plan, with what was reset already. */
	statsfs_source_remove(l->source[3]);
	l->source[3] = NULL;
	count_on(l);
	expect_folds(test, l, __LINE__);
}

/* The same of CPUs. */
static void load_percpu_leaves(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "count", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
		{ "peak", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 8,
		  STAT_KIND_PEAK },
	};
	struct leaves *l = tst_alloc(test, sizeof(*l));
	struct statsfs_source *root = tst_root(test), **leaf = l->source;
	u64 __percpu *base = tst_percpu(test, NR_LEAVES * 16);
	u64 count = 0, peak = 0;
	char name[16];
	int i, cpu;

	for (i = 0; i < NR_LEAVES; i++) {
		for_each_possible_cpu(cpu) {
			per_cpu_ptr(base, cpu)[2 * i] = 100 * cpu + i;
			per_cpu_ptr(base, cpu)[2 * i + 1] = i + cpu;
		}
		snprintf(name, sizeof(name), "leaf%d", i);
		leaf[i] = tst_child(test, root, name);
		KUNIT_ASSERT_EQ(test, 0,
				statsfs_source_add_percpu(leaf[i], table,
							  ARRAY_SIZE(table),
							  base + 2 * i));
		count += tst_number(test, leaf[i], "count");
		peak += tst_number(test, leaf[i], "peak");
	}
	TST_EXPECT(test, root, "count", count);
	TST_EXPECT(test, root, "peak", peak);
	count -= tst_number(test, leaf[9], "count");
	KUNIT_EXPECT_EQ(test, 0, statsfs_source_reset(leaf[9], "count"));
	TST_EXPECT(test, root, "count", count);
	/* One that is not of CPUs among them. */
	*per_cpu_ptr(base, 0) += 3;
	tst_values(test, tst_child(test, root, "plain"), table,
		   (u64 *)tst_alloc(test, 16));
	TST_EXPECT(test, root, "count", count + 3);
	count += 3 - tst_number(test, leaf[0], "count");
	statsfs_source_remove(leaf[0]);
	TST_EXPECT(test, root, "count", count);
}

static struct kunit_case load_cases_all[] = {
	KUNIT_CASE_PARAM(load_group, load_group_gen_params),
	KUNIT_CASE(load_leaves),
	KUNIT_CASE(load_percpu_leaves),
	{}
};

static struct kunit_suite load_suite = {
	.name = "statsfs_load",
	.init = tst_mount,
	.test_cases = load_cases_all,
};

kunit_test_suite(load_suite);
