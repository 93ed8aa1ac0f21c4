// SPDX-License-Identifier: GPL-2.0
/*
 * Reads snapshots, as <linux/statsfs.h> says how.
 *
 *   snapshot cat DIR		prints "PATH NUMBER..." or "PATH ERROR" for each value
 *   snapshot compare DIR	compares each file at and below DIR with the snapshot,
 *				prints differences, and how many files there are.
 *				A number that moves may be anything between two
 *				snapshots.
 *   snapshot storm DIR SECONDS	reads all the time: prints what is wrong in itself,
 *				and how many gatherings and generations it has seen
 *   snapshot watch DIR [FILE]	reads, creates FILE, waits for a change by poll(2),
 *				and prints the events and what a refresh says
 *   snapshot exclusive DIR1 DIR2 COMMAND	waits for both by epoll(7) as an exclusive
 *				waiter each, runs COMMAND, which changes DIR2, and
 *				says who has heard of it
 *   snapshot open DIR NUMBER	opens it so often, and waits for the end of its input
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/statsfs.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE	4096
#define TEXT_SIZE	(32 << 10)

struct snapshot {
	int fd;
	size_t size;
	char *start;
	struct statsfs_snapshot_header *header;
	struct statsfs_snapshot_gathering *gathering;
	__s32 *status;
	__u64 *data;
	struct statsfs_snapshot_source *source;
	struct statsfs_snapshot_value *value;
	char *strings;
};

static bool good = true;

static void complain(const char *path, const char *what)
{
	printf("%s: %s\n", path, what);
	good = false;
}

static int open_snapshot(const char *dir)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/" STATSFS_SNAPSHOT_NAME, dir);
	return open(path, O_RDONLY);
}

static void set_parts(struct snapshot *s)
{
	s->header = (void *)s->start;
	s->gathering = (void *)(s->start + s->header->gathering_offset);
	s->status = (void *)(s->start + s->header->status_offset);
	s->data = (void *)(s->start + s->header->data_offset);
	s->source = (void *)(s->start + s->header->sources_offset);
	s->value = (void *)(s->start + s->header->values_offset);
	s->strings = s->start + s->header->strings_offset;
}

/* Reads all of it: 0, or an errno. */
static int read_all(struct snapshot *s)
{
	struct statsfs_snapshot_header header;
	ssize_t len = pread(s->fd, &header, sizeof(header), 0);

	if (len < 0)
		return errno;
	if (len != sizeof(header) || header.magic != STATSFS_SNAPSHOT_MAGIC ||
	    header.version != STATSFS_SNAPSHOT_VERSION)
		errx(1, "this is no snapshot");
	s->size = header.size;
	s->start = malloc(s->size + 1);
	if (!s->start)
		err(1, "malloc");
	memcpy(s->start, &header, sizeof(header));
	len = pread(s->fd, s->start + sizeof(header),
		    s->size - sizeof(header) + 1, sizeof(header));
	if (len < 0)
		return errno;
	if (len + sizeof(header) != s->size)
		errx(1, "%zd bytes instead of %zu", len + sizeof(header), s->size);
	set_parts(s);
	return 0;
}

static int refresh(struct snapshot *s)
{
	ssize_t len = pread(s->fd, s->start, s->header->refresh_size, 0);

	if (len < 0)
		return errno;
	if ((size_t)len != s->header->refresh_size)
		errx(1, "%zd bytes instead of %llu", len,
		     (unsigned long long)s->header->refresh_size);
	return 0;
}

/* Puts the path of a source into @path, with a slash behind each name. */
static void source_path(const struct snapshot *s, __u32 source, char *path)
{
	if (s->source[source].parent == STATSFS_SNAPSHOT_NO_PARENT) {
		*path = '\0';
		return;
	}
	source_path(s, s->source[source].parent, path);
	strcat(path, s->strings + s->source[source].name);
	strcat(path, "/");
}

static void value_path(const struct snapshot *s,
		       const struct statsfs_snapshot_value *v, char *path)
{
	source_path(s, v->source, path);
	strcat(path, s->strings + v->name);
}

/* The numbers of a value, as its file shows them. */
static void print_value(const struct snapshot *s,
			const struct statsfs_snapshot_value *v, char *text)
{
	const __u64 *number = s->data + v->data;
	__u32 n = v->buckets ? v->buckets : 1;

	if (s->status[v->group]) {
		sprintf(text, "%s\n", strerrorname_np(s->status[v->group]));
		return;
	}
	while (n--)
		text += sprintf(text, v->type >= STAT_TYPE_S8 ? "%lld%c" :
								"%llu%c",
				(long long)*number++, n ? ' ' : '\n');
}

/* cat */

