// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of "statsfs top", with snapshots in a file that is written again and
 * again.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "program.h"
#include "test_build.h"
#include "top-model.h"

#define S	1000000000ull

/**
 * struct world - a tree of statistics, and who looks at it
 * @build: what there is
 * @file: a snapshot of it
 * @path: the name of that
 * @snapshot: what was read last
 * @patterns: what is asked for
 * @arguments: the same
 * @selection: the same
 * @model: what is under test
 */
static struct world {
	struct build build;
	int file;
	char path[64];
	struct statsfs_snapshot *snapshot;
	char patterns[2][32];
	char *arguments[2];
	struct selection selection;
	struct top_model model;
} world;

static void save(void)
{
	char *image = build_image(&world.build);
	size_t size = world.build.header.size;

	assert_int_equal(pwrite(world.file, image, size, 0), size);
	assert_int_equal(ftruncate(world.file, size), 0);
	free(image);
}

static void look(int result)
{
	assert_in_range(result, 0, 1);
	assert_true(top_model_update(&world.model, world.snapshot, result));
	top_model_arrange(&world.model);
}

/* Another sample, so much later. */
static void after(uint64_t ns)
{
	struct build *b = &world.build;

	b->gathering.gathering++;
	b->gathering.begin_ns += ns;
	b->gathering.end_ns += ns;
	save();
	look(statsfs_refresh(world.snapshot));
}

static void begin(void)
{
	save();
	assert_int_equal(statsfs_open(world.snapshot, world.path), 0);
	look(1);
}

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	build_sample(&world.build);
	strcpy(world.path, "/tmp/test_top.XXXXXX");
	world.file = mkstemp(world.path);
	world.snapshot = statsfs_new();
	top_model_init(&world.model, &world.selection);
	world.model.sort = TOP_SORT_PATH;
	return world.file < 0 || !world.snapshot;
}

static int teardown(void **state)
{
	(void)state;
	top_model_free(&world.model);
	selection_free(&world.selection);
	statsfs_free(world.snapshot);
	close(world.file);
	return unlink(world.path);
}

/* Two patterns, or one and an empty one. */
static void ask_for(const char *a, const char *b)
{
	strcpy(world.patterns[0], a);
	strcpy(world.patterns[1], b);
	world.arguments[0] = world.patterns[0];
	world.arguments[1] = world.patterns[1];
	assert_int_equal(selection_init(&world.selection, world.arguments,
					*b ? 2 : 1, NULL), 0);
}

/* A value of the last source of the tree; @flags: whether it can be reset. */
static void add_value(const char *name, unsigned int kind, unsigned int flags,
		      uint64_t number)
{
	struct build *b = &world.build;

	build_value(b, name, STAT_TYPE_U64, kind)->flags = flags;
	b->numbers[b->nr_numbers - 1] = number;
}

/* A device with a counter, as if it had always been there. */
static void add_device(const char *name, uint64_t id, uint64_t number)
{
	struct build *b = &world.build;

	b->header.generation++;
	build_source(b, 0, name);
	b->sources[b->nr_sources - 1].id = id;
	add_value("rx_bytes", STAT_KIND_CUMULATIVE, 0, number);
	b->values[b->nr_values - 1].unit = STAT_UNIT_BYTES;
}

/* The last device goes, with its only value. */
static void drop_device(void)
{
	struct build *b = &world.build;

	b->header.generation++;
	memset(&b->sources[--b->nr_sources], 0, sizeof(*b->sources));
	memset(&b->values[--b->nr_values], 0, sizeof(*b->values));
	b->nr_numbers--;
	b->nr_groups--;
}

static const struct top_row *row(const char *path)
{
	const struct top_row *found = top_model_find(&world.model, path);

	assert_non_null(found);
	return found;
}

/* The labels of all lines, indented by their depth, each with a semicolon. */
static const char *lines(void)
{
	static char text[4096];
	const struct top_model *m = &world.model;
	char label[256];
	unsigned int i, end = 0;

	*text = '\0';
	for (i = 0; i < m->nr_lines; i++) {
		top_row_label(m, m->lines[i], label, sizeof(label));
		end += snprintf(text + end, sizeof(text) - end, "%*s%s;",
				(int)m->lines[i]->depth, "", label);
	}
	return text;
}

static void open_row(const char *path, bool open)
{
	top_model_select(&world.model, row(path)->line);
	assert_string_equal(top_model_selected(&world.model)->path, path);
	top_model_open(&world.model, open);
}

