// SPDX-License-Identifier: GPL-2.0
/*
 * A provider that is compiled with statsfs turned off: it must compile, and
 * nothing of statsfs may be left in it.
 */
#include <linux/statsfs.h>

struct off {
	u64 hits;
	u64 lengths[8];
	struct statsfs_source *stats;
};

static const struct statsfs_value off_values[] = {
	STATSFS_COUNTER("hits", struct off, hits, STATSFS_NONE, "hits"),
	STATSFS_LOG_HIST("lengths", struct off, lengths, STATSFS_BYTES,
			 "their lengths"),
};

static int __used off_add(struct off *off, struct statsfs_source *parent)
{
	off->stats = statsfs_source_create("%d", 1);
	statsfs_source_add_values(off->stats, off_values,
				  ARRAY_SIZE(off_values), off);
	return statsfs_source_add_subordinate(parent, off->stats);
}

static void __used off_remove(struct off *off)
{
	statsfs_source_remove(off->stats);
	statsfs_source_put(off->stats);
}
