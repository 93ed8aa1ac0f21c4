// SPDX-License-Identifier: GPL-2.0
/*
 * Schemas: our own copies of the tables of values.
 *
 * A table is checked and copied when it is first used; equal tables share one
 * schema, so that comparing two pointers tells whether two leaves can be
 * folded together.  A schema is one block of memory and never changes: after
 * statsfs_schema_intern() has returned it, it is read without a lock by whoever
 * holds a reference, or under RCU.
 */

#include <linux/ctype.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "internal.h"

static LIST_HEAD(statsfs_schemas);
static DEFINE_SPINLOCK(schema_lock);	/* protects the list, taken alone */
static u32 schema_last_id;		/* protected by schema_lock */

static const char * const aggr_suffix[] = {
	"_sum", "_min", "_max", "_avg", "_count_zero", "_count_nonzero",
};

/* Whether a reset stores 0 instead of remembering what to subtract. */
bool statsfs_value_is_stored(const struct statsfs_value *value)
{
	return value->kind == STAT_KIND_PEAK || value->type == STAT_TYPE_BOOL;
}

/* The numbers of a value. */
struct statsfs_run statsfs_value_run(const struct statsfs_schema *schema,
				     unsigned int index)
{
	const struct statsfs_value *v = &schema->value[index];

	return (struct statsfs_run) {
		.offset = v->offset,
		.slot = schema->slot[index],
		.nr = statsfs_value_length(v),
		.nr_alike = 1,
		.type = v->type,
		.stored = statsfs_value_is_stored(v),
	};
}

/**
 * statsfs_name_valid - may a source or a value be called so?
 * @name: the name
 *
 * Whoever takes names from users looks first: statsfs_source_create() says in
 * the log what it refuses.
 *
 * Context: Any.
 * Return: false if the name is empty, longer than NAME_MAX bytes, begins with a
 * dot, or has a '/' or a control character.
 */
bool statsfs_name_valid(const char *name)
{
	size_t len = strnlen(name, NAME_MAX + 1);
	size_t i;

	if (len == 0 || len > NAME_MAX || name[0] == '.')
		return false;
	for (i = 0; i < len; i++)
		if (name[i] == '/' || iscntrl(name[i]))
			return false;
	return true;
}
EXPORT_SYMBOL_GPL(statsfs_name_valid);

static u16 value_mode(const struct statsfs_value *v)
{
	return v->mode ?: 0444;
}

/* The bit whose aggregate has the name of the value. */
static u16 first_aggr(const struct statsfs_value *v)
{
	if (v->aggr_kind & STAT_AGGR_SUM)
		return STAT_AGGR_SUM;
	return v->aggr_kind & -v->aggr_kind;
}

/* An array is summed or not aggregated; a histogram is an array. */
static bool array_valid(const struct statsfs_value *v)
{
	bool is_hist = v->kind == STAT_KIND_LINEAR_HIST ||
		       v->kind == STAT_KIND_LOG_HIST;

	if (v->buckets > STATSFS_MAX_BUCKETS || (is_hist && !v->buckets))
		return false;
	if (v->buckets && (v->aggr_kind & ~STAT_AGGR_SUM))
		return false;
	return !v->bucket_size == (v->kind != STAT_KIND_LINEAR_HIST);
}

static bool desc_valid(const char *desc)
{
	for (; desc && *desc; desc++)
		if (iscntrl(*desc))
			return false;
	return true;
}

static bool unit_valid(const struct statsfs_value *v)
{
	if (v->unit < STAT_UNIT_NONE || v->unit > STAT_UNIT_BOOLEAN)
		return false;
	return v->exponent ? v->base == 2 || v->base == 10 : !v->base;
}

static bool mode_valid(const struct statsfs_value *v)
{
	if (v->mode & ~0666 || !(value_mode(v) & 0400))
		return false;
	return !(v->kind == STAT_KIND_INSTANT && statsfs_value_can_reset(v));
}

/* How values of @type are aligned in a struct at least. */
static size_t type_align(enum statsfs_type type)
{
	return min(statsfs_type_size(type), offsetof(struct { char c; u64 v; }, v));
}