static void select_path(const char *path)
{
	top_model_select(&world.model, row(path)->line);
}

static void check_selected(const char *path)
{
	assert_string_equal(top_model_selected(&world.model)->path, path);
}

/* eth0/rx_bytes, the second number */
static void count(uint64_t n)
{
	world.build.numbers[1] += n;
}

static void check_rate(const char *path, double rate)
{
	assert_int_equal(row(path)->change, STATSFS_CHANGE_OK);
	assert_true(fabs(row(path)->rate - rate) <= rate / 1e6);
}

static void test_rates(void **state)
{
	(void)state;
	begin();
	assert_int_equal(row("eth0/rx_bytes")->change, STATSFS_CHANGE_UNKNOWN);
	assert_true(isnan(row("eth0/rx_bytes")->peak));
	count(100);
	after(S);
	check_rate("eth0/rx_bytes", 100);
	count(100);
	after(5 * S / 2);
	check_rate("eth0/rx_bytes", 40);
	count(0);
	after(S);
	check_rate("eth0/rx_bytes", 0);
	assert_true(row("eth0/rx_bytes")->peak == 100);
	assert_int_equal(row("eth0/rx_bytes")->number, 210);
}

/* A gathering that takes long: a number is from its middle. */
static void test_long_gatherings(void **state)
{
	(void)state;
	begin();
	count(100);
	world.build.gathering.end_ns += 2 * S;
	after(S);
	check_rate("eth0/rx_bytes", 50);
}

static void test_gauges(void **state)
{
	const struct top_row *state_row;

	(void)state;
	begin();
	after(S);
	state_row = row("eth0/state");
	assert_int_equal(state_row->change, STATSFS_CHANGE_NONE);
	assert_true(state_row->difference == 0);
	assert_true(state_row->peak == -5);
	world.build.numbers[2] = 7;
	after(S);
	assert_true(state_row->difference == 12);
	world.build.numbers[2] = (uint64_t)-1;
	after(S);
	assert_true(state_row->difference == -8);
	assert_true(state_row->peak == 7);
	assert_true(top_row_number(state_row) == -1);
	assert_false(top_row_has_rate(state_row));
	assert_true(top_row_has_rate(row("eth0/rx_bytes")));
}

static void test_large_gauges(void **state)
{
	(void)state;
	add_value("used", STAT_KIND_INSTANT, 0, UINT64_MAX);
	begin();
	world.build.numbers[world.build.nr_numbers - 1] = 0;
	after(S);
	assert_true(row("lo/used")->difference == -(double)UINT64_MAX);
}

static void test_reset(void **state)
{
	(void)state;
	begin();
	count(1000);
	after(S);
	world.build.numbers[1] = 3;
	after(S);
	assert_int_equal(row("eth0/rx_bytes")->change, STATSFS_CHANGE_BACK);
	assert_true(row("eth0/rx_bytes")->difference == 0);
	assert_true(row("eth0/rx_bytes")->rate == 0);
	assert_true(isnan(row("eth0/rx_bytes")->history[2]));
	count(10);
	after(S);
	check_rate("eth0/rx_bytes", 10);
	assert_true(row("eth0/rx_bytes")->peak == 1000);
}

/* Another device with the name of one that went, whose number is larger. */
static void test_restart(void **state)
{
	(void)state;
	add_device("wlan0", 7, 5);
	begin();
	after(S);
	check_rate("wlan0/rx_bytes", 0);
	drop_device();
	add_device("wlan0", 8, 1000000);
	after(S);
	assert_int_equal(row("wlan0/rx_bytes")->change, STATSFS_CHANGE_UNKNOWN);
	assert_true(isnan(row("wlan0/rx_bytes")->history[1]));
	after(S);
	check_rate("wlan0/rx_bytes", 0);
}

/* A sum over more devices than before: what one brings along was not counted now. */
static void test_sum_over_others(void **state)
{
	struct build *b = &world.build;

	(void)state;
	begin();
	count(10);
	b->numbers[0] += 10;
	after(S);
	check_rate("rx_bytes", 10);
	add_device("wlan0", 7, 1000000);
	b->numbers[0] += 1000000;
	count(20);
	after(S);
	assert_int_equal(row("rx_bytes")->change, STATSFS_CHANGE_UNKNOWN);
	check_rate("eth0/rx_bytes", 20);
	b->numbers[0] += 30;
	after(S);
	check_rate("rx_bytes", 30);
	drop_device();
	after(S);
	assert_int_equal(row("rx_bytes")->change, STATSFS_CHANGE_UNKNOWN);
	assert_true(row("rx_bytes")->peak == 30);
	after(S);
	check_rate("rx_bytes", 0);
}

