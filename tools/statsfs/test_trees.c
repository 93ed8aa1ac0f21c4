// SPDX-License-Identifier: GPL-2.0
/*
 * usage: trees DIRECTORY
 *
 * Writes snapshots for tests of "statsfs export".
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/test_build.h"

static const char *directory;

static void write_tree(const char *name, struct build *b)
{
	char *image = build_image(b);
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (!file || fwrite(image, b->header.size, 1, file) != 1 || fclose(file))
		err(1, "%s", path);
	free(image);
}

/* The last value gets a number. */
static void set(struct build *b, uint64_t number)
{
	b->numbers[b->nr_numbers - 1] = number;
}

static struct statsfs_snapshot_value *counter(struct build *b, const char *name,
					      uint64_t number)
{
	struct statsfs_snapshot_value *v =
		build_value(b, name, STAT_TYPE_U64, STAT_KIND_CUMULATIVE);

	set(b, number);
	return v;
}

static struct statsfs_snapshot_value *gauge(struct build *b, const char *name,
					    uint64_t number)
{
	struct statsfs_snapshot_value *v =
		build_value(b, name, STAT_TYPE_U64, STAT_KIND_INSTANT);

	set(b, number);
	return v;
}

static void nanoseconds(struct statsfs_snapshot_value *v)
{
	v->unit = STAT_UNIT_SECONDS;
	v->base = 10;
	v->exponent = -9;
}

static uint32_t last_source(const struct build *b)
{
	return b->nr_sources - 1;
}

/* A source with a name and one counter; returns its index. */
static uint32_t counting(struct build *b, uint32_t parent, const char *name,
			 const char *value, uint64_t number)
{
	uint32_t source = build_source(b, parent, name);

	counter(b, value, number);
	return source;
}

/* The source @of again, in @parent: with the same numbers. */
static void again(struct build *b, uint32_t parent, uint32_t of)
{
	struct statsfs_snapshot_source *source = &b->sources[of];
	struct statsfs_snapshot_value v;
	uint32_t i;

	build_source(b, parent, b->strings + source->name);
	b->sources[last_source(b)].id = source->id;
	for (i = 0; i < source->nr_values; i++) {
		v = b->values[source->first_value + i];
		v.source = last_source(b);
		b->values[b->nr_values++] = v;
		b->sources[v.source].nr_values++;
	}
}

/* Providers that are known, with a disk that has a partition. */
static void write_known(void)
{
	static struct build b;
	uint32_t bufstat, net, eth0, lo, mm, blk, vda, numa, node1;

	build_init(&b);
	bufstat = build_source(&b, 0, "bufstat");
	net = build_source(&b, bufstat, "net");
	counter(&b, "rx_bytes", 30)->aggr = STAT_AGGR_SUM;
	eth0 = build_source(&b, net, "eth0");
	counter(&b, "rx_bytes", UINT64_MAX)->unit = STAT_UNIT_BYTES;
	counter(&b, "rx_buffers", 5);
	lo = counting(&b, net, "lo", "rx_buffers", 7);
	counting(&b, build_source(&b, bufstat, "softnet"), "cpu3", "dropped", 9);
	mm = build_source(&b, bufstat, "mm");
	gauge(&b, "total", 3000)->unit = STAT_UNIT_BYTES;
	build_source(&b, mm, "node1");
	gauge(&b, "total", 1000)->unit = STAT_UNIT_BYTES;
	build_source(&b, last_source(&b), "DMA");
	gauge(&b, "free", 100)->unit = STAT_UNIT_BYTES;
	blk = build_source(&b, bufstat, "blk");
	vda = build_source(&b, blk, "vda");
	nanoseconds(counter(&b, "read_ns", 1500000000));
	build_source(&b, vda, "vda1");
	nanoseconds(counter(&b, "read_ns", 1));
	numa = build_source(&b, bufstat, "numa");
	node1 = build_source(&b, numa, "node1");
	net = build_source(&b, node1, "net");
	again(&b, net, eth0);
	again(&b, build_source(&b, node1, "blk"), vda);
	again(&b, last_source(&b), vda + 1);
	(void)lo;
	build_source(&b, 0, "cpu");
	nanoseconds(counter(&b, "user", 8));
	build_source(&b, last_source(&b), "cpu0");
	nanoseconds(counter(&b, "user", 3));
	write_tree("known", &b);
}

