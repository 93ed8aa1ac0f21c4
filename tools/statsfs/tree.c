// SPDX-License-Identifier: GPL-2.0
/*
 * One snapshot of all that the patterns of a command line select: of the whole tree,
 * or of the directory that all of them are below, which takes less.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"

/* Bytes at the beginning of @pattern that name directories, whatever follows. */
static size_t plain_length(const char *pattern)
{
	size_t length = 0, component;

	for (;;) {
		component = strcspn(pattern + length, "/");
		if (!component ||
		    strcspn(pattern + length, "*?[\\") < component)
			return length;
		length += component;
		if (!pattern[length])
			return length;
		length++;
	}
}

/* Leaves of @prefix the components that @pattern begins with, too. */
static void keep_common(char *prefix, const char *pattern)
{
	size_t i, end = 0, length = plain_length(pattern);

	for (i = 0; i < length && prefix[i] && prefix[i] == pattern[i]; i++)
		if (prefix[i] == '/')
			end = i;
	if ((!prefix[i] || prefix[i] == '/') && (i == length || pattern[i] == '/'))
		end = i;
	prefix[end] = '\0';
}

static bool is_directory(const char *top, const char *path)
{
	char file[2 * PATH_SIZE];
	struct stat st;

	snprintf(file, sizeof(file), "%s/%s", top, path);
	return !stat(file, &st) && S_ISDIR(st.st_mode);
}

/* Where the snapshot is to be taken: in what there is of the patterns' common path. */
static void find_prefix(struct tree *tree)
{
	const struct selection *sel = &tree->selection;
	char *prefix = tree->prefix;
	size_t length;
	int i;

	*prefix = '\0';
	if (!tree->top || !sel->n)
		return;
	length = plain_length(sel->patterns[0]);
	if (length < PATH_SIZE)
		snprintf(prefix, PATH_SIZE, "%.*s", (int)length, sel->patterns[0]);
	for (i = 1; i < sel->n; i++)
		keep_common(prefix, sel->patterns[i]);
	while (*prefix && !is_directory(tree->top, prefix)) {
		char *slash = strrchr(prefix, '/');

		*(slash ? slash : prefix) = '\0';
	}
	for (length = strlen(prefix); length && prefix[length - 1] == '/'; length--)
		prefix[length - 1] = '\0';
}

struct statsfs_snapshot *tree_open_again(const struct tree *tree)
{
	char path[2 * PATH_SIZE];

	snprintf(path, sizeof(path), "%s%s%s", tree->top,
		 *tree->prefix ? "/" : "", tree->prefix);
	return open_snapshot(path);
}

int tree_open(struct tree *tree, const char *from, char **arguments, int n)
{
	*tree = (struct tree) {};
	if (!from)
		from = default_directory();
	if (is_directory(from, "")) {
		tree->top = strdup(from);
		if (!tree->top)
			return complain("not enough memory");
	}
	if (selection_init(&tree->selection, arguments, n, tree->top))
		return STATUS_FAILED;
	find_prefix(tree);
	tree->snapshot = tree->top ? tree_open_again(tree) : open_snapshot(from);
	return tree->snapshot ? STATUS_OK : STATUS_FAILED;
}

void tree_close(struct tree *tree)
{
	selection_free(&tree->selection);
	statsfs_free(tree->snapshot);
	free(tree->top);
}

void tree_source_path(const struct tree *tree, const struct statsfs_source *source,
		      char buf[PATH_SIZE])
{
	size_t length = snprintf(buf, PATH_SIZE, "%s", tree->prefix);

	if (length && source->depth)
		buf[length++] = '/';
	statsfs_path(source, buf + length, PATH_SIZE - length);
}

void tree_value_path(const struct tree *tree, const struct statsfs_value *v,
		     char buf[PATH_SIZE])
{
	size_t length;

	tree_source_path(tree, v->source, buf);
	length = strlen(buf);
	snprintf(buf + length, PATH_SIZE - length, "%s%s", length ? "/" : "",
		 v->name);
}

bool tree_selects(struct tree *tree, const struct statsfs_value *v)
{
	char path[PATH_SIZE];

	tree_value_path(tree, v, path);
	return selection_has(&tree->selection, path);
}

static void find_directories(struct tree *tree)
{
	const struct statsfs_source *source;
	char path[PATH_SIZE];
	unsigned int i;

	for (i = 0; (source = statsfs_source_at(tree->snapshot, i)); i++) {
		tree_source_path(tree, source, path);
		selection_has(&tree->selection, path);
	}
}

static int explain_missing(const struct tree *tree, int i)
{
	const char *argument = tree->selection.arguments[i];
	const char *pattern = tree->selection.patterns[i];
	char file[2 * PATH_SIZE];

	if (!pattern_is_plain(pattern))
		return complain("%s: nothing matches; see statsfs ls -R", argument);
	snprintf(file, sizeof(file), "%s/%s", tree->top ? tree->top : "", pattern);
	return complain_of_file(argument, tree->top ? file : "");
}

int tree_check(struct tree *tree)
{
	int i, status = STATUS_OK;

	find_directories(tree);
	for (i = 0; i < tree->selection.n; i++)
		if (!tree->selection.found[i])
			status |= explain_missing(tree, i);
	return status;
}
