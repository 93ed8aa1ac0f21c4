// SPDX-License-Identifier: GPL-2.0
/*
 * Loading numbers from memory: one, all of a group, or one of each leaf of a
 * chunk.
 *
 * Memory of plain and per-CPU groups is read under fold_lock of this CPU,
 * after a look at group->active: a removal marks the group dead and then takes
 * each CPU's fold_lock once, so that nobody who saw it alive is still reading.
 *
 * A reset of a cumulative value remembers the raw number in group->baseline.
 * A reader loads the baseline first, then the number: it sees the number
 * before the reset or what has been counted since, never less.
 */

#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/string.h>
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

/* Loads a number, zero- or sign-extended to 64 bits. */
static __always_inline u64 load_as(const void *p, enum statsfs_type type)
{
	switch (type) {
	case STAT_TYPE_BOOL:
		return !!READ_ONCE(*(const u8 *)p);
	case STAT_TYPE_U8:
		return READ_ONCE(*(const u8 *)p);
	case STAT_TYPE_U16:
		return READ_ONCE(*(const u16 *)p);
	case STAT_TYPE_U32:
		return READ_ONCE(*(const u32 *)p);
	case STAT_TYPE_U64:
	case STAT_TYPE_S64:
		return load_u64(p);
	case STAT_TYPE_S8:
		return READ_ONCE(*(const s8 *)p);
	case STAT_TYPE_S16:
		return READ_ONCE(*(const s16 *)p);
	case STAT_TYPE_S32:
		return READ_ONCE(*(const s32 *)p);
	}
	return 0;
}

/* Loads number @i of a run. */
static __always_inline u64 load_at(const void *base, const struct statsfs_run *run,
				   unsigned int i)
{
	return load_as(base + run->offset + i * statsfs_type_size(run->type),
		       run->type);
}

u64 statsfs_load_at(const void *base, const struct statsfs_run *run,
		    unsigned int i)
{
	return load_at(base, run, i);
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
static __always_inline u64 narrow(u64 number, enum statsfs_type type)
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

/* The sum of a number of 64 bits over CPUs. */
static u64 sum_percpu(void *number)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*(u64 *)statsfs_cpu_base(number, cpu));
	return sum;
}

/* Folds the CPUs: peaks by maximum, booleans by or, all others by sum. */
static u64 load_percpu(const struct statsfs_group *group,
		       const struct statsfs_run *run, unsigned int i)
{
	bool is_signed = statsfs_type_is_signed(run->type);
	bool first = true;
	u64 result = 0;
	int cpu;

	if (BITS_PER_LONG == 64 && !run->stored &&
	    statsfs_type_size(run->type) == sizeof(u64))
		return sum_percpu(group->base + run->offset + i * sizeof(u64));

	for_each_possible_cpu(cpu) {
		const void *base = statsfs_cpu_base(group->base, cpu);
		u64 number = load_synced(group, base, run, i);

		if (!run->stored)
			result += number;
		else if (first || statsfs_number_less(is_signed, result, number))
			result = number;
		first = false;
	}
	return narrow(result, run->type);
}

/* Under fold_lock, of a live group in memory: number @i of a run as it is. */
static __always_inline u64 load_raw(const struct statsfs_group *group,
				    const struct statsfs_run *run, unsigned int i)
{
	if (group->per_cpu)
		return load_percpu(group, run, i);
	return load_synced(group, group->base, run, i);
}

u64 statsfs_load_raw(const struct statsfs_group *group,
		     const struct statsfs_run *run, unsigned int i)
{
	return load_raw(group, run, i);
}

/* What a number was at the last reset; to be loaded before the number. */
u64 statsfs_load_before(struct statsfs_group *group, unsigned int slot)
{
	struct statsfs_baseline *baseline = statsfs_group_baseline(group);

	/* Pairs with set_baseline(). */
	return baseline ? atomic64_read_acquire(&baseline->slot[slot]) : 0;
}

