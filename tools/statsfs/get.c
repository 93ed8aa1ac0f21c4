// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs get: the numbers of single files and directories.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

/**
 * struct request - a path of the command line
 * @path: as it was given
 * @file: what the others are parts of
 * @directory: the directory to take a snapshot of
 * @name: name of the value in it; NULL: all in it
 * @done: has been printed
 */
struct request {
	const char *path;
	char *file;
	const char *directory;
	const char *name;
	bool done;
};

/* As for other programs, or else below the mount; has a slash in it. */
static char *resolve(const char *path)
{
	const char *before = "", *slash = "/";
	size_t size;
	char *file;

	if (*path == '/')
		slash = "";
	else
		before = access(path, F_OK) ? default_directory() : ".";
	size = strlen(before) + strlen(slash) + strlen(path) + 1;
	file = malloc(size);
	if (!file) {
		complain("not enough memory");
		exit(STATUS_FAILED);
	}
	snprintf(file, size, "%s%s%s", before, slash, path);
	return file;
}

static void make_request(struct request *r, const char *path)
{
	char *file = resolve(path);
	char *slash = strrchr(file, '/');
	struct stat st;

	*r = (struct request) { .path = path, .file = file, .directory = file };
	if (!stat(file, &st) && S_ISDIR(st.st_mode))
		return;
	*slash = '\0';
	r->name = slash + 1;
	if (slash == file)
		r->directory = "/";
}

static int explain_missing(const struct request *r)
{
	char file[2 * PATH_MAX];

	snprintf(file, sizeof(file), "%s/%s", r->directory, r->name);
	if (access(file, F_OK))
		return complain("%s: no such value", r->path);
	if (access(file, R_OK))
		return complain("%s: %s", r->path, strerror(EACCES));
	return complain("%s: is not a value", r->path);
}

static int print_one(const struct request *r, const struct statsfs_snapshot *s,
		     const struct statsfs_value *v, bool numbers_only)
{
	char label[2 * PATH_MAX];
	size_t length = strlen(r->path);
	bool slash = length && r->path[length - 1] == '/';

	snprintf(label, sizeof(label), "%s%s%s", r->path,
		 r->name || slash ? "" : "/", r->name ? "" : v->name);
	return print_value(s, v, label, numbers_only);
}

/* The values of the top that are asked for. */
static int print_request(const struct request *r, const struct statsfs_snapshot *s,
			 bool numbers_only)
{
	const struct statsfs_source *top = statsfs_source_at(s, 0);
	const struct statsfs_value *v;
	int status = STATUS_OK;
	bool found = !r->name;
	uint32_t i;

	for (i = 0; i < top->nr_values; i++) {
		v = statsfs_value_at(s, top->first_value + i);
		if (r->name && strcmp(r->name, v->name))
			continue;
		found = true;
		status |= print_one(r, s, v, numbers_only);
	}
	return found ? status : explain_missing(r);
}

/* All requests for the directory of the first one come from one snapshot. */
static int print_directory(struct request *requests, int n, bool numbers_only)
{
	struct statsfs_snapshot *s = open_snapshot(requests[0].directory);
	int i, status = s ? STATUS_OK : STATUS_FAILED;

	for (i = 0; i < n; i++) {
		if (requests[i].done ||
		    strcmp(requests[i].directory, requests[0].directory))
			continue;
		requests[i].done = true;
		if (s)
			status |= print_request(&requests[i], s, numbers_only);
	}
	statsfs_free(s);
	return status;
}

const struct verb_option get_options[] = {
	{ 'n', "numbers", NULL, "only the numbers" },
	{}
};

int cmd_get(int argc, char **argv)
{
	bool numbers_only = false;
	struct request *requests;
	int option, i, n, status = STATUS_OK;

	while ((option = next_option(argc, argv, get_options)) != -1) {
		if (option != 'n')
			return usage_error(argv[0]);
		numbers_only = true;
	}
	n = argc - optind;
	if (!n)
		return usage_error(argv[0]);
	requests = calloc(n, sizeof(*requests));
	if (!requests)
		return complain("not enough memory");
	for (i = 0; i < n; i++)
		make_request(&requests[i], argv[optind + i]);
	for (i = 0; i < n; i++)
		if (!requests[i].done)
			status |= print_directory(requests + i, n - i, numbers_only);
	for (i = 0; i < n; i++)
		free(requests[i].file);
	free(requests);
	return status;
}
