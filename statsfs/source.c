// SPDX-License-Identifier: GPL-2.0
/*
 * The interface for kernel code: sources and their groups.  See tree.c for
 * locks and lifetimes.
 */

#include <linux/kernel.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

/* Formats a name and drops one trailing newline. */
static __printf(1, 0)
char *format_name(const char *fmt, va_list args)
{
	char *name = kvasprintf(GFP_KERNEL, fmt, args);
	size_t len;

	if (!name)
		return NULL;
	len = strlen(name);
	if (len && name[len - 1] == '\n')
		name[len - 1] = '\0';
	return name;
}

/* Puts the path of @source, by its first parents, at the end of @buf. */
static char *source_path(struct statsfs_source *source, char *buf, size_t size)
{
	char *path = buf + size - 1;

	*path = '\0';
	guard(mutex)(&statsfs_topo_mutex);
	while (source != &statsfs_root) {
		const char *name = topo_dereference(source->name);
		size_t len = strlen(name);

		if (path - buf < len + 1)
			break;
		if (*path)
			*--path = '/';
		path -= len;
		memcpy(path, name, len);
		if (hlist_empty(&source->parents))
			break;
		source = hlist_entry(source->parents.first, struct statsfs_edge,
				     parent_link)->parent;
	}
	return path;
}

/* Says in the log what a provider got wrong; what it could not help is not. */
static int complain(struct statsfs_source *source, int err, const char *what)
{
	char *buf;

	if (!err || err == -ENOMEM)
		return err;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	pr_warn_ratelimited("statsfs: %s: cannot %s: %pe\n",
			    buf ? source_path(source, buf, PATH_MAX) : "?",
			    what, ERR_PTR(err));
	kfree(buf);
	return err;
}

/**
 * statsfs_source_create - create a source
 * @fmt: format of its name; one trailing newline is dropped
 *
 * The source is empty, and in no directory.
 *
 * Context: May sleep.
 * Return: the source, with a reference for the caller, to be dropped by
 * statsfs_source_put(); or an error pointer: -EINVAL if the name is empty,
 * longer than NAME_MAX bytes, begins with a dot, or has a '/' or a control
 * character; -ENOMEM.
 */
struct statsfs_source *statsfs_source_create(const char *fmt, ...)
{
	static atomic_t last_id = ATOMIC_INIT(STATSFS_ROOT_ID);
	struct statsfs_source *source;
	va_list args;
	char *name;

	va_start(args, fmt);
	name = format_name(fmt, args);
	va_end(args);
	if (!name)
		return ERR_PTR(-ENOMEM);
	if (!statsfs_name_valid(name)) {
		pr_warn_ratelimited("statsfs: refused name: \"%*pE\"\n",
				    (int)strlen(name), name);
		kfree(name);
		return ERR_PTR(-EINVAL);
	}
	source = statsfs_source_alloc();
	if (!source) {
		kfree(name);
		return ERR_PTR(-ENOMEM);
	}
	RCU_INIT_POINTER(source->name, name);
	source->id = atomic_inc_return(&last_id);
	return source;
}
EXPORT_SYMBOL_GPL(statsfs_source_create);

/**
 * statsfs_source_get - take a reference
 * @source: the source; NULL and error pointers are allowed
 *
 * Context: Any.
 * Return: @source.
 */
struct statsfs_source *statsfs_source_get(struct statsfs_source *source)
{
	if (!IS_ERR_OR_NULL(source))
		refcount_inc(&source->ref);
	return source;
}
EXPORT_SYMBOL_GPL(statsfs_source_get);

/**
 * statsfs_source_put - drop a reference
 * @source: the source; NULL and error pointers are allowed
 *
 * With the last reference the source is unregistered if it is registered, its
 * subordinates lose it as a parent, and it is freed.  When this function has
 * returned from that, no reader is inside its memory or callbacks any more.
 *
 * Context: May sleep, and wait for callbacks: no lock that a callback takes
 * may be held.
 */
void statsfs_source_put(struct statsfs_source *source)
{
	might_sleep();
	if (!IS_ERR_OR_NULL(source) && refcount_dec_and_test(&source->ref))
		statsfs_source_release(source);
}
EXPORT_SYMBOL_GPL(statsfs_source_put);

