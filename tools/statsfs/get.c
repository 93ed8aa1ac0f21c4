// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs get: the numbers of single files and directories, and of all that patterns
 * select.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "tree.h"

const struct verb_option get_options[] = {
	{ 'n', "numbers", NULL, "only the numbers" },
	{ 'j', "json", NULL, "as one JSON document" },
	{ OPTION_FROM, "from", "DIR|FILE",
	  "in this directory of a mount, or in a saved snapshot" },
	{}
};

/**
 * struct output - how values are shown
 * @numbers_only: without their paths
 * @json: as JSON
 * @nr: number of values that have been shown
 */
struct output {
	bool numbers_only;
	bool json;
	unsigned int nr;
};

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
	file = checked(malloc(size));
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
	return complain_of_file(r->path, file);
}

static void show_json(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		      const char *path)
{
	struct json_object *object = json_new_value(statsfs_gathering(s), v);

	json_add(object, "path", json_new_text(path));
	json_print(object);
}

static int show(struct output *out, const struct statsfs_snapshot *s,
		const struct statsfs_value *v, const char *path)
{
	if (!out->json)
		return print_value(s, v, path, out->numbers_only);
	fputs(out->nr++ ? ",\n" : "\n", stdout);
	show_json(s, v, path);
	return check_value(s, v, path);
}

static int show_one(struct output *out, const struct request *r,
		    const struct statsfs_snapshot *s, const struct statsfs_value *v)
{
	char label[2 * PATH_MAX];
	size_t length = strlen(r->path);
	bool slash = length && r->path[length - 1] == '/';

	snprintf(label, sizeof(label), "%s%s%s", r->path,
		 r->name || slash ? "" : "/", r->name ? "" : v->name);
	return show(out, s, v, label);
}

/* The values of the top that are asked for. */
static int show_request(struct output *out, const struct request *r,
			const struct statsfs_snapshot *s)
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
		status |= show_one(out, r, s, v);
	}
	return found ? status : explain_missing(r);
}

/* All requests for the directory of the first one come from one snapshot. */
static int show_directory(struct output *out, struct request *requests, int n)
{
	struct statsfs_snapshot *s = open_snapshot(requests[0].directory);
	int i, status = s ? STATUS_OK : STATUS_FAILED;

	for (i = 0; i < n; i++) {
		if (requests[i].done ||
		    strcmp(requests[i].directory, requests[0].directory))
			continue;
		requests[i].done = true;
		if (s)
			status |= show_request(out, &requests[i], s);
	}
	statsfs_free(s);
	return status;
}

static int show_requests(struct output *out, char **paths, int n)
{
	struct request *requests = checked(calloc(n, sizeof(*requests)));
	int i, status = STATUS_OK;

	for (i = 0; i < n; i++)
		make_request(&requests[i], paths[i]);
	for (i = 0; i < n; i++)
		if (!requests[i].done)
			status |= show_directory(out, requests + i, n - i);
	for (i = 0; i < n; i++)
		free(requests[i].file);
	free(requests);
	return status;
}

static int show_patterns(struct output *out, const char *from, char **patterns, int n)
{
	const struct statsfs_value *v;
	char path[PATH_SIZE];
	struct tree tree;
	int status = tree_open(&tree, from, patterns, n);
	unsigned int i;

	if (status) {
		tree_close(&tree);
		return status;
	}
	for (i = 0; (v = statsfs_value_at(tree.snapshot, i)); i++) {
		if (!tree_selects(&tree, v))
			continue;
		tree_value_path(&tree, v, path);
		status |= show(out, tree.snapshot, v, path);
	}
	status |= tree_check(&tree);
	tree_close(&tree);
	return status;
}

/* What is there is no pattern, whatever it is called.  Patterns go to the end. */
static int sort_arguments(char **arguments, int n)
{
	int i, k, nr_paths = 0;
	char *argument;

	for (i = 0; i < n; i++) {
		argument = arguments[i];
		if (!pattern_is_plain(argument) && access(argument, F_OK))
			continue;
		for (k = i; k > nr_paths; k--)
			arguments[k] = arguments[k - 1];
		arguments[nr_paths++] = argument;
	}
	return nr_paths;
}

static int get(struct output *out, const char *from, char **arguments, int n)
{
	int nr_paths = from ? 0 : sort_arguments(arguments, n);
	int status = STATUS_OK;

	/* Nothing is printed where nothing is mounted. */
	if (n > nr_paths && !from)
		from = default_directory();
	if (out->json)
		fputs("{\"values\":[", stdout);
	if (nr_paths)
		status |= show_requests(out, arguments, nr_paths);
	if (n > nr_paths)
		status |= show_patterns(out, from, arguments + nr_paths, n - nr_paths);
	if (out->json)
		puts("\n]}");
	return status;
}

int cmd_get(int argc, char **argv)
{
	struct output out = {};
	const char *from = NULL;
	int option;

	while ((option = next_option(argc, argv, get_options)) != -1) {
		if (option == 'n')
			out.numbers_only = true;
		else if (option == 'j')
			out.json = true;
		else if (option == OPTION_FROM)
			from = optarg;
		else
			return usage_error(argv[0]);
	}
	if (optind == argc)
		return usage_error(argv[0]);
	return get(&out, from, argv + optind, argc - optind);
}
