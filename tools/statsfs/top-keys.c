// SPDX-License-Identifier: GPL-2.0
/*
 * The keys of "statsfs top": one table has what they do and what the help says.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#include <curses.h>

#include "program.h"
#include "top-view.h"

/* Keys without a character have negative numbers here. */
#define FUNCTION(key)	(-(key))
#define ESCAPE		27
#define CONTROL(c)	((c) & 0x1f)

#define MAX_CODES	4

/**
 * struct key - what a key does in the list
 * @codes: the keys
 * @name: what they are called
 * @help: what they do
 * @run: does it
 */
struct key {
	int codes[MAX_CODES];
	const char *name;
	const char *help;
	void (*run)(struct top_view *v);
};

__printf(2, 3)
static void say(struct top_view *v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(v->message, sizeof(v->message), format, args);
	va_end(args);
}

static void arrange(struct top_view *v)
{
	top_model_arrange(v->model);
	top_view_follow(v);
}

/* Moving */

static long page(void)
{
	int height = getmaxy(stdscr) - 4;

	return height > 1 ? height : 1;
}

static void move_by(struct top_view *v, long lines)
{
	top_model_select(v->model, (long)v->model->cursor + lines);
}

static void key_up(struct top_view *v)
{
	move_by(v, -1);
}

static void key_down(struct top_view *v)
{
	move_by(v, 1);
}

static void key_page_up(struct top_view *v)
{
	move_by(v, -page());
}

static void key_page_down(struct top_view *v)
{
	move_by(v, page());
}

static void key_home(struct top_view *v)
{
	top_model_select(v->model, 0);
}

static void key_end(struct top_view *v)
{
	top_model_select(v->model, v->model->nr_lines);
}

/* Opening */

static void key_open(struct top_view *v)
{
	top_model_open(v->model, true);
}

static void key_close(struct top_view *v)
{
	struct top_row *row = top_model_selected(v->model);

	if (row && row->is_open && row->children)
		top_model_open(v->model, false);
	else
		top_model_select_parent(v->model);
}

static void key_toggle(struct top_view *v)
{
	struct top_row *row = top_model_selected(v->model);

	if (row)
		top_model_open(v->model, !row->is_open);
}

static void key_tree(struct top_view *v)
{
	v->model->tree = (v->model->tree + 1) % NR_TOP_TREES;
	arrange(v);
}

/* Sorting and filtering */

static void key_sort(struct top_view *v)
{
	v->model->sort = (v->model->sort + 1) % NR_TOP_SORTS;
	arrange(v);
}

static void key_reverse(struct top_view *v)
{
	v->model->is_reverse = !v->model->is_reverse;
	arrange(v);
}

static void key_filter(struct top_view *v)
{
	strcpy(v->former_filter, v->model->filter);
	*v->model->filter = '\0';
	arrange(v);
	v->mode = TOP_FILTER;
}

static void key_no_filter(struct top_view *v)
{
	*v->model->filter = '\0';
	arrange(v);
}

/* Others */

static void key_pause(struct top_view *v)
{
	v->is_paused = !v->is_paused;
}

/* What has no write permission in the table of its provider. */
static void refuse_reset(struct top_view *v, const struct top_row *row)
{
	if (row->is_directory)
		say(v, "%s/ is a directory: select a number to reset", row->path);
	else if (row->value.kind == STAT_KIND_INSTANT)
		say(v, "%s cannot be reset: it shows what there is now", row->path);
	else
		say(v, "%s cannot be reset: its file is read-only", row->path);
}

static void key_reset(struct top_view *v)
{
	const struct top_row *row = top_model_selected(v->model);

	if (!row)
		return;
	if (!(row->value.flags & STATSFS_SNAPSHOT_CAN_RESET)) {
		refuse_reset(v, row);
		return;
	}
	snprintf(v->reset_path, sizeof(v->reset_path), "%s", row->path);
	v->mode = TOP_CONFIRM;
}

static void key_help(struct top_view *v)
{
	v->help_offset = 0;
	v->mode = TOP_HELP;
}

static void key_quit(struct top_view *v)
{
	v->is_done = true;
}

static const struct key keys[] = {
	{ { FUNCTION(KEY_UP), 'k' }, "Up, k", "to the line above", key_up },
	{ { FUNCTION(KEY_DOWN), 'j' }, "Down, j", "to the line below", key_down },
	{ { FUNCTION(KEY_PPAGE), CONTROL('b') }, "PageUp", "a screen up",
	  key_page_up },
	{ { FUNCTION(KEY_NPAGE), CONTROL('f') }, "PageDown", "a screen down",
	  key_page_down },
	{ { FUNCTION(KEY_HOME), 'g' }, "Home, g", "to the first line", key_home },
	{ { FUNCTION(KEY_END), 'G' }, "End, G", "to the last line", key_end },
	{ { FUNCTION(KEY_RIGHT), 'l', '+' }, "Right, +", "open: show the parts",
	  key_open },
	{ { FUNCTION(KEY_LEFT), 'h', '-' }, "Left, -", "close, or to what it is in",
	  key_close },
	{ { FUNCTION(KEY_ENTER), '\r', '\n' }, "Enter", "open or close", key_toggle },
	{ { 't' }, "t", "tree: sums and parts, directories, all", key_tree },
	{ { 's' }, "s", "sort: rate, value, peak, path", key_sort },
	{ { 'i' }, "i", "invert the order", key_reverse },
	{ { '/' }, "/", "show what has a text in its path", key_filter },
	{ { ESCAPE }, "Esc", "show all again", key_no_filter },
	{ { 'p', ' ' }, "p, Space", "pause, go on", key_pause },
	{ { 'r' }, "r", "reset the selected number to 0", key_reset },
	{ { '?', FUNCTION(KEY_F(1)) }, "?, F1", "this help", key_help },
	{ { 'q' }, "q", "quit", key_quit },
};