/* Adds a group that is filled but for its schema's places above. */
static int group_link(struct statsfs_source *source,
		      struct statsfs_group *group, struct statsfs_prepared *prep,
		      struct hlist_head *plans)
{
	struct statsfs_schema *schema = group->schema;
	bool provided = source->closed ||
			statsfs_source_provides(source, schema);
	struct statsfs_edge *edge;
	struct statsfs_walk walk = {};
	int err;

	lockdep_assert_held(&statsfs_topo_mutex);
	if (statsfs_group_find(source, schema))
		return -EEXIST;
	err = statsfs_check_files(source, schema, true);
	if (err)
		return err;
	if (!provided) {
		statsfs_walk_add_parents(&walk, source);
		err = statsfs_aggrs_prepare(&walk, schema, prep);
		if (!err && prep->missing)
			err = -EAGAIN;
		if (err) {
			statsfs_aggrs_unprepare(source);
			return err;
		}
	}

	atomic_set(&group->active, source->nr_live ? 0 : STATSFS_DEAD);
	write_seqlock(&statsfs_topo_seq);
	RCU_INIT_POINTER(group->next, rcu_access_pointer(source->groups));
	rcu_assign_pointer(source->groups, group);
	WRITE_ONCE(source->files_rev, source->files_rev + 1);
	if (!provided)
		hlist_for_each_entry(edge, &source->parents, parent_link)
			statsfs_aggr_count(edge->parent, schema, 1);
	write_sequnlock(&statsfs_topo_seq);
	statsfs_ancestors_changed(source, plans);
	return 0;
}

/* Whether everything in the table of a sampled group can be had from it. */
static bool sampler_fits(const struct statsfs_group *group)
{
	return group->schema->size <= group->size &&
	       (group->reset || !group->schema->resets_store);
}

/* Adds a group like @like, which says where the numbers are. */
static int group_add(struct statsfs_source *source,
		     const struct statsfs_value *values, size_t n,
		     const struct statsfs_group *like)
{
	struct statsfs_prepared prep = {};
	struct statsfs_group *group;
	HLIST_HEAD(plans);
	int err;

	group = kmemdup(like, sizeof(*like), GFP_KERNEL);
	if (!group)
		return -ENOMEM;
	group->schema = statsfs_schema_intern(values, n);
	if (IS_ERR(group->schema)) {
		err = PTR_ERR(group->schema);
		kfree(group);
		return err;
	}
	refcount_set(&group->ref, 1);
	if (statsfs_group_is_sampled(group) && !sampler_fits(group)) {
		statsfs_group_put(group);
		return -EINVAL;
	}
	do {
		err = statsfs_prepared_alloc(&prep);
		if (err)
			break;
		mutex_lock(&statsfs_topo_mutex);
		err = group_link(source, group, &prep, &plans);
		mutex_unlock(&statsfs_topo_mutex);
	} while (err == -EAGAIN);
	statsfs_change_end(&plans);
	statsfs_prepared_free(&prep);
	if (err)
		statsfs_group_put(group);
	return err;
}

static int memory_add(struct statsfs_source *source,
		      const struct statsfs_value *values, size_t n,
		      const struct statsfs_group *like)
{
	int err = -EINVAL;

	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	if (like->base)
		err = group_add(source, values, n, like);
	return complain(source, err, "add values");
}

/**
 * statsfs_source_add_values - add a plain group: values that are in memory
 * @source: the source; NULL and error pointers are allowed
 * @values: the table; it is copied.  Error pointers are allowed.
 * @n: number of its lines, at least 1
 * @base: what the offsets are relative to: the numbers are read from here
 *	while anybody can reach the source.  A peak or bool that can be reset
 *	is written there.
 *
 * Several groups may be added to a source, each with another table.
 *
 * Context: May sleep.
 * Return: 0; the error of @source or @values if it is an error pointer, -EINVAL
 * if it is NULL; -EINVAL for a table with a bad name, type, aggregate, kind, mode or
 * offset, without lines, or without a base; -EEXIST if the source has a group
 * with an equal table, or a name is taken in its directory or in one above
 * where an aggregate would appear; -ENOMEM.  On an error nothing has changed.
 */
int statsfs_source_add_values(struct statsfs_source *source,
			      const struct statsfs_value *values, size_t n,
			      void *base)
{
	return memory_add(source, values, n, &(struct statsfs_group) {
		.base = base,
		.sync_offset = -1,
	});
}
EXPORT_SYMBOL_GPL(statsfs_source_add_values);

