/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libstatsfs: reads snapshots of statsfs, the kernel's file system for statistics.
 *
 *	struct statsfs_snapshot *s = statsfs_new();
 *	const struct statsfs_value *v;
 *	struct statsfs_delta d;
 *	unsigned int i;
 *
 *	if (!s || statsfs_open(s, "/sys/kernel/stats/bufstat/net"))
 *		...					statsfs_error(s)
 *	while (!sleep(1)) {
 *		if (statsfs_refresh(s) < 0)
 *			...				statsfs_error(s)
 *		for (i = 0; (v = statsfs_value_at(s, i)); i++)
 *			if (!statsfs_delta(v, 0, statsfs_previous(s),
 *					   statsfs_gathering(s), &d))
 *				printf("%s %g/s\n", v->name, d.per_second);
 *	}
 *	statsfs_free(s);
 *
 * Key points:
 *
 *  - A snapshot has all numbers at and below a directory, from one gathering.
 *    Another gathering is one system call and no allocation: statsfs_refresh().
 *  - What is read is checked before it is used, so a file that is truncated,
 *    damaged or made to do harm is an error and nothing else.
 *  - Snapshots of later kernels, which may have more members and parts, are
 *    read.  Types, kinds, units and aggregates that the library does not know have
 *    no name (see statsfs_type_name()): pass over what you do not know.
 *  - Files from a machine with the other byte order are refused.
 *  - Functions that may fail return 0 or a negative errno; statsfs_error() has
 *    the whole story.
 *  - Threads: one at a time may use a snapshot and what belongs to it; different
 *    snapshots are independent.  Functions that take no snapshot may be called
 *    by any thread at any time.
 */
#ifndef _STATSFS_H
#define _STATSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/statsfs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A subtree, and one or two gatherings of its numbers. */
struct statsfs_snapshot;

/**
 * struct statsfs_source - a directory
 * @parent: the one that it is in; NULL: it is the top of the subtree
 * @name: its name, at most NAME_MAX bytes, without '/' and control characters,
 *	not beginning with a dot; the top's is empty
 * @id: its inode number.  A directory that is found on several paths is there
 *	for each, with the same number.
 * @depth: number of directories from below the top to this one: of its labels
 * @path_length: bytes of its path, as of statsfs_path(), less than PATH_MAX
 * @first_value: index of its first value
 * @nr_values: number of its values, which follow each other
 */
struct statsfs_source {
	const struct statsfs_source *parent;
	const char *name;
	uint64_t id;
	uint32_t depth;
	uint32_t path_length;
	uint32_t first_value;
	uint32_t nr_values;
};

/**
 * struct statsfs_value - a file: one number or, of an array, several
 * @source: the directory that it is in
 * @name: its name, as those of sources
 * @desc: a description in one line, of any length; may be empty
 * @group: what statuses are counted by: values of a group are read together
 * @first_number: index of its first number in a gathering
 * @nr_numbers: number of its numbers, at least 1
 * @buckets: of an array: the same; 0 is a plain number
 * @bucket_size: of a linear histogram: what a bucket spans, else 0
 * @aggr: 0, or what it folds: a bit of &enum statsfs_aggr
 * @type: an &enum statsfs_type
 * @kind: an &enum statsfs_kind
 * @unit: an &enum statsfs_unit
 * @base: 2 or 10: the number is in units of @base to the power of @exponent; 0
 *	if @exponent is 0
 * @exponent: see @base
 * @flags: STATSFS_SNAPSHOT_CAN_RESET or 0
 */
struct statsfs_value {
	const struct statsfs_source *source;
	const char *name;
	const char *desc;
	uint32_t group;
	uint32_t first_number;
	uint32_t nr_numbers;
	uint32_t buckets;
	uint32_t bucket_size;
	uint16_t aggr;
	uint8_t type;
	uint8_t kind;
	uint8_t unit;
	uint8_t base;
	int8_t exponent;
	uint8_t flags;
};

/**
 * struct statsfs_gathering - all numbers, collected in one pass
 * @number: how many there have been since the file was opened, from 1
 * @begin_ns: before the first number was read: nanoseconds of CLOCK_BOOTTIME
 * @end_ns: after the last number was read, not less than @begin_ns
 * @nr_groups: number of statuses
 * @nr_numbers: number of numbers
 * @status: see statsfs_number()
 * @numbers: see statsfs_number()
 */
