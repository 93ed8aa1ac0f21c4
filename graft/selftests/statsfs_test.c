// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs as programs see it: files, resets and snapshots.
 *
 * What is read is kstats, and the sample, whose machines come and go when its
 * parameter is written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/statsfs.h>

#include "kselftest_harness.h"

#define SAMPLE "/sys/module/statsfs_kvm/parameters/"
#define ROOM 0x100000

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* The number that a file has: digits and a newline, nothing else. */
static int read_number(const char *path, unsigned long long *number)
{
	char text[32], end;
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (sscanf(text, "%llu%c", number, &end) != 2 || end != '\n')
		return -EBADMSG;
	return strchr(text, '\n') == text + n - 1 ? 0 : -EBADMSG;
}

/* The directory that the sample shows its machine @nr in. */
static int find_machine(int nr, char *name, size_t size)
{
	char command[64];
	size_t len;
	FILE *out;

	snprintf(command, sizeof(command), "cd kvm && echo *-%d", nr);
	out = popen(command, "r");
	if (!out)
		return -errno;
	len = fread(name, 1, size - 1, out);
	pclose(out);
	if (!len)
		return -ENOENT;
	name[len - 1] = '\0';
	return strchr(name, '*') ? -ENOENT : 0;
}

/*
 * What is at an offset of a snapshot: checked, so that a wrong one fails a test
 * and not the program.
 */
static const void *part(const char *snapshot, __u64 offset, size_t size)
{
	const struct statsfs_snapshot_header *header = (const void *)snapshot;

	if (offset > header->size || size > header->size - offset)
		return NULL;
	return snapshot + offset;
}

static const char *string(const char *snapshot, __u32 at)
{
	const struct statsfs_snapshot_header *header = (const void *)snapshot;

	if (at >= header->strings_size)
		return "?";
	return part(snapshot, header->strings_offset + at, 1);
}

static const struct statsfs_snapshot_value *
find_value(const char *snapshot, const char *name)
{
	const struct statsfs_snapshot_header *header = (const void *)snapshot;
	const struct statsfs_snapshot_value *value;
	__u32 i;

	for (i = 0; i < header->nr_values; i++) {
		value = part(snapshot,
			     header->values_offset + i * header->value_size,
			     sizeof(*value));
		if (!value)
			return NULL;
		if (!value->source && !strcmp(string(snapshot, value->name), name))
			return value;
	}
	return NULL;
}

static int snapshot_number(const char *snapshot, const char *name,
			   unsigned long long *number)
{
	const struct statsfs_snapshot_header *header = (const void *)snapshot;
	const struct statsfs_snapshot_value *value = find_value(snapshot, name);
	const __u64 *data;

	if (!value)
		return -ENOENT;
	data = part(snapshot, header->data_offset + value->data * sizeof(*data),
		    sizeof(*data));
	if (!data)
		return -EBADMSG;
	*number = *data;
	return 0;
}

/*
 * Mounts statsfs on a new directory that only this process has, and goes there.
 */
static int enter(char *directory, size_t size)
{
	snprintf(directory, size, "/tmp/statsfs.XXXXXX");
	if (!mkdtemp(directory))
		return -errno;
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", directory, "statsfs", 0, NULL) || chdir(directory)) {
		int err = -errno;

		rmdir(directory);
		return err;
	}
	return 0;
}

static int leave(const char *directory)
{
	if (chdir("/") || umount2(directory, MNT_DETACH) || rmdir(directory))
		return -errno;
	return 0;
}

/* Built in, or loaded, or neither: what is missing is skipped. */
static void load(const char *modules)
{
	char command[128];

	snprintf(command, sizeof(command), "modprobe -qa %s 2>/dev/null",
		 modules);
	if (system(command) < 0)
		perror("sh");
}

FIXTURE(statsfs)
{
	char directory[32];
	char *snapshot;
};

FIXTURE_SETUP(statsfs)
{
	int err;

	if (geteuid())
		SKIP(return, "needs root");
	load("statsfs kstats");
	self->snapshot = malloc(ROOM);
	ASSERT_NE(NULL, self->snapshot);
	err = enter(self->directory, sizeof(self->directory));
	if (err == -ENODEV)
		SKIP(return, "no statsfs: CONFIG_STATS_FS");
	ASSERT_EQ(0, err);
}