/**
 * statsfs_source_add_values_sync - add a plain group whose owner has a
 *	u64_stats_sync
 * @source: the source; NULL and error pointers are allowed
 * @values: the table; it is copied
 * @n: number of its lines, at least 1
 * @base: what the offsets are relative to
 * @sync_offset: offset of the struct u64_stats_sync from @base
 *
 * As statsfs_source_add_values(); on 32 bits no number is read while it is
 * half written.
 *
 * Context: May sleep.
 * Return: as statsfs_source_add_values(); and -EINVAL if @sync_offset is
 * negative.
 */
int statsfs_source_add_values_sync(struct statsfs_source *source,
				   const struct statsfs_value *values, size_t n,
				   void *base, int sync_offset)
{
	return memory_add(source, values, n, &(struct statsfs_group) {
		.base = sync_offset < 0 ? NULL : base,
		.sync_offset = sync_offset,
	});
}
EXPORT_SYMBOL_GPL(statsfs_source_add_values_sync);

/**
 * statsfs_source_add_percpu - add a per-CPU group
 * @source: the source; NULL and error pointers are allowed
 * @values: the table; it is copied
 * @n: number of its lines, at least 1
 * @base: from alloc_percpu(): what the offsets are relative to on each CPU
 *
 * What is shown is folded over all possible CPUs: peaks by maximum, booleans
 * by or, everything else by sum, modulo the width of the type.
 *
 * Context: May sleep.
 * Return: as statsfs_source_add_values().
 */
int statsfs_source_add_percpu(struct statsfs_source *source,
			      const struct statsfs_value *values, size_t n,
			      void __percpu *base)
{
	return memory_add(source, values, n, &(struct statsfs_group) {
		.base = statsfs_percpu_base(base),
		.sync_offset = -1,
		.per_cpu = true,
	});
}
EXPORT_SYMBOL_GPL(statsfs_source_add_percpu);

/**
 * statsfs_source_add_percpu_sync - add a per-CPU group whose owner has a
 *	u64_stats_sync for each CPU
 * @source: the source; NULL and error pointers are allowed
 * @values: the table; it is copied
 * @n: number of its lines, at least 1
 * @base: from alloc_percpu(): what the offsets are relative to on each CPU
 * @sync_offset: offset of the struct u64_stats_sync from @base
 *
 * As statsfs_source_add_percpu(); on 32 bits no number is read while it is
 * half written.
 *
 * Context: May sleep.
 * Return: as statsfs_source_add_values(); and -EINVAL if @sync_offset is
 * negative.
 */
int statsfs_source_add_percpu_sync(struct statsfs_source *source,
				   const struct statsfs_value *values, size_t n,
				   void __percpu *base, int sync_offset)
{
	return memory_add(source, values, n, &(struct statsfs_group) {
		.base = sync_offset < 0 ? NULL : statsfs_percpu_base(base),
		.sync_offset = sync_offset,
		.per_cpu = true,
	});
}
EXPORT_SYMBOL_GPL(statsfs_source_add_percpu_sync);

/**
 * statsfs_source_add_sampled - add a sampled group: a callback fills a struct
 * @source: the source; NULL and error pointers are allowed
 * @values: the table; it is copied
 * @n: number of its lines, at least 1
 * @sampler: size of the struct and callbacks; it is copied
 * @data: passed to the callbacks
 *
 * All values of one reading come from one call of &statsfs_sampler.sample.
 *
 * Context: May sleep.
 * Return: as statsfs_source_add_values(); and -EINVAL for a value that is not
 * inside the struct, for a sampler without &statsfs_sampler.sample, or without
 * &statsfs_sampler.reset where the table needs one.
 */
int statsfs_source_add_sampled(struct statsfs_source *source,
			       const struct statsfs_value *values, size_t n,
			       const struct statsfs_sampler *sampler,
			       void *data)
{
	int err = -EINVAL;

	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	if (sampler && sampler->sample)
		err = group_add(source, values, n, &(struct statsfs_group) {
			.base = data,
			.sample = sampler->sample,
			.reset = sampler->reset,
			.size = sampler->size,
		});
	return complain(source, err, "add sampled values");
}
EXPORT_SYMBOL_GPL(statsfs_source_add_sampled);

