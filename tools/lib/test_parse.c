// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What libstatsfs reads, and what it refuses.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <byteswap.h>
#include <cmocka.h>
#include <errno.h>
#include <limits.h>

#include "statsfs.h"
#include "test_build.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/**
 * struct fixture - a snapshot that can be changed before it is opened
 * @build: what it is built from
 * @image: the built snapshot
 * @s: what opens it
 */
struct fixture {
	struct build build;
	char *image;
	struct statsfs_snapshot *s;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	build_sample(&f->build);
	f->image = build_image(&f->build);
	f->s = statsfs_new();
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	statsfs_free(f->s);
	free(f->image);
	free(f);
	return 0;
}

static void rebuild(struct fixture *f)
{
	free(f->image);
	f->image = build_image(&f->build);
}

static int open_image(struct fixture *f)
{
	return statsfs_open_memory(f->s, f->image, f->build.header.size);
}

/* How open_memory ends if the string at @where reads @name. */
static int open_with_name(struct fixture *f, uint32_t where, const char *name)
{
	char *string = f->image + f->build.header.strings_offset + where;
	char *old = strdup(string);
	int err;

	strncpy(string, name, strlen(old));
	err = open_image(f);
	strcpy(string, old);
	free(old);
	return err;
}

static void check_source(const struct fixture *f, unsigned int i,
			 const char *path, unsigned int depth,
			 unsigned int nr_values)
{
	const struct statsfs_source *source = statsfs_source_at(f->s, i);
	char buf[PATH_MAX];

	assert_non_null(source);
	assert_int_equal(statsfs_path(source, buf, sizeof(buf)), strlen(path));
	assert_string_equal(buf, path);
	assert_int_equal(source->id, 100 + i);
	assert_int_equal(source->depth, depth);
	assert_int_equal(source->nr_values, nr_values);
}

static void check_sample(const struct fixture *f)
{
	const struct statsfs_gathering *g = statsfs_gathering(f->s);
	const struct statsfs_value *v;
	uint64_t u64;
	int64_t s64;

	check_source(f, 0, "", 0, 1);
	check_source(f, 1, "eth0", 1, 2);
	check_source(f, 2, "eth0/queue0", 2, 2);
	check_source(f, 3, "lo", 1, 2);
	assert_null(statsfs_source_at(f->s, 4));
	assert_null(statsfs_source_at(f->s, 0)->parent);
	assert_ptr_equal(statsfs_source_at(f->s, 2)->parent,
			 statsfs_source_at(f->s, 1));

	v = statsfs_value_at(f->s, 0);
	assert_string_equal(v->name, "rx_bytes");
	assert_string_equal(v->desc, "what it is");
	assert_int_equal(v->aggr, STAT_AGGR_SUM);
	assert_int_equal(v->unit, STAT_UNIT_BYTES);

	v = statsfs_value_at(f->s, 2);
	assert_string_equal(v->name, "state");
	assert_int_equal(v->type, STAT_TYPE_S32);
	assert_int_equal(v->kind, STAT_KIND_INSTANT);
	assert_int_equal(statsfs_s64(g, v, 0, &s64), 0);
	assert_int_equal(s64, -5);
	assert_int_equal(statsfs_u64(g, v, 0, &u64), -ERANGE);

	v = statsfs_value_at(f->s, 3);
	assert_int_equal(v->buckets, 4);
	assert_int_equal(v->nr_numbers, 4);
	assert_int_equal(v->bucket_size, 16);
	assert_int_equal(statsfs_u64(g, v, 3, &u64), 0);
	assert_int_equal(u64, 60);
	assert_int_equal(statsfs_u64(g, v, 4, &u64), -EINVAL);

	v = statsfs_value_at(f->s, 4);
	assert_int_equal(v->base, 10);
	assert_int_equal(v->exponent, -9);
	assert_string_equal(statsfs_value_at(f->s, 6)->name, "peak");
	assert_null(statsfs_value_at(f->s, 7));
	assert_int_equal(statsfs_generation(f->s), 7);
	assert_int_equal(g->number, 1);
	assert_int_equal(g->begin_ns, 1000000000);
	assert_int_equal(g->end_ns, 1000001000);
	assert_null(statsfs_previous(f->s));
}

static void test_sample(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_image(f), 0);
	check_sample(f);
}

static void test_unaligned(void **state)
{
	struct fixture *f = *state;
	char *copy = malloc(f->build.header.size + 1);

	memcpy(copy + 1, f->image, f->build.header.size);
	assert_int_equal(statsfs_open_memory(f->s, copy + 1,
					     f->build.header.size), 0);
	check_sample(f);
	free(copy);
}

static void test_more_behind(void **state)
{
	struct fixture *f = *state;

	f->image = realloc(f->image, f->build.header.size + 8);
	assert_int_equal(statsfs_open_memory(f->s, f->image,
					     f->build.header.size + 8), 0);
	check_sample(f);
}

