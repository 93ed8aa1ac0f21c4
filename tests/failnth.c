// SPDX-License-Identifier: GPL-2.0
/*
 * usage: failnth N OPERATION ARGUMENT...
 *
 * Does one operation whose Nth allocation in the kernel fails; with 0, none
 * does.  Prints 0 or the name of the operation's error, then "failed" if there
 * was an Nth allocation or "none", then what was read: of a new network namespace,
 * what statsfs shows there of the network.
 *
 * Which allocations count is set in debugfs: failslab/ignore-gfp-wait.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/loop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEXT_SIZE	4096
#define MESSAGE_SIZE	256

static int fd = -1;
static char text[TEXT_SIZE];

static void must_open(const char *path, int flags)
{
	fd = open(path, flags);
	if (fd < 0)
		err(2, "%s", path);
}

/* Modules */

static void prepare_load(char **arg)
{
	must_open(arg[0], O_RDONLY);
}

static long do_load(char **arg)
{
	return syscall(SYS_finit_module, fd, arg[1], 0);
}

static long do_unload(char **arg)
{
	return syscall(SYS_delete_module, arg[0], O_NONBLOCK);
}

/* File systems */

static long do_mount(char **arg)
{
	return mount("none", arg[0], "statsfs", 0, arg[1]);
}

static long do_umount(char **arg)
{
	return umount(arg[0]);
}

static long do_open(char **arg)
{
	return open(arg[0], O_RDONLY) < 0 ? -1 : 0;
}

static void prepare_read(char **arg)
{
	must_open(arg[0], O_RDONLY);
}

static long do_read(char **arg)
{
	ssize_t len = read(fd, text, TEXT_SIZE - 1);

	(void)arg;
	return len < 0 ? -1 : 0;
}

static void prepare_write(char **arg)
{
	must_open(arg[0], O_WRONLY);
}

static long do_write(char **arg)
{
	return write(fd, arg[1], strlen(arg[1])) < 0 ? -1 : 0;
}

/* Network devices */

static struct {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char attributes[MESSAGE_SIZE];
} message;

static struct rtattr *add_attribute(int type, const char *string)
{
	char *end = (char *)&message + message.header.nlmsg_len;
	struct rtattr *attribute = (void *)end;

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(string ? strlen(string) + 1 : 0);
	if (string)
		strcpy(RTA_DATA(attribute), string);
	message.header.nlmsg_len += RTA_ALIGN(attribute->rta_len);
	return attribute;
}

/* RTM_NEWLINK of a dummy device. */
static void prepare_add_dummy(char **arg)
{
	struct rtattr *nest;

	if (strlen(arg[0]) >= IFNAMSIZ)
		errx(2, "%s is too long", arg[0]);
	message.header.nlmsg_len = NLMSG_LENGTH(sizeof(message.info));
	message.header.nlmsg_type = RTM_NEWLINK;
	message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL |
				     NLM_F_ACK;
	add_attribute(IFLA_IFNAME, arg[0]);
	nest = add_attribute(IFLA_LINKINFO, NULL);
	add_attribute(IFLA_INFO_KIND, "dummy");
	nest->rta_len = (char *)&message + message.header.nlmsg_len - (char *)nest;
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (fd < 0)
		err(2, "netlink");
}

static long do_send(char **arg)
{
	(void)arg;
	return send(fd, &message, message.header.nlmsg_len, 0) < 0 ? -1 : 0;
}

/* The message may have been refused, or the answer lost: ENOBUFS. */
static long finish_send(char **arg)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[MESSAGE_SIZE];
	} answer;

	(void)arg;
	if (recv(fd, &answer, sizeof(answer), MSG_DONTWAIT) < 0)
		return -1;
	errno = -answer.error.error;
	return errno ? -1 : 0;
}

static void prepare_rename_link(char **arg)
{
	if (strlen(arg[0]) >= IFNAMSIZ || strlen(arg[1]) >= IFNAMSIZ)
		errx(2, "a name is too long");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		err(2, "socket");
}

static long do_rename_link(char **arg)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	strcpy(request.ifr_name, arg[0]);
	strcpy(request.ifr_newname, arg[1]);
	return ioctl(fd, SIOCSIFNAME, &request);
}

static long do_unshare(char **arg)
{
	(void)arg;
	return unshare(CLONE_NEWNET);
}

