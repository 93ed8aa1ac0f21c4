// SPDX-License-Identifier: GPL-2.0
/*
 * What is in a directory: subordinates, files of its own groups, and files of
 * the aggregates of groups below.  See tree.c for the locks.
 */

#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

struct statsfs_group *statsfs_group_find(struct statsfs_source *source,
					 const struct statsfs_schema *schema)
{
	struct statsfs_group *group;

	for_each_group(group, source)
		if (group->schema == schema)
			return group;
	return NULL;
}

/* Finds a set, also one that is only being prepared. */
struct statsfs_aggr_set *statsfs_aggr_find(struct statsfs_source *source,
					   const struct statsfs_schema *schema)
{
	struct statsfs_aggr_set *set;

	for_each_aggr(set, source)
		if (set->schema == schema)
			return set;
	return NULL;
}

/* Whether the parents of @source count it for @schema. */
bool statsfs_source_provides(struct statsfs_source *source,
			     const struct statsfs_schema *schema)
{
	struct statsfs_aggr_set *set;

	if (source->closed)
		return false;
	if (statsfs_group_find(source, schema))
		return true;
	if (source->boundary)
		return false;
	set = statsfs_aggr_find(source, schema);
	return set && set->nr_children;
}

/*
 * Subordinates are ordered by name and tag.  One without a tag is alone in having
 * its name, so that whoever asks for it with any tag finds it.
 */
int statsfs_edge_cmp(const char *name, const struct statsfs_ns *ns,
		     const struct statsfs_edge *edge)
{
	int cmp = strcmp(name, topo_dereference(edge->child->name));

	if (cmp || !ns || statsfs_source_visible(edge->child, ns))
		return cmp;
	return ns < statsfs_ns(edge->child) ? -1 : 1;
}

/*
 * Finds a subordinate by name: one that @ns shows, or with NULL any.  Under RCU
 * the result needs topo_seq.
 */
static struct statsfs_edge *find_edge(struct statsfs_source *dir,
				      const char *name,
				      const struct statsfs_ns *ns)
{
	struct rb_node *node = rcu_dereference_raw(statsfs_dir(dir)->names.rb_node);

	while (node) {
		struct statsfs_edge *edge =
			rb_entry(node, struct statsfs_edge, by_name);
		int cmp = statsfs_edge_cmp(name, ns, edge);

		if (!cmp)
			return edge;
		node = cmp < 0 ? rcu_dereference_raw(node->rb_left) :
				 rcu_dereference_raw(node->rb_right);
	}
	return NULL;
}

/*
 * Finds a value or aggregate by name, except those of the schema @except.
 * With @prepared, aggregates that are only being prepared count.
 */
static const struct statsfs_item *
find_item(struct statsfs_source *dir, const char *name,
	  const struct statsfs_schema *except, bool prepared,
	  struct statsfs_schema **schema)
{
	const struct statsfs_item *item;
	struct statsfs_group *group;
	struct statsfs_aggr_set *set;

	for_each_group(group, dir) {
		*schema = group->schema;
		if (*schema == except)
			continue;
		item = statsfs_schema_lookup(*schema, true, name);
		if (item)
			return item;
	}
	for_each_aggr(set, dir) {
		*schema = set->schema;
		if (*schema == except ||
		    !(prepared || READ_ONCE(set->nr_children)) ||
		    statsfs_group_find(dir, *schema))
			continue;
		item = statsfs_schema_lookup(*schema, false, name);
		if (item)
			return item;
	}
	return NULL;
}

/* Whether something in @dir, with the tag @ns, cannot be called @name. */
bool statsfs_name_is_taken(struct statsfs_source *dir, const char *name,
			   const struct statsfs_ns *ns,
			   const struct statsfs_schema *except)
{
	struct statsfs_schema *schema;

	lockdep_assert_held(&statsfs_topo_mutex);
	return find_edge(dir, name, ns) ||
	       find_item(dir, name, except, true, &schema);
}

static bool has_names(struct statsfs_source *dir)
{
	return rcu_access_pointer(dir->groups) ||
	       rcu_access_pointer(statsfs_dir(dir)->aggrs) ||
	       !RB_EMPTY_ROOT(&statsfs_dir(dir)->names);
}

