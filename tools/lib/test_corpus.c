// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Gives the fuzzer's corpus to what the fuzzer runs, and each of its files with
 * each byte changed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <glob.h>

#include "fuzz_snapshot.h"

static const uint8_t replacements[] = { 0, 1, 0x7f, 0x80, 0xff };

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	uint8_t *data;

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*size = ftell(file);
	rewind(file);
	data = malloc(*size + 1);
	assert_int_equal(fread(data, 1, *size, file), *size);
	fclose(file);
	return data;
}

static void try_changes(uint8_t *data, size_t size)
{
	size_t i, j;
	uint8_t old;

	for (i = 0; i < size; i++) {
		old = data[i];
		for (j = 0; j < sizeof(replacements); j++) {
			data[i] = replacements[j];
			LLVMFuzzerTestOneInput(data, size);
		}
		data[i] = old;
	}
}

static void each_file(void (*function)(uint8_t *data, size_t size))
{
	glob_t files;
	uint8_t *data;
	size_t i, size;

	assert_int_equal(glob("tools/fuzz/corpus/*", 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++) {
		data = read_file(files.gl_pathv[i], &size);
		function(data, size);
		free(data);
	}
	globfree(&files);
}

static void try_file(uint8_t *data, size_t size)
{
	LLVMFuzzerTestOneInput(data, size);
}

static void test_corpus(void **state)
{
	(void)state;
	each_file(try_file);
}

static void test_changed_corpus(void **state)
{
	(void)state;
	each_file(try_changes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_changed_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
