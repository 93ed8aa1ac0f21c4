// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: the leaves of one schema below a directory.
 *
 * A plan is gathered under RCU, a step at a time, and cached in the set of
 * aggregates as long as the directory's generation is the one before it was
 * gathered.  It holds references to the memory of its leaves, in chunks that
 * bound how long fold_lock is held.  A leaf that dies while its plan is in use
 * is passed over.
 *
 * Who adds or removes one source of many drops the plan over all: if it has more
 * than a chunk, its leaves are put by a worker, after a grace period.
 */

#include <linux/kernel.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "internal.h"

static struct workqueue_struct *plans_wq;

/*
 * State of gathering a plan.  @dirs has the directories that were found, by
 * their address, so that each is visited once; XA_MARK_0 are those to come.
 * @leaves has those that may be found twice: of sources with several parents
 * or, if the tree @changes meanwhile, all.
 */
struct gathering {
	const struct statsfs_schema *schema;
	struct statsfs_plan *plan;
	struct xarray dirs;
	struct xarray leaves;
	bool changes;
};

static unsigned long address_index(const void *p)
{
	return (unsigned long)p >> 3;
}

static void chunks_free(struct statsfs_chunk *chunk)
{
	struct statsfs_chunk *next;
	u32 i;

	for (; chunk; chunk = next) {
		next = chunk->next;
		for (i = 0; i < chunk->nr; i++)
			statsfs_group_put(chunk->leaf[i].group);
		kfree(chunk);
		cond_resched();
	}
}

static void plan_free(struct work_struct *work)
{
	struct statsfs_plan *plan = container_of(to_rcu_work(work),
						 struct statsfs_plan, work);

	chunks_free(plan->chunks);
	kfree(plan);
}

void statsfs_plan_put(struct statsfs_plan *plan)
{
	if (!refcount_dec_and_test(&plan->ref))
		return;
	if (plan->chunks && plan->chunks->next) {
		INIT_RCU_WORK(&plan->work, plan_free);
		queue_rcu_work(plans_wq, &plan->work);
		return;
	}
	chunks_free(plan->chunks);
	kfree_rcu(plan, rcu);
}

int statsfs_plans_init(void)
{
	plans_wq = alloc_workqueue("statsfs", WQ_UNBOUND, 0);
	return plans_wq ? 0 : -ENOMEM;
}

void statsfs_plans_exit(void)
{
	destroy_workqueue(plans_wq);
}

/* How many leaves of CPUs may be folded without a break: the time that takes. */
static bool chunk_is_full(const struct statsfs_chunk *chunk)
{
	return chunk->nr == chunk->room ||
	       (!chunk->plain && chunk->nr >= 1024 / num_possible_cpus());
}

/* Makes sure that the first chunk has room for one leaf. */
static int gathering_make_room(struct gathering *g)
{
	struct statsfs_chunk *chunk = g->plan->chunks;
	size_t size = STATSFS_CHUNK_MIN;

	if (chunk && !chunk_is_full(chunk))
		return 0;
	if (chunk && chunk->nr == chunk->room)
		size = min_t(size_t, 2 * chunk->size, STATSFS_CHUNK_MAX);
	chunk = kmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!chunk)
		return -ENOMEM;
	chunk->next = g->plan->chunks;
	chunk->resets = 0;
	chunk->size = size;
	chunk->room = (size - sizeof(*chunk)) / sizeof(*chunk->leaf);
	chunk->nr = 0;
	chunk->plain = true;
	chunk->percpu = true;
	chunk->sampled = false;
	g->plan->chunks = chunk;
	return 0;
}

/* A leaf that can be reached twice is taken once. */
static int gathering_add_leaf(struct gathering *g, struct statsfs_group *group,
			      bool shared)
{
	struct statsfs_chunk *chunk;
	int err = 0;

	if (shared || g->changes)
		err = xa_insert(&g->leaves, address_index(group), group,
				GFP_KERNEL_ACCOUNT);
	if (!err)
		err = gathering_make_room(g);
	if (err) {
		statsfs_group_put(group);
		return err == -EBUSY ? 0 : err;
	}
	chunk = g->plan->chunks;
	chunk->leaf[chunk->nr++] = (struct statsfs_leaf) {
		.group = group,
		.base = group->base,
	};
	if (statsfs_group_is_sampled(group))
		chunk->sampled = true;
	if (chunk->sampled || group->per_cpu)
		chunk->plain = false;
	if (chunk->sampled || !group->per_cpu)
		chunk->percpu = false;
	return 0;
}

/* A directory that has leaves below.  Takes over the reference to its memory. */
static int gathering_add_dir(struct gathering *g, struct statsfs_source *dir)
{
	unsigned long index = address_index(dir);
	int err = xa_insert(&g->dirs, index, dir, GFP_KERNEL_ACCOUNT);

	if (!err) {
		xa_set_mark(&g->dirs, index, XA_MARK_0);
		return 0;
	}
	statsfs_source_put_mem(dir);
	return err == -EBUSY ? 0 : err;
}

/* What one subordinate has to give. */
struct found {
	struct statsfs_group *group;
	struct statsfs_source *dir;
	bool shared;
};

