/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of statsfs share.  Locks and lifetimes are described at the
 * head of tree.c.
 */
#ifndef _STATSFS_INTERNAL_H
#define _STATSFS_INTERNAL_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/statsfs.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct net;

/* Added to statsfs_group.active as long as the group cannot be reached. */
#define STATSFS_DEAD	(INT_MIN / 2)

/* &statsfs_source.id of the root */
#define STATSFS_ROOT_ID	1

/**
 * struct statsfs_item - a file that a schema can have in a directory
 * @name: its name
 * @value: index of the value it shows
 * @aggr: the &enum statsfs_aggr bit that it shows, 0 for the value itself
 */
struct statsfs_item {
	const char *name;
	u16 value;
	u16 aggr;
};

/**
 * struct statsfs_schema - our own copy of a table of values, shared by all
 *	groups with an equal one
 * @list: in statsfs_schemas, protected by schema_lock
 * @ref: counts groups, aggregates and inodes
 * @id: never used again; part of inode numbers and readdir positions
 * @nr_values: number of values
 * @nr_items: number of items
 * @nr_slots: number of numbers: an array has one for each bucket
 * @resets_store: there is a value that a reset stores 0 in
 * @size: where the last value ends
 * @slot: first slot of each value
 * @by_slot: indices of values by slot: those of a type follow each other
 * @sorted: indices of items by name: first the values, then the aggregates
 * @item: the values in order of the table, then the aggregates
 * @value: the values; names and descriptions belong to the schema
 * @rcu: to free it
 */
struct statsfs_schema {
	struct list_head list;
	refcount_t ref;
	u32 id;
	unsigned int nr_values;
	unsigned int nr_items;
	unsigned int nr_slots;
	bool resets_store;
	size_t size;
	u32 *slot;
	u16 *by_slot;
	u16 *sorted;
	struct statsfs_item *item;
	struct statsfs_value *value;
	struct rcu_head rcu;
};

/**
 * struct statsfs_baseline - what the numbers of a group were when it was reset
 * @lock: serializes resets
 * @used: there was a reset; protected by @lock
 * @slot: what is to be subtracted from each slot
 */
struct statsfs_baseline {
	struct mutex lock;	/* serializes resets */
	bool used;
	atomic64_t slot[];
};

/**
 * struct statsfs_sample_room - memory for a sample
 * @sample: the memory
 * @size: how much it is
 */
struct statsfs_sample_room {
	void *sample;
	size_t size;
};

/**
 * struct statsfs_group - a leaf: a schema at one base
 * @active: number of callbacks that are running, plus STATSFS_DEAD while the
 *	source cannot be reached
 * @ref: counts the source, plans, and readers: the memory of this struct
 * @schema: what is at @base
 * @base: the struct, or what the callbacks of a sampled group get; to be
 *	touched only under fold_lock or after statsfs_group_enter(), and only
 *	while the group is not dead
 * @baseline: what was when it was reset; NULL before the first reset
 * @next: next group of the source, RCU
 * @sample: fills the struct of a sampled group; NULL if @base is memory
 * @reset: resets a value of a sampled group
 * @size: size of the struct of a sampled group
 * @sync_offset: if @base is memory: where its u64_stats_sync is, or -1
 * @per_cpu: @base is per-CPU memory
 * @rcu: to free it, once @ref is 0
 */
struct statsfs_group {
	atomic_t active;
	refcount_t ref;
	struct statsfs_schema *schema;
	void *base;
	struct statsfs_baseline *baseline;
	struct statsfs_group __rcu *next;
	union {
		struct {
			int (*sample)(void *data, void *sample);
			union {
				struct {
					int (*reset)(void *data, int offset);
					size_t size;
				};
				struct {
					int sync_offset;
					bool per_cpu;
				};
			};
		};
		struct rcu_head rcu;
	};
};

/*
 * Per-CPU addresses are kept as others are.  Compilers may have an address space
 * for them, out of which only an integer comes.
 */
