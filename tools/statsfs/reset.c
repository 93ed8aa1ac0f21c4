// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs reset: starts values again from 0.
 *
 * Writing to an aggregate resets all that is folded in it, and which files these are
 * nobody can tell from outside: a boundary ends it, and so does another table of the
 * same names.  So aggregates are written first, and then what does not show 0.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tree.h"

const struct verb_option reset_options[] = {
	{ 'n', "dry-run", NULL, "only say what would be reset" },
	{ OPTION_FROM, "from", "DIR", "in this directory of a mount" },
	{}
};

/**
 * struct reset - what the verb is doing
 * @tree: where
 * @dry_run: nothing is written
 * @denied: somebody else may reset
 */
struct reset {
	struct tree tree;
	bool dry_run;
	bool denied;
};

static bool can_reset(const struct statsfs_value *v)
{
	return v->flags & STATSFS_SNAPSHOT_CAN_RESET;
}

static int may_write(const char *file)
{
	return faccessat(AT_FDCWD, file, W_OK, AT_EACCESS) ? -errno : 0;
}

static int reset_value(struct reset *r, const struct statsfs_value *v)
{
	char path[PATH_SIZE], file[2 * PATH_SIZE];
	int err;

	tree_value_path(&r->tree, v, path);
	snprintf(file, sizeof(file), "%s/%s", r->tree.top, path);
	err = r->dry_run ? may_write(file) : reset_file(file);
	if (!err)
		return STATUS_OK;
	if (err == -EACCES || err == -EPERM)
		r->denied = true;
	return complain("%s: %s", path, strerror(-err));
}

/* Which patterns have something that can be reset. */
static void find_resettable(struct reset *r, bool *found)
{
	const struct selection *sel = &r->tree.selection;
	const struct statsfs_value *v;
	char path[PATH_SIZE];
	unsigned int i;
	int k;

	for (i = 0; (v = statsfs_value_at(r->tree.snapshot, i)); i++) {
		tree_value_path(&r->tree, v, path);
		for (k = 0; can_reset(v) && k < sel->n; k++)
			found[k] |= pattern_selects(sel->patterns[k], path);
	}
}

/* Of patterns that select nothing at all, that is said elsewhere. */
static int check_resettable(struct reset *r)
{
	const struct selection *sel = &r->tree.selection;
	bool *found = checked(calloc(sel->n, sizeof(*found)));
	int i, status = STATUS_OK;

	find_resettable(r, found);
	for (i = 0; i < sel->n; i++)
		if (sel->found[i] && !found[i])
			status = complain("%s: cannot be reset; for what can see: %s",
					  sel->arguments[i], "statsfs ls -o +RESET");
	free(found);
	return status;
}

static bool is_zero(const struct statsfs_snapshot *s, const struct statsfs_value *v)
{
	uint64_t number;
	uint32_t i;

	for (i = 0; i < v->nr_numbers; i++)
		if (statsfs_number(statsfs_gathering(s), v, i, &number) || number)
			return false;
	return true;
}

/* Whether @v needs no more, by a snapshot that was taken after all else; or NULL. */
static bool is_reset(const struct reset *r, const struct statsfs_snapshot *after,
		     unsigned int index)
{
	return after && statsfs_generation(after) ==
			statsfs_generation(r->tree.snapshot) &&
	       is_zero(after, statsfs_value_at(after, index));
}

/* Aggregates, or what is none and is not 0 in @after; counts what has been reset. */
static int reset_values(struct reset *r, bool aggregates,
			const struct statsfs_snapshot *after, unsigned int *nr)
{
	const struct statsfs_value *v;
	char path[PATH_SIZE];
	int status = STATUS_OK;
	unsigned int i;

	for (i = 0; (v = statsfs_value_at(r->tree.snapshot, i)); i++) {
		if (!tree_selects(&r->tree, v) || !can_reset(v) ||
		    !v->aggr == aggregates)
			continue;
		if (!is_reset(r, after, i) && reset_value(r, v)) {
			status = STATUS_FAILED;
			continue;
		}
		(*nr)++;
		tree_value_path(&r->tree, v, path);
		status |= print_value(r->tree.snapshot, v, path, false);
	}
	return status;
}

static int advise_permission(const struct reset *r)
{
	return complain("be root, or have root say who may reset: %s,gid=GROUP,mode=0664 %s",
			"mount -o remount", r->tree.top);
}

static int reset_all(struct reset *r)
{
	struct statsfs_snapshot *after = NULL;
	unsigned int nr = 0;
	int status;

	status = reset_values(r, true, NULL, &nr);
	if (nr && !r->dry_run)
		after = tree_open_again(&r->tree);
	status |= reset_values(r, false, after, &nr);
	statsfs_free(after);
	status |= tree_check(&r->tree);
	status |= check_resettable(r);
	return r->denied ? advise_permission(r) : status;
}

int cmd_reset(int argc, char **argv)
{
	const char *from = NULL;
	struct reset r = {};
	int option, status;

	while ((option = next_option(argc, argv, reset_options)) != -1) {
		if (option == 'n')
			r.dry_run = true;
		else if (option == OPTION_FROM)
			from = optarg;
		else
			return usage_error(argv[0]);
	}
	if (optind == argc)
		return usage_error(argv[0]);
	status = tree_open(&r.tree, from, argv + optind, argc - optind);
	if (!status && !r.tree.top)
		status = complain("%s: a saved snapshot cannot be reset", from);
	if (!status)
		status = reset_all(&r);
	tree_close(&r.tree);
	return status;
}
