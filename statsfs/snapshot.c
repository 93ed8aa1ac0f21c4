// SPDX-License-Identifier: GPL-2.0
/*
 * The snapshot: all numbers below a directory in one file.  Its format is
 * described in <uapi/linux/statsfs.h>.
 *
 * The first read makes a layout (layout.c).  A gathering then goes through its
 * leaves once: memory is read in batches under fold_lock, a sampled group is
 * sampled once, and all numbers go to their places in the snapshot.  Aggregates
 * are folded from there.  A leaf that has died gives a status and no numbers, and
 * is not folded; one that cannot be read spoils the aggregates above it.
 *
 * Nothing is copied to user space while anything but the snapshot's own lock is
 * held, and nobody but readers of the same open file waits for that.
 *
 * Locks: snapshot->lock, around a gathering and the copying of it, outside of all
 * that is taken to read numbers (tree.c); snapshot->seen_lock inside of it, for
 * poll(2), which does not wait for readers.
 */

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/uio.h>

#include "snapshot.h"

/* How much memory is read before others may run on the CPU. */
#define BATCH_NUMBERS	512
/* What a group takes besides, in numbers: it may be anywhere in memory. */
#define GROUP_COST	4

/* How much is copied to the reader without a break, in bytes. */
#define COPY_SIZE	BIT(20)

/* Attempts to make a layout before the tree is said to change all the time. */
#define LAYOUT_ATTEMPTS	3

/**
 * struct statsfs_snapshot - an open snapshot
 * @dir: the directory; its memory is held by the inode
 * @reader: who has opened it
 * @lock: protects the rest, but for @seen
 * @seen_lock: protects @seen
 * @seen: what the directory was like when it was opened or, from the first
 *	read on, before the layout was made
 * @layout: what it shows; NULL before the first read
 * @front: header and all that a gathering changes
 * @front_size: bytes of it
 * @gathered: there is a whole gathering in @front
 * @failed: something could not be read in the last one
 * @room: for samples
 */
struct statsfs_snapshot {
	struct statsfs_source *dir;
	struct statsfs_reader reader;
	struct mutex lock;		/* protects the rest, but for @seen */
	struct mutex seen_lock;		/* protects @seen */
	struct statsfs_seen seen;
	struct statsfs_layout *layout;
	void *front;
	size_t front_size;
	bool gathered;
	bool failed;
	struct statsfs_sample_room room;
};

static_assert(sizeof(struct statsfs_snapshot_header) == 112);
static_assert(offsetof(struct statsfs_snapshot_header, version) == 4);
static_assert(offsetof(struct statsfs_snapshot_header, header_size) == 6);
static_assert(offsetof(struct statsfs_snapshot_header, gathering_size) == 8);
static_assert(offsetof(struct statsfs_snapshot_header, source_size) == 10);
static_assert(offsetof(struct statsfs_snapshot_header, value_size) == 12);
static_assert(offsetof(struct statsfs_snapshot_header, generation) == 16);
static_assert(offsetof(struct statsfs_snapshot_header, size) == 24);
static_assert(offsetof(struct statsfs_snapshot_header, refresh_size) == 32);
static_assert(offsetof(struct statsfs_snapshot_header, gathering_offset) == 40);
static_assert(offsetof(struct statsfs_snapshot_header, status_offset) == 48);
static_assert(offsetof(struct statsfs_snapshot_header, data_offset) == 56);
static_assert(offsetof(struct statsfs_snapshot_header, sources_offset) == 64);
static_assert(offsetof(struct statsfs_snapshot_header, values_offset) == 72);
static_assert(offsetof(struct statsfs_snapshot_header, strings_offset) == 80);
static_assert(offsetof(struct statsfs_snapshot_header, strings_size) == 88);
static_assert(offsetof(struct statsfs_snapshot_header, nr_groups) == 96);
static_assert(offsetof(struct statsfs_snapshot_header, nr_numbers) == 100);
static_assert(offsetof(struct statsfs_snapshot_header, nr_sources) == 104);
static_assert(offsetof(struct statsfs_snapshot_header, nr_values) == 108);
static_assert(sizeof(struct statsfs_snapshot_gathering) == 24);
static_assert(offsetof(struct statsfs_snapshot_gathering, begin_ns) == 8);
static_assert(offsetof(struct statsfs_snapshot_gathering, end_ns) == 16);
static_assert(sizeof(struct statsfs_snapshot_source) == 24);
static_assert(offsetof(struct statsfs_snapshot_source, parent) == 8);
static_assert(offsetof(struct statsfs_snapshot_source, name) == 12);
static_assert(offsetof(struct statsfs_snapshot_source, first_value) == 16);
static_assert(offsetof(struct statsfs_snapshot_source, nr_values) == 20);
static_assert(sizeof(struct statsfs_snapshot_value) == 36);
static_assert(offsetof(struct statsfs_snapshot_value, name) == 4);
static_assert(offsetof(struct statsfs_snapshot_value, desc) == 8);
static_assert(offsetof(struct statsfs_snapshot_value, group) == 12);
static_assert(offsetof(struct statsfs_snapshot_value, data) == 16);
static_assert(offsetof(struct statsfs_snapshot_value, bucket_size) == 20);
static_assert(offsetof(struct statsfs_snapshot_value, buckets) == 24);
static_assert(offsetof(struct statsfs_snapshot_value, aggr) == 26);
static_assert(offsetof(struct statsfs_snapshot_value, type) == 28);
static_assert(offsetof(struct statsfs_snapshot_value, kind) == 29);
static_assert(offsetof(struct statsfs_snapshot_value, unit) == 30);
static_assert(offsetof(struct statsfs_snapshot_value, base) == 31);
static_assert(offsetof(struct statsfs_snapshot_value, exponent) == 32);
static_assert(offsetof(struct statsfs_snapshot_value, flags) == 33);

