// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs top: numbers as they change.
 *
 * The signals that end the program are read from a descriptor, so that the terminal
 * is restored first.  Those that curses handles are blocked but for the wait, or
 * one might come just before it and have no effect until the next sample.
 */

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program.h"
#include "top-model.h"
#include "top-text.h"
#include "top-view.h"

/* Devices that come and go are shown at once, but not more often than this. */
#define SOONEST_NS	(NS_PER_S / 4)

#define MIN_SECONDS	0.05
#define MAX_SECONDS	86400.0

/**
 * enum output - where the numbers go
 * @OUTPUT_SCREEN: to a terminal, until the user has had enough
 * @OUTPUT_TABLE: a table of two samples
 * @OUTPUT_CSV: lines of CSV
 */
enum output {
	OUTPUT_SCREEN,
	OUTPUT_TABLE,
	OUTPUT_CSV,
};

/**
 * struct options - the command line
 * @output: where the numbers go
 * @seconds: between two samples
 * @count: so many samples; 0: without end
 * @sort: what to sort by; NR_TOP_SORTS: as it is usual for the output
 * @from: a directory in a mount, or a saved snapshot; NULL: the mount
 */
struct options {
	enum output output;
	double seconds;
	unsigned long count;
	enum top_sort sort;
	const char *from;
};

/**
 * struct session - what is being looked at
 * @place: the directory or file
 * @is_directory: it is a directory
 * @snapshot: of it
 * @is_open: it is the newest that there is
 * @is_new: there was something to be sampled
 * @model: what is made of it
 */
static struct session {
	const char *place;
	bool is_directory;
	struct statsfs_snapshot *snapshot;
	bool is_open;
	bool is_new;
	struct top_model model;
} session;

/* Samples */

/*
 * A mount that was detached goes on for those who have files open there, so it has
 * to be looked for.
 */
static bool is_still_there(void)
{
	struct stat st, now;

	return !session.is_directory ||
	       (!fstat(statsfs_fd(session.snapshot), &st) &&
		!stat(session.place, &now) && st.st_dev == now.st_dev);
}

/* Returns 1 if the layout is another one; or a negative errno. */
static int gather(void)
{
	int err;

	if (session.is_open && is_still_there())
		return statsfs_refresh(session.snapshot);
	err = statsfs_open(session.snapshot, session.place);
	return err ? err : 1;
}

static int take_sample(void)
{
	int result = gather();

	session.is_open = result >= 0;
	session.is_new = false;
	if (result < 0)
		return result;
	session.is_new = top_model_update(&session.model, session.snapshot, result);
	top_model_arrange(&session.model);
	return 0;
}

static int reset_value(const char *path)
{
	char file[2 * PATH_MAX];

	if (!session.is_directory)
		return -EROFS;
	snprintf(file, sizeof(file), "%s/%s", session.place, path);
	return reset_file(file);
}

/* For programs */

