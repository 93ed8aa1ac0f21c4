// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * usage: follow PATH OPERATION...
 *
 * Opens a snapshot and does one thing after the other with it, for tests in a booted
 * kernel; prints the results on one line.
 *
 *	refresh		0; 1: the layout has changed; or the name of an error
 *	count		the number of values
 *	poll		"PRI" if there is a change, "HUP" if the directory is gone, or
 *			"-"
 *	rate PATH	how the value has changed, as of enum statsfs_change, and the
 *			difference: "0:7"
 *	compare		reads each file between two refreshes, again if something else
 *			than the number between is in it; prints those that are
 *			never right, and how many they are
 *	run COMMAND	by the shell; prints nothing
 */

#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statsfs.h"

static void print_result(int result)
{
	if (result < 0)
		printf("%s ", strerrorname_np(-result));
	else
		printf("%d ", result);
}

static void do_count(const struct statsfs_snapshot *s)
{
	unsigned int n = 0;

	while (statsfs_value_at(s, n))
		n++;
	printf("%u ", n);
}

static void do_poll(const struct statsfs_snapshot *s)
{
	struct pollfd fd = { .fd = statsfs_fd(s), .events = POLLPRI };

	if (poll(&fd, 1, 0) < 0)
		err(1, "poll");
	printf("%s ", fd.revents & POLLHUP ? "HUP" :
		      fd.revents & POLLPRI ? "PRI" : "-");
}

static void value_path(const struct statsfs_value *v, char path[PATH_MAX])
{
	size_t length = statsfs_path(v->source, path, PATH_MAX);

	snprintf(path + length, PATH_MAX - length, "%s%s", length ? "/" : "",
		 v->name);
}

static bool is_between(const struct statsfs_value *v, uint64_t before, uint64_t n,
		       uint64_t after)
{
	if (statsfs_is_signed(v))
		return ((int64_t)before <= (int64_t)n && (int64_t)n <= (int64_t)after) ||
		       ((int64_t)after <= (int64_t)n && (int64_t)n <= (int64_t)before);
	return (before <= n && n <= after) || (after <= n && n <= before);
}

/* Whether the numbers of the file, and no others, are between two refreshes. */
static bool is_right(struct statsfs_snapshot *s, const struct statsfs_value *v,
		     FILE *file)
{
	uint64_t before, after;
	unsigned int i;
	char word[32];
	bool right = true;

	if (statsfs_refresh(s))
		return false;
	for (i = 0; fscanf(file, "%31s", word) == 1; i++) {
		if (i == v->nr_numbers)
			return false;
		if (!i && statsfs_refresh(s))
			return false;
		right &= !statsfs_number(statsfs_previous(s), v, i, &before) &&
			 !statsfs_number(statsfs_gathering(s), v, i, &after) &&
			 is_between(v, before, statsfs_is_signed(v) ?
				    (uint64_t)strtoll(word, NULL, 10) :
				    strtoull(word, NULL, 10), after);
	}
	return right && i == v->nr_numbers;
}

static bool compare_value(struct statsfs_snapshot *s, const struct statsfs_value *v,
			  const char *directory)
{
	char path[PATH_MAX], file_path[2 * PATH_MAX];
	bool right = false;
	int tries;
	FILE *file;

	value_path(v, path);
	snprintf(file_path, sizeof(file_path), "%s/%s", directory, path);
	for (tries = 0; tries < 10 && !right; tries++) {
		file = fopen(file_path, "r");
		if (!file)
			break;
		right = is_right(s, v, file);
		fclose(file);
	}
	if (!right)
		printf("%s ", path);
	return right;
}

static void do_compare(struct statsfs_snapshot *s, const char *directory)
{
	const struct statsfs_value *v;
	unsigned int i, wrong = 0;

	for (i = 0; (v = statsfs_value_at(s, i)); i++)
		wrong += !compare_value(s, v, directory);
	printf("%u ", wrong);
}

static void do_rate(const struct statsfs_snapshot *s, const char *which)
{
	const struct statsfs_value *v;
	struct statsfs_delta delta;
	char path[PATH_MAX];
	unsigned int i;

	for (i = 0; (v = statsfs_value_at(s, i)); i++) {
		value_path(v, path);
		if (strcmp(path, which))
			continue;
		printf("%d:", statsfs_delta(v, 0, statsfs_previous(s),
					    statsfs_gathering(s), &delta));
		printf("%" PRIu64 " ", delta.difference);
		return;
	}
	errx(1, "no value: %s", which);
}

int main(int argc, char **argv)
{
	struct statsfs_snapshot *s = statsfs_new();
	int i;

	if (argc < 2)
		errx(2, "usage: follow PATH OPERATION...");
	if (!s || statsfs_open(s, argv[1]))
		errx(1, "%s", statsfs_error(s));
	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "refresh"))
			print_result(statsfs_refresh(s));
		else if (!strcmp(argv[i], "count"))
			do_count(s);
		else if (!strcmp(argv[i], "poll"))
			do_poll(s);
		else if (!strcmp(argv[i], "compare"))
			do_compare(s, argv[1]);
		else if (!strcmp(argv[i], "rate") && i + 1 < argc)
			do_rate(s, argv[++i]);
		else if (!strcmp(argv[i], "run") && i + 1 < argc)
			(void)!system(argv[++i]);
		else
			errx(2, "no operation: %s", argv[i]);
	}
	putchar('\n');
	statsfs_free(s);
	return 0;
}
