// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns: which values of a tree are meant.
 */

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "program.h"

#define SPECIAL	"*?[\\"

/* Bytes of the component at the beginning of @s. */
static size_t component_length(const char *s)
{
	return strcspn(s, "/");
}

static const char *skip_slashes(const char *s)
{
	return s + strspn(s, "/");
}

static const char *next_component(const char *s)
{
	return skip_slashes(s + component_length(s));
}

static bool is_globstar(const char *pattern)
{
	return component_length(pattern) == 2 && !strncmp(pattern, "**", 2);
}

/* Longer ones cannot be meant: a name has at most NAME_MAX bytes. */
static bool component_matches(const char *pattern, const char *path)
{
	char want[PATH_SIZE], have[PATH_SIZE];
	size_t want_length = component_length(pattern);
	size_t have_length = component_length(path);

	if (want_length >= sizeof(want) || have_length >= sizeof(have))
		return false;
	memcpy(want, pattern, want_length);
	want[want_length] = '\0';
	memcpy(have, path, have_length);
	have[have_length] = '\0';
	return !fnmatch(want, have, 0);
}

/*
 * If something does not match behind a "**", that has to take one component more.
 * Only the last "**" needs to: whatever an earlier one would take, the last one can
 * take as well.
 */
static bool match(const char *pattern, const char *path, bool below)
{
	const char *again = NULL, *from = NULL;

	pattern = skip_slashes(pattern);
	path = skip_slashes(path);
	for (;;) {
		if (!*pattern && (below || !*path))
			return true;
		if (is_globstar(pattern)) {
			pattern = next_component(pattern);
			again = pattern;
			from = path;
		} else if (*path && component_matches(pattern, path)) {
			pattern = next_component(pattern);
			path = next_component(path);
		} else if (again && *from) {
			pattern = again;
			from = next_component(from);
			path = from;
		} else {
			return false;
		}
	}
}

bool pattern_matches(const char *pattern, const char *path)
{
	return match(pattern, path, false);
}

bool pattern_selects(const char *pattern, const char *path)
{
	return match(pattern, path, true);
}

bool pattern_is_plain(const char *pattern)
{
	return !strpbrk(pattern, SPECIAL);
}

/* What is left of @path without the directory @top; NULL: it is not below. */
static const char *without_top(const char *path, const char *top)
{
	size_t length = strlen(top);

	while (length && top[length - 1] == '/')
		length--;
	if (strncmp(path, top, length) || (path[length] && path[length] != '/'))
		return NULL;
	return skip_slashes(path + length);
}

/* A pattern that matches nothing but @path. */
static char *quote(const char *path)
{
	char *pattern = malloc(2 * strlen(path) + 1), *end = pattern;

	if (!pattern)
		return NULL;
	for (; *path; path++) {
		if (strchr(SPECIAL, *path))
			*end++ = '\\';
		*end++ = *path;
	}
	*end = '\0';
	return pattern;
}

/* Of a file that is there; NULL in @pattern: there is no memory. */
static bool existing_below(const char *argument, const char *top, char **pattern)
{
	char *real = realpath(argument, NULL);
	char *real_top = realpath(top, NULL);
	const char *below = NULL;

	if (real && real_top)
		below = without_top(real, real_top);
	if (below)
		*pattern = quote(below);
	free(real);
	free(real_top);
	return below;
}

char *pattern_below(const char *argument, const char *top)
{
	const char *below = argument;
	char *pattern = NULL;

	if (top && *argument && existing_below(argument, top, &pattern)) {
		if (!pattern)
			complain("not enough memory");
		return pattern;
	}
	if (*argument == '/')
		below = top ? without_top(argument, top) : skip_slashes(argument);
	if (!below) {
		complain("%s: is not below %s", argument, top);
		return NULL;
	}
	pattern = strdup(below);
	if (!pattern)
		complain("not enough memory");
	return pattern;
}

int selection_init(struct selection *sel, char **arguments, int n,
		   const char *top)
{
	int status = STATUS_OK;

	*sel = (struct selection) { .arguments = arguments };
	sel->patterns = calloc(n + 1, sizeof(*sel->patterns));
	sel->found = calloc(n + 1, sizeof(*sel->found));
	if (!sel->patterns || !sel->found)
		return complain("not enough memory");
	for (; sel->n < n; sel->n++) {
		sel->patterns[sel->n] = pattern_below(arguments[sel->n], top);
		if (!sel->patterns[sel->n])
			status = STATUS_FAILED;
	}
	return status;
}

bool selection_has(struct selection *sel, const char *path)
{
	bool has = !sel->n;
	int i;

	for (i = 0; i < sel->n; i++)
		if (pattern_selects(sel->patterns[i], path)) {
			sel->found[i] = true;
			has = true;
		}
	return has;
}

int selection_check(const struct selection *sel)
{
	int i, status = STATUS_OK;

	for (i = 0; i < sel->n; i++)
		if (!sel->found[i])
			status = complain("%s: nothing matches; see statsfs ls -R",
					  sel->arguments[i]);
	return status;
}

void selection_free(struct selection *sel)
{
	int i;

	for (i = 0; i < sel->n; i++)
		free(sel->patterns[i]);
	free(sel->patterns);
	free(sel->found);
}