/* The parts of the front */

static struct statsfs_snapshot_header *header(const struct statsfs_snapshot *s)
{
	return s->front;
}

static struct statsfs_snapshot_gathering *
gathering(const struct statsfs_snapshot *s)
{
	return s->front + header(s)->gathering_offset;
}

static s32 *statuses(const struct statsfs_snapshot *s)
{
	return s->front + header(s)->status_offset;
}

static u64 *numbers(const struct statsfs_snapshot *s)
{
	return s->front + header(s)->data_offset;
}

static u64 *last_gathering(const struct statsfs_snapshot *s)
{
	return s->front + s->front_size - sizeof(u64);
}

/* And of the layout */

static struct statsfs_member *members(const struct statsfs_snapshot *s)
{
	return s->layout->members.items;
}

/* Which members the aggregates @m fold. */
static const u32 *leaves(const struct statsfs_snapshot *s,
			 const struct statsfs_member *m)
{
	return (const u32 *)s->layout->leaves.items + m->first;
}

/* Makes the front, with a header that describes the layout. */
static int front_create(struct statsfs_snapshot *s, u64 generation)
{
	const struct statsfs_layout *layout = s->layout;
	struct statsfs_snapshot_header head = {
		.magic = STATSFS_SNAPSHOT_MAGIC,
		.version = STATSFS_SNAPSHOT_VERSION,
		.header_size = sizeof(head),
		.gathering_size = sizeof(struct statsfs_snapshot_gathering),
		.source_size = sizeof(struct statsfs_snapshot_source),
		.value_size = sizeof(struct statsfs_snapshot_value),
		.generation = generation,
		.nr_groups = layout->members.nr,
		.nr_numbers = layout->nr_numbers,
		.nr_sources = layout->sources.nr,
		.nr_values = layout->values.nr,
	};

	head.gathering_offset = sizeof(head);
	head.status_offset = head.gathering_offset + head.gathering_size;
	head.data_offset = ALIGN(head.status_offset +
				 layout->members.nr * sizeof(s32), sizeof(u64));
	head.refresh_size = head.data_offset +
			    ((u64)layout->nr_numbers + 1) * sizeof(u64);
	head.sources_offset = head.refresh_size;
	head.values_offset = head.sources_offset +
			     statsfs_vec_bytes(&layout->sources);
	head.strings_offset = head.values_offset +
			      statsfs_vec_bytes(&layout->values);
	head.strings_size = statsfs_vec_bytes(&layout->strings);
	head.size = head.strings_offset + head.strings_size;

	s->front = kvzalloc(head.refresh_size, STATSFS_GFP);
	if (!s->front)
		return -ENOMEM;
	s->front_size = head.refresh_size;
	memcpy(s->front, &head, sizeof(head));
	return 0;
}

/* Room for the sample of each group that has one. */
static int make_room(struct statsfs_snapshot *s)
{
	const struct statsfs_member *m = members(s);
	size_t i;
	int err = 0;

	for (i = 0; i < s->layout->members.nr && !err; i++)
		if (m[i].group)
			err = statsfs_sample_room(&s->room, m[i].group);
	return err;
}

