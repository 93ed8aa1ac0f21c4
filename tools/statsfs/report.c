// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs report: buffers of network, disks and memory, as the driver behind
 * /dev/bufstat wrote them, from one snapshot of bufstat.
 *
 * Where several files would do, the one is taken that counts all of the machine
 * once; statsfs(1) says which and why.
 */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tree.h"

#define BUFSTAT		"bufstat"
#define LOAD_COMMAND	"modprobe -a bufstat_net bufstat_blk bufstat_mm"
#define NS_PER_MS	1000000

/**
 * struct line - a number of the report
 * @label: what it is called
 * @path: of the file below bufstat
 * @plus: of another one that is to be added; NULL: none
 */
struct line {
	const char *label;
	const char *path;
	const char *plus;
};

/**
 * struct section - a part of the report
 * @heading: stands above it
 * @module: what has to be loaded for it
 * @lines: up to one without a label
 * @print_more: what comes behind the lines; NULL: nothing
 */
struct section {
	const char *heading;
	const char *module;
	const struct line *lines;
	int (*print_more)(const struct statsfs_snapshot *s);
};

/* What is below IPv6 is the same memory again. */
static const struct line network_lines[] = {
	{ "Socket buffers", "sock/tcp/memory_bytes", "sock/udp/memory_bytes" },
	{}
};

static const struct line block_lines[] = {
	{ "Buffers", .path = "mm/buffers" },
	{ "Cached", .path = "mm/cached" },
	{ "Dirty", .path = "mm/dirty" },
	{ "Writeback", .path = "mm/writeback" },
	{}
};

static const struct line mm_lines[] = {
	{ "Slab", .path = "mm/slab" },
	{ "  Reclaimable", .path = "mm/slab_reclaimable" },
	{ "  Unreclaimable", .path = "mm/slab_unreclaimable" },
	{ "Page tables", .path = "mm/page_tables" },
	{}
};

static const struct line overall_lines[] = {
	{ "Total", .path = "mm/total" },
	{ "Free", .path = "mm/free" },
	{ "Available", .path = "mm/available" },
	{}
};

/* The path of @source below bufstat; NULL: it is not there. */
static const char *path_in_bufstat(const struct statsfs_source *source,
				   char buf[PATH_SIZE])
{
	const struct statsfs_source *top = source;

	statsfs_path(source, buf, PATH_SIZE);
	while (top->depth > 1)
		top = top->parent;
	if (!top->depth || strcmp(top->name, BUFSTAT))
		return buf;
	return buf + strlen(BUFSTAT) + (source->depth > 1);
}

static const struct statsfs_value *find_value(const struct statsfs_snapshot *s,
					      const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	const struct statsfs_value *v;
	char buf[PATH_SIZE];
	const char *directory;
	unsigned int i;

	for (i = 0; (v = statsfs_value_at(s, i)); i++) {
		if (strcmp(v->name, name))
			continue;
		directory = path_in_bufstat(v->source, buf);
		if (strlen(directory) == (size_t)(name - path - 1) &&
		    !strncmp(directory, path, name - path - 1))
			return v;
	}
	return NULL;
}

/* 0, -ENOENT: there is no such file, or as of statsfs_u64(). */
static int get_number(const struct statsfs_snapshot *s, const char *path,
		      uint64_t *number)
{
	const struct statsfs_value *v = find_value(s, path);

	return v ? statsfs_u64(statsfs_gathering(s), v, 0, number) : -ENOENT;
}

static int get_line(const struct statsfs_snapshot *s, const struct line *line,
		    uint64_t *number)
{
	uint64_t more = 0;
	int err = get_number(s, line->path, number);

	if (!err && line->plus)
		err = get_number(s, line->plus, &more);
	*number += more;
	return err;
}

static int print_line(const struct statsfs_snapshot *s, const struct line *line)
{
	uint64_t number = 0;
	int err = get_line(s, line, &number);

	if (err == -ENOENT) {
		printf("  %-20s %12s\n", line->label, "not counted");
		return STATUS_OK;
	}
	if (err) {
		printf("  %-20s %12s\n", line->label, "not readable");
		return complain(BUFSTAT "/%s: %s", line->path, strerror(-err));
	}
	printf("  %-20s %12" PRIu64 " kB\n", line->label, number / 1024);
	return STATUS_OK;
}

/* Devices: these are in net, and whatever is in them is not. */

