// SPDX-License-Identifier: GPL-2.0
/*
 * The screen of "statsfs top": what is on it.  The keys are in top-keys.c.
 *
 * Each time all of it is written to curses, which sends what differs from what
 * the terminal has.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>
#include <curses.h>

#include "format.h"
#include "program.h"
#include "top-view.h"

/* Milliseconds after an escape in which the rest of a key's sequence comes. */
#define ESCAPE_MS	50

/* Lines above the list and below it. */
#define LINES_ABOVE	2
#define LINES_BELOW	1

/* The terminal */

void top_view_stop(void)
{
	if (stdscr && !isendwin())
		endwin();
}

int top_view_start(struct top_view *v)
{
	int status = top_terminal_check(&v->has_blocks);

	if (status)
		return status;
	if (!newterm(NULL, stdout, stdin))
		return complain("the terminal cannot be used; " TOP_INSTEAD);
	before_exit = top_view_stop;
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	return STATUS_OK;
}

/* A program that was stopped has not heard of another size. */
static void check_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return;
	if (is_term_resized(size.ws_row, size.ws_col))
		resizeterm(size.ws_row, size.ws_col);
}

/* Text */

/* Names may have any bytes: what cannot be shown becomes '?'. */
static size_t widen(const char *text, wchar_t *wide, size_t room)
{
	size_t used, n = 0, rest = strlen(text);
	mbstate_t state = {};

	while (rest && n + 1 < room) {
		used = mbrtowc(&wide[n], text, rest, &state);
		if (used > rest) {
			memset(&state, 0, sizeof(state));
			wide[n] = L'?';
			used = 1;
		}
		if (!iswprint(wide[n]))
			wide[n] = L'?';
		n++;
		text += used;
		rest -= used;
	}
	wide[n] = L'\0';
	return n;
}

/* How many characters of @wide fit into @width columns. */
static size_t fitting(const wchar_t *wide, int width)
{
	size_t n;

	for (n = 0; wide[n]; n++) {
		width -= wcwidth(wide[n]);
		if (width < 0)
			break;
	}
	return n;
}

/* At a place, in @width columns; returns how many it took. */
static int put_text(int y, int x, int width, const char *text)
{
	wchar_t wide[PATH_MAX];
	size_t n;

	if (width <= 0)
		return 0;
	widen(text, wide, PATH_MAX);
	n = fitting(wide, width);
	mvaddnwstr(y, x, wide, n);
	return wcswidth(wide, n);
}

/* Of what does not fit the end is shown, which says more than the beginning. */
static void put_tail(int y, int x, int width, const char *text)
{
	wchar_t wide[PATH_MAX], *tail = wide;

	if (width <= 0)
		return;
	widen(text, wide, PATH_MAX);
	if (wcswidth(wide, PATH_MAX) > width) {
		while (wcswidth(tail, PATH_MAX) >= width)
			tail++;
		mvaddch(y, x++, '<');
	}
	mvaddwstr(y, x, tail);
}

/* Columns */

static void add_per_second(char buf[FORMAT_SIZE])
{
	size_t length = strlen(buf);

	snprintf(buf + length, FORMAT_SIZE - length, "/s");
}

static void put_value(const struct top_row *row, int width, char buf[FORMAT_SIZE])
{
	if (row->error)
		strcpy(buf, "?");
	else
		format_human(&row->value, row->number, buf);
	if ((int)strlen(buf) > width)
		format_scaled(&row->value, top_row_number(row), buf);
}

/* Of what is not counted, how it has changed. */
static void put_rate(const struct top_row *row, int width, char buf[FORMAT_SIZE])
{
	(void)width;
	if (row->change == STATSFS_CHANGE_BACK)
		strcpy(buf, "reset");
	if (row->change == STATSFS_CHANGE_OK) {
		format_scaled(&row->value, row->rate, buf);
		add_per_second(buf);
	}
	if (row->change == STATSFS_CHANGE_NONE && row->difference) {
		buf[0] = '+';
		format_scaled(&row->value, row->difference,
			      buf + (row->difference > 0));
	}
}

static void put_peak(const struct top_row *row, int width, char buf[FORMAT_SIZE])
{
	(void)width;
	if (isnan(row->peak))
		return;
	format_scaled(&row->value, row->peak, buf);
	if (top_row_has_rate(row))
		add_per_second(buf);
}

/**
 * struct column - what is shown of each row behind its name, right-adjusted
 * @heading: above it
 * @width: columns of the screen, with at least one blank before it
 * @from: shown if the screen has so many columns
 * @put: writes it; the buffer is empty
 */