/* The same where only the sum was asked for. */
static void test_sum_alone(void **state)
{
	(void)state;
	ask_for("rx_bytes", "");
	begin();
	assert_string_equal(lines(), "rx_bytes;");
	add_device("wlan0", 7, 1000000);
	world.build.numbers[0] += 1000000;
	after(S);
	assert_int_equal(row("rx_bytes")->change, STATSFS_CHANGE_UNKNOWN);
}

static void test_sums_elsewhere(void **state)
{
	struct build *b = &world.build;

	(void)state;
	build_source(b, 0, "disks");
	add_value("reads", STAT_KIND_CUMULATIVE, 0, 5);
	b->values[b->nr_values - 1].aggr = STAT_AGGR_SUM;
	begin();
	b->numbers[b->nr_numbers - 1] += 6;
	add_device("wlan0", 7, 0);
	after(S);
	check_rate("disks/reads", 6);
}

/* In a directory that is not the top. */
static void test_sum_below(void **state)
{
	struct build *b = &world.build;
	uint32_t disks;

	(void)state;
	disks = build_source(b, 0, "disks");
	add_value("reads", STAT_KIND_CUMULATIVE, 0, 5);
	b->values[b->nr_values - 1].aggr = STAT_AGGR_SUM;
	begin();
	b->header.generation++;
	b->numbers[b->nr_numbers - 1] += 1000000;
	build_source(b, disks, "sda");
	add_value("reads", STAT_KIND_CUMULATIVE, 0, 1000000);
	after(S);
	assert_int_equal(row("disks/reads")->change, STATSFS_CHANGE_UNKNOWN);
	after(S);
	check_rate("disks/reads", 0);
}

static void test_unreadable(void **state)
{
	const struct top_row *rx;

	(void)state;
	begin();
	world.build.status[1] = ENODATA;
	after(S);
	rx = row("eth0/rx_bytes");
	assert_int_equal(rx->error, -ENODATA);
	assert_false(rx->has_number);
	assert_true(isnan(rx->history[1]));
	world.build.status[1] = 0;
	count(100);
	after(S);
	assert_int_equal(rx->error, 0);
	assert_int_equal(rx->change, STATSFS_CHANGE_UNKNOWN);
	count(100);
	after(S);
	check_rate("eth0/rx_bytes", 100);
}

static void test_no_time(void **state)
{
	(void)state;
	begin();
	count(5);
	after(0);
	assert_int_equal(row("eth0/rx_bytes")->change, STATSFS_CHANGE_NO_TIME);
	count(5);
	after(-(S / 2));
	assert_int_equal(row("eth0/rx_bytes")->change, STATSFS_CHANGE_NO_TIME);
	assert_true(isnan(row("eth0/rx_bytes")->peak));
}

/* Nobody has written the file again. */
static void test_nothing_new(void **state)
{
	struct top_model *m = &world.model;

	(void)state;
	begin();
	count(5);
	after(S);
	assert_int_equal(statsfs_refresh(world.snapshot), 0);
	assert_false(top_model_update(m, world.snapshot, false));
	assert_int_equal(m->samples, 2);
	check_rate("eth0/rx_bytes", 5);
}

static void test_arrays(void **state)
{
	(void)state;
	begin();
	assert_int_equal(row("eth0/queue0/sizes")->number, 180);
	assert_int_equal(row("eth0/queue0/sizes")->value.unit, STAT_UNIT_NONE);
	assert_int_equal(row("eth0/queue0/delay")->value.exponent, 0);
	world.build.numbers[3] += 7;
	world.build.numbers[6] += 1;
	after(2 * S);
	check_rate("eth0/queue0/sizes", 4);
}

static void test_array_of_peaks(void **state)
{
	struct build *b = &world.build;
	static const uint64_t numbers[] = { 3, 9, 4 };

	(void)state;
	build_value(b, "peaks", STAT_TYPE_U64, STAT_KIND_PEAK)->buckets = 3;
	memcpy(&b->numbers[b->nr_numbers - 1], numbers, sizeof(numbers));
	b->nr_numbers += 2;
	begin();
	assert_int_equal(row("lo/peaks")->number, 9);
	assert_true(row("lo/peaks")->peak == 9);
}

