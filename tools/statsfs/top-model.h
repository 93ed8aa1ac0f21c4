/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "statsfs top" knows: the values that were asked for, how they change, and
 * which of them are shown in which order.  Nothing here writes to a terminal.
 *
 * Rows make one of several trees.  By number, a value is below the one of the same
 * name in the nearest directory above, which is the sum over it or what it is a
 * part of: net/eth0/rx_bytes is below net/rx_bytes.
 */
#ifndef _STATSFS_TOP_MODEL_H
#define _STATSFS_TOP_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <statsfs.h>

#include "pattern.h"

/* How many samples are remembered of each row. */
#define TOP_HISTORY	180

/**
 * enum top_sort - what rows of one parent are sorted by
 * @TOP_SORT_RATE: largest rate first; what has no rate comes behind
 * @TOP_SORT_VALUE: largest number first
 * @TOP_SORT_PEAK: largest peak first
 * @TOP_SORT_PATH: by name, numbers in it by size
 * @NR_TOP_SORTS: how many there are
 */
enum top_sort {
	TOP_SORT_RATE,
	TOP_SORT_VALUE,
	TOP_SORT_PEAK,
	TOP_SORT_PATH,
	NR_TOP_SORTS,
};

/* By number. */
extern const char *const top_sort_names[NR_TOP_SORTS];

/**
 * enum top_tree - what is below what
 * @TOP_BY_NUMBER: a number is below the one that it is a part of
 * @TOP_BY_DIRECTORY: values and directories are where their files are
 * @TOP_FLAT: nothing is below anything
 * @NR_TOP_TREES: how many there are
 */
enum top_tree {
	TOP_BY_NUMBER,
	TOP_BY_DIRECTORY,
	TOP_FLAT,
	NR_TOP_TREES,
};

/* By number. */
extern const char *const top_tree_names[NR_TOP_TREES];

/**
 * struct top_row - a value or a directory
 * @path: below the top of the tree
 * @name: where its last component begins in @path
 * @desc: its description; of a directory NULL
 * @source_id: of the directory that it is or is in
 * @value: what it is, without pointers into a snapshot; not of a directory
 * @index: of the value in the snapshot
 * @is_directory: it has no numbers
 * @is_kept: while rows are made anew: it is in the newest snapshot
 * @is_new: while rows are made anew: it has not been in the one before
 * @is_changed: of a directory: something at or below it has come or gone since the
 *	last sample, so sums there are of something else now
 * @is_open: what is below it is shown
 * @is_wanted: it is to be shown, unless something above is closed
 * @directory: the row of the directory that it is in, or NULL
 * @whole: the value that it is a part of, or NULL
 * @parent: the row that it is shown below, or NULL
 * @children: the first row that is shown below it, in no order
 * @next: the next one of the same parent
 * @depth: how many rows it is below
 * @line: its place in &top_model.lines; only if it is shown
 * @error: 0, or why the number could not be read: a negative errno
 * @has_number: @number and @when_ns are from the last sample that could be read
 * @number: the number; of an array the total, or the largest peak
 * @when_ns: the middle of its gathering
 * @change: how it has changed since the sample before
 * @difference: by how much: of a number that is not counted, up or down
 * @rate: @difference per second, if @change is STATSFS_CHANGE_OK
 * @peak: largest rate of what is counted, else the largest number; NAN: unknown
 * @history: rates or numbers by sample, NAN where there was none; see
 *	top_model_history()
 */
struct top_row {
	char *path;
	size_t name;
	char *desc;
	uint64_t source_id;
	struct statsfs_value value;
	unsigned int index;
	bool is_directory;
	bool is_kept;
	bool is_new;
	bool is_changed;
	bool is_open;
	bool is_wanted;
	struct top_row *directory;
	struct top_row *whole;
	struct top_row *parent;
	struct top_row *children;
	struct top_row *next;
	unsigned int depth;
	unsigned int line;
	int error;
	bool has_number;
	uint64_t number;
	uint64_t when_ns;
	enum statsfs_change change;
	double difference;
	double rate;
	double peak;
	float history[];
};

/**
 * struct top_model - all rows
 * @selection: which values are asked for
 * @rows: all, as in the snapshot: a directory, its values, the next directory
 * @nr_rows: how many
 * @by_path: the same, sorted by path
 * @is_changed: as &top_row.is_changed, of the top of the tree
 * @lines: the rows that are shown, from the first line to the last
 * @nr_lines: how many
 * @number: of the gathering that the last sample is from
 * @samples: how many there have been
 * @when_ns: the middle of the gathering of each sample, in a ring like histories
 * @sort: what siblings are sorted by
 * @is_reverse: the other way round
 * @tree: what is below what
 * @filter: only values with this in their path are shown; or, with something
 *	special in it, those that the pattern selects; empty: all
 * @cursor: the line that is selected
 * @selected: path of the row there, which is followed; NULL: whatever is in the
 *	first line
 */
struct top_model {
	struct selection *selection;
	struct top_row **rows;
	unsigned int nr_rows;
	struct top_row **by_path;
	bool is_changed;
	struct top_row **lines;
	unsigned int nr_lines;
	uint64_t number;
	unsigned int samples;
	uint64_t when_ns[TOP_HISTORY];
	enum top_sort sort;
	bool is_reverse;
	enum top_tree tree;
	char filter[256];
	unsigned int cursor;
	char *selected;
};

void top_model_init(struct top_model *m, struct selection *selection);
void top_model_free(struct top_model *m);

/*
 * Takes the newest gathering of @s for the next sample.  @is_changed: the layout is
 * another one than at the last call, or this is the first one.  False: it
 * is the gathering of the last call, from a saved snapshot.
 */
bool top_model_update(struct top_model *m, const struct statsfs_snapshot *s,
		      bool is_changed);

/* Makes the lines anew.  To be called after any change, also of what is public. */
void top_model_arrange(struct top_model *m);

/* The row with a path, or NULL. */
struct top_row *top_model_find(const struct top_model *m, const char *path);

/* The row that is selected; NULL: there is none. */
struct top_row *top_model_selected(const struct top_model *m);

/* Selects a line, or the nearest one that there is. */
void top_model_select(struct top_model *m, long line);

/* Opens the selected row, or closes it. */
void top_model_open(struct top_model *m, bool open);

/* From the selected row to the one that it is shown below. */
void top_model_select_parent(struct top_model *m);

/*
 * The last samples of @row, the newest in the last of @n cells: the largest of as
 * many as a cell has to hold for all to fit.  NAN: there is none.
 */
void top_model_history(const struct top_model *m, const struct top_row *row,
		       double *cells, unsigned int n);

/* Nanoseconds from the first sample of the histories to the last one. */
uint64_t top_model_span_ns(const struct top_model *m);

/* What it is called where it is shown: below another row only what differs. */
void top_row_label(const struct top_model *m, const struct top_row *row,
		   char *buf, size_t size);

/* Whether it is counted, so that it has a rate. */
bool top_row_has_rate(const struct top_row *row);

/* Its number, respecting its sign, in units of the value. */
double top_row_number(const struct top_row *row);

#endif /* _STATSFS_TOP_MODEL_H */