/* Whether the files of @schema, values or aggregates, fit into @dir. */
int statsfs_check_files(struct statsfs_source *dir,
			const struct statsfs_schema *schema, bool own)
{
	unsigned int i = own ? 0 : schema->nr_values;
	unsigned int end = own ? schema->nr_values : schema->nr_items;

	/* Most sources get their values first. */
	if (!has_names(dir))
		return 0;
	for (; i < end; i++)
		if (statsfs_name_is_taken(dir, schema->item[i].name, NULL,
					  schema))
			return -EEXIST;
	return 0;
}

/**
 * statsfs_source_lookup - find a name in a directory
 * @dir: the directory; the caller keeps its memory
 * @name: the name
 * @ns: whose subordinates are seen; NULL: all
 * @entry: result, to be passed to statsfs_entry_put(); its revisions are set
 *	in any case
 *
 * Context: Does not sleep.
 * Return: 0, or -ENOENT.
 */
int statsfs_source_lookup(struct statsfs_source *dir, const char *name,
			  const struct statsfs_ns *ns,
			  struct statsfs_entry *entry)
{
	struct statsfs_edge *edge;
	struct statsfs_schema *schema;
	unsigned int seq;
	bool found;

	guard(rcu)();
retry:
	entry->edge = NULL;
	entry->schema = NULL;
	/*
	 * Pairs with statsfs_ancestors_changed() and statsfs_names_changed():
	 * first the contents change.
	 */
	entry->gen = atomic64_read_acquire(&dir->gen);
	seq = read_seqbegin(&statsfs_topo_seq);
	/* Pairs with statsfs_names_changed(). */
	entry->files_rev = smp_load_acquire(&dir->files_rev);
	edge = find_edge(dir, name, ns);
	entry->item = edge ? NULL : find_item(dir, name, NULL, false, &schema);
	found = edge || entry->item;
	if (read_seqretry(&statsfs_topo_seq, seq))
		goto retry;
	if (!found)
		return -ENOENT;

	/* What has lost its last reference since is gone: look again. */
	if (edge) {
		if (!refcount_inc_not_zero(&edge->ref))
			goto retry;
		entry->edge = edge;
	} else {
		if (!refcount_inc_not_zero(&schema->ref))
			goto retry;
		entry->schema = schema;
	}
	return 0;
}

/* Drops what statsfs_source_lookup() took. */
void statsfs_entry_put(struct statsfs_entry *entry)
{
	if (entry->edge)
		statsfs_edge_put(entry->edge);
	if (entry->schema)
		statsfs_schema_put(entry->schema);
}

/*
 * The first subordinate at or behind @pos that @ns shows, or NULL; its position
 * goes to @pos.  Under RCU.
 */
struct statsfs_edge *statsfs_next_edge(struct statsfs_source *dir,
				       unsigned long *pos,
				       const struct statsfs_ns *ns)
{
	struct xarray *children = &statsfs_dir(dir)->children;
	struct statsfs_edge *edge;

	edge = xa_find(children, pos, ULONG_MAX, XA_PRESENT);
	while (edge && !statsfs_source_visible(edge->child, ns))
		edge = xa_find_after(children, pos, ULONG_MAX, XA_PRESENT);
	return edge;
}

/**
 * statsfs_next_files - next schema that has files in a directory
 * @dir: the directory
 * @id: id of the last one, 0 to begin
 * @own: set to whether its values are shown, else its aggregates
 *
 * Context: Under RCU.
 * Return: the schema with the next higher id, or NULL.
 */
struct statsfs_schema *statsfs_next_files(struct statsfs_source *dir, u32 id,
					  bool *own)
{
	struct statsfs_schema *next = NULL;
	struct statsfs_group *group;
	struct statsfs_aggr_set *set;

	for_each_group(group, dir) {
		if (group->schema->id <= id ||
		    (next && group->schema->id >= next->id))
			continue;
		next = group->schema;
		*own = true;
	}
	for_each_aggr(set, dir) {
		if (set->schema->id <= id || !READ_ONCE(set->nr_children) ||
		    (next && set->schema->id >= next->id))
			continue;
		next = set->schema;
		*own = false;
	}
	return next;
}

/* Aggregates and generations of the directories above */

static struct statsfs_aggr_set *prepared_take(struct statsfs_prepared *prep)
{
	struct statsfs_aggr_set *set = prep->sets;

	prep->needed++;
	if (set) {
		prep->sets = rcu_access_pointer(set->next);
		prep->nr--;
	} else {
		prep->missing = true;
	}
	return set;
}

