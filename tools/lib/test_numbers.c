// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Differences, rates and names.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "statsfs.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/**
 * struct change - two readings of a number, and what is made of them
 * @type: type of the value
 * @flags: its flags
 * @before: the first reading
 * @after: the second one
 * @change: result
 * @difference: result
 */
struct change {
	unsigned int type;
	unsigned int flags;
	uint64_t before;
	uint64_t after;
	enum statsfs_change change;
	uint64_t difference;
};

#define GROWS(type, before, after, difference) \
	{ STAT_TYPE_##type, 0, before, after, STATSFS_CHANGE_OK, difference }
#define BACK(type, before, after) \
	{ STAT_TYPE_##type, 0, before, after, STATSFS_CHANGE_BACK, 0 }
#define RESET(type, before, after)					\
	{ STAT_TYPE_##type, STATSFS_SNAPSHOT_CAN_RESET, before, after,	\
	  STATSFS_CHANGE_BACK, 0 }
#define MINUS(n) (-(uint64_t)(n))

static const struct change changes[] = {
	GROWS(U64, 0, 0, 0),
	GROWS(U64, 5, 7, 2),
	GROWS(U64, 0, UINT64_MAX, UINT64_MAX),
	GROWS(S64, MINUS(5), 7, 12),
	GROWS(S64, 1ULL << 63, INT64_MAX, UINT64_MAX),
	GROWS(U8, 0, 255, 255),
	{ STAT_TYPE_U8, STATSFS_SNAPSHOT_CAN_RESET, 3, 250, 0, 247 },

	/* of 64 bits, or with a sign: reset or restarted */
	BACK(U64, 7, 5),
	BACK(U64, UINT64_MAX, 0),
	BACK(S64, 0, MINUS(1)),
	BACK(S64, 7, 5),
	BACK(S32, INT32_MAX, (uint64_t)INT32_MIN),
	BACK(S8, 127, MINUS(128)),

	/* unsigned ones wrap, if they have not come far, and cannot be reset */
	GROWS(U8, 250, 4, 10),
	GROWS(U8, 255, 126, 127),
	BACK(U8, 255, 127),
	BACK(U8, 10, 0),
	BACK(U8, 128, 0),
	GROWS(U8, 129, 0, 127),
	RESET(U8, 250, 4),
	GROWS(U16, 65535, 0, 1),
	BACK(U16, 32768, 0),
	RESET(U16, 65535, 0),
	GROWS(U32, UINT32_MAX, 9, 10),
	BACK(U32, 1ULL << 31, 0),
	RESET(U32, UINT32_MAX, 9),

	/* not from a kernel */
	BACK(U8, 256, 0),
	BACK(U32, UINT64_MAX, 0),
};

static void test_differences(void **state)
{
	struct statsfs_value v = { .nr_numbers = 1 };
	uint64_t difference;
	enum statsfs_change change;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		const struct change *c = &changes[i];

		v.type = c->type;
		v.flags = c->flags;
		change = statsfs_difference(&v, c->before, c->after, &difference);
		if (change != c->change || difference != c->difference)
			fail_msg("%zu: %u, %llu", i, change,
				 (unsigned long long)difference);
	}
}

static void test_kinds(void **state)
{
	static const struct {
		unsigned int kind;
		unsigned int type;
		enum statsfs_change change;
	} kinds[] = {
		{ STAT_KIND_CUMULATIVE, STAT_TYPE_U64, STATSFS_CHANGE_OK },
		{ STAT_KIND_CUMULATIVE, STAT_TYPE_BOOL, STATSFS_CHANGE_NONE },
		{ STAT_KIND_INSTANT, STAT_TYPE_U64, STATSFS_CHANGE_NONE },
		{ STAT_KIND_PEAK, STAT_TYPE_U64, STATSFS_CHANGE_NONE },
		{ STAT_KIND_LINEAR_HIST, STAT_TYPE_U64, STATSFS_CHANGE_OK },
		{ STAT_KIND_LOG_HIST, STAT_TYPE_U64, STATSFS_CHANGE_OK },
		{ 77, STAT_TYPE_U64, STATSFS_CHANGE_NONE },
	};
	struct statsfs_value v = { .nr_numbers = 1 };
	uint64_t difference;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		v.kind = kinds[i].kind;
		v.type = kinds[i].type;
		assert_int_equal(statsfs_difference(&v, 1, 2, &difference),
				 kinds[i].change);
		assert_int_equal(difference,
				 kinds[i].change == STATSFS_CHANGE_OK);
	}
}

/**
 * struct pair - two gatherings of two numbers
 * @status: the statuses
 * @numbers: the numbers
 * @g: the gatherings
 */
struct pair {
	int32_t status[2];
	uint64_t numbers[2][2];
	struct statsfs_gathering g[2];
};

/* The first one is from 1 s to 3 s, the other one from 5 s to 6 s. */
static void make_pair(struct pair *p)
{
	int i;

	*p = (struct pair) {
		.numbers = { { 10, 20 }, { 17, 90 } },
		.g = {
			{ .begin_ns = 1000000000, .end_ns = 3000000000 },
			{ .begin_ns = 5000000000, .end_ns = 6000000000 },
		},
	};
	for (i = 0; i < 2; i++) {
		p->g[i].nr_groups = 1;
		p->g[i].nr_numbers = 2;
		p->g[i].status = &p->status[i];
		p->g[i].numbers = p->numbers[i];
	}
}

static const struct statsfs_value two = {
	.type = STAT_TYPE_U64,
	.nr_numbers = 2,
};

