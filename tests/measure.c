// SPDX-License-Identifier: GPL-2.0
/*
 * Measures system calls by the clock of a machine that counts instructions.
 *
 *   measure getppid		what a system call takes that does nothing
 *   measure open FILE		open, read, close
 *   measure pread FILE		read of all of a file that is kept open
 *   measure refresh DIR	refresh of the snapshot of DIR, and how many values
 *				and numbers it has
 *   measure first DIR		open, first read, close of the snapshot of DIR
 *   measure readdir DIR	all entries of a directory
 *   measure read PATTERN...	open, read, close of all files, and
 *   measure parse PATTERN...	what is done to get the numbers out of them
 *   measure getlink		dump of all links by RTM_GETLINK
 *   measure getstats		dump of their counters by RTM_GETSTATS
 *
 * Prints the least of 21 rounds in nanoseconds: interrupts only add to it; and for
 * what has several: how many numbers, or entries, there are.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/statsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
static glob_t files;

/* Not static: so it has to be computed. */
unsigned long long result;

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

/* All of the file @fd, as a string. */
static void read_whole(void)
{
	size_t have = 0;
	ssize_t len;

	while ((len = read(fd, buffer + have, BUFFER_SIZE - 1 - have)) > 0)
		have += len;
	buffer[have] = '\0';
}

/* Behind a colon, if a line has one, and what is not part of a word. */
static void parse_line(char *p)
{
	char *colon = strchr(p, ':'), *end;

	if (colon)
		p = colon + 1;
	while (*p) {
		while (*p == ' ' || *p == '\t')
			p++;
		if (isdigit(*p) || (*p == '-' && isdigit(p[1]))) {
			result += strtoull(p, &end, 10);
			entries++;
			p = end;
		}
		while (*p && *p != ' ' && *p != '\t')
			p++;
	}
}

static void parse_all(void)
{
	char *p = buffer, *end;

	for (; *p; p = end) {
		end = strchrnul(p, '\n');
		if (*end)
			*end++ = '\0';
		parse_line(p);
	}
}

static void open_whole(const char *file)
{
	fd = syscall(SYS_open, file, O_RDONLY);
	if (fd < 0)
		err(1, "%s", file);
	read_whole();
	close(fd);
}

static void do_read(void)
{
	for (size_t i = 0; i < files.gl_pathc; i++)
		open_whole(files.gl_pathv[i]);
}

static void do_parse(void)
{
	entries = 0;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		open_whole(files.gl_pathv[i]);
		parse_all();
	}
}

static void do_first(void)
{
	fd = syscall(SYS_open, path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	do_pread();
	close(fd);
}

/* Netlink */

static struct {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct if_stats_msg stats;
	};
} request;

/* Adds up the counters of one message, and counts them. */
static void dump_message(struct nlmsghdr *message)
{
	int is_link = message->nlmsg_type == RTM_NEWLINK, left;
	size_t head = is_link ? sizeof(struct ifinfomsg) :
				sizeof(struct if_stats_msg);
	int wanted = is_link ? IFLA_STATS64 : IFLA_STATS_LINK_64;
	struct rtattr *attribute;

	attribute = (void *)((char *)NLMSG_DATA(message) + NLMSG_ALIGN(head));
	left = NLMSG_PAYLOAD(message, head);
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		const char *data = RTA_DATA(attribute);

		if ((attribute->rta_type & NLA_TYPE_MASK) != wanted)
			continue;
		for (size_t i = 0; i + 8 <= RTA_PAYLOAD(attribute); i += 8) {
			unsigned long long number;

			memcpy(&number, data + i, sizeof(number));
			result += number;
			entries++;
		}
	}
}

static void do_dump(void)
{
	struct nlmsghdr *message;
	int left;

	entries = 0;
	request.header.nlmsg_seq++;
	if (send(fd, &request, request.header.nlmsg_len, 0) < 0)
		err(1, "netlink");
	for (;;) {
		left = recv(fd, buffer, 32 << 10, 0);
		if (left < 0)
			err(1, "netlink");
		message = (void *)buffer;
		for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (message->nlmsg_type == NLMSG_ERROR)
				errx(1, "netlink refuses a dump");
			if (message->nlmsg_type == NLMSG_DONE)
				return;
			dump_message(message);
		}
	}
}

static void prepare_dump(int type)
{
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (fd < 0)
		err(1, "netlink");
	request.header.nlmsg_type = type;
	request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if (type == RTM_GETLINK) {
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.link));
	} else {
		request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.stats));
		request.stats.filter_mask =
			IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
	}
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

static void print(void (*run)(void), long clock)
{
	long took = measure(run) - clock;

	printf("%ld %lu\n", took, entries);
}

/* The snapshot of @path, kept open. */
static void open_snapshot(void)
{
	const struct statsfs_snapshot_header *header = (void *)buffer;

	if (chdir(path))
		err(1, "%s", path);
	path = STATSFS_SNAPSHOT_NAME;
	must_open(0);
	do_pread();
	entries = header->nr_numbers;
}

static void find_files(char **patterns)
{
	int flags = GLOB_ERR;

	for (; *patterns; patterns++, flags |= GLOB_APPEND)
		if (glob(*patterns, flags, NULL, &files))
			errx(1, "%s: no such file", *patterns);
	do_parse();
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
		must_open(O_DIRECTORY);
		print(do_readdir, clock);
	} else if (!strcmp(what, "refresh") && path) {
		open_snapshot();
		size = ((struct statsfs_snapshot_header *)buffer)->refresh_size;
		print(do_pread, clock);
	} else if (!strcmp(what, "first") && path) {
		open_snapshot();
		print(do_first, clock);
	} else if (!strcmp(what, "read") && path) {
		find_files(argv + 2);
		print(do_read, clock);
	} else if (!strcmp(what, "parse") && path) {
		find_files(argv + 2);
		print(do_parse, clock);
	} else if (!strcmp(what, "getlink") || !strcmp(what, "getstats")) {
		prepare_dump(what[3] == 'l' ? RTM_GETLINK : RTM_GETSTATS);
		print(do_dump, clock);
	} else {
		errx(2, "usage: measure getppid | open|pread|refresh|first|readdir PATH |\n"
		     "       read|parse PATTERN... | getlink | getstats");
	}
	return 0;
}