static void test_unknown_types(void **state)
{
	(void)state;
	world.build.values[1].type = 99;
	begin();
	assert_int_equal(row("eth0/rx_bytes")->error, -EPROTONOSUPPORT);
	assert_false(row("eth0/rx_bytes")->has_number);
}

/* A damaged snapshot may have a path twice. */
static void test_twice(void **state)
{
	(void)state;
	add_value("rx_bytes", STAT_KIND_CUMULATIVE, 0, 1);
	add_device("eth0", 9, 5);
	begin();
	after(S);
	add_device("wlan0", 10, 5);
	after(S);
	drop_device();
	after(S);
	assert_int_equal(world.model.nr_rows, 13);
}

static void test_history(void **state)
{
	struct top_model *m = &world.model;
	double cells[60];
	int i;

	(void)state;
	begin();
	for (i = 1; i < 400; i++) {
		count(i);
		after(S);
	}
	top_model_history(m, row("eth0/rx_bytes"), cells, 60);
	/* 3 in a cell: the last ones are 397 to 399, the first ones 220 to 222. */
	assert_true(cells[59] == 399);
	assert_true(cells[58] == 398);
	assert_true(cells[57] == 395);
	assert_true(cells[0] == 224);
	top_model_history(m, row("eth0/rx_bytes"), cells, 50);
	assert_true(cells[49] == 399);
	assert_true(isnan(cells[0]));
	assert_true(top_model_span_ns(m) == (TOP_HISTORY - 1) * S);
	top_model_history(m, row("eth0/rx_bytes"), cells, 1);
	assert_true(cells[0] == 399);
}

/* Each has a cell until there are more. */
static void test_first_samples(void **state)
{
	double cells[4];

	(void)state;
	begin();
	count(7);
	after(S);
	count(5);
	after(S);
	top_model_history(&world.model, row("eth0/rx_bytes"), cells, 4);
	assert_true(isnan(cells[0]) && isnan(cells[1]));
	assert_true(cells[2] == 7 && cells[3] == 5);
	count(6);
	after(S);
	count(8);
	after(S);
	top_model_history(&world.model, row("eth0/rx_bytes"), cells, 4);
	assert_true(isnan(cells[0]));
	assert_true(cells[1] == 7 && cells[2] == 6 && cells[3] == 8);
}

static void test_history_of_new_rows(void **state)
{
	double cells[TOP_HISTORY];

	(void)state;
	begin();
	after(S);
	add_device("wlan0", 7, 1);
	after(S);
	world.build.numbers[world.build.nr_numbers - 1] += 5;
	after(S);
	top_model_history(&world.model, row("wlan0/rx_bytes"), cells, TOP_HISTORY);
	assert_true(cells[TOP_HISTORY - 1] == 5);
	assert_true(isnan(cells[TOP_HISTORY - 2]));
	assert_true(isnan(cells[0]));
	assert_int_equal(top_model_span_ns(&world.model), 3 * S);
}

/* What goes takes its memory along: see also what the sanitizer says. */
static void test_rows_go(void **state)
{
	unsigned int i, before;

	(void)state;
	begin();
	before = world.model.nr_rows;
	for (i = 0; i < 20; i++) {
		add_device("wlan0", 100 + i, 5);
		after(S);
		assert_int_equal(world.model.nr_rows, before + 2);
		drop_device();
		after(S);
		assert_int_equal(world.model.nr_rows, before);
		assert_null(top_model_find(&world.model, "wlan0/rx_bytes"));
		world.build.strings_size -= strlen("wlan0") + strlen("rx_bytes") +
					    strlen("what it is") + 3;
	}
}

static void test_parts(void **state)
{
	(void)state;
	begin();
	assert_string_equal(lines(), "eth0/queue0/delay;eth0/queue0/sizes;eth0/state;"
			    "lo/peak;rx_bytes;");
	open_row("rx_bytes", true);
	assert_string_equal(lines(), "eth0/queue0/delay;eth0/queue0/sizes;eth0/state;"
			    "lo/peak;rx_bytes; eth0; lo;");
	check_selected("rx_bytes");
	after(S);
	select_path("lo/rx_bytes");
	top_model_select_parent(&world.model);
	check_selected("rx_bytes");
	open_row("rx_bytes", false);
	assert_int_equal(world.model.nr_lines, 5);
	open_row("lo/peak", true);
	assert_int_equal(world.model.nr_lines, 5);
}