static const char * const device_names[] = { "rx_buffers", "tx_buffers" };

#define NR_DEVICE_NAMES (sizeof(device_names) / sizeof(*device_names))

static const struct statsfs_value *value_of(const struct statsfs_snapshot *s,
					    const struct statsfs_source *source,
					    const char *name)
{
	const struct statsfs_value *v;
	uint32_t i;

	for (i = 0; i < source->nr_values; i++) {
		v = statsfs_value_at(s, source->first_value + i);
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

static int print_device(const struct statsfs_snapshot *s,
			const struct statsfs_source *device)
{
	const struct statsfs_value *v;
	int err, status = STATUS_OK;
	uint64_t number;
	size_t i;

	printf("  %-20s", device->name);
	for (i = 0; i < NR_DEVICE_NAMES; i++) {
		v = value_of(s, device, device_names[i]);
		err = v ? statsfs_u64(statsfs_gathering(s), v, 0, &number) : -ENOENT;
		if (err) {
			printf(" %12s", "not readable");
			status |= complain(BUFSTAT "/net/%s/%s: %s", device->name,
					   device_names[i], strerror(-err));
		} else {
			printf(" %12" PRIu64, number);
		}
	}
	putchar('\n');
	return status;
}

static int print_devices(const struct statsfs_snapshot *s)
{
	const struct statsfs_source *source;
	char buf[PATH_SIZE];
	int status = STATUS_OK;
	unsigned int i;

	printf("  %-20s %12s %12s\n", "Device", device_names[0], device_names[1]);
	for (i = 0; (source = statsfs_source_at(s, i)); i++)
		if (source->parent &&
		    !strcmp(path_in_bufstat(source->parent, buf), "net"))
			status |= print_device(s, source);
	return status;
}

static const struct section sections[] = {
	{ "Network", "bufstat_net", network_lines, print_devices },
	{ "Block", "bufstat_mm", .lines = block_lines },
	{ "Memory management", "bufstat_mm", .lines = mm_lines },
	{ "Overall", "bufstat_mm", .lines = overall_lines },
};

#define NR_SECTIONS (sizeof(sections) / sizeof(*sections))

static bool has_section(const struct statsfs_snapshot *s,
			const struct section *section)
{
	const struct line *line;

	for (line = section->lines; line->label; line++)
		if (find_value(s, line->path) ||
		    (line->plus && find_value(s, line->plus)))
			return true;
	return false;
}

static int print_section(const struct statsfs_snapshot *s,
			 const struct section *section)
{
	const struct line *line;
	int status = STATUS_OK;

	printf("\n%s:\n", section->heading);
	if (!has_section(s, section)) {
		printf("  is not there: the module %s is not loaded\n",
		       section->module);
		return STATUS_OK;
	}
	for (line = section->lines; line->label; line++)
		status |= print_line(s, line);
	if (section->print_more)
		status |= section->print_more(s);
	return status;
}

static bool has_any(const struct statsfs_snapshot *s)
{
	size_t i;

	for (i = 0; i < NR_SECTIONS; i++)
		if (has_section(s, &sections[i]))
			return true;
	return false;
}

static int print_report(const struct statsfs_snapshot *s)
{
	uint64_t ms = statsfs_gathering(s)->begin_ns / NS_PER_MS;
	int status = STATUS_OK;
	size_t i;

	if (!has_any(s))
		return complain("there is no " BUFSTAT "; try, as root: " LOAD_COMMAND);
	printf("Generated: %" PRIu64 ".%03" PRIu64 "\n", ms / 1000, ms % 1000);
	for (i = 0; i < NR_SECTIONS; i++)
		status |= print_section(s, &sections[i]);
	return status;
}

const struct verb_option report_options[] = {
	{ OPTION_FROM, "from", "DIR|FILE",
	  "of this mount, or from a saved snapshot" },
	{}
};

int cmd_report(int argc, char **argv)
{
	char *pattern = BUFSTAT;
	const char *from = NULL;
	struct tree tree;
	int option, status;

	while ((option = next_option(argc, argv, report_options)) != -1) {
		if (option != OPTION_FROM)
			return usage_error(argv[0]);
		from = optarg;
	}
	if (optind < argc)
		return usage_error(argv[0]);
	status = tree_open(&tree, from, &pattern, 1);
	if (!status)
		status = print_report(tree.snapshot);
	tree_close(&tree);
	return status;
}
