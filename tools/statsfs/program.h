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

/* Where statsfs is mounted if nobody says otherwise. */
#define USUAL_MOUNT	"/sys/kernel/stats"

#define NS_PER_S	1000000000ll

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

/**
 * struct verb_option - an option of a verb; the last one of a table has no name
 * @letter: the option in one letter; above 255: it has none
 * @name: the option in a word
 * @argument: what it takes, as --help calls it; NULL: nothing
 * @help: what it does, in one line
 */
struct verb_option {
	int letter;
	const char *name;
	const char *argument;
	const char *help;
};

/* Options that have no letter. */
enum {
	OPTION_CSV = 256,
	OPTION_FROM,
	OPTION_ONCE,
	OPTION_SORT,
};

/* A verb: @argv[0] is its name.  Returns an &enum status. */
int cmd_compare(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_get(int argc, char **argv);
int cmd_ls(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_reset(int argc, char **argv);
int cmd_snapshot(int argc, char **argv);
int cmd_top(int argc, char **argv);

extern const struct verb_option export_options[];
extern const struct verb_option get_options[];
extern const struct verb_option ls_options[];
extern const struct verb_option report_options[];
extern const struct verb_option reset_options[];
extern const struct verb_option snapshot_options[];
extern const struct verb_option top_options[];

/* The part of "ls --help" behind the options. */
void print_ls_columns(void);

/* The part of "export --help" behind the options. */
void print_export_help(void);

/*
 * As getopt_long(3), of the options in @table, which may be NULL, and --help, which
 * prints what there is to say of the verb @argv[0] and ends the program.
 */
int next_option(int argc, char **argv, const struct verb_option *table);

/* The options of a verb, as --help shows them. */
void print_options(const struct verb_option *table);
void print_verb_help(const char *verb);

/* Says how the verb @verb is used; returns STATUS_USAGE. */
int usage_error(const char *verb);

/* Writes what has been printed; returns @status if that succeeds. */
int finish_output(int status);

/* Says what is wrong, with a newline; returns STATUS_FAILED. */
__printf(1, 2)
int complain(const char *format, ...);

/*
 * Says why @file, which the user knows as @name, is not in a snapshot.  Returns
 * STATUS_FAILED.
 */
int complain_of_file(const char *name, const char *file);

/* What has been allocated; without memory the program says so and ends. */
void *checked(void *memory);

/* If set, it is called before that. */
extern void (*before_exit)(void);

/* Nanoseconds since some time in the past. */
int64_t monotonic_ns(void);

/* Where statsfs is mounted; does not return if it is not. */
const char *default_directory(void);

/* Opens @path, or says why not and what can be done: then NULL. */
struct statsfs_snapshot *open_snapshot(const char *path);

/* The path of @v relative to the snapshot goes to @buf. */
void value_path(const struct statsfs_value *v, char buf[PATH_SIZE]);

/* As statsfs_number(); -EPROTONOSUPPORT: the type is newer than the program. */
int known_number(const struct statsfs_gathering *g, const struct statsfs_value *v,
		 uint32_t i, uint64_t *number);

/* Resets the value of @file; returns 0 or a negative errno. */
int reset_file(const char *file);

/*
 * Says that the numbers of @v cannot be shown, and why; nothing if they can.  Returns
 * an &enum status.
 */
int check_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path);

/* Prints the numbers of @v as its file shows them, with no newline. */
void print_exact(const struct statsfs_snapshot *s, const struct statsfs_value *v);

/*
 * Prints a line with the numbers of @v, after @path and a blank unless
 * @numbers_only.  Where they cannot be read, says so instead.
 */
int print_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path, bool numbers_only);

/* Bytes of the UTF-8 character at @s; 0: it is none. */
size_t utf8_length(const unsigned char *s);

/* Prints all of a snapshot as one JSON document. */
int print_json(const struct statsfs_snapshot *s);

#endif /* _STATSFS_PROGRAM_H */
