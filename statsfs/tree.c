// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of sources: structure, lifetimes, names.
 *
 * A source is a directory.  An edge is its place under one parent; a source
 * can have several.  A group is a schema at a base: the leaf where numbers
 * really are.  In every directory above a leaf, up to the first boundary, a
 * set of aggregates (struct statsfs_aggr_set) counts how many subordinates
 * provide its schema: a set comes with the first and goes with the last, and
 * only then the directories above it are concerned.  Names of subordinates,
 * values and aggregates of a directory are all different.
 *
 * This tree is the truth; dentries and inodes are a cache over it (inode.c).
 * The root, statsfs_root, is a source like others, but has no aggregates.
 * Sources that belong to a network namespace are described in ns.c.
 *
 * Locks:
 *
 *   topo_mutex		every change of the structure, and every flag and
 *			count that belongs to it.  Under it nobody allocates,
 *			waits, samples or copies to user space, because its
 *			users hold RTNL, disk and hotplug locks.  Readers never
 *			take it.
 *   topo_seq		names: a lookup that overlaps a change tries again, so
 *			that a rename is seen as one step.
 *   RCU		all reading of the structure: edges, groups, sets,
 *			schemas, names and sources are freed after a grace
 *			period.  Nobody waits for one.
 *   group->active	a callback of the group is running.  It may sleep.
 *   fold_lock		per CPU (load.c): memory of plain and per-CPU groups
 *			is being read on this CPU.
 *   baseline->lock	(leaf.c) resets of one group.
 *   snapshot->lock	(snapshot.c) a gathering, and while it is copied to user
 *			space; seen_lock: what its tree was like.  No change
 *			waits for either.
 *   schema_lock	(schema.c) the list of schemas; innermost.
 *
 * Order:
 *
 *   locks of those who add and remove sources
 *     group->active as a writer (draining: waits for callbacks)
 *     topo_mutex
 *       topo_seq
 *       xa_lock of dir->children
 *       schema_lock
 *   snapshot->lock
 *     snapshot->seen_lock
 *   baseline->lock, or snapshot->lock
 *     group->active as a reader
 *       locks that callbacks take
 *     fold_lock
 *
 * Removal:
 *
 *   1. Under topo_mutex the edge is unlinked and marked dead, aggregates are
 *      counted down, plans of all ancestors dropped, their generations grow.
 *      What cannot be reached from the root any more is marked dead:
 *      STATSFS_DEAD is added to the active count of each of its groups.
 *   2. Callbacks that are still running are waited for, without a lock.
 *   3. Each CPU's fold_lock is taken and released: whoever looks at a plain
 *      group from now on sees that it is dead.
 *   4. The references of the edge are dropped.
 *
 * Lifetimes: source->ref counts users of the interface and parents; the last
 * one takes the source out of the tree and frees its groups.  source->mem
 * counts what keeps only the struct: edges and inodes.  The root's edges hold
 * no source->ref: registering is no reason to live.
 */

#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "internal.h"

DEFINE_MUTEX(statsfs_topo_mutex);	/* protects the structure, see above */
DEFINE_SEQLOCK(statsfs_topo_seq);
static DECLARE_WAIT_QUEUE_HEAD(drain_wait);
DECLARE_WAIT_QUEUE_HEAD(statsfs_changed);

#ifdef CONFIG_LOCKDEP
static struct lock_class_key active_key;
static struct lockdep_map active_map =
	STATIC_LOCKDEP_MAP_INIT("statsfs_active", &active_key);
#endif

/* The directory of sources that never had a subordinate: always empty. */
struct statsfs_dir statsfs_no_dir = {
	.children = XARRAY_INIT(statsfs_no_dir.children, XA_FLAGS_ALLOC),
	.names = RB_ROOT,
};

static struct statsfs_dir root_dir = {
	.children = XARRAY_INIT(root_dir.children, XA_FLAGS_ALLOC),
	.names = RB_ROOT,
};