/* Whether a number of 64 bits may have been read while it was half written. */
static bool may_be_torn(const struct statsfs_group *group)
{
	return BITS_PER_LONG == 32 && !statsfs_group_is_sampled(group) &&
	       group->sync_offset < 0;
}

/* An owner that restarted a counter has made it less: it counts from there. */
static noinline u64 restarted(struct statsfs_group *group, atomic64_t *slot,
			      u64 before, u64 raw)
{
	if (!may_be_torn(group))
		atomic64_cmpxchg(slot, before, raw);
	return 0;
}

/* What has been counted since the number was @before, as @slot has it. */
static __always_inline u64 since(struct statsfs_group *group, atomic64_t *slot,
				 enum statsfs_type type, u64 before, u64 raw)
{
	u64 number;

	if (unlikely(check_sub_overflow(raw, before, &number) &&
		     type == STAT_TYPE_U64))
		return restarted(group, slot, before, before + number);
	return narrow(number, type);
}

u64 statsfs_load_since(struct statsfs_group *group, unsigned int slot,
		       enum statsfs_type type, u64 before, u64 raw)
{
	if (!before)
		return raw;
	return since(group, &group->baseline->slot[slot], type, before, raw);
}

/* Under fold_lock, of a live group in memory. */
u64 statsfs_load_number(struct statsfs_group *group,
			const struct statsfs_run *run, unsigned int i)
{
	u64 before = statsfs_load_before(group, run->slot + i);
	u64 raw = load_raw(group, run, i);

	return statsfs_load_since(group, run->slot + i, run->type, before, raw);
}

/*
 * All of a group.  There are loops for each type, with and without a baseline:
 * @type, and whether @slot is NULL, are constants where these are called.
 */

static __always_inline u64 load_one(struct statsfs_group *group, const void *p,
				    enum statsfs_type type, bool was_reset,
				    atomic64_t *slot)
{
	u64 before;

	if (!was_reset)
		return load_as(p, type);
	/* Pairs with set_baseline(), as in statsfs_load_before(). */
	before = atomic64_read_acquire(slot);
	return since(group, slot, type, before, load_as(p, type));
}

/* Loads one and, if @add, adds it to a sum. */
static __always_inline void load_and_add(struct statsfs_group *group, const void *p,
					 enum statsfs_type type, bool was_reset,
					 atomic64_t *slot, u64 *to, bool add,
					 u64 *sum)
{
	u64 number = load_one(group, p, type, was_reset, slot);

	*to = number;
	if (add)
		*sum += number;
}

/* The numbers of one run; if @add, they are added to @sums. */
static __always_inline void load_run(struct statsfs_group *group,
				     const void *base,
				     const struct statsfs_run *run,
				     enum statsfs_type type, bool was_reset,
				     atomic64_t *slot, u64 *to, bool add, u64 *sums)
{
	size_t size = statsfs_type_size(type), n = run->nr;
	const void *p = base + run->offset;

	for (; n >= 4 && size == sizeof(u64); n -= 4) {
		load_and_add(group, p, type, was_reset, slot, to, add, sums);
		load_and_add(group, p + size, type, was_reset, slot + 1, to + 1,
			     add, sums + 1);
		load_and_add(group, p + 2 * size, type, was_reset, slot + 2, to + 2,
			     add, sums + 2);
		load_and_add(group, p + 3 * size, type, was_reset, slot + 3, to + 3,
			     add, sums + 3);
		p += 4 * size;
		slot += 4;
		to += 4;
		sums += 4;
	}
	for (; n; n--, p += size)
		load_and_add(group, p, type, was_reset, slot++, to++, add, sums++);
}

/* Those of runs that are alike.  They are few: a simple loop is the best. */
static __always_inline void load_alike(struct statsfs_group *group,
				       const void *base,
				       const struct statsfs_run *run,
				       enum statsfs_type type, bool was_reset,
				       atomic64_t *slot, u64 *numbers)
{
	size_t n = run->nr_alike, i;

	for (i = 0; i < n; i++)
		numbers[i] = load_one(group, base + run[i].offset, type,
				      was_reset, slot + i);
}