/* Allocates what the last attempt needed, for another one. */
int statsfs_prepared_alloc(struct statsfs_prepared *prep)
{
	for (; prep->nr < prep->needed; prep->nr++) {
		struct statsfs_aggr_set *set = kzalloc_obj(*set, GFP_KERNEL);

		if (!set)
			return -ENOMEM;
		RCU_INIT_POINTER(set->next, prep->sets);
		prep->sets = set;
	}
	prep->needed = 0;
	prep->missing = false;
	return 0;
}

void statsfs_prepared_free(struct statsfs_prepared *prep)
{
	while (prep->sets) {
		struct statsfs_aggr_set *set = prep->sets;

		prep->sets = rcu_access_pointer(set->next);
		kfree(set);
	}
}

/* Puts the empty set of @schema into @dir, where nobody sees it yet. */
static void add_empty_set(struct statsfs_source *dir,
			  struct statsfs_schema *schema, struct statsfs_prepared *prep)
{
	struct statsfs_aggr_set *set = prepared_take(prep);

	if (!set)
		return;
	refcount_inc(&schema->ref);
	set->schema = schema;
	RCU_INIT_POINTER(set->next,
			 rcu_access_pointer(statsfs_dir(dir)->aggrs));
	rcu_assign_pointer(statsfs_dir(dir)->aggrs, set);
}

/*
 * Makes room for @schema in the directories of @walk and above: an empty set
 * in each where it would appear for the first time.  Fails before anything can
 * be seen: -EEXIST for a name that is taken.  If @prep has too few sets, it
 * knows then how many are needed.  In any case the list is empty then.
 */
int statsfs_aggrs_prepare(struct statsfs_walk *walk,
			  struct statsfs_schema *schema,
			  struct statsfs_prepared *prep)
{
	struct statsfs_source *dir;
	int err = 0;

	lockdep_assert_held(&statsfs_topo_mutex);
	for_each_in_walk(dir, walk) {
		bool own = statsfs_group_find(dir, schema);

		if (dir == &statsfs_root || statsfs_aggr_find(dir, schema))
			continue;
		if (!own)
			err = statsfs_check_files(dir, schema, false);
		if (err)
			break;
		add_empty_set(dir, schema, prep);
		if (!own && !dir->boundary)
			statsfs_walk_add_parents(walk, dir);
	}
	statsfs_walk_end(walk);
	return err;
}

/* One more or fewer subordinate of @dir provides @schema. */
static void aggr_count_one(struct statsfs_source *dir,
			   const struct statsfs_schema *schema, int delta,
			   struct statsfs_walk *walk)
{
	struct statsfs_aggr_set *set;

	if (dir == &statsfs_root)
		return;
	set = statsfs_aggr_find(dir, schema);
	WRITE_ONCE(set->nr_children, set->nr_children + delta);
	if (statsfs_count_turned(set->nr_children, delta))
		statsfs_walk_add(walk, dir);
}

/*
 * One more (@delta is 1) or fewer (-1) subordinate of @dir provides @schema.
 * If it is the first or was the last, files come or go, and the directories
 * above have one more or fewer, too.
 */
void statsfs_aggr_count(struct statsfs_source *dir,
			const struct statsfs_schema *schema, int delta)
{
	struct statsfs_edge *edge;
	struct statsfs_walk walk = {};

	lockdep_assert_held(&statsfs_topo_mutex);
	aggr_count_one(dir, schema, delta, &walk);
	while ((dir = statsfs_walk_take(&walk))) {
		if (statsfs_group_find(dir, schema))
			continue;
		WRITE_ONCE(dir->files_rev, dir->files_rev + 1);
		if (dir->boundary)
			continue;
		hlist_for_each_entry(edge, &dir->parents, parent_link)
			aggr_count_one(edge->parent, schema, delta, &walk);
	}
}

/* Counts everything that @child provides in @parent. */
void statsfs_aggr_count_all(struct statsfs_source *parent,
			    struct statsfs_source *child, int delta)
{
	struct statsfs_group *group;
	struct statsfs_aggr_set *set;

	if (child->closed)
		return;
	for_each_group(group, child)
		statsfs_aggr_count(parent, group->schema, delta);
	if (child->boundary)
		return;
	for_each_aggr(set, child)
		if (set->nr_children && !statsfs_group_find(child, set->schema))
			statsfs_aggr_count(parent, set->schema, delta);
}

/* Takes the plan out of @set, to be put when all locks have been dropped. */
static void plan_drop(struct statsfs_aggr_set *set, struct hlist_head *plans)
{
	struct statsfs_plan *plan;

	plan = unrcu_pointer(xchg(&set->plan, NULL));
	if (plan)
		hlist_add_head(&plan->dropped, plans);
}