static bool value_valid(const struct statsfs_value *v)
{
	if (!v->name || !statsfs_name_valid(v->name))
		return false;
	if (v->type < STAT_TYPE_BOOL || v->type > STAT_TYPE_S64)
		return false;
	if (v->kind < STAT_KIND_CUMULATIVE || v->kind > STAT_KIND_LOG_HIST)
		return false;
	if (v->aggr_kind >> ARRAY_SIZE(aggr_suffix))
		return false;
	if (v->offset < 0 || v->offset % type_align(v->type))
		return false;
	return mode_valid(v) && unit_valid(v) && array_valid(v) &&
	       desc_valid(v->desc);
}

static const char *value_desc(const struct statsfs_value *v)
{
	return v->desc ?: "";
}

/* Whether @b, which nobody has checked, is the same as @a of a schema, and so valid. */
static bool value_equal(const struct statsfs_value *a,
			const struct statsfs_value *b)
{
	return a->type == b->type && a->aggr_kind == b->aggr_kind &&
	       a->offset == b->offset && a->kind == b->kind &&
	       a->unit == b->unit && a->base == b->base &&
	       a->exponent == b->exponent && a->buckets == b->buckets &&
	       a->bucket_size == b->bucket_size &&
	       value_mode(a) == value_mode(b) &&
	       b->name && !strcmp(a->name, b->name) &&
	       !strcmp(value_desc(a), value_desc(b));
}

static bool schema_equal(const struct statsfs_schema *schema,
			 const struct statsfs_value *values, size_t n)
{
	size_t i;

	if (schema->nr_values != n)
		return false;
	if (schema->value == values)
		return true;
	for (i = 0; i < n; i++)
		if (!value_equal(&schema->value[i], &values[i]))
			return false;
	return true;
}

/* Finds an equal schema and takes a reference. */
static struct statsfs_schema *schema_find(const struct statsfs_value *values,
					  size_t n)
{
	struct statsfs_schema *schema;

	lockdep_assert_held(&schema_lock);
	list_for_each_entry(schema, &statsfs_schemas, list) {
		if (!schema_equal(schema, values, n))
			continue;
		refcount_inc(&schema->ref);
		return schema;
	}
	return NULL;
}

/* Adds the items of @v to @schema, and their names at @text. */
static char *schema_add_items(struct statsfs_schema *schema, u16 value,
			      char *text)
{
	const struct statsfs_value *v = &schema->value[value];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(aggr_suffix); i++) {
		u16 aggr = v->aggr_kind & BIT(i);
		struct statsfs_item *item = &schema->item[schema->nr_items];

		if (!aggr)
			continue;
		item->value = value;
		item->aggr = aggr;
		item->name = v->name;
		if (aggr != first_aggr(v)) {
			item->name = text;
			text += sprintf(text, "%s%s", v->name, aggr_suffix[i]) + 1;
		}
		schema->nr_items++;
	}
	return text;
}

static int item_cmp(const void *a, const void *b, const void *items)
{
	const struct statsfs_item *item = items;

	return strcmp(item[*(const u16 *)a].name, item[*(const u16 *)b].name);
}

/* Sorts @n items from @first by name; -EEXIST if two have the same. */
static int schema_sort(struct statsfs_schema *schema, unsigned int first,
		       unsigned int n)
{
	u16 *sorted = schema->sorted + first;
	unsigned int i;

	for (i = 0; i < n; i++)
		sorted[i] = first + i;
	sort_r(sorted, n, sizeof(*sorted), item_cmp, NULL, schema->item);
	for (i = 1; i < n; i++)
		if (!item_cmp(&sorted[i - 1], &sorted[i], schema->item))
			return -EEXIST;
	return 0;
}

/*
 * Bytes of all names and descriptions that the table needs, or 0 if the name
 * of an aggregate is too long.
 */
