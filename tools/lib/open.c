// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Gets snapshots from files and memory, and gathers again.
 */

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

/* Of what is read before it is known how long the snapshot is. */
#define FIRST_READ	4096

/* How often a file may change while it is read. */
#define TRIES		5

#define DEFAULT_MOUNT	"/sys/kernel/stats"

/**
 * struct statsfs_snapshot - see statsfs.h
 * @fd: the file, or -1
 * @path: its path, or NULL
 * @layout: what was read; NULL: nothing
 * @error: the last message
 */
struct statsfs_snapshot {
	int fd;
	char *path;
	struct layout *layout;
	char error[ERROR_SIZE];
};

int statsfs_fail(char *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, ERROR_SIZE, format, args);
	va_end(args);
	return -err;
}

static int no_memory(char *error)
{
	return statsfs_fail(error, ENOMEM, "not enough memory");
}

static void layout_free(struct layout *l)
{
	if (!l)
		return;
	free(l->image);
	free(l->spare);
	free(l->sources);
	free(l->values);
	free(l);
}

/* Takes over @image, which has all bytes that @header says. */
static int layout_create(struct layout **layout,
			 const struct statsfs_snapshot_header *header,
			 char *image, char *error)
{
	struct layout *l = calloc(1, sizeof(*l));
	int err;

	if (!l) {
		free(image);
		return no_memory(error);
	}
	l->image = image;
	l->header = *header;
	err = statsfs_parse(l, error);
	if (err)
		layout_free(l);
	else
		*layout = l;
	return err;
}

/*
 * Reads the bytes from @from to @to into their places in @buf.  Of a snapshot in
 * a statsfs mount that is one system call.  Returns where the file ended, or @to.
 */
static ssize_t read_range(int fd, char *buf, size_t from, size_t to, char *error)
{
	ssize_t n;

	while (from < to) {
		n = pread(fd, buf + from, to - from, from);
		if (n < 0)
			return statsfs_fail(error, errno, "%m");
		if (!n)
			break;
		from += n;
	}
	return from;
}

static int resize(char **image, size_t size, char *error)
{
	char *resized = realloc(*image, size);

	if (!resized)
		return no_memory(error);
	*image = resized;
	return 0;
}

/*
 * The memory grows with what there is to read, whatever the header says.  In a
 * statsfs mount only the first read gathers.
 */
static int read_image(int fd, char **image, struct statsfs_snapshot_header *header,
		      char *error)
{
	size_t have = 0, room = FIRST_READ;
	ssize_t n;
	int err;

	*image = NULL;
	do {
		if (have == room)
			room = 16 * room < header->size ? 16 * room : header->size;
		err = resize(image, room, error);
		if (err)
			return err;
		n = pread(fd, *image + have, room - have, have);
		if (n < 0)
			return statsfs_fail(error, errno, "%m");
		err = have ? 0 : statsfs_parse_header(header, *image, n, error);
		if (err)
			return err;
		if (!n)
			return statsfs_fail(error, EBADMSG,
					    "truncated: %zu bytes", have);
		have += n;
	} while (have < header->size);
	return resize(image, header->size, error);
}

static int read_layout(int fd, struct layout **layout, char *error)
{
	struct statsfs_snapshot_header header;
	char *image;
	int err;

	err = read_image(fd, &image, &header, error);
	if (err) {
		free(image);
		return err;
	}
	return layout_create(layout, &header, image, error);
}

