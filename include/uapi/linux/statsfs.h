/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * statsfs: the snapshot, one binary file with all numbers below a directory.
 *
 * Every directory of a statsfs mount has a file ".snapshot".  It describes all
 * sources at and below the directory and all their numbers, and gives them:
 * exactly those that are files there and that the opener may read, each equal
 * to what the file would show.
 *
 * Layout, from the beginning of the file; every part but the strings begins at a
 * multiple of 8 bytes, and all integers have the byte order of the kernel:
 *
 *	+----------------------------------+ 0
 *	| struct statsfs_snapshot_header   |
 *	+----------------------------------+ gathering_offset      \
 *	| struct statsfs_snapshot_gathering|                        |
 *	+----------------------------------+ status_offset          | differs from
 *	| __s32 status[nr_groups]          |                        | gathering to
 *	+----------------------------------+ data_offset            | gathering
 *	| __u64 data[nr_numbers]           |                        |
 *	+----------------------------------+ refresh_size - 8       |
 *	| __u64 gathering number again     |                       /
 *	+----------------------------------+ refresh_size
 *	| struct statsfs_snapshot_source   |                       \
 *	|                    [nr_sources]  |                        |
 *	+----------------------------------+ values_offset          | constant for
 *	| struct statsfs_snapshot_value    |                        | a generation
 *	|                    [nr_values]   |                        |
 *	+----------------------------------+ strings_offset         |
 *	| strings, each with its NUL       |                        |
 *	+----------------------------------+ size                  /
 *
 * A gathering collects all the numbers in one pass.  Numbers of one group of
 * values which the kernel fills by a callback are from one instant; each other
 * number is read between @begin_ns and @end_ns.  Each number of a source is read
 * once, whatever it is summed into: sums in a gathering are those of the numbers
 * in it.
 *
 * How to read it:
 *
 *  1. open(2) the file and read it from offset 0 to its end; the beginning says
 *     how long it is.  A read at offset 0 gathers, and reads at other offsets
 *     give the last gathering.  So it may be read in as many pieces as you
 *     like: the header first, say, and then the rest.  Check @magic, @version and
 *     that all parts lie within what was read.
 *  2. Refresh: pread(2) of @refresh_size bytes at offset 0.  Everything behind
 *     is as it was.  If the gathering numbers at the beginning and the end are
 *     equal, all is of one gathering, even if others read the same open file.
 *     (One pread(2) that was not cut short always is of one.)
 *  3. ESTALE says that sources or values came, went or were renamed since the
 *     generation that was read: open the file again.  The first read after
 *     open(2) does not fail for this reason.  poll(2) and epoll(7) report such a
 *     change as POLLPRI | POLLERR from then on.
 *
 * Errors of read(2): ESTALE, see above; ENODEV: the directory has been removed
 * (then poll(2) reports POLLHUP, too); ENOMEM: it takes more memory than there is,
 * or than the reader's control group may have; EFBIG: the snapshot would have
 * more than STATSFS_SNAPSHOT_MAX_SIZE bytes: take one of a directory further
 * down; EINTR: the reader has been killed.
 *
 * Names of sources and values have 1 to 255 bytes, no '/', no control characters and
 * no leading dot; descriptions have no control characters.  A directory that has
 * been removed may be added again: then an open file reads it again.
 *
 * What stays as newer kernels come, as long as @version is the same: the
 * members of all structs are where they are.  Structs may become longer, so use
 * @header_size, @gathering_size, @source_size and @value_size to get from one to
 * the next; parts may be added, so find each by its offset; types, kinds, units
 * and flags may be added, so pass over what you do not know.
 */
#ifndef _UAPI_LINUX_STATSFS_H
#define _UAPI_LINUX_STATSFS_H

#include <linux/types.h>

/**
 * STATSFS_MAGIC - f_type that statfs(2) reports for a statsfs mount ("stat")
 */
#define STATSFS_MAGIC		0x73746174

/**
 * STATSFS_SNAPSHOT_NAME - name of the snapshot in every directory
 */
#define STATSFS_SNAPSHOT_NAME	".snapshot"

/**
 * STATSFS_SNAPSHOT_MAGIC - &statsfs_snapshot_header.magic.  Read as 0x534e4150,
 *	the snapshot was taken on a machine with the reader's byte order.
 */
#define STATSFS_SNAPSHOT_MAGIC	0x534e4150

/**
 * STATSFS_SNAPSHOT_VERSION - &statsfs_snapshot_header.version of this layout
 */
#define STATSFS_SNAPSHOT_VERSION	1

/**
 * STATSFS_SNAPSHOT_MAX_SIZE - no snapshot has more bytes
 */
#define STATSFS_SNAPSHOT_MAX_SIZE	(256 << 20)

