// SPDX-License-Identifier: GPL-2.0
/*
 * The layout of a snapshot: all sources and values at and below a directory, by
 * all paths that lead to them, and which number is where.
 *
 * The tree is walked under RCU, a step at a time, depth first.  A source that is
 * found on a second path is described again, but its values have the numbers of
 * the first: so each leaf is read once, and each sum is made once.  Sources
 * without several parents, and with none above them that has, cannot be found
 * twice, as long as the tree stays as it is.
 *
 * A layout is right as long as nothing has changed: struct statsfs_seen knows.
 * The generation of a directory tells of all changes below, but for sources that
 * belong to a namespace: these have generations of their own, which are compared
 * one by one when the generation of the namespace says that something happened in
 * it, perhaps elsewhere.
 */

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "snapshot.h"

/* Vectors */

/* Adds @n items, all zeroes; NULL: no memory. */
void *statsfs_vec_add(struct statsfs_vec *vec, size_t n)
{
	void *items;
	size_t room;

	if (n > vec->room - vec->nr) {
		room = max(vec->nr + n, 2 * vec->room);
		items = kvmalloc_array(room, vec->size, STATSFS_GFP);
		if (!items)
			return NULL;
		if (vec->nr)
			memcpy(items, vec->items, statsfs_vec_bytes(vec));
		kvfree(vec->items);
		vec->items = items;
		vec->room = room;
	}
	items = vec->items + statsfs_vec_bytes(vec);
	memset(items, 0, n * vec->size);
	vec->nr += n;
	return items;
}

void statsfs_vec_free(struct statsfs_vec *vec)
{
	kvfree(vec->items);
	vec->items = NULL;
	vec->nr = 0;
	vec->room = 0;
}

/* Adds a string; its offset goes to @where. */
static int add_string(struct statsfs_vec *strings, const char *string, u32 *where)
{
	size_t size = strlen(string) + 1;
	char *text;

	*where = strings->nr;
	text = statsfs_vec_add(strings, size);
	if (!text)
		return -ENOMEM;
	memcpy(text, string, size);
	return 0;
}

/* The way through the tree */

/**
 * struct place - a directory on the way from the top to where a walk is
 * @dir: the directory; its memory is held
 * @pos: position of its next subordinate
 * @source: its index in the layout
 * @shared: it may be found on another path
 */
struct place {
	struct statsfs_source *dir;
	unsigned long pos;
	u32 source;
	bool shared;
};

static struct place *last_place(const struct statsfs_vec *path)
{
	return path->nr ? (struct place *)path->items + path->nr - 1 : NULL;
}

/* Goes down to @dir; takes over the reference to its memory. */
static struct place *path_enter(struct statsfs_vec *path,
				struct statsfs_source *dir)
{
	struct place *place = statsfs_vec_add(path, 1);

	if (place)
		place->dir = dir;
	else
		statsfs_source_put_mem(dir);
	return place;
}

static void path_leave(struct statsfs_vec *path)
{
	statsfs_source_put_mem(last_place(path)->dir);
	path->nr--;
}

static void path_free(struct statsfs_vec *path)
{
	while (path->nr)
		path_leave(path);
	statsfs_vec_free(path);
}

/*
 * The next subordinate of the last directory of the path that @ns shows, with a
 * reference to its memory, and if @name is not NULL its name; NULL: none is left.
 */
static struct statsfs_source *next_child(struct place *place,
					 const struct statsfs_ns *ns, char *name)
{
	struct statsfs_edge *edge;

	guard(rcu)();
	for (;;) {
		edge = statsfs_next_edge(place->dir, &place->pos, ns);
		if (!edge)
			return NULL;
		place->pos++;
		if (refcount_inc_not_zero(&edge->child->mem))
			break;
	}
	if (name)
		strscpy(name, rcu_dereference(edge->child->name), NAME_MAX + 1);
	return edge->child;
}

/* Changes */

/**
 * struct statsfs_tag - a source that belongs to a namespace
 * @parent: id of the directory that it was found in
 * @id: its id
 * @gen: its generation
 */
