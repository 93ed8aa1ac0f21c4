// SPDX-License-Identifier: GPL-2.0
/*
 * Options of verbs: one table for what is accepted and what --help says.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

#define MAX_OPTIONS	32

static const struct verb_option help_option = {
	'h', "help", NULL, "this text",
};

static int argument_kind(const struct verb_option *option)
{
	return option->argument ? required_argument : no_argument;
}

static size_t add_letter(char *letters, const struct verb_option *option)
{
	if (option->letter > 0xff)
		return 0;
	return sprintf(letters, "%c%s", option->letter, option->argument ? ":" : "");
}

int next_option(int argc, char **argv, const struct verb_option *table)
{
	struct option options[MAX_OPTIONS] = {};
	char letters[2 * MAX_OPTIONS + 1], *end = letters;
	int i, n;

	for (n = 0; n < MAX_OPTIONS - 2 && table && table[n].name; n++) {
		options[n].name = table[n].name;
		options[n].has_arg = argument_kind(&table[n]);
		options[n].val = table[n].letter;
		end += add_letter(end, &table[n]);
	}
	options[n].name = help_option.name;
	options[n].val = help_option.letter;
	add_letter(end, &help_option);
	i = getopt_long(argc, argv, letters, options, NULL);
	if (i == help_option.letter) {
		print_verb_help(argv[0]);
		exit(finish_output(STATUS_OK));
	}
	return i;
}

static void print_option(const struct verb_option *option)
{
	char text[64];
	int length = 0;

	if (option->letter > 0xff)
		length += sprintf(text, "    ");
	else
		length += sprintf(text, "-%c, ", option->letter);
	snprintf(text + length, sizeof(text) - length, "--%s%s%s", option->name,
		 option->argument ? "=" : "",
		 option->argument ? option->argument : "");
	printf("  %-22s  %s\n", text, option->help);
}

void print_options(const struct verb_option *table)
{
	for (; table && table->name; table++)
		print_option(table);
	print_option(&help_option);
}