/* Of a part of a part, and where a directory between has no such number. */
static void test_parts_of_parts(void **state)
{
	struct build *b = &world.build;
	uint32_t node, zone;

	(void)state;
	build_init(b);
	add_value("free", STAT_KIND_INSTANT, 0, 9);
	node = build_source(b, 0, "node0");
	add_value("free", STAT_KIND_INSTANT, 0, 9);
	zone = build_source(b, node, "zones");
	build_source(b, zone, "DMA");
	add_value("free", STAT_KIND_INSTANT, 0, 9);
	add_value("free_pages", STAT_KIND_INSTANT, 0, 9);
	begin();
	open_row("free", true);
	open_row("node0/free", true);
	assert_string_equal(lines(), "free; node0;  zones/DMA;"
			    "node0/zones/DMA/free_pages;");
}

/* The same name is not enough. */
static void test_no_parts(void **state)
{
	struct build *b = &world.build;

	(void)state;
	build_init(b);
	add_value("size", STAT_KIND_INSTANT, 0, 9);
	build_source(b, 0, "a");
	add_value("size", STAT_KIND_CUMULATIVE, 0, 9);
	build_source(b, 0, "b");
	add_value("size", STAT_KIND_INSTANT, 0, 9);
	b->values[b->nr_values - 1].unit = STAT_UNIT_BYTES;
	begin();
	assert_string_equal(lines(), "a/size;b/size;size;");
}

static void test_directories(void **state)
{
	(void)state;
	world.model.tree = TOP_BY_DIRECTORY;
	begin();
	assert_string_equal(lines(), "rx_bytes;eth0/;lo/;");
	open_row("eth0", true);
	open_row("eth0/queue0", true);
	assert_string_equal(lines(), "rx_bytes;eth0/; rx_bytes; state; queue0/;"
			    "  delay;  sizes;lo/;");
	after(S);
	assert_int_equal(world.model.nr_lines, 8);
	world.model.tree = TOP_FLAT;
	top_model_arrange(&world.model);
	assert_string_equal(lines(), "eth0/queue0/delay;eth0/queue0/sizes;"
			    "eth0/rx_bytes;eth0/state;lo/peak;lo/rx_bytes;rx_bytes;");
}

static void test_sort(void **state)
{
	struct top_model *m = &world.model;

	(void)state;
	build_init(&world.build);
	add_device("eth10", 7, 20);
	add_device("eth2", 8, 40);
	add_device("eth1", 9, 30);
	add_value("state", STAT_KIND_INSTANT, 0, 35);
	m->tree = TOP_FLAT;
	begin();
	assert_string_equal(lines(), "eth1/rx_bytes;eth1/state;eth2/rx_bytes;"
			    "eth10/rx_bytes;");
	m->sort = TOP_SORT_VALUE;
	after(S);
	assert_string_equal(lines(), "eth2/rx_bytes;eth1/state;eth1/rx_bytes;"
			    "eth10/rx_bytes;");
	m->sort = TOP_SORT_RATE;
	world.build.numbers[0] += 5;
	world.build.numbers[2] += 9;
	after(S);
	assert_string_equal(lines(), "eth1/rx_bytes;eth10/rx_bytes;eth2/rx_bytes;"
			    "eth1/state;");
	m->is_reverse = true;
	after(S);
	assert_string_equal(lines(), "eth1/rx_bytes;eth2/rx_bytes;eth10/rx_bytes;"
			    "eth1/state;");
	m->sort = TOP_SORT_PEAK;
	top_model_arrange(m);
	assert_string_equal(lines(), "eth2/rx_bytes;eth10/rx_bytes;eth1/rx_bytes;"
			    "eth1/state;");
}

/* 3 s are more than 7 ms. */
static void test_sort_by_unit(void **state)
{
	struct build *b = &world.build;

	(void)state;
	build_init(b);
	add_value("a", STAT_KIND_INSTANT, 0, 7);
	b->values[0].unit = STAT_UNIT_SECONDS;
	b->values[0].base = 10;
	b->values[0].exponent = -3;
	add_value("b", STAT_KIND_INSTANT, 0, 3);
	b->values[1].unit = STAT_UNIT_SECONDS;
	world.model.sort = TOP_SORT_VALUE;
	begin();
	assert_string_equal(lines(), "b;a;");
}

static void filter(const char *text)
{
	strcpy(world.model.filter, text);
	top_model_arrange(&world.model);
}

