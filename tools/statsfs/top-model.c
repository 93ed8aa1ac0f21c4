// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of "statsfs top": see top-model.h.
 *
 * Rows outlive the layout that they were found in: after a change each one is
 * looked up by path and inode number, so that a device which goes and another
 * one of the same name are two.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "program.h"
#include "top-model.h"

const char *const top_sort_names[NR_TOP_SORTS] = {
	[TOP_SORT_RATE] = "rate",
	[TOP_SORT_VALUE] = "value",
	[TOP_SORT_PEAK] = "peak",
	[TOP_SORT_PATH] = "path",
};

const char *const top_tree_names[NR_TOP_TREES] = {
	[TOP_BY_NUMBER] = "sums and parts",
	[TOP_BY_DIRECTORY] = "directories",
	[TOP_FLAT] = "all numbers",
};

/* For @n pointers; never nothing. */
static void *new_rows(unsigned int n)
{
	return checked(calloc(n + 1, sizeof(struct top_row *)));
}

/* One row */

static struct top_row *new_row(const char *path, bool is_directory)
{
	unsigned int i, n = is_directory ? 0 : TOP_HISTORY;
	struct top_row *row = checked(calloc(1, sizeof(*row) + n * sizeof(float)));
	const char *slash = strrchr(path, '/');

	row->path = checked(strdup(path));
	row->name = slash ? slash + 1 - path : 0;
	row->is_directory = is_directory;
	row->change = STATSFS_CHANGE_UNKNOWN;
	row->peak = NAN;
	for (i = 0; i < n; i++)
		row->history[i] = NAN;
	return row;
}

static void free_row(struct top_row *row)
{
	free(row->path);
	free(row->desc);
	free(row);
}

bool top_row_has_rate(const struct top_row *row)
{
	uint64_t difference;

	return !row->is_directory &&
	       statsfs_difference(&row->value, 0, 0, &difference) ==
	       STATSFS_CHANGE_OK;
}

double top_row_number(const struct top_row *row)
{
	return statsfs_is_signed(&row->value) ? (double)(int64_t)row->number :
						(double)row->number;
}

/* What numbers of different units are compared by. */
static double scaled(const struct top_row *row, double number)
{
	return row->value.base ? number * pow(row->value.base, row->value.exponent) :
				 number;
}

/* What the history of @row is made of. */
static double newest(const struct top_row *row)
{
	if (row->error)
		return NAN;
	if (!top_row_has_rate(row))
		return top_row_number(row);
	return row->change == STATSFS_CHANGE_OK ? row->rate : NAN;
}

/* Updates */

/* One number for each value: see &top_row.number. */
static int read_total(const struct statsfs_gathering *g,
		      const struct statsfs_value *v, uint64_t *total)
{
	uint64_t number;
	uint32_t i;
	int err;

	*total = 0;
	for (i = 0; i < v->nr_numbers; i++) {
		err = known_number(g, v, i, &number);
		if (err)
			return err;
		if (v->kind != STAT_KIND_PEAK)
			*total += number;
		else if (!i || (statsfs_is_signed(v) ?
				(int64_t)number > (int64_t)*total : number > *total))
			*total = number;
	}
	return 0;
}

/* Up or down.  Two numbers of 64 bits may be further apart than either is large. */
static double signed_difference(const struct statsfs_value *v, uint64_t before,
				uint64_t after)
{
	if (statsfs_is_signed(v))
		return (double)(int64_t)after - (double)(int64_t)before;
	return after < before ? -(double)(before - after) : (double)(after - before);
}

/* @row has @number now, and has what it was. */
static void compare(struct top_row *row, uint64_t number, uint64_t when_ns)
{
	uint64_t difference;

	row->change = statsfs_difference(&row->value, row->number, number,
					 &difference);
	if (row->change == STATSFS_CHANGE_NONE)
		row->difference = signed_difference(&row->value, row->number, number);
	else
		row->difference = difference;
	if (row->change != STATSFS_CHANGE_OK)
		return;
	if (when_ns <= row->when_ns)
		row->change = STATSFS_CHANGE_NO_TIME;
	else
		row->rate = difference * 1e9 / (when_ns - row->when_ns);
}

