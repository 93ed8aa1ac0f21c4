// SPDX-License-Identifier: GPL-2.0
/*
 * Does the system calls that it is told, one after the other, and prints a line
 * with the results: numbers, what was read, or the names of errors.
 *
 *	$ sys open r /sys/kernel/stats/foo/bar pread 2 0 read 64 write 0
 *	0 12 123\n EBADF
 *
 * "open" and "fd" choose the file that later operations are about.  Text is
 * read and written with the escapes of C: \n, \t, \0, \\.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TEXT_SIZE	4096
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct text {
	size_t len;
	char data[TEXT_SIZE];
};

static int fd = -1;
static struct text text;

static long to_number(const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 0);

	if (!*arg || *end) {
		fprintf(stderr, "sys: %s is not a number\n", arg);
		exit(2);
	}
	return n;
}

static void unescape(const char *arg)
{
	text.len = 0;
	while (*arg && text.len < TEXT_SIZE) {
		char c = *arg++;

		if (c == '\\') {
			c = *arg++;
			if (c == 'n')
				c = '\n';
			else if (c == 't')
				c = '\t';
			else if (c == '0')
				c = '\0';
		}
		text.data[text.len++] = c;
	}
}

static void print_space(void)
{
	static bool need_space;

	if (need_space)
		putchar(' ');
	need_space = true;
}

static void print_text(const char *data, size_t len)
{
	print_space();
	for (; len; len--, data++) {
		if (*data == '\n')
			fputs("\\n", stdout);
		else if (*data)
			putchar(*data);
		else
			fputs("\\0", stdout);
	}
}

static void print_result(long result)
{
	int error = errno;

	print_space();
	if (result < 0)
		fputs(strerrorname_np(error), stdout);
	else
		printf("%ld", result);
}

static void print_read(ssize_t result)
{
	if (result > 0)
		print_text(text.data, result);
	else if (result)
		print_result(result);
	else
		print_text("EOF", 3);
}

/* The current file */

static void do_fd(char **arg)
{
	fd = to_number(arg[0]);
}

static int open_flags(const char *letters)
{
	static const struct {
		char letter;
		int flag;
	} flags[] = {
		{ 'a', O_APPEND }, { 'c', O_CREAT }, { 'd', O_DIRECTORY },
		{ 'p', O_PATH }, { 't', O_TRUNC }, { 'x', O_EXCL },
	};
	int result = strchr(letters, 'w') ? O_WRONLY : O_RDONLY;
	size_t i;

	if (strchr(letters, 'w') && strchr(letters, 'r'))
		result = O_RDWR;
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (strchr(letters, flags[i].letter))
			result |= flags[i].flag;
	return result;
}

static void do_open(char **arg)
{
	if (fd >= 0)
		close(fd);
	fd = open(arg[1], open_flags(arg[0]), 0666);
	print_result(fd < 0 ? fd : 0);
}

static void do_read(char **arg)
{
	print_read(read(fd, text.data, to_number(arg[0])));
}

static void do_pread(char **arg)
{
	print_read(pread(fd, text.data, to_number(arg[0]), to_number(arg[1])));
}

static void do_readv(char **arg)
{
	size_t first = to_number(arg[0]), second = to_number(arg[1]);
	struct iovec iov[] = {
		{ text.data, first }, { text.data + first, second },
	};

	print_read(readv(fd, iov, 2));
}

static void do_read_null(char **arg)
{
	print_result(read(fd, NULL, to_number(arg[0])));
}

static void do_lseek(char **arg)
{
	int whence = SEEK_SET;

	if (!strcmp(arg[1], "cur"))
		whence = SEEK_CUR;
	else if (!strcmp(arg[1], "end"))
		whence = SEEK_END;
	print_result(lseek(fd, to_number(arg[0]), whence));
}

static void do_write(char **arg)
{
	unescape(arg[0]);
	print_result(write(fd, text.data, text.len));
}

static void do_pwrite(char **arg)
{
	unescape(arg[0]);
	print_result(pwrite(fd, text.data, text.len, to_number(arg[1])));
}

static void do_writev(char **arg)
{
	struct iovec iov[2];

	iov[0].iov_base = arg[0];
	iov[0].iov_len = strlen(arg[0]);
	iov[1].iov_base = arg[1];
	iov[1].iov_len = strlen(arg[1]);
	print_result(writev(fd, iov, 2));
}

static void do_write_null(char **arg)
{
	print_result(write(fd, NULL, to_number(arg[0])));
}

/* A write of so many bytes: zeroes in ASCII. */
static void do_write_long(char **arg)
{
	size_t len = to_number(arg[0]);
	char *data = malloc(len);

	if (!data)
		abort();
	memset(data, '0', len);
	print_result(write(fd, data, len));
	free(data);
}

