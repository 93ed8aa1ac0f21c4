// SPDX-License-Identifier: GPL-2.0
/*
 * One leaf: reading its numbers and resetting them.
 *
 * Numbers in memory are loaded as load.c says, callbacks of sampled groups run
 * between statsfs_group_enter() and _exit().  Resets of a group are serialized by
 * the mutex of its baseline.
 */

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "internal.h"

/* Stores zero in a value that is reset by storing. */
static void store_zero(void *base, const struct statsfs_value *v)
{
	size_t size = statsfs_type_size(v->type);
	void *p = base + v->offset;
	unsigned int i;

	for (i = 0; i < statsfs_value_length(v); i++, p += size) {
		switch (size) {
		case 1:
			WRITE_ONCE(*(u8 *)p, 0);
			break;
		case 2:
			WRITE_ONCE(*(u16 *)p, 0);
			break;
		case 4:
			WRITE_ONCE(*(u32 *)p, 0);
			break;
		case 8:
			WRITE_ONCE(*(u64 *)p, 0);
			break;
		}
	}
}

/*
 * One number of a group in memory, which the caller has a reference to or found
 * under RCU: 0, or -ENODEV.
 */
int statsfs_read_number(struct statsfs_group *group,
			const struct statsfs_run *run, unsigned int i, u64 *number)
{
	raw_spinlock_t *lock = statsfs_fold_begin();
	bool live = statsfs_group_is_live(group);

	if (live)
		*number = statsfs_load_number(group, run, i);
	statsfs_fold_end(lock);
	return live ? 0 : -ENODEV;
}

/* All numbers of @runs of a group in memory: 0, or -ENODEV. */
static int read_memory(struct statsfs_group *group,
		       const struct statsfs_run *runs, unsigned int n,
		       u64 *numbers)
{
	const struct statsfs_run *run;
	int err = 0;
	u32 i;

	for (run = runs; run < runs + n; run++) {
		for (i = 0; i < run->nr && !err; i++) {
			err = statsfs_read_number(group, run, i, numbers++);
			cond_resched();
		}
	}
	return err;
}

/* Fills @sample of a group that has been entered. */
static int group_sample(struct statsfs_group *group, void *sample)
{
	int err;

	memset(sample, 0, group->size);
	err = group->sample(group->base, sample);
	return err > 0 ? -EIO : err;
}

static void load_before(struct statsfs_group *group,
			const struct statsfs_run *runs, unsigned int n,
			u64 *numbers)
{
	const struct statsfs_run *run;
	u32 i;

	for (run = runs; run < runs + n; run++)
		for (i = 0; i < run->nr; i++)
			*numbers++ = statsfs_load_before(group, run->slot + i);
}

/* In @numbers are what they were at the last reset. */
static void load_sample(struct statsfs_group *group,
			const struct statsfs_run *runs, unsigned int n,
			const void *sample, u64 *numbers)
{
	const struct statsfs_run *run;
	u32 i;

	for (run = runs; run < runs + n; run++)
		for (i = 0; i < run->nr; i++, numbers++)
			*numbers = statsfs_load_since(group, run->slot + i,
						      run->type, *numbers,
						      statsfs_load_at(sample, run, i));
}

/* Whether a sample is nothing but the numbers of @runs, in their order. */
static bool is_whole_sample(const struct statsfs_group *group,
			    const struct statsfs_run *runs, unsigned int n)
{
	return n == 1 && !runs->offset &&
	       statsfs_type_size(runs->type) == sizeof(u64) &&
	       (u64)runs->nr * sizeof(u64) == group->size;
}

/*
 * All numbers of @runs of a sampled group: 0, -ENODEV, or the error of its
 * callback.
 */
static int read_sample(struct statsfs_group *group,
		       const struct statsfs_run *runs, unsigned int n,
		       void *sample, u64 *numbers)
{
	bool was_reset;
	int err;

	if (!statsfs_group_enter(group))
		return -ENODEV;
	was_reset = statsfs_group_baseline(group);
	if (was_reset)
		load_before(group, runs, n, numbers);
	else if (is_whole_sample(group, runs, n))
		sample = numbers;
	err = group_sample(group, sample);
	if (!err && was_reset)
		load_sample(group, runs, n, sample, numbers);
	else if (!err && sample != numbers)
		statsfs_load_runs(group, sample, runs, n, NULL, numbers);
	statsfs_group_exit(group);
	return err;
}

/**
 * statsfs_read_leaf - read some numbers of a leaf
 * @group: the leaf; the caller has a reference
 * @runs: which numbers
 * @n: how many runs
 * @sample: room for a sample if it is sampled
 * @numbers: result, one run after the other
 *
 * Context: May sleep; allocates nothing.
 * Return: 0; -ENODEV if it cannot be reached any more; the error of a callback.
 */
