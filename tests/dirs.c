// SPDX-License-Identifier: GPL-2.0
/*
 * Reads directories a few entries at a time, as readdir(3) does not.
 *
 *   dirs walk DIR	compares each entry at and below DIR with what stat()
 *			says, prints what is wrong, and how many there are
 *   dirs read DIR STEP...
 *	next NUMBER	prints the names of so many entries, or of those left,
 *			each got by a system call of its own
 *	tell		remembers the position behind the last of them
 *	seek		goes there
 *	rewind		goes to the beginning
 *	run COMMAND	runs it by sh
 *   dirs list DIR...	prints everything below each DIR that is there, in order,
 *			and of files that cannot be read the error
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE	512

static char buffer[BUFFER_SIZE];

/*
 * The next entry of the directory, NULL at its end.  The kernel fills what it
 * is given, so the position is set back to the end of the first entry.
 */
static struct dirent64 *next_entry(int fd)
{
	struct dirent64 *entry = (struct dirent64 *)buffer;
	ssize_t len = getdents64(fd, buffer, sizeof(buffer));

	if (len < 0)
		err(1, "getdents64");
	if (!len)
		return NULL;
	if (lseek(fd, entry->d_off, SEEK_SET) != entry->d_off)
		err(1, "lseek");
	return entry;
}

/* walk */

static bool walk_ok = true;
static unsigned long walk_entries;

static void complain(const char *path, const char *name, const char *what)
{
	printf("%s/%s: %s\n", path, name, what);
	walk_ok = false;
}

struct names {
	char **name;
	size_t nr;
};

static int name_cmp(const void *a, const void *b)
{
	return strcmp(*(char * const *)a, *(char * const *)b);
}

static void names_add(struct names *names, const char *name)
{
	names->name = realloc(names->name, (names->nr + 1) * sizeof(char *));
	if (!names->name)
		err(1, "realloc");
	names->name[names->nr] = strdup(name);
	if (!names->name[names->nr++])
		err(1, "strdup");
}

static void names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->nr; i++)
		free(names->name[i]);
	free(names->name);
}

static void check_entry(int fd, const char *path, const struct dirent64 *entry)
{
	struct stat st;

	walk_entries++;
	if (!strcmp(entry->d_name, ".."))
		return;	/* may be on another file system */
	if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
		complain(path, entry->d_name, strerror(errno));
	else if (st.st_ino != entry->d_ino)
		complain(path, entry->d_name, "another inode number");
	else if (IFTODT(st.st_mode) != entry->d_type)
		complain(path, entry->d_name, "another type");
}

static void walk(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	struct names names = {}, dirs = {};
	struct dirent64 *entry;
	size_t i;

	if (fd < 0)
		err(1, "%s", path);
	while ((entry = next_entry(fd))) {
		check_entry(fd, path, entry);
		names_add(&names, entry->d_name);
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") &&
		    strcmp(entry->d_name, ".."))
			names_add(&dirs, entry->d_name);
	}
	close(fd);
	if (names.nr)
		qsort(names.name, names.nr, sizeof(char *), name_cmp);
	for (i = 1; i < names.nr; i++)
		if (!strcmp(names.name[i - 1], names.name[i]))
			complain(path, names.name[i], "listed twice");
	names_free(&names);
	for (i = 0; i < dirs.nr; i++) {
		char *below;

		if (asprintf(&below, "%s/%s", path, dirs.name[i]) < 0)
			err(1, "asprintf");
		walk(below);
		free(below);
	}
	names_free(&dirs);
}

/* read */

static void seek(int fd, off_t position)
{
	if (lseek(fd, position, SEEK_SET) != position)
		err(1, "lseek");
}

static void read_next(int fd, unsigned long n)
{
	const struct dirent64 *entry;
	const char *space = "";

	while (n-- && (entry = next_entry(fd))) {
		printf("%s%s", space, entry->d_name);
		space = " ";
	}
	putchar('\n');
	fflush(stdout);
}

static int read_dir(const char *path, char **step)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	off_t position = 0;

	if (fd < 0)
		err(1, "%s", path);
	for (; *step; step++) {
		if (!strcmp(*step, "tell"))
			position = lseek(fd, 0, SEEK_CUR);
		else if (!strcmp(*step, "seek"))
			seek(fd, position);
		else if (!strcmp(*step, "rewind"))
			seek(fd, 0);
		else if (!strcmp(*step, "next") && step[1])
			read_next(fd, strtoul(*++step, NULL, 0));
		else if (strcmp(*step, "run") || !step[1])
			errx(2, "%s is no step", *step);
		else if (system(*++step))
			errx(1, "%s failed", *step);
	}
	return 0;
}

/* list */

static const char *read_error(const char *path)
{
	const char *error = NULL;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, buffer, BUFFER_SIZE) < 0)
		error = strerrorname_np(errno);
	if (fd >= 0)
		close(fd);
	return error;
}

static void list(const char *path)
{
	struct dirent **entry;
	int i, n = scandir(path, &entry, NULL, alphasort);
	const char *error;
	char *below;

	if (n < 0 && errno != ENOENT)
		err(1, "%s", path);
	for (i = 0; i < n; free(entry[i]), i++) {
		if (!strcmp(entry[i]->d_name, ".") ||
		    !strcmp(entry[i]->d_name, ".."))
			continue;
		if (asprintf(&below, "%s/%s", path, entry[i]->d_name) < 0)
			err(1, "asprintf");
		error = entry[i]->d_type == DT_DIR ? NULL : read_error(below);
		printf("%s%s%s\n", below, error ? " " : "", error ? error : "");
		if (entry[i]->d_type == DT_DIR)
			list(below);
		free(below);
	}
	if (n >= 0)
		free(entry);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "walk")) {
		walk(argv[2]);
		printf("%lu entries\n", walk_entries);
		return !walk_ok;
	}
	if (argc > 2 && !strcmp(argv[1], "read"))
		return read_dir(argv[2], argv + 3);
	if (argc > 2 && !strcmp(argv[1], "list")) {
		for (argv += 2; *argv; argv++)
			list(*argv);
		return 0;
	}
	errx(2, "usage: dirs walk DIR | dirs read DIR STEP... | dirs list DIR...");
}
