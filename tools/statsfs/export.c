// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs export: metrics, to standard output, a file, or whoever asks by HTTP.
 */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "http.h"
#include "program.h"

const struct verb_option export_options[] = {
	{ 'f', "format", "FORMAT", "openmetrics, or prometheus: the older text" },
	{ OPTION_FROM, "from", "DIR|FILE",
	  "of a mount that is there, or of a copy of its .snapshot" },
	{ 'l', "listen", "ADDRESS",
	  "serve /metrics at 127.0.0.1:9954, say; \"socket\": systemd's" },
	{ 'o', "output", "FILE",
	  "replace FILE at once, in the older text: for node_exporter" },
	{}
};

static const char *const format_names[] = {
	[FORMAT_OPENMETRICS] = "openmetrics",
	[FORMAT_PROMETHEUS] = "prometheus",
};

/**
 * struct request - what the command line asks for
 * @source: what to export
 * @format: an &enum format; NR_FORMATS: what is usual
 * @output: a file, or NULL
 * @listen: an address, or NULL
 */
struct request {
	struct source_of_metrics source;
	unsigned int format;
	const char *output;
	const char *listen;
};

void print_export_help(void)
{
	printf("\nPatterns are of paths, as in 'bufstat/net/**'; sums of others are not\n"
	       "exported, for a query can make them.\n");
}

static int set_format(struct request *r, const char *name)
{
	for (r->format = 0; r->format < NR_FORMATS; r->format++)
		if (!strcmp(name, format_names[r->format]))
			return STATUS_OK;
	complain("%s: is no format; there are %s and %s", name, format_names[0],
		 format_names[1]);
	return STATUS_USAGE;
}

static int set_option(struct request *r, int option)
{
	switch (option) {
	case 'f':
		return set_format(r, optarg);
	case OPTION_FROM:
		r->source.from = optarg;
		return STATUS_OK;
	case 'l':
		r->listen = optarg;
		return STATUS_OK;
	case 'o':
		r->output = optarg;
		return STATUS_OK;
	default:
		return usage_error("export");
	}
}

static int check_request(const struct request *r)
{
	if (r->listen && (r->output || r->format != NR_FORMATS)) {
		complain("--listen goes without --output, and whoever asks chooses the format");
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* What patterns are below; NULL: a file, so that they are as they are. */
static const char *find_top(const struct request *r, char mount[PATH_SIZE])
{
	struct stat st;

	if (r->source.from)
		return !stat(r->source.from, &st) && S_ISDIR(st.st_mode) ?
		       r->source.from : NULL;
	if (statsfs_find_mount(mount, PATH_SIZE))
		return USUAL_MOUNT;
	return mount;
}

int scrape_begin(struct scrape *scrape, struct source_of_metrics *source,
		 char reason[REASON_SIZE])
{
	uint64_t begin = monotonic_ns();
	const char *from = source->from;
	char mount[PATH_SIZE];
	int err = 0;

	*scrape = (struct scrape) {};
	if (!from) {
		err = statsfs_find_mount(mount, sizeof(mount));
		from = mount;
	}
	if (err) {
		snprintf(reason, REASON_SIZE, "%s", err == -ENODEV ?
			 "statsfs is not mounted" : strerror(-err));
		return STATUS_FAILED;
	}
	scrape->snapshot = statsfs_new();
	err = scrape->snapshot ? statsfs_open(scrape->snapshot, from) : -ENOMEM;
	if (!err) {
		scrape->metrics = metrics_new(scrape->snapshot, &source->sel, begin);
		if (scrape->metrics)
			return STATUS_OK;
	}
	snprintf(reason, REASON_SIZE, "%s", err ? statsfs_error(scrape->snapshot) :
		 "not enough memory");
	scrape_end(scrape);
	return STATUS_FAILED;
}

char *scrape_text(struct scrape *scrape, enum format format, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	int err;

	if (!out)
		return NULL;
	err = metrics_print(out, scrape->metrics, format);
	if (!fclose(out) && !err)
		return text;
	free(text);
	return NULL;
}

void scrape_end(struct scrape *scrape)
{
	metrics_free(scrape->metrics);
	statsfs_free(scrape->snapshot);
	*scrape = (struct scrape) {};
}

static int write_all(int fd, const char *text, size_t size)
{
	ssize_t n;

	for (; size; text += n, size -= n) {
		n = write(fd, text, size);
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* What a link leads to is replaced, and a device is not. */
static int find_target(const char *path, char target[PATH_MAX])
{
	struct stat st;
	int err = lstat(path, &st) ? errno : 0;

	if (err == ENOENT) {
		strcpy(target, path);
		return STATUS_OK;
	}
	if (err || stat(path, &st) || !realpath(path, target))
		return complain("%s: %m", path);
	if (S_ISDIR(st.st_mode))
		return complain("%s: %s", path, strerror(EISDIR));
	if (!S_ISREG(st.st_mode))
		return complain("%s: is no regular file; try: statsfs export >%s",
				path, path);
	return STATUS_OK;
}

/* All of it or what was there before, whatever happens. */
static int replace_file(const char *output, const char *text, size_t size)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	int fd, err;

	if (find_target(output, path))
		return STATUS_FAILED;
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >=
	    (int)sizeof(temporary))
		return complain("%s: %s", output, strerror(ENAMETOOLONG));
	fd = mkstemp(temporary);
	if (fd < 0)
		return complain("%s: %m", output);
	err = write_all(fd, text, size);
	if (!err && (fchmod(fd, 0644) || fsync(fd)))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(temporary, path))
		err = -errno;
	if (!err)
		return STATUS_OK;
	unlink(temporary);
	return complain("%s: %s", output, strerror(-err));
}

static int write_text(const struct request *r, struct scrape *scrape)
{
	enum format format = r->format;
	size_t size;
	char *text;
	int status = STATUS_OK;

	if (r->format == NR_FORMATS)
		format = r->output ? FORMAT_PROMETHEUS : FORMAT_OPENMETRICS;
	text = scrape_text(scrape, format, &size);
	if (!text)
		return complain("not enough memory");
	if (r->output)
		status = replace_file(r->output, text, size);
	else
		fwrite(text, size, 1, stdout);
	free(text);
	return status;
}

static int export_once(struct request *r)
{
	char reason[REASON_SIZE];
	struct scrape scrape;
	unsigned int missing;
	int status;

	/* It says what to do if there is none. */
	if (!r->source.from)
		r->source.from = default_directory();
	if (scrape_begin(&scrape, &r->source, reason))
		return complain("%s", reason);
	status = selection_check(&r->source.sel);
	status |= write_text(r, &scrape);
	missing = metrics_missing(scrape.metrics);
	if (missing)
		status |= complain("values that could not be exported: %u; %s", missing,
				   "statsfs_export_errors says why");
	scrape_end(&scrape);
	return status;
}

int cmd_export(int argc, char **argv)
{
	struct request r = { .format = NR_FORMATS };
	char mount[PATH_SIZE];
	int option, status = STATUS_OK;

	while ((option = next_option(argc, argv, export_options)) != -1) {
		status = set_option(&r, option);
		if (status)
			return status;
	}
	status = check_request(&r);
	if (status)
		return status;
	status = selection_init(&r.source.sel, argv + optind, argc - optind,
				find_top(&r, mount));
	if (!status)
		status = r.listen ? http_serve(r.listen, &r.source) : export_once(&r);
	selection_free(&r.source.sel);
	return status;
}
