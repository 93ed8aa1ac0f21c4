/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a value is, and its numbers, as text.
 */
#ifndef _STATSFS_FORMAT_H
#define _STATSFS_FORMAT_H

#include <stdbool.h>
#include <statsfs.h>

/* Room for each text here. */
#define FORMAT_SIZE	64

/* Whether the numbers of @v are counts of events by their size. */
bool is_histogram(const struct statsfs_value *v);

/* Names as of the library; a number where that is newer than the program. */
void format_type(const struct statsfs_value *v, char buf[FORMAT_SIZE]);
void format_kind(const struct statsfs_value *v, char buf[FORMAT_SIZE]);
void format_aggr(const struct statsfs_value *v, char buf[FORMAT_SIZE]);

/* "bytes", "KiB", "ns", "10^-7 seconds"; empty for a number of things. */
void format_unit(const struct statsfs_value *v, char buf[FORMAT_SIZE]);

/* A number as the file shows it, which is in units of format_unit(). */
void format_exact(const struct statsfs_value *v, uint64_t number,
		  char buf[FORMAT_SIZE]);

/* Why a number of @v cannot be shown: @err is from known_number(). */
void format_error(const struct statsfs_value *v, int err, char buf[FORMAT_SIZE]);

/*
 * A number for people, with its unit: "512 B", "1.5 GiB", "12.3 ms", "4.7 h".  What is
 * neither bytes nor seconds is written with all digits, and its unit if it has one.
 */
void format_human(const struct statsfs_value *v, uint64_t number,
		  char buf[FORMAT_SIZE]);

/*
 * The same of a number with a fraction in units of @v, such as a rate; what is
 * neither bytes nor seconds becomes "12.3 k" and the like.
 */
void format_scaled(const struct statsfs_value *v, double number,
		   char buf[FORMAT_SIZE]);

#endif /* _STATSFS_FORMAT_H */
