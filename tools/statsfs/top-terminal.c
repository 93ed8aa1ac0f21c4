// SPDX-License-Identifier: GPL-2.0
/*
 * Whether "statsfs top" can use the terminal.  Apart from the rest, because
 * term.h has macros of many common words.
 */

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "program.h"
#include "top-view.h"

#include <curses.h>
#include <term.h>

static int refuse_type(const char *why)
{
	const char *term = getenv("TERM");

	return complain("a terminal of type '%s' %s; set TERM, or " TOP_INSTEAD,
			term ? term : "", why);
}

int top_terminal_check(bool *has_blocks)
{
	const char *move;
	int result;

	*has_blocks = !strcmp(nl_langinfo(CODESET), "UTF-8");
	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return complain("standard %s is no terminal; " TOP_INSTEAD,
				isatty(STDOUT_FILENO) ? "input" : "output");
	if (setupterm(NULL, STDOUT_FILENO, &result) != OK)
		return refuse_type("is not known");
	move = tigetstr("cup");
	if (!move || move == (char *)-1)
		return refuse_type("cannot be written to at any place");
	return STATUS_OK;
}
