// SPDX-License-Identifier: GPL-2.0
/*
 * usage: hammer MAX FILE...
 *
 * Opens and reads the files in turn, again and again, until its standard input
 * ends.  Each stays open for a round and is read once more then.  The files may
 * come and go meanwhile.  Prints how often a number was read, a file was not
 * there, or was gone when it was read.  Anything else, or a number above MAX, is
 * wrong, printed, and makes the exit status 1.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_SIZE	64

static unsigned long long largest;
static unsigned long numbers, missing, gone, wrong;

static void is_wrong(const char *path, const char *what)
{
	if (!wrong++)
		printf("%s: %s\n", path, what);
}

/* A decimal number, not above the largest, and a newline. */
static bool is_number(const char *text, size_t len)
{
	size_t n = strspn(text, "0123456789");

	return n && n + 1 == len && text[n] == '\n' &&
	       strtoull(text, NULL, 10) <= largest;
}

static void look_at(const char *path, int fd)
{
	char text[TEXT_SIZE];
	ssize_t len;

	len = pread(fd, text, sizeof(text) - 1, 0);
	if (len < 0 && errno == ENODEV) {
		gone++;
	} else if (len < 0) {
		is_wrong(path, strerror(errno));
	} else {
		text[len] = '\0';
		if (is_number(text, len))
			numbers++;
		else
			is_wrong(path, text);
	}
}

/* What is open of the file is read; returns what is open of it now, or -1. */
static int hit(const char *path, int fd)
{
	if (fd >= 0) {
		look_at(path, fd);
		close(fd);
	}
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		look_at(path, fd);
	else if (errno == ENOENT)
		missing++;
	else
		is_wrong(path, strerror(errno));
	return fd;
}

static bool told_to_stop(void)
{
	struct pollfd pollfd = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&pollfd, 1, 0) > 0;
}

int main(int argc, char **argv)
{
	int i, *fds;

	if (argc < 3)
		errx(2, "usage: hammer MAX FILE...");
	largest = strtoull(argv[1], NULL, 0);
	fds = calloc(argc, sizeof(*fds));
	if (!fds)
		err(2, "calloc");
	for (i = 2; i < argc; i++)
		fds[i] = -1;
	while (!told_to_stop())
		for (i = 2; i < argc; i++)
			fds[i] = hit(argv[i], fds[i]);
	printf("numbers %lu missing %lu gone %lu wrong %lu\n", numbers, missing,
	       gone, wrong);
	return wrong > 0;
}