static size_t text_size(const struct statsfs_value *values, size_t n,
			size_t *nr_items)
{
	size_t size = 0, i, bit;

	*nr_items = n;
	for (i = 0; i < n; i++) {
		const struct statsfs_value *v = &values[i];
		size_t len = strlen(v->name);

		size += len + 1 + strlen(value_desc(v)) + 1;
		*nr_items += hweight16(v->aggr_kind);
		for (bit = 0; bit < ARRAY_SIZE(aggr_suffix); bit++) {
			size_t suffix = strlen(aggr_suffix[bit]);

			if (!(v->aggr_kind & BIT(bit)) ||
			    first_aggr(v) == BIT(bit))
				continue;
			if (len + suffix > NAME_MAX)
				return 0;
			size += len + suffix + 1;
		}
	}
	return size;
}

static char *add_text(const char **where, char *text, const char *from)
{
	size_t size = strlen(from) + 1;

	*where = memcpy(text, from, size);
	return text + size;
}

/* Numbers that are loaded alike come together. */
static int slot_cmp(const void *a, const void *b, const void *values)
{
	const struct statsfs_value *v = values + *(const u16 *)a * sizeof(*v);
	const struct statsfs_value *w = values + *(const u16 *)b * sizeof(*w);
	bool stored = statsfs_value_is_stored(v);

	if (v->type != w->type)
		return v->type < w->type ? -1 : 1;
	if (stored != statsfs_value_is_stored(w))
		return stored ? 1 : -1;
	if (v->offset != w->offset)
		return v->offset < w->offset ? -1 : 1;
	return *(const u16 *)a - *(const u16 *)b;
}

static void schema_fill_slots(struct statsfs_schema *schema)
{
	unsigned int i;

	for (i = 0; i < schema->nr_values; i++)
		schema->by_slot[i] = i;
	sort_r(schema->by_slot, schema->nr_values, sizeof(*schema->by_slot),
	       slot_cmp, NULL, schema->value);
	for (i = 0; i < schema->nr_values; i++) {
		u16 index = schema->by_slot[i];

		schema->slot[index] = schema->nr_slots;
		schema->nr_slots += statsfs_value_length(&schema->value[index]);
	}
}

static void schema_fill(struct statsfs_schema *schema, char *text,
			const struct statsfs_value *values, size_t n)
{
	size_t i, end;

	for (i = 0; i < n; i++) {
		struct statsfs_value *v = &schema->value[i];

		*v = values[i];
		v->mode = value_mode(v);
		text = add_text(&v->name, text, values[i].name);
		text = add_text(&v->desc, text, value_desc(&values[i]));
		schema->item[i].name = v->name;
		schema->item[i].value = i;
		end = v->offset +
		      statsfs_type_size(v->type) * statsfs_value_length(v);
		schema->size = max(schema->size, end);
		if (statsfs_value_is_stored(v) && statsfs_value_can_reset(v))
			schema->resets_store = true;
	}
	schema->nr_values = n;
	schema->nr_items = n;
	for (i = 0; i < n; i++)
		text = schema_add_items(schema, i, text);
	schema_fill_slots(schema);
}

/* A new schema that nobody else knows yet, from a table that is valid. */
static struct statsfs_schema *schema_create(const struct statsfs_value *values,
					    size_t n)
{
	size_t nr_items, text, size;
	struct statsfs_schema *schema;
	int err;

	text = text_size(values, n, &nr_items);
	if (!text || nr_items > U16_MAX)
		return ERR_PTR(-EINVAL);
	size = sizeof(*schema) +
	       n * (sizeof(*schema->value) + sizeof(*schema->slot) +
		    sizeof(*schema->by_slot)) +
	       nr_items * (sizeof(*schema->item) + sizeof(*schema->sorted));
	schema = kvzalloc(size + text, GFP_KERNEL);
	if (!schema)
		return ERR_PTR(-ENOMEM);
	refcount_set(&schema->ref, 1);
	schema->value = (struct statsfs_value *)(schema + 1);
	schema->item = (struct statsfs_item *)(schema->value + n);
	schema->slot = (u32 *)(schema->item + nr_items);
	schema->by_slot = (u16 *)(schema->slot + n);
	schema->sorted = schema->by_slot + n;
	schema_fill(schema, (char *)schema + size, values, n);

	err = schema_sort(schema, 0, n);
	if (!err)
		err = schema_sort(schema, n, nr_items - n);
	if (err) {
		kvfree(schema);
		return ERR_PTR(err);
	}
	return schema;
}

