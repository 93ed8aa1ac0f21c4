// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Refreshing, with a kernel of our own.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "statsfs.h"
#include "test_build.h"
#include "test_wrap.h"

/* No descriptors of this process have such numbers. */
#define FIRST_FD	1000

/**
 * struct kernel - what statsfs would have
 * @path: the only file that there is
 * @build: what it shows now
 * @image: the built snapshot, or NULL
 * @generation: of each open file, by its descriptor
 * @nr_opens: number of files that were opened
 * @nr_closes: number of files that were closed
 * @nr_reads: number of reads
 * @nr_allocations: number of allocations
 * @fail_after: so many allocations succeed, and the next one fails
 * @is_inside: allocations are the kernel's own
 * @most: no read gives more than so many bytes
 * @torn: so many reads at the beginning will have two gathering numbers
 * @unstable: the generation changes with every open file
 * @read_error: what reads fail with, or 0
 * @open_error: what opening fails with, or 0
 */
static struct kernel {
	const char *path;
	struct build build;
	char *image;
	uint64_t generation[16];
	unsigned int nr_opens;
	unsigned int nr_closes;
	unsigned int nr_reads;
	unsigned int nr_allocations;
	unsigned int fail_after;
	bool is_inside;
	size_t most;
	unsigned int torn;
	bool unstable;
	int read_error;
	int open_error;
} kernel;

/* Counts an allocation; false: it shall fail. */
static bool allocate(void)
{
	return kernel.is_inside || kernel.nr_allocations++ != kernel.fail_after;
}

void *__wrap_malloc(size_t size)
{
	return allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocate() ? __real_calloc(n, size) : NULL;
}

void *__wrap_realloc(void *p, size_t size)
{
	return allocate() ? __real_realloc(p, size) : NULL;
}

int __wrap_open(const char *path, int flags, ...)
{
	assert_int_equal(flags, O_RDONLY | O_CLOEXEC);
	errno = strcmp(path, kernel.path) ? ENOENT : kernel.open_error;
	if (errno)
		return -1;
	assert_true(kernel.nr_opens < 16);
	kernel.generation[kernel.nr_opens] = kernel.build.header.generation;
	if (kernel.unstable)
		kernel.build.header.generation++;
	return FIRST_FD + kernel.nr_opens++;
}

int __wrap_close(int fd)
{
	assert_in_range(fd, FIRST_FD, FIRST_FD + kernel.nr_opens - 1);
	kernel.nr_closes++;
	return 0;
}

static void gather(void)
{
	free(kernel.image);
	kernel.is_inside = true;
	kernel.image = build_image(&kernel.build);
	kernel.is_inside = false;
	kernel.build.gathering.gathering++;
	kernel.build.gathering.begin_ns += 1000000000;
	kernel.build.gathering.end_ns += 1000000000;
	if (kernel.torn) {
		kernel.torn--;
		kernel.image[kernel.build.header.refresh_size - 1] ^= 1;
	}
}

ssize_t __wrap_pread(int fd, void *buf, size_t size, off_t offset)
{
	size_t rest;

	assert_in_range(fd, FIRST_FD, FIRST_FD + kernel.nr_opens - 1);
	kernel.nr_reads++;
	errno = kernel.read_error;
	if (kernel.generation[fd - FIRST_FD] != kernel.build.header.generation)
		errno = ESTALE;
	if (errno)
		return -1;
	if (!offset)
		gather();
	rest = kernel.build.header.size - offset;
	if (size > rest)
		size = rest;
	if (kernel.most && size > kernel.most)
		size = kernel.most;
	memcpy(buf, kernel.image + offset, size);
	return size;
}

static int setup(void **state)
{
	free(kernel.image);
	memset(&kernel, 0, sizeof(kernel));
	kernel.path = "stats";
	kernel.fail_after = -1;
	build_sample(&kernel.build);
	*state = statsfs_new();
	return 0;
}

static int teardown(void **state)
{
	statsfs_free(*state);
	free(kernel.image);
	kernel.image = NULL;
	return kernel.nr_opens != kernel.nr_closes;
}

static uint64_t number(const struct statsfs_gathering *g,
		       const struct statsfs_value *v)
{
	uint64_t n;

	assert_non_null(g);
	assert_int_equal(statsfs_number(g, v, 0, &n), 0);
	return n;
}

/* The second value, eth0/rx_bytes, now and before. */
static void check_numbers(const struct statsfs_snapshot *s, uint64_t now,
			  uint64_t before)
{
	const struct statsfs_value *v = statsfs_value_at(s, 1);

	assert_int_equal(number(statsfs_gathering(s), v), now);
	assert_int_equal(number(statsfs_previous(s), v), before);
}

