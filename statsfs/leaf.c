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

/* Loads number @i of a run, zero- or sign-extended to 64 bits. */
static __always_inline u64 load_at(const void *base,
				   const struct statsfs_run *run, unsigned int i)
{
	const void *p = base + run->offset;

	switch (run->type) {
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

/*
 * Loads all numbers of a run.  Most are of 64 bits: for them the type is looked at
 * once.
 */
static void load_run(const void *base, const struct statsfs_run *run,
		     u64 *numbers)
{
	u32 i;

	if (BITS_PER_LONG == 64 &&
	    (run->type == STAT_TYPE_U64 || run->type == STAT_TYPE_S64)) {
		statsfs_copy_numbers(numbers, base + run->offset, run->nr);
		return;
	}
	for (i = 0; i < run->nr; i++)
		numbers[i] = load_at(base, run, i);
}

/* The same, if the owner has a u64_stats_sync. */
static __always_inline u64 load_synced(const struct statsfs_group *group,
				       const void *base,
				       const struct statsfs_run *run,
				       unsigned int i)
{
	const struct u64_stats_sync *sync = base + group->sync_offset;
	unsigned int start;
	u64 number;

	if (BITS_PER_LONG == 64 || group->sync_offset < 0)
		return load_at(base, run, i);
	do {
		start = u64_stats_fetch_begin(sync);
		number = load_at(base, run, i);
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
		       const struct statsfs_run *run, unsigned int i)
{
	bool is_signed = statsfs_type_is_signed(run->type);
	bool first = true;
	u64 result = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const void *base = per_cpu_ptr((void __percpu *)group->base,
					       cpu);
		u64 number = load_synced(group, base, run, i);

		if (!run->stored)
			result += number;
		else if (first || statsfs_number_less(is_signed, result, number))
			result = number;
		first = false;
	}
	return narrow(result, run->type);
}

/* Under fold_lock, of a live group in memory. */
static u64 load_raw(const struct statsfs_group *group,
		    const struct statsfs_run *run, unsigned int i)
{
	if (group->per_cpu)
		return load_percpu(group, run, i);
	return load_synced(group, group->base, run, i);
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

static atomic64_t *group_baseline(struct statsfs_group *group,
				  unsigned int slot)
{
	struct statsfs_baseline *baseline = statsfs_group_baseline(group);

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
u64 statsfs_load_number(struct statsfs_group *group,
			const struct statsfs_run *run, unsigned int i)
{
	u64 baseline = load_baseline(group, run->slot + i);
	u64 raw = load_raw(group, run, i);

	return apply_baseline(group, run->type, run->slot + i, baseline, raw);
}

/* A number of a plain group that has been reset. */
static __always_inline u64 load_since(struct statsfs_group *group,
				      const struct statsfs_baseline *baseline,
				      const struct statsfs_run *run,
				      unsigned int i, bool is_u64)
{
	const u64 *p = group->base + run->offset;
	u64 since, raw;

	/* Pairs with set_baseline(), as in load_baseline(). */
	since = atomic64_read_acquire(&baseline->slot[run->slot + i]);
	raw = is_u64 ? load_u64(p + i) : load_at(group->base, run, i);
	if (is_u64 && likely(raw >= since))
		return raw - since;
	return apply_baseline(group, run->type, run->slot + i, since, raw);
}

static void load_run_since(struct statsfs_group *group,
			   const struct statsfs_baseline *baseline,
			   const struct statsfs_run *run, u64 *numbers)
{
	u32 i;

	if (run->type == STAT_TYPE_U64)
		for (i = 0; i < run->nr; i++)
			numbers[i] = load_since(group, baseline, run, i, true);
	else
		for (i = 0; i < run->nr; i++)
			numbers[i] = load_since(group, baseline, run, i, false);
}

/* All numbers of a run of a per-CPU group that are sums and were not reset. */
static void load_run_percpu(const struct statsfs_group *group,
			    const struct statsfs_run *run, u64 *numbers)
{
	u32 i;
	int cpu;

	memset(numbers, 0, run->nr * sizeof(*numbers));
	for_each_possible_cpu(cpu) {
		const void *base = per_cpu_ptr((void __percpu *)group->base,
					       cpu);

		for (i = 0; i < run->nr; i++)
			numbers[i] += load_at(base, run, i);
	}
	for (i = 0; i < run->nr; i++)
		numbers[i] = narrow(numbers[i], run->type);
}

static void load_run_singly(struct statsfs_group *group,
			    const struct statsfs_run *run, u64 *numbers)
{
	u32 i;

	for (i = 0; i < run->nr; i++)
		numbers[i] = statsfs_load_number(group, run, i);
}

/* Under fold_lock, of a live group in memory: all numbers of its @runs. */
void statsfs_load_group(struct statsfs_group *group,
			const struct statsfs_run *runs, unsigned int n,
			u64 *numbers)
{
	const struct statsfs_baseline *baseline = statsfs_group_baseline(group);
	const struct statsfs_run *run;

	for (run = runs; run < runs + n; numbers += run->nr, run++) {
		if (BITS_PER_LONG == 32)
			load_run_singly(group, run, numbers);
		else if (!group->per_cpu && !baseline && run->nr == 1)
			*numbers = load_at(group->base, run, 0);
		else if (!group->per_cpu && !baseline)
			load_run(group->base, run, numbers);
		else if (!group->per_cpu)
			load_run_since(group, baseline, run, numbers);
		else if (!baseline && !run->stored)
			load_run_percpu(group, run, numbers);
		else
			load_run_singly(group, run, numbers);
	}
}

/*
 * Under fold_lock, of plain groups: adds the number @run of those that are alive to
 * @sum.  Returns how many they are.
 */
unsigned long statsfs_sum_plain(struct statsfs_group * const *leaf,
				unsigned long nr, const struct statsfs_run *run,
				u64 *sum)
{
	bool is_long = BITS_PER_LONG == 64 && run->type == STAT_TYPE_U64;
	const struct statsfs_baseline *baseline;
	unsigned long i, alive = nr;
	u64 result = 0;

	for (i = 0; i < nr; i++) {
		struct statsfs_group *group = leaf[i];

		if (unlikely(!statsfs_group_is_live(group))) {
			alive--;
			continue;
		}
		if (!is_long) {
			result += statsfs_load_number(group, run, 0);
			continue;
		}
		baseline = statsfs_group_baseline(group);
		if (baseline)
			result += load_since(group, baseline, run, 0, true);
		else
			result += READ_ONCE(*(u64 *)(group->base + run->offset));
	}
	*sum += result;
	return alive;
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

static void load_baselines(struct statsfs_group *group,
			   const struct statsfs_run *runs, unsigned int n,
			   u64 *numbers)
{
	const struct statsfs_run *run;
	u32 i;

	for (run = runs; run < runs + n; run++)
		for (i = 0; i < run->nr; i++)
			*numbers++ = load_baseline(group, run->slot + i);
}

/* In @numbers are the baselines. */
static void load_sample(struct statsfs_group *group,
			const struct statsfs_run *runs, unsigned int n,
			const void *sample, u64 *numbers)
{
	const struct statsfs_run *run;
	u32 i;

	for (run = runs; run < runs + n; run++)
		for (i = 0; i < run->nr; i++, numbers++)
			*numbers = apply_baseline(group, run->type,
						  run->slot + i, *numbers,
						  load_at(sample, run, i));
}

/* The same without baselines. */
static void copy_sample(const struct statsfs_run *runs, unsigned int n,
			const void *sample, u64 *numbers)
{
	const struct statsfs_run *run;

	for (run = runs; run < runs + n; numbers += run->nr, run++)
		load_run(sample, run, numbers);
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
		load_baselines(group, runs, n, numbers);
	err = group_sample(group, sample);
	if (!err && was_reset)
		load_sample(group, runs, n, sample, numbers);
	else if (!err)
		copy_sample(runs, n, sample, numbers);
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
	/* After the number was loaded: pairs with load_baseline(). */
	atomic64_set_release(&group->baseline->slot[slot], raw);
}

/* Resets bucket @i of a live group in memory.  Under fold_lock. */
static void reset_bucket(struct statsfs_group *group,
			 const struct statsfs_run *run, unsigned int i)
{
	set_baseline(group, run->slot + i, load_raw(group, run, i));
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
		set_baseline(group, run.slot + i, load_at(sample, &run, i));
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