/**
 * statsfs_schema_intern - get the schema for a table of values
 * @values: the table; error pointers are allowed
 * @n: number of its lines
 *
 * Context: May sleep; takes no lock but schema_lock.
 * Return: the schema with a reference for the caller, or an error pointer:
 * that of @values; -EINVAL if the table is not valid, -EEXIST if two files would
 * have the same name, -ENOMEM.
 */
struct statsfs_schema *statsfs_schema_intern(const struct statsfs_value *values,
					     size_t n)
{
	struct statsfs_schema *schema, *new;
	size_t i;

	if (IS_ERR(values))
		return ERR_CAST(values);
	if (!values || !n || n > U16_MAX)
		return ERR_PTR(-EINVAL);
	/* A table that is known need not be checked again. */
	spin_lock(&schema_lock);
	schema = schema_find(values, n);
	spin_unlock(&schema_lock);
	if (schema)
		return schema;

	for (i = 0; i < n; i++)
		if (!value_valid(&values[i]))
			return ERR_PTR(-EINVAL);
	new = schema_create(values, n);
	if (IS_ERR(new))
		return new;
	spin_lock(&schema_lock);
	schema = schema_find(values, n);
	if (!schema) {
		new->id = ++schema_last_id;
		list_add(&new->list, &statsfs_schemas);
	}
	spin_unlock(&schema_lock);
	if (!schema)
		return new;
	kvfree(new);
	return schema;
}

/**
 * statsfs_schema_put - drop a reference
 * @schema: the schema
 *
 * Context: Process; does not sleep.
 */
void statsfs_schema_put(struct statsfs_schema *schema)
{
	if (!refcount_dec_and_lock(&schema->ref, &schema_lock))
		return;
	list_del(&schema->list);
	spin_unlock(&schema_lock);
	kvfree_rcu(schema, rcu);
}

/**
 * statsfs_values_get - check and copy a table once for many sources
 * @values: the table
 * @n: number of its lines, at least 1
 *
 * Adding a table to a source means to look whether statsfs knows an equal one,
 * line by line.  What this function returns it knows at once, so that who adds
 * a long table to thousands of sources passes this instead, with the same @n.
 * To the files it makes no difference.
 *
 * Context: May sleep.
 * Return: an equal table, to be dropped by statsfs_values_put() when no source
 * will be given it any more; or an error pointer: -EINVAL for a table that
 * statsfs_source_add_values() would refuse, -EEXIST if two files would have
 * the same name, -ENOMEM.
 */
const struct statsfs_value *
statsfs_values_get(const struct statsfs_value *values, size_t n)
{
	struct statsfs_schema *schema = statsfs_schema_intern(values, n);

	if (!IS_ERR(schema))
		return schema->value;
	if (schema != ERR_PTR(-ENOMEM))
		pr_warn_ratelimited("statsfs: refused table: %pe\n", schema);
	return ERR_CAST(schema);
}
EXPORT_SYMBOL_GPL(statsfs_values_get);

/**
 * statsfs_values_put - drop a table
 * @values: from statsfs_values_get(); NULL and error pointers are allowed
 *
 * Sources that were given it stay as they are.
 *
 * Context: Process; does not sleep.
 */
void statsfs_values_put(const struct statsfs_value *values)
{
	/* The table comes right behind its schema. */
	if (!IS_ERR_OR_NULL(values))
		statsfs_schema_put((struct statsfs_schema *)values - 1);
}
EXPORT_SYMBOL_GPL(statsfs_values_put);

/**
 * statsfs_schema_lookup - find a file by name
 * @schema: the schema, referenced or under RCU
 * @own: look among the values, else among the aggregates
 * @name: the name
 *
 * Return: the item or NULL.
 */
const struct statsfs_item *
statsfs_schema_lookup(const struct statsfs_schema *schema, bool own,
		      const char *name)
{
	unsigned int low = own ? 0 : schema->nr_values;
	unsigned int high = own ? schema->nr_values : schema->nr_items;

	while (low < high) {
		unsigned int mid = (low + high) / 2;
		const struct statsfs_item *item =
			&schema->item[schema->sorted[mid]];
		int cmp = strcmp(name, item->name);

		if (!cmp)
			return item;
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}