struct column {
	const char *heading;
	int width;
	int from;
	void (*put)(const struct top_row *row, int width, char buf[FORMAT_SIZE]);
};

static const struct column columns[] = {
	{ "VALUE", 11, 24, put_value },
	{ "RATE", 13, 38, put_rate },
	{ "PEAK", 13, 60, put_peak },
};

#define NR_COLUMNS	(sizeof(columns) / sizeof(*columns))

/* From this width on there are sparklines; they get a part of what is more. */
#define SPARKS_FROM	72
#define SPARKS_MIN	12
#define SPARKS_MAX	60

static int sparks_width(int width)
{
	int n = SPARKS_MIN + (width - 80) / 2;

	if (width < SPARKS_FROM)
		return 0;
	if (n < SPARKS_MIN)
		return SPARKS_MIN;
	return n > SPARKS_MAX ? SPARKS_MAX : n;
}

/* What is left for names. */
static int names_width(int width)
{
	int sparks = sparks_width(width);
	size_t i;
	int rest = width - sparks - !!sparks;

	for (i = 0; i < NR_COLUMNS; i++)
		if (width >= columns[i].from)
			rest -= columns[i].width;
	return rest;
}

/* Sparklines */

/* Of a rate 0 is the lowest; of others the smallest that is shown. */
static void find_range(const struct top_row *row, const double *cells, int n,
		       double *low, double *high)
{
	int i;

	*low = top_row_has_rate(row) ? 0 : NAN;
	*high = NAN;
	for (i = 0; i < n; i++) {
		*low = fmin(*low, cells[i]);
		*high = fmax(*high, cells[i]);
	}
}

static void put_spark(int y, int x, double height, bool has_blocks)
{
	static const wchar_t blocks[] = L"▁▂▃▄▅▆▇█";
	static const char ascii[] = "_.-=+*%#";
	int level = height * 7 + 0.5;

	if (has_blocks)
		mvaddnwstr(y, x, &blocks[level], 1);
	else
		mvaddch(y, x, ascii[level]);
}

static void draw_sparks(const struct top_view *v, const struct top_row *row, int y,
			int x, int n)
{
	double cells[SPARKS_MAX], low, high;
	int i;

	top_model_history(v->model, row, cells, n);
	find_range(row, cells, n, &low, &high);
	for (i = 0; i < n; i++)
		if (!isnan(cells[i]))
			put_spark(y, x + i, high > low ?
				  (cells[i] - low) / (high - low) : 0, v->has_blocks);
}

/* The list */

static int list_top(int height)
{
	return height > LINES_ABOVE + LINES_BELOW ? LINES_ABOVE : 0;
}

static int list_height(int height)
{
	int below = height > LINES_BELOW ? LINES_BELOW : 0;

	return height - list_top(height) - below;
}

static void draw_name(const struct top_view *v, const struct top_row *row, int y,
		      int width)
{
	int indent = 2 * row->depth;
	char label[PATH_MAX];

	if (indent > width / 2)
		indent = width / 2;
	if (row->children)
		put_text(y, indent, width - indent, row->is_open ? "-" : "+");
	top_row_label(v->model, row, label, sizeof(label));
	put_tail(y, indent + 2, width - indent - 2, label);
}

static void draw_columns(const struct top_row *row, int y, int x, int width)
{
	char buf[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < NR_COLUMNS; i++) {
		if (width < columns[i].from)
			continue;
		memset(buf, 0, sizeof(buf));
		columns[i].put(row, columns[i].width - 1, buf);
		x += columns[i].width;
		put_text(y, x - (int)strlen(buf), columns[i].width - 1, buf);
	}
}

static void draw_row(const struct top_view *v, const struct top_row *row, int y,
		     int width)
{
	int names = names_width(width), sparks = sparks_width(width);

	draw_name(v, row, y, names);
	if (row->is_directory)
		return;
	draw_columns(row, y, names, width);
	if (sparks)
		draw_sparks(v, row, y, width - sparks, sparks);
}

/* Moves the part that is on the screen so that the cursor is in it. */
static void scroll_to_cursor(struct top_view *v, unsigned int height)
{
	unsigned int n = v->model->nr_lines, cursor = v->model->cursor;

	if (v->offset + height > n)
		v->offset = n > height ? n - height : 0;
	if (cursor < v->offset)
		v->offset = cursor;
	if (cursor >= v->offset + height)
		v->offset = cursor - height + 1;
	v->cursor_y = cursor - v->offset;
}

