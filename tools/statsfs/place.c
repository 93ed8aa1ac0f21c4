// SPDX-License-Identifier: GPL-2.0
/*
 * Places: what the path of a directory becomes in the name and the labels of a
 * metric.
 */

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "program.h"
#include "text.h"

/**
 * struct rule - how a known directory is called
 * @path: its path; "{label}" stands for what is at the end of a component
 * @name: what the names of its metrics begin with
 *
 * Directories whose numbers contain each other, as a disk's those of its
 * partitions, differ in the name, so that a sum over a metric counts nothing twice.
 */
struct rule {
	const char *path;
	const char *name;
};

static const struct rule rules[] = {
	{ "bufstat/net/{device}", "bufstat_net" },
	{ "bufstat/sock/{protocol}", "bufstat_sock" },
	{ "bufstat/softnet/cpu{cpu}", "bufstat_softnet" },
	{ "bufstat/mm", "bufstat_mm" },
	{ "bufstat/mm/node{node}", "bufstat_mm_node" },
	{ "bufstat/mm/node{node}/{zone}", "bufstat_mm_zone" },
	{ "bufstat/blk/{device}", "bufstat_blk" },
	{ "bufstat/blk/{device}/{partition}", "bufstat_blk_partition" },
	{ "cpu/cpu{cpu}", "cpu_each" },
	{ "kvm/{vm}", "kvm_vm" },
	{ "kvm/{vm}/vcpu{vcpu}", "kvm_vcpu" },
};

#define NR_RULES	(sizeof(rules) / sizeof(*rules))

/* Where sources are seen from their NUMA node. */
static const char numa_path[] = "bufstat/numa/node";

/* A rule has two at most, and what comes behind them is tried as one, too. */
#define MAX_LABELS	3

/**
 * struct label - a label of a directory
 * @name: its name
 * @name_length: bytes of it
 * @value: its value
 * @value_length: bytes of it
 */
struct label {
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
};

void sanitize(char *out, const char *s)
{
	for (; *s; s++)
		*out++ = isalnum((unsigned char)*s) ? *s : '_';
	*out = '\0';
}

/* Behind the component at the beginning of @s. */
static const char *skip_component(const char *s)
{
	return s + strcspn(s, "/");
}

/* One component; NULL: it is another.  @label is one if there is a brace. */
static const char *match_component(const char *pattern, const char *path,
				   struct label *label)
{
	size_t prefix = strcspn(pattern, "{/"), rest;

	if (strncmp(pattern, path, prefix))
		return NULL;
	path += prefix;
	rest = skip_component(path) - path;
	if (pattern[prefix] != '{')
		return rest ? NULL : path;
	label->name = pattern + prefix + 1;
	label->name_length = strcspn(label->name, "}");
	label->value = path;
	label->value_length = rest;
	return rest ? path + rest : NULL;
}

/* Number of labels; -1: @path is another one. */
static int match_rule(const struct rule *rule, const char *path,
		      struct label labels[MAX_LABELS])
{
	const char *pattern = rule->path;
	int n = 0;

	for (;;) {
		labels[n].name = NULL;
		path = match_component(pattern, path, &labels[n]);
		if (!path)
			return -1;
		n += labels[n].name ? 1 : 0;
		pattern = skip_component(pattern);
		if (!*pattern || !*path)
			return *pattern || *path ? -1 : n;
		pattern++;
		path++;
	}
}

/* Of a provider that is not known; the first component is in the name. */
static void print_levels(FILE *out, const char *path)
{
	char name[32], value[PATH_SIZE];
	unsigned int level = 0;
	size_t length;

	for (path = skip_component(path); *path; path = skip_component(path)) {
		path++;
		length = skip_component(path) - path;
		memcpy(value, path, length);
		value[length] = '\0';
		snprintf(name, sizeof(name), "level%u", level + 1);
		print_label(out, !level++, name, value);
	}
}

