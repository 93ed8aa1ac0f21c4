// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs compare: the snapshot of kstats beside the files in /proc that have the
 * same numbers, what differs, and what one sample of each takes.
 *
 * A field is right if it lies between readings of the file before and after it.
 * Numbers that go up and down may be elsewhere for a moment, so for those nothing
 * is said of readings that differ; but if the file has said the same before and
 * after, and the snapshot something else, eight times in a row, that is wrong.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

#define KSTATS		"kstats"
#define TEXT_SIZE	(256 << 10)

/* Readings that agree with each other and not with us, before that is wrong. */
#define ENOUGH		8
/* Readings of a number that moves all the time. */
#define ATTEMPTS	100

/**
 * enum field_kind - how a field is compared
 * @GAUGE: goes up and down
 * @CLOCK: grows; the file has less digits
 * @COUNTER: counts from another moment than the file, so differences are compared
 * @APPROXIMATE: is shown, not compared
 */
enum field_kind {
	GAUGE,
	CLOCK,
	COUNTER,
	APPROXIMATE,
};

enum {
	LOADAVG,
	MEMINFO,
	UPTIME,
	STAT,
	NR_FILES,
};

static const char * const file_names[NR_FILES] = {
	"/proc/loadavg", "/proc/meminfo", "/proc/uptime", "/proc/stat",
};

/**
 * struct field - a number that both have
 * @name: of the value in kstats
 * @file: the file in /proc
 * @before: the number in the file follows this at the beginning of a line; NULL:
 *	see @index
 * @index: 0 or the number of blanks and slashes in front of it
 * @scale: what the file's number is to be multiplied by
 * @kind: how it is compared
 */
struct field {
	const char *name;
	unsigned int file;
	const char *before;
	unsigned int index;
	uint64_t scale;
	enum field_kind kind;
};

static const struct field fields[] = {
	{ "num_processes", LOADAVG, NULL, 4, 1, GAUGE },
	{ "num_running", LOADAVG, NULL, 3, 1, APPROXIMATE },
	{ "total_memory", MEMINFO, "MemTotal:", 0, 1024, GAUGE },
	{ "free_memory", MEMINFO, "MemFree:", 0, 1024, GAUGE },
	{ "buffer_memory", MEMINFO, "Buffers:", 0, 1024, GAUGE },
	{ "uptime", UPTIME, NULL, 0, NS_PER_S / 100, CLOCK },
	{ "context_switches", STAT, "ctxt ", 0, 1, COUNTER },
};

#define NR_FIELDS (sizeof(fields) / sizeof(*fields))

/**
 * struct reading - all fields
 * @number: in units of kstats
 * @window_ns: from before the first number was read to after the last one
 */
struct reading {
	uint64_t number[NR_FIELDS];
	uint64_t window_ns;
};

/* A snapshot between two readings of the files. */
struct triple {
	struct reading before;
	struct reading ours;
	struct reading after;
};

/**
 * struct verdict - what is known of a field
 * @right: it was between two readings
 * @wrong: it was not, so often in a row
 * @last: the readings that this was seen in, or else the newest ones
 */
struct verdict {
	bool right;
	unsigned int wrong;
	struct triple last;
};

/**
 * struct session - what is open
 * @snapshot: of kstats
 * @value: of each field
 * @fd: of each file
 * @text: for the text of each file
 */
struct session {
	struct statsfs_snapshot *snapshot;
	const struct statsfs_value *value[NR_FIELDS];
	int fd[NR_FILES];
	char *text[NR_FILES];
};

/* The files */

static int read_file(struct session *session, unsigned int file)
{
	char *text = session->text[file];
	ssize_t length = pread(session->fd[file], text, TEXT_SIZE - 1, 0);

	if (length < 0)
		return complain("%s: %m", file_names[file]);
	text[length] = '\0';
	return STATUS_OK;
}

/* Where the number of @field is in @text, or NULL. */
static const char *find_number(const struct field *field, const char *text)
{
	unsigned int n = field->index;

	if (field->before) {
		size_t length = strlen(field->before);

		while (text && strncmp(text, field->before, length)) {
			text = strchr(text, '\n');
			text = text ? text + 1 : NULL;
		}
		return text ? text + length : NULL;
	}
	for (; n && *text; text++)
		n -= *text == ' ' || *text == '/';
	return text;
}

/* Of a clock the digits behind the point count as well: hundredths of a second. */
static int parse_field(const struct field *field, const char *text,
		       uint64_t *number)
{
	const char *start = find_number(field, text);
	char *end = NULL;

	if (start)
		*number = strtoull(start, &end, 10);
	if (!start || end == start)
		return complain("%s: cannot find %s", file_names[field->file],
				field->name);
	if (field->kind == CLOCK && *end == '.')
		*number = *number * 100 + strtoull(end + 1, NULL, 10);
	*number *= field->scale;
	return STATUS_OK;
}