/**
 * enum statsfs_type - type of a value in the kernel, or of a number
 * @STAT_TYPE_BOOL: bool
 * @STAT_TYPE_U8: u8
 * @STAT_TYPE_U16: u16
 * @STAT_TYPE_U32: u32
 * @STAT_TYPE_U64: u64
 * @STAT_TYPE_S8: s8
 * @STAT_TYPE_S16: s16
 * @STAT_TYPE_S32: s32
 * @STAT_TYPE_S64: s64
 *
 * Zero is no type, so that a table line without one is refused.
 */
enum statsfs_type {
	STAT_TYPE_BOOL = 1,
	STAT_TYPE_U8,
	STAT_TYPE_U16,
	STAT_TYPE_U32,
	STAT_TYPE_U64,
	STAT_TYPE_S8,
	STAT_TYPE_S16,
	STAT_TYPE_S32,
	STAT_TYPE_S64,
};

/**
 * enum statsfs_aggr - what is shown of a value in the directories above
 * @STAT_AGGR_NONE: nothing
 * @STAT_AGGR_SUM: sum over all leaves, modulo 2^64
 * @STAT_AGGR_MIN: smallest, respecting sign
 * @STAT_AGGR_MAX: largest, respecting sign
 * @STAT_AGGR_AVG: arithmetic mean, exact, truncated toward zero
 * @STAT_AGGR_COUNT_ZERO: number of leaves where the value is zero
 * @STAT_AGGR_COUNT_NONZERO: number of leaves where the value is not zero
 *
 * A bit mask.  The aggregate of the only bit has the name of the value.  Of
 * several bits, SUM has it or, without SUM, the lowest one; the others are
 * called <name>_min, <name>_max, <name>_avg, <name>_count_zero and
 * <name>_count_nonzero.
 */
enum statsfs_aggr {
	STAT_AGGR_NONE		= 0,
	STAT_AGGR_SUM		= 1 << 0,
	STAT_AGGR_MIN		= 1 << 1,
	STAT_AGGR_MAX		= 1 << 2,
	STAT_AGGR_AVG		= 1 << 3,
	STAT_AGGR_COUNT_ZERO	= 1 << 4,
	STAT_AGGR_COUNT_NONZERO	= 1 << 5,
};

/**
 * enum statsfs_kind - what the number means, and so what a reset does
 * @STAT_KIND_CUMULATIVE: counts events or amounts since some beginning.  A
 *	reset remembers the number and subtracts it from then on, modulo the
 *	width of the type; the struct itself is not written.  A u64 that is less
 *	than it was has been restarted by its owner, and counts from there; on
 *	32 bits only in a sampled group or one with a u64_stats_sync, for in
 *	others it may have been half written.  There it shows 0 until it has
 *	passed what it was.
 * @STAT_KIND_INSTANT: how much there is now.  Cannot be reset: its mode must
 *	have no write permission.
 * @STAT_KIND_PEAK: largest number since some beginning.  A reset stores 0 in
 *	the struct or, in a sampled group, calls &statsfs_sampler.reset.  An
 *	owner that is just storing a new peak may overwrite it; on 32 bits a
 *	peak of 64 bits may then be half of each until the next one.
 * @STAT_KIND_LINEAR_HIST: an array of cumulative counts.  Bucket i has the
 *	events whose size was at least i and less than i + 1 times
 *	&statsfs_value.bucket_size; the last one has all larger ones, too.
 * @STAT_KIND_LOG_HIST: an array of cumulative counts.  Bucket 0 has the events
 *	of size 0, bucket i those of at least 2^(i-1) and less than 2^i; the
 *	last one has all larger ones, too.
 *
 * A bool that can be reset is treated as a peak: a reset stores false.
 */
enum statsfs_kind {
	STAT_KIND_CUMULATIVE,
	STAT_KIND_INSTANT,
	STAT_KIND_PEAK,
	STAT_KIND_LINEAR_HIST,
	STAT_KIND_LOG_HIST,
};

/**
 * enum statsfs_unit - unit of a number or, in a histogram, of what is sized
 * @STAT_UNIT_NONE: a number of things
 * @STAT_UNIT_BYTES: bytes
 * @STAT_UNIT_SECONDS: seconds
 * @STAT_UNIT_CYCLES: clock cycles
 * @STAT_UNIT_BOOLEAN: 0 or 1
 */
enum statsfs_unit {
	STAT_UNIT_NONE,
	STAT_UNIT_BYTES,
	STAT_UNIT_SECONDS,
	STAT_UNIT_CYCLES,
	STAT_UNIT_BOOLEAN,
};

