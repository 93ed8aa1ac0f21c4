// SPDX-License-Identifier: GPL-2.0
/*
 * What a file shows: the numbers of a leaf, or a fold over the leaves of a plan.
 * See load.c and leaf.c for one leaf, and plan.c for plans.
 */

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "internal.h"

/* Finds the own group of a directory and takes a reference, or NULL. */
struct statsfs_group *statsfs_group_get(struct statsfs_source *dir,
					const struct statsfs_schema *schema)
{
	struct statsfs_group *group;

	guard(rcu)();
	group = statsfs_group_find(dir, schema);
	if (group && !refcount_inc_not_zero(&group->ref))
		group = NULL;
	return group;
}

/* A single number in memory; -EAGAIN if it is something else. */
static int read_own_number(struct statsfs_source *dir,
			   const struct statsfs_schema *schema,
			   const struct statsfs_run *run, u64 *number)
{
	struct statsfs_group *group;

	if (run->nr > 1)
		return -EAGAIN;
	guard(rcu)();
	group = statsfs_group_find(dir, schema);
	if (!group)
		return -ENODEV;
	if (statsfs_group_is_sampled(group))
		return -EAGAIN;
	return statsfs_read_number(group, run, 0, number);
}

static int read_own(struct statsfs_source *dir,
		    const struct statsfs_schema *schema, u16 index,
		    u64 *numbers)
{
	struct statsfs_run run = statsfs_value_run(schema, index);
	struct statsfs_sample_room room = {};
	struct statsfs_group *group;
	int err;

	err = read_own_number(dir, schema, &run, numbers);
	if (err != -EAGAIN)
		return err;
	group = statsfs_group_get(dir, schema);
	if (!group)
		return -ENODEV;
	err = statsfs_sample_room(&room, group);
	if (!err)
		err = statsfs_read_leaf(group, &run, 1, room.sample, numbers);
	kvfree(room.sample);
	statsfs_group_put(group);
	return err;
}

/* Folding */