struct statsfs_gathering {
	uint64_t number;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint32_t nr_groups;
	uint32_t nr_numbers;
	const int32_t *status;
	const uint64_t *numbers;
};

/**
 * statsfs_new() - make a snapshot that has nothing yet
 *
 * Return: the snapshot, to be freed by statsfs_free(); NULL: no memory.
 */
struct statsfs_snapshot *statsfs_new(void);

/**
 * statsfs_free() - free a snapshot and all that belongs to it
 * @s: the snapshot or NULL
 */
void statsfs_free(struct statsfs_snapshot *s);

/**
 * statsfs_open() - take a snapshot, or read a saved one
 * @s: the snapshot; what it had before is gone, also after an error
 * @path: a directory in a statsfs mount, the file ".snapshot" in one, or a copy
 *	of such a file.  A refresh may open it again by this name.
 *
 * Return: 0, or
 * -EMEDIUMTYPE: it is no snapshot, nor a directory in a statsfs mount;
 * -EPROTONOSUPPORT: the snapshot has another version, or another byte order;
 * -EBADMSG: it is truncated or damaged;
 * -ENAMETOOLONG: the path of a value in it would have PATH_MAX bytes or more;
 * -EAGAIN: it was changed all the time while it was read;
 * -EFBIG: it has more than STATSFS_SNAPSHOT_MAX_SIZE bytes;
 * -ENOMEM; or what open(2) and read(2) say.
 */
int statsfs_open(struct statsfs_snapshot *s, const char *path);

/**
 * statsfs_open_memory() - read a snapshot that is in memory
 * @s: the snapshot; what it had before is gone, also after an error
 * @data: where it is; is copied, and needs no alignment
 * @size: bytes in @data, at least as many as the snapshot has
 *
 * Return: as of statsfs_open().
 */
int statsfs_open_memory(struct statsfs_snapshot *s, const void *data,
			size_t size);

/**
 * statsfs_refresh() - gather the numbers again
 * @s: a snapshot from statsfs_open()
 *
 * What statsfs_gathering() was is statsfs_previous() afterwards.  After an error
 * the former is still there, the latter is not.
 *
 * A snapshot in a statsfs mount takes one pread(2) and no allocation, unless
 * sources or values have come, gone or been renamed: then it is opened again.
 * A saved one is only read again, so that its gathering is the same.
 *
 * Return: 0; 1: it has been opened again, so all pointers into it are invalid, the
 * descriptor is another one, and there is no previous gathering; or
 * -EBADF: it is not from statsfs_open(), or that failed;
 * -ENODEV: the directory has been removed; -ENOENT: and has not come again;
 * and as of statsfs_open().
 */
int statsfs_refresh(struct statsfs_snapshot *s);

/**
 * statsfs_fd() - the descriptor to wait with until the layout changes
 * @s: the snapshot
 *
 * poll(2) and epoll(7) report POLLPRI | POLLERR on it when sources or values have
 * come, gone or been renamed, and POLLHUP when the directory has been removed; then
 * call statsfs_refresh().  Do not read, write or close the descriptor.
 *
 * Return: the descriptor; -1: there is none.
 */
int statsfs_fd(const struct statsfs_snapshot *s);

/**
 * statsfs_error() - what went wrong
 * @s: the snapshot, or NULL, which is what statsfs_new() gives without memory
 *
 * Return: what the last function that failed has to say, in one line without a
 * newline; valid until the next call for @s.
 */
const char *statsfs_error(const struct statsfs_snapshot *s);

/**
 * statsfs_generation() - the generation of the subtree
 * @s: an open snapshot
 *
 * Return: &statsfs_snapshot_header.generation; 0 if it is not open.
 */
uint64_t statsfs_generation(const struct statsfs_snapshot *s);

/**
 * statsfs_source_at() - iterate over directories
 * @s: the snapshot
 * @index: counted from 0, which is the top.  Parents come before what is in them.
 *
 * Return: the directory, valid until the layout changes; NULL: @index is behind
 * the last one.
 */