/**
 * struct statsfs_snapshot_header - the beginning of a snapshot
 * @magic: STATSFS_SNAPSHOT_MAGIC
 * @version: STATSFS_SNAPSHOT_VERSION
 * @header_size: bytes of this struct
 * @gathering_size: bytes of a struct statsfs_snapshot_gathering
 * @source_size: bytes of a struct statsfs_snapshot_source
 * @value_size: bytes of a struct statsfs_snapshot_value
 * @reserved: 0
 * @generation: grows when sources or values at or below the directory come, go
 *	or are renamed, and perhaps at other times.  Only a refresh that is not
 *	ESTALE says for sure that nothing has changed.
 * @size: bytes of the whole snapshot
 * @refresh_size: bytes from the beginning to behind the second gathering number:
 *	all that a refresh reads
 * @gathering_offset: where struct statsfs_snapshot_gathering is, in bytes from
 *	the beginning, as all offsets here
 * @status_offset: where the statuses are
 * @data_offset: where the numbers are
 * @sources_offset: where the sources are
 * @values_offset: where the values are
 * @strings_offset: where the strings are
 * @strings_size: bytes of all strings; the last one is a NUL
 * @nr_groups: number of statuses, __s32 each
 * @nr_numbers: number of numbers, __u64 or __s64 each
 * @nr_sources: number of sources, at least 1
 * @nr_values: number of values
 */
struct statsfs_snapshot_header {
	__u32 magic;
	__u16 version;
	__u16 header_size;
	__u16 gathering_size;
	__u16 source_size;
	__u16 value_size;
	__u16 reserved;
	__u64 generation;
	__u64 size;
	__u64 refresh_size;
	__u64 gathering_offset;
	__u64 status_offset;
	__u64 data_offset;
	__u64 sources_offset;
	__u64 values_offset;
	__u64 strings_offset;
	__u64 strings_size;
	__u32 nr_groups;
	__u32 nr_numbers;
	__u32 nr_sources;
	__u32 nr_values;
};

/**
 * struct statsfs_snapshot_gathering - the beginning of what a gathering changes
 * @gathering: how many have been begun on this open file, from 1; the same
 *	number as a __u64 follows the numbers
 * @begin_ns: before the first number was read: nanoseconds of CLOCK_BOOTTIME in
 *	the initial time namespace
 * @end_ns: after the last number was read
 *
 * A status for each group follows, an __s32: 0, or why its numbers could not be
 * read and are 0: a positive errno, the one that a read(2) of the file gives.
 * ENODEV: it has been removed meanwhile.  EIO: a number that should have
 * been folded could not be read.
 */
struct statsfs_snapshot_gathering {
	__u64 gathering;
	__u64 begin_ns;
	__u64 end_ns;
};

/**
 * STATSFS_SNAPSHOT_NO_PARENT - &statsfs_snapshot_source.parent of the first source
 */
#define STATSFS_SNAPSHOT_NO_PARENT	0xffffffffu

/**
 * struct statsfs_snapshot_source - a directory
 * @id: its inode number (of a 64-bit kernel).  A directory that is found on
 *	several paths is described for each, with the same number.
 * @parent: index of the source that it is in, which is less than its own, or
 *	STATSFS_SNAPSHOT_NO_PARENT
 * @name: its name: where in the strings; of the first source an empty one
 * @first_value: index of its first value
 * @nr_values: number of its values, which follow each other
 */
struct statsfs_snapshot_source {
	__u64 id;
	__u32 parent;
	__u32 name;
	__u32 first_value;
	__u32 nr_values;
};

/**
 * STATSFS_SNAPSHOT_CAN_RESET - in &statsfs_snapshot_value.flags: writing 0 to the
 *	file resets it, for whom the options of the mount let write
 */
#define STATSFS_SNAPSHOT_CAN_RESET	0x01

/**
 * struct statsfs_snapshot_value - a file: one number or, of an array, several
 * @source: index of its source
 * @name: its name: where in the strings
 * @desc: a description in one line: where in the strings; may be empty
 * @group: index of its status.  Values of a group are read together.
 * @data: index of its first number.  Values of a source that is found on several
 *	paths share their numbers.
 * @bucket_size: of a linear histogram: what a bucket spans, else 0
 * @buckets: of an array: how many numbers it has; 0 is a plain number
 * @aggr: 0, or what it folds: a bit of &enum statsfs_aggr
 * @type: an &enum statsfs_type: the range of the numbers, each of which has 64
 *	bits in @data whatever its type; negative ones are sign-extended
 * @kind: an &enum statsfs_kind
 * @unit: an &enum statsfs_unit
 * @base: 2 or 10: the number is in units of @base to the power of @exponent; 0
 *	if @exponent is 0
 * @exponent: see @base; -9 with base 10 and seconds are nanoseconds
 * @flags: STATSFS_SNAPSHOT_CAN_RESET or 0
 * @reserved: 0
 */
struct statsfs_snapshot_value {
	__u32 source;
	__u32 name;
	__u32 desc;
	__u32 group;
	__u32 data;
	__u32 bucket_size;
	__u16 buckets;
	__u16 aggr;
	__u8 type;
	__u8 kind;
	__u8 unit;
	__u8 base;
	__s8 exponent;
	__u8 flags;
	__u16 reserved;
};

#endif /* _UAPI_LINUX_STATSFS_H */
