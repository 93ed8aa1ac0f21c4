/* SPDX-License-Identifier: GPL-2.0 */
/*
 * statsfs: one home for the counters that kernel subsystems keep.
 *
 * A subsystem describes its statistics once, as a table of values at offsets
 * in a struct, and says which objects carry such a struct.  Each object is a
 * source: a directory below /sys/kernel/stats.  Each value is a file in it,
 * and in the directories above appear the sum, minimum, maximum, average or
 * counts over all objects below.
 *
 * Key points:
 *
 *  - Writing a counter costs what a plain increment costs: statsfs has no code
 *    on the hot path of its users.  It reads the memory when somebody reads the
 *    file.
 *  - Failing statistics never break the subsystem.  Every function accepts a
 *    NULL or error-pointer source and does nothing, so the error codes may be
 *    ignored.
 *  - Tables are copied.  Nothing that was passed is used once the source has
 *    been removed.  For thousands of sources there is statsfs_values_get().
 *
 * Rules:
 *
 *  1. Create a source, fill it, then attach it: a source that is attached
 *     last appears whole or not at all.
 *  2. When statsfs_source_remove_subordinate(), statsfs_source_remove(),
 *     statsfs_source_unregister() or the last statsfs_source_put() returns and
 *     the source cannot be reached from a registered one any more, no reader
 *     is inside its memory or its callbacks, and none will enter.  Now the
 *     memory may be freed and the code unloaded.
 *  3. These functions therefore wait for callbacks.  A callback may sleep, but
 *     it must not take a lock that is held by anyone who adds or removes
 *     sources, and it must not call any function declared here.
 *  4. All functions may sleep, except statsfs_source_get() and
 *     statsfs_values_put().
 *
 * A provider to copy:
 *
 *	struct foo {
 *		u64 hits, bytes;
 *		struct statsfs_source *stats;
 *	};
 *
 *	static const struct statsfs_value foo_values[] = {
 *		STATSFS_COUNTER("hits", struct foo, hits, STATSFS_NONE,
 *				"requests that were found"),
 *		STATSFS_COUNTER("bytes", struct foo, bytes, STATSFS_BYTES,
 *				"bytes in them"),
 *	};
 *
 *	foo->stats = statsfs_source_create("foo%d", foo->id);
 *	statsfs_source_add_values(foo->stats, foo_values,
 *				  ARRAY_SIZE(foo_values), foo);
 *	statsfs_source_add_subordinate(foo_root, foo->stats);
 *	...
 *	statsfs_source_remove(foo->stats);
 *	statsfs_source_put(foo->stats);
 *	kfree(foo);
 */
#ifndef _LINUX_STATSFS_H
#define _LINUX_STATSFS_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/percpu-defs.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <uapi/linux/statsfs.h>

struct net;
struct statsfs_source;

/**
 * struct statsfs_value - one value: a line of the table that describes a struct
 * @name: name of the file: at most NAME_MAX bytes, no '/', no control
 *	characters, no leading dot
 * @type: its type, or that of each bucket, an &enum statsfs_type
 * @aggr_kind: bit mask of &enum statsfs_aggr; of an array only the sum, which
 *	is made bucket by bucket
 * @mode: permissions of the file: a subset of 0666 with 0400; 0 means 0444.
 *	Only what has a write bit can be reset.
 * @offset: offset in bytes from the base to the value, aligned for its type
 * @kind: an &enum statsfs_kind; 0 is cumulative
 * @unit: an &enum statsfs_unit; 0 is none
 * @base: 2 or 10: the number is in units of @base to the power of @exponent;
 *	0 if @exponent is 0
 * @exponent: see @base; -9 with base 10 and seconds are nanoseconds
 * @buckets: length of an array, 1 to STATSFS_MAX_BUCKETS; 0 is a plain number
 * @bucket_size: in a linear histogram what a bucket spans, at least 1; else 0
 * @desc: description in one line, without control characters, or NULL
 */
struct statsfs_value {
	const char *name;
	enum statsfs_type type;
	u16 aggr_kind;
	u16 mode;
	int offset;
	enum statsfs_kind kind;
	enum statsfs_unit unit;
	u8 base;
	s8 exponent;
	u16 buckets;
	u32 bucket_size;
	const char *desc;
};

#define STATSFS_MAX_BUCKETS	1024