FIXTURE_TEARDOWN(statsfs)
{
	EXPECT_EQ(0, leave(self->directory));
	free(self->snapshot);
}

TEST_F(statsfs, mount)
{
	struct statfs fs;

	ASSERT_EQ(0, statfs(".", &fs));
	EXPECT_EQ(STATSFS_MAGIC, fs.f_type);
	EXPECT_EQ(-1, mount("none", "/tmp", "statsfs", 0, "nothing=1"));
	EXPECT_EQ(EINVAL, errno);
	/* Another owner than the mount that is there. */
	EXPECT_EQ(-1, mount("none", "/tmp", "statsfs", 0, "uid=12345"));
	EXPECT_EQ(-1, open("kstats/uptime", O_RDWR | O_CREAT, 0644));
	EXPECT_EQ(-1, mkdir("new", 0755));
	EXPECT_EQ(-1, unlink("kstats/uptime"));
}

TEST_F(statsfs, files)
{
	unsigned long long number;
	struct sysinfo info;
	struct stat st;

	if (access("kstats", F_OK))
		SKIP(return, "no kstats");
	ASSERT_EQ(0, sysinfo(&info));
	ASSERT_EQ(0, read_number("kstats/total_memory", &number));
	EXPECT_EQ((__u64)info.totalram * info.mem_unit, number);
	ASSERT_EQ(0, stat("kstats/total_memory", &st));
	EXPECT_EQ((mode_t)S_IFREG | 0444, st.st_mode);
	ASSERT_EQ(0, stat("kstats", &st));
	EXPECT_EQ((mode_t)S_IFDIR | 0755, st.st_mode);
}

TEST_F(statsfs, reset)
{
	unsigned long long before, after;

	if (access("kstats", F_OK))
		SKIP(return, "no kstats");
	EXPECT_EQ(-EACCES, write_file("kstats/total_memory", "0"));
	EXPECT_EQ(-EINVAL, write_file("kstats/context_switches", "1"));
	EXPECT_EQ(-EINVAL, write_file("kstats/context_switches", "zero"));
	/* Some of them, so that there is something to lose. */
	for (int i = 0; i < 100; i++)
		usleep(1);
	ASSERT_EQ(0, read_number("kstats/context_switches", &before));
	ASSERT_EQ(0, write_file("kstats/context_switches", "0\n"));
	ASSERT_EQ(0, read_number("kstats/context_switches", &after));
	EXPECT_LT(after, before);
}

TEST_F(statsfs, snapshot)
{
	const struct statsfs_snapshot_header *header;
	const struct statsfs_snapshot_gathering *gathering;
	const struct statsfs_snapshot_value *value;
	unsigned long long number, in_file;
	const __u64 *again;
	ssize_t n;
	int fd;

	if (access("kstats", F_OK))
		SKIP(return, "no kstats");
	fd = open("kstats/" STATSFS_SNAPSHOT_NAME, O_RDONLY);
	ASSERT_LE(0, fd);
	n = read(fd, self->snapshot, ROOM);
	header = (void *)self->snapshot;
	ASSERT_LT((ssize_t)sizeof(*header), n);
	EXPECT_EQ(STATSFS_SNAPSHOT_MAGIC, header->magic);
	EXPECT_EQ(STATSFS_SNAPSHOT_VERSION, header->version);
	ASSERT_EQ((__u64)n, header->size);
	EXPECT_EQ(1, header->nr_sources);

	value = find_value(self->snapshot, "total_memory");
	ASSERT_NE(NULL, value);
	EXPECT_EQ(STAT_KIND_INSTANT, value->kind);
	EXPECT_EQ(STAT_UNIT_BYTES, value->unit);
	EXPECT_EQ(0, value->flags);
	ASSERT_EQ(0, snapshot_number(self->snapshot, "total_memory", &number));
	ASSERT_EQ(0, read_number("kstats/total_memory", &in_file));
	EXPECT_EQ(in_file, number);

	/* A refresh is one read, and its numbers are of one gathering. */
	n = pread(fd, self->snapshot, header->refresh_size, 0);
	ASSERT_EQ((ssize_t)header->refresh_size, n);
	gathering = part(self->snapshot, header->gathering_offset,
			 sizeof(*gathering));
	again = part(self->snapshot, header->refresh_size - sizeof(*again),
		     sizeof(*again));
	ASSERT_NE(NULL, gathering);
	EXPECT_EQ(2, gathering->gathering);
	EXPECT_EQ(2, *again);
	EXPECT_LE(gathering->begin_ns, gathering->end_ns);
	close(fd);
}

