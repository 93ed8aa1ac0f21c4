// SPDX-License-Identifier: GPL-2.0
/*
 * Values and their numbers as text.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "format.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

#define COUNT	{ .type = STAT_TYPE_U64 }
#define BYTES	{ .type = STAT_TYPE_U64, .unit = STAT_UNIT_BYTES }
#define KIB	{ .type = STAT_TYPE_U64, .unit = STAT_UNIT_BYTES, .base = 2, .exponent = 10 }
#define NS	{ .type = STAT_TYPE_U64, .unit = STAT_UNIT_SECONDS, .base = 10, .exponent = -9 }
#define SECONDS	{ .type = STAT_TYPE_S64, .unit = STAT_UNIT_SECONDS }
#define CYCLES	{ .type = STAT_TYPE_U32, .unit = STAT_UNIT_CYCLES }
#define YES_NO	{ .type = STAT_TYPE_BOOL, .unit = STAT_UNIT_BOOLEAN }
#define OF_TEN	{ .type = STAT_TYPE_U64, .base = 10, .exponent = 4 }
#define ODD	{ .type = STAT_TYPE_U64, .unit = STAT_UNIT_SECONDS, .base = 10, .exponent = -7 }
#define NEW	{ .type = 99, .kind = 98, .unit = 97, .aggr = 0x8000 }
#define FAR	{ .type = STAT_TYPE_U64, .unit = STAT_UNIT_BYTES, .base = 10, .exponent = 127 }

#define MINUS(n) (-(uint64_t)(n))

static const struct {
	struct statsfs_value v;
	uint64_t number;
	const char *unit;
	const char *exact;
	const char *human;
} numbers[] = {
	{ COUNT, 0, "", "0", "0" },
	{ COUNT, UINT64_MAX, "", "18446744073709551615", "18446744073709551615" },
	{ BYTES, 0, "bytes", "0", "0 B" },
	{ BYTES, 1, "bytes", "1", "1 B" },
	{ BYTES, 1023, "bytes", "1023", "1023 B" },
	{ BYTES, 1024, "bytes", "1024", "1.0 KiB" },
	{ BYTES, 1536, "bytes", "1536", "1.5 KiB" },
	{ BYTES, 1048524, "bytes", "1048524", "1023.9 KiB" },
	{ BYTES, 1048525, "bytes", "1048525", "1.0 MiB" },
	{ BYTES, 5ull << 30, "bytes", "5368709120", "5.0 GiB" },
	{ BYTES, UINT64_MAX, "bytes", "18446744073709551615", "16.0 EiB" },
	{ KIB, 0, "KiB", "0", "0 B" },
	{ KIB, 3, "KiB", "3", "3.0 KiB" },
	{ KIB, 4096, "KiB", "4096", "4.0 MiB" },
	{ NS, 0, "ns", "0", "0 s" },
	{ NS, 7, "ns", "7", "7 ns" },
	{ NS, 1500, "ns", "1500", "1.5 us" },
	{ NS, 12345678, "ns", "12345678", "12.3 ms" },
	{ NS, 59940000000, "ns", "59940000000", "59.9 s" },
	{ NS, 60000000000, "ns", "60000000000", "1.0 min" },
	{ NS, 5400000000000, "ns", "5400000000000", "1.5 h" },
	{ NS, 864000000000000, "ns", "864000000000000", "10.0 d" },
	{ SECONDS, MINUS(90), "seconds", "-90", "-1.5 min" },
	{ CYCLES, 4000000000, "cycles", "4000000000", "4000000000 cycles" },
	{ YES_NO, 1, "boolean", "1", "1" },
	{ OF_TEN, 12, "10^4", "12", "12 10^4" },
	{ ODD, 15, "10^-7 seconds", "15", "1.5 us" },
	{ NEW, 15, "unit 97", "15", "15 unit 97" },
};

static void test_numbers(void **state)
{
	char buf[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		format_unit(&numbers[i].v, buf);
		assert_string_equal(buf, numbers[i].unit);
		format_exact(&numbers[i].v, numbers[i].number, buf);
		assert_string_equal(buf, numbers[i].exact);
		format_human(&numbers[i].v, numbers[i].number, buf);
		assert_string_equal(buf, numbers[i].human);
	}
	(void)state;
}

static const struct {
	struct statsfs_value v;
	double number;
	const char *text;
} scaled[] = {
	{ COUNT, 0, "0" },
	{ COUNT, 0.5, "0.5" },
	{ COUNT, 0.001, "0.0" },
	{ COUNT, 999, "999" },
	{ COUNT, 999.94, "999.9" },
	{ COUNT, 999.96, "1.0 k" },
	{ COUNT, 1234567, "1.2 M" },
	{ COUNT, -1500, "-1.5 k" },
	{ BYTES, 0.25, "0.2 B" },
	{ BYTES, 1e6, "976.6 KiB" },
	{ NS, 2.5e9, "2.5 s" },
	{ OF_TEN, 2, "20.0 k" },
};

static void test_scaled(void **state)
{
	char buf[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scaled); i++) {
		format_scaled(&scaled[i].v, scaled[i].number, buf);
		assert_string_equal(buf, scaled[i].text);
	}
	(void)state;
}

/* Text of the largest of all numbers is cut, not written past its place. */
static void test_far(void **state)
{
	struct statsfs_value v = FAR;
	char buf[FORMAT_SIZE];

	format_human(&v, UINT64_MAX, buf);
	assert_int_equal(strlen(buf), FORMAT_SIZE - 1);
	v.exponent = -128;
	format_human(&v, UINT64_MAX, buf);
	assert_string_equal(buf, "0.0 B");
	(void)state;
}

static void test_names(void **state)
{
	struct statsfs_value v = {
		.type = STAT_TYPE_S16, .kind = STAT_KIND_PEAK, .aggr = STAT_AGGR_MAX,
	};
	struct statsfs_value new = NEW;
	char buf[FORMAT_SIZE];

	format_type(&v, buf);
	assert_string_equal(buf, "s16");
	format_kind(&v, buf);
	assert_string_equal(buf, "peak");
	format_aggr(&v, buf);
	assert_string_equal(buf, "max");
	format_type(&new, buf);
	assert_string_equal(buf, "99");
	format_kind(&new, buf);
	assert_string_equal(buf, "98");
	format_aggr(&new, buf);
	assert_string_equal(buf, "32768");
	assert_false(is_histogram(&v));
	v.kind = STAT_KIND_LOG_HIST;
	assert_true(is_histogram(&v));
	(void)state;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_scaled),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
