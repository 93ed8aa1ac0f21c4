// SPDX-License-Identifier: GPL-2.0
/*
 * usage: saved <LINES >SNAPSHOT
 *
 * Writes a snapshot for tests: a value for each line with a path and a number, and
 * where it cannot be read an error number behind that.  Lines of one directory
 * follow each other, behind those of the directory that it is in.  A path with a
 * slash at the end is a directory.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_build.h"

static struct build b;
static char *paths[BUILD_MAX];

/* The index of a directory, which is made if it has to be. */
static uint32_t find_source(const char *path)
{
	char *parent = strdup(path);
	char *slash = strrchr(parent, '/');
	uint32_t i, index;

	for (i = 0; i < b.nr_sources; i++)
		if (!strcmp(paths[i], path))
			return i;
	if (i == BUILD_MAX)
		errx(1, "too many directories");
	if (slash)
		*slash = '\0';
	index = build_source(&b, find_source(slash ? parent : ""),
			     slash ? slash + 1 : path);
	paths[index] = strdup(path);
	return index;
}

static void add_value(char *path, uint64_t number, int status)
{
	char *slash = strrchr(path, '/');

	if (b.nr_values == BUILD_MAX)
		errx(1, "too many values");
	if (slash)
		*slash = '\0';
	if (find_source(slash ? path : "") != b.nr_sources - 1)
		errx(1, "%s: comes too late", path);
	if (slash && !slash[1])
		return;
	build_value(&b, slash ? slash + 1 : path, STAT_TYPE_U64, STAT_KIND_INSTANT);
	b.numbers[b.nr_numbers - 1] = number;
	b.status[b.nr_groups - 1] = status;
}

int main(void)
{
	unsigned long long number;
	char line[1024], path[1024];
	int n, status;
	char *image;

	build_init(&b);
	paths[0] = "";
	while (fgets(line, sizeof(line), stdin)) {
		n = sscanf(line, "%1023s %llu %d", path, &number, &status);
		if (n < 2)
			errx(1, "what is this: %s", line);
		add_value(path, number, n == 3 ? status : 0);
	}
	image = build_image(&b);
	if (fwrite(image, b.header.size, 1, stdout) != 1)
		err(1, "cannot write");
	return 0;
}
