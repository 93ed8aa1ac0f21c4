/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The columns of "statsfs ls".
 */
#ifndef _STATSFS_COLUMNS_H
#define _STATSFS_COLUMNS_H

#include "json.h"
#include "tree.h"

/**
 * struct row - a line of the table
 * @tree: what it is of
 * @source: the directory, or the one that the value is in
 * @value: NULL: it is a directory
 * @matched: a pattern matches just this
 * @shown: of a directory: what is in it is shown
 * @whole: it is called by its path
 * @human: numbers are for people
 * @first: first of what is shown in the directory
 * @last: last of it
 * @next: next in the same directory
 */
struct row {
	const struct tree *tree;
	const struct statsfs_source *source;
	const struct statsfs_value *value;
	bool matched;
	bool shown;
	bool whole;
	bool human;
	struct row *first;
	struct row *last;
	struct row *next;
};

/**
 * struct column - what can be shown of a row
 * @name: heading and, in small letters, key in JSON
 * @help: what it is, in one line
 * @hint: width as libsmartcols wants it: a share of the terminal's or, from 1 on,
 *	letters
 * @flags: SCOLS_FL_*
 * @text: to be freed; NULL: there is none
 * @json: the same for JSON; NULL: it is @text
 * @compare: as for qsort(3) but of rows themselves; NULL: by @text
 */
struct column {
	const char *name;
	const char *help;
	double hint;
	int flags;
	char *(*text)(const struct row *row);
	struct json_object *(*json)(const struct row *row);
	int (*compare)(const struct row *a, const struct row *b);
};

/* The last one has no name. */
extern const struct column columns[];

/* The column of a name in whatever letters, or NULL. */
const struct column *find_column(const char *name);

/* Says why the number of a row cannot be shown; nothing if it can, or has none. */
int check_row(const struct row *row);

/* For less than, equal and greater: -1, 0 and 1. */
int compare_rows(const struct column *column, const struct row *a,
		 const struct row *b);

struct json_object *column_json(const struct column *column,
				const struct row *row);

#endif /* _STATSFS_COLUMNS_H */