/* A layout of the directory as it is in @seen, or as it was not much later. */
static int layout_create(struct statsfs_snapshot *s, struct statsfs_seen *seen)
{
	unsigned int attempt;
	bool changing;
	int ret;

	for (attempt = 1; ; attempt++) {
		ret = statsfs_seen_get(seen, s->dir, s->reader.ns);
		if (ret)
			return ret;
		s->layout = statsfs_layout_create(s->dir, &s->reader,
						  attempt > LAYOUT_ATTEMPTS);
		if (IS_ERR(s->layout)) {
			ret = PTR_ERR(s->layout);
			s->layout = NULL;
			return ret;
		}
		changing = statsfs_is_changing();
		ret = statsfs_seen_is_current(seen, s->dir, s->reader.ns);
		if (ret < 0 || (ret && !changing) || attempt > LAYOUT_ATTEMPTS)
			return min(ret, 0);
		statsfs_layout_free(s->layout);
		s->layout = NULL;
		statsfs_seen_free(seen);
	}
}

static void snapshot_clear(struct statsfs_snapshot *s)
{
	if (s->layout)
		statsfs_layout_free(s->layout);
	s->layout = NULL;
	kvfree(s->front);
	s->front = NULL;
	kvfree(s->room.sample);
	s->room = (struct statsfs_sample_room){};
}

/* All that the first read needs; after an error it can be tried again. */
static int snapshot_prepare(struct statsfs_snapshot *s)
{
	struct statsfs_seen seen;
	int err = layout_create(s, &seen) ?:
		  front_create(s, seen.gen + seen.ns_gen) ?: make_room(s);

	if (!err) {
		pr_debug("statsfs: %u: snapshot of %zu sources, %u numbers\n",
			 s->dir->id, s->layout->sources.nr, s->layout->nr_numbers);
		scoped_guard(mutex, &s->seen_lock)
			swap(s->seen, seen);
	}
	statsfs_seen_free(&seen);
	if (err)
		snapshot_clear(s);
	return err;
}

/* Gathering */

static void set_status(struct statsfs_snapshot *s, size_t i, int err)
{
	const struct statsfs_member *m = &members(s)[i];
	u32 nr = m->group ? m->view->nr_own : m->view->nr_folded;

	statuses(s)[i] = -err;
	s->failed |= err;
	if (err)
		memset(numbers(s) + m->data, 0, nr * sizeof(u64));
}

static __always_inline void add_numbers(u64 *to, const u64 *from, size_t n)
{
	for (; n >= 8; n -= 8, to += 8, from += 8) {
		to[0] += from[0];
		to[1] += from[1];
		to[2] += from[2];
		to[3] += from[3];
		to[4] += from[4];
		to[5] += from[5];
		to[6] += from[6];
		to[7] += from[7];
	}
	for (; n; n--)
		*to++ += *from++;
}

static __always_inline void copy_and_add(u64 *to, u64 *sum, const u64 *from)
{
	u64 number = READ_ONCE(*from);

	*to = number;
	*sum += number;
}

/* Copies @n numbers, each of which may change meanwhile, and adds them to @sums. */
static __always_inline void copy_and_add_numbers(u64 *to, u64 *sums,
						 const u64 *from, size_t n)
{
	for (; n >= 8; n -= 8, to += 8, sums += 8, from += 8) {
		copy_and_add(to, sums, from);
		copy_and_add(to + 1, sums + 1, from + 1);
		copy_and_add(to + 2, sums + 2, from + 2);
		copy_and_add(to + 3, sums + 3, from + 3);
		copy_and_add(to + 4, sums + 4, from + 4);
		copy_and_add(to + 5, sums + 5, from + 5);
		copy_and_add(to + 6, sums + 6, from + 6);
		copy_and_add(to + 7, sums + 7, from + 7);
	}
	for (; n; n--)
		copy_and_add(to++, sums++, from++);
}

/* Under fold_lock: the numbers of a leaf in memory, which is alive. */
static __always_inline void gather_group(const struct statsfs_member *m,
					 struct statsfs_group *group, u64 *data)
{
	struct statsfs_baseline *baseline = statsfs_group_baseline(group);
	u64 *sums = m->sums == STATSFS_NO_SUMS ? NULL : data + m->sums;
	u64 *to = data + m->data;