struct statsfs_source statsfs_root = {
	.ref = REFCOUNT_INIT(1),
	.mem = REFCOUNT_INIT(1),
	.nr_live = 1,
	.id = STATSFS_ROOT_ID,
	.boundary = true,
	.dir = RCU_INITIALIZER(&root_dir),
};

/* Walks */

void statsfs_walk_add(struct statsfs_walk *walk, struct statsfs_source *source)
{
	lockdep_assert_held(&statsfs_topo_mutex);
	if (source->walk)
		return;
	source->walk = source;
	if (walk->first)
		walk->last->walk = source;
	else
		walk->first = source;
	walk->last = source;
}

void statsfs_walk_add_parents(struct statsfs_walk *walk,
			      struct statsfs_source *source)
{
	struct statsfs_edge *edge;

	hlist_for_each_entry(edge, &source->parents, parent_link)
		statsfs_walk_add(walk, edge->parent);
}

/* The first one, which may be added again, or NULL. */
struct statsfs_source *statsfs_walk_take(struct statsfs_walk *walk)
{
	struct statsfs_source *source = walk->first;

	if (source) {
		walk->first = statsfs_walk_next(source);
		source->walk = NULL;
	}
	return source;
}

void statsfs_walk_end(struct statsfs_walk *walk)
{
	while (statsfs_walk_take(walk))
		;
}

/* Memory */

static struct kmem_cache *source_cache;

int __init statsfs_tree_init(void)
{
	source_cache = KMEM_CACHE(statsfs_source, 0);
	return source_cache ? 0 : -ENOMEM;
}

/* After rcu_barrier(). */
void statsfs_tree_exit(void)
{
	kmem_cache_destroy(source_cache);
}

/* A source without a name and an id. */
struct statsfs_source *statsfs_source_alloc(void)
{
	struct statsfs_source *source;

	/* A provider that is built in may come earlier. */
	if (WARN_ON_ONCE(!source_cache))
		return NULL;
	source = kmem_cache_zalloc(source_cache, GFP_KERNEL);
	if (source) {
		refcount_set(&source->ref, 1);
		refcount_set(&source->mem, 1);
		RCU_INIT_POINTER(source->dir, &statsfs_no_dir);
	}
	return source;
}

void statsfs_source_get_mem(struct statsfs_source *source)
{
	refcount_inc(&source->mem);
}

static void source_free(struct rcu_head *rcu)
{
	struct statsfs_source *source =
		container_of(rcu, struct statsfs_source, rcu);

	if (statsfs_dir(source) != &statsfs_no_dir) {
		statsfs_ns_put(statsfs_ns(source));
		kfree(statsfs_dir(source));
	}
	kfree(rcu_access_pointer(source->name));
	kmem_cache_free(source_cache, source);
}

/* Drops a reference to the memory of @source.  Any context. */
void statsfs_source_put_mem(struct statsfs_source *source)
{
	if (refcount_dec_and_test(&source->mem))
		call_rcu(&source->rcu, source_free);
}

/* Drops a reference to the memory of @edge.  Any context. */
void statsfs_edge_put(struct statsfs_edge *edge)
{
	if (!refcount_dec_and_test(&edge->ref))
		return;
	statsfs_source_put_mem(edge->parent);
	statsfs_source_put_mem(edge->child);
	kfree_rcu(edge, rcu);
}

/*
 * Drops a reference to the memory of @group.  Whoever reads the baseline has
 * one, or is under fold_lock and saw the group alive.
 */
void statsfs_group_put(struct statsfs_group *group)
{
	if (!refcount_dec_and_test(&group->ref))
		return;
	statsfs_schema_put(group->schema);
	kvfree(group->baseline);
	kfree_rcu(group, rcu);
}

/* Liveness */

/* Whether @source can be reached from the root. */
bool statsfs_source_live(const struct statsfs_source *source)
{
	/* Before what comes next is looked at: pairs with source_count_live(). */
	return smp_load_acquire(&source->nr_live);
}

/* Whether what a dentry found is still there. */
bool statsfs_edge_live(const struct statsfs_edge *edge)
{
	const struct rb_node *node = &edge->by_name;

	/* RB_EMPTY_NODE(), while the tree may be changing. */
	return READ_ONCE(node->__rb_parent_color) != (unsigned long)node &&
	       statsfs_source_live(edge->parent);
}

