// SPDX-License-Identifier: GPL-2.0
/*
 * Random changes of a tree, and a model of it that is too simple to be wrong:
 * bit masks, searched from the beginning for every question.  The seed is
 * printed; statsfs_kunit.seed= on the command line gives the same changes
 * again.
 */

#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "helpers.h"

static unsigned int seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "Seed of the random changes; 0: another one each time");

static unsigned int steps = 10000;
module_param(steps, uint, 0444);
MODULE_PARM_DESC(steps, "Number of random changes");

#define NR_NODES	16
#define NR_TABLES	4
#define NR_VALUES	3
#define MAX_ITEMS	64

#define KINDS		6

static const struct statsfs_value tables[NR_TABLES][NR_VALUES] = {
	{
		{ "a0", STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
		{ "a1", STAT_TYPE_S8, STAT_AGGR_MIN | STAT_AGGR_MAX, 0644, 8 },
		{ "a2", STAT_TYPE_U32, STAT_AGGR_MAX, 0644, 16, STAT_KIND_PEAK },
	}, {
		{ "b0", STAT_TYPE_S64, (1 << KINDS) - 1, 0644, 0 },
		{ "b1", STAT_TYPE_U16, STAT_AGGR_AVG, 0444, 8 },
		{ "b2", STAT_TYPE_BOOL, STAT_AGGR_SUM | STAT_AGGR_COUNT_NONZERO,
		  0644, 16 },
	}, {
		/* Clashes with the one before. */
		{ "b0_max", STAT_TYPE_U8, STAT_AGGR_SUM, 0600, 0 },
		{ "c1", STAT_TYPE_S16, STAT_AGGR_COUNT_ZERO, 0644, 8 },
		{ "c2", STAT_TYPE_S32, STAT_AGGR_NONE, 0644, 16 },
	}, {
		/* Differs from the first in one mode only. */
		{ "a0", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0 },
		{ "d1", STAT_TYPE_U64, STAT_AGGR_AVG | STAT_AGGR_MIN, 0644, 8 },
		{ "d2", STAT_TYPE_S64, STAT_AGGR_AVG, 0444, 16,
		  STAT_KIND_INSTANT },
	},
};

static const char * const suffixes[KINDS] = {
	"_sum", "_min", "_max", "_avg", "_count_zero", "_count_nonzero",
};

/* Names of sources; the last ones clash with files. */
static const char * const node_names[] = {
	"kunit0", "kunit1", "kunit2", "kunit3", "kunit4", "kunit5", "kunit6",
	"kunit7", "kunit8", "kunit9", "kunit10", "kunit11", "kunit12", "kunit13",
	"kunit14", "kunit15", "kunit16", "kunit17", "kunit18", "kunit19",
	"a0", "a1_max", "b0_avg", "b1", "c1",
};

/* A file that a table can have in a directory: a value, or an aggregate. */
struct item {
	char name[20];
	int table;
	int value;
	enum statsfs_aggr kind;	/* 0 for the value */
};

/* The structure; bits are nodes or tables. */
struct tree {
	u32 children[NR_NODES];
	u32 groups[NR_NODES];
	u32 boundary;
	u32 registered;
	u8 name[NR_NODES];
};

/* What a table describes: its numbers can be told to have been restarted. */
struct memory {
	u64 value[NR_VALUES];
	struct u64_stats_sync sync;
};

/* A source, its memory, and what must be there and be shown. */
struct node {
	struct statsfs_source *source;
	struct memory memory[NR_TABLES];
	u64 raw[NR_TABLES][NR_VALUES];
	u64 shown[NR_TABLES][NR_VALUES];
};

struct model {
	struct kunit *test;
	struct rnd_state rnd;
	struct tree tree;
	struct node node[NR_NODES];
	struct item item[MAX_ITEMS];
	int nr_items;
	unsigned int step;
	unsigned int refused[2];	/* -ELOOP, -EEXIST */
	unsigned int folds;		/* compared aggregates of several leaves */
	unsigned int paths;		/* compared texts */
};

#define MODEL_EXPECT(model, expected, got, fmt, ...)			\
	KUNIT_ASSERT_EQ_MSG((model)->test, expected, got,		\
			    "step %u: " fmt, (model)->step, ##__VA_ARGS__)

static u32 random_below(struct model *model, u32 end)
{
	return prandom_u32_state(&model->rnd) % end;
}

static u64 random_u64(struct model *model)
{
	u64 high = prandom_u32_state(&model->rnd);

	return high << 32 | prandom_u32_state(&model->rnd);
}

/* What the structure implies */

static const char *name_of(const struct tree *tree, int node)
{
	return node_names[tree->name[node]];
}

/* All nodes below @nodes, and they themselves. */
static u32 all_below(const struct tree *tree, u32 nodes)
{
	u32 before;
	int i;

	do {
		before = nodes;
		for (i = 0; i < NR_NODES; i++)
			if (nodes & BIT(i))
				nodes |= tree->children[i];
	} while (nodes != before);
	return nodes;
}

static bool is_reachable(const struct tree *tree, int node)
{
	return all_below(tree, tree->registered) & BIT(node);
}

/* The nodes that are folded in @dir for @table. */
static u32 leaves_of(const struct tree *tree, int dir, int table)
{
	u32 found = tree->children[dir], before;
	u32 leaves = 0;
	int i;

	do {
		before = found;
		for (i = 0; i < NR_NODES; i++)
			if (found & BIT(i) & ~tree->boundary)
				found |= tree->children[i];
	} while (found != before);
	for (i = 0; i < NR_NODES; i++)
		if ((found & BIT(i)) && (tree->groups[i] & BIT(table)))
			leaves |= BIT(i);
	return leaves;
}

static bool has_item(const struct tree *tree, int dir, const struct item *item)
{
	bool own = tree->groups[dir] & BIT(item->table);

	if (!item->kind)
		return own;
	return !own && leaves_of(tree, dir, item->table);
}

static const struct item *find_item(const struct model *model,
				    const struct tree *tree, int dir,
				    const char *name)
{
	int i;

	for (i = 0; i < model->nr_items; i++)
		if (!strcmp(model->item[i].name, name) &&
		    has_item(tree, dir, &model->item[i]))
			return &model->item[i];
	return NULL;
}

static bool have_other_names(const struct tree *tree, u32 nodes)
{
	int i, j;

	for (i = 0; i < NR_NODES; i++)
		for (j = 0; j < i; j++)
			if ((nodes & BIT(i)) && (nodes & BIT(j)) &&
			    tree->name[i] == tree->name[j])
				return false;
	return true;
}

/* Whether all names in @dir are different. */
static bool dir_is_valid(const struct model *model, const struct tree *tree,
			 int dir)
{
	int i;

	if (!have_other_names(tree, tree->children[dir]))
		return false;
	for (i = 0; i < model->nr_items; i++)
		if (has_item(tree, dir, &model->item[i]) &&
		    find_item(model, tree, dir, model->item[i].name) !=
		    &model->item[i])
			return false;
	for (i = 0; i < NR_NODES; i++)
		if ((tree->children[dir] & BIT(i)) &&
		    find_item(model, tree, dir, name_of(tree, i)))
			return false;
	return true;
}

/* The structure becomes @next if its names are different everywhere. */
static int model_change(struct model *model, const struct tree *next)
{
	bool valid = have_other_names(next, next->registered);
	int i;

	for (i = 0; valid && i < NR_NODES; i++)
		valid = dir_is_valid(model, next, i);
	if (!valid) {
		model->refused[1]++;
		return -EEXIST;
	}
	model->tree = *next;
	return 0;
}

/* Changes of the structure */

static void step_add(struct model *model)
{
	int parent = random_below(model, NR_NODES);
	int child = random_below(model, NR_NODES);
	struct tree next = model->tree;
	int err;

	next.children[parent] |= BIT(child);
	if (all_below(&model->tree, BIT(child)) & BIT(parent)) {
		err = -ELOOP;
		model->refused[0]++;
	} else if (model->tree.children[parent] & BIT(child)) {
		err = -EEXIST;
	} else {
		err = model_change(model, &next);
	}
	MODEL_EXPECT(model, err,
		     statsfs_source_add_subordinate(model->node[parent].source,
						    model->node[child].source),
		     "add %d to %d", child, parent);
}

static void step_remove_subordinate(struct model *model)
{
	int parent = random_below(model, NR_NODES);
	int child = random_below(model, NR_NODES);
	u32 *children = &model->tree.children[parent];
	int err = *children & BIT(child) ? 0 : -ENOENT;

	*children &= ~BIT(child);
	MODEL_EXPECT(model, err,
		     statsfs_source_remove_subordinate(model->node[parent].source,
						       model->node[child].source),
		     "remove %d from %d", child, parent);
}

/* Takes @node out of all directories of the model. */
static int model_remove(struct model *model, int node)
{
	int err = -ENOENT;
	int i;

	if (model->tree.registered & BIT(node))
		err = 0;
	model->tree.registered &= ~BIT(node);
	for (i = 0; i < NR_NODES; i++) {
		if (model->tree.children[i] & BIT(node))
			err = 0;
		model->tree.children[i] &= ~BIT(node);
	}
	return err;
}

static void step_remove(struct model *model)
{
	int node = random_below(model, NR_NODES);

	MODEL_EXPECT(model, model_remove(model, node),
		     statsfs_source_remove(model->node[node].source),
		     "remove %d", node);
}

static void step_register(struct model *model)
{
	int node = random_below(model, NR_NODES);
	struct tree next = model->tree;
	int err = -EEXIST;

	next.registered |= BIT(node);
	if (!(model->tree.registered & BIT(node)))
		err = model_change(model, &next);
	MODEL_EXPECT(model, err,
		     statsfs_source_register(model->node[node].source),
		     "register %d", node);
}

static void step_unregister(struct model *model)
{
	int node = random_below(model, NR_NODES);
	int err = model->tree.registered & BIT(node) ? 0 : -ENOENT;

	model->tree.registered &= ~BIT(node);
	MODEL_EXPECT(model, err,
		     statsfs_source_unregister(model->node[node].source),
		     "unregister %d", node);
}

static void step_rename(struct model *model)
{
	int node = random_below(model, NR_NODES);
	struct tree next = model->tree;

	next.name[node] = random_below(model, ARRAY_SIZE(node_names));
	MODEL_EXPECT(model, model_change(model, &next),
		     statsfs_source_rename(model->node[node].source, "%s\n",
					   name_of(&next, node)),
		     "rename %d to %s", node, name_of(&next, node));
}

static int table_sample(void *data, void *sample)
{
	memcpy(sample, data, sizeof(u64) * NR_VALUES);
	return 0;
}

static int table_reset(void *data, int offset)
{
	memset(data + offset, 0, sizeof(u64));
	return 0;
}

static const struct statsfs_sampler table_sampler = {
	.size = sizeof(u64) * NR_VALUES,
	.sample = table_sample,
	.reset = table_reset,
};

static void step_values(struct model *model)
{
	int node = random_below(model, NR_NODES);
	int table = random_below(model, 1 + random_below(model, NR_TABLES));
	struct node *n = &model->node[node];
	struct tree next = model->tree;
	int expected = -EEXIST, err;

	next.groups[node] |= BIT(table);
	if (!(model->tree.groups[node] & BIT(table)))
		expected = model_change(model, &next);
	if (random_below(model, 3))
		err = statsfs_source_add_values_sync(n->source, tables[table],
						     NR_VALUES,
						     &n->memory[table],
						     offsetof(struct memory, sync));
	else
		err = statsfs_source_add_sampled(n->source, tables[table],
						 NR_VALUES, &table_sampler,
						 &n->memory[table]);
	MODEL_EXPECT(model, expected, err, "table %d for %d", table, node);
}

static void node_release(struct node *node)
{
	statsfs_source_put(node->source);
	memset(node, 0, sizeof(*node));
}

static void node_create(struct model *model, int node)
{
	struct statsfs_source *source;
	int table, value;
	u64 number;

	model->tree.name[node] = random_below(model, ARRAY_SIZE(node_names));
	source = statsfs_source_create("%s", name_of(&model->tree, node));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(model->test, source);
	model->node[node].source = source;
	model->tree.boundary &= ~BIT(node);
	if (!random_below(model, 4)) {
		MODEL_EXPECT(model, 0, statsfs_source_set_boundary(source),
			     "boundary %d", node);
		model->tree.boundary |= BIT(node);
	}
	for (table = 0; table < NR_TABLES; table++) {
		u64_stats_init(&model->node[node].memory[table].sync);
		for (value = 0; value < NR_VALUES; value++) {
			/* Room for counting up a u64. */
			number = tst_cast(tables[table][value].type,
					  random_u64(model) >> 2);
			tst_store(tables[table][value].type,
				  &model->node[node].memory[table].value[value],
				  number);
			model->node[node].raw[table][value] = number;
			model->node[node].shown[table][value] = number;
		}
	}
}

/* A new source in the place of one that nobody has any more. */
static void step_replace(struct model *model)
{
	int node = random_below(model, NR_NODES);
	u32 parents = 0;
	int i;

	for (i = 0; i < NR_NODES; i++)
		if (model->tree.children[i] & BIT(node))
			parents |= BIT(i);
	/* The last put unregisters. */
	if (parents)
		statsfs_source_remove(model->node[node].source);
	model_remove(model, node);
	model->tree.children[node] = 0;
	model->tree.groups[node] = 0;
	node_release(&model->node[node]);
	node_create(model, node);
}

/* Changes of numbers */

/* Whether a reset stores 0 there. */
static bool is_stored(const struct statsfs_value *value)
{
	return value->kind == STAT_KIND_PEAK || value->type == STAT_TYPE_BOOL;
}

static void step_count(struct model *model)
{
	int node = random_below(model, NR_NODES);
	int table = random_below(model, NR_TABLES);
	int i = random_below(model, NR_VALUES);
	const struct statsfs_value *value = &tables[table][i];
	u64 *raw = &model->node[node].raw[table][i];
	u64 *shown = &model->node[node].shown[table][i];
	u64 more = random_u64(model) >> random_below(model, 64);

	if (is_stored(value)) {
		*raw = tst_cast(value->type, more);
		*shown = *raw;
	} else {
		/* A u64 that wraps is one that was restarted. */
		if (value->type == STAT_TYPE_U64)
			more >>= 20;
		*raw = tst_cast(value->type, *raw + more);
		*shown = tst_cast(value->type, *shown + more);
	}
	tst_store(value->type, &model->node[node].memory[table].value[i], *raw);
}

static void expect_item(struct model *model, int dir, const struct item *item);

/* The owner of a u64 restarts it, and somebody sees that at once. */
static void step_restart(struct model *model)
{
	int node = random_below(model, NR_NODES);
	const struct item *item = &model->item[0];
	u64 *raw = &model->node[node].raw[item->table][item->value];
	u64 *shown = &model->node[node].shown[item->table][item->value];
	u64 before = *raw - *shown;

	if (!is_reachable(&model->tree, node) ||
	    !has_item(&model->tree, node, item))
		return;
	*raw = random_u64(model) >> random_below(model, 64) >> 2;
	*shown = *raw < before ? 0 : *raw - before;
	tst_store(STAT_TYPE_U64,
		  &model->node[node].memory[item->table].value[item->value], *raw);
	expect_item(model, node, item);
}

static void model_reset(struct model *model, int node, const struct item *item)
{
	const struct statsfs_value *value = &tables[item->table][item->value];

	model->node[node].shown[item->table][item->value] = 0;
	if (is_stored(value))
		model->node[node].raw[item->table][item->value] = 0;
}

static void step_reset(struct model *model)
{
	int dir = random_below(model, NR_NODES);
	const struct item *item =
		&model->item[random_below(model, model->nr_items)];
	const char *name = item->name;
	u32 leaves = BIT(dir);
	int err = 0, i;

	item = find_item(model, &model->tree, dir, name);
	if (!is_reachable(&model->tree, dir))
		err = -ENODEV;
	else if (!item)
		err = -ENOENT;
	else if (!(tables[item->table][item->value].mode & 0222))
		err = -EACCES;
	if (item && item->kind)
		leaves = leaves_of(&model->tree, dir, item->table);
	for (i = 0; !err && i < NR_NODES; i++)
		if (leaves & BIT(i))
			model_reset(model, i, item);
	MODEL_EXPECT(model, err,
		     statsfs_source_reset(model->node[dir].source, name),
		     "reset %s of %d", name, dir);
}

/* Comparison */

/* What a file must show. */
static u64 model_number(struct model *model, int dir, const struct item *item)
{
	enum statsfs_type type = tables[item->table][item->value].type;
	u32 leaves = leaves_of(&model->tree, dir, item->table);
	u64 numbers[NR_NODES];
	int nr = 0, i;

	if (!item->kind)
		return model->node[dir].shown[item->table][item->value];
	for (i = 0; i < NR_NODES; i++)
		if (leaves & BIT(i))
			numbers[nr++] =
				model->node[i].shown[item->table][item->value];
	model->folds += nr > 1;
	return tst_fold(type, item->kind, numbers, nr);
}

static void expect_item(struct model *model, int dir, const struct item *item)
{
	const char *name = item->name;
	int err = 0;
	u64 number;

	item = find_item(model, &model->tree, dir, name);
	if (!is_reachable(&model->tree, dir))
		err = -ENODEV;
	else if (!item)
		err = -ENOENT;
	MODEL_EXPECT(model, err,
		     statsfs_source_read(model->node[dir].source, name,
					 &number),
		     "reading %s of %d", name, dir);
	if (!err)
		MODEL_EXPECT(model, model_number(model, dir, item), number,
			     "%s of %d", name, dir);
}

static void expect_dir(struct model *model, int dir)
{
	int i;

	for (i = 0; i < model->nr_items; i++)
		expect_item(model, dir, &model->item[i]);
}

/* No byte of memory has another value than its owner or a reset gave it. */
static void expect_memory(struct model *model, int node)
{
	int table, value;
	u64 memory;

	for (table = 0; table < NR_TABLES; table++) {
		for (value = 0; value < NR_VALUES; value++) {
			memory = 0;
			tst_store(tables[table][value].type, &memory,
				  model->node[node].raw[table][value]);
			MODEL_EXPECT(model, memory,
				     model->node[node].memory[table].value[value],
				     "memory of %d: %s", node,
				     tables[table][value].name);
		}
	}
}

static void expect_all(struct model *model)
{
	int i;

	for (i = 0; i < NR_NODES; i++) {
		expect_dir(model, i);
		expect_memory(model, i);
	}
}

/* The text of @file is that of @item in @dir. */
static void expect_text(struct model *model, struct file *file, int dir,
			const struct item *item)
{
	enum statsfs_type type = tables[item->table][item->value].type;
	bool is_signed = type >= STAT_TYPE_S8 &&
		item->kind < STAT_AGGR_COUNT_ZERO;
	u64 number = model_number(model, dir, item);
	char text[32] = "", wanted[32];
	loff_t pos = 0;

	snprintf(wanted, sizeof(wanted), is_signed ? "%lld\n" : "%llu\n",
		 number);
	tst_read(file, text, sizeof(text) - 1, &pos);
	model->paths++;
	KUNIT_ASSERT_STREQ_MSG(model->test, wanted, text, "step %u: %s of %d",
			       model->step, item->name, dir);
}

/* One of @nodes, by chance. */
static int random_of(struct model *model, u32 nodes)
{
	int node;

	do {
		node = random_below(model, NR_NODES);
	} while (!(nodes & BIT(node)));
	return node;
}

static bool has_child(const struct tree *tree, int dir, const char *name)
{
	int i;

	for (i = 0; i < NR_NODES; i++)
		if ((tree->children[dir] & BIT(i)) &&
		    !strcmp(name_of(tree, i), name))
			return true;
	return false;
}

/* A name in a directory that is found by path: perhaps a file, perhaps not. */
static void expect_path(struct model *model)
{
	char path[(NR_NODES + 3) * 8];
	const struct item *item;
	struct file *file;
	const char *name;
	int dir, len;

	if (!model->tree.registered)
		return;
	dir = random_of(model, model->tree.registered);
	len = snprintf(path, sizeof(path), "/%s", name_of(&model->tree, dir));
	while (model->tree.children[dir] && random_below(model, 4)) {
		dir = random_of(model, model->tree.children[dir]);
		len += snprintf(path + len, sizeof(path) - len, "/%s",
				name_of(&model->tree, dir));
	}
	name = model->item[random_below(model, model->nr_items)].name;
	snprintf(path + len, sizeof(path) - len, "/%s", name);
	item = find_item(model, &model->tree, dir, name);

	file = tst_try_open(model->test, path, O_RDONLY);
	MODEL_EXPECT(model, item || has_child(&model->tree, dir, name) ? 0 : -ENOENT,
		     PTR_ERR_OR_ZERO(file), "%s", path);
	if (item)
		expect_text(model, file, dir, item);
	if (!IS_ERR(file))
		tst_close(file);
}

/* All together */

static void (* const changes[])(struct model *model) = {
	step_add, step_add, step_add, step_add, step_add, step_add, step_add,
	step_add, step_remove_subordinate, step_remove, step_register,
	step_register, step_unregister, step_rename, step_rename, step_values,
	step_values, step_values, step_replace, step_count, step_count,
	step_count, step_count, step_restart, step_reset, step_reset,
};

static void model_add_item(struct model *model, int table, int value,
			   enum statsfs_aggr kind, const char *suffix)
{
	struct item *item = &model->item[model->nr_items++];

	item->table = table;
	item->value = value;
	item->kind = kind;
	snprintf(item->name, sizeof(item->name), "%s%s",
		 tables[table][value].name, suffix);
}

static void model_add_items(struct model *model, int table, int value)
{
	const struct statsfs_value *v = &tables[table][value];
	bool first = true;
	int i;

	model_add_item(model, table, value, 0, "");
	for (i = 0; i < KINDS; i++) {
		if (!(v->aggr_kind & BIT(i)))
			continue;
		model_add_item(model, table, value, BIT(i),
			       first ? "" : suffixes[i]);
		first = false;
	}
}

static void model_end(struct kunit_resource *res)
{
	struct model *model = res->data;
	int i;

	for (i = 0; i < NR_NODES; i++) {
		statsfs_source_remove(model->node[i].source);
		statsfs_source_put(model->node[i].source);
	}
}

static struct model *model_create(struct kunit *test, u32 with_seed)
{
	struct model *model = tst_alloc(test, sizeof(*model));
	int i, j;

	model->test = test;
	prandom_seed_state(&model->rnd, with_seed);
	tst_at_end(test, model_end, model);
	for (i = 0; i < NR_TABLES; i++)
		for (j = 0; j < NR_VALUES; j++)
			model_add_items(model, i, j);
	for (i = 0; i < NR_NODES; i++)
		node_create(model, i);
	return model;
}

static void random_tree(struct kunit *test)
{
	u32 this_seed = seed ?: get_random_u32();
	struct model *model;

	kunit_info(test, "statsfs_kunit.seed=%u statsfs_kunit.steps=%u\n",
		   this_seed, steps);
	tst_mount(test);
	model = model_create(test, this_seed);
	for (; model->step < steps; model->step++) {
		changes[random_below(model, ARRAY_SIZE(changes))](model);
		expect_dir(model, random_below(model, NR_NODES));
		expect_path(model);
		if (model->step % 16 == 0)
			expect_all(model);
		if (model->step % 512 == 0)
			tst_snapshot_check(test, "/");
	}
	expect_all(model);
	kunit_info(test, "%u cycles and %u clashes refused, %u folds and %u paths compared\n",
		   model->refused[0], model->refused[1], model->folds,
		   model->paths);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE(random_tree),
	{}
};

static struct kunit_suite random_suite = {
	.name = "statsfs_random",
	.test_cases = random_cases,
};

kunit_test_suite(random_suite);
