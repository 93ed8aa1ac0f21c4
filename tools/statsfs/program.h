/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the verbs share.  A verb is a file of its own and a line in main.c.
 */
#ifndef _STATSFS_PROGRAM_H
#define _STATSFS_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <statsfs.h>

#define __printf(a, b)	__attribute__((__format__(printf, a, b)))

/* The most bytes of the path of a value, with its NUL. */
#define PATH_SIZE	PATH_MAX

/**
 * enum status - exit statuses
 * @STATUS_OK: all went well
 * @STATUS_FAILED: something could not be read; the rest has been printed
 * @STATUS_USAGE: the command line is wrong; nothing has been done
 */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
};

/* A verb: @argv[0] is its name.  Returns an &enum status. */
int cmd_compare(int argc, char **argv);
int cmd_get(int argc, char **argv);
int cmd_snapshot(int argc, char **argv);

/* Says how the verb @verb is used; returns STATUS_USAGE. */
int usage_error(const char *verb);

/* Says what is wrong, with a newline; returns STATUS_FAILED. */
__printf(1, 2)
int complain(const char *format, ...);

/* Where statsfs is mounted; does not return if it is not. */
const char *default_directory(void);

/* Opens @path, or says why not and what can be done: then NULL. */
struct statsfs_snapshot *open_snapshot(const char *path);

/* The path of @v relative to the snapshot goes to @buf. */
void value_path(const struct statsfs_value *v, char buf[PATH_SIZE]);

/*
 * Prints the numbers of @v as its file shows them, after @path and a blank unless
 * @numbers_only.  Where they cannot be read, says so instead.
 */
int print_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path, bool numbers_only);

/* Prints all of a snapshot as one JSON document. */
int print_json(const struct statsfs_snapshot *s);

#endif /* _STATSFS_PROGRAM_H */