/**
 * statsfs_group_enter - begin to use the callbacks of a group
 * @group: the group
 *
 * Return: true if its source can be reached: it stays usable until
 * statsfs_group_exit().  Removal waits for that.
 */
bool statsfs_group_enter(struct statsfs_group *group)
{
	if (!atomic_inc_unless_negative(&group->active))
		return false;
	lock_map_acquire_read(&active_map);
	return true;
}

void statsfs_group_exit(struct statsfs_group *group)
{
	lock_map_release(&active_map);
	if (atomic_dec_return(&group->active) == STATSFS_DEAD)
		wake_up_all(&drain_wait);
}

static bool group_is_busy(struct statsfs_group *group)
{
	int active = atomic_read(&group->active);

	return active < 0 && active != STATSFS_DEAD;
}

static void source_set_dead(struct statsfs_source *source, bool dead)
{
	struct statsfs_group *group;

	/* What the owner prepared is there before its group is alive. */
	smp_mb__before_atomic();
	for_each_group(group, source)
		atomic_add(dead ? STATSFS_DEAD : -STATSFS_DEAD, &group->active);
}

/*
 * One more (@delta is 1) or one fewer (-1) live parent of @source.  If that
 * makes a difference, its subordinates have one more or fewer as well.
 */
static void source_count_live(struct statsfs_source *source, int delta)
{
	struct statsfs_walk walk = {};
	struct statsfs_edge *edge;
	unsigned long pos;

	lockdep_assert_held(&statsfs_topo_mutex);
	/*
	 * After all that was done before, also by the owners of numbers: pairs with
	 * statsfs_source_live().
	 */
	smp_store_release(&source->nr_live, source->nr_live + delta);
	if (!statsfs_count_turned(source->nr_live, delta))
		return;
	statsfs_walk_add(&walk, source);
	while ((source = statsfs_walk_take(&walk))) {
		source_set_dead(source, delta < 0);
		xa_for_each(&statsfs_dir(source)->children, pos, edge) {
			struct statsfs_source *child = edge->child;

			/* As above. */
			smp_store_release(&child->nr_live,
					  child->nr_live + delta);
			if (statsfs_count_turned(child->nr_live, delta))
				statsfs_walk_add(&walk, child);
		}
		cond_resched();
	}
	/* Nobody needs to wait for callbacks of what is alive again. */
	if (delta > 0)
		wake_up_all(&drain_wait);
}

/* Finds a group at or below @top that is dead and still in a callback. */
static struct statsfs_group *find_busy_group(struct statsfs_source *top)
{
	struct statsfs_source *source;
	struct statsfs_group *group, *busy = NULL;
	struct statsfs_edge *edge;
	unsigned long pos;
	struct statsfs_walk walk = {};

	guard(mutex)(&statsfs_topo_mutex);
	statsfs_walk_add(&walk, top);
	for_each_in_walk(source, &walk) {
		if (statsfs_source_live(source))
			continue;
		for_each_group(group, source)
			if (group_is_busy(group))
				busy = group;
		if (busy)
			break;
		xa_for_each(&statsfs_dir(source)->children, pos, edge)
			statsfs_walk_add(&walk, edge->child);
		cond_resched();
	}
	statsfs_walk_end(&walk);
	if (busy)
		refcount_inc(&busy->ref);
	return busy;
}

/*
 * Waits until nobody uses the bases and callbacks of what is dead at or below
 * @source.  The caller has marked it dead and dropped topo_mutex.
 */
static void source_drain(struct statsfs_source *source)
{
	struct statsfs_group *group;

	might_sleep();
	lock_map_acquire(&active_map);
	while ((group = find_busy_group(source))) {
		wait_event(drain_wait, !group_is_busy(group));
		statsfs_group_put(group);
	}
	lock_map_release(&active_map);
	statsfs_fold_barrier();
}

/* Edges */

