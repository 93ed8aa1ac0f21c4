/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is exported, and a scrape of it: one snapshot as metrics.
 */
#ifndef _STATSFS_EXPORT_H
#define _STATSFS_EXPORT_H

#include "openmetrics.h"
#include "pattern.h"

#define REASON_SIZE	1024

/**
 * struct source_of_metrics - what is exported
 * @from: a directory or a saved snapshot; NULL: where statsfs is mounted
 * @sel: which values
 */
struct source_of_metrics {
	const char *from;
	struct selection sel;
};

/**
 * struct scrape - one snapshot
 * @snapshot: the snapshot
 * @metrics: what it has
 */
struct scrape {
	struct statsfs_snapshot *snapshot;
	struct metrics *metrics;
};

/* Takes a snapshot, or puts to @reason why not; returns an &enum status. */
int scrape_begin(struct scrape *scrape, struct source_of_metrics *source,
		 char reason[REASON_SIZE]);

/* The text, to be freed, and its size; NULL: no memory. */
char *scrape_text(struct scrape *scrape, enum format format, size_t *size);

void scrape_end(struct scrape *scrape);

#endif /* _STATSFS_EXPORT_H */