struct statsfs_tag {
	u32 parent;
	u32 id;
	u64 gen;
};

static int add_tag(struct statsfs_vec *tags, const struct statsfs_source *parent,
		   const struct statsfs_source *source)
{
	struct statsfs_tag *tag = statsfs_vec_add(tags, 1);

	if (!tag)
		return -ENOMEM;
	tag->parent = parent->id;
	tag->id = source->id;
	tag->gen = atomic64_read_acquire(&source->gen);
	return 0;
}

/* All that belongs to @ns below @top, in an order that depends on nothing else. */
static int get_tags(struct statsfs_vec *tags, struct statsfs_source *top,
		    const struct statsfs_ns *ns)
{
	struct statsfs_vec path = STATSFS_VEC(struct place);
	struct statsfs_source *child;
	struct place *place;
	int err = 0;

	if (!READ_ONCE(top->has_tagged))
		return 0;
	statsfs_source_get_mem(top);
	if (!path_enter(&path, top))
		return -ENOMEM;
	while (!err && (place = last_place(&path))) {
		child = next_child(place, ns, NULL);
		if (!child) {
			path_leave(&path);
			continue;
		}
		if (statsfs_ns(child))
			err = add_tag(tags, place->dir, child);
		if (READ_ONCE(child->has_tagged) && !err) {
			if (!path_enter(&path, child))
				err = -ENOMEM;
		} else {
			statsfs_source_put_mem(child);
		}
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	path_free(&path);
	return err;
}

/**
 * statsfs_seen_get - begin to look for changes
 * @seen: result, to be freed by statsfs_seen_free(), also after an error
 * @top: the directory; the caller keeps its memory
 * @ns: whose tree it is
 *
 * What changes later is a change.
 *
 * Context: May sleep.
 * Return: 0; -ENOMEM; -EINTR.
 */
int statsfs_seen_get(struct statsfs_seen *seen, struct statsfs_source *top,
		     const struct statsfs_ns *ns)
{
	seen->tags = (struct statsfs_vec)STATSFS_VEC(struct statsfs_tag);
	seen->ns_gen = atomic64_read_acquire(&ns->gen);
	seen->gen = atomic64_read_acquire(&top->gen);
	return get_tags(&seen->tags, top, ns);
}

/**
 * statsfs_seen_is_current - has nothing changed?
 * @seen: from statsfs_seen_get()
 * @top: the same directory
 * @ns: the same namespace
 *
 * Context: May sleep.  Calls for one @seen are serialized by the caller.
 * Return: 1 if nothing has changed since, 0 if something has; -ENOMEM; -EINTR.
 */
int statsfs_seen_is_current(struct statsfs_seen *seen,
			    struct statsfs_source *top,
			    const struct statsfs_ns *ns)
{
	struct statsfs_seen now;
	int ret;

	if (seen->gen != atomic64_read_acquire(&top->gen))
		return 0;
	if (seen->ns_gen == atomic64_read_acquire(&ns->gen))
		return 1;
	ret = statsfs_seen_get(&now, top, ns);
	if (!ret && seen->gen == now.gen && seen->tags.nr == now.tags.nr &&
	    (!now.tags.nr || !memcmp(seen->tags.items, now.tags.items,
				     statsfs_vec_bytes(&now.tags)))) {
		seen->ns_gen = now.ns_gen;
		ret = 1;
	}
	statsfs_seen_free(&now);
	return ret;
}

/* Views */

/* The rank of a value that the reader may not see: no value of a view. */
#define NOT_SEEN	U16_MAX

/* Whether the reader may read files of this value. */
static bool can_see(const struct statsfs_reader *reader,
		    const struct statsfs_value *v)
{
	return v->mode & reader->may_read[statsfs_value_can_reset(v)];
}

/* What a sum, count or other aggregate of @v is, next to what @v itself is. */
static void describe_aggr(struct statsfs_snapshot_value *d, u16 aggr,
			  const struct statsfs_value *v)
{
	d->aggr = aggr;
	switch (aggr) {
	case STAT_AGGR_COUNT_ZERO:
	case STAT_AGGR_COUNT_NONZERO:
		d->type = STAT_TYPE_U64;
		d->kind = STAT_KIND_INSTANT;
		d->unit = STAT_UNIT_NONE;
		d->base = 0;
		d->exponent = 0;
		break;
	case STAT_AGGR_SUM:
		d->type = statsfs_value_is_signed(v) ? STAT_TYPE_S64 :
						       STAT_TYPE_U64;
		if (v->type == STAT_TYPE_BOOL)
			d->kind = STAT_KIND_INSTANT;
		if (v->unit == STAT_UNIT_BOOLEAN)
			d->unit = STAT_UNIT_NONE;
		break;
	default:
		/* Those of counters can go back when a leaf comes or goes. */
		if (v->kind == STAT_KIND_CUMULATIVE)
			d->kind = STAT_KIND_INSTANT;
	}
}

static int describe(struct statsfs_layout *layout,
		    const struct statsfs_schema *schema,
		    const struct statsfs_item *item,
		    struct statsfs_snapshot_value *d)
{
	const struct statsfs_value *v = &schema->value[item->value];

	d->bucket_size = v->bucket_size;
	d->buckets = v->buckets;
	d->type = v->type;
	d->kind = v->kind;
	/* Whatever the table says, a bool counts nothing. */
	if (v->type == STAT_TYPE_BOOL && v->kind == STAT_KIND_CUMULATIVE)
		d->kind = statsfs_value_can_reset(v) ? STAT_KIND_PEAK :
						       STAT_KIND_INSTANT;
	d->unit = v->unit;
	d->base = v->base;
	d->exponent = v->exponent;
	if (statsfs_value_can_reset(v))
		d->flags = STATSFS_SNAPSHOT_CAN_RESET;
	if (item->aggr)
		describe_aggr(d, item->aggr, v);
	return add_string(&layout->strings, item->name, &d->name) ?:
	       add_string(&layout->strings, v->desc, &d->desc);
}

/* Adds the numbers of @next to those of @run if they follow them. */
static bool join_run(struct statsfs_run *run, const struct statsfs_run *next)
{
	if (run->type != next->type || run->stored != next->stored ||
	    run->slot + run->nr != next->slot ||
	    run->offset + run->nr * statsfs_type_size(run->type) != next->offset)
		return false;
	run->nr += next->nr;
	return true;
}

static void add_run(struct statsfs_view *view, unsigned int value)
{
	struct statsfs_run run = statsfs_value_run(view->schema, value);

	if (!view->nr_runs || !join_run(&view->runs[view->nr_runs - 1], &run))
		view->runs[view->nr_runs++] = run;
}

/* The numbers of what @rank has are in the order of their slots. */
static void fill_runs(struct statsfs_view *view, const u16 *rank)
{
	const struct statsfs_schema *schema = view->schema;
	struct statsfs_run *run;
	unsigned int i;

	for (i = 0; i < schema->nr_values; i++) {
		u16 value = schema->by_slot[i];

		if (rank[value] == NOT_SEEN)
			continue;
		add_run(view, value);
		view->own[rank[value]].data = view->nr_own;
		view->nr_own += statsfs_value_length(&schema->value[value]);
	}
	for (i = view->nr_runs - 1; i; i--) {
		run = &view->runs[i];
		if (run->nr == 1 && run[-1].nr == 1 &&
		    run->type == run[-1].type && run->slot == run[-1].slot + 1)
			run[-1].nr_alike += run->nr_alike;
	}
}

/* Puts what can be seen of the schema into @view, which has room for it all. */
static int fill_view(struct statsfs_layout *layout, struct statsfs_view *view,
		     const struct statsfs_reader *reader, u16 *rank)
{
	const struct statsfs_schema *schema = view->schema;
	unsigned int i;
	int err = 0;

	for (i = 0; i < schema->nr_values && !err; i++) {
		rank[i] = NOT_SEEN;
		if (!can_see(reader, &schema->value[i]))
			continue;
		rank[i] = view->nr_values;
		view->value[view->nr_values++] = i;
		err = describe(layout, schema, &schema->item[i],
			       &view->own[rank[i]]);
	}
	if (err || !view->nr_values)
		return err;
	fill_runs(view, rank);
	view->only_sums = true;
	for (; i < schema->nr_items && !err; i++) {
		struct statsfs_snapshot_value *d = &view->folded[view->nr_aggrs];
		const struct statsfs_item *item = &schema->item[i];

		if (rank[item->value] == NOT_SEEN)
			continue;
		if (item->aggr != STAT_AGGR_SUM)
			view->only_sums = false;
		view->folds[view->nr_aggrs++] = rank[item->value];
		err = describe(layout, schema, item, d);
		d->data = view->nr_folded;
		view->nr_folded +=
			statsfs_value_length(&schema->value[item->value]);
	}
	if (view->nr_aggrs != view->nr_values)
		view->only_sums = false;
	/* Then they are folded all at once. */
	for (i = 0; i < view->nr_aggrs && view->only_sums; i++)
		view->folded[i].data = view->own[i].data;
	return err;
}

static void view_free(struct statsfs_view *view)
{
	statsfs_schema_put(view->schema);
	kvfree(view);
}

static struct statsfs_view *view_create(struct statsfs_layout *layout,
					struct statsfs_schema *schema,
					const struct statsfs_reader *reader)
{
	struct statsfs_view *view;
	u16 *rank;
	int err;

	view = kvzalloc(sizeof(*view) +
			schema->nr_values * sizeof(*view->runs) +
			schema->nr_items * (sizeof(*view->own) +
					    sizeof(*view->value)),
			STATSFS_GFP);
	if (!view)
		return ERR_PTR(-ENOMEM);
	refcount_inc(&schema->ref);
	view->schema = schema;
	view->runs = (struct statsfs_run *)(view + 1);
	view->own = (struct statsfs_snapshot_value *)
		    (view->runs + schema->nr_values);
	view->folded = view->own + schema->nr_values;
	view->value = (u16 *)(view->own + schema->nr_items);
	view->folds = view->value + schema->nr_values;
	rank = kvmalloc_array(schema->nr_values, sizeof(*rank), STATSFS_GFP);
	err = rank ? fill_view(layout, view, reader, rank) : -ENOMEM;
	kvfree(rank);
	if (!err)
		err = xa_err(xa_store(&layout->views, schema->id, view,
				      STATSFS_GFP));
	if (err) {
		view_free(view);
		return ERR_PTR(err);
	}
	return view;
}

static struct statsfs_view *view_get(struct statsfs_layout *layout,
				     struct statsfs_schema *schema,
				     const struct statsfs_reader *reader)
{
	struct statsfs_view *view = xa_load(&layout->views, schema->id);

	return view ?: view_create(layout, schema, reader);
}

/* Building */

/**
 * struct part - what else is to be known of a source of the layout
 * @first: index of its first member
 * @nr: how many it has
 * @boundary: leaves below are not folded above
 * @closed: nor its own
 */
struct part {
	u32 first;
	u32 nr;
	bool boundary;
	bool closed;
};

/**
 * struct fold - a leaf that is folded
 * @aggrs: index of the aggregates
 * @leaf: index of the leaf
 */
struct fold {
	u32 aggrs;
	u32 leaf;
};

/**
 * struct building - a layout that is being made
 * @layout: the layout
 * @reader: who reads
 * @changes: sources may get other parents meanwhile
 * @path: struct place, from the top to where we are
 * @parts: struct part, of each source
 * @folds: struct fold
 * @found: of sources that may be found again: index by id
 * @name: name of the source where we are
 */
struct building {
	struct statsfs_layout *layout;
	const struct statsfs_reader *reader;
	bool changes;
	struct statsfs_vec path;
	struct statsfs_vec parts;
	struct statsfs_vec folds;
	struct xarray found;
	char name[NAME_MAX + 1];
};

/* What a directory has of one schema. */
struct files {
	struct statsfs_schema *schema;
	struct statsfs_group *group;
};

/*
 * The next schema of @dir behind the one with the number @id, with a reference,
 * and with a reference to the group if there is one.
 */
static bool next_files(struct statsfs_source *dir, u32 *id, struct files *files)
{
	bool own;

	guard(rcu)();
	while ((files->schema = statsfs_next_files(dir, *id, &own))) {
		*id = files->schema->id;
		files->group = own ? statsfs_group_find(dir, files->schema) :
				     NULL;
		/* Its last user may be taking the groups away. */
		if (own && (!files->group ||
			    !refcount_inc_not_zero(&files->group->ref)))
			continue;
		if (refcount_inc_not_zero(&files->schema->ref))
			return true;
		if (own)
			statsfs_group_put(files->group);
	}
	return false;
}

static struct statsfs_member *member(const struct building *b, u32 index)
{
	return (struct statsfs_member *)b->layout->members.items + index;
}

static struct statsfs_snapshot_source *source(const struct building *b, u32 index)
{
	return (struct statsfs_snapshot_source *)b->layout->sources.items + index;
}

static struct part *part(const struct building *b, u32 index)
{
	return (struct part *)b->parts.items + index;
}

/* Describes the values of the member @index, which the source @source has. */
static int add_values(struct building *b, u32 source, u32 index)
{
	const struct statsfs_member *m = member(b, index);
	const struct statsfs_view *view = m->view;
	unsigned int n = m->group ? view->nr_values : view->nr_aggrs, i;
	struct statsfs_snapshot_value *d =
		statsfs_vec_add(&b->layout->values, n);

	if (!d)
		return -ENOMEM;
	memcpy(d, m->group ? view->own : view->folded, n * sizeof(*d));
	for (i = 0; i < n; i++) {
		d[i].source = source;
		d[i].group = index;
		d[i].data += m->data;
	}
	return 0;
}

/* How many numbers have to be read in memory for @group, which may be NULL. */
static u32 memory_cost(const struct statsfs_view *view,
		       const struct statsfs_group *group)
{
	if (!group || statsfs_group_is_sampled(group))
		return 0;
	if (!group->per_cpu)
		return view->nr_own;
	return min_t(u64, (u64)view->nr_own * num_possible_cpus(), U32_MAX);
}

/* See &struct statsfs_member.offset. */
static s32 plain_offset(const struct statsfs_view *view,
			const struct statsfs_group *group)
{
	const struct statsfs_run *run = view->runs;

	if (BITS_PER_LONG == 32 || !group || statsfs_group_is_sampled(group) ||
	    group->per_cpu || view->nr_runs != 1 ||
	    (run->type != STAT_TYPE_U64 && run->type != STAT_TYPE_S64))
		return -1;
	return run->offset;
}

/* Takes over the references of @files. */
static int add_member(struct building *b, const struct files *files)
{
	struct statsfs_layout *layout = b->layout;
	u32 *aggrs = NULL, index = layout->members.nr;
	struct statsfs_view *view;
	struct statsfs_member *m;
	int err = 0;

	view = view_get(layout, files->schema, b->reader);
	statsfs_schema_put(files->schema);
	if (IS_ERR(view)) {
		err = PTR_ERR(view);
		goto put_group;
	}
	if (!(files->group ? view->nr_values : view->nr_aggrs))
		goto put_group;
	if (!files->group)
		aggrs = statsfs_vec_add(&layout->aggrs, 1);
	m = statsfs_vec_add(&layout->members, 1);
	if (!m || (!files->group && !aggrs)) {
		err = -ENOMEM;
		goto put_group;
	}
	if (aggrs)
		*aggrs = index;
	m->sums = STATSFS_NO_SUMS;
	m->view = view;
	m->group = files->group;
	m->data = layout->nr_numbers;
	m->cost = memory_cost(view, files->group);
	m->offset = plain_offset(view, files->group);
	layout->nr_numbers += m->group ? view->nr_own : view->nr_folded;
	return 0;

put_group:
	if (files->group)
		statsfs_group_put(files->group);
	return err;
}

/* The numbers of @dir. */
static int add_members(struct building *b, struct statsfs_source *dir)
{
	struct files files;
	u32 id = 0;
	int err = 0;

	while (!err && next_files(dir, &id, &files))
		err = add_member(b, &files);
	return err;
}

/* The aggregates of @schema in the source @index, or NULL. */
static struct statsfs_member *find_aggrs(const struct building *b, u32 index,
					 const struct statsfs_schema *schema)
{
	const struct part *p = part(b, index);
	u32 i;

	for (i = p->first; i < p->first + p->nr; i++)
		if (!member(b, i)->group && member(b, i)->view->schema == schema)
			return member(b, i);
	return NULL;
}

/*
 * Has the leaf @leaf of the source @index folded in the directories above, but for
 * those from @copies on: they have the numbers of others, who have it.
 */
static int add_folds(struct building *b, u32 leaf, u32 index, u32 copies)
{
	const struct statsfs_schema *schema = member(b, leaf)->view->schema;
	const struct statsfs_member *aggrs;
	struct fold *fold;

	if (part(b, index)->closed)
		return 0;
	do {
		index = source(b, index)->parent;
		if (index == STATSFS_SNAPSHOT_NO_PARENT)
			break;
		aggrs = index < copies ? find_aggrs(b, index, schema) : NULL;
		if (!aggrs)
			continue;
		fold = statsfs_vec_add(&b->folds, 1);
		if (!fold)
			return -ENOMEM;
		fold->aggrs = aggrs - member(b, 0);
		fold->leaf = leaf;
	} while (!part(b, index)->boundary);
	return 0;
}

static bool is_too_big(const struct statsfs_layout *layout)
{
	return sizeof(struct statsfs_snapshot_header) +
	       sizeof(struct statsfs_snapshot_gathering) +
	       statsfs_vec_bytes(&layout->sources) +
	       statsfs_vec_bytes(&layout->values) +
	       statsfs_vec_bytes(&layout->strings) +
	       layout->members.nr * sizeof(s32) +
	       (u64)layout->nr_numbers * sizeof(u64) + 2 * sizeof(u64) >
	       STATSFS_SNAPSHOT_MAX_SIZE;
}

/* Describes a source of which the parts are known, and its values. */
static int add_source(struct building *b, u64 id, u32 parent, u32 name,
		      const struct part *what, u32 copies)
{
	struct statsfs_layout *layout = b->layout;
	u32 index = layout->sources.nr, i;
	struct statsfs_snapshot_source *s;
	struct part *p;
	int err = 0;

	s = statsfs_vec_add(&layout->sources, 1);
	p = statsfs_vec_add(&b->parts, 1);
	if (!s || !p)
		return -ENOMEM;
	*p = *what;
	s->id = id;
	s->parent = parent;
	s->name = name;
	s->first_value = layout->values.nr;
	for (i = what->first; i < what->first + what->nr && !err; i++) {
		err = add_values(b, index, i);
		if (!err && member(b, i)->group)
			err = add_folds(b, i, index, copies);
	}
	s->nr_values = layout->values.nr - s->first_value;
	if (!err && is_too_big(layout))
		err = -EFBIG;
	if (!err && fatal_signal_pending(current))
		err = -EINTR;
	cond_resched();
	return err;
}

/*
 * Describes the source @first, which has been found again below @parent, and all
 * that is below it.
 */
static int copy_sources(struct building *b, u32 first, u32 parent, u32 name)
{
	u32 begin = b->layout->sources.nr, i;
	struct part what;
	int err;

	what = *part(b, first);
	err = add_source(b, source(b, first)->id, parent, name, &what, begin);
	for (i = first + 1; !err && i < begin; i++) {
		const struct statsfs_snapshot_source *s = source(b, i);

		if (s->parent < first)
			break;
		what = *part(b, i);
		err = add_source(b, s->id, s->parent - first + begin, s->name,
				 &what, begin);
	}
	return err;
}

/* Describes @dir with its numbers and goes there; takes over the reference. */
static int enter(struct building *b, struct statsfs_source *dir, u32 parent,
		 u32 name, bool shared)
{
	struct part what = {
		.first = b->layout->members.nr,
		.boundary = dir->boundary,
		.closed = dir->closed,
	};
	u32 index = b->layout->sources.nr;
	struct place *place = path_enter(&b->path, dir);
	int err;

	if (!place)
		return -ENOMEM;
	place->source = index;
	place->shared = shared;
	err = add_members(b, dir);
	what.nr = b->layout->members.nr - what.first;
	if (!err)
		err = add_source(b, dir->id, parent, name, &what, U32_MAX);
	if (!err && shared)
		err = xa_err(xa_store(&b->found, dir->id,
				      xa_mk_value(index), STATSFS_GFP));
	return err;
}

/* Describes the subordinate @dir of the last directory; takes over the reference. */
static int add_child(struct building *b, struct statsfs_source *dir)
{
	const struct place *above = last_place(&b->path);
	bool shared = above->shared || READ_ONCE(dir->shared);
	void *first = shared ? xa_load(&b->found, dir->id) : NULL;
	u32 parent = above->source, name;
	int err;

	err = add_string(&b->layout->strings, b->name, &name);
	if (!err && !first)
		return enter(b, dir, parent, name, shared);
	if (!err)
		err = copy_sources(b, xa_to_value(first), parent, name);
	statsfs_source_put_mem(dir);
	return err;
}

static int walk(struct building *b, struct statsfs_source *top)
{
	struct statsfs_source *child;
	struct place *place;
	u32 name;
	int err;

	err = add_string(&b->layout->strings, "", &name);
	if (err)
		return err;
	statsfs_source_get_mem(top);
	err = enter(b, top, STATSFS_SNAPSHOT_NO_PARENT, name, b->changes);
	while (!err && (place = last_place(&b->path))) {
		child = next_child(place, b->reader->ns, b->name);
		if (child)
			err = add_child(b, child);
		else
			path_leave(&b->path);
	}
	return err;
}

/*
 * A leaf that was found on several paths is folded once: in @nr, which leaves have
 * no use for, is the last @stamp that it was seen with.
 */
static u32 unique_leaves(struct building *b, u32 *leaves, u32 nr, u32 stamp)
{
	u32 i, kept = 0;

	for (i = 0; i < nr; i++) {
		struct statsfs_member *leaf = member(b, leaves[i]);

		if (leaf->nr == stamp)
			continue;
		leaf->nr = stamp;
		leaves[kept++] = leaves[i];
		if (i % 1024 == 0)
			cond_resched();
	}
	return kept;
}

/* Gives the aggregates their leaves. */
static int sort_folds(struct building *b)
{
	struct statsfs_layout *layout = b->layout;
	const struct fold *folds = b->folds.items;
	u32 *leaves = statsfs_vec_add(&layout->leaves, b->folds.nr);
	struct statsfs_member *m;
	u32 first = 0;
	size_t i;

	if (!leaves)
		return -ENOMEM;
	for (i = 0; i < b->folds.nr; i++)
		member(b, folds[i].aggrs)->nr++;
	for (i = 0; i < layout->members.nr; i++) {
		m = member(b, i);
		m->first = first;
		first += m->nr;
		m->nr = 0;
	}
	for (i = 0; i < b->folds.nr; i++) {
		m = member(b, folds[i].aggrs);
		leaves[m->first + m->nr++] = folds[i].leaf;
	}
	for (i = 0; i < layout->aggrs.nr; i++) {
		u32 index = ((u32 *)layout->aggrs.items)[i];

		m = member(b, index);
		m->nr = unique_leaves(b, leaves + m->first, m->nr, index + 1);
	}
	return 0;
}

/* Has the numbers of all leaves of @m added to its sums, if none is elsewhere. */
static void claim_leaves(struct building *b, struct statsfs_member *m)
{
	const u32 *leaf = (const u32 *)b->layout->leaves.items + m->first;
	u32 i;

	if (!m->view->only_sums)
		return;
	for (i = 0; i < m->nr; i++, cond_resched())
		if (member(b, leaf[i])->sums != STATSFS_NO_SUMS)
			return;
	for (i = 0; i < m->nr; i++, cond_resched())
		member(b, leaf[i])->sums = m->data;
	m->added = true;
}

/* The directories nearest to the leaves come first. */
static void claim_all_leaves(struct building *b)
{
	size_t i;

	for (i = b->layout->aggrs.nr; i--; cond_resched())
		claim_leaves(b, member(b, ((u32 *)b->layout->aggrs.items)[i]));
}

/**
 * statsfs_layout_create - find all that a snapshot shows
 * @top: the directory; the caller keeps its memory
 * @reader: who reads
 * @changes: sources may get other parents meanwhile
 *
 * What stays where it is meanwhile is found; what comes or goes may be.
 *
 * Context: May sleep.
 * Return: the layout, to be freed by statsfs_layout_free(), or an error pointer:
 * -ENOMEM; -EFBIG: the snapshot is larger than STATSFS_SNAPSHOT_MAX_SIZE;
 * -EINTR.
 */
struct statsfs_layout *statsfs_layout_create(struct statsfs_source *top,
					     const struct statsfs_reader *reader,
					     bool changes)
{
	struct building *b;
	struct statsfs_layout *layout;
	int err;

	b = kzalloc_obj(*b, STATSFS_GFP);
	layout = kzalloc_obj(*layout, STATSFS_GFP);
	if (!b || !layout) {
		kfree(layout);
		kfree(b);
		return ERR_PTR(-ENOMEM);
	}
	*layout = (struct statsfs_layout) {
		.sources = STATSFS_VEC(struct statsfs_snapshot_source),
		.values = STATSFS_VEC(struct statsfs_snapshot_value),
		.strings = STATSFS_VEC(char),
		.members = STATSFS_VEC(struct statsfs_member),
		.aggrs = STATSFS_VEC(u32),
		.leaves = STATSFS_VEC(u32),
	};
	xa_init_flags(&layout->views, XA_FLAGS_ACCOUNT);
	*b = (struct building) {
		.layout = layout,
		.reader = reader,
		.changes = changes,
		.path = STATSFS_VEC(struct place),
		.parts = STATSFS_VEC(struct part),
		.folds = STATSFS_VEC(struct fold),
	};
	xa_init_flags(&b->found, XA_FLAGS_ACCOUNT);
	err = walk(b, top);
	if (!err && b->folds.nr)
		err = sort_folds(b);
	if (!err)
		claim_all_leaves(b);
	path_free(&b->path);
	statsfs_vec_free(&b->parts);
	statsfs_vec_free(&b->folds);
	xa_destroy(&b->found);
	kfree(b);
	if (!err)
		return layout;
	statsfs_layout_free(layout);
	return ERR_PTR(err);
}

void statsfs_layout_free(struct statsfs_layout *layout)
{
	struct statsfs_member *m = layout->members.items;
	struct statsfs_view *view;
	unsigned long id;
	size_t i;

	for (i = 0; i < layout->members.nr; i++) {
		if (m[i].group)
			statsfs_group_put(m[i].group);
		cond_resched();
	}
	xa_for_each(&layout->views, id, view)
		view_free(view);
	xa_destroy(&layout->views);
	statsfs_vec_free(&layout->sources);
	statsfs_vec_free(&layout->values);
	statsfs_vec_free(&layout->strings);
	statsfs_vec_free(&layout->members);
	statsfs_vec_free(&layout->aggrs);
	statsfs_vec_free(&layout->leaves);
	kfree(layout);
}
