// SPDX-License-Identifier: GPL-2.0
/*
 * What a value is, and its numbers, as text.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"

bool is_histogram(const struct statsfs_value *v)
{
	return v->kind == STAT_KIND_LINEAR_HIST || v->kind == STAT_KIND_LOG_HIST;
}

static void put_name(const char *name, unsigned int number, char *buf)
{
	if (name)
		snprintf(buf, FORMAT_SIZE, "%s", name);
	else
		snprintf(buf, FORMAT_SIZE, "%u", number);
}

void format_type(const struct statsfs_value *v, char buf[FORMAT_SIZE])
{
	put_name(statsfs_type_name(v->type), v->type, buf);
}

void format_kind(const struct statsfs_value *v, char buf[FORMAT_SIZE])
{
	put_name(statsfs_kind_name(v->kind), v->kind, buf);
}

void format_aggr(const struct statsfs_value *v, char buf[FORMAT_SIZE])
{
	put_name(statsfs_aggr_name(v->aggr), v->aggr, buf);
}

/* Units that have a name of their own with a power. */
static const struct {
	unsigned int unit;
	unsigned int base;
	int exponent;
	const char *name;
} scaled_units[] = {
	{ STAT_UNIT_SECONDS, 10, -9, "ns" },
	{ STAT_UNIT_SECONDS, 10, -6, "us" },
	{ STAT_UNIT_SECONDS, 10, -3, "ms" },
	{ STAT_UNIT_BYTES, 2, 10, "KiB" },
	{ STAT_UNIT_BYTES, 2, 20, "MiB" },
	{ STAT_UNIT_BYTES, 2, 30, "GiB" },
	{ STAT_UNIT_BYTES, 10, 3, "kB" },
	{ STAT_UNIT_BYTES, 10, 6, "MB" },
	{ STAT_UNIT_BYTES, 10, 9, "GB" },
};

#define NR_SCALED_UNITS (sizeof(scaled_units) / sizeof(*scaled_units))

static const char *scaled_unit(const struct statsfs_value *v)
{
	size_t i;

	for (i = 0; i < NR_SCALED_UNITS; i++)
		if (v->unit == scaled_units[i].unit &&
		    v->base == scaled_units[i].base &&
		    v->exponent == scaled_units[i].exponent)
			return scaled_units[i].name;
	return NULL;
}

void format_unit(const struct statsfs_value *v, char buf[FORMAT_SIZE])
{
	const char *scaled = scaled_unit(v);
	char name[FORMAT_SIZE / 2] = "";

	if (!statsfs_unit_name(v->unit))
		snprintf(name, sizeof(name), "unit %u", v->unit);
	else if (v->unit != STAT_UNIT_NONE)
		snprintf(name, sizeof(name), "%s", statsfs_unit_name(v->unit));
	if (scaled)
		snprintf(buf, FORMAT_SIZE, "%s", scaled);
	else if (v->exponent)
		snprintf(buf, FORMAT_SIZE, "%u^%d%s%s", v->base, v->exponent,
			 *name ? " " : "", name);
	else
		snprintf(buf, FORMAT_SIZE, "%s", name);
}

void format_exact(const struct statsfs_value *v, uint64_t number,
		  char buf[FORMAT_SIZE])
{
	if (statsfs_is_signed(v))
		snprintf(buf, FORMAT_SIZE, "%" PRId64, (int64_t)number);
	else
		snprintf(buf, FORMAT_SIZE, "%" PRIu64, number);
}

void format_error(const struct statsfs_value *v, int err, char buf[FORMAT_SIZE])
{
	if (err == -EPROTONOSUPPORT)
		snprintf(buf, FORMAT_SIZE, "has a type that is not known yet: %u",
			 v->type);
	else
		snprintf(buf, FORMAT_SIZE, "%s", strerror(-err));
}

/**
 * struct step - a unit that people read
 * @size: in bytes, seconds or things
 * @name: as it is written behind the number
 */
struct step {
	double size;
	const char *name;
};

/* Each from the largest to the smallest, of which a whole number has no point. */
static const struct step byte_steps[] = {
	{ 0x1p60, " EiB" }, { 0x1p50, " PiB" }, { 0x1p40, " TiB" },
	{ 0x1p30, " GiB" }, { 0x1p20, " MiB" }, { 0x1p10, " KiB" },
	{ 1, " B" }, {},
};

static const struct step time_steps[] = {
	{ 86400, " d" }, { 3600, " h" }, { 60, " min" }, { 1, " s" },
	{ 1 / 1e3, " ms" }, { 1 / 1e6, " us" }, { 1 / 1e9, " ns" }, {},
};

static const struct step count_steps[] = {
	{ 1e18, " E" }, { 1e15, " P" }, { 1e12, " T" }, { 1e9, " G" },
	{ 1e6, " M" }, { 1e3, " k" }, { 1, "" }, {},
};

/* The largest that @number has one of; of a smaller one 1024.0 would be written. */
static const struct step *find_step(const struct step *steps, double number)
{
	while (steps[1].size && number + steps[1].size / 20 < steps->size)
		steps++;
	return steps;
}

static double scale_of(const struct statsfs_value *v)
{
	double scale = 1;
	int i;

	for (i = 0; i < v->exponent; i++)
		scale *= v->base;
	for (i = 0; i > v->exponent; i--)
		scale /= v->base;
	return scale;
}

/* But for what multiplications have rounded. */
static bool is_whole(double number)
{
	double rest = number - (double)(int64_t)(number + 0.5);

	return rest <= number / 1e10 && -rest <= number / 1e10;
}

static void put_steps(const struct step *steps, double number, char *buf)
{
	double size = number < 0 ? -number : number;
	const struct step *step = find_step(steps, number ? size : 1);
	double shown = number / step->size;
	bool whole = !number || (!step[1].size && is_whole(size / step->size));

	snprintf(buf, FORMAT_SIZE, "%.*f%s", whole ? 0 : 1, shown, step->name);
}

static const struct step *steps_of(const struct statsfs_value *v)
{
	switch (v->unit) {
	case STAT_UNIT_BYTES:
		return byte_steps;
	case STAT_UNIT_SECONDS:
		return time_steps;
	default:
		return count_steps;
	}
}

void format_scaled(const struct statsfs_value *v, double number,
		   char buf[FORMAT_SIZE])
{
	put_steps(steps_of(v), number * scale_of(v), buf);
}

void format_human(const struct statsfs_value *v, uint64_t number,
		  char buf[FORMAT_SIZE])
{
	char unit[FORMAT_SIZE], exact[FORMAT_SIZE];

	if (v->unit == STAT_UNIT_BYTES || v->unit == STAT_UNIT_SECONDS) {
		format_scaled(v, statsfs_is_signed(v) ? (double)(int64_t)number :
			      (double)number, buf);
		return;
	}
	format_exact(v, number, exact);
	format_unit(v, unit);
	snprintf(buf, FORMAT_SIZE, "%.20s%s%.40s", exact,
		 *unit && v->unit != STAT_UNIT_BOOLEAN ? " " : "",
		 v->unit != STAT_UNIT_BOOLEAN ? unit : "");
}
