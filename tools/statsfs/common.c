// SPDX-License-Identifier: GPL-2.0
/*
 * What several verbs need: places, messages, and numbers as text.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format.h"
#include "program.h"

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

int complain_of_file(const char *name, const char *file)
{
	if (access(file, F_OK))
		return complain("%s: no such value or directory; see statsfs ls -R",
				name);
	if (access(file, R_OK))
		return complain("%s: %s", name, strerror(EACCES));
	return complain("%s: is not a value", name);
}

void (*before_exit)(void);

void *checked(void *memory)
{
	if (memory)
		return memory;
	if (before_exit)
		before_exit();
	exit(complain("not enough memory"));
}

int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
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

void print_exact(const struct statsfs_snapshot *s, const struct statsfs_value *v)
{
	char buf[FORMAT_SIZE];
	uint64_t number;
	uint32_t i;

	for (i = 0; i < v->nr_numbers; i++) {
		statsfs_number(statsfs_gathering(s), v, i, &number);
		format_exact(v, number, buf);
		printf("%s%s", i ? " " : "", buf);
	}
}

int known_number(const struct statsfs_gathering *g, const struct statsfs_value *v,
		 uint32_t i, uint64_t *number)
{
	if (!statsfs_type_name(v->type))
		return -EPROTONOSUPPORT;
	return statsfs_number(g, v, i, number);
}

int check_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path)
{
	char reason[FORMAT_SIZE];
	uint64_t number;
	int err = known_number(statsfs_gathering(s), v, 0, &number);

	if (!err)
		return STATUS_OK;
	format_error(v, err, reason);
	return complain("%s: %s", path, reason);
}

int reset_file(const char *file)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

int print_value(const struct statsfs_snapshot *s, const struct statsfs_value *v,
		const char *path, bool numbers_only)
{
	if (check_value(s, v, path))
		return STATUS_FAILED;
	if (!numbers_only)
		printf("%s ", path);
	print_exact(s, v);
	putchar('\n');
	return STATUS_OK;
}