static void test_refresh(void **state)
{
	struct statsfs_snapshot *s = *state;
	struct statsfs_delta d;
	int i;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_int_equal(statsfs_fd(s), FIRST_FD);
	assert_null(statsfs_previous(s));
	for (i = 1; i < 5; i++) {
		kernel.build.numbers[1] += 100;
		assert_int_equal(statsfs_refresh(s), 0);
		check_numbers(s, 10 + 100 * i, 10 + 100 * (i - 1));
		assert_int_equal(statsfs_gathering(s)->number, i + 1);
		assert_int_equal(statsfs_previous(s)->number, i);
		assert_int_equal(statsfs_delta(statsfs_value_at(s, 1), 0,
					       statsfs_previous(s),
					       statsfs_gathering(s), &d), 0);
		assert_true(d.per_second == 100);
		assert_string_equal(statsfs_value_at(s, 6)->name, "peak");
	}
	kernel.build.numbers[1] = 0;
	assert_int_equal(statsfs_refresh(s), 0);
	assert_int_equal(statsfs_delta(statsfs_value_at(s, 1), 0,
				       statsfs_previous(s),
				       statsfs_gathering(s), &d),
			 STATSFS_CHANGE_BACK);
}

static void test_cost(void **state)
{
	struct statsfs_snapshot *s = *state;
	int i;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_int_equal(kernel.nr_reads, 1);
	for (i = 0; i < 100; i++) {
		kernel.nr_reads = 0;
		kernel.nr_allocations = 0;
		assert_int_equal(statsfs_refresh(s), 0);
		assert_int_equal(kernel.nr_reads, 1);
		assert_int_equal(kernel.nr_allocations, 0);
	}
}

static void test_pieces(void **state)
{
	struct statsfs_snapshot *s = *state;

	kernel.most = 100;
	assert_int_equal(statsfs_open(s, "stats"), -EBADMSG);
	kernel.most = sizeof(struct statsfs_snapshot_header);
	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_int_equal(statsfs_refresh(s), 0);
	check_numbers(s, 10, 10);
	assert_string_equal(statsfs_value_at(s, 6)->name, "peak");
}

/* More than what is first read, and then, but from one gathering. */
static void test_large(void **state)
{
	struct statsfs_snapshot *s = *state;

	kernel.build.growth = 32 << 10;
	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_true(kernel.build.header.size > 64 << 10);
	assert_int_equal(kernel.nr_reads, 3);
	assert_int_equal(kernel.build.gathering.gathering, 2);
	assert_string_equal(statsfs_value_at(s, 6)->name, "peak");
	assert_int_equal(statsfs_refresh(s), 0);
	check_numbers(s, 10, 10);
}

static void add_device(void)
{
	struct build *b = &kernel.build;

	b->header.generation++;
	build_source(b, 0, "wlan0");
	build_value(b, "rx_bytes", STAT_TYPE_U64, STAT_KIND_CUMULATIVE);
	b->numbers[b->nr_numbers - 1] = 4711;
}

static void test_change(void **state)
{
	struct statsfs_snapshot *s = *state;
	const struct statsfs_value *v;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_int_equal(statsfs_refresh(s), 0);
	add_device();
	assert_int_equal(statsfs_refresh(s), 1);
	assert_int_equal(statsfs_fd(s), FIRST_FD + 1);
	assert_int_equal(statsfs_generation(s), 8);
	assert_null(statsfs_previous(s));
	v = statsfs_value_at(s, 7);
	assert_string_equal(v->source->name, "wlan0");
	assert_int_equal(number(statsfs_gathering(s), v), 4711);
	assert_int_equal(statsfs_refresh(s), 0);
	assert_int_equal(number(statsfs_previous(s), v), 4711);
}

static void test_change_while_opening(void **state)
{
	struct statsfs_snapshot *s = *state;

	kernel.unstable = true;
	assert_int_equal(statsfs_open(s, "stats"), -EAGAIN);
	assert_string_equal(statsfs_error(s),
			    "stats: was changed all the time while it was read");
	assert_int_equal(statsfs_fd(s), -1);
	kernel.unstable = false;
	assert_int_equal(statsfs_open(s, "stats"), 0);
}