/* Finds the next subordinate of @dir from @pos; false if there is none. */
static bool next_child(struct statsfs_source *dir, unsigned long *pos,
		       const struct statsfs_schema *schema, struct found *found)
{
	struct statsfs_aggr_set *set;
	struct statsfs_source *child;
	struct statsfs_edge *edge;

	guard(rcu)();
	edge = xa_find(&statsfs_dir(dir)->children, pos, ULONG_MAX, XA_PRESENT);
	if (!edge)
		return false;
	child = edge->child;
	memset(found, 0, sizeof(*found));
	if (child->closed)
		return true;
	found->group = statsfs_group_find(child, schema);
	if (found->group && !refcount_inc_not_zero(&found->group->ref))
		found->group = NULL;
	found->shared = READ_ONCE(child->shared);
	set = child->boundary ? NULL : statsfs_aggr_find(child, schema);
	if (set && READ_ONCE(set->nr_children) &&
	    refcount_inc_not_zero(&child->mem))
		found->dir = child;
	return true;
}

static int gathering_visit(struct gathering *g, struct statsfs_source *dir)
{
	struct found found;
	unsigned long pos = 0;
	int err = 0;

	while (!err && next_child(dir, &pos, g->schema, &found)) {
		if (found.group)
			err = gathering_add_leaf(g, found.group, found.shared);
		if (found.dir) {
			if (err)
				statsfs_source_put_mem(found.dir);
			else
				err = gathering_add_dir(g, found.dir);
		}
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
		pos++;
	}
	return err;
}

/*
 * Visits all directories from @top downward.  A leaf that stays where it is all
 * the time is found; one that comes or goes meanwhile may be.
 */
static int gathering_run(struct gathering *g, struct statsfs_source *top)
{
	struct statsfs_source *dir;
	unsigned long index;
	int err;

	statsfs_source_get_mem(top);
	err = gathering_add_dir(g, top);
	while (!err) {
		index = 0;
		dir = xa_find(&g->dirs, &index, ULONG_MAX, XA_MARK_0);
		if (!dir)
			break;
		xa_clear_mark(&g->dirs, index, XA_MARK_0);
		err = gathering_visit(g, dir);
	}
	xa_for_each(&g->dirs, index, dir)
		statsfs_source_put_mem(dir);
	xa_destroy(&g->dirs);
	xa_destroy(&g->leaves);
	return err;
}

/*
 * Gathers the leaves of @schema below @dir.  @changes: leaves may get another
 * parent meanwhile.
 */
static struct statsfs_plan *gather(struct statsfs_source *dir,
				   const struct statsfs_schema *schema,
				   bool changes)
{
	struct gathering g = { .schema = schema, .changes = changes };
	int err;

	g.plan = kzalloc_obj(*g.plan, GFP_KERNEL_ACCOUNT);
	if (!g.plan)
		return ERR_PTR(-ENOMEM);
	refcount_set(&g.plan->ref, 1);
	xa_init(&g.dirs);
	xa_init(&g.leaves);
	/* Pairs with ancestors_changed(): a later change makes it stale. */
	g.plan->gen = atomic64_read_acquire(&dir->gen);
	err = gathering_run(&g, dir);
	if (err) {
		statsfs_plan_put(g.plan);
		return ERR_PTR(err);
	}
	return g.plan;
}

/*
 * While the tree changes, a leaf that gets another parent and loses its old one
 * can be missed: that is worth some more attempts.
 */
static struct statsfs_plan *plan_create(struct statsfs_source *dir,
					const struct statsfs_schema *schema)
{
	struct statsfs_plan *plan;
	unsigned int tries;

	for (tries = 0; tries < 3; tries++) {
		plan = gather(dir, schema, false);
		if (IS_ERR(plan) ||
		    (!statsfs_is_changing() && statsfs_plan_is_current(plan, dir)))
			return plan;
		statsfs_plan_put(plan);
	}
	return gather(dir, schema, true);
}

/*
 * Caches @plan if it is still right.  A change first makes the generation
 * grow, then takes the plan away; here it is first put, then the generation is
 * looked at: one of both finds it.
 */
static void plan_publish(struct statsfs_source *dir,
			 const struct statsfs_schema *schema,
			 struct statsfs_plan *plan)
{
	struct statsfs_plan *old = NULL, *stale = NULL;
	struct statsfs_aggr_set *set;

	rcu_read_lock();
	set = statsfs_aggr_find(dir, schema);
	/* A set that is only being prepared may go without a new generation. */
	if (set && READ_ONCE(set->nr_children)) {
		refcount_inc(&plan->ref);
		old = unrcu_pointer(xchg(&set->plan, RCU_INITIALIZER(plan)));
		if (!statsfs_plan_is_current(plan, dir))
			stale = unrcu_pointer(cmpxchg(&set->plan,
						      RCU_INITIALIZER(plan),
						      NULL));
	}
	rcu_read_unlock();
	if (old)
		statsfs_plan_put(old);
	if (stale == plan)
		statsfs_plan_put(plan);
}

/* The cached plan with a reference, if it is right; NULL otherwise. */
static struct statsfs_plan *plan_cached(struct statsfs_source *dir,
					const struct statsfs_schema *schema)
{
	struct statsfs_aggr_set *set;
	struct statsfs_plan *plan;

	guard(rcu)();
	set = statsfs_aggr_find(dir, schema);
	plan = set ? rcu_dereference(set->plan) : NULL;
	if (!plan || !statsfs_plan_is_current(plan, dir) ||
	    !refcount_inc_not_zero(&plan->ref))
		return NULL;
	return plan;
}

/* A plan with a reference for the caller, or an error pointer. */
struct statsfs_plan *statsfs_plan_get(struct statsfs_source *dir,
				      const struct statsfs_schema *schema)
{
	struct statsfs_plan *plan = plan_cached(dir, schema);

	if (plan)
		return plan;
	plan = plan_create(dir, schema);
	if (!IS_ERR(plan))
		plan_publish(dir, schema, plan);
	return plan;
}
