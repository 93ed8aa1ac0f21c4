/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The screen and the keys of "statsfs top".
 */
#ifndef _STATSFS_TOP_VIEW_H
#define _STATSFS_TOP_VIEW_H

#include "top-model.h"

/**
 * enum top_mode - what keys are for
 * @TOP_LIST: the list
 * @TOP_FILTER: what is to be found is typed
 * @TOP_CONFIRM: a reset is to be confirmed
 * @TOP_HELP: the help is shown
 */
enum top_mode {
	TOP_LIST,
	TOP_FILTER,
	TOP_CONFIRM,
	TOP_HELP,
};

/**
 * struct top_view - what is on the screen
 * @model: what there is to show
 * @place: where it is from
 * @reset: resets the value with a path below @place; returns 0 or a negative errno
 * @trouble: why there are no new samples; empty: there are
 * @is_paused: none are to be taken
 * @is_done: the user has had enough
 * @mode: what keys are for
 * @has_blocks: the terminal can show characters other than ASCII
 * @offset: first line of the model that is on the screen
 * @cursor_y: how far below that is the selected one
 * @help_offset: first line of the help that is on the screen
 * @former_filter: the filter before another one was typed
 * @reset_path: what is to be reset
 * @message: what the last key has led to
 */
struct top_view {
	struct top_model *model;
	const char *place;
	int (*reset)(const char *path);
	char trouble[512];
	bool is_paused;
	bool is_done;
	enum top_mode mode;
	bool has_blocks;
	unsigned int offset;
	unsigned int cursor_y;
	unsigned int help_offset;
	char former_filter[256];
	char reset_path[PATH_MAX];
	char message[PATH_MAX + 512];
};

/* What to do where there is no terminal to write to. */
#define TOP_INSTEAD	"use --once or --csv instead"

/*
 * Whether the terminal can be used: returns an &enum status; why it cannot has
 * been said.  @has_blocks: it shows more than ASCII.
 */
int top_terminal_check(bool *has_blocks);

/* Takes over the terminal.  Returns an &enum status; why it failed has been said. */
int top_view_start(struct top_view *v);

/* Gives it back as it was; may be called at any time. */
void top_view_stop(void);

/* To be called after a sample: the selected row stays where it is on the screen. */
void top_view_follow(struct top_view *v);

/* Shows what has changed. */
void top_view_draw(struct top_view *v);

/* A line of the help, counted from 0; false: there is none. */
bool top_help_line(unsigned int line, char *buf, size_t size);

/* Does what all keys say that have been pressed. */
void top_view_keys(struct top_view *v);

#endif /* _STATSFS_TOP_VIEW_H */
