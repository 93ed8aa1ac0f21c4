// SPDX-License-Identifier: GPL-2.0
/*
 * usage: reread FILE
 *
 * Keeps a file open and reads it again and again, until it gets a SIGTERM; then it
 * prints how often.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static unsigned long reads;

static void stop(int signal)
{
	(void)signal;
	dprintf(STDOUT_FILENO, "%lu\n", reads);
	_exit(0);
}

int main(int argc, char **argv)
{
	char text[4096];
	int fd;

	if (argc != 2)
		errx(2, "usage: reread FILE");
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		err(1, "%s", argv[1]);
	signal(SIGTERM, stop);
	for (;; reads++)
		if (pread(fd, text, sizeof(text), 0) <= 0)
			err(1, "%s", argv[1]);
}