static inline void *statsfs_percpu_base(void __percpu *base)
{
	return (void *)(__force unsigned long)base;
}

/* Where on @cpu is what @base is the per-CPU address of. */
static inline void *statsfs_cpu_base(const void *base, int cpu)
{
	return per_cpu_ptr((void __percpu *)(__force unsigned long)base, cpu);
}

/**
 * struct statsfs_leaf - a leaf of a plan
 * @group: the group, with a reference
 * @base: where its numbers are
 * @before: the slots of its baseline, as far as &statsfs_chunk.resets knows
 */
struct statsfs_leaf {
	struct statsfs_group *group;
	const void *base;
	atomic64_t *before;
};

/* Bytes of the smallest and the largest chunk, on 64 bits. */
#define STATSFS_CHUNK_MIN	512
#define STATSFS_CHUNK_MAX	4096

/**
 * struct statsfs_chunk - part of a plan that is folded without a break
 * @next: next chunk
 * @resets: which leaves have been reset, see chunk_resets()
 * @size: bytes
 * @nr: number of leaves
 * @room: number of leaves that there is memory for
 * @plain: all of them are plain groups
 * @percpu: all of them are per-CPU groups
 * @sampled: one of them is sampled
 * @leaf: the leaves
 */
struct statsfs_chunk {
	struct statsfs_chunk *next;
	unsigned long resets;
	u16 size;
	u16 room;
	u16 nr;
	bool plain;
	bool percpu;
	bool sampled;
	struct statsfs_leaf leaf[];
};

/**
 * struct statsfs_plan - the leaves of one schema below a directory
 * @ref: counts the cache in &struct statsfs_aggr_set and readers
 * @gen: generation of the directory before it was gathered
 * @chunks: the leaves
 * @dropped: in a list of plans to be put when topo_mutex has been dropped
 * @work: to put the leaves and to free it, once @ref is 0; or
 * @rcu: to free it then, if it has few
 */
struct statsfs_plan {
	refcount_t ref;
	u64 gen;
	struct statsfs_chunk *chunks;
	union {
		struct hlist_node dropped;
		struct rcu_work work;
		struct rcu_head rcu;
	};
};

/**
 * struct statsfs_aggr_set - the aggregates of one schema in one directory
 * @next: next set of the directory, RCU
 * @schema: the schema
 * @nr_children: number of subordinates that provide @schema, either themselves
 *	or from below.  0 only while a change is being prepared: not shown.
 * @plan: cached list of leaves or NULL, RCU
 * @rcu: to free it
 */
struct statsfs_aggr_set {
	struct statsfs_aggr_set __rcu *next;
	struct statsfs_schema *schema;
	unsigned int nr_children;
	struct statsfs_plan __rcu *plan;
	struct rcu_head rcu;
};

/**
 * struct statsfs_ns - a network namespace (ns.c); superblocks are keyed by it
 * @ref: counts the namespace, tagged sources, superblocks and mounts that are
 *	being prepared
 * @uid: owner of the files that can be reset
 * @gid: group of the files that can be reset
 * @mode: write permissions of the files that can be reset
 * @rev: grows when these options change
 * @gen: grows with each change of the structure in which its tag is involved:
 *	of what has it, or is below
 * @rcu: to free it, once @ref is 0
 *
 * The options are those of the superblock, while there is one: written under
 * its s_umount, and read without.
 */
struct statsfs_ns {
	refcount_t ref;
	kuid_t uid;
	kgid_t gid;
	umode_t mode;
	unsigned int rev;
	atomic64_t gen;
	struct rcu_head rcu;
};

/**
 * struct statsfs_dir - what a source needs to have subordinates or a tag
 * @children: edges to the subordinates by position; read under RCU
 * @next_pos: where to look for the next free position, under the xa_lock
 * @names: the same edges by name and tag of the subordinate; read under topo_seq
 * @aggrs: aggregates; read under RCU
 * @ns: the tag of the source itself, with a reference, or NULL; constant once it
 *	has a parent
 */
