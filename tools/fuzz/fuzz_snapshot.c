// SPDX-License-Identifier: GPL-2.0
/*
 * Gives what a fuzzer makes up to libstatsfs, as a file, and uses all of it.
 *
 * A refresh finds what lies behind the snapshot, or the snapshot again.
 */

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_snapshot.h"
#include "statsfs.h"
#include "test_wrap.h"

#define FAKE_PATH	"snapshot"
#define FAKE_FD		1000
#define MAX_LABELS	8

static const char *file;
static size_t file_size;

/* What was read goes here; nobody else can know that it is not used. */
uint64_t fuzz_sink;

int __wrap_stat(const char *path, struct stat *st)
{
	if (strcmp(path, FAKE_PATH))
		return __real_stat(path, st);
	memset(st, 0, sizeof(*st));
	return 0;
}

int __wrap_open(const char *path, int flags, ...)
{
	if (strcmp(path, FAKE_PATH) || flags != (O_RDONLY | O_CLOEXEC))
		abort();
	return FAKE_FD;
}

int __wrap_close(int fd)
{
	if (fd != FAKE_FD)
		abort();
	return 0;
}

ssize_t __wrap_pread(int fd, void *buf, size_t size, off_t offset)
{
	size_t rest = (size_t)offset < file_size ? file_size - offset : 0;

	if (fd != FAKE_FD)
		abort();
	if (size > rest)
		size = rest;
	memcpy(buf, file + offset, size);
	return size;
}

static void use_string(const char *string)
{
	if (string)
		fuzz_sink += strlen(string);
}

static void use_source(const struct statsfs_source *source)
{
	const char *labels[MAX_LABELS];
	char path[PATH_MAX], cut[4];
	unsigned int i, n;

	use_string(source->name);
	if (statsfs_path(source, path, sizeof(path)) != strlen(path))
		abort();
	statsfs_path(source, cut, sizeof(cut));
	if (strncmp(cut, path, sizeof(cut) - 1))
		abort();
	n = statsfs_labels(source, labels, MAX_LABELS);
	for (i = 0; i < n && i < MAX_LABELS; i++)
		use_string(labels[i]);
}

static void use_value(const struct statsfs_snapshot *s,
		      const struct statsfs_value *v)
{
	const struct statsfs_gathering *now = statsfs_gathering(s);
	struct statsfs_delta delta;
	uint64_t u64;
	int64_t s64;
	unsigned int i;

	use_string(v->name);
	use_string(v->desc);
	use_string(v->source->name);
	use_string(statsfs_type_name(v->type));
	use_string(statsfs_kind_name(v->kind));
	use_string(statsfs_unit_name(v->unit));
	use_string(statsfs_aggr_name(v->aggr));
	for (i = 0; i < v->nr_numbers; i++) {
		fuzz_sink += statsfs_u64(now, v, i, &u64) + u64;
		fuzz_sink += statsfs_s64(now, v, i, &s64) + (uint64_t)s64;
		statsfs_delta(v, i, statsfs_previous(s), now, &delta);
		fuzz_sink += delta.difference + (delta.per_second > 1);
	}
}

static void use(const struct statsfs_snapshot *s)
{
	const struct statsfs_source *source;
	const struct statsfs_value *v;
	unsigned int i;

	for (i = 0; (source = statsfs_source_at(s, i)); i++)
		use_source(source);
	for (i = 0; (v = statsfs_value_at(s, i)); i++)
		use_value(s, v);
}

/* Where the snapshot ends and what a refresh reads begins. */
static size_t behind(const uint8_t *data, size_t size)
{
	struct statsfs_snapshot_header h;

	if (size < sizeof(h))
		return size;
	memcpy(&h, data, sizeof(h));
	return h.size < size ? h.size : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct statsfs_snapshot *s = statsfs_new();
	size_t end = behind(data, size);

	if (!s)
		return 0;
	file = (const char *)data;
	file_size = end;
	if (statsfs_open(s, FAKE_PATH)) {
		use_string(statsfs_error(s));
		statsfs_free(s);
		return 0;
	}
	use(s);
	if (end < size) {
		file += end;
		file_size = size - end;
	}
	if (statsfs_refresh(s) < 0)
		use_string(statsfs_error(s));
	use(s);
	statsfs_free(s);
	return 0;
}