static void do_sendfile(char **arg)
{
	int end[2];
	ssize_t len;

	if (pipe(end))
		abort();
	len = sendfile(end[1], fd, NULL, to_number(arg[0]));
	if (len > 0)
		len = read(end[0], text.data, TEXT_SIZE);
	print_read(len);
	close(end[0]);
	close(end[1]);
}

static void do_splice(char **arg)
{
	int end[2];
	ssize_t len;

	if (pipe(end))
		abort();
	len = splice(fd, NULL, end[1], NULL, to_number(arg[0]), 0);
	if (len > 0)
		len = read(end[0], text.data, TEXT_SIZE);
	print_read(len);
	close(end[0]);
	close(end[1]);
}

static void do_splice_in(char **arg)
{
	int end[2];

	unescape(arg[0]);
	if (pipe(end) || write(end[1], text.data, text.len) < 0)
		abort();
	print_result(splice(end[0], NULL, fd, NULL, text.len, 0));
	close(end[0]);
	close(end[1]);
}

static void map(int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

	print_result(p == MAP_FAILED ? -1 : 0);
}

static void do_mmap(char **arg)
{
	(void)arg;
	map(PROT_READ);
}

static void do_mmap_exec(char **arg)
{
	(void)arg;
	map(PROT_READ | PROT_EXEC);
}

/* Bytes of the current file or disk that are in the page cache. */
static void do_cached(char **arg)
{
	long page = sysconf(_SC_PAGESIZE), pages, cached = 0;
	off_t size = lseek(fd, 0, SEEK_END);
	unsigned char *resident;
	void *map;

	(void)arg;
	pages = (size + page - 1) / page;
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	resident = calloc(pages, 1);
	if (map == MAP_FAILED || !resident || mincore(map, size, resident)) {
		print_result(-1);
	} else {
		while (pages--)
			cached += resident[pages] & 1;
		print_result(cached * page);
	}
	if (map != MAP_FAILED)
		munmap(map, size);
	free(resident);
}

/* Memory of our own, aligned to what huge pages of most machines are. */

#define HUGE_SIZE	(2l << 20)

static char *memory;
static long memory_size;

static void do_map(char **arg)
{
	memory_size = to_number(arg[0]);
	memory = mmap(NULL, memory_size + HUGE_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	print_result(memory == MAP_FAILED ? -1 : 0);
	memory += HUGE_SIZE - (unsigned long)memory % HUGE_SIZE;
}

static void do_map_file(char **arg)
{
	memory_size = to_number(arg[0]);
	memory = mmap(NULL, memory_size, PROT_READ, MAP_SHARED, fd, 0);
	print_result(memory == MAP_FAILED ? -1 : 0);
}

static void do_dirty(char **arg)
{
	(void)arg;
	memset(memory, 1, memory_size);
}

static void do_mlock(char **arg)
{
	(void)arg;
	print_result(mlock(memory, memory_size));
}

static void do_madvise(char **arg)
{
	print_result(madvise(memory, memory_size, to_number(arg[0])));
}

static void do_ioctl(char **arg)
{
	print_result(ioctl(fd, to_number(arg[0]), NULL));
}

static void do_ftruncate(char **arg)
{
	print_result(ftruncate(fd, to_number(arg[0])));
}

static void do_fallocate(char **arg)
{
	print_result(fallocate(fd, 0, 0, to_number(arg[0])));
}

/* Paths */

static void do_access(char **arg)
{
	print_result(faccessat(AT_FDCWD, arg[1], to_number(arg[0]), AT_EACCESS));
}

static void do_truncate(char **arg)
{
	print_result(truncate(arg[1], to_number(arg[0])));
}

static void do_mkdir(char **arg)
{
	print_result(mkdir(arg[0], 0777));
}

static void do_rmdir(char **arg)
{
	print_result(rmdir(arg[0]));
}

static void do_mknod(char **arg)
{
	print_result(mknod(arg[0], S_IFIFO | 0666, 0));
}

static void do_unlink(char **arg)
{
	print_result(unlink(arg[0]));
}

static void do_rename(char **arg)
{
	print_result(rename(arg[0], arg[1]));
}

static void do_exchange(char **arg)
{
	print_result(renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1],
			       RENAME_EXCHANGE));
}

static void do_link(char **arg)
{
	print_result(link(arg[0], arg[1]));
}

static void do_symlink(char **arg)
{
	print_result(symlink(arg[0], arg[1]));
}

static void do_chmod(char **arg)
{
	print_result(chmod(arg[1], to_number(arg[0])));
}

static void do_chown(char **arg)
{
	print_result(chown(arg[1], to_number(arg[0]), -1));
}

static void do_utimes(char **arg)
{
	print_result(utimensat(AT_FDCWD, arg[0], NULL, 0));
}

static void do_setxattr(char **arg)
{
	print_result(setxattr(arg[0], "user.x", "y", 1, 0));
}

static void do_exec(char **arg)
{
	print_result(execl(arg[0], arg[0], NULL));
}