static __always_inline void load_type(struct statsfs_group *group,
				      const void *base,
				      const struct statsfs_run *run,
				      enum statsfs_type type,
				      struct statsfs_baseline *baseline,
				      u64 *numbers)
{
	atomic64_t *slot = baseline ? &baseline->slot[run->slot] : NULL;

	if (run->nr > 1 && slot)
		load_run(group, base, run, type, true, slot, numbers, false,
			 NULL);
	else if (run->nr > 1 && BITS_PER_LONG == 64 &&
		 statsfs_type_size(type) == sizeof(u64))
		statsfs_copy_numbers(numbers, base + run->offset, run->nr);
	else if (run->nr > 1)
		load_run(group, base, run, type, false, slot, numbers, false,
			 NULL);
	else if (slot)
		load_alike(group, base, run, type, true, slot, numbers);
	else
		load_alike(group, base, run, type, false, slot, numbers);
}

/*
 * Loads all numbers of @runs at @base.  @baseline is that of @group, or NULL to
 * load them as they are.
 */
void statsfs_load_runs(struct statsfs_group *group, const void *base,
		       const struct statsfs_run *runs, unsigned int n,
		       struct statsfs_baseline *baseline, u64 *numbers)
{
	const struct statsfs_run *run, *end = runs + n;

	for (run = runs; run < end;
	     numbers += run->nr * run->nr_alike, run += run->nr_alike) {
		switch (run->type) {
		case STAT_TYPE_BOOL:
			load_type(group, base, run, STAT_TYPE_BOOL, baseline, numbers);
			break;
		case STAT_TYPE_U8:
			load_type(group, base, run, STAT_TYPE_U8, baseline, numbers);
			break;
		case STAT_TYPE_U16:
			load_type(group, base, run, STAT_TYPE_U16, baseline, numbers);
			break;
		case STAT_TYPE_U32:
			load_type(group, base, run, STAT_TYPE_U32, baseline, numbers);
			break;
		case STAT_TYPE_U64:
			load_type(group, base, run, STAT_TYPE_U64, baseline, numbers);
			break;
		case STAT_TYPE_S8:
			load_type(group, base, run, STAT_TYPE_S8, baseline, numbers);
			break;
		case STAT_TYPE_S16:
			load_type(group, base, run, STAT_TYPE_S16, baseline, numbers);
			break;
		case STAT_TYPE_S32:
			load_type(group, base, run, STAT_TYPE_S32, baseline, numbers);
			break;
		case STAT_TYPE_S64:
			load_type(group, base, run, STAT_TYPE_S64, baseline, numbers);
			break;
		}
	}
}

/*
 * The same, of one run of numbers of 64 bits that were reset; adds them to @sums as
 * well, unless that is NULL.
 */
void statsfs_load_since_reset(struct statsfs_group *group,
			      const struct statsfs_run *run,
			      struct statsfs_baseline *baseline, u64 *numbers,
			      u64 *sums)
{
	bool is_u64 = run->type == STAT_TYPE_U64;
	atomic64_t *slot = &baseline->slot[run->slot];
	const void *base = group->base;

	if (is_u64 && sums)
		load_run(group, base, run, STAT_TYPE_U64, true, slot, numbers,
			 true, sums);
	else if (is_u64)
		load_run(group, base, run, STAT_TYPE_U64, true, slot, numbers,
			 false, NULL);
	else if (sums)
		load_run(group, base, run, STAT_TYPE_S64, true, slot, numbers,
			 true, sums);
	else
		load_run(group, base, run, STAT_TYPE_S64, true, slot, numbers,
			 false, NULL);
}