/*
 * Units for the macros below.
 */
#define STATSFS_NONE		.unit = STAT_UNIT_NONE
#define STATSFS_BYTES		.unit = STAT_UNIT_BYTES
#define STATSFS_SECONDS		.unit = STAT_UNIT_SECONDS
#define STATSFS_NANOSECONDS	.unit = STAT_UNIT_SECONDS, .base = 10, \
				.exponent = -9
#define STATSFS_CYCLES		.unit = STAT_UNIT_CYCLES
#define STATSFS_BOOLEAN		.unit = STAT_UNIT_BOOLEAN

/**
 * STATSFS_TYPE_OF - the &enum statsfs_type of an expression
 * @x: an integer or bool
 */
#define STATSFS_TYPE_OF(x)						\
	(__same_type(x, bool) ? STAT_TYPE_BOOL :			\
	 STAT_TYPE_U8 + ilog2(sizeof(x)) +				\
	 BUILD_BUG_ON_ZERO(sizeof(x) > sizeof(u64)) +			\
	 (STAT_TYPE_S8 - STAT_TYPE_U8) * is_signed_type(typeof(x)))

/* A line of a table; the rest are further designated initializers. */
#define STATSFS_VALUE(_name, _struct, _field, _aggr, _mode, _kind, ...)	\
	{								\
		.name = (_name),					\
		.type = STATSFS_TYPE_OF(((_struct *)0)->_field),	\
		.aggr_kind = (_aggr),					\
		.mode = (_mode),					\
		.offset = offsetof(_struct, _field),			\
		.kind = (_kind),					\
		__VA_ARGS__						\
	}

/**
 * STATSFS_COUNTER - a table line for a counter: cumulative, summed, resettable
 * @_name: name of the file
 * @_struct: the struct
 * @_field: its field
 * @_unit: STATSFS_NONE, STATSFS_BYTES, ...
 * @_desc: description in one line
 */
#define STATSFS_COUNTER(_name, _struct, _field, _unit, _desc)		\
	STATSFS_VALUE(_name, _struct, _field, STAT_AGGR_SUM, 0644,	\
		      STAT_KIND_CUMULATIVE, _unit, .desc = (_desc))

/**
 * STATSFS_GAUGE - a table line for an instant number: summed, read-only
 * @_name: name of the file
 * @_struct: the struct
 * @_field: its field
 * @_unit: STATSFS_NONE, STATSFS_BYTES, ...
 * @_desc: description in one line
 */
#define STATSFS_GAUGE(_name, _struct, _field, _unit, _desc)		\
	STATSFS_VALUE(_name, _struct, _field, STAT_AGGR_SUM, 0444,	\
		      STAT_KIND_INSTANT, _unit, .desc = (_desc))

/**
 * STATSFS_PEAK - a table line for a peak: the maximum is shown above, resettable
 * @_name: name of the file
 * @_struct: the struct
 * @_field: its field
 * @_unit: STATSFS_NONE, STATSFS_BYTES, ...
 * @_desc: description in one line
 */
#define STATSFS_PEAK(_name, _struct, _field, _unit, _desc)		\
	STATSFS_VALUE(_name, _struct, _field, STAT_AGGR_MAX, 0644,	\
		      STAT_KIND_PEAK, _unit, .desc = (_desc))

#define STATSFS_NR_BUCKETS(_struct, _field) \
	(sizeof(((_struct *)0)->_field) / sizeof(((_struct *)0)->_field[0]))

/**
 * STATSFS_LINEAR_HIST - a table line for a linear histogram: summed, resettable
 * @_name: name of the file
 * @_struct: the struct
 * @_field: its field, an array; see statsfs_linear_hist_index()
 * @_size: what a bucket spans
 * @_unit: unit of what is sized: STATSFS_NONE, STATSFS_BYTES, ...
 * @_desc: description in one line
 */
#define STATSFS_LINEAR_HIST(_name, _struct, _field, _size, _unit, _desc) \
	STATSFS_VALUE(_name, _struct, _field[0], STAT_AGGR_SUM, 0644,	\
		      STAT_KIND_LINEAR_HIST, _unit, .desc = (_desc),	\
		      .buckets = STATSFS_NR_BUCKETS(_struct, _field),	\
		      .bucket_size = (_size))

