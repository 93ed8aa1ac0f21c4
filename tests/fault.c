// SPDX-License-Identifier: GPL-2.0
/*
 * usage: fault FILE COMMAND
 *
 * Reads FILE into memory that is not there.  While the kernel copies, and waits
 * for the page, COMMAND is run by sh.  Then the page is given, and what was
 * read printed.
 *
 * A reader that faults must not delay COMMAND: if it has not ended after
 * SECONDS, the page is given all the same, and the exit status is 1.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS	20

static int file;
static char *page;
static size_t page_size;

static void *reader(void *unused)
{
	ssize_t len = read(file, page, 64);

	(void)unused;
	if (len < 0)
		printf("%m\n");
	else
		printf("%.*s", (int)len, page);
	return NULL;
}

static int open_userfaultfd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { .start = (unsigned long)page, .len = page_size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		err(2, "userfaultfd");
	return fd;
}

static void await_fault(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	struct uffd_msg msg;

	if (poll(&pollfd, 1, SECONDS * 1000) != 1 ||
	    read(fd, &msg, sizeof(msg)) != sizeof(msg))
		errx(2, "no fault");
}

static void give_page(int fd)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (unsigned long)page, .len = page_size },
	};

	if (ioctl(fd, UFFDIO_ZEROPAGE, &zero))
		err(2, "UFFDIO_ZEROPAGE");
}

/* Whether the command ends, and well, before the time is over. */
static bool run(const char *command)
{
	const struct timespec limit = { .tv_sec = SECONDS };
	sigset_t child;
	int status;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	switch (fork()) {
	case -1:
		err(2, "fork");
	case 0:
		sigprocmask(SIG_UNBLOCK, &child, NULL);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	if (sigtimedwait(&child, NULL, &limit) < 0) {
		puts("late");
		return false;
	}
	return wait(&status) > 0 && !status;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	bool ok;
	int fd;

	if (argc != 3)
		errx(2, "usage: fault FILE COMMAND");
	file = open(argv[1], O_RDONLY);
	if (file < 0)
		err(2, "%s", argv[1]);
	page_size = sysconf(_SC_PAGESIZE);
	page = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(2, "mmap");
	fd = open_userfaultfd();
	if (pthread_create(&thread, NULL, reader, NULL))
		errx(2, "pthread_create");
	await_fault(fd);
	ok = run(argv[2]);
	give_page(fd);
	pthread_join(thread, NULL);
	return !ok;
}