#define NR_KEYS		(sizeof(keys) / sizeof(*keys))

/* What columns and lines mean; each fits into 40 columns. */
static const char *const notes[] = {
	"",
	"RATE   counted per second; of what is",
	"       not counted, what has changed",
	"PEAK   the largest rate or number seen",
	"LAST   each row by its own scale",
	"+ -    has parts; they are shown",
	"An array is shown by its total.",
	"\"reset\" is less than before: since then",
	"it was reset, or its owner restarted it.",
	"With one of *?[ the filter is a pattern.",
};

#define NR_NOTES	(sizeof(notes) / sizeof(*notes))

bool top_help_line(unsigned int line, char *buf, size_t size)
{
	if (line == 0)
		snprintf(buf, size, "Keys; Down and Up scroll, others return");
	else if (line <= NR_KEYS)
		snprintf(buf, size, "  %-9s %s", keys[line - 1].name,
			 keys[line - 1].help);
	else if (line <= NR_KEYS + NR_NOTES)
		snprintf(buf, size, "%s", notes[line - 1 - NR_KEYS]);
	return line <= NR_KEYS + NR_NOTES;
}

/* What keys do elsewhere than in the list */

static bool has_code(const struct key *key, int code)
{
	size_t i;

	for (i = 0; i < MAX_CODES; i++)
		if (key->codes[i] == code)
			return true;
	return false;
}

static void list_key(struct top_view *v, int code)
{
	size_t i;

	*v->message = '\0';
	for (i = 0; i < NR_KEYS; i++)
		if (has_code(&keys[i], code)) {
			keys[i].run(v);
			return;
		}
	say(v, "? shows what keys there are");
}

/* As many bytes as the last character has. */
static void drop_character(char *text)
{
	size_t length = strlen(text);

	while (length && (text[length - 1] & 0xc0) == 0x80)
		length--;
	text[length ? length - 1 : 0] = '\0';
}

static void add_character(char *text, size_t size, wchar_t c)
{
	char bytes[MB_LEN_MAX + 1] = "";
	mbstate_t state = {};
	size_t length = strlen(text), n = wcrtomb(bytes, c, &state);

	if (n <= MB_LEN_MAX && length + n < size)
		memcpy(text + length, bytes, n + 1);
}

static void filter_key(struct top_view *v, int code)
{
	char *filter = v->model->filter;

	if (code == '\r' || code == '\n' || code == FUNCTION(KEY_ENTER)) {
		v->mode = TOP_LIST;
	} else if (code == ESCAPE) {
		strcpy(filter, v->former_filter);
		v->mode = TOP_LIST;
	} else if (code == FUNCTION(KEY_BACKSPACE) || code == 127 || code == '\b') {
		drop_character(filter);
	} else if (code == CONTROL('u')) {
		*filter = '\0';
	} else if (code > 0 && iswprint(code)) {
		add_character(filter, sizeof(v->model->filter), code);
	}
	arrange(v);
}

static void confirm_key(struct top_view *v, int code)
{
	int err;

	v->mode = TOP_LIST;
	if (code != 'y' && code != 'Y') {
		say(v, "Nothing was reset");
		return;
	}
	err = v->reset(v->reset_path);
	if (!err)
		say(v, "%s was reset", v->reset_path);
	else if (err == -EACCES || err == -EPERM || err == -EROFS)
		say(v, "%s was not reset: %s; be root, or see uid=, gid=, mode= in %s",
		    v->reset_path, strerror(-err), "statsfs(1)");
	else
		say(v, "%s was not reset: %s", v->reset_path, strerror(-err));
}

static void help_key(struct top_view *v, int code)
{
	char line[256];

	if (code == FUNCTION(KEY_DOWN) || code == 'j') {
		if (top_help_line(v->help_offset + getmaxy(stdscr), line, sizeof(line)))
			v->help_offset++;
	} else if (code == FUNCTION(KEY_UP) || code == 'k') {
		v->help_offset -= !!v->help_offset;
	} else {
		v->mode = TOP_LIST;
	}
}

/* False: no key has been pressed. */
static bool read_key(int *code)
{
	wint_t key;
	int result = get_wch(&key);

	*code = result == KEY_CODE_YES ? FUNCTION((int)key) : (int)key;
	return result != ERR;
}

void top_view_keys(struct top_view *v)
{
	static void (*const by_mode[])(struct top_view *v, int code) = {
		[TOP_LIST] = list_key,
		[TOP_FILTER] = filter_key,
		[TOP_CONFIRM] = confirm_key,
		[TOP_HELP] = help_key,
	};
	int code;

	while (!v->is_done && read_key(&code))
		if (code && code != FUNCTION(KEY_RESIZE))
			by_mode[v->mode](v, code);
}