/* A sum over other devices than before has no difference. */
static bool is_comparable(const struct top_model *m, const struct top_row *row)
{
	bool is_changed = row->directory ? row->directory->is_changed : m->is_changed;

	return row->has_number && !(row->value.aggr && is_changed);
}

static void update_row(const struct top_model *m, struct top_row *row,
		       const struct statsfs_snapshot *s, uint64_t when_ns)
{
	uint64_t number;

	row->error = read_total(statsfs_gathering(s),
				statsfs_value_at(s, row->index), &number);
	row->change = STATSFS_CHANGE_UNKNOWN;
	row->difference = 0;
	row->rate = 0;
	if (!row->error && is_comparable(m, row))
		compare(row, number, when_ns);
	row->has_number = !row->error;
	row->number = number;
	row->when_ns = when_ns;
	row->peak = fmax(row->peak, newest(row));
	row->history[m->samples % TOP_HISTORY] = newest(row);
}

/* Another layout */

static int compare_paths(const void *a, const void *b)
{
	return strcmp((*(struct top_row *const *)a)->path,
		      (*(struct top_row *const *)b)->path);
}

static int compare_path(const void *path, const void *row)
{
	return strcmp(path, (*(struct top_row *const *)row)->path);
}

struct top_row *top_model_find(const struct top_model *m, const char *path)
{
	struct top_row **found = NULL;

	if (m->nr_rows)
		found = bsearch(path, m->by_path, m->nr_rows, sizeof(*found),
				compare_path);
	return found ? *found : NULL;
}

/* Whether @row is what has its path in the newest layout. */
static bool is_same(const struct top_row *row, const struct statsfs_source *source,
		    const struct statsfs_value *v)
{
	return row->source_id == source->id && row->is_directory == !v &&
	       (!v || (row->value.type == v->type && row->value.kind == v->kind));
}

/* All directories above @path have changed. */
static void mark_changed(struct top_model *m, const char *path)
{
	char above[PATH_SIZE], *slash;
	struct top_row *row;

	m->is_changed = true;
	snprintf(above, sizeof(above), "%s", path);
	while ((slash = strrchr(above, '/'))) {
		*slash = '\0';
		row = top_model_find(m, above);
		if (row)
			row->is_changed = true;
	}
}

/*
 * Takes over from the values of a snapshot what does not go with it.  What a
 * histogram counts has no unit.
 */
static void describe(struct top_row *row, const struct statsfs_value *v,
		     unsigned int index)
{
	free(row->desc);
	row->desc = checked(strdup(v->desc));
	row->value = *v;
	row->value.source = NULL;
	row->value.name = row->path + row->name;
	row->value.desc = row->desc;
	row->index = index;
	if (is_histogram(v)) {
		row->value.unit = STAT_UNIT_NONE;
		row->value.base = 0;
		row->value.exponent = 0;
	}
}

/* The row for @path, the former one if there was one, goes to the end of @rows. */
static struct top_row *keep_row(struct top_model *old, struct top_row **end,
				const char *path, const struct statsfs_source *source,
				const struct statsfs_value *v)
{
	struct top_row *row = top_model_find(old, path);

	if (!row || row->is_kept || !is_same(row, source, v)) {
		row = new_row(path, !v);
		row->source_id = source->id;
		row->is_new = true;
	}
	row->is_kept = true;
	*end = row;
	return row;
}

static void keep_values(struct top_model *m, struct top_model *old,
			const struct statsfs_snapshot *s,
			const struct statsfs_source *source)
{
	const struct statsfs_value *v;
	struct top_row *row;
	char path[PATH_SIZE];
	uint32_t i;

	for (i = 0; i < source->nr_values; i++) {
		v = statsfs_value_at(s, source->first_value + i);
		value_path(v, path);
		if (!selection_has(m->selection, path))
			continue;
		row = keep_row(old, &m->rows[m->nr_rows++], path, source, v);
		describe(row, v, source->first_value + i);
	}
}

