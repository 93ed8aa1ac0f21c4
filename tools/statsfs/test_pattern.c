// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pattern.h"
#include "program.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/**
 * enum match - what a pattern has to do with a path
 * @NO: nothing
 * @BELOW: it matches a directory that the path is in
 * @YES: it matches the path
 */
enum match {
	NO,
	BELOW,
	YES,
};

static const struct {
	const char *pattern;
	const char *path;
	enum match match;
} matches[] = {
	/* without anything special */
	{ "net/eth0/rx", "net/eth0/rx", YES },
	{ "net/eth0/rx", "net/eth0/rx_bytes", NO },
	{ "net/eth0", "net/eth0/rx", BELOW },
	{ "net/eth", "net/eth0/rx", NO },
	{ "eth0/rx", "net/eth0/rx", NO },
	{ "net/eth0/rx/more", "net/eth0/rx", NO },
	{ "", "", YES },
	{ "", "rx", BELOW },

	/* slashes */
	{ "net/", "net", YES },
	{ "/net//eth0/", "net/eth0", YES },
	{ "net/", "net/eth0/rx", BELOW },
	{ "/", "net/eth0/rx", BELOW },

	/* within a component */
	{ "*", "net", YES },
	{ "*", "net/eth0/rx", BELOW },
	{ "net/*", "net", NO },
	{ "net/*/rx", "net/eth0/rx", YES },
	{ "net/*/rx", "net/rx", NO },
	{ "net/*/rx", "net/a/b/rx", NO },
	{ "net/*rx", "net/eth0/rx", NO },
	{ "net/eth?", "net/eth0", YES },
	{ "net?eth0", "net/eth0", NO },
	{ "net[/]eth0", "net/eth0", NO },
	{ "net/eth[0-2]", "net/eth1", YES },
	{ "net/eth[!0-2]", "net/eth1", NO },
	{ "net/eth[", "net/eth[", YES },
	{ "*_bytes", "rx_bytes", YES },
	{ "*a*b*", "xxaxxbxx", YES },
	{ "*a*b*", "xxbxxaxx", NO },
	{ "a**b", "a/b", NO },
	{ "a**b", "axxb", YES },

	/* any number of components */
	{ "**", "", YES },
	{ "**", "net/eth0/rx", YES },
	{ "**/rx", "rx", YES },
	{ "**/rx", "net/eth0/rx", YES },
	{ "**/rx", "net/eth0/rx/more", BELOW },
	{ "**/rx", "net/eth0/tx", NO },
	{ "**/rx", "net/xrx", NO },
	{ "net/**", "net", YES },
	{ "net/**", "net/eth0/rx", YES },
	{ "net/**", "mm/free", NO },
	{ "net/**/rx", "net/rx", YES },
	{ "net/**/rx", "net/a/b/c/rx", YES },
	{ "net/**/rx", "mm/rx", NO },
	{ "**/a/**/b", "a/x/a/b", YES },
	{ "**/a/**/b", "a/b/x/a/x/b", YES },
	{ "**/a/**/b", "b/x/a", NO },
	{ "**/a/*", "a/a/a", YES },
	{ "**/**/a", "a", YES },
	{ "**/a/b", "a/a/a/b", YES },
	{ "**/x/*/b/**", "x/x/b/c", YES },

	/* what is not special */
	{ "a\\*b", "a*b", YES },
	{ "a\\*b", "axb", NO },
	{ "a\\\\b", "a\\b", YES },
	{ "a[*]b", "a*b", YES },
	{ "\\**", "**", YES },
	{ "\\**", "xx", NO },

	/* letters of several bytes, and bytes that are no letters */
	{ "?", "\xc3\xa4", YES },
	{ "*\xff", "\xff", YES },
	{ "*", "\xff", YES },
	{ "\xc3\xa4*", "\xc3\xa4\xff", YES },
};

static void test_matches(void **state)
{
	const char *pattern, *path;
	enum match match;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(matches); i++) {
		pattern = matches[i].pattern;
		path = matches[i].path;
		match = pattern_matches(pattern, path) ? YES :
			pattern_selects(pattern, path) ? BELOW : NO;
		if (match != matches[i].match)
			fail_msg("'%s', '%s': %u instead of %u", pattern, path,
				 match, matches[i].match);
	}
	(void)state;
}