static int set_fold(struct statsfs_source *source, bool closed)
{
	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	scoped_guard(mutex, &statsfs_topo_mutex) {
		if (hlist_empty(&source->parents)) {
			source->boundary = true;
			source->closed |= closed;
			return 0;
		}
	}
	return complain(source, -EBUSY, "set boundary");
}

/**
 * statsfs_source_set_boundary - do not fold further up what is below
 * @source: the source; NULL and error pointers are allowed
 *
 * Leaves below the source are folded in its own directory, and in none above.
 * Its own groups are folded above as usual.
 *
 * Context: May sleep.
 * Return: 0; the error of @source, -EINVAL if it is NULL; -EBUSY if it has a
 * parent already.
 */
int statsfs_source_set_boundary(struct statsfs_source *source)
{
	return set_fold(source, false);
}
EXPORT_SYMBOL_GPL(statsfs_source_set_boundary);

/**
 * statsfs_source_set_closed - fold nothing of a source further up
 * @source: the source; NULL and error pointers are allowed
 *
 * As statsfs_source_set_boundary(), but its own groups are not folded above
 * either: for a directory whose own numbers mean nothing in sum with others.
 *
 * Context: May sleep.
 * Return: 0; the error of @source, -EINVAL if it is NULL; -EBUSY if it has a
 * parent already.
 */
int statsfs_source_set_closed(struct statsfs_source *source)
{
	return set_fold(source, true);
}
EXPORT_SYMBOL_GPL(statsfs_source_set_closed);

/**
 * statsfs_source_set_net - show a source in one network namespace only
 * @source: the source; NULL and error pointers are allowed
 * @net: the network namespace; no reference is kept
 *
 * The source and what is below it are seen in mounts that were made in @net.
 * Nothing of it is folded in the directories above, which other namespaces share.
 * Sources of several namespaces may have one name in one directory.  Before the
 * namespace ends, remove the source.
 *
 * Context: May sleep.
 * Return: 0; the error of @source, -EINVAL if it or @net is NULL; -EBUSY if it
 * has a parent or a namespace already; -ENOMEM.
 */
int statsfs_source_set_net(struct statsfs_source *source, const struct net *net)
{
	struct statsfs_ns *ns;
	int err;

	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	if (!net)
		return complain(source, -EINVAL, "set network namespace");
	ns = statsfs_ns_of(net);
	if (!ns)
		return -ENOMEM;
	err = statsfs_source_set_ns(source, ns);
	statsfs_ns_put(ns);
	return complain(source, err, "set network namespace");
}
EXPORT_SYMBOL_GPL(statsfs_source_set_net);

/**
 * statsfs_source_add_subordinate - put a source into a directory
 * @parent: the directory; NULL and error pointers are allowed
 * @child: the source; NULL and error pointers are allowed
 *
 * @parent takes a reference to @child.  A source can have several parents.
 *
 * Context: May sleep; never waits for readers.
 * Return: 0; the error of @parent or @child, -EINVAL if one is NULL; -ELOOP if
 * @parent is @child or below it; -EEXIST if the name of @child, or of an
 * aggregate that comes with it, is taken in the directory where it would
 * appear; -ENOMEM.  On an error nothing has changed.
 */
int statsfs_source_add_subordinate(struct statsfs_source *parent,
				   struct statsfs_source *child)
{
	int err = statsfs_source_add_subordinate_nowarn(parent, child);

	return err == -EEXIST ? complain(child, err, "add subordinate") : err;
}
EXPORT_SYMBOL_GPL(statsfs_source_add_subordinate);

/**
 * statsfs_source_add_subordinate_nowarn - put a source into a directory, if its
 *	name is free there
 * @parent: the directory; NULL and error pointers are allowed
 * @child: the source; NULL and error pointers are allowed
 *
 * As statsfs_source_add_subordinate(), for names that users choose: that one is
 * taken is nobody's mistake, and the log says nothing.
 *
 * Context: May sleep; never waits for readers.
 * Return: as statsfs_source_add_subordinate().
 */
int statsfs_source_add_subordinate_nowarn(struct statsfs_source *parent,
					  struct statsfs_source *child)
{
	int err;

