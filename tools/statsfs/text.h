/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the text of metrics is made of: strings and numbers.
 */
#ifndef _STATSFS_TEXT_H
#define _STATSFS_TEXT_H

#include <stdint.h>
#include <stdio.h>
#include <statsfs.h>

/* Bytes of a number as text, with its NUL: 2^64 by 10^127, or by 2^-128. */
#define NUMBER_SIZE	192

/**
 * print_escaped() - print a string with backslashes before what needs them
 * @out: where to
 * @special: what needs one; a newline is none of it
 * @string: the string; bytes that are no UTF-8 become "\xff" and the like, which is
 *	escaped as any other text.  So does a backslash before an "x", so that no
 *	two strings become the same.
 */
void print_escaped(FILE *out, const char *special, const char *string);

/* Prints name="string", after a comma unless it is the @first. */
void print_label(FILE *out, bool first, const char *name, const char *string);

/**
 * scale_number() - a number in its base unit, exactly, as decimal text
 * @buf: gets it
 * @v: the value that it is of, which has a scale that scale_known() knows
 * @number: from statsfs_number()
 */
void scale_number(char buf[NUMBER_SIZE], const struct statsfs_value *v,
		  uint64_t number);

/* Whether the scale of @v is none, or a power of 2 or 10. */
bool scale_known(const struct statsfs_value *v);

/* The number as above, as a double that may be off in the last digit. */
double scale_double(const struct statsfs_value *v, double number);

/*
 * The shortest text that reads as @number, in the one form that all writers of
 * OpenMetrics have: equal bounds of buckets are equal labels then.
 */
void canonical_double(char buf[NUMBER_SIZE], double number);

#endif /* _STATSFS_TEXT_H */