/* What matches a path also selects it, and all that is in it. */
static void test_selects(void **state)
{
	char path[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(matches); i++) {
		if (matches[i].match != YES)
			continue;
		assert_true(pattern_selects(matches[i].pattern, matches[i].path));
		snprintf(path, sizeof(path), "%s/a/b", matches[i].path);
		assert_true(pattern_selects(matches[i].pattern, path));
	}
	(void)state;
}

/* Each "**" that is tried at each place would take the age of the universe. */
static void test_many_stars(void **state)
{
	char pattern[256] = "", path[512] = "";
	int i;

	for (i = 0; i < 40; i++)
		strcat(pattern, "**/a/");
	strcat(pattern, "b");
	for (i = 0; i < 200; i++)
		strcat(path, "a/");
	assert_false(pattern_selects(pattern, path));
	strcat(path, "b");
	assert_true(pattern_matches(pattern, path));
	(void)state;
}

static void test_long(void **state)
{
	static char stars[PATH_SIZE + 10];

	memset(stars, '*', sizeof(stars) - 1);
	assert_false(pattern_matches(stars, "a"));
	(void)state;
}

/* The pattern of @argument below "top", which must be @pattern or refused. */
static void check_below(const char *argument, const char *top,
			const char *pattern)
{
	char *below = pattern_below(argument, top);

	if (pattern)
		assert_string_equal(below, pattern);
	else
		assert_null(below);
	free(below);
}

static void test_below(void **state)
{
	check_below("/mnt/net/*", "/mnt", "net/*");
	check_below("/mnt//net", "/mnt/", "net");
	check_below("/mnt", "/mnt", "");
	check_below("/mnt/", "/mnt", "");
	check_below("net/eth[0-3]", "/mnt", "net/eth[0-3]");
	check_below("", "/mnt", "");
	check_below("/mntnet", "/mnt", NULL);
	check_below("/other/net", "/mnt", NULL);
	check_below("/net/x", "/", "net/x");
	check_below("/net/x", NULL, "net/x");
	check_below("net/x", NULL, "net/x");
	(void)state;
}

/* What is there is meant, also if it looks like a pattern. */
static void test_existing(void **state)
{
	char top[] = "/tmp/patternXXXXXX";
	char path[64];

	assert_non_null(mkdtemp(top));
	assert_int_equal(chdir(top), 0);
	assert_int_equal(mkdir("net", 0755), 0);
	assert_int_equal(mkdir("net/e[1]", 0755), 0);
	assert_int_equal(symlink(top, "link"), 0);
	snprintf(path, sizeof(path), "%s/link/net", top);
	check_below(path, top, "net");
	check_below("net/e[1]", top, "net/e\\[1]");
	assert_int_equal(chdir("net"), 0);
	check_below("e[1]", top, "net/e\\[1]");
	check_below(".", top, "net");
	check_below("..", top, "");
	check_below("net", top, "net");
	check_below("*", top, "*");
	check_below("e[1]", path, "e\\[1]");
	assert_int_equal(chdir(top), 0);
	rmdir("net/e[1]");
	rmdir("net");
	unlink("link");
	rmdir(top);
	(void)state;
}

static void test_selection(void **state)
{
	char *arguments[3] = { "/mnt/net", "nothing", "*/rx" };
	struct selection sel;

	assert_int_equal(selection_init(&sel, arguments, 3, "/mnt"), STATUS_OK);
	assert_true(selection_has(&sel, "net/rx"));
	assert_false(selection_has(&sel, "mm/free"));
	assert_true(sel.found[0]);
	assert_false(sel.found[1]);
	assert_true(sel.found[2]);
	assert_int_equal(selection_check(&sel), STATUS_FAILED);
	selection_free(&sel);

	assert_int_equal(selection_init(&sel, arguments, 0, "/mnt"), STATUS_OK);
	assert_true(selection_has(&sel, "mm/free"));
	assert_int_equal(selection_check(&sel), STATUS_OK);
	selection_free(&sel);

	arguments[1] = "/elsewhere";
	assert_int_equal(selection_init(&sel, arguments, 3, "/mnt"),
			 STATUS_FAILED);
	selection_free(&sel);
	(void)state;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_selects),
		cmocka_unit_test(test_many_stars),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_existing),
		cmocka_unit_test(test_selection),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
