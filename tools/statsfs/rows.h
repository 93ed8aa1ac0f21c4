/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "statsfs ls" shows: a tree of rows.
 */
#ifndef _STATSFS_ROWS_H
#define _STATSFS_ROWS_H

#include "columns.h"

/**
 * struct rows - all of them
 * @tree: what they are of
 * @directories: one row for each directory of the snapshot, in its order
 * @by_source: the same, by the addresses of their sources
 * @nr_directories: number of these
 * @values: one row for each value, and one without
 * @top: what is shown is in it
 */
struct rows {
	struct tree *tree;
	struct row *directories;
	struct row **by_source;
	size_t nr_directories;
	struct row *values;
	struct row top;
};

/**
 * rows_make() - find what the patterns match
 * @rows: to be freed
 * @tree: open; whatever matches has been found in its selection afterwards
 * @recursive: with all that is below, instead of what is in it
 * @human: numbers are for people
 */
void rows_make(struct rows *rows, struct tree *tree, bool recursive, bool human);
void rows_free(struct rows *rows);

/* Sorts what is in each directory, from @row on. */
void rows_sort(struct row *row, const struct column *column);

#endif /* _STATSFS_ROWS_H */