/* (@high * 2^64 + @low) / @divisor, where @high < @divisor. */
static u64 div_128(u64 high, u64 low, u64 divisor)
{
	u64 quotient = 0;
	int i;

	if (!high)
		return div64_u64(low, divisor);
	for (i = 0; i < 64; i++) {
		bool carry = high >> 63;

		high = high << 1 | low >> 63;
		low <<= 1;
		quotient <<= 1;
		if (carry || high >= divisor) {
			high -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
}

static u64 fold_average(const struct statsfs_fold *fold)
{
	u64 high = fold->sum_high, low = fold->sum;

	if (!fold->is_signed || (s64)high >= 0)
		return div_128(high, low, fold->nr);
	low = -low;
	high = ~high + !low;
	return -div_128(high, low, fold->nr);
}

/* The aggregate @aggr of at least one number. */
u64 statsfs_fold_result(const struct statsfs_fold *fold, u16 aggr)
{
	switch (aggr) {
	case STAT_AGGR_MIN:
		return fold->min;
	case STAT_AGGR_MAX:
		return fold->max;
	case STAT_AGGR_AVG:
		return fold_average(fold);
	case STAT_AGGR_COUNT_ZERO:
		return fold->nr_zero;
	case STAT_AGGR_COUNT_NONZERO:
		return fold->nr - fold->nr_zero;
	default:
		return fold->sum;
	}
}

/*
 * Folding the numbers of a value over the plan of a directory: into @fold a single
 * number, of which @only_sum may be needed; or the sums of an array into @sums, and
 * only how many leaves there are into @fold.  @numbers has room for one leaf.
 */
struct folding {
	struct statsfs_source *dir;
	struct statsfs_plan *plan;
	struct statsfs_run run;
	bool only_sum;
	struct statsfs_fold fold;
	u64 *sums;
	u64 *numbers;
	struct statsfs_sample_room room;
};

/*
 * Folds one leaf, or passes over it if it has died.  If it cannot be read there
 * is no right number: -EIO.
 */
static int fold_leaf(struct folding *f, struct statsfs_group *group)
{
	unsigned int i;
	int err;

	err = statsfs_sample_room(&f->room, group);
	if (err)
		return err;
	err = statsfs_read_leaf(group, &f->run, 1, f->room.sample, f->numbers);
	if (err)
		return statsfs_group_is_live(group) ? -EIO : 0;
	if (!f->sums) {
		statsfs_fold_add(&f->fold, f->numbers[0]);
		return 0;
	}
	for (i = 0; i < f->run.nr; i++)
		f->sums[i] += f->numbers[i];
	f->fold.nr++;
	return 0;
}

/*
 * Under fold_lock: whether all leaves are alive.  A removal makes the generation
 * grow or takes the directory from the root, before it waits for the lock.  In this
 * order: a directory that is there again may have lost leaves meanwhile.
 */
static bool all_alive(const struct folding *f)
{
	return statsfs_source_live(f->dir) &&
	       statsfs_plan_is_current(f->plan, f->dir);
}

/* Folds single numbers of groups in memory, all under one lock. */
static void fold_memory(struct folding *f, struct statsfs_chunk *chunk)
{
	raw_spinlock_t *lock = statsfs_fold_begin();

	statsfs_fold_chunk(chunk, &f->run, all_alive(f), f->only_sum,
			   &f->fold);
	statsfs_fold_end(lock);
}

static int fold_chunk(struct folding *f, struct statsfs_chunk *chunk)
{
	int err = 0;
	u32 i;

	if (fatal_signal_pending(current))
		return -EINTR;
	if (!chunk->sampled && !f->sums) {
		fold_memory(f, chunk);
		return 0;
	}
	for (i = 0; i < chunk->nr && !err; i++) {
		err = fold_leaf(f, chunk->leaf[i].group);
		cond_resched();
	}
	return err;
}

/* Folds all leaves.  The minimum of nothing is nothing: -ENODEV. */
static int fold_plan(struct folding *f)
{
	struct statsfs_chunk *chunk;
	int err = 0;

	for (chunk = f->plan->chunks; chunk && !err; chunk = chunk->next) {
		err = fold_chunk(f, chunk);
		cond_resched();
	}
	kvfree(f->room.sample);
	return err ?: f->fold.nr ? 0 : -ENODEV;
}

static int fold_number(struct folding *f, const struct statsfs_value *v,
		       u16 aggr, u64 *number)
{
	int err;

	f->only_sum = aggr == STAT_AGGR_SUM;
	f->fold.is_signed = statsfs_value_is_signed(v);
	f->numbers = number;
	err = fold_plan(f);
	if (!err)
		*number = statsfs_fold_result(&f->fold, aggr);
	return err;
}

static int fold_array(struct folding *f, u64 *numbers)
{
	int err;

	f->sums = numbers;
	f->numbers = kvmalloc_array(f->run.nr, sizeof(*f->numbers),
				    GFP_KERNEL_ACCOUNT);
	if (!f->numbers)
		return -ENOMEM;
	memset(numbers, 0, array_size(f->run.nr, sizeof(*numbers)));
	err = fold_plan(f);
	kvfree(f->numbers);
	return err;
}

static int read_aggregate(struct statsfs_source *dir,
			  const struct statsfs_schema *schema,
			  const struct statsfs_item *item, u64 *numbers)
{
	const struct statsfs_value *v = &schema->value[item->value];
	struct folding f = {
		.dir = dir,
		.run = statsfs_value_run(schema, item->value),
	};
	int err;

	if (!statsfs_source_live(dir))
		return -ENODEV;
	f.plan = statsfs_plan_get(dir, schema);
	if (IS_ERR(f.plan))
		return PTR_ERR(f.plan);
	if (v->buckets)
		err = fold_array(&f, numbers);
	else
		err = fold_number(&f, v, item->aggr, numbers);
	statsfs_plan_put(f.plan);
	return err;
}

/* Whether the number of a file is signed. */
bool statsfs_item_is_signed(const struct statsfs_schema *schema,
			    const struct statsfs_item *item)
{
	return statsfs_value_is_signed(&schema->value[item->value]) &&
	       !(item->aggr & (STAT_AGGR_COUNT_ZERO | STAT_AGGR_COUNT_NONZERO));
}

/**
 * statsfs_item_read - read the numbers that a file shows
 * @dir: the directory; the caller keeps its memory
 * @schema: schema of the file
 * @item: which file
 * @numbers: result, statsfs_value_length() numbers, sign-extended if
 *	statsfs_item_is_signed()
 *
 * Context: May sleep.
 * Return: 0; -ENODEV if there is no such file any more; the error of a
 * callback, or -EIO from an aggregate; -ENOMEM; -EINTR.
 */
int statsfs_item_read(struct statsfs_source *dir,
		      const struct statsfs_schema *schema,
		      const struct statsfs_item *item, u64 *numbers)
{
	if (item->aggr)
		return read_aggregate(dir, schema, item, numbers);
	return read_own(dir, schema, item->value, numbers);
}

/* Reset */

/* Allocates all that resetting a leaf takes. */
static int reset_prepare(struct statsfs_group *group,
			 struct statsfs_sample_room *room)
{
	if (!statsfs_baseline_get(group))
		return -ENOMEM;
	return statsfs_sample_room(room, group);
}

static int reset_own(struct statsfs_source *dir,
		     const struct statsfs_schema *schema, unsigned int index)
{
	struct statsfs_group *group = statsfs_group_get(dir, schema);
	struct statsfs_sample_room room = {};
	int err;

	if (!group)
		return -ENODEV;
	err = reset_prepare(group, &room);
	if (!err)
		err = statsfs_reset_leaf(group, index, room.sample);
	kvfree(room.sample);
	statsfs_group_put(group);
	return err;
}

static int reset_plan_prepare(const struct statsfs_plan *plan,
			      struct statsfs_sample_room *room)
{
	const struct statsfs_chunk *chunk;
	unsigned long i;
	int err;

	for (chunk = plan->chunks; chunk; chunk = chunk->next) {
		if (fatal_signal_pending(current))
			return -EINTR;
		for (i = 0; i < chunk->nr; i++) {
			err = reset_prepare(chunk->leaf[i].group, room);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

/* Resets every leaf; the error of one does not keep the others from it. */
static int reset_plan(const struct statsfs_plan *plan, unsigned int index,
		      void *sample)
{
	const struct statsfs_chunk *chunk;
	unsigned long i;
	int err, ret = 0;

	for (chunk = plan->chunks; chunk; chunk = chunk->next) {
		for (i = 0; i < chunk->nr; i++) {
			struct statsfs_group *group = chunk->leaf[i].group;

			err = statsfs_reset_leaf(group, index, sample);
			if (err && statsfs_group_is_live(group))
				ret = ret ?: err;
			cond_resched();
		}
	}
	return ret;
}

static int reset_aggregate(struct statsfs_source *dir,
			   const struct statsfs_schema *schema,
			   unsigned int index)
{
	struct statsfs_sample_room room = {};
	struct statsfs_plan *plan;
	int err;

	if (!statsfs_source_live(dir))
		return -ENODEV;
	plan = statsfs_plan_get(dir, schema);
	if (IS_ERR(plan))
		return PTR_ERR(plan);
	err = plan->chunks ? reset_plan_prepare(plan, &room) : -ENODEV;
	if (!err)
		err = reset_plan(plan, index, room.sample);
	kvfree(room.sample);
	statsfs_plan_put(plan);
	return err;
}

/**
 * statsfs_item_reset - reset the number that a file shows, and all it folds
 * @dir: the directory; the caller keeps its memory
 * @schema: schema of the file
 * @item: which file
 *
 * Context: May sleep.
 * Return: 0; -EACCES if its mode has no write permission; -ENODEV if there is
 * no such file any more; -ENOMEM or -EINTR, and then nothing has changed; the
 * error of a callback, and then the other leaves of an aggregate are reset.
 */
int statsfs_item_reset(struct statsfs_source *dir,
		       const struct statsfs_schema *schema,
		       const struct statsfs_item *item)
{
	if (!statsfs_value_can_reset(&schema->value[item->value]))
		return -EACCES;
	if (item->aggr)
		return reset_aggregate(dir, schema, item->value);
	return reset_own(dir, schema, item->value);
}

/* Finds the file @name of a source for kernel code. */
static int find_file(struct statsfs_source *source, const char *name,
		     struct statsfs_entry *entry)
{
	int err;

	if (!statsfs_source_live(source))
		return -ENODEV;
	err = statsfs_source_lookup(source, name, NULL, entry);
	if (!err && !entry->item) {
		statsfs_entry_put(entry);
		err = -ENOENT;
	}
	return err;
}

/**
 * statsfs_source_read_array - read an array, or its aggregate, by name
 * @source: the source; NULL and error pointers are allowed
 * @name: name of the file
 * @numbers: result: what the file shows, sign-extended if it is signed
 * @n: room in @numbers
 *
 * A plain number is an array of 1.
 *
 * Context: May sleep, and calls callbacks: no lock that one takes may be held.
 * Return: how many numbers there are, at most @n; the error of @source, -EINVAL
 * if it is NULL; -ENODEV if it cannot be reached from a registered source;
 * -ENOENT if it has no file @name; -E2BIG if @n is too small; the error of a
 * callback, or -EIO from an aggregate; -ENOMEM; -EINTR.
 */
int statsfs_source_read_array(struct statsfs_source *source, const char *name,
			      u64 *numbers, unsigned int n)
{
	struct statsfs_entry entry;
	unsigned int length;
	int err;

	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	err = find_file(source, name, &entry);
	if (err)
		return err;
	length = statsfs_value_length(&entry.schema->value[entry.item->value]);
	if (length > n)
		err = -E2BIG;
	else
		err = statsfs_item_read(source, entry.schema, entry.item,
					numbers);
	statsfs_entry_put(&entry);
	return err ?: length;
}
EXPORT_SYMBOL_GPL(statsfs_source_read_array);

/**
 * statsfs_source_read - read a value or aggregate by name
 * @source: the source; NULL and error pointers are allowed
 * @name: name of the file
 * @number: result: what the file shows, sign-extended if it is signed
 *
 * Context: May sleep, and calls callbacks: no lock that one takes may be held.
 * Return: 0; the errors of statsfs_source_read_array(), -E2BIG if it is an
 * array.
 */
int statsfs_source_read(struct statsfs_source *source, const char *name,
			u64 *number)
{
	int ret = statsfs_source_read_array(source, name, number, 1);

	return min(ret, 0);
}
EXPORT_SYMBOL_GPL(statsfs_source_read);

/**
 * statsfs_source_reset - reset a value, or all that an aggregate folds, by name
 * @source: the source; NULL and error pointers are allowed
 * @name: name of the file
 *
 * Context: May sleep, and calls callbacks: no lock that one takes may be held.
 * Return: 0; the error of @source, -EINVAL if it is NULL; -ENODEV if it cannot
 * be reached from a registered source; -ENOENT if it has no file @name;
 * -EACCES if the file has no write permission; the error of a callback;
 * -ENOMEM; -EINTR.
 */
int statsfs_source_reset(struct statsfs_source *source, const char *name)
{
	struct statsfs_entry entry;
	int err;

	if (IS_ERR_OR_NULL(source))
		return statsfs_no_source(source);
	err = find_file(source, name, &entry);
	if (err)
		return err;
	err = statsfs_item_reset(source, entry.schema, entry.item);
	statsfs_entry_put(&entry);
	return err;
}
EXPORT_SYMBOL_GPL(statsfs_source_reset);