static void do_statfs(char **arg)
{
	struct statfs st;

	if (statfs(arg[0], &st)) {
		print_result(-1);
		return;
	}
	print_space();
	printf("%#lx %ld", (long)st.f_type, (long)st.f_namelen);
}

static void do_mount(char **arg)
{
	print_result(mount("none", arg[0], "statsfs", 0, arg[1]));
}

static void do_remount(char **arg)
{
	print_result(mount("none", arg[0], "statsfs", MS_REMOUNT, arg[1]));
}

static void do_umount(char **arg)
{
	print_result(umount(arg[0]));
}

/* Ourselves */

static void do_user(char **arg)
{
	gid_t gid = to_number(arg[1]);

	print_result(setgroups(0, NULL) || setresgid(gid, gid, gid) ||
		     setuid(to_number(arg[0])) ? -1 : 0);
}

static void do_run(char **arg)
{
	fflush(stdout);
	if (system(arg[0]))
		print_text("failed", 6);
}

static void do_stop(char **arg)
{
	(void)arg;
	print_result(raise(SIGSTOP));
}

static const struct op {
	const char *name;
	int nr_args;
	void (*run)(char **arg);
	const char *args;
} ops[] = {
	{ "fd",		1, do_fd,		"NUMBER" },
	{ "open",	2, do_open,		"[rwacdptx]... PATH" },
	{ "read",	1, do_read,		"SIZE" },
	{ "pread",	2, do_pread,		"SIZE OFFSET" },
	{ "readv",	2, do_readv,		"SIZE SIZE" },
	{ "read-null",	1, do_read_null,	"SIZE" },
	{ "lseek",	2, do_lseek,		"OFFSET set|cur|end" },
	{ "write",	1, do_write,		"TEXT" },
	{ "pwrite",	2, do_pwrite,		"TEXT OFFSET" },
	{ "writev",	2, do_writev,		"TEXT TEXT" },
	{ "write-null",	1, do_write_null,	"SIZE" },
	{ "write-long",	1, do_write_long,	"SIZE" },
	{ "sendfile",	1, do_sendfile,		"SIZE" },
	{ "splice",	1, do_splice,		"SIZE" },
	{ "splice-in",	1, do_splice_in,	"TEXT" },
	{ "mmap",	0, do_mmap,		"" },
	{ "mmap-exec",	0, do_mmap_exec,	"" },
	{ "cached",	0, do_cached,		"" },
	{ "map",	1, do_map,		"SIZE" },
	{ "map-file",	1, do_map_file,		"SIZE" },
	{ "dirty",	0, do_dirty,		"" },
	{ "mlock",	0, do_mlock,		"" },
	{ "madvise",	1, do_madvise,		"ADVICE" },
	{ "ioctl",	1, do_ioctl,		"REQUEST" },
	{ "ftruncate",	1, do_ftruncate,	"SIZE" },
	{ "fallocate",	1, do_fallocate,	"SIZE" },
	{ "access",	2, do_access,		"MODE PATH" },
	{ "truncate",	2, do_truncate,		"SIZE PATH" },
	{ "mkdir",	1, do_mkdir,		"PATH" },
	{ "rmdir",	1, do_rmdir,		"PATH" },
	{ "mknod",	1, do_mknod,		"PATH" },
	{ "unlink",	1, do_unlink,		"PATH" },
	{ "rename",	2, do_rename,		"PATH PATH" },
	{ "exchange",	2, do_exchange,		"PATH PATH" },
	{ "link",	2, do_link,		"PATH PATH" },
	{ "symlink",	2, do_symlink,		"TARGET PATH" },
	{ "chmod",	2, do_chmod,		"MODE PATH" },
	{ "chown",	2, do_chown,		"UID PATH" },
	{ "utimes",	1, do_utimes,		"PATH" },
	{ "setxattr",	1, do_setxattr,		"PATH" },
	{ "exec",	1, do_exec,		"PATH" },
	{ "statfs",	1, do_statfs,		"PATH" },
	{ "mount",	2, do_mount,		"PATH OPTIONS" },
	{ "remount",	2, do_remount,		"PATH OPTIONS" },
	{ "umount",	1, do_umount,		"PATH" },
	{ "run",	1, do_run,		"COMMAND" },
	{ "user",	2, do_user,		"UID GID" },
	{ "stop",	0, do_stop,		"" },
	{ }
};

static void die(void)
{
	const struct op *op;

	fputs("usage: sys OPERATION...\n", stderr);
	for (op = ops; op->name; op++)
		fprintf(stderr, "  %s %s\n", op->name, op->args);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct op *op;

	(void)argc;
	for (argv++; *argv; argv += op->nr_args) {
		char **arg = argv++;
		int i;

		for (op = ops; op->name && strcmp(op->name, *arg); op++)
			;
		if (!op->name)
			die();
		for (i = 0; i < op->nr_args; i++)
			if (!argv[i])
				die();
		op->run(argv);
	}
	putchar('\n');
	return 0;
}
