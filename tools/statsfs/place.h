/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Places: what the path of a directory becomes in the name and the labels of a
 * metric.
 *
 * Of the providers that are known here, a table says which components are labels.
 * Of others the first component is in the name and the rest are labels, "level1" and
 * so on, so that no two paths have both in common; but names lose what is no letter
 * and no digit, so that whoever uses them has to look for equal ones.
 *
 * A directory that is found on several paths is one place, that of the shortest
 * path.  If it is seen from a NUMA node as well, it has a label "node".
 */
#ifndef _STATSFS_PLACE_H
#define _STATSFS_PLACE_H

#include <limits.h>
#include <statsfs.h>

#define PLACE_NAME_SIZE	(NAME_MAX + 1)

/**
 * struct place - a directory
 * @sources: what it is in the snapshot, once for each path; the shortest first
 * @nr_sources: number of paths
 * @name: what names of metrics begin with, behind "statsfs_": without a blank or
 *	anything else that is not allowed in them
 * @labels: its labels, as in device="eth0",node="0"; may be empty
 */
struct place {
	const struct statsfs_source **sources;
	unsigned int nr_sources;
	char name[PLACE_NAME_SIZE];
	char *labels;
};

/**
 * struct places - all directories of a snapshot
 * @places: the places, in the order of the inode numbers
 * @nr: how many there are
 * @sources: what &place.sources points into
 */
struct places {
	struct place *places;
	unsigned int nr;
	const struct statsfs_source **sources;
};

/* Finds the places of @s; returns 0 or -ENOMEM, and then there are none. */
int places_init(struct places *p, const struct statsfs_snapshot *s);

void places_free(struct places *p);

/* Puts what a name of a metric can have of @s to @out, which has room for it. */
void sanitize(char *out, const char *s);

#endif /* _STATSFS_PLACE_H */