static struct statsfs_edge *edge_alloc(void)
{
	struct statsfs_edge *edge = kzalloc_obj(*edge, GFP_KERNEL);

	if (edge) {
		refcount_set(&edge->ref, 1);
		RB_CLEAR_NODE(&edge->by_name);
	}
	return edge;
}

static void edge_init(struct statsfs_edge *edge, struct statsfs_source *parent,
		      struct statsfs_source *child)
{
	statsfs_source_get_mem(parent);
	statsfs_source_get_mem(child);
	edge->parent = parent;
	edge->child = child;
}

/* Makes the edge visible to lookups.  Under topo_seq. */
static void edge_insert_name(struct statsfs_edge *edge)
{
	struct rb_root *names = &statsfs_dir(edge->parent)->names;
	struct rb_node **link = &names->rb_node, *parent = NULL;
	const char *name = topo_dereference(edge->child->name);
	struct statsfs_ns *ns = statsfs_ns(edge->child);

	while (*link) {
		parent = *link;
		if (statsfs_edge_cmp(name, ns,
				     rb_entry(parent, struct statsfs_edge,
					      by_name)) < 0)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node_rcu(&edge->by_name, parent, link);
	rb_insert_color(&edge->by_name, names);
}

/* Makes the edge invisible to lookups, and its dentries stale. */
static void edge_erase_name(struct statsfs_edge *edge)
{
	rb_erase(&edge->by_name, &statsfs_dir(edge->parent)->names);
	WRITE_ONCE(edge->by_name.__rb_parent_color,
		   (unsigned long)&edge->by_name);
}

/* Puts @edge where readdir finds it; the slot is reserved or has another. */
static void edge_store(struct statsfs_edge *edge)
{
	struct xarray *children = &statsfs_dir(edge->parent)->children;

	WARN_ON_ONCE(xa_err(xa_store(children, edge->pos, edge, 0)));
}

/* Whether @source is @other or below it. */
static bool is_below(struct statsfs_source *source, struct statsfs_source *other)
{
	bool found = false;
	struct statsfs_walk walk = {};

	lockdep_assert_held(&statsfs_topo_mutex);
	if (statsfs_dir(other) == &statsfs_no_dir)
		return source == other;
	statsfs_walk_add(&walk, source);
	for_each_in_walk(source, &walk) {
		found = source == other;
		if (found)
			break;
		statsfs_walk_add_parents(&walk, source);
	}
	statsfs_walk_end(&walk);
	return found;
}

/* Makes room in @parent and above for @schema, if @child provides it. */
static int edge_prepare_schema(struct statsfs_source *parent,
			       struct statsfs_source *child,
			       struct statsfs_schema *schema,
			       struct statsfs_prepared *prep)
{
	struct statsfs_walk walk = {};

	if (!statsfs_source_provides(child, schema))
		return 0;
	statsfs_walk_add(&walk, parent);
	return statsfs_aggrs_prepare(&walk, schema, prep);
}

/*
 * Everything that can fail when @child gets the parent @parent.  0, -ELOOP,
 * -EEXIST, or -EAGAIN if @prep has too few sets.
 */
static int edge_prepare(struct statsfs_source *parent,
			struct statsfs_source *child, struct statsfs_prepared *prep)
{
	struct statsfs_group *group;
	struct statsfs_aggr_set *set;
	int err = 0;

	if (is_below(parent, child))
		return -ELOOP;
	for_each_group(group, child) {
		err = edge_prepare_schema(parent, child, group->schema, prep);
		if (err)
			goto undo;
	}
	for_each_aggr(set, child) {
		err = edge_prepare_schema(parent, child, set->schema, prep);
		if (err)
			goto undo;
	}
	if (statsfs_name_is_taken(parent, topo_dereference(child->name),
				  statsfs_ns(child), NULL))
		err = -EEXIST;
	else if (prep->missing)
		err = -EAGAIN;
undo:
	if (err)
		statsfs_aggrs_unprepare(parent);
	return err;
}

/* Says so at @source and above. */
static void set_has_tagged(struct statsfs_source *source)
{
	struct statsfs_walk walk = {};

	statsfs_walk_add(&walk, source);
	for_each_in_walk(source, &walk) {
		if (source->has_tagged)
			continue;
		WRITE_ONCE(source->has_tagged, true);
		statsfs_walk_add_parents(&walk, source);
	}
	statsfs_walk_end(&walk);
}

/* Puts @edge into the tree, after edge_prepare(). */
static void edge_link(struct statsfs_edge *edge, struct hlist_head *plans)
{
	struct statsfs_source *parent = edge->parent, *child = edge->child;

	lockdep_assert_held(&statsfs_topo_mutex);
	if (parent->nr_live)
		source_count_live(child, 1);
	if (!hlist_empty(&child->parents))
		WRITE_ONCE(child->shared, true);
	if (statsfs_ns(child) || child->has_tagged)
		set_has_tagged(parent);
	hlist_add_head(&edge->parent_link, &child->parents);
	write_seqlock(&statsfs_topo_seq);
	edge_insert_name(edge);
	statsfs_aggr_count_all(parent, child, 1);
	write_sequnlock(&statsfs_topo_seq);
	edge_store(edge);
	statsfs_child_changed(parent, child, plans);
	pr_debug("statsfs: %u (%s): added to %u\n", child->id,
		 topo_dereference(child->name), parent->id);
}

/* Takes @edge out of the tree.  The caller drains, then puts its references. */
static void edge_unlink(struct statsfs_edge *edge, struct hlist_head *plans)
{
	struct statsfs_source *parent = edge->parent, *child = edge->child;

	lockdep_assert_held(&statsfs_topo_mutex);
	write_seqlock(&statsfs_topo_seq);
	edge_erase_name(edge);
	statsfs_aggr_count_all(parent, child, -1);
	write_sequnlock(&statsfs_topo_seq);
	xa_erase(&statsfs_dir(parent)->children, edge->pos);
	hlist_del(&edge->parent_link);
	statsfs_child_changed(parent, child, plans);
	if (parent->nr_live)
		source_count_live(child, -1);
	pr_debug("statsfs: %u (%s): removed from %u\n", child->id,
		 topo_dereference(child->name), parent->id);
}

/* What @parent has as a directory, made if it has none; NULL: no memory. */
static struct statsfs_dir *dir_get(struct statsfs_source *parent)
{
	struct statsfs_dir *dir = statsfs_dir(parent), *old;

	if (dir != &statsfs_no_dir)
		return dir;
	dir = kzalloc_obj(*dir, GFP_KERNEL);
	if (!dir)
		return NULL;
	xa_init_flags(&dir->children, XA_FLAGS_ALLOC);
	old = unrcu_pointer(cmpxchg(&parent->dir,
				    RCU_INITIALIZER(&statsfs_no_dir),
				    RCU_INITIALIZER(dir)));
	if (old == &statsfs_no_dir)
		return dir;
	kfree(dir);
	return old;
}

/* Tags @source; see statsfs_source_set_net(). */
int statsfs_source_set_ns(struct statsfs_source *source, struct statsfs_ns *ns)
{
	struct statsfs_dir *dir = dir_get(source);

	if (!dir)
		return -ENOMEM;
	guard(mutex)(&statsfs_topo_mutex);
	if (dir->ns || !hlist_empty(&source->parents))
		return -EBUSY;
	dir->ns = statsfs_ns_get(ns);
	source->boundary = true;
	source->closed = true;
	return 0;
}

/* Gives @child the parent @parent; see statsfs_source_add_subordinate(). */
int statsfs_edge_add(struct statsfs_source *parent, struct statsfs_source *child)
{
	struct statsfs_prepared prep = {};
	struct statsfs_dir *dir = dir_get(parent);
	struct statsfs_edge *edge;
	HLIST_HEAD(plans);
	int err;

	if (!dir)
		return -ENOMEM;
	edge = edge_alloc();
	if (!edge)
		return -ENOMEM;
	err = xa_alloc_cyclic(&dir->children, &edge->pos, NULL, xa_limit_31b,
			      &dir->next_pos, GFP_KERNEL);
	if (err < 0)
		goto free_edge;
	do {
		err = statsfs_prepared_alloc(&prep);
		if (err)
			break;
		mutex_lock(&statsfs_topo_mutex);
		err = edge_prepare(parent, child, &prep);
		if (!err) {
			edge_init(edge, parent, child);
			if (parent != &statsfs_root)
				refcount_inc(&child->ref);
			edge_link(edge, &plans);
		}
		mutex_unlock(&statsfs_topo_mutex);
	} while (err == -EAGAIN);
	statsfs_change_end(&plans);
	statsfs_prepared_free(&prep);
	if (!err)
		return 0;

	xa_release(&dir->children, edge->pos);
free_edge:
	kfree(edge);
	return err;
}

/* Drops the references of edges that were unlinked from one child, drained. */
static void edges_put(struct hlist_head *edges)
{
	struct statsfs_edge *edge;
	struct hlist_node *tmp;

	hlist_for_each_entry_safe(edge, tmp, edges, parent_link) {
		if (edge->parent != &statsfs_root)
			statsfs_source_put(edge->child);
		statsfs_edge_put(edge);
	}
}

/* Removes the edge from @parent, or with NULL from all parents. */
int statsfs_edges_remove(struct statsfs_source *parent,
			 struct statsfs_source *child)
{
	struct statsfs_edge *edge;
	struct hlist_node *tmp;
	HLIST_HEAD(plans);
	HLIST_HEAD(edges);

	might_sleep();
	mutex_lock(&statsfs_topo_mutex);
	hlist_for_each_entry_safe(edge, tmp, &child->parents, parent_link) {
		if (parent && edge->parent != parent)
			continue;
		edge_unlink(edge, &plans);
		hlist_add_head(&edge->parent_link, &edges);
	}
	mutex_unlock(&statsfs_topo_mutex);
	statsfs_change_end(&plans);
	/* Also if somebody else has just removed it, and still waits. */
	source_drain(child);
	if (hlist_empty(&edges))
		return -ENOENT;
	edges_put(&edges);
	return 0;
}

/* Fills @edges with one new edge for each parent of @source. */
static int edges_alloc(struct statsfs_source *source, struct hlist_head *edges)
{
	struct statsfs_edge *edge;
	unsigned int nr = 0, have = 0;

	scoped_guard(mutex, &statsfs_topo_mutex)
		hlist_for_each_entry(edge, &source->parents, parent_link)
			nr++;
	hlist_for_each_entry(edge, edges, parent_link)
		have++;
	for (; have < nr; have++) {
		edge = edge_alloc();
		if (!edge)
			return -ENOMEM;
		hlist_add_head(&edge->parent_link, edges);
	}
	return 0;
}

/*
 * Whether @source can be called @name everywhere, with the edges in @new;
 * -EALREADY if that is its name.
 */
static int rename_check(struct statsfs_source *source, const char *name,
			struct hlist_head *new)
{
	struct hlist_node *spare = new->first;
	struct statsfs_edge *edge;

	if (!strcmp(topo_dereference(source->name), name))
		return -EALREADY;
	hlist_for_each_entry(edge, &source->parents, parent_link) {
		if (statsfs_name_is_taken(edge->parent, name,
					  statsfs_ns(source), NULL))
			return -EEXIST;
		if (!spare)
			return -EAGAIN;
		spare = spare->next;
	}
	return 0;
}

/*
 * Gives @source the name @name, and a new edge in the place of each old one:
 * dentries of the old name are stale.  The old edges are left in @old.
 */
static void rename_link(struct statsfs_source *source, char *name,
			struct hlist_head *new, struct hlist_head *old)
{
	struct statsfs_edge *edge, *next;
	struct hlist_node *tmp;

	hlist_move_list(&source->parents, old);
	write_seqlock(&statsfs_topo_seq);
	hlist_for_each_entry(edge, old, parent_link) {
		statsfs_names_changed(edge->parent, source);
		edge_erase_name(edge);
	}
	rcu_assign_pointer(source->name, name);
	hlist_for_each_entry_safe(edge, tmp, old, parent_link) {
		next = hlist_entry(new->first, struct statsfs_edge, parent_link);
		hlist_del(&next->parent_link);
		edge_init(next, edge->parent, source);
		next->pos = edge->pos;
		hlist_add_head(&next->parent_link, &source->parents);
		edge_insert_name(next);
	}
	write_sequnlock(&statsfs_topo_seq);
	hlist_for_each_entry(edge, &source->parents, parent_link)
		edge_store(edge);
}

static void edges_free(struct hlist_head *edges)
{
	struct statsfs_edge *edge;
	struct hlist_node *tmp;

	hlist_for_each_entry_safe(edge, tmp, edges, parent_link)
		kfree(edge);
}

/* Gives @source the name @name and takes it over, also on an error. */
int statsfs_tree_rename(struct statsfs_source *source, char *name)
{
	struct statsfs_edge *edge;
	struct hlist_node *tmp;
	HLIST_HEAD(plans);
	HLIST_HEAD(new);
	HLIST_HEAD(old);
	int err;

	do {
		err = edges_alloc(source, &new);
		if (err)
			break;
		mutex_lock(&statsfs_topo_mutex);
		err = rename_check(source, name, &new);
		if (!err) {
			char *old_name = topo_dereference(source->name);

			rename_link(source, name, &new, &old);
			pr_debug("statsfs: %u (%s): renamed from %s\n",
				 source->id, name, old_name);
			name = old_name;
			/* Before that of the namespace, which has readers look. */
			if (statsfs_ns(source))
				atomic64_inc_return(&source->gen);
			hlist_for_each_entry(edge, &old, parent_link)
				statsfs_child_changed(edge->parent, source,
						      &plans);
		}
		mutex_unlock(&statsfs_topo_mutex);
	} while (err == -EAGAIN);
	statsfs_change_end(&plans);
	edges_free(&new);
	hlist_for_each_entry_safe(edge, tmp, &old, parent_link)
		statsfs_edge_put(edge);
	if (err)
		kfree(name);
	else
		kvfree_rcu_mightsleep(name);
	return err == -EALREADY ? 0 : err;
}

/* Release */

/* Takes the first subordinate away from @source; its owner may do so as well. */
static struct statsfs_edge *unlink_first_child(struct statsfs_source *source,
					       struct hlist_head *plans)
{
	struct statsfs_edge *edge;
	unsigned long pos = 0;

	guard(mutex)(&statsfs_topo_mutex);
	edge = xa_find(&statsfs_dir(source)->children, &pos, ULONG_MAX, XA_PRESENT);
	if (edge)
		edge_unlink(edge, plans);
	return edge;
}

/*
 * Takes all subordinates away from @source, which nobody can reach.  Those
 * that lose their last reference are added to @dying.
 */
static void release_children(struct statsfs_source *source,
			     struct statsfs_source **dying)
{
	struct statsfs_edge *edge;
	HLIST_HEAD(plans);

	while ((edge = unlink_first_child(source, &plans))) {
		if (refcount_dec_and_test(&edge->child->ref)) {
			edge->child->dying = *dying;
			*dying = edge->child;
		}
		statsfs_edge_put(edge);
		cond_resched();
	}
	statsfs_change_end(&plans);
}

static void release_groups(struct statsfs_source *source)
{
	struct statsfs_group *group, *next;

	group = rcu_access_pointer(source->groups);
	RCU_INIT_POINTER(source->groups, NULL);
	for (; group; group = next) {
		next = rcu_access_pointer(group->next);
		statsfs_group_put(group);
	}
}

/* The last user of @source is gone. */
void statsfs_source_release(struct statsfs_source *source)
{
	struct statsfs_source *dying = source;

	while ((source = dying)) {
		dying = source->dying;
		/* Only the root can still have it. */
		statsfs_edges_remove(NULL, source);
		release_children(source, &dying);
		release_groups(source);
		statsfs_source_put_mem(source);
	}
}