	if (IS_ERR_OR_NULL(parent))
		return statsfs_no_source(parent);
	if (IS_ERR_OR_NULL(child))
		return statsfs_no_source(child);
	err = statsfs_edge_add(parent, child);
	return err == -EEXIST ? err : complain(child, err, "add subordinate");
}
EXPORT_SYMBOL_GPL(statsfs_source_add_subordinate_nowarn);

/**
 * statsfs_source_remove_subordinate - take a source out of a directory
 * @parent: the directory; NULL and error pointers are allowed
 * @child: the source; NULL and error pointers are allowed
 *
 * Drops the reference of @parent.  If the source cannot be reached from a
 * registered one any more, nobody is inside the memory and the callbacks of
 * its groups, and of those below it, when this function returns.
 *
 * Context: May sleep, and wait for callbacks: no lock that a callback takes
 * may be held.
 * Return: 0; the error of @parent or @child, -EINVAL if one is NULL; -ENOENT
 * if @child is not in @parent.
 */
int statsfs_source_remove_subordinate(struct statsfs_source *parent,
				      struct statsfs_source *child)
{
	if (IS_ERR_OR_NULL(parent))
		return statsfs_no_source(parent);
	if (IS_ERR_OR_NULL(child))
		return statsfs_no_source(child);
	return complain(child, statsfs_edges_remove(parent, child),
			"remove subordinate");
}
EXPORT_SYMBOL_GPL(statsfs_source_remove_subordinate);

/**
 * statsfs_source_remove - take a source out of all directories
 * @source: the source; NULL and error pointers are allowed
 *
 * As statsfs_source_remove_subordinate() for every parent, and
 * statsfs_source_unregister() if it is registered.
 *
 * Context: May sleep, and wait for callbacks: no lock that a callback takes
 * may be held.
 * Return: 0; the error of @source, -EINVAL if it is NULL; -ENOENT if it has no
 * parent and is not registered.
 */
int statsfs_source_remove(struct statsfs_source *source)
{
	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	return complain(source, statsfs_edges_remove(NULL, source), "remove");
}
EXPORT_SYMBOL_GPL(statsfs_source_remove);

/**
 * statsfs_source_register - put a source into the root directory
 * @source: the source; NULL and error pointers are allowed
 *
 * This takes no reference: the last statsfs_source_put() unregisters.
 *
 * Context: May sleep; never waits for readers.
 * Return: 0; the error of @source, -EINVAL if it is NULL; -EEXIST if its name
 * is taken; -ENOMEM.
 */
int statsfs_source_register(struct statsfs_source *source)
{
	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	return complain(source, statsfs_edge_add(&statsfs_root, source),
			"register");
}
EXPORT_SYMBOL_GPL(statsfs_source_register);

/**
 * statsfs_source_unregister - take a source out of the root directory
 * @source: the source; NULL and error pointers are allowed
 *
 * The same promise as statsfs_source_remove_subordinate().
 *
 * Context: May sleep, and wait for callbacks: no lock that a callback takes
 * may be held.
 * Return: 0; the error of @source, -EINVAL if it is NULL; -ENOENT if it is not
 * registered.
 */
int statsfs_source_unregister(struct statsfs_source *source)
{
	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	return complain(source, statsfs_edges_remove(&statsfs_root, source),
			"unregister");
}
EXPORT_SYMBOL_GPL(statsfs_source_unregister);

/**
 * statsfs_source_rename - change the name of a source
 * @source: the source; NULL and error pointers are allowed
 * @fmt: format of the new name; one trailing newline is dropped
 *
 * In all its directories at once: nobody sees neither or both names.  Open
 * files go on.
 *
 * Context: May sleep; waits for readers only if there is no memory left.
 * Return: 0, also if this is its name already; the error of @source, -EINVAL
 * if it is NULL; -EINVAL for a name that statsfs_source_create() would refuse;
 * -EEXIST if the name is taken in one of its directories; -ENOMEM.  On an error
 * it keeps its name.
 */
int statsfs_source_rename(struct statsfs_source *source, const char *fmt, ...)
{
	va_list args;
	char *name;

	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	va_start(args, fmt);
	name = format_name(fmt, args);
	va_end(args);
	if (!name)
		return -ENOMEM;
	/* Users choose names: that one is refused is nobody's mistake. */
	if (!statsfs_name_valid(name)) {
		kfree(name);
		return -EINVAL;
	}
	return statsfs_tree_rename(source, name);
}
EXPORT_SYMBOL_GPL(statsfs_source_rename);
