/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests share.  Everything that is made here is cleaned up when the
 * test case ends, in the reverse order: so allocate the memory of values before
 * the source that shows them.  What goes wrong here ends the case.
 */
#ifndef _STATSFS_KUNIT_HELPERS_H
#define _STATSFS_KUNIT_HELPERS_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/statsfs.h>
#include <linux/string.h>
#include <linux/u64_stats_sync.h>

/* A generator of parameters: an array of structs that have a name in .desc. */
#define TST_ARRAY_PARAM(name, array)					\
	static void name##_get_desc(typeof(&(array)[0]) param, char *desc) \
	{								\
		strscpy(desc, param->desc, KUNIT_PARAM_DESC_SIZE);	\
	}								\
	KUNIT_ARRAY_PARAM(name, array, name##_get_desc)

void tst_at_end(struct kunit *test, void (*free)(struct kunit_resource *),
		void *data);

/* Zeroed memory. */
void *tst_alloc(struct kunit *test, size_t size);
void __percpu *tst_percpu(struct kunit *test, size_t size);

/* Sources: removed from all their parents and put at the end. */
__printf(2, 3)
struct statsfs_source *tst_source(struct kunit *test, const char *fmt, ...);
struct statsfs_source *tst_root(struct kunit *test);
struct statsfs_source *tst_child(struct kunit *test,
				 struct statsfs_source *parent,
				 const char *name);

/* Adds a plain group that must be fine. */
#define tst_values(test, source, table, base)				\
	KUNIT_ASSERT_EQ(test, 0,					\
			statsfs_source_add_values(source, table,	\
						  ARRAY_SIZE(table), base))

#define tst_add(test, parent, child)					\
	KUNIT_ASSERT_EQ(test, 0,					\
			statsfs_source_add_subordinate(parent, child))

/* A table of one u64, and a source with it: most tests need no more. */
extern const struct statsfs_value tst_table[1];
#define TST_NAME	"number"	/* SUM, 0644 */
struct statsfs_source *tst_leaf(struct kunit *test,
				struct statsfs_source *parent,
				const char *name, u64 *number);

/*
 * The same, never seen half written.  On 32 bits only such a number can be told
 * to have been restarted.
 */
struct tst_synced {
	u64 number;
	struct u64_stats_sync sync;
};

struct statsfs_source *tst_synced_leaf(struct kunit *test,
				       struct statsfs_source *parent,
				       const char *name,
				       struct tst_synced *synced);

/* Stores a number as a value of @type. */
void tst_store(enum statsfs_type type, void *memory, u64 number);

/* The same number as it can be read from there, extended to 64 bits. */
u64 tst_cast(enum statsfs_type type, u64 number);

/* What an aggregate must show, computed another way than in statsfs. */
#define TST_FOLD_MAX	16
u64 tst_fold(enum statsfs_type type, enum statsfs_aggr kind,
	     const u64 *numbers, int nr);

/* A number that must be readable. */
u64 tst_number(struct kunit *test, struct statsfs_source *source,
	       const char *name);

/* What a read by name must give. */
#define TST_EXPECT(test, source, name, number)				\
do {									\
	u64 tst_number = 0;						\
	int tst_err = statsfs_source_read(source, name, &tst_number);	\
									\
	KUNIT_EXPECT_EQ_MSG(test, tst_err, 0, "reading %s", name);	\
	KUNIT_EXPECT_EQ_MSG(test, tst_number, (u64)(number),		\
			    "reading %s", name);			\
} while (0)

#define TST_EXPECT_ERR(test, source, name, err)				\
do {									\
	u64 tst_number;							\
									\
	KUNIT_EXPECT_EQ_MSG(test, (err),				\
			    statsfs_source_read(source, name,		\
						&tst_number),		\
			    "reading %s", name);			\
} while (0)

/* A thread that runs beside the case. */
struct tst_job;
struct tst_job *tst_start(struct kunit *test, int (*run)(void *arg), void *arg);
bool tst_is_running(struct tst_job *job, unsigned int wait_ms);
int tst_join(struct kunit *test, struct tst_job *job);

/*
 * A sampled group whose callback stays inside until it is let go, but not for
 * ever.
 */
struct tst_gate {
	struct completion entered;
	struct completion go;
	atomic_t inside;
	u64 number;
};

struct tst_gate *tst_gate(struct kunit *test, struct statsfs_source *source);
struct tst_job *tst_gate_enter(struct kunit *test, struct tst_gate *gate,
			       struct statsfs_source *source);
bool tst_gate_wait(struct tst_gate *gate);
void tst_gate_open(struct tst_gate *gate);
bool tst_gate_is_empty(struct tst_gate *gate);

/*
 * The file system.  A path begins at tst_root() or, with a slash, at the root of
 * the file system.  tst_cat() and tst_ls() return "error -2" for what cannot be opened or read.
 */
int tst_mount(struct kunit *test);	/* can be a suite's init, returns 0 */
struct file *tst_try_open(struct kunit *test, const char *path, int flags);
struct file *tst_open(struct kunit *test, const char *path, int flags);
void tst_close(struct file *file);
ssize_t tst_read(struct file *file, char *text, size_t size, loff_t *pos);
ssize_t tst_write(struct file *file, const char *text, size_t size);
const char *tst_cat(struct kunit *test, const char *path);
/* Names in order of the alphabet, a blank after each; none with a dot. */
const char *tst_ls(struct kunit *test, const char *path);
const char *tst_ls_open(struct kunit *test, struct file *dir);

/*
 * Snapshots.  What is wrong with the format is said where it is read; it is freed at
 * the end of the case, or by tst_snapshot_free().
 */
struct tst_snapshot {
	const void *start;
	size_t size;
	const struct statsfs_snapshot_header *header;
	const struct statsfs_snapshot_gathering *gathering;
	const s32 *status;
	const u64 *data;
	const struct statsfs_snapshot_source *source;
	const struct statsfs_snapshot_value *value;
	const char *strings;
};

struct tst_snapshot *tst_snapshot(struct kunit *test, struct file *file);
void tst_snapshot_free(struct tst_snapshot *snapshot);
/* Path of a value or, with NULL, a source; "" is the top.  To be freed by kfree(). */
char *tst_snapshot_path(const struct tst_snapshot *snapshot, u32 source,
			const struct statsfs_snapshot_value *value);
/* A value by its path, or NULL. */
const struct statsfs_snapshot_value *
tst_snapshot_find(const struct tst_snapshot *snapshot, const char *path);
/* Compares all of it with the files at and below the directory @path, "." or longer. */
void tst_snapshot_check(struct kunit *test, const char *path);

#endif /* _STATSFS_KUNIT_HELPERS_H */
