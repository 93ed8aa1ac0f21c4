// SPDX-License-Identifier: GPL-2.0
/* What numbers must come out: simple, slow, and not as statsfs does it. */

#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "helpers.h"

void tst_store(enum statsfs_type type, void *memory, u64 number)
{
	switch (type) {
	case STAT_TYPE_BOOL:
		*(bool *)memory = number;
		break;
	case STAT_TYPE_U8:
	case STAT_TYPE_S8:
		*(u8 *)memory = number;
		break;
	case STAT_TYPE_U16:
	case STAT_TYPE_S16:
		*(u16 *)memory = number;
		break;
	case STAT_TYPE_U32:
	case STAT_TYPE_S32:
		*(u32 *)memory = number;
		break;
	case STAT_TYPE_U64:
	case STAT_TYPE_S64:
		*(u64 *)memory = number;
		break;
	}
}

u64 tst_cast(enum statsfs_type type, u64 number)
{
	switch (type) {
	case STAT_TYPE_BOOL:
		return (bool)number;
	case STAT_TYPE_U8:
		return (u8)number;
	case STAT_TYPE_U16:
		return (u16)number;
	case STAT_TYPE_U32:
		return (u32)number;
	case STAT_TYPE_S8:
		return (s8)number;
	case STAT_TYPE_S16:
		return (s16)number;
	case STAT_TYPE_S32:
		return (s32)number;
	default:
		return number;
	}
}

static int signed_cmp(const void *a, const void *b)
{
	s64 x = *(const s64 *)a, y = *(const s64 *)b;

	return x < y ? -1 : x > y;
}

static int unsigned_cmp(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/*
 * Averages without a wide sum: what each number gives when divided, and what is
 * then left over of all.
 */
static u64 unsigned_average(const u64 *numbers, int nr)
{
	u64 whole = 0, rest = 0;
	int i;

	for (i = 0; i < nr; i++) {
		u64 part = div64_u64(numbers[i], nr);

		whole += part;
		rest += numbers[i] - part * nr;
	}
	return whole + div64_u64(rest, nr);
}

static s64 signed_average(const u64 *numbers, int nr)
{
	s64 whole = 0, rest = 0;
	int i;

	for (i = 0; i < nr; i++) {
		s64 part = div64_s64(numbers[i], nr);

		whole += part;
		rest += (s64)numbers[i] - part * nr;
	}
	whole += div64_s64(rest, nr);
	rest -= div64_s64(rest, nr) * nr;
	/* Both must point the same way from zero. */
	if (whole > 0 && rest < 0)
		whole--;
	if (whole < 0 && rest > 0)
		whole++;
	return whole;
}

u64 tst_fold(enum statsfs_type type, enum statsfs_aggr kind,
	     const u64 *numbers, int nr)
{
	bool is_signed = type >= STAT_TYPE_S8;
	u64 sorted[TST_FOLD_MAX], sum = 0, zeroes = 0;
	int i;

	memcpy(sorted, numbers, nr * sizeof(*sorted));
	sort(sorted, nr, sizeof(*sorted), is_signed ? signed_cmp : unsigned_cmp,
	     NULL);
	for (i = 0; i < nr; i++) {
		sum += sorted[i];
		zeroes += sorted[i] == 0;
	}
	switch (kind) {
	case STAT_AGGR_SUM:
		return sum;
	case STAT_AGGR_MIN:
		return sorted[0];
	case STAT_AGGR_MAX:
		return sorted[nr - 1];
	case STAT_AGGR_AVG:
		return is_signed ? signed_average(sorted, nr) :
				   unsigned_average(sorted, nr);
	case STAT_AGGR_COUNT_ZERO:
		return zeroes;
	default:
		return nr - zeroes;
	}
}
