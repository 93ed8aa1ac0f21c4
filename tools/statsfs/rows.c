// SPDX-License-Identifier: GPL-2.0
/*
 * What "statsfs ls" shows: a tree of rows.
 *
 * What a pattern matches is shown with its path; what is in a directory that is
 * shown, by its name below that, and not a second time.  Of a single directory only
 * what is in it is shown, as ls(1) does.
 */

#include <stdlib.h>

#include "rows.h"

static void add_child(struct row *parent, struct row *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static int compare_sources(const void *a, const void *b)
{
	const struct statsfs_source *x = (*(struct row **)a)->source;
	const struct statsfs_source *y = (*(struct row **)b)->source;

	return (x > y) - (x < y);
}

/* The row of a directory; NULL if there is no directory. */
static struct row *find_directory(const struct rows *rows,
				  const struct statsfs_source *source)
{
	struct row key = { .source = source }, *key_address = &key;
	struct row **found = NULL;

	if (source)
		found = bsearch(&key_address, rows->by_source, rows->nr_directories,
				sizeof(key_address), compare_sources);
	return found ? *found : NULL;
}

static void alloc_rows(struct rows *rows)
{
	struct statsfs_snapshot *s = rows->tree->snapshot;
	size_t n = 0;

	while (statsfs_source_at(s, rows->nr_directories))
		rows->nr_directories++;
	while (statsfs_value_at(s, n))
		n++;
	rows->directories = checked(calloc(rows->nr_directories,
					   sizeof(*rows->directories)));
	rows->by_source = checked(calloc(rows->nr_directories,
					 sizeof(*rows->by_source)));
	rows->values = checked(calloc(n + 1, sizeof(*rows->values)));
}

static void fill_rows(struct rows *rows, bool human)
{
	const struct tree *tree = rows->tree;
	const struct statsfs_value *v;
	size_t i;

	for (i = 0; i < rows->nr_directories; i++) {
		rows->directories[i] = (struct row) {
			.tree = tree,
			.source = statsfs_source_at(tree->snapshot, i),
		};
		rows->by_source[i] = &rows->directories[i];
	}
	qsort(rows->by_source, i, sizeof(*rows->by_source), compare_sources);
	for (i = 0; (v = statsfs_value_at(tree->snapshot, i)); i++)
		rows->values[i] = (struct row) {
			.tree = tree, .source = v->source, .value = v, .human = human,
		};
}

/* Whether a pattern matches just this; each that does has been found. */
static bool is_matched(struct rows *rows, const struct row *row)
{
	struct selection *sel = &rows->tree->selection;
	char path[PATH_SIZE];
	bool matched = false;
	int i;

	if (row->value)
		tree_value_path(rows->tree, row->value, path);
	else
		tree_source_path(rows->tree, row->source, path);
	if (!sel->n)
		return !*path;
	for (i = 0; i < sel->n; i++)
		if (pattern_matches(sel->patterns[i], path)) {
			sel->found[i] = true;
			matched = true;
		}
	return matched;
}

/* Parents come before what is in them. */
static void mark_directories(struct rows *rows, bool recursive)
{
	struct row *row, *parent;
	size_t i;

	for (i = 0; i < rows->nr_directories; i++) {
		row = &rows->directories[i];
		parent = find_directory(rows, row->source->parent);
		row->matched = is_matched(rows, row);
		row->shown = row->matched || (recursive && parent && parent->shown);
	}
}

/* Below the directory that it is in, or by its path, or nowhere. */
static void place(struct rows *rows, struct row *row, struct row *parent)
{
	if (parent && parent->shown) {
		add_child(parent, row);
	} else if (row->matched) {
		row->whole = true;
		add_child(&rows->top, row);
	}
}

static void place_values(struct rows *rows)
{
	struct row *row;

	for (row = rows->values; row->value; row++) {
		row->matched = is_matched(rows, row);
		place(rows, row, find_directory(rows, row->source));
	}
}

/* One that was asked for is not in its parent, unless all that is below is. */
static void place_directories(struct rows *rows, bool recursive)
{
	struct row *row;
	size_t i;

	for (i = 0; i < rows->nr_directories; i++) {
		row = &rows->directories[i];
		place(rows, row, row->matched && !recursive ? NULL :
		      find_directory(rows, row->source->parent));
	}
}

/* Of a single directory what is in it takes its place. */
static void unwrap_single(struct row *top)
{
	const struct row *only = top->first;

	if (only && !only->next && !only->value) {
		top->first = only->first;
		top->last = only->last;
	}
}

void rows_make(struct rows *rows, struct tree *tree, bool recursive, bool human)
{
	*rows = (struct rows) { .tree = tree };
	alloc_rows(rows);
	fill_rows(rows, human);
	mark_directories(rows, recursive);
	place_values(rows);
	place_directories(rows, recursive);
	unwrap_single(&rows->top);
}

void rows_free(struct rows *rows)
{
	free(rows->directories);
	free(rows->by_source);
	free(rows->values);
}

static int compare_children(const void *a, const void *b, void *column)
{
	return compare_rows(column, *(struct row **)a, *(struct row **)b);
}

static size_t count_children(const struct row *row)
{
	const struct row *child;
	size_t n = 0;

	for (child = row->first; child; child = child->next)
		n++;
	return n;
}

/* What is equal stays in its order: glibc sorts by merging. */
void rows_sort(struct row *row, const struct column *column)
{
	size_t i, n = count_children(row);
	struct row **children, *child;

	if (!n)
		return;
	children = checked(calloc(n, sizeof(*children)));
	for (i = 0, child = row->first; child; child = child->next)
		children[i++] = child;
	qsort_r(children, n, sizeof(*children), compare_children, (void *)column);
	row->first = NULL;
	row->last = NULL;
	for (i = 0; i < n; i++) {
		children[i]->next = NULL;
		add_child(row, children[i]);
		rows_sort(children[i], column);
	}
	free(children);
}
