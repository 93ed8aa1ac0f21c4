// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs: shows the kernel's statistics.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

/**
 * struct verb - what the program can do
 * @name: its name
 * @arguments: what follows the name
 * @help: what it does, in one line
 * @run: does it
 */
struct verb {
	const char *name;
	const char *arguments;
	const char *help;
	int (*run)(int argc, char **argv);
};

static const struct verb verbs[] = {
	{ "compare", "", "kstats beside /proc: what differs, and the costs",
	  cmd_compare },
	{ "get", "[-n] PATH...", "the numbers of files and directories", cmd_get },
	{ "snapshot", "[--json] [DIR|FILE]", "all numbers below a directory",
	  cmd_snapshot },
};

#define NR_VERBS (sizeof(verbs) / sizeof(*verbs))

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static void print_help(void)
{
	size_t i;

	printf("usage: statsfs VERB [ARGUMENT...]\n\n"
	       "Shows statistics of the kernel.\n\n");
	for (i = 0; i < NR_VERBS; i++)
		printf("  %-8s %-20s  %s\n", verbs[i].name, verbs[i].arguments,
		       verbs[i].help);
	printf("\n  --help     this text\n  --version  the version\n\n"
	       "See statsfs(1).\n");
}

int usage_error(const char *name)
{
	const struct verb *verb = find_verb(name);

	fprintf(stderr, "usage: statsfs %s %s\n", name,
		verb ? verb->arguments : "");
	return STATUS_USAGE;
}

static int run_option(const char *option)
{
	if (!strcmp(option, "--help") || !strcmp(option, "-h")) {
		print_help();
		return STATUS_OK;
	}
	if (!strcmp(option, "--version") || !strcmp(option, "-V")) {
		puts("statsfs " VERSION);
		return STATUS_OK;
	}
	complain("there is no '%s'; see statsfs --help", option);
	return STATUS_USAGE;
}

static int run(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2) {
		fprintf(stderr, "usage: statsfs VERB [ARGUMENT...]; see statsfs --help\n");
		return STATUS_USAGE;
	}
	verb = find_verb(argv[1]);
	if (!verb)
		return run_option(argv[1]);
	return verb->run(argc - 1, argv + 1);
}

/* What was printed may be lost only when it is written: to a full disk, say. */
int main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (fflush(stdout) || ferror(stdout))
		return complain("cannot write: %m");
	return status;
}