static void read_names(const char *path)
{
	struct dirent **names;
	int i, n = scandir(path, &names, NULL, alphasort);

	for (i = 0; i < n; i++) {
		if (strlen(text) + strlen(names[i]->d_name) + 3 > TEXT_SIZE)
			errx(2, "%s has too many names", path);
		strcat(text, names[i]->d_name);
		strcat(text, i == n - 1 ? "; " : " ");
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* statsfs is mounted in the new namespace, and what it has there is named. */
static long finish_unshare(char **arg)
{
	if (mount("none", arg[0], "statsfs", 0, NULL)) {
		sprintf(text, "no mount: %s", strerrorname_np(errno));
		return 0;
	}
	if (chdir(arg[0]))
		err(2, "%s", arg[0]);
	read_names("bufstat");
	read_names("bufstat/net");
	read_names("bufstat/net/lo");
	read_names("bufstat/sock");
	if (chdir("/") || umount(arg[0]))
		err(2, "%s", arg[0]);
	return 0;
}

/* Disks */

static void prepare_loop(char **arg)
{
	(void)arg;
	must_open("/dev/loop-control", O_RDWR);
}

static long do_add_loop(char **arg)
{
	return ioctl(fd, LOOP_CTL_ADD, atol(arg[0])) < 0 ? -1 : 0;
}

static long do_remove_loop(char **arg)
{
	return ioctl(fd, LOOP_CTL_REMOVE, atol(arg[0])) < 0 ? -1 : 0;
}

static const struct op {
	const char *name;
	int nr_args;
	const char *args;
	long (*run)(char **arg);	/* what fails */
	void (*prepare)(char **arg);
	long (*finish)(char **arg);	/* its result counts, if run has one */
} ops[] = {
	{ "load", 2, "FILE PARAMETERS", .run = do_load, .prepare = prepare_load },
	{ "unload", 1, "MODULE", .run = do_unload },
	{ "mount", 2, "PATH OPTIONS", .run = do_mount },
	{ "umount", 1, "PATH", .run = do_umount },
	{ "open", 1, "PATH", .run = do_open },
	{ "read", 1, "PATH", .run = do_read, .prepare = prepare_read },
	{ "write", 2, "PATH TEXT", .run = do_write, .prepare = prepare_write },
	{ "add-dummy", 1, "NAME", .run = do_send, .prepare = prepare_add_dummy,
	  .finish = finish_send },
	{ "rename-link", 2, "NAME NAME", .run = do_rename_link,
	  .prepare = prepare_rename_link },
	{ "unshare", 1, "PATH", .run = do_unshare, .finish = finish_unshare },
	{ "add-loop", 1, "NUMBER", .run = do_add_loop, .prepare = prepare_loop },
	{ "remove-loop", 1, "NUMBER", .run = do_remove_loop,
	  .prepare = prepare_loop },
	{ }
};

static void die(void)
{
	const struct op *op;

	fputs("usage: failnth N OPERATION ARGUMENT...\n", stderr);
	for (op = ops; op->name; op++)
		fprintf(stderr, "  %s %s\n", op->name, op->args);
	exit(2);
}

static const struct op *find_op(const char *name, int nr_args)
{
	const struct op *op;

	for (op = ops; op->name; op++)
		if (!strcmp(op->name, name) && op->nr_args == nr_args)
			return op;
	die();
	return NULL;
}

/* Whether the allocation was reached: then the kernel has counted down to 0. */
static bool run(const struct op *op, char **arg, const char *nth, long *result)
{
	int control = open("/proc/thread-self/fail-nth", O_RDWR);
	int error;
	char left[16] = "";

	if (control < 0 || pwrite(control, nth, strlen(nth), 0) < 0)
		err(2, "fail-nth");
	*result = op->run(arg);
	error = errno;
	if (pread(control, left, sizeof(left) - 1, 0) < 0 ||
	    pwrite(control, "0", 1, 0) < 0)
		err(2, "fail-nth");
	errno = error;
	return atoi(nth) && !atoi(left);
}

int main(int argc, char **argv)
{
	const struct op *op;
	bool failed;
	long result;

	if (argc < 3)
		die();
	op = find_op(argv[2], argc - 3);
	if (op->prepare)
		op->prepare(argv + 3);
	failed = run(op, argv + 3, argv[1], &result);
	if (!result && op->finish)
		result = op->finish(argv + 3);
	printf("%s %s %s", result ? strerrorname_np(errno) : "0",
	       failed ? "failed" : "none", text);
	if (!*text)
		putchar('\n');
	return 0;
}