/* Directories are rows even where no value is asked for: see is_changed. */
static void keep_rows(struct top_model *m, struct top_model *old,
		      const struct statsfs_snapshot *s)
{
	const struct statsfs_source *source;
	char path[PATH_SIZE];
	unsigned int i;

	for (i = 0; (source = statsfs_source_at(s, i)); i++) {
		statsfs_path(source, path, sizeof(path));
		if (*path)
			keep_row(old, &m->rows[m->nr_rows++], path, source, NULL);
		keep_values(m, old, s, source);
	}
}

static unsigned int count_all(const struct statsfs_snapshot *s)
{
	unsigned int values = 0, sources = 0;

	while (statsfs_value_at(s, values))
		values++;
	while (statsfs_source_at(s, sources))
		sources++;
	return values + sources;
}

/* What @row is a part of: the same in the nearest directory above that has it. */
static struct top_row *find_whole(const struct top_model *m,
				  const struct top_row *row)
{
	const struct top_row *above = row->directory;
	const char *name = row->path + row->name;
	struct top_row *whole;
	char path[PATH_SIZE];

	for (; above; above = above->directory) {
		snprintf(path, sizeof(path), "%.*s%s", (int)above->name, above->path,
			 name);
		whole = top_model_find(m, path);
		if (whole && !whole->is_directory &&
		    whole->value.kind == row->value.kind &&
		    whole->value.unit == row->value.unit)
			return whole;
	}
	return NULL;
}

static struct top_row *find_directory(const struct top_model *m,
				      const struct top_row *row)
{
	char path[PATH_SIZE];

	if (!row->name)
		return NULL;
	snprintf(path, sizeof(path), "%.*s", (int)row->name - 1, row->path);
	return top_model_find(m, path);
}

static void link_rows(struct top_model *m)
{
	unsigned int i;

	memcpy(m->by_path, m->rows, m->nr_rows * sizeof(*m->rows));
	qsort(m->by_path, m->nr_rows, sizeof(*m->by_path), compare_paths);
	for (i = 0; i < m->nr_rows; i++)
		m->rows[i]->directory = find_directory(m, m->rows[i]);
	for (i = 0; i < m->nr_rows; i++)
		m->rows[i]->whole = m->rows[i]->is_directory ? NULL :
				    find_whole(m, m->rows[i]);
}

/* Marks what is above rows that have come or gone; those that are gone go. */
static void settle(struct top_model *m, struct top_model *old)
{
	unsigned int i;

	for (i = 0; i < old->nr_rows; i++) {
		if (old->rows[i]->is_kept)
			continue;
		mark_changed(m, old->rows[i]->path);
		free_row(old->rows[i]);
	}
	for (i = 0; i < m->nr_rows; i++) {
		m->rows[i]->is_kept = false;
		if (m->rows[i]->is_new)
			mark_changed(m, m->rows[i]->path);
		m->rows[i]->is_new = false;
	}
}

static void rebuild(struct top_model *m, const struct statsfs_snapshot *s)
{
	struct top_model old = *m;
	unsigned int n = count_all(s);

	m->nr_rows = 0;
	m->nr_lines = 0;
	m->rows = new_rows(n);
	m->by_path = new_rows(n);
	m->lines = new_rows(n);
	keep_rows(m, &old, s);
	link_rows(m);
	settle(m, &old);
	free(old.rows);
	free(old.by_path);
	free(old.lines);
}

bool top_model_update(struct top_model *m, const struct statsfs_snapshot *s,
		      bool is_changed)
{
	const struct statsfs_gathering *g = statsfs_gathering(s);
	uint64_t when_ns = g->begin_ns + (g->end_ns - g->begin_ns) / 2;
	unsigned int i;

	if (!is_changed && g->number == m->number)
		return false;
	m->number = g->number;
	if (is_changed)
		rebuild(m, s);
	m->when_ns[m->samples % TOP_HISTORY] = when_ns;
	for (i = 0; i < m->nr_rows; i++)
		if (!m->rows[i]->is_directory)
			update_row(m, m->rows[i], s, when_ns);
	for (i = 0; i < m->nr_rows; i++)
		m->rows[i]->is_changed = false;
	m->is_changed = false;
	m->samples++;
	return true;
}

/* Lines */

static bool matches_filter(const struct top_model *m, const struct top_row *row)
{
	if (!*m->filter)
		return true;
	if (pattern_is_plain(m->filter))
		return strstr(row->path, m->filter);
	return pattern_selects(m->filter, row->path);
}

