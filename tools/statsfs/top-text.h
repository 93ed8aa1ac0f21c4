/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "statsfs top" prints for programs.
 */
#ifndef _STATSFS_TOP_TEXT_H
#define _STATSFS_TOP_TEXT_H

#include "top-model.h"

/* All lines as a table.  Returns an &enum status. */
int top_print_table(const struct top_model *m);

void top_print_csv_heading(void);

/* All rows as lines of CSV; @s has the last sample.  Returns an &enum status. */
int top_print_csv(const struct top_model *m, const struct statsfs_snapshot *s);

#endif /* _STATSFS_TOP_TEXT_H */