/**
 * STATSFS_LOG_HIST - a table line for a logarithmic histogram: summed, resettable
 * @_name: name of the file
 * @_struct: the struct
 * @_field: its field, an array; see statsfs_log_hist_index()
 * @_unit: unit of what is sized: STATSFS_NONE, STATSFS_BYTES, ...
 * @_desc: description in one line
 */
#define STATSFS_LOG_HIST(_name, _struct, _field, _unit, _desc)		\
	STATSFS_VALUE(_name, _struct, _field[0], STAT_AGGR_SUM, 0644,	\
		      STAT_KIND_LOG_HIST, _unit, .desc = (_desc),	\
		      .buckets = STATSFS_NR_BUCKETS(_struct, _field))

/**
 * statsfs_linear_hist_index - bucket of a linear histogram
 * @size: size of the event
 * @bucket_size: what a bucket spans, a constant of at least 1
 * @buckets: number of buckets
 *
 * To count an event, increment that bucket as any other counter:
 * hist[i]++ under the owner's lock, or this_cpu_inc(p->hist[i]) from any
 * context if the group is per CPU.
 *
 * Context: Any.
 * Return: index of the bucket, less than @buckets.
 */
static __always_inline unsigned int
statsfs_linear_hist_index(u64 size, u32 bucket_size, unsigned int buckets)
{
	if (size >= (u64)bucket_size * (buckets - 1))
		return buckets - 1;
	return div_u64(size, bucket_size);
}

/**
 * statsfs_log_hist_index - bucket of a logarithmic histogram
 * @size: size of the event
 * @buckets: number of buckets
 *
 * See statsfs_linear_hist_index().
 *
 * Context: Any.
 * Return: index of the bucket, less than @buckets.
 */
static __always_inline unsigned int
statsfs_log_hist_index(u64 size, unsigned int buckets)
{
	unsigned int index = fls64(size);

	return index < buckets ? index : buckets - 1;
}

/**
 * struct statsfs_sampler - how the struct of a sampled group is filled
 * @size: size of the struct in bytes
 * @sample: fills @sample, which is @size bytes of zeroes, from @data, and
 *	returns 0 or a negative errno, which readers get.  Called once per
 *	read or reset, in process context; it may sleep (see rule 3 above).
 *	Several may be in it at once.  @sample is aligned for a u64, and may be
 *	on the stack: it is for numbers, not for DMA.
 * @reset: resets the value at @offset of the struct to 0 and returns 0 or a
 *	negative errno.  Needed only if the table has a peak or a bool that can
 *	be written; NULL otherwise.  Called in process context, may sleep.
 */
struct statsfs_sampler {
	size_t size;
	int (*sample)(void *data, void *sample);
	int (*reset)(void *data, int offset);
};

#if IS_REACHABLE(CONFIG_STATS_FS)

bool statsfs_name_valid(const char *name);

__printf(1, 2)
struct statsfs_source *statsfs_source_create(const char *fmt, ...);
struct statsfs_source *statsfs_source_get(struct statsfs_source *source);
void statsfs_source_put(struct statsfs_source *source);

const struct statsfs_value *
statsfs_values_get(const struct statsfs_value *values, size_t n);
void statsfs_values_put(const struct statsfs_value *values);

int statsfs_source_add_values(struct statsfs_source *source,
			      const struct statsfs_value *values, size_t n,
			      void *base);
int statsfs_source_add_values_sync(struct statsfs_source *source,
				   const struct statsfs_value *values, size_t n,
				   void *base, int sync_offset);
int statsfs_source_add_percpu(struct statsfs_source *source,
			      const struct statsfs_value *values, size_t n,
			      void __percpu *base);
int statsfs_source_add_percpu_sync(struct statsfs_source *source,
				   const struct statsfs_value *values, size_t n,
				   void __percpu *base, int sync_offset);
int statsfs_source_add_sampled(struct statsfs_source *source,
			       const struct statsfs_value *values, size_t n,
			       const struct statsfs_sampler *sampler,
			       void *data);
int statsfs_source_set_boundary(struct statsfs_source *source);
int statsfs_source_set_closed(struct statsfs_source *source);
int statsfs_source_set_net(struct statsfs_source *source,
			   const struct net *net);

int statsfs_source_add_subordinate(struct statsfs_source *parent,
				   struct statsfs_source *child);