struct statsfs_dir {
	struct xarray children;
	u32 next_pos;
	struct rb_root names;
	struct statsfs_aggr_set __rcu *aggrs;
	struct statsfs_ns *ns;
};

/**
 * struct statsfs_source - a directory
 * @ref: counts users of the interface and parents: usability
 * @mem: counts the source itself while @ref is not 0, edges, inodes, and
 *	gatherings of plans: the memory of this struct
 * @nr_live: number of parents by which it can be reached from the root;
 *	written under topo_mutex
 * @files_rev: grows whenever the set of value and aggregate files in this
 *	directory changes, or that of tagged subordinates
 * @id: inode number of the directory
 * @boundary: leaves below are not folded above; constant once it has a parent
 * @closed: nor its own; then it is a boundary, too
 * @shared: it has, or had, several parents
 * @has_tagged: something below has, or had, a tag; written under topo_mutex
 * @gen: grows with each change of the structure here or below, except that of
 *	tagged subordinates
 * @name: protected by topo_mutex, read under RCU
 * @dir: statsfs_no_dir until it has had a subordinate, then constant
 * @parents: edges to this source, under topo_mutex
 * @groups: own groups; read under RCU, never shrinks before the release
 * @walk: the next source of a walk, or itself in the last one, under topo_mutex;
 *	NULL outside
 * @dying: the next source of a release, once @ref is 0
 * @rcu: to free it, once @mem is 0: nobody can be asked for its parents then
 */
struct statsfs_source {
	refcount_t ref;
	refcount_t mem;
	unsigned int nr_live;
	unsigned int files_rev;
	u32 id;
	bool boundary;
	bool closed;
	bool shared;
	bool has_tagged;
	atomic64_t gen;
	char __rcu *name;
	struct statsfs_dir __rcu *dir;
	struct statsfs_group __rcu *groups;
	struct statsfs_source *dying;
	union {
		struct {
			struct hlist_head parents;
			struct statsfs_source *walk;
		};
		struct rcu_head rcu;
	};
};

/**
 * struct statsfs_walk - sources that are to be visited, in order
 * @first: the next one, or NULL
 * @last: the last one, if there is a first
 *
 * A source is in it once at most.  Those that are added during a visit to all
 * are visited as well.  There is one walk at a time, under topo_mutex.
 */
struct statsfs_walk {
	struct statsfs_source *first;
	struct statsfs_source *last;
};

/**
 * struct statsfs_edge - the place of a source under one parent
 * @by_name: in &statsfs_dir.names of @parent, under topo_seq; cleared when the
 *	source is removed or renamed: then dentries that refer to it are stale
 * @parent: holds no reference that keeps it usable, only its memory
 * @child: holds a reference, except under the root; and its memory
 * @pos: index in &statsfs_dir.children of @parent
 * @ref: counts the tree and dentries: the memory of this struct
 * @parent_link: in &statsfs_source.parents of @child, or in the list of a
 *	removal
 * @rcu: to free it, once @ref is 0
 */
struct statsfs_edge {
	struct rb_node by_name;
	struct statsfs_source *parent;
	struct statsfs_source *child;
	u32 pos;
	refcount_t ref;
	union {
		struct hlist_node parent_link;
		struct rcu_head rcu;
	};
};

/**
 * struct statsfs_entry - what a name in a directory stands for
 * @edge: a subordinate, with a reference, or NULL
 * @schema: schema of a file, with a reference, or NULL
 * @item: which file of the schema
 * @gen: generation of the directory when it was looked up
 * @files_rev: its files_rev then
 */
struct statsfs_entry {
	struct statsfs_edge *edge;
	struct statsfs_schema *schema;
	const struct statsfs_item *item;
	u64 gen;
	unsigned int files_rev;
};