	if (m->offset < 0) {
		statsfs_load_group(group, m->view->runs, m->view->nr_runs, to);
		if (sums)
			add_numbers(sums, to, m->view->nr_own);
	} else if (baseline) {
		statsfs_load_since_reset(group, m->view->runs, baseline, to, sums);
	} else if (sums) {
		copy_and_add_numbers(to, sums, group->base + m->offset, m->cost);
	} else {
		statsfs_copy_numbers(to, group->base + m->offset, m->cost);
	}
}

/*
 * Reads leaves in memory from the member @i on, as many as may be read without a
 * break.  Returns the first one that was not; aggregates are passed over.
 */
static size_t gather_batch(struct statsfs_snapshot *s, size_t i)
{
	const struct statsfs_member *m = members(s);
	size_t end = s->layout->members.nr;
	s32 *status = statuses(s);
	u64 *data = numbers(s);
	raw_spinlock_t *lock = statsfs_fold_begin();
	u32 left = BATCH_NUMBERS;

	for (; i < end && m[i].cost <= left; i++) {
		struct statsfs_group *group = m[i].group;

		if (!m[i].cost) {
			if (group)
				break;
			continue;
		}
		left -= min(left, m[i].cost + GROUP_COST);
		if (unlikely(!statsfs_group_is_live(group))) {
			set_status(s, i, -ENODEV);
			continue;
		}
		status[i] = 0;
		gather_group(&m[i], group, data);
	}
	statsfs_fold_end(lock);
	return i;
}

static void gather_leaf(struct statsfs_snapshot *s, size_t i)
{
	struct statsfs_member *m = &members(s)[i];
	int err = statsfs_read_leaf(m->group, m->view->runs, m->view->nr_runs,
				    s->room.sample, numbers(s) + m->data);

	m->failed = err && statsfs_group_is_live(m->group);
	set_status(s, i, err);
	/* Zeroes, if it could not be read. */
	if (m->sums != STATSFS_NO_SUMS)
		add_numbers(numbers(s) + m->sums, numbers(s) + m->data,
			    m->view->nr_own);
}

/* The member @i of the aggregates. */
static struct statsfs_member *aggregates(const struct statsfs_snapshot *s, size_t i)
{
	return &members(s)[((u32 *)s->layout->aggrs.items)[i]];
}

static void clear_sums(struct statsfs_snapshot *s)
{
	const struct statsfs_member *m;
	size_t i;

	for (i = 0; i < s->layout->aggrs.nr; i++) {
		m = aggregates(s, i);
		if (m->added)
			memset(numbers(s) + m->data, 0,
			       m->view->nr_folded * sizeof(u64));
		cond_resched();
	}
}