static int cat(const char *dir)
{
	struct snapshot s = { .fd = open_snapshot(dir) };
	char path[PATH_SIZE], text[TEXT_SIZE];
	int error;
	__u32 i;

	if (s.fd < 0)
		err(1, "%s", dir);
	error = read_all(&s);
	if (error)
		errx(1, "%s: %s", dir, strerrorname_np(error));
	for (i = 0; i < s.header->nr_values; i++) {
		value_path(&s, &s.value[i], path);
		print_value(&s, &s.value[i], text);
		printf("%s %s", path, text);
	}
	return 0;
}

/* compare */

/* What is in a file, or the name of the error. */
static void read_file(const char *dir, const char *name, char *text)
{
	char path[PATH_SIZE];
	ssize_t len = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		len = read(fd, text, TEXT_SIZE - 1);
	if (len < 0)
		sprintf(text, "%s\n", strerrorname_np(errno));
	else
		text[len] = '\0';
	if (fd >= 0)
		close(fd);
}

/* Whether a plain number is between two others, in either order. */
static bool is_between(const struct statsfs_snapshot_value *v, __u64 a,
		       const char *text, __u64 b)
{
	__u64 x = strtoull(text, NULL, 10), flip = 0;

	if (v->buckets || text[0] < '-' || text[0] > '9')
		return false;
	if (v->type >= STAT_TYPE_S8)
		flip = 1ull << 63;
	a ^= flip;
	x ^= flip;
	b ^= flip;
	return a <= b ? a <= x && x <= b : b <= x && x <= a;
}

/* Whether the file has what snapshots before and after it have. */
static bool same_value(struct snapshot *s, const char *dir,
		       const struct statsfs_snapshot_value *v, char *path)
{
	static char before[TEXT_SIZE], text[TEXT_SIZE], after[TEXT_SIZE];
	unsigned int attempt;
	__u64 number;

	for (attempt = 0; attempt < 5; attempt++) {
		if (refresh(s))
			errx(1, "the tree has changed");
		print_value(s, v, before);
		number = s->data[v->data];
		read_file(dir, path, text);
		if (!strcmp(before, text))
			return true;
		if (refresh(s))
			errx(1, "the tree has changed");
		print_value(s, v, after);
		if (!strcmp(after, text) ||
		    is_between(v, number, text, s->data[v->data]))
			return true;
	}
	printf("before:  %sfile:    %safter:   %s", before, text, after);
	return false;
}

/* How many files and directories there are in a directory. */
static unsigned int count_entries(const char *path)
{
	struct dirent *entry;
	unsigned int nr = 0;
	DIR *dir = opendir(path);

	if (!dir)
		err(1, "%s", path);
	while ((entry = readdir(dir)))
		nr += entry->d_name[0] != '.';
	closedir(dir);
	return nr;
}

static void compare_source(const struct snapshot *s, const char *dir, __u32 i)
{
	char path[PATH_SIZE], full[2 * PATH_SIZE];
	__u32 nr = s->source[i].nr_values, k;
	struct stat st;

	source_path(s, i, path);
	snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (k = i + 1; k < s->header->nr_sources; k++)
		nr += s->source[k].parent == i;
	if (stat(full, &st) || st.st_ino != s->source[i].id)
		complain(full, "another inode number");
	if (nr != count_entries(full))
		complain(full, "more or fewer entries");
}

static int compare(const char *dir)
{
	struct snapshot s = { .fd = open_snapshot(dir) };
	char path[PATH_SIZE];
	__u32 i;

	if (s.fd < 0 || read_all(&s))
		err(1, "%s", dir);
	for (i = 0; i < s.header->nr_sources; i++)
		compare_source(&s, dir, i);
	for (i = 0; i < s.header->nr_values; i++) {
		value_path(&s, &s.value[i], path);
		if (!same_value(&s, dir, &s.value[i], path))
			complain(path, "another number");
	}
	printf("%u files\n", s.header->nr_values);
	return !good;
}

/* storm */

/* The value of @source with the name of @like, or NULL. */
static const struct statsfs_snapshot_value *
find_value(const struct snapshot *s, __u32 source,
	   const struct statsfs_snapshot_value *like)
{
	const struct statsfs_snapshot_source *of = &s->source[source];
	__u32 i;

	for (i = of->first_value; i < of->first_value + of->nr_values; i++)
		if (!strcmp(s->strings + s->value[i].name,
			    s->strings + like->name))
			return &s->value[i];
	return NULL;
}

/* Whether a sum is that of the directories below. */
static void check_sum(const struct snapshot *s,
		      const struct statsfs_snapshot_value *v)
{
	const struct statsfs_snapshot_value *part;
	char path[PATH_SIZE];
	__u64 sum = 0;
	__u32 i;

	for (i = v->source + 1; i < s->header->nr_sources; i++) {
		if (s->source[i].parent != v->source)
			continue;
		part = find_value(s, i, v);
		if (part && !s->status[part->group])
			sum += s->data[part->data];
	}
	if (sum != s->data[v->data]) {
		value_path(s, v, path);
		printf("%s: %llu instead of %llu\n", path,
		       (unsigned long long)s->data[v->data],
		       (unsigned long long)sum);
		good = false;
	}
}