/**
 * struct statsfs_prepared - sets that were allocated before topo_mutex is taken
 * @sets: the sets, by &statsfs_aggr_set.next
 * @nr: how many there are
 * @needed: how many the last attempt needed
 * @missing: they were too few
 */
struct statsfs_prepared {
	struct statsfs_aggr_set *sets;
	unsigned int nr;
	unsigned int needed;
	bool missing;
};

/* Whether @count, changed by @delta of 1 or -1, has come from or gone to 0. */
static inline bool statsfs_count_turned(unsigned int count, int delta)
{
	return delta > 0 ? count == 1 : count == 0;
}

/* What functions return for a source that is none. */
static inline int statsfs_no_source(const struct statsfs_source *source)
{
	return source ? PTR_ERR(source) : -EINVAL;
}

/* ns.c */
int statsfs_ns_init(void);
void statsfs_ns_exit(void);
struct statsfs_ns *statsfs_ns_alloc(void);
struct statsfs_ns *statsfs_ns_get(struct statsfs_ns *ns);
void statsfs_ns_put(struct statsfs_ns *ns);
struct statsfs_ns *statsfs_ns_of(const struct net *net);

/* tree.c */
extern struct mutex statsfs_topo_mutex;
extern seqlock_t statsfs_topo_seq;
extern struct statsfs_source statsfs_root;
extern struct wait_queue_head statsfs_changed;

extern struct statsfs_dir statsfs_no_dir;

/* What @source has as a directory; read under RCU or topo_mutex. */
static inline struct statsfs_dir *statsfs_dir(const struct statsfs_source *source)
{
	/* It is freed with the source. */
	return rcu_dereference_raw(source->dir);
}

/* The source after @source in its walk. */
static inline struct statsfs_source *
statsfs_walk_next(const struct statsfs_source *source)
{
	return source->walk == source ? NULL : source->walk;
}

#define for_each_in_walk(source, list)					\
	for (source = (list)->first; source; source = statsfs_walk_next(source))

/* The tag of @source, or NULL. */
static inline struct statsfs_ns *statsfs_ns(const struct statsfs_source *source)
{
	return statsfs_dir(source)->ns;
}

/* Whether the superblock of @ns shows @source, as far as its tag goes. */
static inline bool statsfs_source_visible(const struct statsfs_source *source,
					  const struct statsfs_ns *ns)
{
	return !statsfs_ns(source) || statsfs_ns(source) == ns;
}

/*
 * Whether a change is under way, of which generations do not tell yet, but which may
 * have been seen.  Ask before the generations.
 */
static inline bool statsfs_is_changing(void)
{
	bool changing;

	/* After what was seen. */
	smp_rmb();
	changing = mutex_is_locked(&statsfs_topo_mutex);
	/* Before generations: who has unlocked it has made them grow. */
	smp_rmb();
	return changing;
}

#define topo_dereference(p) \
	rcu_dereference_check(p, lockdep_is_held(&statsfs_topo_mutex))

#define for_each_group(group, source)					\
	for (group = topo_dereference((source)->groups); group;	\
	     group = topo_dereference(group->next))

#define for_each_aggr(set, source)					\
	for (set = topo_dereference(statsfs_dir(source)->aggrs); set;	\
	     set = topo_dereference(set->next))

int statsfs_tree_init(void);
void statsfs_tree_exit(void);
struct statsfs_source *statsfs_source_alloc(void);
void statsfs_source_get_mem(struct statsfs_source *source);
void statsfs_source_put_mem(struct statsfs_source *source);
void statsfs_edge_put(struct statsfs_edge *edge);
void statsfs_group_put(struct statsfs_group *group);
bool statsfs_source_live(const struct statsfs_source *source);
bool statsfs_edge_live(const struct statsfs_edge *edge);
bool statsfs_group_enter(struct statsfs_group *group);
void statsfs_group_exit(struct statsfs_group *group);
void statsfs_walk_add(struct statsfs_walk *walk, struct statsfs_source *source);
void statsfs_walk_add_parents(struct statsfs_walk *walk,
			      struct statsfs_source *source);