static void test_growth(void **state)
{
	struct fixture *f = *state;

	for (f->build.growth = 8; f->build.growth < 4096; f->build.growth *= 2) {
		rebuild(f);
		assert_int_equal(open_image(f), 0);
		check_sample(f);
	}
}

/* What a later kernel may say of a value. */
static void test_unknown(void **state)
{
	struct fixture *f = *state;
	struct statsfs_snapshot_value *d = &f->build.values[1];
	const struct statsfs_value *v;
	struct statsfs_delta delta;

	d->type = 200;
	d->kind = 201;
	d->unit = 202;
	d->aggr = 0x8000;
	d->flags = 0x80;
	rebuild(f);
	assert_int_equal(open_image(f), 0);
	v = statsfs_value_at(f->s, 1);
	assert_int_equal(v->type, 200);
	assert_null(statsfs_type_name(v->type));
	assert_null(statsfs_kind_name(v->kind));
	assert_null(statsfs_unit_name(v->unit));
	assert_null(statsfs_aggr_name(v->aggr));
	assert_int_equal(statsfs_delta(v, 0, statsfs_gathering(f->s),
				       statsfs_gathering(f->s), &delta),
			 STATSFS_CHANGE_NONE);
}

static void test_empty(void **state)
{
	struct fixture *f = *state;

	build_init(&f->build);
	rebuild(f);
	assert_int_equal(open_image(f), 0);
	check_source(f, 0, "", 0, 0);
	assert_null(statsfs_source_at(f->s, 1));
	assert_null(statsfs_value_at(f->s, 0));
}

static void test_status(void **state)
{
	struct fixture *f = *state;
	const struct statsfs_gathering *g;
	uint64_t number;

	f->build.status[1] = ENODEV;
	f->build.status[2] = -1;
	rebuild(f);
	assert_int_equal(open_image(f), 0);
	g = statsfs_gathering(f->s);
	assert_int_equal(statsfs_number(g, statsfs_value_at(f->s, 0), 0, &number),
			 0);
	assert_int_equal(statsfs_number(g, statsfs_value_at(f->s, 1), 0, &number),
			 -ENODEV);
	assert_int_equal(statsfs_number(g, statsfs_value_at(f->s, 2), 0, &number),
			 -EIO);
}

static void test_labels(void **state)
{
	struct fixture *f = *state;
	const char *labels[3] = {};

	assert_int_equal(open_image(f), 0);
	assert_int_equal(statsfs_labels(statsfs_source_at(f->s, 0), labels, 3), 0);
	assert_null(labels[0]);
	assert_int_equal(statsfs_labels(statsfs_source_at(f->s, 2), labels, 3), 2);
	assert_string_equal(labels[0], "eth0");
	assert_string_equal(labels[1], "queue0");
	assert_null(labels[2]);
	labels[1] = NULL;
	assert_int_equal(statsfs_labels(statsfs_source_at(f->s, 2), labels, 1), 2);
	assert_null(labels[1]);
}

static void test_short_path(void **state)
{
	struct fixture *f = *state;
	const char *path = "eth0/queue0";
	char buf[16], expected[16];
	size_t size;

	assert_int_equal(open_image(f), 0);
	for (size = 0; size < sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		memset(expected, 'x', sizeof(expected));
		if (size) {
			strncpy(expected, path, size);
			expected[size - 1] = '\0';
			if (size > strlen(path) + 1)
				memset(expected + strlen(path) + 1, 'x',
				       size - strlen(path) - 1);
		}
		assert_int_equal(statsfs_path(statsfs_source_at(f->s, 2), buf, size),
				 strlen(path));
		assert_memory_equal(buf, expected, sizeof(buf));
	}
}

static void test_long_path(void **state)
{
	struct fixture *f = *state;
	char name[256], path[PATH_MAX];
	int i;

	build_init(&f->build);
	memset(name, 'n', 255);
	name[255] = '\0';
	for (i = 0; i < 15; i++)
		build_source(&f->build, i, name);
	build_source(&f->build, 15, "last");
	for (i = 1; i < 16; i++)
		f->build.sources[i].name = f->build.sources[1].name;
	name[251] = '\0';
	build_value(&f->build, name + 1, STAT_TYPE_U64, STAT_KIND_INSTANT);
	rebuild(f);
	assert_int_equal(open_image(f), 0);
	assert_int_equal(statsfs_path(statsfs_source_at(f->s, 16), path,
				      sizeof(path)), 15 * 256 + 4);

	build_source(&f->build, 16, name);
	rebuild(f);
	assert_int_equal(open_image(f), -ENAMETOOLONG);
	f->build.nr_sources--;
	f->build.values[0].name = f->build.sources[1].name;
	rebuild(f);
	assert_int_equal(open_image(f), -ENAMETOOLONG);
}