/* Sums over CPUs, of numbers of 64 bits that were not reset. */
static void sum_run_percpu(const struct statsfs_group *group,
			   const struct statsfs_run *run, u64 *sums)
{
	size_t i;
	int cpu;

	memset(sums, 0, run->nr * sizeof(*sums));
	for_each_possible_cpu(cpu) {
		const u64 *number = statsfs_cpu_base(group->base, cpu) + run->offset;

#pragma GCC unroll 4
		for (i = 0; i < run->nr; i++)
			sums[i] += READ_ONCE(number[i]);
	}
}

/* Under fold_lock, of a live group in memory: all numbers of its @runs. */
void statsfs_load_group(struct statsfs_group *group,
			const struct statsfs_run *runs, unsigned int n,
			u64 *numbers)
{
	struct statsfs_baseline *baseline = statsfs_group_baseline(group);
	const struct statsfs_run *run;
	u32 i;

	if (BITS_PER_LONG == 64 && !group->per_cpu) {
		statsfs_load_runs(group, group->base, runs, n, baseline, numbers);
		return;
	}
	for (run = runs; run < runs + n; numbers += run->nr, run++) {
		if (BITS_PER_LONG == 64 && !baseline && !run->stored &&
		    statsfs_type_size(run->type) == sizeof(u64)) {
			sum_run_percpu(group, run, numbers);
			continue;
		}
		for (i = 0; i < run->nr; i++)
			numbers[i] = statsfs_load_number(group, run, i);
	}
}

/* One of each leaf of a chunk */

/* How often a reset has begun to remember what the numbers of a group were. */
static atomic_long_t nr_baselines;

/* Before the first reset of a group in memory.  Under the lock of its baseline. */
void statsfs_load_baseline_used(struct statsfs_baseline *baseline)
{
	if (baseline->used)
		return;
	baseline->used = true;
	/* Before a slot is set: whoever is told of the reset sees this. */
	atomic_long_inc_return(&nr_baselines);
}

enum {
	NONE_RESET,
	SOME_RESET,
	ALL_RESET,
};

/*
 * Which leaves of @chunk have a baseline.  It knows that as long as there are no
 * new ones: the state and their number are one word, so that who comes late
 * with an older one makes others look again.
 */
static unsigned int chunk_resets(struct statsfs_chunk *chunk)
{
	unsigned long now = atomic_long_read_acquire(&nr_baselines) << 2;
	/* Before leaf->before: pairs with the release below. */
	unsigned long seen = smp_load_acquire(&chunk->resets);
	unsigned int i, nr = 0;

	if (likely((seen & ~3UL) == now))
		return seen & 3;
	for (i = 0; i < chunk->nr; i++) {
		struct statsfs_baseline *baseline =
			statsfs_group_baseline(chunk->leaf[i].group);

		if (!baseline)
			continue;
		/* Never taken back. */
		WRITE_ONCE(chunk->leaf[i].before, baseline->slot);
		nr++;
	}
	seen = now | (!nr ? NONE_RESET : nr < chunk->nr ? SOME_RESET : ALL_RESET);
	/* After what it tells of: pairs with the acquire above. */
	smp_store_release(&chunk->resets, seen);
	return seen & 3;
}

/* One number of a leaf of a plan, at @offset. */
static __always_inline u64 load_leaf(const struct statsfs_leaf *leaf, size_t offset,
				     enum statsfs_type type, bool was_reset,
				     size_t slot)
{
	return load_one(leaf->group, leaf->base + offset, type, was_reset,
			was_reset ? READ_ONCE(leaf->before) + slot : NULL);
}

/*
 * The sum of one number of each leaf, at @offset; they are alive, and all or none
 * reset.
 */
static __always_inline u64 sum_leaves(const struct statsfs_chunk *chunk,
				      const struct statsfs_run *run, size_t offset,
				      enum statsfs_type type, bool was_reset)
{
	const struct statsfs_leaf *leaf = chunk->leaf;
	size_t slot = run->slot, n;
	u64 sum = 0;