static void mark_wanted(struct top_model *m)
{
	struct top_row *row;
	unsigned int i;

	for (i = 0; i < m->nr_rows; i++) {
		m->rows[i]->is_wanted = false;
		m->rows[i]->children = NULL;
	}
	for (i = 0; i < m->nr_rows; i++) {
		row = m->rows[i];
		if (row->is_directory || !matches_filter(m, row))
			continue;
		row->is_wanted = true;
		if (m->tree == TOP_BY_DIRECTORY)
			for (row = row->directory; row; row = row->directory)
				row->is_wanted = true;
	}
}

/* Rows that are not wanted are passed over. */
static struct top_row *find_parent(const struct top_model *m,
				   const struct top_row *row)
{
	struct top_row *parent;

	if (m->tree == TOP_BY_DIRECTORY)
		return row->directory;
	if (m->tree == TOP_FLAT)
		return NULL;
	parent = row->whole;
	while (parent && !parent->is_wanted)
		parent = parent->whole;
	return parent;
}

/* Returns the first row that is below no other. */
static struct top_row *make_tree(struct top_model *m)
{
	struct top_row *roots = NULL, **list, *row;
	unsigned int i;

	for (i = 0; i < m->nr_rows; i++) {
		row = m->rows[i];
		if (!row->is_wanted)
			continue;
		row->parent = find_parent(m, row);
		row->depth = 0;
		list = row->parent ? &row->parent->children : &roots;
		row->next = *list;
		*list = row;
	}
	return roots;
}

static double sort_key(enum top_sort sort, const struct top_row *row)
{
	if (row->is_directory)
		return NAN;
	switch (sort) {
	case TOP_SORT_RATE:
		return row->change == STATSFS_CHANGE_OK ? scaled(row, row->rate) : NAN;
	case TOP_SORT_VALUE:
		return row->has_number ? scaled(row, top_row_number(row)) : NAN;
	case TOP_SORT_PEAK:
		return scaled(row, row->peak);
	default:
		return NAN;
	}
}

/* Numbers that are not known come last in either direction, then by path. */
static int compare_keys(const struct top_model *m, const struct top_row *a,
			const struct top_row *b)
{
	double x = sort_key(m->sort, a), y = sort_key(m->sort, b);
	int order = isnan(x) - isnan(y);

	if (order)
		return order;
	order = x > y ? -1 : x < y;
	if (m->sort == TOP_SORT_PATH)
		order = strverscmp(a->path, b->path);
	return m->is_reverse ? -order : order;
}

static int compare_rows(const void *p, const void *q, void *model)
{
	const struct top_row *a = *(struct top_row *const *)p;
	const struct top_row *b = *(struct top_row *const *)q;
	int order = a->is_directory - b->is_directory;

	if (!order)
		order = compare_keys(model, a, b);
	return order ? order : strverscmp(a->path, b->path);
}

/* What is searched for is shown wherever it is. */
static bool shows_children(const struct top_model *m, const struct top_row *row)
{
	return row->is_open || (row->is_directory && *m->filter);
}

/* The siblings from @first on become the next lines, each with what is below. */
static void put_lines(struct top_model *m, struct top_row *first)
{
	struct top_row **own, *row;
	unsigned int i, n = 0;

	for (row = first; row; row = row->next)
		n++;
	own = new_rows(n);
	for (i = 0, row = first; row; row = row->next)
		own[i++] = row;
	qsort_r(own, n, sizeof(*own), compare_rows, m);
	for (i = 0; i < n; i++) {
		own[i]->depth = own[i]->parent ? own[i]->parent->depth + 1 : 0;
		own[i]->line = m->nr_lines;
		m->lines[m->nr_lines++] = own[i];
		if (own[i]->children && shows_children(m, own[i]))
			put_lines(m, own[i]->children);
	}
	free(own);
}

/* The line of @row, or of what it is hidden below; -1: of nothing. */
static long find_line(const struct top_model *m, const struct top_row *row)
{
	for (; row; row = row->parent)
		if (row->is_wanted && row->line < m->nr_lines &&
		    m->lines[row->line] == row)
			return row->line;
	return -1;
}

