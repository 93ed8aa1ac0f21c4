// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs snapshot: all numbers below a directory.
 */

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "program.h"

static int print_text(const struct statsfs_snapshot *s)
{
	const struct statsfs_value *v;
	char path[PATH_SIZE];
	int status = STATUS_OK;
	unsigned int i;

	for (i = 0; (v = statsfs_value_at(s, i)); i++) {
		value_path(v, path);
		status |= print_value(s, v, path, false);
	}
	return status;
}

const struct verb_option snapshot_options[] = {
	{ 'j', "json", NULL, "as one JSON document" },
	{}
};

int cmd_snapshot(int argc, char **argv)
{
	struct statsfs_snapshot *s;
	bool json = false;
	int option, status;

	while ((option = next_option(argc, argv, snapshot_options)) != -1) {
		if (option != 'j')
			return usage_error(argv[0]);
		json = true;
	}
	if (argc - optind > 1)
		return usage_error(argv[0]);
	s = open_snapshot(optind < argc ? argv[optind] : default_directory());
	if (!s)
		return STATUS_FAILED;
	status = json ? print_json(s) : print_text(s);
	statsfs_free(s);
	return status;
}