static int read_files(struct session *session, struct reading *reading)
{
	uint64_t begin = monotonic_ns();
	unsigned int i;

	for (i = 0; i < NR_FILES; i++)
		if (read_file(session, i))
			return STATUS_FAILED;
	reading->window_ns = monotonic_ns() - begin;
	for (i = 0; i < NR_FIELDS; i++)
		if (parse_field(&fields[i], session->text[fields[i].file],
				&reading->number[i]))
			return STATUS_FAILED;
	return STATUS_OK;
}

static int open_files(struct session *session)
{
	unsigned int i;

	for (i = 0; i < NR_FILES; i++) {
		session->fd[i] = open(file_names[i], O_RDONLY | O_CLOEXEC);
		if (session->fd[i] < 0)
			return complain("%s: %m", file_names[i]);
		session->text[i] = malloc(TEXT_SIZE);
		if (!session->text[i])
			return complain("not enough memory");
	}
	return STATUS_OK;
}

/* The snapshot */

static const struct statsfs_value *find_value(const struct statsfs_snapshot *s,
					      const char *name)
{
	const struct statsfs_value *v;
	unsigned int i;

	for (i = 0; (v = statsfs_value_at(s, i)); i++)
		if (!v->source->parent && !strcmp(v->name, name))
			return v;
	return NULL;
}

static int find_values(struct session *session)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++) {
		session->value[i] = find_value(session->snapshot, fields[i].name);
		if (!session->value[i])
			return complain(KSTATS " has no %s", fields[i].name);
	}
	return STATUS_OK;
}

static int refresh(struct session *session)
{
	int ret = statsfs_refresh(session->snapshot);

	if (ret < 0)
		return complain("%s", statsfs_error(session->snapshot));
	return ret ? find_values(session) : STATUS_OK;
}

static int read_snapshot(struct session *session, struct reading *reading)
{
	const struct statsfs_gathering *g;
	unsigned int i;
	int err;

	if (refresh(session))
		return STATUS_FAILED;
	g = statsfs_gathering(session->snapshot);
	reading->window_ns = g->end_ns - g->begin_ns;
	for (i = 0; i < NR_FIELDS; i++) {
		err = statsfs_number(g, session->value[i], 0,
				     &reading->number[i]);
		if (err)
			return complain(KSTATS "/%s: %s", fields[i].name,
					strerror(-err));
	}
	return STATUS_OK;
}

static int open_kstats(struct session *session)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" KSTATS, default_directory());
	if (access(path, F_OK))
		return complain("%s: %m; load it with: modprobe kstats", path);
	session->snapshot = open_snapshot(path);
	return session->snapshot ? find_values(session) : STATUS_FAILED;
}

/* Comparing */

static int read_triple(struct session *session, struct triple *t)
{
	return read_files(session, &t->before) ||
	       read_snapshot(session, &t->ours) ||
	       read_files(session, &t->after);
}

static bool is_between(uint64_t a, uint64_t x, uint64_t b)
{
	return a <= b ? a <= x && x <= b : b <= x && x <= a;
}

/* Whether the counter has grown as much since @first as that of the file. */
static bool counter_is_right(const struct triple *first, const struct triple *t,
			     unsigned int i)
{
	uint64_t ours = t->ours.number[i] - first->ours.number[i];

	return t->before.number[i] - first->after.number[i] <= ours &&
	       ours <= t->after.number[i] - first->before.number[i];
}

/* What the readings say of a field: 1 right, 0 nothing, -1 wrong. */
static int judge(const struct triple *first, const struct triple *t,
		 unsigned int i)
{
	const struct field *field = &fields[i];
	uint64_t before = t->before.number[i], after = t->after.number[i];
	uint64_t ours = t->ours.number[i];

	switch (field->kind) {
	case APPROXIMATE:
		return 1;
	case COUNTER:
		return counter_is_right(first, t, i) ? 1 : -1;
	case CLOCK:
		ours -= ours % field->scale;
		return is_between(before, ours, after) ? 1 : -1;
	default:
		if (is_between(before, ours, after))
			return 1;
		return before == after ? -1 : 0;
	}
}

static bool is_decided(const struct verdict *verdict)
{
	return verdict->right || verdict->wrong == ENOUGH;
}

static bool all_decided(const struct verdict *verdicts)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++)
		if (!is_decided(&verdicts[i]))
			return false;
	return true;
}

