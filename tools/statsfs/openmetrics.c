// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot as metrics.
 *
 * Each value becomes a series, an array one for each of its numbers, and a histogram
 * one for each bucket.  Series are sorted by name and labels, so that what belongs
 * to one metric is together, as the format wants it, and two that have everything in
 * common are neighbours: these get labels that tell them apart.
 */

#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "openmetrics.h"
#include "place.h"
#include "program.h"
#include "text.h"

#define PREFIX		"statsfs"

/* Bytes of a name: a prefix, names of a directory and of a file, and what is added. */
#define STEM_SIZE	(2 * NAME_MAX + 64)

const char *const format_types[] = {
	[FORMAT_OPENMETRICS] =
		"application/openmetrics-text; version=1.0.0; charset=utf-8",
	[FORMAT_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
};

/* What needs a backslash in a description. */
static const char *const format_special[] = {
	[FORMAT_OPENMETRICS] = "\\\"",
	[FORMAT_PROMETHEUS] = "\\",
};

/* What kind of metric a value is; those of one name are of one kind. */
enum metric_shape {
	SHAPE_COUNTER,
	SHAPE_GAUGE,
	SHAPE_HISTOGRAM,
	SHAPE_UNKNOWN,
};

/**
 * struct shape_text - a shape as text
 * @type: its name in each format
 * @apart: what tells its name apart from that of another shape
 * @suffix: what names of its samples end with
 * @reserved: further ends of names that no other metric may have
 */
struct shape_text {
	const char *type[NR_FORMATS];
	const char *apart;
	const char *suffix;
	const char *reserved[4];
};

static const struct shape_text shape_texts[] = {
	[SHAPE_COUNTER] = {
		{ "counter", "counter" }, "counted", "_total", { "_created" },
	},
	[SHAPE_GAUGE] = { { "gauge", "gauge" }, "instant", "", {} },
	[SHAPE_HISTOGRAM] = {
		{ "histogram", "histogram" }, "sizes", "_bucket",
		{ "_count", "_sum", "_created" },
	},
	[SHAPE_UNKNOWN] = { { "unknown", "untyped" }, "other", "", {} },
};

/* Ends of names by which readers recognize counters and histograms. */
static const char *const special_ends[] = {
	"_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info",
};

/**
 * struct scale_end - what names of values end with that are not in base units
 * @unit: the unit
 * @base: its scale
 * @exponent: the same
 * @end: what a name may have for that, and loses
 */
struct scale_end {
	uint8_t unit;
	uint8_t base;
	int8_t exponent;
	const char *end;
};

static const struct scale_end scale_ends[] = {
	{ STAT_UNIT_SECONDS, 10, -9, "_ns" },
	{ STAT_UNIT_SECONDS, 10, -6, "_us" },
	{ STAT_UNIT_SECONDS, 10, -3, "_ms" },
	{ STAT_UNIT_SECONDS, 0, 0, "_s" },
	{ STAT_UNIT_BYTES, 2, 10, "_kb" },
	{ STAT_UNIT_BYTES, 2, 20, "_mb" },
};

#define NR_OF(array)	(sizeof(array) / sizeof(*(array)))

/* Why a value is not among the samples. */
enum missing {
	MISSING_UNREADABLE,
	MISSING_NEGATIVE,
	MISSING_UNKNOWN,
	MISSING_TWICE,
	NR_MISSING,
};

static const char *const missing_names[] = {
	[MISSING_UNREADABLE] = "unreadable",
	[MISSING_NEGATIVE] = "negative",
	[MISSING_UNKNOWN] = "unknown",
	[MISSING_TWICE] = "twice",
};

/**
 * struct series - a value to be printed
 * @stem: its name without unit and suffix
 * @unit: its unit, or ""
 * @shape: what kind of metric it is
 * @place: where it is
 * @value: the value
 * @ambiguous: another one has the same name and labels
 * @twice: an earlier one is the same file, which only a damaged snapshot has
 */
struct series {
	char *stem;
	const char *unit;
	enum metric_shape shape;
	const struct place *place;
	const struct statsfs_value *value;
	bool ambiguous;
	bool twice;
};

/**
 * struct metrics - what a snapshot has
 * @snapshot: the snapshot
 * @begin_ns: before it was taken
 * @places: its directories
 * @series: its series
 * @nr: number of them
 * @room: number that there is room for
 * @nr_samples: lines of numbers that were printed
 * @missing: values that were not, by reason
 * @unknown: of these, those that are not in @series
 */
struct metrics {
	const struct statsfs_snapshot *snapshot;
	uint64_t begin_ns;
	struct places places;
	struct series *series;
	size_t nr;
	size_t room;
	uint64_t nr_samples;
	unsigned int missing[NR_MISSING];
	unsigned int unknown;
};

/**
 * struct printer - a metric that is being printed
 * @out: where to
 * @m: all of them
 * @format: which text
 * @taken: names that are in use, a tree of tsearch(3)
 * @err: 0 or -ENOMEM
 * @name: the name of the metric
 */
struct printer {
	FILE *out;
	struct metrics *m;
	enum format format;
	void *taken;
	int err;
	char name[STEM_SIZE];
};

static bool has_bounds(const struct statsfs_value *v)
{
	return v->buckets &&
	       (v->kind == STAT_KIND_LOG_HIST ||
		(v->kind == STAT_KIND_LINEAR_HIST && v->bucket_size));
}

static enum metric_shape find_shape(const struct statsfs_value *v)
{
	if (v->type == STAT_TYPE_BOOL || v->unit == STAT_UNIT_BOOLEAN)
		return SHAPE_GAUGE;
	if (has_bounds(v))
		return SHAPE_HISTOGRAM;
	if (v->kind == STAT_KIND_CUMULATIVE)
		return SHAPE_COUNTER;
	if (v->kind == STAT_KIND_INSTANT || v->kind == STAT_KIND_PEAK)
		return SHAPE_GAUGE;
	return SHAPE_UNKNOWN;
}

static const char *find_unit(const struct statsfs_value *v)
{
	switch (v->unit) {
	case STAT_UNIT_BYTES:
	case STAT_UNIT_SECONDS:
	case STAT_UNIT_CYCLES:
		return statsfs_unit_name(v->unit);
	default:
		return "";
	}
}

/* Names */

/* Takes @end away from the end of @name, unless there is nothing else. */
static bool cut_end(char *name, const char *end)
{
	size_t length = strlen(name), n = strlen(end);

	if (length <= n || strcmp(name + length - n, end))
		return false;
	name[length - n] = '\0';
	return true;
}

static void cut_unit(char *name, const struct series *series)
{
	const struct statsfs_value *v = series->value;
	char end[32];
	size_t i;

	snprintf(end, sizeof(end), "_%s", series->unit);
	if (*series->unit && cut_end(name, end))
		return;
	for (i = 0; i < NR_OF(scale_ends); i++)
		if (scale_ends[i].unit == v->unit && scale_ends[i].base == v->base &&
		    scale_ends[i].exponent == v->exponent &&
		    cut_end(name, scale_ends[i].end))
			return;
}

/* A gauge must not look like a part of something else. */
static void avoid_special(char *name, const struct series *series)
{
	char copy[STEM_SIZE];
	size_t i;

	if (*series->unit || series->shape == SHAPE_COUNTER)
		return;
	snprintf(copy, sizeof(copy), "%s", name);
	for (i = 0; i < NR_OF(special_ends); i++)
		if (cut_end(copy, special_ends[i])) {
			strcat(name, "_value");
			return;
		}
}

static char *make_stem(const struct series *series)
{
	char name[STEM_SIZE], clean[NAME_MAX + 1];
	const char *place = series->place->name;

	sanitize(clean, series->value->name);
	snprintf(name, sizeof(name), PREFIX "%s%s_%s", *place ? "_" : "", place,
		 clean);
	if (series->shape == SHAPE_COUNTER)
		cut_end(name, "_total");
	cut_unit(name, series);
	avoid_special(name, series);
	return strdup(name);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool is_taken(const struct printer *p, const char *name, const char *end)
{
	char all[STEM_SIZE + 16];

	snprintf(all, sizeof(all), "%s%s", name, end);
	return tfind(all, &p->taken, compare_strings);
}

static void take(struct printer *p, const char *name, const char *end)
{
	char *all;
	void *found;

	if (asprintf(&all, "%s%s", name, end) < 0) {
		p->err = -ENOMEM;
		return;
	}
	found = tsearch(all, &p->taken, compare_strings);
	if (!found)
		p->err = -ENOMEM;
	if (!found || *(char **)found != all)
		free(all);
}

static bool any_taken(const struct printer *p, const char *name,
		      const struct shape_text *text)
{
	const char *const *end;

	if (is_taken(p, name, "") || is_taken(p, name, text->suffix))
		return true;
	for (end = text->reserved; *end; end++)
		if (is_taken(p, name, *end))
			return true;
	return false;
}

static void take_all(struct printer *p, const char *name,
		     const struct shape_text *text)
{
	const char *const *end;

	take(p, name, "");
	take(p, name, text->suffix);
	for (end = text->reserved; *end; end++)
		take(p, name, *end);
}

/*
 * Metrics of different shapes or units that have a name in common are told apart by
 * what they are, and then by a number as well.
 */
static void find_name(struct printer *p, const struct series *series)
{
	const struct shape_text *text = &shape_texts[series->shape];
	const char *glue = *series->unit ? "_" : "";
	unsigned int i;

	snprintf(p->name, sizeof(p->name), "%s%s%s", series->stem, glue,
		 series->unit);
	for (i = 1; any_taken(p, p->name, text); i++) {
		if (i == 1)
			snprintf(p->name, sizeof(p->name), "%s_%s%s%s", series->stem,
				 text->apart, glue, series->unit);
		else
			snprintf(p->name, sizeof(p->name), "%s_%s_%u%s%s",
				 series->stem, text->apart, i, glue,
				 series->unit);
	}
	take_all(p, p->name, text);
}

/* Collecting */

static int add_series(struct metrics *m, const struct place *place,
		      const struct statsfs_value *v)
{
	struct series *more, series = {
		.unit = find_unit(v),
		.shape = find_shape(v),
		.place = place,
		.value = v,
	};
	size_t room;

	if (m->nr == m->room) {
		room = 2 * m->room + 64;
		more = reallocarray(m->series, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		m->series = more;
		m->room = room;
	}
	series.stem = make_stem(&series);
	if (!series.stem)
		return -ENOMEM;
	m->series[m->nr] = series;
	m->nr++;
	return 0;
}

/* By whichever path; all are looked at, so that each pattern that matches knows. */
static bool is_selected(const struct metrics *m, const struct place *place,
			uint32_t i, struct selection *sel)
{
	const struct statsfs_source *source;
	char path[PATH_SIZE];
	bool selected = !sel->n;
	unsigned int j;

	for (j = 0; sel->n && j < place->nr_sources; j++) {
		source = place->sources[j];
		if (i >= source->nr_values)
			continue;
		value_path(statsfs_value_at(m->snapshot, source->first_value + i),
			   path);
		selected |= selection_has(sel, path);
	}
	return selected;
}

static int add_place(struct metrics *m, const struct place *place,
		     struct selection *sel)
{
	const struct statsfs_source *source = place->sources[0];
	const struct statsfs_value *v;
	uint32_t i;
	int err;

	for (i = 0; i < source->nr_values; i++) {
		v = statsfs_value_at(m->snapshot, source->first_value + i);
		if (v->aggr || !is_selected(m, place, i, sel))
			continue;
		if (!statsfs_type_name(v->type) || !scale_known(v)) {
			m->unknown++;
			continue;
		}
		err = add_series(m, place, v);
		if (err)
			return err;
	}
	return 0;
}

static int compare_metrics(const struct series *a, const struct series *b)
{
	int order = strcmp(a->stem, b->stem);

	if (!order)
		order = strcmp(a->unit, b->unit);
	if (!order)
		order = (int)a->shape - (int)b->shape;
	return order;
}

static int compare_labels(const struct series *a, const struct series *b)
{
	int order = compare_metrics(a, b);

	return order ? order : strcmp(a->place->labels, b->place->labels);
}

static int compare_series(const void *p1, const void *p2)
{
	const struct series *a = p1, *b = p2;
	int order = compare_labels(a, b);

	if (!order && a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return order ? order : strcmp(a->value->name, b->value->name);
}

static void sort(struct metrics *m)
{
	struct series *a, *b;
	size_t i;

	if (m->nr)
		qsort(m->series, m->nr, sizeof(*m->series), compare_series);
	for (i = 1; i < m->nr; i++) {
		a = &m->series[i - 1];
		b = &m->series[i];
		if (compare_labels(a, b))
			continue;
		a->ambiguous = true;
		b->ambiguous = true;
		b->twice = !compare_series(a, b);
	}
}

struct metrics *metrics_new(const struct statsfs_snapshot *s,
			    struct selection *sel, uint64_t begin_ns)
{
	struct metrics *m = calloc(1, sizeof(*m));
	unsigned int i;

	if (!m)
		return NULL;
	m->snapshot = s;
	m->begin_ns = begin_ns;
	if (places_init(&m->places, s))
		goto no_memory;
	for (i = 0; i < m->places.nr; i++)
		if (add_place(m, &m->places.places[i], sel))
			goto no_memory;
	sort(m);
	return m;
no_memory:
	metrics_free(m);
	return NULL;
}

void metrics_free(struct metrics *m)
{
	size_t i;

	if (!m)
		return;
	for (i = 0; i < m->nr; i++)
		free(m->series[i].stem);
	free(m->series);
	places_free(&m->places);
	free(m);
}

/* Printing */

static void print_head(struct printer *p, enum metric_shape shape, const char *unit,
		       const char *desc)
{
	const struct shape_text *text = &shape_texts[shape];
	const char *end = "";

	/* The older text knows no metrics, only names of samples. */
	if (p->format == FORMAT_PROMETHEUS && shape == SHAPE_COUNTER)
		end = text->suffix;
	fprintf(p->out, "# HELP %s%s ", p->name, end);
	print_escaped(p->out, format_special[p->format], desc);
	fprintf(p->out, "\n# TYPE %s%s %s\n", p->name, end, text->type[p->format]);
	if (p->format == FORMAT_OPENMETRICS && *unit)
		fprintf(p->out, "# UNIT %s %s\n", p->name, unit);
}

/* The name of a sample and its labels, with one more unless @name is NULL. */
static void print_sample(struct printer *p, const struct series *series,
			 const char *suffix, const char *name, const char *value)
{
	const char *labels = series->place->labels, *comma = *labels ? "," : "";

	fprintf(p->out, "%s%s", p->name, suffix);
	if (*labels || name || series->ambiguous)
		fprintf(p->out, "{%s", labels);
	if (series->ambiguous) {
		fprintf(p->out, "%sid=\"%" PRIu64 "\"", comma,
			series->place->sources[0]->id);
		print_label(p->out, false, "file", series->value->name);
		comma = ",";
	}
	if (name)
		fprintf(p->out, "%s%s=\"%s\"", comma, name, value);
	fputs(*labels || name || series->ambiguous ? "} " : " ", p->out);
	p->m->nr_samples++;
}

static void print_number(struct printer *p, const struct series *series,
			 const char *index, uint64_t number)
{
	char text[NUMBER_SIZE];

	scale_number(text, series->value, number);
	print_sample(p, series, shape_texts[series->shape].suffix,
		     index ? "index" : NULL, index);
	fprintf(p->out, "%s\n", text);
}

static void print_numbers(struct printer *p, const struct series *series,
			  const struct statsfs_gathering *g)
{
	const struct statsfs_value *v = series->value;
	char index[16];
	uint64_t number;
	uint32_t i;

	for (i = 0; i < v->nr_numbers; i++) {
		statsfs_number(g, v, i, &number);
		snprintf(index, sizeof(index), "%u", i);
		print_number(p, series, v->buckets ? index : NULL, number);
	}
}

/* The largest size that bucket @i has, in the unit of @v: sizes are integers. */
static double bucket_bound(const struct statsfs_value *v, uint32_t i)
{
	if (v->kind == STAT_KIND_LINEAR_HIST)
		return (i + 1.0) * v->bucket_size - 1;
	return i < 64 ? (1ull << i) - 1 : UINT64_MAX;
}

/*
 * Buckets of the format have all that is smaller, too.  Logarithmic ones beyond the
 * 64th can have nothing, for no size is as large.  A sum of all sizes is not known;
 * without one, OpenMetrics wants no count either, and the older text does.
 */
static void print_histogram(struct printer *p, const struct series *series,
			    const struct statsfs_gathering *g)
{
	const struct statsfs_value *v = series->value;
	uint64_t number, total = 0;
	char bound[NUMBER_SIZE];
	uint32_t i;

	for (i = 0; i < v->nr_numbers; i++) {
		statsfs_number(g, v, i, &number);
		if (__builtin_add_overflow(total, number, &total))
			total = UINT64_MAX;
		if (i == v->nr_numbers - 1)
			strcpy(bound, "+Inf");
		else if (v->kind == STAT_KIND_LOG_HIST && i > 64)
			continue;
		else
			canonical_double(bound, scale_double(v, bucket_bound(v, i)));
		print_sample(p, series, "_bucket", "le", bound);
		fprintf(p->out, "%" PRIu64 "\n", total);
	}
	if (p->format == FORMAT_PROMETHEUS) {
		print_sample(p, series, "_count", NULL, NULL);
		fprintf(p->out, "%" PRIu64 "\n", total);
	}
}

/* Whether one of the numbers is negative, which no counter is. */
static bool is_negative(const struct statsfs_gathering *g,
			const struct series *series)
{
	const struct statsfs_value *v = series->value;
	uint64_t number;
	uint32_t i;

	if (!statsfs_is_signed(v) || series->shape == SHAPE_GAUGE ||
	    series->shape == SHAPE_UNKNOWN)
		return false;
	for (i = 0; i < v->nr_numbers; i++)
		if (statsfs_u64(g, v, i, &number))
			return true;
	return false;
}

static void print_series(struct printer *p, const struct series *series)
{
	const struct statsfs_gathering *g = statsfs_gathering(p->m->snapshot);
	uint64_t number;

	if (series->twice)
		p->m->missing[MISSING_TWICE]++;
	else if (statsfs_number(g, series->value, 0, &number))
		p->m->missing[MISSING_UNREADABLE]++;
	else if (is_negative(g, series))
		p->m->missing[MISSING_NEGATIVE]++;
	else if (series->shape == SHAPE_HISTOGRAM)
		print_histogram(p, series, g);
	else
		print_numbers(p, series, g);
}

/* The description of the metric; the name of the value is better than none. */
static const char *describe(const struct series *series)
{
	return *series->value->desc ? series->value->desc : series->value->name;
}

static void print_all(struct printer *p)
{
	struct metrics *m = p->m;
	size_t i;

	for (i = 0; i < m->nr; i++) {
		if (!i || compare_metrics(&m->series[i - 1], &m->series[i])) {
			find_name(p, &m->series[i]);
			print_head(p, m->series[i].shape, m->series[i].unit,
				   describe(&m->series[i]));
		}
		print_series(p, &m->series[i]);
	}
}

/* About the export itself */

/**
 * enum own - metrics of the export
 * @OWN_DURATION: from before the snapshot was taken to when this is printed
 * @OWN_ERRORS: values that are not here
 * @OWN_GATHERING: between the first number that the kernel read and the last
 * @OWN_GENERATION: of the whole tree
 * @OWN_SERIES: samples of the statistics
 * @NR_OWN: number of them
 */
enum own {
	OWN_DURATION,
	OWN_ERRORS,
	OWN_GATHERING,
	OWN_GENERATION,
	OWN_SERIES,
	NR_OWN,
};

/**
 * struct own_text - how they are called
 * @name: the name
 * @unit: its unit or ""
 * @desc: a description
 */
struct own_text {
	const char *name;
	const char *unit;
	const char *desc;
};

static const struct own_text own_texts[] = {
	[OWN_DURATION] = {
		PREFIX "_export_duration_seconds", "seconds",
		"time that taking the snapshot and printing it took",
	},
	[OWN_ERRORS] = {
		PREFIX "_export_errors", "",
		"values that are missing here, by the reason",
	},
	[OWN_GATHERING] = {
		PREFIX "_export_gathering_seconds", "seconds",
		"time between the first number that the kernel read and the last",
	},
	[OWN_GENERATION] = {
		PREFIX "_export_generation", "",
		"grows when directories or files come, go or are renamed",
	},
	[OWN_SERIES] = {
		PREFIX "_export_series", "",
		"samples of the statistics that are here",
	},
};

static void print_seconds(FILE *out, const char *name, uint64_t ns)
{
	fprintf(out, "%s %" PRIu64 ".%09u\n", name, ns / 1000000000,
		(unsigned int)(ns % 1000000000));
}

static void print_errors(FILE *out, const struct metrics *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < NR_MISSING; i++)
		fprintf(out, "%s{reason=\"%s\"} %u\n", name, missing_names[i],
			m->missing[i]);
}

static void print_own(struct printer *p, enum own own)
{
	const struct statsfs_gathering *g = statsfs_gathering(p->m->snapshot);
	const char *name = own_texts[own].name;

	switch (own) {
	case OWN_DURATION:
		print_seconds(p->out, name, monotonic_ns() - p->m->begin_ns);
		break;
	case OWN_ERRORS:
		print_errors(p->out, p->m, name);
		break;
	case OWN_GATHERING:
		print_seconds(p->out, name, g->end_ns - g->begin_ns);
		break;
	case OWN_GENERATION:
		fprintf(p->out, "%s %" PRIu64 "\n", name,
			statsfs_generation(p->m->snapshot));
		break;
	default:
		fprintf(p->out, "%s %" PRIu64 "\n", name, p->m->nr_samples);
		break;
	}
}

int metrics_print(FILE *out, struct metrics *m, enum format format)
{
	struct printer p = { .out = out, .m = m, .format = format };
	unsigned int i;

	m->nr_samples = 0;
	memset(m->missing, 0, sizeof(m->missing));
	m->missing[MISSING_UNKNOWN] = m->unknown;
	for (i = 0; i < NR_OWN; i++)
		take_all(&p, own_texts[i].name, &shape_texts[SHAPE_GAUGE]);
	print_all(&p);
	for (i = 0; i < NR_OWN; i++) {
		snprintf(p.name, sizeof(p.name), "%s", own_texts[i].name);
		print_head(&p, SHAPE_GAUGE, own_texts[i].unit, own_texts[i].desc);
		print_own(&p, i);
	}
	if (format == FORMAT_OPENMETRICS)
		fputs("# EOF\n", out);
	tdestroy(p.taken, free);
	return p.err;
}

unsigned int metrics_missing(const struct metrics *m)
{
	unsigned int i, n = 0;

	for (i = 0; i < NR_MISSING; i++)
		n += m->missing[i];
	return n;
}
