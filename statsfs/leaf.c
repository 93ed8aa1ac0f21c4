// SPDX-License-Identifier: GPL-2.0
/*
 * One leaf: reading its numbers and resetting them.
 *
 * Memory of plain and per-CPU groups is read under fold_lock of this CPU,
 * after a look at group->active: a removal marks the group dead and then takes
 * each CPU's fold_lock once, so that nobody who saw it alive is still reading.
 * Callbacks of sampled groups run between statsfs_group_enter() and _exit().
 *
 * A reset of a cumulative value remembers the raw number in group->baseline.
 * A reader loads the baseline first, then the number: it sees the number
 * before the reset or what has been counted since, never less.  Resets of a
 * group are serialized by the mutex of its baseline.
 */

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>

#include "internal.h"

static DEFINE_PER_CPU(raw_spinlock_t, fold_lock) =
	__RAW_SPIN_LOCK_UNLOCKED(fold_lock);

/* Waits until no CPU reads a plain group that it saw alive before. */
void statsfs_fold_barrier(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		raw_spin_lock(per_cpu_ptr(&fold_lock, cpu));
		raw_spin_unlock(per_cpu_ptr(&fold_lock, cpu));
	}
}

raw_spinlock_t *statsfs_fold_begin(void)
{
	raw_spinlock_t *lock;

	preempt_disable();
	lock = this_cpu_ptr(&fold_lock);
	raw_spin_lock(lock);
	return lock;
}

void statsfs_fold_end(raw_spinlock_t *lock)
{
	raw_spin_unlock(lock);
	preempt_enable();
}

/*
 * On 32 bits half of a number may be new.  Owners that care have a
 * u64_stats_sync; else two equal readings in a row are the best there is.
 */
static u64 load_u64(const u64 *p)
{
	u64 number = READ_ONCE(*p), again;
	unsigned int tries;

	if (BITS_PER_LONG == 64)
		return number;
	for (tries = 0; tries < 8; tries++) {
		again = READ_ONCE(*p);
		if (again == number)
			break;
		number = again;
	}
	return number;
}

/* Loads bucket @i of a value, zero- or sign-extended to 64 bits. */
static u64 load_at(const void *base, const struct statsfs_value *v,
		   unsigned int i)
{
	const void *p = base + v->offset;

	switch (v->type) {
	case STAT_TYPE_BOOL:
		return !!READ_ONCE(((const u8 *)p)[i]);
	case STAT_TYPE_U8:
		return READ_ONCE(((const u8 *)p)[i]);
	case STAT_TYPE_U16:
		return READ_ONCE(((const u16 *)p)[i]);
	case STAT_TYPE_U32:
		return READ_ONCE(((const u32 *)p)[i]);
	case STAT_TYPE_U64:
	case STAT_TYPE_S64:
		return load_u64((const u64 *)p + i);
	case STAT_TYPE_S8:
		return READ_ONCE(((const s8 *)p)[i]);
	case STAT_TYPE_S16:
		return READ_ONCE(((const s16 *)p)[i]);
	case STAT_TYPE_S32:
		return READ_ONCE(((const s32 *)p)[i]);
	}
	return 0;
}

/* The same, if the owner has a u64_stats_sync. */
static u64 load_synced(const struct statsfs_group *group, const void *base,
		       const struct statsfs_value *v, unsigned int i)
{
	const struct u64_stats_sync *sync = base + group->sync_offset;
	unsigned int start;
	u64 number;

	if (BITS_PER_LONG == 64 || group->sync_offset < 0)
		return load_at(base, v, i);
	do {
		start = u64_stats_fetch_begin(sync);
		number = load_at(base, v, i);
	} while (u64_stats_fetch_retry(sync, start));
	return number;
}

/* Cuts a number to the width of the type and extends it again. */
static u64 narrow(u64 number, enum statsfs_type type)
{
	unsigned int shift = 64 - 8 * statsfs_type_size(type);

	switch (type) {
	case STAT_TYPE_S8:
	case STAT_TYPE_S16:
	case STAT_TYPE_S32:
		return (s64)(number << shift) >> shift;
	default:
		return number << shift >> shift;
	}
}

bool statsfs_number_less(bool is_signed, u64 a, u64 b)
{
	return is_signed ? (s64)a < (s64)b : a < b;
}