struct statsfs_source *statsfs_walk_take(struct statsfs_walk *walk);
void statsfs_walk_end(struct statsfs_walk *walk);
int statsfs_source_set_ns(struct statsfs_source *source, struct statsfs_ns *ns);
int statsfs_edge_add(struct statsfs_source *parent,
		     struct statsfs_source *child);
int statsfs_edges_remove(struct statsfs_source *parent,
			 struct statsfs_source *child);
int statsfs_tree_rename(struct statsfs_source *source, char *name);
void statsfs_source_release(struct statsfs_source *source);

/* names.c */
int statsfs_edge_cmp(const char *name, const struct statsfs_ns *ns,
		     const struct statsfs_edge *edge);
struct statsfs_group *statsfs_group_find(struct statsfs_source *source,
					 const struct statsfs_schema *schema);
struct statsfs_aggr_set *statsfs_aggr_find(struct statsfs_source *source,
					   const struct statsfs_schema *schema);
bool statsfs_source_provides(struct statsfs_source *source,
			     const struct statsfs_schema *schema);
bool statsfs_name_is_taken(struct statsfs_source *dir, const char *name,
			   const struct statsfs_ns *ns,
			   const struct statsfs_schema *except);
int statsfs_check_files(struct statsfs_source *dir,
			const struct statsfs_schema *schema, bool own);
int statsfs_source_lookup(struct statsfs_source *dir, const char *name,
			  const struct statsfs_ns *ns,
			  struct statsfs_entry *entry);
void statsfs_entry_put(struct statsfs_entry *entry);
struct statsfs_schema *statsfs_next_files(struct statsfs_source *dir, u32 id,
					  bool *own);
int statsfs_prepared_alloc(struct statsfs_prepared *prep);
void statsfs_prepared_free(struct statsfs_prepared *prep);
int statsfs_aggrs_prepare(struct statsfs_walk *walk,
			  struct statsfs_schema *schema,
			  struct statsfs_prepared *prep);
void statsfs_aggrs_unprepare(struct statsfs_source *dir);
void statsfs_aggr_count(struct statsfs_source *dir,
			const struct statsfs_schema *schema, int delta);
void statsfs_aggr_count_all(struct statsfs_source *parent,
			    struct statsfs_source *child, int delta);
void statsfs_ancestors_changed(struct statsfs_source *dir,
			       struct hlist_head *plans);
void statsfs_names_changed(struct statsfs_source *dir,
			   const struct statsfs_source *child);
void statsfs_child_changed(struct statsfs_source *dir,
			   const struct statsfs_source *child,
			   struct hlist_head *plans);
struct statsfs_edge *statsfs_next_edge(struct statsfs_source *dir,
				       unsigned long *pos,
				       const struct statsfs_ns *ns);
void statsfs_change_end(struct hlist_head *plans);
void statsfs_plans_drop(struct statsfs_source *dir);

/* schema.c */
struct statsfs_schema *statsfs_schema_intern(const struct statsfs_value *values,
					     size_t n);
void statsfs_schema_put(struct statsfs_schema *schema);
const struct statsfs_item *
statsfs_schema_lookup(const struct statsfs_schema *schema, bool own,
		      const char *name);
bool statsfs_value_is_stored(const struct statsfs_value *value);

/* Size in bytes of a value of @type. */
static __always_inline size_t statsfs_type_size(enum statsfs_type type)
{
	switch (type) {
	case STAT_TYPE_BOOL:
	case STAT_TYPE_U8:
	case STAT_TYPE_S8:
		return 1;
	case STAT_TYPE_U16:
	case STAT_TYPE_S16:
		return 2;
	case STAT_TYPE_U32:
	case STAT_TYPE_S32:
		return 4;
	default:
		return 8;
	}
}

static __always_inline bool statsfs_type_is_signed(enum statsfs_type type)
{
	return type >= STAT_TYPE_S8;
}