void top_view_follow(struct top_view *v)
{
	unsigned int cursor = v->model->cursor;

	v->offset = cursor > v->cursor_y ? cursor - v->cursor_y : 0;
}

static void draw_list(struct top_view *v, int height, int width)
{
	int i, top = list_top(height), n = list_height(height);
	const struct top_model *m = v->model;

	if (n <= 0)
		return;
	scroll_to_cursor(v, n);
	for (i = 0; i < n && v->offset + i < m->nr_lines; i++) {
		draw_row(v, m->lines[v->offset + i], top + i, width);
		if (v->offset + i == m->cursor)
			mvchgat(top + i, 0, -1, A_REVERSE, 0, NULL);
	}
}

/* What is around it */

static void draw_title(const struct top_view *v, int width)
{
	const struct top_model *m = v->model;
	char title[2 * PATH_MAX];

	if (*v->trouble)
		snprintf(title, sizeof(title), "%s", v->trouble);
	else
		snprintf(title, sizeof(title), "statsfs top%s%s%s%s%s  %u lines: %s  %s",
			 v->is_paused ? " (paused)" : "",
			 *m->filter ? "  only " : "", m->filter,
			 m->is_reverse ? "  reverse by " : "  by ",
			 top_sort_names[m->sort], m->nr_lines,
			 top_tree_names[m->tree], v->place);
	put_text(0, 0, width, title);
	if (*v->trouble)
		mvchgat(0, 0, -1, A_BOLD, 0, NULL);
}

static void format_span(uint64_t ns, char buf[FORMAT_SIZE])
{
	unsigned int seconds = ns / 1000000000;

	if (seconds < 120)
		snprintf(buf, FORMAT_SIZE, "LAST %u s", seconds);
	else
		snprintf(buf, FORMAT_SIZE, "LAST %u min", seconds / 60);
}

static void draw_headings(const struct top_view *v, int width)
{
	int sparks = sparks_width(width), x = names_width(width);
	char span[FORMAT_SIZE];
	size_t i;

	put_text(1, 2, x - 2, v->model->tree == TOP_BY_DIRECTORY ? "NAME" : "PATH");
	for (i = 0; i < NR_COLUMNS; i++) {
		if (width < columns[i].from)
			continue;
		x += columns[i].width;
		put_text(1, x - (int)strlen(columns[i].heading), width,
			 columns[i].heading);
	}
	format_span(top_model_span_ns(v->model), span);
	if (sparks)
		put_text(1, width - sparks, sparks, span);
	mvchgat(1, 0, -1, A_BOLD, 0, NULL);
}

/* Where nothing is to be said, what the selected number is. */
static void describe_selected(const struct top_view *v, char *buf, size_t size)
{
	const struct top_row *row = top_model_selected(v->model);

	if (!row)
		snprintf(buf, size, "Nothing matches%s; ? for help",
			 *v->model->filter ? " the filter" : "");
	else if (row->is_directory)
		snprintf(buf, size, "%s/", row->path);
	else if (row->error)
		snprintf(buf, size, "%s cannot be read: %s", row->path,
			 strerror(-row->error));
	else
		snprintf(buf, size, "%s: %s", row->path, row->desc);
}

static void draw_bottom(const struct top_view *v, int y, int width)
{
	char text[2 * PATH_MAX] = "";
	int x;

	switch (v->mode) {
	case TOP_FILTER:
		snprintf(text, sizeof(text), "/%s", v->model->filter);
		break;
	case TOP_CONFIRM:
		snprintf(text, sizeof(text), "Reset to 0 (y or n)? %s", v->reset_path);
		break;
	default:
		if (*v->message)
			snprintf(text, sizeof(text), "%s", v->message);
		else
			describe_selected(v, text, sizeof(text));
	}
	x = put_text(y, 0, width, text);
	move(y, x < width ? x : width - 1);
}

static void draw_help(struct top_view *v, int height, int width)
{
	char line[256];
	int y;

	for (y = 0; y < height; y++) {
		if (!top_help_line(v->help_offset + y, line, sizeof(line)))
			break;
		put_text(y, 0, width, line);
	}
}

void top_view_draw(struct top_view *v)
{
	int height, width;

	check_size();
	getmaxyx(stdscr, height, width);
	erase();
	if (v->mode == TOP_HELP) {
		draw_help(v, height, width);
	} else {
		draw_list(v, height, width);
		if (list_top(height)) {
			draw_title(v, width);
			draw_headings(v, width);
		}
		if (height > LINES_BELOW || v->mode != TOP_LIST)
			draw_bottom(v, height - 1, width);
	}
	curs_set(v->mode == TOP_FILTER);
	refresh();
}
