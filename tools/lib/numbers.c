// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Numbers, how they change, and what things are called.
 */

#include <errno.h>
#include <string.h>

#include "internal.h"

int statsfs_number(const struct statsfs_gathering *g,
		   const struct statsfs_value *v, unsigned int bucket,
		   uint64_t *number)
{
	*number = 0;
	if (bucket >= v->nr_numbers || v->group >= g->nr_groups ||
	    v->first_number + (uint64_t)bucket >= g->nr_numbers)
		return -EINVAL;
	if (g->status[v->group])
		return g->status[v->group] > 0 ? -g->status[v->group] : -EIO;
	*number = g->numbers[v->first_number + bucket];
	return 0;
}

int statsfs_u64(const struct statsfs_gathering *g, const struct statsfs_value *v,
		unsigned int bucket, uint64_t *number)
{
	int err = statsfs_number(g, v, bucket, number);

	if (err)
		return err;
	return statsfs_is_signed(v) && (int64_t)*number < 0 ? -ERANGE : 0;
}

int statsfs_s64(const struct statsfs_gathering *g, const struct statsfs_value *v,
		unsigned int bucket, int64_t *number)
{
	uint64_t n;
	int err = statsfs_number(g, v, bucket, &n);

	*number = (int64_t)n;
	if (err)
		return err;
	return !statsfs_is_signed(v) && n > INT64_MAX ? -ERANGE : 0;
}

static bool has_differences(const struct statsfs_value *v)
{
	return (v->kind == STAT_KIND_CUMULATIVE && v->type != STAT_TYPE_BOOL) ||
	       v->kind == STAT_KIND_LINEAR_HIST || v->kind == STAT_KIND_LOG_HIST;
}

/* The largest number of an unsigned type of less than 64 bits; 0: it is another. */
static uint64_t narrow_max(unsigned int type)
{
	switch (type) {
	case STAT_TYPE_U8:
		return UINT8_MAX;
	case STAT_TYPE_U16:
		return UINT16_MAX;
	case STAT_TYPE_U32:
		return UINT32_MAX;
	default:
		return 0;
	}
}

/* Whether a number that went back is more likely to have wrapped than anything. */
static bool has_wrapped(const struct statsfs_value *v, uint64_t before,
			uint64_t after)
{
	uint64_t max = narrow_max(v->type);

	return max && before <= max && ((after - before) & max) <= max / 2 &&
	       !(v->flags & STATSFS_SNAPSHOT_CAN_RESET);
}

enum statsfs_change statsfs_difference(const struct statsfs_value *v,
				       uint64_t before, uint64_t after,
				       uint64_t *difference)
{
	bool back = statsfs_is_signed(v) ? (int64_t)after < (int64_t)before :
					   after < before;

	*difference = 0;
	if (!has_differences(v))
		return STATSFS_CHANGE_NONE;
	if (back && !has_wrapped(v, before, after))
		return STATSFS_CHANGE_BACK;
	*difference = after - before;
	if (back)
		*difference &= narrow_max(v->type);
	return STATSFS_CHANGE_OK;
}

static uint64_t middle(const struct statsfs_gathering *g)
{
	return g->begin_ns + (g->end_ns - g->begin_ns) / 2;
}

enum statsfs_change statsfs_delta(const struct statsfs_value *v,
				  unsigned int bucket,
				  const struct statsfs_gathering *before,
				  const struct statsfs_gathering *after,
				  struct statsfs_delta *delta)
{
	enum statsfs_change change;
	uint64_t from, to;

	memset(delta, 0, sizeof(*delta));
	if (!has_differences(v))
		return STATSFS_CHANGE_NONE;
	if (!before || !after || statsfs_number(before, v, bucket, &from) ||
	    statsfs_number(after, v, bucket, &to))
		return STATSFS_CHANGE_UNKNOWN;
	change = statsfs_difference(v, from, to, &delta->difference);
	if (change)
		return change;
	if (middle(after) <= middle(before))
		return STATSFS_CHANGE_NO_TIME;
	delta->elapsed_ns = middle(after) - middle(before);
	delta->per_second = delta->difference * 1e9 / delta->elapsed_ns;
	return STATSFS_CHANGE_OK;
}

size_t statsfs_path(const struct statsfs_source *source, char *buf, size_t size)
{
	size_t end = source->path_length;
	size_t i, length;

	if (size)
		buf[end < size ? end : size - 1] = '\0';
	for (; source->parent; source = source->parent) {
		length = strlen(source->name);
		for (i = 0; i < length; i++)
			if (source->path_length - length + i + 1 < size)
				buf[source->path_length - length + i] =
					source->name[i];
		if (source->parent->parent && source->parent->path_length + 1 < size)
			buf[source->parent->path_length] = '/';
	}
	return end;
}

unsigned int statsfs_labels(const struct statsfs_source *source,
			    const char **labels, unsigned int nr)
{
	unsigned int depth = source->depth;

	for (; source->parent; source = source->parent)
		if (source->depth <= nr)
			labels[source->depth - 1] = source->name;
	return depth;
}

bool statsfs_is_signed(const struct statsfs_value *v)
{
	return v->type >= STAT_TYPE_S8 && v->type <= STAT_TYPE_S64;
}

static const char *name_of(const char *const *names, size_t n, unsigned int i)
{
	return i < n ? names[i] : NULL;
}

#define NAME_OF(names, i) name_of(names, sizeof(names) / sizeof(*(names)), i)

const char *statsfs_type_name(unsigned int type)
{
	static const char *const names[] = {
		[STAT_TYPE_BOOL] = "bool",
		[STAT_TYPE_U8] = "u8",
		[STAT_TYPE_U16] = "u16",
		[STAT_TYPE_U32] = "u32",
		[STAT_TYPE_U64] = "u64",
		[STAT_TYPE_S8] = "s8",
		[STAT_TYPE_S16] = "s16",
		[STAT_TYPE_S32] = "s32",
		[STAT_TYPE_S64] = "s64",
	};

	return NAME_OF(names, type);
}

const char *statsfs_kind_name(unsigned int kind)
{
	static const char *const names[] = {
		[STAT_KIND_CUMULATIVE] = "cumulative",
		[STAT_KIND_INSTANT] = "instant",
		[STAT_KIND_PEAK] = "peak",
		[STAT_KIND_LINEAR_HIST] = "linear_hist",
		[STAT_KIND_LOG_HIST] = "log_hist",
	};

	return NAME_OF(names, kind);
}

const char *statsfs_unit_name(unsigned int unit)
{
	static const char *const names[] = {
		[STAT_UNIT_NONE] = "none",
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
		[STAT_UNIT_BOOLEAN] = "boolean",
	};

	return NAME_OF(names, unit);
}

const char *statsfs_aggr_name(unsigned int aggr)
{
	switch (aggr) {
	case STAT_AGGR_NONE:
		return "none";
	case STAT_AGGR_SUM:
		return "sum";
	case STAT_AGGR_MIN:
		return "min";
	case STAT_AGGR_MAX:
		return "max";
	case STAT_AGGR_AVG:
		return "avg";
	case STAT_AGGR_COUNT_ZERO:
		return "count_zero";
	case STAT_AGGR_COUNT_NONZERO:
		return "count_nonzero";
	default:
		return NULL;
	}
}