static inline bool statsfs_value_is_signed(const struct statsfs_value *value)
{
	return statsfs_type_is_signed(value->type);
}

/* How many numbers a value has. */
static inline unsigned int
statsfs_value_length(const struct statsfs_value *value)
{
	return value->buckets ?: 1;
}

static inline bool statsfs_value_can_reset(const struct statsfs_value *value)
{
	return value->mode & 0222;
}

/**
 * struct statsfs_run - numbers of one type that follow each other in a struct
 * @offset: of the first one in bytes
 * @slot: of the first one in the schema
 * @nr: how many
 * @nr_alike: if it has only one: how many runs from this one on have one of the
 *	same type, in successive slots; else 1
 * @type: their &enum statsfs_type
 * @stored: reset by storing zero; of CPUs the maximum is shown
 */
struct statsfs_run {
	u32 offset;
	u32 slot;
	u32 nr;
	u16 nr_alike;
	u8 type;
	bool stored;
};

struct statsfs_run statsfs_value_run(const struct statsfs_schema *schema,
				     unsigned int index);

/**
 * struct statsfs_fold - all about the numbers seen so far; zeroes at first
 * @is_signed: they are signed
 * @sum: sum, the lower half of a number of 128 bits in two's complement: so that
 *	the average is exact
 * @sum_high: the upper half
 * @min: smallest
 * @max: largest
 * @nr: how many
 * @nr_zero: how many of them are zero
 */
struct statsfs_fold {
	bool is_signed;
	u64 sum;
	u64 sum_high;
	u64 min;
	u64 max;
	u64 nr;
	u64 nr_zero;
};

static __always_inline bool statsfs_number_less(bool is_signed, u64 a, u64 b)
{
	return is_signed ? (s64)a < (s64)b : a < b;
}

/* One more number. */
static __always_inline void statsfs_fold_add(struct statsfs_fold *fold, u64 number)
{
	fold->sum += number;
	fold->sum_high += fold->sum < number;
	if (fold->is_signed && (s64)number < 0)
		fold->sum_high--;
	if (!fold->nr || statsfs_number_less(fold->is_signed, number, fold->min))
		fold->min = number;
	if (!fold->nr || statsfs_number_less(fold->is_signed, fold->max, number))
		fold->max = number;
	fold->nr++;
	fold->nr_zero += !number;
}

/* load.c */
static inline bool
statsfs_group_is_sampled(const struct statsfs_group *group)
{
	return group->sample;
}

/* Under fold_lock: whether the memory of the group may be touched. */
static inline bool statsfs_group_is_live(const struct statsfs_group *group)
{
	/* Before the memory is read: pairs with source_set_dead(). */
	return atomic_read_acquire(&group->active) >= 0;
}

/* What has to be subtracted from its numbers, or NULL if it was never reset. */
static inline struct statsfs_baseline *
statsfs_group_baseline(const struct statsfs_group *group)
{
	/* Before the numbers are loaded: pairs with statsfs_baseline_get(). */
	return smp_load_acquire(&group->baseline);
}

/* Copies @n numbers of 64 bits, each of which may change meanwhile. */
static __always_inline void statsfs_copy_numbers(u64 *to, const u64 *from,
						 size_t n)
{
	for (; n >= 8; n -= 8, to += 8, from += 8) {
		to[0] = READ_ONCE(from[0]);
		to[1] = READ_ONCE(from[1]);
		to[2] = READ_ONCE(from[2]);
		to[3] = READ_ONCE(from[3]);
		to[4] = READ_ONCE(from[4]);
		to[5] = READ_ONCE(from[5]);
		to[6] = READ_ONCE(from[6]);
		to[7] = READ_ONCE(from[7]);
	}
	for (; n; n--)
		*to++ = READ_ONCE(*from++);
}

