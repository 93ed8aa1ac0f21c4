// SPDX-License-Identifier: GPL-2.0
/*
 * usage: seeds DIRECTORY
 *
 * Writes snapshots for a fuzzer to begin with.
 */

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "test_build.h"

static const char *directory;

/* UTF-8, and what is none: cut, a surrogate, longer than needed. */
static const char *const names[] = {
	"a\"\\b", "\xff", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xed\xa0\x80",
	"\xc0\xaf", "\xe2\x82",
};

static void write_image(FILE *file, struct build *b, bool all)
{
	char *image = build_image(b);
	size_t size = all ? b->header.size : b->header.refresh_size;

	if (fwrite(image, size, 1, file) != 1)
		err(1, "cannot write");
	free(image);
}

/* With @again, what a refresh reads follows. */
static void write_seed(const char *name, struct build *b, bool again)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (!file)
		err(1, "%s", path);
	write_image(file, b, true);
	if (again) {
		b->gathering.gathering++;
		b->gathering.begin_ns += 1000000;
		b->gathering.end_ns += 1000000;
		b->numbers[1] += 1000;
		b->numbers[b->nr_numbers - 2]--;
		write_image(file, b, false);
	}
	if (fclose(file))
		err(1, "%s", path);
}

int main(int argc, char **argv)
{
	static struct build b;
	unsigned int i;

	if (argc != 2)
		errx(2, "usage: %s DIRECTORY", argv[0]);
	directory = argv[1];

	build_init(&b);
	write_seed("empty", &b, false);

	build_sample(&b);
	write_seed("sample", &b, false);
	write_seed("refresh", &b, true);

	b.growth = 16;
	write_seed("growth", &b, true);

	build_sample(&b);
	b.status[1] = ENODEV;
	b.values[2].type = 99;
	b.values[5].kind = 99;
	write_seed("unknown", &b, false);

	build_init(&b);
	build_value(&b, "v", STAT_TYPE_U8, STAT_KIND_CUMULATIVE);
	for (i = STAT_TYPE_BOOL; i <= STAT_TYPE_S64; i++) {
		build_value(&b, "t", i, i % 5);
		b.numbers[b.nr_numbers - 1] = -1;
	}
	write_seed("types", &b, true);

	build_init(&b);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		build_value(&b, names[i], STAT_TYPE_BOOL, STAT_KIND_INSTANT);
	write_seed("names", &b, false);

	build_init(&b);
	for (i = 0; i < 20; i++)
		build_source(&b, i, "s");
	build_value(&b, "v", STAT_TYPE_U64, STAT_KIND_CUMULATIVE);
	write_seed("deep", &b, false);
	return 0;
}
