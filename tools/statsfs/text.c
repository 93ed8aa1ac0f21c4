// SPDX-License-Identifier: GPL-2.0
/*
 * Strings and numbers as the text of metrics has them.
 */

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "text.h"

void print_escaped(FILE *out, const char *special, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t n;

	while (*s) {
		n = utf8_length(s);
		if (!n || (s[0] == '\\' && s[1] == 'x')) {
			fprintf(out, "\\\\x%02x", *s++);
			continue;
		}
		if (*s == '\n') {
			fputs("\\n", out);
		} else {
			if (strchr(special, *s))
				putc('\\', out);
			fwrite(s, n, 1, out);
		}
		s += n;
	}
}

void print_label(FILE *out, bool first, const char *name, const char *string)
{
	fprintf(out, "%s%s=\"", first ? "" : ",", name);
	print_escaped(out, "\\\"", string);
	putc('"', out);
}

/* Takes zeroes behind a decimal point away, and the point if it is the last. */
static void strip_zeroes(char *text)
{
	char *end = text + strlen(text);

	if (!strchr(text, '.'))
		return;
	while (end[-1] == '0')
		end--;
	if (end[-1] == '.')
		end--;
	*end = '\0';
}

/* Moves the decimal point of @digits, which are no zero, by @exponent. */
static void shift_decimal(char *buf, const char *digits, int exponent)
{
	int missing = 1 - exponent - (int)strlen(digits);
	char *point, *end = buf;

	if (exponent < 0 && missing > 0) {
		memset(end, '0', missing);
		end += missing;
	}
	end = stpcpy(end, digits);
	if (exponent >= 0) {
		memset(end, '0', exponent);
		end[exponent] = '\0';
		return;
	}
	point = end + exponent;
	memmove(point + 1, point, 1 - exponent);
	*point = '.';
	strip_zeroes(buf);
}

bool scale_known(const struct statsfs_value *v)
{
	return !v->exponent || v->base == 2 || v->base == 10;
}

/* A long double has all 64 bits of a number on most machines. */
static void scale_binary(char buf[NUMBER_SIZE], uint64_t number, int exponent)
{
	snprintf(buf, NUMBER_SIZE - 1, "%.*Lf", exponent < 0 ? -exponent : 0,
		 ldexpl(number, exponent));
	strip_zeroes(buf);
}

void scale_number(char buf[NUMBER_SIZE], const struct statsfs_value *v,
		  uint64_t number)
{
	char digits[32];

	if (statsfs_is_signed(v) && (int64_t)number < 0) {
		*buf++ = '-';
		number = -number;
	}
	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	if (!v->exponent || !number)
		strcpy(buf, digits);
	else if (v->base == 2)
		scale_binary(buf, number, v->exponent);
	else
		shift_decimal(buf, digits, v->exponent);
}

double scale_double(const struct statsfs_value *v, double number)
{
	if (!v->exponent)
		return number;
	/* By a division where that is, so that 1023 ns are 1.023e-06 s. */
	if (v->exponent < 0)
		return number / pow(v->base, -v->exponent);
	return number * pow(v->base, v->exponent);
}

void canonical_double(char buf[NUMBER_SIZE], double number)
{
	int precision = 0, exponent;

	do
		snprintf(buf, NUMBER_SIZE - 2, "%.*e", precision++, number);
	while (precision < DBL_DECIMAL_DIG && strtod(buf, NULL) != number);
	exponent = atoi(strchr(buf, 'e') + 1);
	if (exponent < -4 || exponent >= 6)
		return;
	precision -= 1 + exponent;
	snprintf(buf, NUMBER_SIZE - 2, "%.*f", precision > 0 ? precision : 0, number);
	if (!strchr(buf, '.'))
		strcat(buf, ".0");
}
