// SPDX-License-Identifier: GPL-2.0
/*
 * usage: pingpong ROUNDS
 *
 * Two processes pass a byte to and fro through pipes, so that each waits for the
 * other: on one CPU that makes two context switches in each round.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends with the other process, without a word: somebody has killed that. */
static void get(int fd)
{
	char byte;
	ssize_t n = read(fd, &byte, 1);

	if (n < 0)
		err(1, "read");
	if (!n)
		exit(1);
}

static void put(int fd)
{
	if (write(fd, "", 1) != 1)
		err(1, "write");
}

int main(int argc, char **argv)
{
	unsigned long i, rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	int there[2], back[2], status;

	if (!rounds)
		errx(2, "usage: pingpong ROUNDS");
	if (pipe(there) || pipe(back))
		err(1, "pipe");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(there[1]);
		close(back[0]);
		for (i = 0; i < rounds; i++) {
			get(there[0]);
			put(back[1]);
		}
		return 0;
	}
	close(there[0]);
	close(back[1]);
	for (i = 0; i < rounds; i++) {
		put(there[1]);
		get(back[0]);
	}
	if (wait(&status) < 0 || status)
		errx(1, "the other process failed");
	return 0;
}