static int gather_leaves(struct statsfs_snapshot *s)
{
	const struct statsfs_member *m = members(s);
	size_t i = 0;

	clear_sums(s);
	while (i < s->layout->members.nr) {
		/* Sampled, or too large for a batch. */
		if (m[i].group && (!m[i].cost || m[i].cost > BATCH_NUMBERS))
			gather_leaf(s, i++);
		else
			i = gather_batch(s, i);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* What becomes of aggregates over leaves with their statuses. */
static int fold_status(struct statsfs_snapshot *s, const struct statsfs_member *m)
{
	const struct statsfs_member *all = members(s);
	const u32 *leaf = leaves(s, m);
	const s32 *status = statuses(s);
	bool any = !s->failed && m->nr;
	u32 i;

	for (i = 0; i < m->nr && s->failed; i++) {
		if (all[leaf[i]].failed)
			return -EIO;
		any |= !status[leaf[i]];
	}
	return any ? 0 : -ENODEV;
}

/* Adds up @n numbers of each leaf, from @first of its numbers on. */
static void fold_sums(struct statsfs_snapshot *s, const struct statsfs_member *m,
		      u32 first, u32 n, u64 *sums)
{
	const struct statsfs_member *all = members(s);
	const u32 *leaf = leaves(s, m);
	const u64 *number = numbers(s) + first;
	u32 i, end;

	memset(sums, 0, n * sizeof(*sums));
	/* The numbers of a leaf that has died are zeroes. */
	for (i = 0; i < m->nr; cond_resched()) {
		end = min_t(u64, m->nr, (u64)i + 1 + 64 * BATCH_NUMBERS / n);
		if (n == 1)
			for (; i < end; i++)
				*sums += number[all[leaf[i]].data];
		else
			for (; i < end; i++)
				add_numbers(sums, number + all[leaf[i]].data, n);
	}
}

/* Folds the number @index of each leaf. */
static void fold_numbers(struct statsfs_snapshot *s,
			 const struct statsfs_member *m, u32 index,
			 struct statsfs_fold *fold)
{
	const struct statsfs_member *all = members(s);
	const u32 *leaf = leaves(s, m);
	const u64 *number = numbers(s) + index;
	const s32 *status = statuses(s);
	u32 i;

	for (i = 0; i < m->nr; i++) {
		if (!status[leaf[i]])
			statsfs_fold_add(fold, number[all[leaf[i]].data]);
		if (!(i % BATCH_NUMBERS))
			cond_resched();
	}
}

/* The aggregates of one value, from @k on.  Returns the next value's first. */
static unsigned int fold_value(struct statsfs_snapshot *s,
			       const struct statsfs_member *m, unsigned int k)
{
	const struct statsfs_view *view = m->view;
	u16 which = view->folds[k];
	const struct statsfs_snapshot_value *own = &view->own[which];
	const struct statsfs_value *v = &view->schema->value[view->value[which]];
	struct statsfs_fold fold = { .is_signed = statsfs_value_is_signed(v) };
	u64 *result = numbers(s) + m->data;

	if (v->buckets) {
		fold_sums(s, m, own->data, v->buckets,
			  result + view->folded[k].data);
		return k + 1;
	}
	fold_numbers(s, m, own->data, &fold);
	for (; k < view->nr_aggrs && view->folds[k] == which; k++)
		result[view->folded[k].data] =
			statsfs_fold_result(&fold, view->folded[k].aggr);
	return k;
}

static void fold_member(struct statsfs_snapshot *s, const struct statsfs_member *m)
{
	unsigned int k = 0;

	if (m->view->only_sums) {
		fold_sums(s, m, 0, m->view->nr_folded, numbers(s) + m->data);
		return;
	}
	while (k < m->view->nr_aggrs)
		k = fold_value(s, m, k);
}

static int fold_members(struct statsfs_snapshot *s)
{
	const struct statsfs_member *m;
	size_t i;
	int err;

	for (i = 0; i < s->layout->aggrs.nr; i++) {
		m = aggregates(s, i);
		err = fold_status(s, m);
		if (!err && !m->added)
			fold_member(s, m);
		set_status(s, m - members(s), err);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* Whether the layout is still right: 0, or why not. */
static int check_current(struct statsfs_snapshot *s)
{
	int ret;

	guard(mutex)(&s->seen_lock);
	ret = statsfs_seen_is_current(&s->seen, s->dir, s->reader.ns);
	if (ret < 0)
		return ret;
	return ret ? 0 : -ESTALE;
}

static int gather(struct statsfs_snapshot *s)
{
	int err;

	if (!statsfs_source_live(s->dir))
		return -ENODEV;
	err = s->layout ? check_current(s) : snapshot_prepare(s);
	if (err)
		return err;
	s->gathered = false;
	s->failed = false;
	*last_gathering(s) = ++gathering(s)->gathering;
	gathering(s)->begin_ns = ktime_get_boottime_ns();
	err = gather_leaves(s) ?: fold_members(s);
	gathering(s)->end_ns = ktime_get_boottime_ns();
	if (!err)
		s->gathered = true;
	else if (gathering(s)->gathering == 1)
		/* Whoever comes next is the first. */
		snapshot_clear(s);
	return err;
}

/* Reading */

/* Copies what of a part is at @pos and behind; @begin is where the part begins. */
static size_t copy_part(loff_t pos, loff_t begin, const void *part, size_t size,
			struct iov_iter *to)
{
	size_t copied = 0;

	if (pos < begin || pos >= begin + size)
		return 0;
	pos -= begin;
	while (pos + copied < size) {
		size_t now = min_t(size_t, size - pos - copied, COPY_SIZE);
		size_t n = copy_to_iter(part + pos + copied, now, to);

		copied += n;
		if (n < now || fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return copied;
}

static ssize_t copy_all(const struct statsfs_snapshot *s, loff_t *pos,
			struct iov_iter *to)
{
	const struct statsfs_layout *layout = s->layout;
	loff_t from = *pos;

	*pos += copy_part(*pos, 0, s->front, s->front_size, to);
	*pos += copy_part(*pos, header(s)->sources_offset, layout->sources.items,
			  statsfs_vec_bytes(&layout->sources), to);
	*pos += copy_part(*pos, header(s)->values_offset, layout->values.items,
			  statsfs_vec_bytes(&layout->values), to);
	*pos += copy_part(*pos, header(s)->strings_offset, layout->strings.items,
			  statsfs_vec_bytes(&layout->strings), to);
	return *pos - from;
}

/**
 * statsfs_snapshot_read - read a part of a snapshot
 * @snapshot: the snapshot
 * @pos: where: at 0 all numbers are gathered; grows by what was read
 * @to: where it goes
 *
 * Context: May sleep, and fault.
 * Return: how many bytes were read, 0 at the end; see <uapi/linux/statsfs.h> for
 * the errors.
 */
ssize_t statsfs_snapshot_read(struct statsfs_snapshot *snapshot, loff_t *pos,
			      struct iov_iter *to)
{
	ssize_t ret = 0;

	if (!iov_iter_count(to))
		return 0;
	if (mutex_lock_killable(&snapshot->lock))
		return -EINTR;
	if (!*pos || !snapshot->gathered)
		ret = gather(snapshot);
	if (!ret && *pos < header(snapshot)->size)
		ret = copy_all(snapshot, pos, to) ?: -EFAULT;
	mutex_unlock(&snapshot->lock);
	return ret;
}

/**
 * statsfs_snapshot_poll - wait for a change of the tree
 * @snapshot: the snapshot
 * @file: the open file
 * @wait: passed to poll_wait()
 *
 * Context: May sleep.
 * Return: EPOLLIN | EPOLLRDNORM, and EPOLLPRI | EPOLLERR if something has changed
 * since the generation that was read, or before the first read since it was
 * opened; EPOLLHUP if the directory has been removed.
 */
__poll_t statsfs_snapshot_poll(struct statsfs_snapshot *snapshot,
			       struct file *file, struct poll_table_struct *wait)
{
	poll_wait(file, &statsfs_changed, wait);
	/* Who changes something first does it, then looks for who waits. */
	smp_mb();
	if (!statsfs_source_live(snapshot->dir))
		return EPOLLIN | EPOLLRDNORM | EPOLLPRI | EPOLLERR | EPOLLHUP;
	if (check_current(snapshot))
		return EPOLLIN | EPOLLRDNORM | EPOLLPRI | EPOLLERR;
	return EPOLLIN | EPOLLRDNORM;
}

/* As generic_permission() has it, for an owner of files. */
static umode_t may_read(kuid_t uid, kgid_t gid)
{
	struct user_namespace *ns = current_user_ns();

	if (kuid_has_mapping(ns, uid) && kgid_has_mapping(ns, gid) &&
	    (ns_capable_noaudit(ns, CAP_DAC_READ_SEARCH) ||
	     ns_capable_noaudit(ns, CAP_DAC_OVERRIDE)))
		return 0444;
	if (uid_eq(current_fsuid(), uid))
		return 0400;
	return in_group_p(gid) ? 0040 : 0004;
}

/**
 * statsfs_snapshot_create - open a snapshot
 * @dir: the directory; the caller keeps its memory
 * @ns: the namespace whose tree it is; the caller keeps it, too
 *
 * Context: May sleep.
 * Return: the snapshot, to be freed by statsfs_snapshot_free(), or an error
 * pointer: -ENOMEM; -EINTR.
 */
struct statsfs_snapshot *statsfs_snapshot_create(struct statsfs_source *dir,
						 const struct statsfs_ns *ns)
{
	struct statsfs_snapshot *s = kzalloc_obj(*s, STATSFS_GFP);
	int err;

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->dir = dir;
	s->reader.ns = ns;
	s->reader.may_read[0] = may_read(GLOBAL_ROOT_UID, GLOBAL_ROOT_GID);
	s->reader.may_read[1] = may_read(READ_ONCE(ns->uid), READ_ONCE(ns->gid));
	mutex_init(&s->lock);
	mutex_init(&s->seen_lock);
	err = statsfs_seen_get(&s->seen, dir, ns);
	if (err) {
		statsfs_snapshot_free(s);
		return ERR_PTR(err);
	}
	return s;
}

void statsfs_snapshot_free(struct statsfs_snapshot *snapshot)
{
	snapshot_clear(snapshot);
	statsfs_seen_free(&snapshot->seen);
	kfree(snapshot);
}