static void update_verdict(struct verdict *verdict, const struct triple *first,
			   const struct triple *t, unsigned int i)
{
	int said = judge(first, t, i);

	if (is_decided(verdict))
		return;
	verdict->last = *t;
	verdict->right = said > 0;
	verdict->wrong = said < 0 ? verdict->wrong + 1 : 0;
}

static int compare_fields(struct session *session, struct triple *first,
			  struct verdict *verdicts)
{
	struct triple t;
	unsigned int attempt, i;

	if (read_triple(session, first))
		return STATUS_FAILED;
	for (attempt = 0; attempt < ATTEMPTS && !all_decided(verdicts); attempt++) {
		if (read_triple(session, &t))
			return STATUS_FAILED;
		for (i = 0; i < NR_FIELDS; i++)
			update_verdict(&verdicts[i], first, &t, i);
	}
	return STATUS_OK;
}

/* Costs */

#define COST_ROUNDS	101

static int compare_costs(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The median of what one sample takes, in nanoseconds. */
static int measure(struct session *session,
		   int (*read)(struct session *session, struct reading *reading),
		   uint64_t *cost, uint64_t *window)
{
	uint64_t costs[COST_ROUNDS], windows[COST_ROUNDS], begin;
	struct reading reading;
	unsigned int i;

	for (i = 0; i < COST_ROUNDS; i++) {
		begin = monotonic_ns();
		if (read(session, &reading))
			return STATUS_FAILED;
		costs[i] = monotonic_ns() - begin;
		windows[i] = reading.window_ns;
	}
	qsort(costs, COST_ROUNDS, sizeof(*costs), compare_costs);
	qsort(windows, COST_ROUNDS, sizeof(*windows), compare_costs);
	*cost = costs[COST_ROUNDS / 2];
	*window = windows[COST_ROUNDS / 2];
	return STATUS_OK;
}

/* Output */

static const char *verdict_name(const struct verdict *verdict,
				const struct field *field)
{
	if (field->kind == APPROXIMATE)
		return "approximate";
	if (verdict->right)
		return "equal";
	return verdict->wrong == ENOUGH ? "DIFFERS" : "moves";
}

/* What a field and the file show, for counters since the first readings. */
static void shown(const struct triple *first, const struct verdict *verdict,
		  unsigned int i, uint64_t *ours, uint64_t *files)
{
	*ours = verdict->last.ours.number[i];
	*files = verdict->last.after.number[i];
	if (fields[i].kind == COUNTER) {
		*ours -= first->ours.number[i];
		*files -= first->after.number[i];
	}
}

static int print_fields(const struct triple *first,
			const struct verdict *verdicts)
{
	int status = STATUS_OK;
	uint64_t ours, files;
	unsigned int i;

	printf("%-17s %20s %20s %12s  %s\n", "FIELD", "KSTATS", "PROC",
	       "DIFFERENCE", "IS");
	for (i = 0; i < NR_FIELDS; i++) {
		shown(first, &verdicts[i], i, &ours, &files);
		printf("%-17s %20" PRIu64 " %20" PRIu64 " %12" PRId64 "  %s\n",
		       fields[i].name, ours, files, (int64_t)(ours - files),
		       verdict_name(&verdicts[i], &fields[i]));
		if (verdicts[i].wrong == ENOUGH)
			status = STATUS_FAILED;
	}
	return status;
}

static int print_costs(struct session *session)
{
	uint64_t our_cost, our_window, file_cost, file_window;

	if (measure(session, read_snapshot, &our_cost, &our_window) ||
	    measure(session, read_files, &file_cost, &file_window))
		return STATUS_FAILED;
	printf("\n%-17s %17" PRIu64 " ns %17" PRIu64 " ns\n", "window", our_window,
	       file_window);
	printf("%-17s %17" PRIu64 " ns %17" PRIu64 " ns\n", "cost of a sample",
	       our_cost, file_cost);
	printf("%-17s %20d %20d\n", "system calls", 1, NR_FILES);
	return STATUS_OK;
}

static int compare(struct session *session)
{
	struct verdict verdicts[NR_FIELDS] = {};
	struct triple first;
	int status;

	if (open_kstats(session) || open_files(session) ||
	    compare_fields(session, &first, verdicts))
		return STATUS_FAILED;
	status = print_fields(&first, verdicts);
	return print_costs(session) ? STATUS_FAILED : status;
}

int cmd_compare(int argc, char **argv)
{
	struct session session = { .fd = { -1, -1, -1, -1 } };
	int status;
	unsigned int i;

	if (next_option(argc, argv, NULL) != -1 || optind < argc)
		return usage_error(argv[0]);
	status = compare(&session);
	for (i = 0; i < NR_FILES; i++) {
		free(session.text[i]);
		if (session.fd[i] >= 0)
			close(session.fd[i]);
	}
	statsfs_free(session.snapshot);
	return status;
}