/* Folds the CPUs: peaks by maximum, booleans by or, all others by sum. */
static u64 load_percpu(const struct statsfs_group *group,
		       const struct statsfs_value *v, unsigned int i)
{
	bool is_max = statsfs_value_is_stored(v);
	bool is_signed = statsfs_value_is_signed(v);
	bool first = true;
	u64 result = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const void *base = per_cpu_ptr((void __percpu *)group->base,
					       cpu);
		u64 number = load_synced(group, base, v, i);

		if (!is_max)
			result += number;
		else if (first || statsfs_number_less(is_signed, result, number))
			result = number;
		first = false;
	}
	return narrow(result, v->type);
}

/* Under fold_lock, of a live group in memory. */
static u64 load_raw(const struct statsfs_group *group,
		    const struct statsfs_value *v, unsigned int i)
{
	if (group->per_cpu)
		return load_percpu(group, v, i);
	return load_synced(group, group->base, v, i);
}

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

/* The baseline, or NULL if the group was never reset. */
static struct statsfs_baseline *
load_acquire_baseline(struct statsfs_group *group)
{
	/* Pairs with statsfs_baseline_get(). */
	return smp_load_acquire(&group->baseline);
}

static atomic64_t *group_baseline(struct statsfs_group *group,
				  unsigned int slot)
{
	struct statsfs_baseline *baseline = load_acquire_baseline(group);

	return baseline ? &baseline->slot[slot] : NULL;
}

static u64 load_baseline(struct statsfs_group *group, unsigned int slot)
{
	atomic64_t *baseline = group_baseline(group, slot);

	/* The number is loaded later: pairs with set_baseline(). */
	return baseline ? atomic64_read_acquire(baseline) : 0;
}

/* Whether a number of 64 bits may have been read while it was half written. */
static bool may_be_torn(const struct statsfs_group *group)
{
	return BITS_PER_LONG == 32 && !statsfs_group_is_sampled(group) &&
	       group->sync_offset < 0;
}

/*
 * What has been counted since the last reset.  An owner that restarted a u64
 * counter has made it less than it was: it counts from there again.
 */
static u64 apply_baseline(struct statsfs_group *group, enum statsfs_type type,
			  unsigned int slot, u64 baseline, u64 raw)
{
	if (!baseline)
		return raw;
	if (type == STAT_TYPE_U64 && raw < baseline) {
		if (!may_be_torn(group))
			atomic64_cmpxchg(group_baseline(group, slot), baseline,
					 raw);
		return 0;
	}
	return narrow(raw - baseline, type);
}

/* Under fold_lock, of a live group in memory. */
u64 statsfs_load_number(struct statsfs_group *group, unsigned int index,
			unsigned int i)
{
	const struct statsfs_value *v = &group->schema->value[index];
	unsigned int slot = group->schema->slot[index] + i;
	u64 baseline = load_baseline(group, slot);
	u64 raw = load_raw(group, v, i);

	return apply_baseline(group, v->type, slot, baseline, raw);
}

/* Under fold_lock, of a live group in memory: all numbers of its @values. */
void statsfs_load_group(struct statsfs_group *group, const u16 *values,
			unsigned int n, u64 *numbers)
{
	const struct statsfs_schema *schema = group->schema;
	bool raw = !load_acquire_baseline(group) && !group->per_cpu &&
		   (BITS_PER_LONG == 64 || group->sync_offset < 0);
	unsigned int k, i;

	for (k = 0; k < n; k++) {
		const struct statsfs_value *v = &schema->value[values[k]];
		unsigned int length = statsfs_value_length(v);

		for (i = 0; i < length; i++)
			*numbers++ = raw ? load_at(group->base, v, i) :
				statsfs_load_number(group, values[k], i);
	}
}

/* One number of a group in memory: 0, or -ENODEV. */
static int read_number(struct statsfs_group *group, unsigned int index,
		       unsigned int i, u64 *number)
{
	raw_spinlock_t *lock = statsfs_fold_begin();
	bool live = statsfs_group_is_live(group);

	if (live)
		*number = statsfs_load_number(group, index, i);
	statsfs_fold_end(lock);
	return live ? 0 : -ENODEV;
}