const struct statsfs_source *
statsfs_source_at(const struct statsfs_snapshot *s, unsigned int index);

/**
 * statsfs_value_at() - iterate over values
 * @s: the snapshot
 * @index: counted from 0
 *
 * Return: the value, valid until the layout changes; NULL: @index is behind the
 * last one.
 */
const struct statsfs_value *
statsfs_value_at(const struct statsfs_snapshot *s, unsigned int index);

/**
 * statsfs_path() - the path of a directory, relative to the subtree
 * @source: the directory
 * @buf: gets the path and a NUL; cut if it does not fit; that of the top is empty
 * @size: bytes of @buf; PATH_MAX is always enough
 *
 * Return: bytes of the path without the NUL, even if it was cut.
 */
size_t statsfs_path(const struct statsfs_source *source, char *buf, size_t size);

/**
 * statsfs_labels() - the components of the path of a directory
 * @source: the directory
 * @labels: gets the names, from below the top on; valid until the layout changes
 * @nr: number of names that there is room for
 *
 * Return: number of names that there are, &statsfs_source.depth.
 */
unsigned int statsfs_labels(const struct statsfs_source *source,
			    const char **labels, unsigned int nr);

/**
 * statsfs_gathering() - the newest numbers
 * @s: the snapshot
 *
 * Return: the gathering, valid until the next refresh; NULL: there is none.
 */
const struct statsfs_gathering *
statsfs_gathering(const struct statsfs_snapshot *s);

/**
 * statsfs_previous() - the numbers before the last refresh
 * @s: the snapshot
 *
 * Return: the gathering, valid until the next refresh; NULL: there is none.
 */
const struct statsfs_gathering *
statsfs_previous(const struct statsfs_snapshot *s);

/**
 * statsfs_number() - a number, in 64 bits
 * @g: a gathering of the snapshot that @v is of
 * @v: the value
 * @bucket: which number of an array, from 0; 0 if there is one
 * @number: result; to be cast to int64_t if statsfs_is_signed(@v)
 *
 * Return: 0, or a negative errno, the one that read(2) of the file gave: among
 * others -ENODEV: it was removed meanwhile; -EIO: a number that should have been
 * folded could not be read.  -EINVAL: there is no such bucket.
 */
int statsfs_number(const struct statsfs_gathering *g,
		   const struct statsfs_value *v, unsigned int bucket,
		   uint64_t *number);

/**
 * statsfs_u64() - a number that is not negative
 * @g: a gathering of the snapshot that @v is of
 * @v: the value
 * @bucket: which number of an array, from 0; 0 if there is one
 * @number: result
 *
 * Return: as of statsfs_number(); -ERANGE: it is negative.
 */
int statsfs_u64(const struct statsfs_gathering *g,
		const struct statsfs_value *v, unsigned int bucket,
		uint64_t *number);

/**
 * statsfs_s64() - a number that is at most INT64_MAX
 * @g: a gathering of the snapshot that @v is of
 * @v: the value
 * @bucket: which number of an array, from 0; 0 if there is one
 * @number: result
 *
 * Return: as of statsfs_number(); -ERANGE: it is larger.
 */
int statsfs_s64(const struct statsfs_gathering *g,
		const struct statsfs_value *v, unsigned int bucket,
		int64_t *number);

/**
 * enum statsfs_change - what is known of how a number has changed
 * @STATSFS_CHANGE_OK: it has grown, or stayed
 * @STATSFS_CHANGE_NONE: it has no differences: only cumulative numbers and
 *	histograms have, not instant ones and peaks
 * @STATSFS_CHANGE_BACK: it went back: has been reset or restarted, and what was
 *	counted meanwhile is not known.  A sum goes back, too, when one of its
 *	numbers does or wraps.
 * @STATSFS_CHANGE_UNKNOWN: there is no previous gathering, or a number could not
 *	be read
 * @STATSFS_CHANGE_NO_TIME: no time has passed, so there is a difference but no rate
 */
enum statsfs_change {
	STATSFS_CHANGE_OK,
	STATSFS_CHANGE_NONE,
	STATSFS_CHANGE_BACK,
	STATSFS_CHANGE_UNKNOWN,
	STATSFS_CHANGE_NO_TIME,
};

