/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot as metrics, in the text that Prometheus and others read.
 *
 * What is a number of its own is exported; sums, minima and the like are not, for a
 * query can make them.  Names begin with "statsfs_" and end with the base unit, and
 * those of what is cumulative with "_total".
 */
#ifndef _STATSFS_OPENMETRICS_H
#define _STATSFS_OPENMETRICS_H

#include <stdint.h>
#include <stdio.h>
#include <statsfs.h>

#include "pattern.h"

/**
 * enum format - which text
 * @FORMAT_OPENMETRICS: OpenMetrics 1.0.0
 * @FORMAT_PROMETHEUS: Prometheus' own older one, 0.0.4, which is what files for
 *	node_exporter have
 * @NR_FORMATS: number of formats
 */
enum format {
	FORMAT_OPENMETRICS,
	FORMAT_PROMETHEUS,
	NR_FORMATS,
};

/* For a header Content-Type. */
extern const char *const format_types[NR_FORMATS];

/* Metrics, which refer to a snapshot. */
struct metrics;

/**
 * metrics_new() - find what a snapshot has
 * @s: the snapshot; must be there as long as the metrics are
 * @sel: which of its values; marks the patterns that have matched
 * @begin_ns: monotonic_ns() before the snapshot was taken
 *
 * Return: the metrics, to be freed by metrics_free(); NULL: no memory.
 */
struct metrics *metrics_new(const struct statsfs_snapshot *s,
			    struct selection *sel, uint64_t begin_ns);

void metrics_free(struct metrics *m);

/*
 * Prints them, with some about themselves; returns 0 or -ENOMEM, and other errors are
 * those of @out.
 */
int metrics_print(FILE *out, struct metrics *m, enum format format);

/* How many values could not be printed; only known after metrics_print(). */
unsigned int metrics_missing(const struct metrics *m);

#endif /* _STATSFS_OPENMETRICS_H */