	for (n = chunk->nr; n >= 4; n -= 4, leaf += 4) {
		sum += load_leaf(leaf, offset, type, was_reset, slot);
		sum += load_leaf(leaf + 1, offset, type, was_reset, slot);
		sum += load_leaf(leaf + 2, offset, type, was_reset, slot);
		sum += load_leaf(leaf + 3, offset, type, was_reset, slot);
	}
	for (; n; n--, leaf++)
		sum += load_leaf(leaf, offset, type, was_reset, slot);
	return sum;
}

/* The same over all CPUs, of leaves that were not reset: one CPU after the other. */
static u64 sum_leaves_percpu(const struct statsfs_chunk *chunk,
			     const struct statsfs_run *run)
{
	const void *first = chunk->leaf->base;
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		/* How far a CPU's memory is away is the same for all. */
		size_t distance = statsfs_cpu_base(first, cpu) - first;

		sum += sum_leaves(chunk, run, run->offset + distance,
				  STAT_TYPE_U64, false);
	}
	return sum;
}

/* Folds one number of each leaf, as above. */
static __always_inline void fold_leaves(const struct statsfs_chunk *chunk,
					const struct statsfs_run *run,
					enum statsfs_type type, bool was_reset,
					struct statsfs_fold *fold)
{
	struct statsfs_fold f = *fold;
	unsigned int i;

	f.is_signed = type == STAT_TYPE_S64;
	for (i = 0; i < chunk->nr; i++)
		statsfs_fold_add(&f, load_leaf(&chunk->leaf[i], run->offset, type,
					       was_reset, run->slot));
	*fold = f;
}

/* The same for the sum alone or all; how it has to be done is constant. */
static __always_inline void fold_simple(const struct statsfs_chunk *chunk,
					const struct statsfs_run *run,
					enum statsfs_type type, bool was_reset,
					bool only_sum, struct statsfs_fold *fold)
{
	if (only_sum) {
		fold->sum += sum_leaves(chunk, run, run->offset, type, was_reset);
		fold->nr += chunk->nr;
	} else {
		fold_leaves(chunk, run, type, was_reset, fold);
	}
}

/*
 * Under fold_lock: folds one number of each leaf of @chunk that is alive.  None of
 * them is sampled.  @alive: nor has one died; @only_sum: nothing else is needed.
 */
void statsfs_fold_chunk(struct statsfs_chunk *chunk, const struct statsfs_run *run,
			bool alive, bool only_sum, struct statsfs_fold *fold)
{
	bool is_signed = run->type == STAT_TYPE_S64;
	unsigned int resets = SOME_RESET, i;

	if (BITS_PER_LONG == 64 && alive && (chunk->plain || chunk->percpu) &&
	    statsfs_type_size(run->type) == sizeof(u64))
		resets = chunk_resets(chunk);
	if (chunk->percpu && resets == NONE_RESET && only_sum && !run->stored) {
		fold->sum += sum_leaves_percpu(chunk, run);
		fold->nr += chunk->nr;
		return;
	}
	if (chunk->percpu)
		resets = SOME_RESET;
	if (resets == NONE_RESET && !is_signed)
		fold_simple(chunk, run, STAT_TYPE_U64, false, only_sum, fold);
	else if (resets == NONE_RESET)
		fold_simple(chunk, run, STAT_TYPE_S64, false, only_sum, fold);
	else if (resets == ALL_RESET && !is_signed)
		fold_simple(chunk, run, STAT_TYPE_U64, true, only_sum, fold);
	else if (resets == ALL_RESET)
		fold_simple(chunk, run, STAT_TYPE_S64, true, only_sum, fold);
	for (i = 0; i < chunk->nr && resets == SOME_RESET; i++) {
		struct statsfs_group *group = chunk->leaf[i].group;

		if (statsfs_group_is_live(group))
			statsfs_fold_add(fold, statsfs_load_number(group, run, 0));
	}
}