static void plans_put(struct hlist_head *plans)
{
	struct statsfs_plan *plan;
	struct hlist_node *tmp;

	hlist_for_each_entry_safe(plan, tmp, plans, dropped)
		statsfs_plan_put(plan);
}

/*
 * After each change, without locks: puts the plans that it dropped, and wakes those
 * who wait for changes.
 */
void statsfs_change_end(struct hlist_head *plans)
{
	plans_put(plans);
	if (wq_has_sleeper(&statsfs_changed))
		/* Exclusive ones, too: they wait for different things. */
		__wake_up(&statsfs_changed, TASK_NORMAL, 0,
			  poll_to_key(EPOLLPRI | EPOLLERR));
}

/* Takes sets that have become, or have remained, empty out of @dir. */
static void sweep_empty_sets(struct statsfs_source *dir,
			     struct hlist_head *plans)
{
	struct statsfs_aggr_set __rcu **link = &statsfs_dir(dir)->aggrs;
	struct statsfs_aggr_set *set;

	while ((set = topo_dereference(*link))) {
		if (set->nr_children) {
			link = &set->next;
			continue;
		}
		rcu_assign_pointer(*link, topo_dereference(set->next));
		plan_drop(set, plans);
		statsfs_schema_put(set->schema);
		kfree_rcu(set, rcu);
	}
}

/* Takes back what statsfs_aggrs_prepare() did for @dir and above. */
void statsfs_aggrs_unprepare(struct statsfs_source *dir)
{
	HLIST_HEAD(plans);
	struct statsfs_walk walk = {};

	lockdep_assert_held(&statsfs_topo_mutex);
	statsfs_walk_add(&walk, dir);
	for_each_in_walk(dir, &walk) {
		sweep_empty_sets(dir, &plans);
		statsfs_walk_add_parents(&walk, dir);
	}
	statsfs_walk_end(&walk);
	WARN_ON_ONCE(!hlist_empty(&plans));
}

/*
 * Ends each change of the structure at @dir: plans of this directory and of
 * those above are dropped, generations grow; up to a tagged one, above which
 * nobody is concerned.
 */
void statsfs_ancestors_changed(struct statsfs_source *dir,
			       struct hlist_head *plans)
{
	struct statsfs_aggr_set *set;
	struct statsfs_walk walk = {};

	lockdep_assert_held(&statsfs_topo_mutex);
	statsfs_walk_add(&walk, dir);
	for_each_in_walk(dir, &walk) {
		/*
		 * After the change, and before plans are taken: pairs with
		 * statsfs_source_lookup() and plan_publish().
		 */
		atomic64_inc_return(&dir->gen);
		sweep_empty_sets(dir, plans);
		for_each_aggr(set, dir)
			plan_drop(set, plans);
		if (statsfs_ns(dir))
			atomic64_inc_return(&statsfs_ns(dir)->gen);
		else
			statsfs_walk_add_parents(&walk, dir);
	}
	statsfs_walk_end(&walk);
}

/*
 * Nobody may still believe that @child is not in @dir, if it is there now.  Other
 * namespaces than that of a tagged one need not know more.
 */
void statsfs_names_changed(struct statsfs_source *dir,
			   const struct statsfs_source *child)
{
	lockdep_assert_held(&statsfs_topo_mutex);
	if (!statsfs_ns(child)) {
		atomic64_inc_return(&dir->gen);
		return;
	}
	/* Pairs with statsfs_source_lookup(). */
	smp_store_release(&dir->files_rev, dir->files_rev + 1);
	atomic64_inc_return(&statsfs_ns(child)->gen);
}

/* Ends a change of the subordinate @child of @dir. */
void statsfs_child_changed(struct statsfs_source *dir,
			   const struct statsfs_source *child,
			   struct hlist_head *plans)
{
	if (statsfs_ns(child))
		statsfs_names_changed(dir, child);
	else
		statsfs_ancestors_changed(dir, plans);
}

/* Drops the plans that are cached for @dir: they can be made again. */
void statsfs_plans_drop(struct statsfs_source *dir)
{
	struct statsfs_aggr_set *set;
	HLIST_HEAD(plans);

	rcu_read_lock();
	for_each_aggr(set, dir)
		plan_drop(set, &plans);
	rcu_read_unlock();
	plans_put(&plans);
}
