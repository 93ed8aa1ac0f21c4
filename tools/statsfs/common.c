// SPDX-License-Identifier: GPL-2.0
/*
 * What several verbs need: places, messages, and numbers as text.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

#define USUAL_MOUNT	"/sys/kernel/stats"
#define MOUNT_COMMAND	"mount -t statsfs none " USUAL_MOUNT

int complain(const char *format, ...)
{
	va_list args;

	fputs("statsfs: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return STATUS_FAILED;
}

void *checked(void *memory)
{
	if (!memory) {
		complain("not enough memory");
		exit(STATUS_FAILED);
	}
	return memory;
}

/* What to do where statsfs is not mounted. */
static int advise_mount(void)
{
	if (access(USUAL_MOUNT, F_OK))
		return complain("the kernel has no statsfs; try, as root: %s && %s",
				"modprobe statsfs", MOUNT_COMMAND);
	return complain("statsfs is not mounted; try, as root: %s", MOUNT_COMMAND);
}

const char *default_directory(void)
{
	static char path[PATH_MAX];
	int err = statsfs_find_mount(path, sizeof(path));

	if (!err)
		return path;
	if (err == -ENODEV)
		advise_mount();
	else
		complain("/proc/self/mounts: %s", strerror(-err));
	exit(STATUS_FAILED);
}

struct statsfs_snapshot *open_snapshot(const char *path)
{
	struct statsfs_snapshot *s = statsfs_new();
	char mount[PATH_MAX];
	struct stat st;
	int err = s ? statsfs_open(s, path) : -ENOMEM;

	if (!err)
		return s;
	complain("%s", statsfs_error(s));
	if (err == -EMEDIUMTYPE && !stat(path, &st) && S_ISDIR(st.st_mode) &&
	    statsfs_find_mount(mount, sizeof(mount)) == -ENODEV)
		advise_mount();
	statsfs_free(s);
	return NULL;
}

void value_path(const struct statsfs_value *v, char buf[PATH_SIZE])
{
	size_t length = statsfs_path(v->source, buf, PATH_SIZE);

	if (length)
		buf[length++] = '/';
	snprintf(buf + length, PATH_SIZE - length, "%s", v->name);
}

static void print_numbers(const struct statsfs_gathering *g,
			  const struct statsfs_value *v)
{
	uint64_t number;
	uint32_t i;

	for (i = 0; i < v->nr_numbers; i++) {
		statsfs_number(g, v, i, &number);
		if (i)
			putchar(' ');
		if (statsfs_is_signed(v))
			printf("%" PRId64, (int64_t)number);
		else
			printf("%" PRIu64, number);
	}
	putchar('\n');
}

int check_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path)
{
	uint64_t number;
	int err = statsfs_number(statsfs_gathering(s), v, 0, &number);

	if (!statsfs_type_name(v->type))
		return complain("%s: has a type that is not known yet: %u", path,
				v->type);
	if (err)
		return complain("%s: %s", path, strerror(-err));
	return STATUS_OK;
}

int print_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path, bool numbers_only)
{
	if (check_value(s, v, path))
		return STATUS_FAILED;
	if (!numbers_only)
		printf("%s ", path);
	print_numbers(statsfs_gathering(s), v);
	return STATUS_OK;
}