int statsfs_source_add_subordinate_nowarn(struct statsfs_source *parent,
					  struct statsfs_source *child);
int statsfs_source_remove_subordinate(struct statsfs_source *parent,
				      struct statsfs_source *child);
int statsfs_source_remove(struct statsfs_source *source);
int statsfs_source_register(struct statsfs_source *source);
int statsfs_source_unregister(struct statsfs_source *source);

__printf(2, 3)
int statsfs_source_rename(struct statsfs_source *source, const char *fmt, ...);

int statsfs_source_read(struct statsfs_source *source, const char *name,
			u64 *number);
int statsfs_source_read_array(struct statsfs_source *source, const char *name,
			      u64 *numbers, unsigned int n);
int statsfs_source_reset(struct statsfs_source *source, const char *name);

#else /* !CONFIG_STATS_FS */

static inline bool statsfs_name_valid(const char *name)
{
	return true;
}

static inline __printf(1, 2)
struct statsfs_source *statsfs_source_create(const char *fmt, ...)
{
	return ERR_PTR(-ENODEV);
}

static inline
struct statsfs_source *statsfs_source_get(struct statsfs_source *source)
{
	return source;
}

static inline void statsfs_source_put(struct statsfs_source *source)
{
}

static inline
const struct statsfs_value *statsfs_values_get(const struct statsfs_value *values,
					       size_t n)
{
	return ERR_PTR(-ENODEV);
}

static inline void statsfs_values_put(const struct statsfs_value *values)
{
}

static inline
int statsfs_source_add_values(struct statsfs_source *source,
			      const struct statsfs_value *values, size_t n,
			      void *base)
{
	return -ENODEV;
}

static inline
int statsfs_source_add_values_sync(struct statsfs_source *source,
				   const struct statsfs_value *values, size_t n,
				   void *base, int sync_offset)
{
	return -ENODEV;
}

static inline
int statsfs_source_add_percpu(struct statsfs_source *source,
			      const struct statsfs_value *values, size_t n,
			      void __percpu *base)
{
	return -ENODEV;
}

static inline
int statsfs_source_add_percpu_sync(struct statsfs_source *source,
				   const struct statsfs_value *values, size_t n,
				   void __percpu *base, int sync_offset)
{
	return -ENODEV;
}

static inline
int statsfs_source_add_sampled(struct statsfs_source *source,
			       const struct statsfs_value *values, size_t n,
			       const struct statsfs_sampler *sampler,
			       void *data)
{
	return -ENODEV;
}

static inline int statsfs_source_set_boundary(struct statsfs_source *source)
{
	return -ENODEV;
}

static inline int statsfs_source_set_closed(struct statsfs_source *source)
{
	return -ENODEV;
}

static inline int statsfs_source_set_net(struct statsfs_source *source,
					 const struct net *net)
{
	return -ENODEV;
}

static inline
int statsfs_source_add_subordinate(struct statsfs_source *parent,
				   struct statsfs_source *child)
{
	return -ENODEV;
}

static inline
int statsfs_source_add_subordinate_nowarn(struct statsfs_source *parent,
					  struct statsfs_source *child)
{
	return -ENODEV;
}

static inline
int statsfs_source_remove_subordinate(struct statsfs_source *parent,
				      struct statsfs_source *child)
{
	return -ENODEV;
}

static inline int statsfs_source_remove(struct statsfs_source *source)
{
	return -ENODEV;
}

static inline int statsfs_source_register(struct statsfs_source *source)
{
	return -ENODEV;
}

static inline int statsfs_source_unregister(struct statsfs_source *source)
{
	return -ENODEV;
}

static inline __printf(2, 3)
int statsfs_source_rename(struct statsfs_source *source, const char *fmt, ...)
{
	return -ENODEV;
}

static inline int statsfs_source_read(struct statsfs_source *source,
				      const char *name, u64 *number)
{
	return -ENODEV;
}

static inline
int statsfs_source_read_array(struct statsfs_source *source, const char *name,
			      u64 *numbers, unsigned int n)
{
	return -ENODEV;
}

static inline int statsfs_source_reset(struct statsfs_source *source,
				       const char *name)
{
	return -ENODEV;
}

#endif /* CONFIG_STATS_FS */

#endif /* _LINUX_STATSFS_H */