static void sleep_until(int64_t when_ns)
{
	struct timespec when = {
		.tv_sec = when_ns / NS_PER_S,
		.tv_nsec = when_ns % NS_PER_S,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
		;
}

static int take_sample_or_complain(void)
{
	if (take_sample())
		return complain("%s", statsfs_error(session.snapshot));
	return selection_check(session.model.selection);
}

static int run_table(const struct options *options)
{
	int64_t begin;

	session.model.tree = TOP_FLAT;
	if (take_sample_or_complain())
		return STATUS_FAILED;
	begin = monotonic_ns();
	sleep_until(begin + options->seconds * NS_PER_S);
	if (take_sample_or_complain())
		return STATUS_FAILED;
	return top_print_table(&session.model);
}

static int run_csv(const struct options *options)
{
	int64_t interval = options->seconds * NS_PER_S, next = monotonic_ns();
	int status = STATUS_OK;
	unsigned long i;

	top_print_csv_heading();
	for (i = 0; !options->count || i < options->count; i++) {
		sleep_until(next);
		if (take_sample_or_complain())
			return STATUS_FAILED;
		if (session.is_new)
			status |= top_print_csv(&session.model, session.snapshot);
		if (fflush(stdout))
			return STATUS_FAILED;
		next += interval;
		if (next < monotonic_ns())
			next = monotonic_ns();
	}
	return status;
}

/* For people */

/**
 * struct signals - what there is to do about signals
 * @fd: tells of those that end the program
 * @wait: blocked while the program waits
 * @before: blocked when it was started
 */
struct signals {
	int fd;
	sigset_t wait;
	sigset_t before;
};

static int catch_signals(struct signals *signals)
{
	static const int endings[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t ending, all;
	size_t i;

	sigemptyset(&ending);
	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		sigaddset(&ending, endings[i]);
	all = ending;
	sigaddset(&all, SIGWINCH);
	sigaddset(&all, SIGTSTP);
	sigprocmask(SIG_BLOCK, &all, &signals->before);
	sigorset(&signals->wait, &signals->before, &ending);
	signals->fd = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals->fd < 0 ? complain("cannot catch signals: %m") : STATUS_OK;
}

/* Ends by the signal that has come, if there is one. */
static void end_by_signal(const struct signals *signals)
{
	struct signalfd_siginfo info;

	if (read(signals->fd, &info, sizeof(info)) != sizeof(info))
		return;
	signal(info.ssi_signo, SIG_DFL);
	raise(info.ssi_signo);
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

/* Why there is no sample, and that there may be one later. */
static void explain_trouble(struct top_view *v)
{
	char mount[PATH_MAX];

	if (session.is_directory &&
	    statsfs_find_mount(mount, sizeof(mount)) == -ENODEV)
		snprintf(v->trouble, sizeof(v->trouble),
			 "statsfs is not mounted any more; waiting for %s",
			 session.place);
	else
		snprintf(v->trouble, sizeof(v->trouble), "%s; trying again",
			 statsfs_error(session.snapshot));
}

static void sample_for_screen(struct top_view *v)
{
	if (take_sample()) {
		explain_trouble(v);
		return;
	}
	*v->trouble = '\0';
	top_view_follow(v);
}

/**
 * struct clock - when samples are taken
 * @interval: between two
 * @last: when the last one was; 0: there was none
 * @next: when the next one is
 */
struct clock {
	int64_t interval;
	int64_t last;
	int64_t next;
};

/* For the next sample, or for a change of the layout, a signal, or a key. */
static void wait_for_something(struct top_view *v, struct clock *clock,
			       const struct signals *signals)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = -1, .events = POLLPRI },
		{ .fd = signals->fd, .events = POLLIN },
	};
	int64_t now = monotonic_ns(), until = clock->next;
	struct timespec timeout;

	if (session.is_open && now >= clock->last + SOONEST_NS)
		fds[1].fd = statsfs_fd(session.snapshot);
	else if (session.is_open && until > clock->last + SOONEST_NS)
		until = clock->last + SOONEST_NS;
	if (v->is_paused)
		fds[1].fd = -1;
	until = until > now ? until - now : 0;
	timeout.tv_sec = until / NS_PER_S;
	timeout.tv_nsec = until % NS_PER_S;
	if (ppoll(fds, 3, v->is_paused ? NULL : &timeout, &signals->wait) <= 0)
		return;
	if (fds[2].revents || fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		v->is_done = true;
	if (fds[1].revents)
		clock->next = monotonic_ns();
}

/* An early sample moves those after it. */
static void sample_when_due(struct top_view *v, struct clock *clock)
{
	int64_t now = monotonic_ns();

	if (v->is_paused || now < clock->next)
		return;
	sample_for_screen(v);
	clock->last = now;
	clock->next += clock->interval;
	if (clock->next <= now)
		clock->next = now + clock->interval;
}

static int run_screen(const struct options *options)
{
	struct top_view view = {
		.model = &session.model,
		.place = session.place,
		.reset = reset_value,
	};
	struct clock clock = { .interval = options->seconds * NS_PER_S };
	struct signals signals;

	if (take_sample())
		return complain("%s", statsfs_error(session.snapshot));
	if (catch_signals(&signals) || top_view_start(&view))
		return STATUS_FAILED;
	clock.last = monotonic_ns();
	clock.next = clock.last + clock.interval;
	while (!view.is_done) {
		top_view_draw(&view);
		wait_for_something(&view, &clock, &signals);
		top_view_keys(&view);
		sample_when_due(&view, &clock);
	}
	top_view_stop();
	end_by_signal(&signals);
	close(signals.fd);
	return STATUS_OK;
}

/* The command line */

static int parse_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	if (end != text && !*end && *seconds >= MIN_SECONDS && *seconds <= MAX_SECONDS)
		return STATUS_OK;
	complain("-d takes seconds from %g to %g, not '%s'", MIN_SECONDS, MAX_SECONDS,
		 text);
	return STATUS_USAGE;
}

