// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs: shows the kernel's statistics.
 */

#include <locale.h>
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
 * @options: its options, for --help; NULL: none
 * @print_more: what else --help shows
 */
struct verb {
	const char *name;
	const char *arguments;
	const char *help;
	int (*run)(int argc, char **argv);
	const struct verb_option *options;
	void (*print_more)(void);
};

static const struct verb verbs[] = {
	{ "compare", "", "kstats beside /proc: what differs, and the costs",
	  .run = cmd_compare },
	{ "export", "[OPTION...] [PATTERN...]",
	  "metrics for Prometheus: to standard output, a file or by HTTP",
	  .run = cmd_export, .options = export_options,
	  .print_more = print_export_help },
	{ "get", "[-n] [--json] PATTERN...",
	  "the numbers of files and directories",
	  .run = cmd_get, .options = get_options },
	{ "ls", "[OPTION...] [PATTERN...]",
	  "what is in a directory, or all below it, with units and the like",
	  .run = cmd_ls, .options = ls_options, .print_more = print_ls_columns },
	{ "report", "", "buffers of network, disks and memory on one page",
	  .run = cmd_report, .options = report_options },
	{ "reset", "[--dry-run] PATTERN...", "start again from 0",
	  .run = cmd_reset, .options = reset_options },
	{ "snapshot", "[--json] [DIR|FILE]", "all numbers below a directory",
	  .run = cmd_snapshot, .options = snapshot_options },
	{ "top", "[OPTION...] [PATTERN...]", "numbers as they change, and their rates",
	  .run = cmd_top, .options = top_options },
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
		printf("  %-8s %-24s  %s\n", verbs[i].name, verbs[i].arguments,
		       verbs[i].help);
	printf("\n  --help     this text; also behind a verb\n"
	       "  --version  the version\n\n"
	       "See statsfs(1).\n");
}

static void print_usage(FILE *file, const struct verb *verb)
{
	if (verb)
		fprintf(file, "usage: statsfs %s%s%s\n", verb->name,
			*verb->arguments ? " " : "", verb->arguments);
}

void print_verb_help(const char *name)
{
	const struct verb *verb = find_verb(name);

	if (!verb)
		return;
	print_usage(stdout, verb);
	printf("\n%s\n\n", verb->help);
	print_options(verb->options);
	if (verb->print_more)
		verb->print_more();
}

int usage_error(const char *name)
{
	print_usage(stderr, find_verb(name));
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
int finish_output(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return complain("cannot write: %m");
	return status;
}

int main(int argc, char **argv)
{
	/* Names have letters; numbers are as in the files. */
	setlocale(LC_CTYPE, "");
	return finish_output(run(argc, argv));
}