static void test_names(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", ".eth0", "a/b", "a\nb", "a\tb", "a\x7f", "\x1b[2J",
	};
	struct fixture *f = *state;
	uint32_t source = f->build.sources[2].name;
	uint32_t value = f->build.values[1].name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(open_with_name(f, source, bad[i]), -EBADMSG);
		assert_int_equal(open_with_name(f, value, bad[i]), -EBADMSG);
	}
	assert_int_equal(open_with_name(f, source, "a b:\xc3\xa4\xff"), 0);
}

static void test_name_of_the_top(void **state)
{
	struct fixture *f = *state;

	f->build.sources[0].name = f->build.sources[1].name;
	rebuild(f);
	assert_int_equal(open_image(f), -EBADMSG);
}

/* A copy of exactly the bytes that there are, so that a sanitizer sees the end. */
static int open_first(struct fixture *f, size_t size)
{
	char *copy = malloc(size ? size : 1);
	int err;

	memcpy(copy, f->image, size);
	err = statsfs_open_memory(f->s, copy, size);
	free(copy);
	return err;
}

static void test_truncated(void **state)
{
	struct fixture *f = *state;
	size_t size;

	for (size = 0; size < 4; size++)
		assert_int_equal(open_first(f, size), -EMEDIUMTYPE);
	for (; size < f->build.header.size; size++)
		assert_int_equal(open_first(f, size), -EBADMSG);
	assert_int_equal(open_first(f, size), 0);
	assert_int_equal(open_first(f, 100), -EBADMSG);
	assert_string_equal(statsfs_error(f->s), "truncated: 100 bytes");
	assert_null(statsfs_gathering(f->s));
	assert_null(statsfs_value_at(f->s, 0));
}

static void test_byte_order(void **state)
{
	struct fixture *f = *state;
	uint32_t magic = bswap_32(STATSFS_SNAPSHOT_MAGIC);

	memcpy(f->image, &magic, sizeof(magic));
	assert_int_equal(open_image(f), -EPROTONOSUPPORT);
	assert_string_equal(statsfs_error(f->s),
			    "is from a machine with the other byte order");
}

/**
 * struct damage - a change of a snapshot
 * @name: what is changed
 * @where: 'h'eader, 'g'athering, 's'ource or 'v'alue
 * @index: of the source or value
 * @offset: offset in the struct
 * @size: bytes of the member
 * @with: what is written there
 * @err: how opening it fails
 */
struct damage {
	const char *name;
	char where;
	unsigned int index;
	size_t offset;
	size_t size;
	uint64_t with;
	int err;
};