/* A description that needs to be escaped. */
static void write_quoted(void)
{
	static struct build b;

	build_init(&b);
	build_source(&b, 0, "q");
	counter(&b, "v", 1)->desc = b.strings_size;
	strcpy(b.strings + b.strings_size, "a \\ and \"b\"");
	b.strings_size += strlen(b.strings + b.strings_size) + 1;
	write_tree("quoted", &b);
}

/* One that is not, with names that are not those of metrics. */
static void write_foreign(void)
{
	static struct build b;
	uint32_t top;

	build_init(&b);
	top = build_source(&b, 0, "my-own");
	b.strings[counter(&b, "hits", 1)->desc] = '\0';
	counting(&b, top, "a\"b\\c", "hits", 2);
	counting(&b, last_source(&b), "\xff", "hits", 3);
	counting(&b, last_source(&b) - 1, "\\xff", "hits", 4);
	counting(&b, top, "\xc3\xa4", "hits", 5);
	write_tree("foreign", &b);
}

/* Names that become the same, and those that mean something to readers. */
static void write_clash(void)
{
	static struct build b;

	build_init(&b);
	build_source(&b, 0, "x-y");
	counter(&b, "a-b", 1);
	counter(&b, "a_b", 2);
	counter(&b, "c", 3);
	gauge(&b, "c_total", 4);
	gauge(&b, "d", 5);
	gauge(&b, "e_bytes", 6);
	gauge(&b, "e", 7)->unit = STAT_UNIT_BYTES;
	build_source(&b, 0, "x_y");
	counter(&b, "a_b", 8);
	counter(&b, "d", 9);
	build_source(&b, 0, "export");
	gauge(&b, "series", 10);
	write_tree("clash", &b);
}

/* Histograms, an array, and each kind of number; one with status @status. */
static void write_kinds(int status)
{
	static struct build b;
	struct statsfs_snapshot_value *v;
	uint32_t i;

	build_init(&b);
	build_source(&b, 0, "k");
	v = build_value(&b, "size", STAT_TYPE_U64, STAT_KIND_LINEAR_HIST);
	v->bucket_size = 16;
	v->unit = STAT_UNIT_BYTES;
	nanoseconds(build_value(&b, "delay", STAT_TYPE_U64, STAT_KIND_LOG_HIST));
	for (i = 0; i < b.nr_numbers; i++)
		b.numbers[i] = i % 4 + 1;
	v = build_value(&b, "huge", STAT_TYPE_U64, STAT_KIND_LOG_HIST);
	set(&b, UINT64_MAX);
	b.numbers[v->data] = 7;
	v = build_value(&b, "queues", STAT_TYPE_U64, STAT_KIND_INSTANT);
	v->buckets = 2;
	b.numbers[b.nr_numbers++] = 6;
	build_value(&b, "flag", STAT_TYPE_BOOL, STAT_KIND_CUMULATIVE);
	set(&b, 1);
	build_value(&b, "peak", STAT_TYPE_S32, STAT_KIND_PEAK);
	set(&b, -5);
	build_value(&b, "back", STAT_TYPE_S64, STAT_KIND_CUMULATIVE);
	set(&b, -1);
	build_value(&b, "new", STAT_TYPE_U64, 99);
	build_value(&b, "newer", 99, STAT_KIND_CUMULATIVE);
	v = counter(&b, "pages_kb", 1ull << 60);
	v->unit = STAT_UNIT_BYTES;
	v->base = 2;
	v->exponent = 10;
	v = gauge(&b, "level", 5);
	v->base = 2;
	v->exponent = -3;
	v = gauge(&b, "many", 12);
	v->base = 10;
	v->exponent = 6;
	v = counter(&b, "odd", 1);
	v->base = 3;
	v->exponent = 1;
	b.status[0] = status;
	write_tree(status ? "unreadable" : "kinds", &b);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: %s DIRECTORY", argv[0]);
	directory = argv[1];
	write_known();
	write_quoted();
	write_foreign();
	write_clash();
	write_kinds(0);
	write_kinds(ENODEV);
	return 0;
}