static int parse_count(const char *text, unsigned long *count)
{
	char *end;

	errno = 0;
	*count = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *count && !errno)
		return STATUS_OK;
	complain("-n takes a number of samples from 1 on, not '%s'", text);
	return STATUS_USAGE;
}

static int parse_sort(const char *text, enum top_sort *sort)
{
	unsigned int i;

	for (i = 0; i < NR_TOP_SORTS; i++)
		if (!strcmp(top_sort_names[i], text)) {
			*sort = i;
			return STATUS_OK;
		}
	complain("-s takes rate, value, peak or path, not '%s'", text);
	return STATUS_USAGE;
}

const struct verb_option top_options[] = {
	{ 'd', "delay", "SECONDS", "take a sample every so often; 1" },
	{ 's', "sort", "KEY", "by rate, value, peak or path" },
	{ OPTION_FROM, "from", "DIR|FILE",
	  "in this directory of a mount, or in a saved snapshot" },
	{ OPTION_ONCE, "once", NULL, "two samples, and a table of them" },
	{ OPTION_CSV, "csv", NULL, "lines of CSV: time, path, value, rate" },
	{ 'n', "count", "COUNT", "of CSV so many samples" },
	{}
};

static int parse_option(struct options *options, int option, const char *verb)
{
	switch (option) {
	case OPTION_ONCE:
		options->output = OUTPUT_TABLE;
		return STATUS_OK;
	case OPTION_CSV:
		options->output = OUTPUT_CSV;
		return STATUS_OK;
	case 'd':
		return parse_seconds(optarg, &options->seconds);
	case OPTION_FROM:
		options->from = optarg;
		return STATUS_OK;
	case 'n':
		return parse_count(optarg, &options->count);
	case 's':
		return parse_sort(optarg, &options->sort);
	default:
		return usage_error(verb);
	}
}

static int parse_options(struct options *options, int argc, char **argv)
{
	int option, status;

	while ((option = next_option(argc, argv, top_options)) != -1) {
		status = parse_option(options, option, argv[0]);
		if (status)
			return status;
	}
	if (!options->count || options->output == OUTPUT_CSV)
		return STATUS_OK;
	complain("-n is for --csv");
	return STATUS_USAGE;
}

/* Where there is nothing to open, this gives advice; the first sample opens it again. */
static int open_session(const struct options *options)
{
	struct stat st;

	session.place = options->from ? options->from : default_directory();
	session.is_directory = !stat(session.place, &st) && S_ISDIR(st.st_mode);
	session.snapshot = open_snapshot(session.place);
	return session.snapshot ? STATUS_OK : STATUS_FAILED;
}

static int run(const struct options *options)
{
	static int (*const by_output[])(const struct options *options) = {
		[OUTPUT_SCREEN] = run_screen,
		[OUTPUT_TABLE] = run_table,
		[OUTPUT_CSV] = run_csv,
	};

	session.model.sort = options->sort;
	if (options->sort == NR_TOP_SORTS)
		session.model.sort = options->output == OUTPUT_SCREEN ?
				     TOP_SORT_RATE : TOP_SORT_PATH;
	return by_output[options->output](options);
}

int cmd_top(int argc, char **argv)
{
	struct options options = { .seconds = 1, .sort = NR_TOP_SORTS };
	struct selection selection;
	int status = parse_options(&options, argc, argv);

	if (status)
		return status;
	if (open_session(&options))
		return STATUS_FAILED;
	status = selection_init(&selection, argv + optind, argc - optind,
				session.is_directory ? session.place : NULL);
	top_model_init(&session.model, &selection);
	if (!status)
		status = run(&options);
	top_model_free(&session.model);
	selection_free(&selection);
	statsfs_free(session.snapshot);
	return status;
}