FIXTURE(sample)
{
	char directory[32];
	char machine[64];
	char *snapshot;
};

FIXTURE_SETUP(sample)
{
	if (geteuid())
		SKIP(return, "needs root");
	load("statsfs_kvm");
	if (write_file(SAMPLE "vms", "0") ||
	    write_file(SAMPLE "vms", "2"))
		SKIP(return, "no sample: CONFIG_SAMPLE_STATSFS");
	self->snapshot = malloc(ROOM);
	ASSERT_NE(NULL, self->snapshot);
	ASSERT_EQ(0, enter(self->directory, sizeof(self->directory)));
	ASSERT_EQ(0, find_machine(1, self->machine, sizeof(self->machine)));
	ASSERT_EQ(0, write_file(SAMPLE "run", "10"));
}

FIXTURE_TEARDOWN(sample)
{
	EXPECT_EQ(0, leave(self->directory));
	free(self->snapshot);
}

TEST_F(sample, sums)
{
	unsigned long long one, all;
	char path[128];

	snprintf(path, sizeof(path), "kvm/%s/exits", self->machine);
	ASSERT_EQ(0, read_number(path, &one));
	ASSERT_EQ(0, read_number("kvm/exits", &all));
	EXPECT_LT(0, one);
	EXPECT_EQ(2 * one, all);
	/* Resetting a sum resets what is summed. */
	ASSERT_EQ(0, write_file("kvm/exits", "0"));
	ASSERT_EQ(0, read_number(path, &one));
	EXPECT_EQ(0, one);
	ASSERT_EQ(0, write_file(SAMPLE "run", "1"));
	ASSERT_EQ(0, read_number(path, &one));
	ASSERT_EQ(0, read_number("kvm/exits", &all));
	EXPECT_LT(0, one);
	EXPECT_EQ(2 * one, all);
}

TEST_F(sample, removal)
{
	char path[128], text[32];
	int fd;

	snprintf(path, sizeof(path), "kvm/%s/exits", self->machine);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, text, sizeof(text)));
	ASSERT_EQ(0, write_file(SAMPLE "vms", "1"));
	EXPECT_EQ(-1, pread(fd, text, sizeof(text), 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, access(path, F_OK));
	EXPECT_EQ(ENOENT, errno);
	close(fd);
}

TEST_F(sample, change)
{
	unsigned long long number, in_file;
	struct pollfd poller = { .events = POLLPRI };
	int fd;

	fd = open("kvm/" STATSFS_SNAPSHOT_NAME, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, self->snapshot, ROOM));
	ASSERT_EQ(0, snapshot_number(self->snapshot, "exits", &number));
	ASSERT_EQ(0, read_number("kvm/exits", &in_file));
	EXPECT_EQ(in_file, number);

	poller.fd = fd;
	EXPECT_EQ(0, poll(&poller, 1, 0));
	ASSERT_EQ(0, write_file(SAMPLE "vms", "3"));
	EXPECT_EQ(1, poll(&poller, 1, 10000));
	EXPECT_EQ(POLLPRI | POLLERR, poller.revents);
	EXPECT_EQ(-1, pread(fd, self->snapshot, ROOM, 0));
	EXPECT_EQ(ESTALE, errno);
	close(fd);

	fd = open("kvm/" STATSFS_SNAPSHOT_NAME, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_LT(0, read(fd, self->snapshot, ROOM));
	close(fd);
}

TEST_HARNESS_MAIN