#define DAMAGE(where, index, type, member, with, err)			\
	{ #type "." #member " is " #with, where, index,			\
	  offsetof(struct statsfs_snapshot_##type, member),		\
	  sizeof(((struct statsfs_snapshot_##type *)0)->member), with, err }
#define HEADER(member, with, err)	DAMAGE('h', 0, header, member, with, err)
#define GATHERING(member, with, err) \
	DAMAGE('g', 0, gathering, member, with, err)
#define SOURCE(index, member, with) \
	DAMAGE('s', index, source, member, with, EBADMSG)
#define VALUE(index, member, with) \
	DAMAGE('v', index, value, member, with, EBADMSG)

static const struct damage damages[] = {
	HEADER(magic, 0, EMEDIUMTYPE),
	HEADER(version, 0, EPROTONOSUPPORT),
	HEADER(version, 2, EPROTONOSUPPORT),
	HEADER(header_size, sizeof(struct statsfs_snapshot_header) - 1, EBADMSG),
	HEADER(header_size, 0xffff, EBADMSG),
	HEADER(gathering_size, 23, EBADMSG),
	HEADER(gathering_size, 0xffff, EBADMSG),
	HEADER(source_size, 23, EBADMSG),
	HEADER(source_size, 0xffff, EBADMSG),
	HEADER(value_size, 35, EBADMSG),
	HEADER(value_size, 0xffff, EBADMSG),
	HEADER(size, 0, EBADMSG),
	HEADER(size, STATSFS_SNAPSHOT_MAX_SIZE, EBADMSG),
	HEADER(size, STATSFS_SNAPSHOT_MAX_SIZE + 1, EFBIG),
	HEADER(size, UINT64_MAX, EFBIG),
	HEADER(refresh_size, 0, EBADMSG),
	HEADER(refresh_size, 7, EBADMSG),
	HEADER(refresh_size, 8, EBADMSG),
	HEADER(refresh_size, UINT64_MAX, EBADMSG),
	HEADER(gathering_offset, 0, EBADMSG),
	HEADER(gathering_offset, UINT64_MAX - 7, EBADMSG),
	HEADER(status_offset, 0, EBADMSG),
	HEADER(status_offset, UINT64_MAX - 7, EBADMSG),
	HEADER(status_offset, 140, EBADMSG),
	HEADER(data_offset, 0, EBADMSG),
	HEADER(data_offset, UINT64_MAX - 7, EBADMSG),
	HEADER(data_offset, 164, EBADMSG),
	HEADER(sources_offset, 0, EBADMSG),
	HEADER(sources_offset, UINT64_MAX - 7, EBADMSG),
	HEADER(values_offset, 0, EBADMSG),
	HEADER(values_offset, UINT64_MAX - 7, EBADMSG),
	HEADER(strings_offset, 0, EBADMSG),
	HEADER(strings_offset, UINT64_MAX - 7, EBADMSG),
	HEADER(strings_size, 0, EBADMSG),
	HEADER(strings_size, 5, EBADMSG),
	HEADER(strings_size, UINT64_MAX, EBADMSG),
	HEADER(nr_groups, 0, EBADMSG),
	HEADER(nr_groups, 6, EBADMSG),
	HEADER(nr_groups, UINT32_MAX, EBADMSG),
	HEADER(nr_numbers, 12, EBADMSG),
	HEADER(nr_numbers, UINT32_MAX, EBADMSG),
	HEADER(nr_sources, 0, EBADMSG),
	HEADER(nr_sources, 3, EBADMSG),
	HEADER(nr_sources, 5, EBADMSG),
	HEADER(nr_sources, UINT32_MAX, EBADMSG),
	HEADER(nr_values, 6, EBADMSG),
	HEADER(nr_values, UINT32_MAX, EBADMSG),
	GATHERING(gathering, 2, EAGAIN),
	GATHERING(begin_ns, UINT64_MAX, EBADMSG),
	GATHERING(end_ns, 0, EBADMSG),
	SOURCE(0, parent, 0),
	SOURCE(0, name, UINT32_MAX),
	SOURCE(0, nr_values, 2),
	SOURCE(1, parent, 1),
	SOURCE(1, parent, 2),
	SOURCE(1, parent, STATSFS_SNAPSHOT_NO_PARENT),
	SOURCE(1, name, UINT32_MAX),
	SOURCE(1, first_value, 0),
	SOURCE(1, first_value, UINT32_MAX),
	SOURCE(1, nr_values, 1),
	SOURCE(1, nr_values, UINT32_MAX),
	SOURCE(3, first_value, 6),
	VALUE(0, source, 1),
	VALUE(0, source, 4),
	VALUE(0, source, UINT32_MAX),
	VALUE(0, name, UINT32_MAX),
	VALUE(0, desc, UINT32_MAX),
	VALUE(0, group, 7),
	VALUE(0, group, UINT32_MAX),
	VALUE(0, data, 13),
	VALUE(0, data, UINT32_MAX),
	VALUE(0, buckets, 14),
	VALUE(0, buckets, 0xffff),
	VALUE(4, data, 10),
	VALUE(0, type, 0),
};

static size_t place(const struct statsfs_snapshot_header *h,
		    const struct damage *d)
{
	switch (d->where) {
	case 'g':
		return h->gathering_offset + d->offset;
	case 's':
		return h->sources_offset + d->index * h->source_size + d->offset;
	case 'v':
		return h->values_offset + d->index * h->value_size + d->offset;
	default:
		return d->offset;
	}
}

static void test_damage(void **state)
{
	struct fixture *f = *state;
	uint64_t old;
	size_t i, at;
	int err;

	for (i = 0; i < ARRAY_SIZE(damages); i++) {
		const struct damage *d = &damages[i];

		at = place(&f->build.header, d);
		memcpy(&old, f->image + at, d->size);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		memcpy(f->image + at, (char *)&d->with + 8 - d->size, d->size);
#else
		memcpy(f->image + at, &d->with, d->size);
#endif
		err = open_image(f);
		if (err != -d->err)
			fail_msg("%s: %d (%s)", d->name, err,
				 statsfs_error(f->s));
		assert_true(*statsfs_error(f->s));
		memcpy(f->image + at, &old, d->size);
	}
	assert_int_equal(open_image(f), 0);
}

static void test_strings_end(void **state)
{
	struct fixture *f = *state;
	const struct statsfs_snapshot_header *h = &f->build.header;

	f->image[h->strings_offset + h->strings_size - 1] = 'x';
	assert_int_equal(open_image(f), -EBADMSG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_sample),
		TEST(test_unaligned),
		TEST(test_more_behind),
		TEST(test_growth),
		TEST(test_unknown),
		TEST(test_empty),
		TEST(test_status),
		TEST(test_labels),
		TEST(test_short_path),
		TEST(test_long_path),
		TEST(test_names),
		TEST(test_name_of_the_top),
		TEST(test_truncated),
		TEST(test_byte_order),
		TEST(test_damage),
		TEST(test_strings_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