static void check_all(const struct snapshot *s)
{
	const struct statsfs_snapshot_header *h = s->header;
	__u32 i;

	if (s->gathering->gathering != s->data[h->nr_numbers])
		complain("gathering", "two numbers");
	if (s->gathering->begin_ns > s->gathering->end_ns)
		complain("gathering", "ends before it begins");
	for (i = 0; i < h->nr_values; i++) {
		const struct statsfs_snapshot_value *v = &s->value[i];

		if (v->aggr == STAT_AGGR_SUM && !v->buckets &&
		    !s->status[v->group])
			check_sum(s, v);
	}
}

static void check_error(int error)
{
	char text[64];

	/* The directory may be away for a moment, and come back. */
	if (error == ESTALE || error == ENODEV || error == ENOENT)
		return;
	snprintf(text, sizeof(text), "error %s", strerrorname_np(error));
	complain("read", text);
}

static int storm(const char *dir, unsigned int seconds)
{
	unsigned long gatherings = 0, generations = 0, stale = 0;
	time_t end = time(NULL) + seconds;
	struct snapshot s = {};
	int error;

	while (time(NULL) < end && good) {
		s.fd = open_snapshot(dir);
		error = s.fd < 0 ? errno : read_all(&s);
		if (error == ESTALE)
			complain("first read", "ESTALE");
		for (; !error && time(NULL) < end && good; error = refresh(&s)) {
			check_all(&s);
			gatherings++;
		}
		if (error)
			check_error(error);
		stale += error == ESTALE;
		generations++;
		if (s.fd >= 0)
			close(s.fd);
		free(s.start);
		s.start = NULL;
	}
	printf("%lu gatherings %lu generations %lu stale\n", gatherings,
	       generations, stale);
	return !good;
}

/* watch */

static int watch(const char *dir, const char *ready)
{
	struct snapshot s = { .fd = open_snapshot(dir) };
	struct pollfd pollfd = { .fd = s.fd, .events = POLLPRI };
	int error;

	if (s.fd < 0 || read_all(&s))
		err(1, "%s", dir);
	if (poll(&pollfd, 1, 0))
		complain("poll", "events at once");
	if (ready)
		close(open(ready, O_CREAT | O_WRONLY, 0644));
	if (poll(&pollfd, 1, 60000) != 1)
		complain("poll", "no event");
	error = refresh(&s);
	printf("%s%s%s%s\n", pollfd.revents & POLLPRI ? "PRI " : "",
	       pollfd.revents & POLLERR ? "ERR " : "",
	       pollfd.revents & POLLHUP ? "HUP " : "",
	       error ? strerrorname_np(error) : "0");
	return !good;
}

/* exclusive */

static int epoll_exclusive(const char *dir)
{
	struct epoll_event event = { .events = EPOLLERR | EPOLLET | EPOLLEXCLUSIVE };
	int epoll = epoll_create1(0), fd = open_snapshot(dir);

	if (epoll < 0 || fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		err(1, "%s", dir);
	/* What there is at once. */
	while (epoll_wait(epoll, &event, 1, 0) > 0)
		;
	return epoll;
}

static int exclusive(const char *first, const char *second, const char *command)
{
	int other = epoll_exclusive(first), concerned = epoll_exclusive(second);
	struct epoll_event event;

	if (system(command))
		errx(1, "%s failed", command);
	printf("%s", epoll_wait(concerned, &event, 1, 10000) == 1 ? "heard" :
								    "deaf");
	printf(" %s\n", epoll_wait(other, &event, 1, 0) ? "disturbed" : "quiet");
	return 0;
}

/* open */

static int open_many(const char *dir, unsigned int n)
{
	struct rlimit limit = { n + 10, n + 10 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "RLIMIT_NOFILE");
	while (n--)
		if (open_snapshot(dir) < 0)
			err(1, "%s", dir);
	puts("open");
	fflush(stdout);
	getchar();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "cat"))
		return cat(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "compare"))
		return compare(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "storm"))
		return storm(argv[2], atoi(argv[3]));
	if (argc >= 3 && !strcmp(argv[1], "watch"))
		return watch(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "exclusive"))
		return exclusive(argv[2], argv[3], argv[4]);
	if (argc == 4 && !strcmp(argv[1], "open"))
		return open_many(argv[2], atoi(argv[3]));
	errx(2, "usage: snapshot cat|compare|storm|watch|open DIR ...");
}
