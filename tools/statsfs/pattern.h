/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns: which values of a tree are meant.
 *
 * A pattern is matched, component by component, against the path of a value or
 * directory below the top of a tree, "bufstat/net/eth0/rx_bytes" for example.
 * "*", "?" and "[...]" are as in the shell and never match a slash; a component
 * "**" stands for any number of components, also for none; a backslash takes the
 * meaning of what follows.  Slashes at either end do not matter.  A pattern that
 * matches a directory selects all values at and below it, and so does the empty one
 * for the whole tree.
 */
#ifndef _STATSFS_PATTERN_H
#define _STATSFS_PATTERN_H

#include <stdbool.h>

/* Whether @pattern matches exactly @path. */
bool pattern_matches(const char *pattern, const char *path);

/* Whether it matches @path or a directory that this is in. */
bool pattern_selects(const char *pattern, const char *path);

/* Whether there is anything special in it: else it names one path. */
bool pattern_is_plain(const char *pattern);

/**
 * pattern_below() - the pattern that an argument of the command line stands for
 * @argument: the path of a file or directory that exists, as seen from the working
 *	directory; or else a pattern, below @top unless it begins with a slash
 * @top: where the tree is; NULL: it is no directory, as of a saved snapshot, and
 *	@argument is the pattern
 *
 * Return: the pattern below @top, to be freed; NULL: @argument is somewhere else,
 * which has been said.
 */
char *pattern_below(const char *argument, const char *top);

/**
 * struct selection - the patterns of a command line
 * @arguments: as they were given
 * @patterns: below the top of the tree
 * @found: for each whether something has matched
 * @n: how many; 0 selects everything
 */
struct selection {
	char **arguments;
	char **patterns;
	bool *found;
	int n;
};

/* See pattern_below() for @top.  Returns an &enum status. */
int selection_init(struct selection *sel, char **arguments, int n,
		   const char *top);

/* Whether some pattern selects @path; each one that does has been found. */
bool selection_has(struct selection *sel, const char *path);

/* Says which patterns nothing has matched.  Returns an &enum status. */
int selection_check(const struct selection *sel);

void selection_free(struct selection *sel);

#endif /* _STATSFS_PATTERN_H */