/* Follows the selected row; if that is gone, what has come to its place stays. */
static void move_cursor(struct top_model *m)
{
	struct top_row *row;
	long line;

	if (!m->selected) {
		m->cursor = 0;
		return;
	}
	row = top_model_find(m, m->selected);
	line = row && row->is_wanted ? find_line(m, row) : -1;
	if (line < 0)
		top_model_select(m, m->cursor);
	else if (m->lines[line] == row)
		m->cursor = line;
	else
		top_model_select(m, line);
}

void top_model_arrange(struct top_model *m)
{
	mark_wanted(m);
	m->nr_lines = 0;
	put_lines(m, make_tree(m));
	move_cursor(m);
}

/* Selecting */

struct top_row *top_model_selected(const struct top_model *m)
{
	return m->cursor < m->nr_lines ? m->lines[m->cursor] : NULL;
}

/* The first line stays selected by whatever comes there. */
void top_model_select(struct top_model *m, long line)
{
	if (line >= m->nr_lines)
		line = (long)m->nr_lines - 1;
	if (line < 0)
		line = 0;
	m->cursor = line;
	free(m->selected);
	m->selected = NULL;
	if (line)
		m->selected = checked(strdup(m->lines[line]->path));
}

void top_model_open(struct top_model *m, bool open)
{
	struct top_row *row = top_model_selected(m);

	if (!row || !row->children)
		return;
	row->is_open = open;
	/* This one is meant, not the first line. */
	free(m->selected);
	m->selected = checked(strdup(row->path));
	top_model_arrange(m);
}

void top_model_select_parent(struct top_model *m)
{
	struct top_row *row = top_model_selected(m);

	if (row && row->parent)
		top_model_select(m, row->parent->line);
}

/* What is shown of a row */

/* The largest of the samples from @from to before @to that are still there. */
static double largest(const struct top_model *m, const struct top_row *row,
		      unsigned int from, unsigned int to)
{
	double max = NAN;

	if (to > m->samples)
		to = m->samples;
	for (; from < to; from++)
		if (m->samples - from <= TOP_HISTORY)
			max = fmax(max, row->history[from % TOP_HISTORY]);
	return max;
}

static unsigned int nr_remembered(const struct top_model *m)
{
	return m->samples < TOP_HISTORY ? m->samples : TOP_HISTORY;
}

/* Cells begin at fixed samples, so that they move on and do not flicker. */
void top_model_history(const struct top_model *m, const struct top_row *row,
		       double *cells, unsigned int n)
{
	unsigned int per = m->samples && n ? (nr_remembered(m) + n - 1) / n : 1;
	unsigned int last = m->samples ? (m->samples - 1) / per : 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		cells[n - 1 - i] = NAN;
		if (i <= last && !row->is_directory)
			cells[n - 1 - i] = largest(m, row, (last - i) * per,
						   (last - i + 1) * per);
	}
}

uint64_t top_model_span_ns(const struct top_model *m)
{
	unsigned int n = nr_remembered(m);
	uint64_t first, last;

	if (!n)
		return 0;
	first = m->when_ns[(m->samples - n) % TOP_HISTORY];
	last = m->when_ns[(m->samples - 1) % TOP_HISTORY];
	return last > first ? last - first : 0;
}

void top_row_label(const struct top_model *m, const struct top_row *row,
		   char *buf, size_t size)
{
	const char *path = row->path;

	if (row->is_directory)
		snprintf(buf, size, "%s/", path + row->name);
	else if (m->tree == TOP_BY_DIRECTORY)
		snprintf(buf, size, "%s", path + row->name);
	else if (!row->parent)
		snprintf(buf, size, "%s", path);
	else
		snprintf(buf, size, "%.*s", (int)(row->name - row->parent->name - 1),
			 path + row->parent->name);
}

void top_model_init(struct top_model *m, struct selection *selection)
{
	memset(m, 0, sizeof(*m));
	m->selection = selection;
	m->rows = new_rows(0);
	m->by_path = new_rows(0);
	m->lines = new_rows(0);
}

void top_model_free(struct top_model *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_rows; i++)
		free_row(m->rows[i]);
	free(m->rows);
	free(m->by_path);
	free(m->lines);
	free(m->selected);
}