/**
 * struct statsfs_delta - how a number has changed
 * @difference: what was counted meanwhile, in units of the value
 * @elapsed_ns: nanoseconds from the middle of the one gathering to the middle of
 *	the other.  A number is read at some moment of a gathering, so this is
 *	wrong by at most half the time that the two took.
 * @per_second: @difference by @elapsed_ns, in units of the value per second
 */
struct statsfs_delta {
	uint64_t difference;
	uint64_t elapsed_ns;
	double per_second;
};

/**
 * statsfs_difference() - what was counted between two readings of a number
 * @v: the value
 * @before: from statsfs_number(), of whatever gathering or snapshot
 * @after: the same later
 * @difference: result, if STATSFS_CHANGE_OK, else 0
 *
 * A number that is less than before has been reset or restarted or, if its type
 * has less than 64 bits, has wrapped, and nothing tells these apart for sure.  It
 * is taken for wrapped if it is unsigned, nobody can reset it through statsfs, and
 * the difference modulo its width is less than half the range of the type.  So
 * a counter of 32 bits that cannot be reset wants to be read before it counts
 * 2^31; one that can be reset gives STATSFS_CHANGE_BACK for the interval
 * in which it wraps.  No difference is ever made of a reset that was seen.
 *
 * Return: STATSFS_CHANGE_OK, _NONE or _BACK.
 */
enum statsfs_change statsfs_difference(const struct statsfs_value *v,
				       uint64_t before, uint64_t after,
				       uint64_t *difference);

/**
 * statsfs_delta() - difference and rate between two gatherings
 * @v: the value
 * @bucket: which number of an array, from 0; 0 if there is one
 * @before: a gathering of the snapshot that @v is of; or NULL
 * @after: a later one
 * @delta: result; zeroes but for STATSFS_CHANGE_OK and _NO_TIME
 *
 * Return: see &enum statsfs_change; STATSFS_CHANGE_OK is 0.
 */
enum statsfs_change statsfs_delta(const struct statsfs_value *v,
				  unsigned int bucket,
				  const struct statsfs_gathering *before,
				  const struct statsfs_gathering *after,
				  struct statsfs_delta *delta);

/**
 * statsfs_is_signed() - whether numbers of a value can be negative
 * @v: the value
 *
 * Return: true if it has one of the types STAT_TYPE_S8 to STAT_TYPE_S64.
 */
bool statsfs_is_signed(const struct statsfs_value *v);

/**
 * statsfs_type_name() - the name of a type
 * @type: an &enum statsfs_type
 *
 * Return: "bool", "u8", ..., "s64"; NULL: the library does not know it.
 */
const char *statsfs_type_name(unsigned int type);

/**
 * statsfs_kind_name() - the name of a kind
 * @kind: an &enum statsfs_kind
 *
 * Return: "cumulative", "instant", "peak", "linear_hist" or "log_hist"; NULL: the
 * library does not know it.
 */
const char *statsfs_kind_name(unsigned int kind);

/**
 * statsfs_unit_name() - the name of a unit
 * @unit: an &enum statsfs_unit
 *
 * Return: "none", "bytes", "seconds", "cycles" or "boolean"; NULL: the library
 * does not know it.
 */
const char *statsfs_unit_name(unsigned int unit);

/**
 * statsfs_aggr_name() - the name of an aggregate
 * @aggr: 0 or one bit of &enum statsfs_aggr
 *
 * Return: "none", "sum", "min", "max", "avg", "count_zero" or "count_nonzero";
 * NULL: the library does not know it.
 */
const char *statsfs_aggr_name(unsigned int aggr);

/**
 * statsfs_find_mount() - where statsfs is mounted
 * @path: gets the path: /sys/kernel/stats if it is mounted there, or else the
 *	first place in /proc/self/mounts
 * @size: bytes of @path; PATH_MAX is enough
 *
 * Not to be called while another thread uses getmntent(3).
 *
 * Return: 0, or -ENODEV: it is not mounted; -ENAMETOOLONG: @size is too small;
 * or what fopen(3) says of /proc/self/mounts.
 */
int statsfs_find_mount(char *path, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* _STATSFS_H */