int statsfs_read_leaf(struct statsfs_group *group,
		      const struct statsfs_run *runs, unsigned int n,
		      void *sample, u64 *numbers)
{
	if (statsfs_group_is_sampled(group))
		return read_sample(group, runs, n, sample, numbers);
	return read_memory(group, runs, n, numbers);
}

/**
 * statsfs_sample_room - make room for a sample of a group
 * @room: the room, all zeroes at first; to be freed by kvfree(@room->sample)
 * @group: the group
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM.
 */
int statsfs_sample_room(struct statsfs_sample_room *room,
			const struct statsfs_group *group)
{
	if (!statsfs_group_is_sampled(group) || group->size <= room->size)
		return 0;
	kvfree(room->sample);
	room->size = 0;
	room->sample = kvmalloc(group->size,
				GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL);
	if (!room->sample)
		return -ENOMEM;
	room->size = group->size;
	return 0;
}

/**
 * statsfs_baseline_get - the baseline of a group, made if it has none
 * @group: the group; the caller has a reference
 *
 * Context: May sleep.
 * Return: the baseline, or NULL if there is no memory.
 */
struct statsfs_baseline *statsfs_baseline_get(struct statsfs_group *group)
{
	struct statsfs_baseline *baseline = statsfs_group_baseline(group);
	struct statsfs_baseline *old;

	if (baseline)
		return baseline;
	baseline = kvzalloc(struct_size(baseline, slot,
					group->schema->nr_slots),
			    GFP_KERNEL_ACCOUNT);
	if (!baseline)
		return NULL;
	mutex_init(&baseline->lock);
	/* Pairs with statsfs_group_baseline(). */
	old = cmpxchg_release(&group->baseline, NULL, baseline);
	if (!old)
		return baseline;
	kvfree(baseline);
	return statsfs_group_baseline(group);
}

static void set_baseline(struct statsfs_group *group, unsigned int slot,
			 u64 raw)
{
	lockdep_assert_held(&group->baseline->lock);
	/* After the number was loaded: pairs with statsfs_load_before(). */
	atomic64_set_release(&group->baseline->slot[slot], raw);
}

/* Resets bucket @i of a live group in memory.  Under fold_lock. */
static void reset_bucket(struct statsfs_group *group,
			 const struct statsfs_run *run, unsigned int i)
{
	set_baseline(group, run->slot + i, statsfs_load_raw(group, run, i));
}

/* Resets a peak or bool of a live group in memory.  Under fold_lock. */
static void reset_stored(struct statsfs_group *group, unsigned int index)
{
	const struct statsfs_value *v = &group->schema->value[index];
	int cpu;

	if (!group->per_cpu) {
		store_zero(group->base, v);
		return;
	}
	for_each_possible_cpu(cpu)
		store_zero(statsfs_cpu_base(group->base, cpu), v);
}

static int reset_memory(struct statsfs_group *group, unsigned int index)
{
	struct statsfs_run run = statsfs_value_run(group->schema, index);
	unsigned int length = run.stored ? 1 : run.nr;
	raw_spinlock_t *lock;
	unsigned int i;
	bool live;

	for (i = 0; i < length; i++) {
		lock = statsfs_fold_begin();
		live = statsfs_group_is_live(group);
		if (live && run.stored)
			reset_stored(group, index);
		else if (live)
			reset_bucket(group, &run, i);
		statsfs_fold_end(lock);
		if (!live)
			return -ENODEV;
		cond_resched();
	}
	return 0;
}

/* Resets a sampled group that has been entered. */
static int reset_entered(struct statsfs_group *group, unsigned int index,
			 void *sample)
{
	struct statsfs_run run = statsfs_value_run(group->schema, index);
	unsigned int i;
	int err;

	if (run.stored) {
		err = group->reset(group->base, run.offset);
		return err > 0 ? -EIO : err;
	}
	err = group_sample(group, sample);
	for (i = 0; i < run.nr && !err; i++)
		set_baseline(group, run.slot + i,
			     statsfs_load_at(sample, &run, i));
	return err;
}

/**
 * statsfs_reset_leaf - reset a value of a leaf
 * @group: the leaf; it has a baseline
 * @index: which value
 * @sample: room for a sample if it is sampled
 *
 * Context: May sleep; allocates nothing.
 * Return: 0; -ENODEV if it cannot be reached any more; the error of a callback.
 */
int statsfs_reset_leaf(struct statsfs_group *group, unsigned int index,
		       void *sample)
{
	int err;

	guard(mutex)(&group->baseline->lock);
	statsfs_load_baseline_used(group->baseline);
	if (!statsfs_group_is_sampled(group))
		return reset_memory(group, index);
	if (!statsfs_group_enter(group))
		return -ENODEV;
	err = reset_entered(group, index, sample);
	statsfs_group_exit(group);
	return err;
}