static void test_rate(void **state)
{
	struct statsfs_delta d;
	struct pair p;

	(void)state;
	make_pair(&p);
	assert_int_equal(statsfs_delta(&two, 0, &p.g[0], &p.g[1], &d),
			 STATSFS_CHANGE_OK);
	assert_int_equal(d.difference, 7);
	assert_int_equal(d.elapsed_ns, 3500000000);
	assert_true(d.per_second == 2);
	assert_int_equal(statsfs_delta(&two, 1, &p.g[0], &p.g[1], &d),
			 STATSFS_CHANGE_OK);
	assert_int_equal(d.difference, 70);
	assert_true(d.per_second == 20);
}

static void check_no_rate(const struct statsfs_value *v, unsigned int bucket,
			  const struct statsfs_gathering *before,
			  const struct statsfs_gathering *after,
			  enum statsfs_change change)
{
	struct statsfs_delta d = { 1, 1, 1 };

	assert_int_equal(statsfs_delta(v, bucket, before, after, &d), change);
	assert_int_equal(d.difference, 0);
	assert_int_equal(d.elapsed_ns, 0);
	assert_true(d.per_second == 0);
}

static void test_no_rate(void **state)
{
	struct statsfs_value v = two;
	struct statsfs_delta d;
	struct pair p;

	(void)state;
	make_pair(&p);
	check_no_rate(&v, 0, NULL, &p.g[1], STATSFS_CHANGE_UNKNOWN);
	check_no_rate(&v, 0, &p.g[0], NULL, STATSFS_CHANGE_UNKNOWN);
	check_no_rate(&v, 2, &p.g[0], &p.g[1], STATSFS_CHANGE_UNKNOWN);
	check_no_rate(&v, 0, &p.g[1], &p.g[0], STATSFS_CHANGE_BACK);
	check_no_rate(&v, 0, &p.g[0], &p.g[0], STATSFS_CHANGE_NO_TIME);
	v.kind = STAT_KIND_PEAK;
	check_no_rate(&v, 0, &p.g[0], &p.g[1], STATSFS_CHANGE_NONE);
	v.kind = STAT_KIND_CUMULATIVE;
	p.status[0] = ENODEV;
	check_no_rate(&v, 0, &p.g[0], &p.g[1], STATSFS_CHANGE_UNKNOWN);
	p.status[0] = 0;
	p.status[1] = EIO;
	check_no_rate(&v, 0, &p.g[0], &p.g[1], STATSFS_CHANGE_UNKNOWN);

	/* Of a machine that was started again in between. */
	p.status[1] = 0;
	p.g[1].begin_ns = 0;
	p.g[1].end_ns = 0;
	assert_int_equal(statsfs_delta(&v, 0, &p.g[0], &p.g[1], &d),
			 STATSFS_CHANGE_NO_TIME);
	assert_int_equal(d.difference, 7);
	assert_int_equal(d.elapsed_ns, 0);

	/* The middle is not the sum by two. */
	p.g[0].begin_ns = (1ULL << 63) - 1;
	p.g[0].end_ns = (1ULL << 63) - 1;
	p.g[1].begin_ns = (1ULL << 63) + 1;
	p.g[1].end_ns = (1ULL << 63) + 1;
	assert_int_equal(statsfs_delta(&v, 0, &p.g[0], &p.g[1], &d), 0);
	assert_int_equal(d.elapsed_ns, 2);
}

/* A value of another snapshot must not lead out of the gathering. */
static void test_foreign_value(void **state)
{
	struct statsfs_value v = two;
	uint64_t number;
	struct pair p;

	(void)state;
	make_pair(&p);
	v.group = 1;
	assert_int_equal(statsfs_number(&p.g[0], &v, 0, &number), -EINVAL);
	v.group = 0;
	v.first_number = 1;
	assert_int_equal(statsfs_number(&p.g[0], &v, 1, &number), -EINVAL);
	v.first_number = UINT32_MAX;
	assert_int_equal(statsfs_number(&p.g[0], &v, 1, &number), -EINVAL);
}

static void test_ranges(void **state)
{
	struct statsfs_value v = two;
	uint64_t u64;
	int64_t s64;
	struct pair p;

	(void)state;
	make_pair(&p);
	p.numbers[0][0] = UINT64_MAX;
	assert_int_equal(statsfs_u64(&p.g[0], &v, 0, &u64), 0);
	assert_true(u64 == UINT64_MAX);
	assert_int_equal(statsfs_s64(&p.g[0], &v, 0, &s64), -ERANGE);
	v.type = STAT_TYPE_S8;
	assert_int_equal(statsfs_u64(&p.g[0], &v, 0, &u64), -ERANGE);
	assert_int_equal(statsfs_s64(&p.g[0], &v, 0, &s64), 0);
	assert_int_equal(s64, -1);
}

static void test_names(void **state)
{
	(void)state;
	assert_null(statsfs_type_name(0));
	assert_string_equal(statsfs_type_name(STAT_TYPE_BOOL), "bool");
	assert_string_equal(statsfs_type_name(STAT_TYPE_S64), "s64");
	assert_null(statsfs_type_name(STAT_TYPE_S64 + 1));
	assert_string_equal(statsfs_kind_name(STAT_KIND_LOG_HIST), "log_hist");
	assert_null(statsfs_kind_name(STAT_KIND_LOG_HIST + 1));
	assert_string_equal(statsfs_unit_name(STAT_UNIT_NONE), "none");
	assert_null(statsfs_unit_name(STAT_UNIT_BOOLEAN + 1));
	assert_string_equal(statsfs_aggr_name(STAT_AGGR_COUNT_NONZERO),
			    "count_nonzero");
	assert_null(statsfs_aggr_name(STAT_AGGR_SUM | STAT_AGGR_MIN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_no_rate),
		cmocka_unit_test(test_foreign_value),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
