/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One snapshot of all that the patterns of a command line select.
 */
#ifndef _STATSFS_TREE_H
#define _STATSFS_TREE_H

#include "pattern.h"
#include "program.h"

/**
 * struct tree - a snapshot, and what of it is meant
 * @top: the directory that patterns are below; NULL: it is a saved snapshot
 * @prefix: the path of the snapshot below @top; it has no more than it has to
 * @snapshot: has been read
 * @selection: the patterns
 */
struct tree {
	char *top;
	char prefix[PATH_SIZE];
	struct statsfs_snapshot *snapshot;
	struct selection selection;
};

/**
 * tree_open() - take a snapshot for some patterns
 * @tree: to be closed, also after an error
 * @from: a directory in a statsfs mount, or a saved snapshot; NULL: the mount
 * @arguments: of the command line; see pattern_below()
 * @n: how many; 0: everything
 *
 * Return: an &enum status; what went wrong has been said.
 */
int tree_open(struct tree *tree, const char *from, char **arguments, int n);
void tree_close(struct tree *tree);

/* Takes another snapshot, to be freed, of a tree with a top; NULL: it says why not. */
struct statsfs_snapshot *tree_open_again(const struct tree *tree);

/* Paths below the top, which patterns are matched against. */
void tree_source_path(const struct tree *tree, const struct statsfs_source *source,
		      char buf[PATH_SIZE]);
void tree_value_path(const struct tree *tree, const struct statsfs_value *v,
		     char buf[PATH_SIZE]);

/* Whether some pattern selects @v. */
bool tree_selects(struct tree *tree, const struct statsfs_value *v);

/*
 * Says which patterns have selected nothing, and why; a directory without values is
 * something.  To be called after tree_selects() for all values.  Returns an &enum
 * status.
 */
int tree_check(struct tree *tree);

#endif /* _STATSFS_TREE_H */