static void test_filter(void **state)
{
	(void)state;
	begin();
	filter("lo/");
	assert_string_equal(lines(), "lo/peak;lo/rx_bytes;");
	filter("rx_");
	assert_string_equal(lines(), "rx_bytes;");
	filter("eth*/**");
	assert_string_equal(lines(), "eth0/queue0/delay;eth0/queue0/sizes;"
			    "eth0/rx_bytes;eth0/state;");
	filter("nothing");
	assert_string_equal(lines(), "");
	assert_null(top_model_selected(&world.model));
	world.model.tree = TOP_BY_DIRECTORY;
	filter("delay");
	assert_string_equal(lines(), "eth0/; queue0/;  delay;");
	filter("");
	assert_string_equal(lines(), "rx_bytes;eth0/;lo/;");
}

static void test_patterns(void **state)
{
	(void)state;
	ask_for("lo", "*/state");
	begin();
	assert_string_equal(lines(), "eth0/state;lo/peak;lo/rx_bytes;");
}

static void test_selected_stays(void **state)
{
	struct top_model *m = &world.model;

	(void)state;
	m->tree = TOP_FLAT;
	begin();
	select_path("lo/peak");
	add_device("a", 7, 0);
	after(S);
	check_selected("lo/peak");
	assert_string_equal(m->lines[0]->path, "a/rx_bytes");
	drop_device();
	after(S);
	check_selected("lo/peak");
	m->is_reverse = true;
	top_model_arrange(m);
	check_selected("lo/peak");
	assert_int_equal(m->cursor, 2);
}

/* Whatever comes there, until somebody moves. */
static void test_first_stays(void **state)
{
	(void)state;
	world.model.tree = TOP_FLAT;
	begin();
	add_device("a", 7, 0);
	after(S);
	check_selected("a/rx_bytes");
	select_path("lo/peak");
	top_model_select(&world.model, 0);
	add_device("A", 8, 0);
	after(S);
	check_selected("A/rx_bytes");
}

static void test_selected_goes(void **state)
{
	struct top_model *m = &world.model;

	(void)state;
	m->tree = TOP_FLAT;
	add_device("wlan0", 7, 0);
	begin();
	select_path("wlan0/rx_bytes");
	drop_device();
	after(S);
	check_selected("rx_bytes");
	add_device("wlan0", 7, 0);
	after(S);
	check_selected("rx_bytes");
	top_model_select(m, 100);
	check_selected("wlan0/rx_bytes");
	top_model_select(m, -1);
	check_selected("eth0/queue0/delay");
}

/* What it is hidden in is selected instead. */
static void test_selected_is_hidden(void **state)
{
	(void)state;
	world.model.tree = TOP_BY_DIRECTORY;
	begin();
	open_row("eth0", true);
	open_row("eth0/queue0", true);
	select_path("eth0/queue0/sizes");
	top_model_find(&world.model, "eth0")->is_open = false;
	top_model_arrange(&world.model);
	check_selected("eth0");
}

static void test_nothing(void **state)
{
	double cells[3];

	(void)state;
	build_init(&world.build);
	begin();
	after(S);
	assert_null(top_model_selected(&world.model));
	top_model_select(&world.model, 5);
	top_model_open(&world.model, true);
	top_model_select_parent(&world.model);
	add_device("wlan0", 7, 0);
	after(S);
	check_selected("wlan0/rx_bytes");
	top_model_history(&world.model, row("wlan0"), cells, 3);
	assert_true(isnan(cells[0]) && isnan(cells[2]));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_rates),
		TEST(test_long_gatherings),
		TEST(test_gauges),
		TEST(test_large_gauges),
		TEST(test_reset),
		TEST(test_restart),
		TEST(test_sum_over_others),
		TEST(test_sum_alone),
		TEST(test_sums_elsewhere),
		TEST(test_sum_below),
		TEST(test_unreadable),
		TEST(test_no_time),
		TEST(test_nothing_new),
		TEST(test_arrays),
		TEST(test_array_of_peaks),
		TEST(test_unknown_types),
		TEST(test_twice),
		TEST(test_history),
		TEST(test_first_samples),
		TEST(test_history_of_new_rows),
		TEST(test_rows_go),
		TEST(test_parts),
		TEST(test_parts_of_parts),
		TEST(test_no_parts),
		TEST(test_directories),
		TEST(test_sort),
		TEST(test_sort_by_unit),
		TEST(test_filter),
		TEST(test_patterns),
		TEST(test_selected_stays),
		TEST(test_first_stays),
		TEST(test_selected_goes),
		TEST(test_selected_is_hidden),
		TEST(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