void statsfs_fold_barrier(void);
raw_spinlock_t *statsfs_fold_begin(void);
void statsfs_fold_end(raw_spinlock_t *lock);
u64 statsfs_load_at(const void *base, const struct statsfs_run *run,
		    unsigned int i);
u64 statsfs_load_raw(const struct statsfs_group *group,
		     const struct statsfs_run *run, unsigned int i);
u64 statsfs_load_before(struct statsfs_group *group, unsigned int slot);
u64 statsfs_load_since(struct statsfs_group *group, unsigned int slot,
		       enum statsfs_type type, u64 before, u64 raw);
u64 statsfs_load_number(struct statsfs_group *group,
			const struct statsfs_run *run, unsigned int i);
void statsfs_load_runs(struct statsfs_group *group, const void *base,
		       const struct statsfs_run *runs, unsigned int n,
		       struct statsfs_baseline *baseline, u64 *numbers);
void statsfs_load_since_reset(struct statsfs_group *group,
			      const struct statsfs_run *run,
			      struct statsfs_baseline *baseline, u64 *numbers,
			      u64 *sums);
void statsfs_load_group(struct statsfs_group *group,
			const struct statsfs_run *runs, unsigned int n,
			u64 *numbers);
void statsfs_load_baseline_used(struct statsfs_baseline *baseline);
void statsfs_fold_chunk(struct statsfs_chunk *chunk, const struct statsfs_run *run,
			bool alive, bool only_sum, struct statsfs_fold *fold);

/* leaf.c */
int statsfs_read_number(struct statsfs_group *group,
			const struct statsfs_run *run, unsigned int i,
			u64 *number);
int statsfs_read_leaf(struct statsfs_group *group,
		      const struct statsfs_run *runs, unsigned int n,
		      void *sample, u64 *numbers);
int statsfs_sample_room(struct statsfs_sample_room *room,
			const struct statsfs_group *group);
struct statsfs_baseline *statsfs_baseline_get(struct statsfs_group *group);
int statsfs_reset_leaf(struct statsfs_group *group, unsigned int index,
		       void *sample);

/* plan.c */
int statsfs_plans_init(void);
void statsfs_plans_exit(void);
struct statsfs_plan *statsfs_plan_get(struct statsfs_source *dir,
				      const struct statsfs_schema *schema);
void statsfs_plan_put(struct statsfs_plan *plan);

/* Whether nothing has changed in @dir and below since @plan was made for it. */
static inline bool statsfs_plan_is_current(const struct statsfs_plan *plan,
					   const struct statsfs_source *dir)
{
	/* Pairs with statsfs_ancestors_changed(). */
	return plan->gen == atomic64_read_acquire(&dir->gen);
}

/* aggregate.c */
u64 statsfs_fold_result(const struct statsfs_fold *fold, u16 aggr);
struct statsfs_group *statsfs_group_get(struct statsfs_source *dir,
					const struct statsfs_schema *schema);
int statsfs_item_read(struct statsfs_source *dir,
		      const struct statsfs_schema *schema,
		      const struct statsfs_item *item, u64 *numbers);
int statsfs_item_reset(struct statsfs_source *dir,
		       const struct statsfs_schema *schema,
		       const struct statsfs_item *item);
bool statsfs_item_is_signed(const struct statsfs_schema *schema,
			    const struct statsfs_item *item);

/* snapshot.c */
struct file;
struct iov_iter;
struct poll_table_struct;
struct statsfs_snapshot;

struct statsfs_snapshot *statsfs_snapshot_create(struct statsfs_source *dir,
						 const struct statsfs_ns *ns);
void statsfs_snapshot_free(struct statsfs_snapshot *snapshot);
ssize_t statsfs_snapshot_read(struct statsfs_snapshot *snapshot, loff_t *pos,
			      struct iov_iter *to);
__poll_t statsfs_snapshot_poll(struct statsfs_snapshot *snapshot,
			       struct file *file, struct poll_table_struct *wait);

#endif /* _STATSFS_INTERNAL_H */
