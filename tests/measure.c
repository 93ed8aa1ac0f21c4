// SPDX-License-Identifier: GPL-2.0
/*
 * Measures system calls by the clock of a machine that counts instructions.
 *
 *   measure getppid		what a system call takes that does nothing
 *   measure open FILE		open, read, close
 *   measure pread FILE		read of all of a file that is kept open
 *   measure refresh DIR	refresh of the snapshot of DIR, and how many values
 *				and numbers it has
 *   measure readdir DIR	all entries of a directory, and how many it has
 *
 * Prints the least of 21 rounds in nanoseconds: interrupts only add to it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <linux/statsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS		21
#define BUFFER_SIZE	(64 << 20)

static char *buffer;
static size_t size = BUFFER_SIZE;
static const char *path;
static int fd = -1;
static unsigned long entries;

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000l + t.tv_nsec;
}

static void do_getppid(void)
{
	syscall(SYS_getppid);
}

static void do_open(void)
{
	int file = syscall(SYS_open, path, O_RDONLY);

	if (file < 0 || read(file, buffer, 4096) < 0)
		err(1, "%s", path);
	close(file);
}

static void do_pread(void)
{
	if (pread(fd, buffer, size, 0) < 0)
		err(1, "%s", path);
}

static void do_readdir(void)
{
	ssize_t len;

	lseek(fd, 0, SEEK_SET);
	entries = 0;
	while ((len = syscall(SYS_getdents64, fd, buffer, 32 << 10)) > 0)
		for (char *p = buffer; p < buffer + len;
		     p += ((struct dirent64 *)p)->d_reclen)
			entries++;
}

static long measure(void (*run)(void))
{
	long least = -1, begin, took;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		begin = now();
		run();
		took = now() - begin;
		if (least < 0 || took < least)
			least = took;
	}
	return least;
}

static void must_open(int flags)
{
	fd = open(path, O_RDONLY | flags);
	if (fd < 0)
		err(1, "%s", path);
}

static void nothing(void)
{
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long clock = measure(nothing);

	buffer = malloc(BUFFER_SIZE);
	if (!buffer)
		err(1, "malloc");
	path = argc > 2 ? argv[2] : NULL;
	if (!strcmp(what, "getppid")) {
		printf("%ld\n", measure(do_getppid) - clock);
	} else if (!strcmp(what, "open") && path) {
		printf("%ld\n", measure(do_open) - clock);
	} else if (!strcmp(what, "pread") && path) {
		must_open(0);
		printf("%ld\n", measure(do_pread) - clock);
	} else if (!strcmp(what, "readdir") && path) {
		long took;

		must_open(O_DIRECTORY);
		took = measure(do_readdir) - clock;
		printf("%ld %lu\n", took, entries);
	} else if (!strcmp(what, "refresh") && path) {
		struct statsfs_snapshot_header *header = (void *)buffer;

		if (chdir(path))
			err(1, "%s", path);
		path = STATSFS_SNAPSHOT_NAME;
		must_open(0);
		do_pread();
		size = header->refresh_size;
		printf("%ld %u %u\n", measure(do_pread) - clock,
		       header->nr_values, header->nr_numbers);
	} else {
		errx(2, "usage: measure getppid | open|pread|refresh|readdir PATH");
	}
	return 0;
}
