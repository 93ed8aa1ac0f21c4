// SPDX-License-Identifier: GPL-2.0
/*
 * A function for GNU make, $(exec PROGRAM,ARGUMENT,...): make becomes PROGRAM.
 *
 * When a recipe fails, make's own exit status is always 2. "make vm" has to
 * end with the status of the command that it ran, so in the end make is
 * replaced by the program that knows it. Arguments arrive as they are: no shell
 * sees them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <gnumake.h>

int plugin_is_GPL_compatible;

static char *become(const char *name, unsigned int argc, char **argv)
{
	(void)name;
	(void)argc;
	fflush(NULL);
	execvp(argv[0], argv);
	perror(argv[0]);
	exit(EXIT_FAILURE);
}

int exec_gmk_setup(void);

int exec_gmk_setup(void)
{
	gmk_add_function("exec", become, 1, 0, GMK_FUNC_DEFAULT);
	return 1;
}