static void print_labels(FILE *out, const struct label *labels, int n)
{
	char name[PATH_SIZE], value[PATH_SIZE];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%.*s", (int)labels[i].name_length,
			 labels[i].name);
		snprintf(value, sizeof(value), "%.*s", (int)labels[i].value_length,
			 labels[i].value);
		print_label(out, !i, name, value);
	}
}

/* Prints the labels of what is at @path; what names begin with goes to @name. */
static void print_place(FILE *out, const char *path, char name[PLACE_NAME_SIZE])
{
	struct label labels[MAX_LABELS];
	char provider[PLACE_NAME_SIZE];
	size_t i;
	int n;

	for (i = 0; i < NR_RULES; i++) {
		n = match_rule(&rules[i], path, labels);
		if (n >= 0) {
			print_labels(out, labels, n);
			strcpy(name, rules[i].name);
			return;
		}
	}
	print_levels(out, path);
	snprintf(provider, sizeof(provider), "%.*s",
		 (int)(skip_component(path) - path), path);
	sanitize(name, provider);
}

/* The NUMA node from which @place is seen goes to @node; false: none. */
static bool find_node(const struct place *place, char node[PATH_SIZE])
{
	char path[PATH_SIZE];
	unsigned int i;
	size_t length;

	for (i = 0; i < place->nr_sources; i++) {
		statsfs_path(place->sources[i], path, sizeof(path));
		if (strncmp(path, numa_path, strlen(numa_path)))
			continue;
		length = strcspn(path + strlen(numa_path), "/");
		snprintf(node, PATH_SIZE, "%.*s", (int)length,
			 path + strlen(numa_path));
		return true;
	}
	return false;
}

static int init_place(struct place *place)
{
	char path[PATH_SIZE], node[PATH_SIZE], *labels = NULL;
	size_t size;
	FILE *out = open_memstream(&labels, &size);

	if (!out)
		return -ENOMEM;
	statsfs_path(place->sources[0], path, sizeof(path));
	print_place(out, path, place->name);
	fflush(out);
	/* A quote in a label would have a backslash. */
	if (find_node(place, node) && labels && !strstr(labels, "node=\""))
		print_label(out, !size, "node", node);
	if (fclose(out)) {
		free(labels);
		return -ENOMEM;
	}
	place->labels = labels;
	return 0;
}

/* Those with the same number beside each other, the shortest path first. */
static int compare_sources(const void *p1, const void *p2)
{
	const struct statsfs_source *a = *(const struct statsfs_source **)p1;
	const struct statsfs_source *b = *(const struct statsfs_source **)p2;
	char path_a[PATH_SIZE], path_b[PATH_SIZE];

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	statsfs_path(a, path_a, sizeof(path_a));
	statsfs_path(b, path_b, sizeof(path_b));
	return strcmp(path_a, path_b);
}

static int add_sources(struct places *p, unsigned int n)
{
	struct place *place = NULL;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!place || p->sources[i]->id != place->sources[0]->id) {
			place = &p->places[p->nr++];
			place->sources = &p->sources[i];
		}
		place->nr_sources++;
	}
	for (i = 0; i < p->nr; i++)
		if (init_place(&p->places[i]))
			return -ENOMEM;
	return 0;
}

int places_init(struct places *p, const struct statsfs_snapshot *s)
{
	unsigned int i, n = 0;

	while (statsfs_source_at(s, n))
		n++;
	*p = (struct places) {
		.places = calloc(n + 1, sizeof(*p->places)),
		.sources = calloc(n + 1, sizeof(*p->sources)),
	};
	if (!p->places || !p->sources)
		goto no_memory;
	for (i = 0; i < n; i++)
		p->sources[i] = statsfs_source_at(s, i);
	qsort(p->sources, n, sizeof(*p->sources), compare_sources);
	if (!add_sources(p, n))
		return 0;
no_memory:
	places_free(p);
	return -ENOMEM;
}

void places_free(struct places *p)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		free(p->places[i].labels);
	free(p->places);
	free(p->sources);
	*p = (struct places) {};
}