/* The layout may change between two reads, if one is not enough. */
static int load_once(struct statsfs_snapshot *s)
{
	struct layout *layout;
	int fd, err;

	fd = open(s->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return statsfs_fail(s->error, errno, "%m");
	err = read_layout(fd, &layout, s->error);
	if (err) {
		close(fd);
		return err;
	}
	if (s->fd >= 0)
		close(s->fd);
	layout_free(s->layout);
	s->fd = fd;
	s->layout = layout;
	return 0;
}

/* Opens the file and has its layout replace what there was. */
static int load(struct statsfs_snapshot *s)
{
	int tries, err = 0;

	for (tries = 0; tries < TRIES; tries++) {
		err = load_once(s);
		if (err != -ESTALE && err != -EAGAIN)
			return err;
	}
	return statsfs_fail(s->error, EAGAIN,
			    "was changed all the time while it was read");
}

struct statsfs_snapshot *statsfs_new(void)
{
	struct statsfs_snapshot *s = calloc(1, sizeof(*s));

	if (s)
		s->fd = -1;
	return s;
}

static void reset(struct statsfs_snapshot *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	layout_free(s->layout);
	s->fd = -1;
	s->path = NULL;
	s->layout = NULL;
}

void statsfs_free(struct statsfs_snapshot *s)
{
	if (!s)
		return;
	reset(s);
	free(s);
}

/* Says what was read. */
static int failed(struct statsfs_snapshot *s, int err)
{
	char message[ERROR_SIZE];

	memcpy(message, s->error, sizeof(message));
	return statsfs_fail(s->error, -err, "%s: %s", s->path, message);
}

/* A directory without a snapshot is none of statsfs. */
static int explain_missing(struct statsfs_snapshot *s, const char *directory)
{
	struct statfs fs;

	if (statfs(directory, &fs) || fs.f_type == STATSFS_MAGIC)
		return -ENOENT;
	return statsfs_fail(s->error, EMEDIUMTYPE,
			    "%s is not in a statsfs mount", directory);
}

int statsfs_open(struct statsfs_snapshot *s, const char *path)
{
	struct stat st;
	bool is_dir;
	int err;

	reset(s);
	is_dir = !stat(path, &st) && S_ISDIR(st.st_mode);
	if (asprintf(&s->path, "%s%s", path,
		     is_dir ? "/" STATSFS_SNAPSHOT_NAME : "") < 0) {
		s->path = NULL;
		return no_memory(s->error);
	}
	err = load(s);
	if (!err)
		return 0;
	err = failed(s, err);
	return is_dir && err == -ENOENT ? explain_missing(s, path) : err;
}

int statsfs_open_memory(struct statsfs_snapshot *s, const void *data, size_t size)
{
	struct statsfs_snapshot_header header;
	char *image;
	int err;

	reset(s);
	err = statsfs_parse_header(&header, data, size, s->error);
	if (err)
		return err;
	if (size < header.size)
		return statsfs_fail(s->error, EBADMSG, "truncated: %zu bytes", size);
	image = malloc(header.size);
	if (!image)
		return no_memory(s->error);
	memcpy(image, data, header.size);
	return layout_create(&s->layout, &header, image, s->error);
}

/* Gathers into the memory of the gathering that is not the newest one. */
static int gather(struct statsfs_snapshot *s)
{
	struct layout *l = s->layout;
	unsigned int older = !l->newest;
	char *image = older ? l->spare : l->image;
	ssize_t n;
	int err;

	l->has_previous = false;
	n = read_range(s->fd, image, 0, l->header.refresh_size, s->error);
	if (n < 0)
		return n;
	if ((size_t)n < l->header.refresh_size)
		return statsfs_fail(s->error, EBADMSG, "truncated: %zd bytes", n);
	/* Somebody has written to a saved snapshot. */
	if (memcmp(image, &l->header, sizeof(l->header)))
		return -ESTALE;
	err = statsfs_parse_gathering(l, image, &l->gathering[older], s->error);
	if (err)
		return err;
	l->newest = older;
	l->has_previous = true;
	return 0;
}

int statsfs_refresh(struct statsfs_snapshot *s)
{
	int tries, err = -EAGAIN;

	if (s->fd < 0)
		return statsfs_fail(s->error, EBADF, "no file is open");
	for (tries = 0; tries < TRIES && err == -EAGAIN; tries++)
		err = gather(s);
	if (err == -ESTALE) {
		err = load(s);
		if (!err)
			return 1;
	}
	return err ? failed(s, err) : 0;
}

int statsfs_fd(const struct statsfs_snapshot *s)
{
	return s->fd;
}

const char *statsfs_error(const struct statsfs_snapshot *s)
{
	return s ? s->error : "not enough memory";
}

uint64_t statsfs_generation(const struct statsfs_snapshot *s)
{
	return s->layout ? s->layout->header.generation : 0;
}

const struct statsfs_source *
statsfs_source_at(const struct statsfs_snapshot *s, unsigned int index)
{
	if (!s->layout || index >= s->layout->header.nr_sources)
		return NULL;
	return &s->layout->sources[index];
}

const struct statsfs_value *
statsfs_value_at(const struct statsfs_snapshot *s, unsigned int index)
{
	if (!s->layout || index >= s->layout->header.nr_values)
		return NULL;
	return &s->layout->values[index];
}

const struct statsfs_gathering *
statsfs_gathering(const struct statsfs_snapshot *s)
{
	return s->layout ? &s->layout->gathering[s->layout->newest] : NULL;
}

const struct statsfs_gathering *
statsfs_previous(const struct statsfs_snapshot *s)
{
	if (!s->layout || !s->layout->has_previous)
		return NULL;
	return &s->layout->gathering[!s->layout->newest];
}

int statsfs_find_mount(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	int err = -ENODEV;

	if (!mounts)
		return -errno;
	while ((mount = getmntent(mounts))) {
		bool usual = !strcmp(mount->mnt_dir, DEFAULT_MOUNT);

		if (strcmp(mount->mnt_type, "statsfs") || (err != -ENODEV && !usual))
			continue;
		err = 0;
		if ((size_t)snprintf(path, size, "%s", mount->mnt_dir) >= size)
			err = -ENAMETOOLONG;
		if (usual)
			break;
	}
	endmntent(mounts);
	return err;
}