/* The old one stays, and the next refresh finds the new one. */
static void test_change_and_no_file(void **state)
{
	struct statsfs_snapshot *s = *state;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	add_device();
	kernel.open_error = EMFILE;
	assert_int_equal(statsfs_refresh(s), -EMFILE);
	assert_int_equal(number(statsfs_gathering(s), statsfs_value_at(s, 1)), 10);
	assert_null(statsfs_previous(s));
	assert_null(statsfs_value_at(s, 7));
	kernel.open_error = 0;
	assert_int_equal(statsfs_refresh(s), 1);
	assert_non_null(statsfs_value_at(s, 7));
}

static void test_errors(void **state)
{
	static const int errors[] = { ENODEV, ENOMEM, EINTR };
	struct statsfs_snapshot *s = *state;
	size_t i;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		kernel.read_error = errors[i];
		assert_int_equal(statsfs_refresh(s), -errors[i]);
		assert_int_equal(number(statsfs_gathering(s),
					statsfs_value_at(s, 1)), 10);
		assert_null(statsfs_previous(s));
	}
	assert_string_equal(statsfs_error(s), "stats: Interrupted system call");
	kernel.read_error = 0;
	kernel.build.numbers[1] = 11;
	assert_int_equal(statsfs_refresh(s), 0);
	check_numbers(s, 11, 10);
}

static void test_torn(void **state)
{
	struct statsfs_snapshot *s = *state;

	kernel.torn = 1;
	assert_int_equal(statsfs_open(s, "stats"), 0);
	kernel.torn = 2;
	assert_int_equal(statsfs_refresh(s), 0);
	check_numbers(s, 10, 10);
	kernel.torn = -1;
	assert_int_equal(statsfs_refresh(s), -EAGAIN);
	assert_null(statsfs_previous(s));
	assert_int_equal(number(statsfs_gathering(s), statsfs_value_at(s, 1)), 10);
}

static void test_damaged_refresh(void **state)
{
	struct statsfs_snapshot *s = *state;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	kernel.build.gathering.end_ns = 0;
	assert_int_equal(statsfs_refresh(s), -EBADMSG);
}

/* Somebody saves another snapshot under the name of the one that is read. */
static void test_saved_again(void **state)
{
	struct statsfs_snapshot *s = *state;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	add_device();
	kernel.generation[0] = kernel.build.header.generation;
	assert_int_equal(statsfs_refresh(s), 1);
	assert_non_null(statsfs_value_at(s, 7));
}

static void test_nothing(void **state)
{
	struct statsfs_snapshot *s = *state;

	assert_int_equal(statsfs_refresh(s), -EBADF);
	assert_int_equal(statsfs_open(s, "nowhere"), -ENOENT);
	assert_string_equal(statsfs_error(s),
			    "nowhere: No such file or directory");
	assert_int_equal(statsfs_refresh(s), -EBADF);
	assert_int_equal(statsfs_open(s, "/"), -EMEDIUMTYPE);
	assert_string_equal(statsfs_error(s), "/ is not in a statsfs mount");
	assert_int_equal(statsfs_fd(s), -1);
	assert_null(statsfs_gathering(s));
	assert_null(statsfs_previous(s));
	assert_null(statsfs_source_at(s, 0));
	assert_int_equal(statsfs_generation(s), 0);
	statsfs_free(NULL);
}

/* Each allocation fails in turn; a sanitizer finds what is forgotten then. */
static void test_no_memory(void **state)
{
	struct statsfs_snapshot *s = *state;
	int n, err = -ENOMEM;

	for (n = 0; err; n++) {
		kernel.nr_allocations = 0;
		kernel.fail_after = n;
		err = statsfs_open(s, "stats");
		if (err) {
			assert_int_equal(err, -ENOMEM);
			assert_string_equal(statsfs_error(s),
					    "stats: not enough memory");
			assert_null(statsfs_gathering(s));
		}
	}
	assert_in_range(n, 4, 10);
}

static void test_open_twice(void **state)
{
	struct statsfs_snapshot *s = *state;

	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_int_equal(statsfs_open(s, "stats"), 0);
	assert_int_equal(statsfs_fd(s), FIRST_FD + 1);
	assert_int_equal(statsfs_open(s, "nowhere"), -ENOENT);
	assert_null(statsfs_value_at(s, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_refresh),
		TEST(test_cost),
		TEST(test_pieces),
		TEST(test_large),
		TEST(test_change),
		TEST(test_change_while_opening),
		TEST(test_change_and_no_file),
		TEST(test_errors),
		TEST(test_torn),
		TEST(test_damaged_refresh),
		TEST(test_saved_again),
		TEST(test_nothing),
		TEST(test_no_memory),
		TEST(test_open_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