/* All numbers of @values of a group in memory: 0, or -ENODEV. */
static int read_memory(struct statsfs_group *group, const u16 *values,
		       unsigned int n, u64 *numbers)
{
	unsigned int k, i, length;
	int err = 0;

	for (k = 0; k < n && !err; k++) {
		length = statsfs_value_length(&group->schema->value[values[k]]);
		for (i = 0; i < length && !err; i++) {
			err = read_number(group, values[k], i, numbers++);
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

static void load_baselines(struct statsfs_group *group, const u16 *values,
			   unsigned int n, u64 *numbers)
{
	const struct statsfs_schema *schema = group->schema;
	unsigned int k, i;

	for (k = 0; k < n; k++)
		for (i = 0; i < statsfs_value_length(&schema->value[values[k]]); i++)
			*numbers++ = load_baseline(group,
						   schema->slot[values[k]] + i);
}

/* In @numbers are the baselines. */
static void load_sample(struct statsfs_group *group, const u16 *values,
			unsigned int n, const void *sample, u64 *numbers)
{
	const struct statsfs_schema *schema = group->schema;
	unsigned int k, i;

	for (k = 0; k < n; k++) {
		const struct statsfs_value *v = &schema->value[values[k]];

		for (i = 0; i < statsfs_value_length(v); i++, numbers++)
			*numbers = apply_baseline(group, v->type,
						  schema->slot[values[k]] + i,
						  *numbers, load_at(sample, v, i));
	}
}

/*
 * All numbers of @values of a sampled group: 0, -ENODEV, or the error of its
 * callback.
 */
static int read_sample(struct statsfs_group *group, const u16 *values,
		       unsigned int n, void *sample, u64 *numbers)
{
	int err;

	if (!statsfs_group_enter(group))
		return -ENODEV;
	load_baselines(group, values, n, numbers);
	err = group_sample(group, sample);
	if (!err)
		load_sample(group, values, n, sample, numbers);
	statsfs_group_exit(group);
	return err;
}

/**
 * statsfs_read_leaf - read all numbers of some values of a leaf
 * @group: the leaf; the caller has a reference
 * @values: which values
 * @n: how many values
 * @sample: room for a sample if it is sampled
 * @numbers: result: statsfs_value_length() numbers of each, one after the other
 *
 * Context: May sleep; allocates nothing.
 * Return: 0; -ENODEV if it cannot be reached any more; the error of a callback.
 */
int statsfs_read_leaf(struct statsfs_group *group, const u16 *values,
		      unsigned int n, void *sample, u64 *numbers)
{
	if (statsfs_group_is_sampled(group))
		return read_sample(group, values, n, sample, numbers);
	return read_memory(group, values, n, numbers);
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
	room->sample = kvmalloc(group->size, GFP_KERNEL_ACCOUNT);
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
	struct statsfs_baseline *baseline = load_acquire_baseline(group);
	struct statsfs_baseline *old;

	if (baseline)
		return baseline;
	baseline = kvzalloc(struct_size(baseline, slot,
					group->schema->nr_slots),
			    GFP_KERNEL_ACCOUNT);
	if (!baseline)
		return NULL;
	mutex_init(&baseline->lock);
	/* Pairs with load_acquire_baseline(). */
	old = cmpxchg_release(&group->baseline, NULL, baseline);
	if (!old)
		return baseline;
	kvfree(baseline);
	return load_acquire_baseline(group);
}

static void set_baseline(struct statsfs_group *group, unsigned int slot,
			 u64 raw)
{
	lockdep_assert_held(&group->baseline->lock);
	/* After the number was loaded: pairs with load_baseline(). */
	atomic64_set_release(&group->baseline->slot[slot], raw);
}

/* Resets bucket @i of a live group in memory.  Under fold_lock. */
static void reset_bucket(struct statsfs_group *group, unsigned int index,
			 unsigned int i)
{
	const struct statsfs_value *v = &group->schema->value[index];

	set_baseline(group, group->schema->slot[index] + i,
		     load_raw(group, v, i));
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
		store_zero(per_cpu_ptr((void __percpu *)group->base, cpu), v);
}

static int reset_memory(struct statsfs_group *group, unsigned int index)
{
	const struct statsfs_value *v = &group->schema->value[index];
	bool stored = statsfs_value_is_stored(v);
	unsigned int length = stored ? 1 : statsfs_value_length(v);
	raw_spinlock_t *lock;
	unsigned int i;
	bool live;

	for (i = 0; i < length; i++) {
		lock = statsfs_fold_begin();
		live = statsfs_group_is_live(group);
		if (live && stored)
			reset_stored(group, index);
		else if (live)
			reset_bucket(group, index, i);
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
	const struct statsfs_value *v = &group->schema->value[index];
	unsigned int slot = group->schema->slot[index], i;
	int err;

	if (statsfs_value_is_stored(v)) {
		err = group->reset(group->base, v->offset);
		return err > 0 ? -EIO : err;
	}
	err = group_sample(group, sample);
	for (i = 0; i < statsfs_value_length(v) && !err; i++)
		set_baseline(group, slot + i, load_at(sample, v, i));
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
	if (!statsfs_group_is_sampled(group))
		return reset_memory(group, index);
	if (!statsfs_group_enter(group))
		return -ENODEV;
	err = reset_entered(group, index, sample);
	statsfs_group_exit(group);
	return err;
}
