// SPDX-License-Identifier: GPL-2.0
/*
 * statsfs ls: what is in a directory, or all below it, as a table, a tree or JSON.
 */

#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rows.h"

#define MAX_COLUMNS	32
#define USUAL_COLUMNS	"NAME,VALUE,UNIT,KIND,DESCRIPTION"

const struct verb_option ls_options[] = {
	{ 'R', "recursive", NULL, "all that is below, as a tree" },
	{ 'o', "output", "LIST", "these columns; +LIST: the usual ones and these" },
	{ OPTION_SORT, "sort", "COLUMN", "in the order of a column" },
	{ 'b', "bytes", NULL, "exact numbers on a terminal, too" },
	{ 'j', "json", NULL, "as one JSON document" },
	{ 'r', "raw", NULL, "columns with one blank between, no tree" },
	{ 'n', "noheadings", NULL, "without the line of headings" },
	{ OPTION_FROM, "from", "DIR|FILE",
	  "in this directory of a mount, or in a saved snapshot" },
	{}
};

/**
 * struct listing - what the command line says
 * @columns: what is shown
 * @nr_columns: number of columns
 * @sort: the column to sort by, or NULL
 * @from: see tree_open()
 * @recursive: with all that is below
 * @exact: numbers are as in the files everywhere
 * @json: as JSON
 * @raw: for scripts
 * @noheadings: without a line for them
 */
struct listing {
	const struct column *columns[MAX_COLUMNS];
	size_t nr_columns;
	const struct column *sort;
	const char *from;
	bool recursive;
	bool exact;
	bool json;
	bool raw;
	bool noheadings;
};

void print_ls_columns(void)
{
	const struct column *column;

	puts("\nColumns, of which usually are shown " USUAL_COLUMNS ":");
	for (column = columns; column->name; column++)
		printf("  %-22s  %s\n", column->name, column->help);
}

static int unknown_column(const char *name)
{
	complain("there is no column '%s'; see statsfs ls --help", name);
	return STATUS_USAGE;
}

/* A column that is named twice is shown twice, but for JSON, where keys are unique. */
static int add_columns(struct listing *l, const char *list)
{
	char *names = checked(strdup(list)), *rest = names, *name;
	int status = STATUS_OK;

	while (!status && (name = strsep(&rest, ","))) {
		const struct column *column = find_column(name);

		if (!column)
			status = unknown_column(name);
		else if (l->nr_columns == MAX_COLUMNS)
			status = complain("more than %d columns", MAX_COLUMNS);
		else
			l->columns[l->nr_columns++] = column;
	}
	free(names);
	return status;
}

static int set_columns(struct listing *l, const char *list)
{
	l->nr_columns = 0;
	if (*list == '+') {
		add_columns(l, USUAL_COLUMNS);
		list++;
	}
	return add_columns(l, list);
}

static int set_option(struct listing *l, int option)
{
	switch (option) {
	case 'R':
		l->recursive = true;
		return STATUS_OK;
	case 'o':
		return set_columns(l, optarg);
	case OPTION_SORT:
		l->sort = find_column(optarg);
		return l->sort ? STATUS_OK : unknown_column(optarg);
	case 'b':
		l->exact = true;
		return STATUS_OK;
	case 'j':
		l->json = true;
		return STATUS_OK;
	case 'r':
		l->raw = true;
		return STATUS_OK;
	case 'n':
		l->noheadings = true;
		return STATUS_OK;
	case OPTION_FROM:
		l->from = optarg;
		return STATUS_OK;
	default:
		return usage_error("ls");
	}
}

static int parse_options(struct listing *l, int argc, char **argv)
{
	int option, status = set_columns(l, USUAL_COLUMNS);

	while (!status && (option = next_option(argc, argv, ls_options)) != -1)
		status = set_option(l, option);
	return status;
}

/* JSON */

static struct json_object *json_row(const struct listing *l, const struct row *row);

static struct json_object *json_children(const struct listing *l,
					 const struct row *row)
{
	struct json_object *array = json_new_array();
	const struct row *child;

	for (child = row->first; child; child = child->next)
		json_append(array, json_row(l, child));
	return array;
}

static struct json_object *json_row(const struct listing *l, const struct row *row)
{
	struct json_object *object = json_new_object();
	char key[32];
	size_t i, k;

	for (i = 0; i < l->nr_columns; i++) {
		const struct column *column = l->columns[i];

		for (k = 0; column->name[k]; k++)
			key[k] = tolower(column->name[k]);
		key[k] = '\0';
		json_add(object, key, column_json(column, row));
	}
	if (row->shown)
		json_add(object, "children", json_children(l, row));
	return object;
}

static int print_rows_json(const struct listing *l, const struct rows *rows)
{
	struct json_object *object = json_new_object();

	json_add(object, "entries", json_children(l, &rows->top));
	json_print(object);
	putchar('\n');
	return STATUS_OK;
}

/* Text */

static struct libscols_table *new_table(const struct listing *l)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		return NULL;
	scols_table_enable_raw(table, l->raw);
	scols_table_enable_noheadings(table, l->noheadings);
	for (i = 0; i < l->nr_columns; i++) {
		const struct column *column = l->columns[i];

		if (!scols_table_new_column(table, column->name, column->hint,
					    column->flags)) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

static int fill_line(const struct listing *l, struct libscols_line *line,
		     const struct row *row)
{
	size_t i;

	for (i = 0; i < l->nr_columns; i++)
		if (scols_line_refer_data(line, i, l->columns[i]->text(row)))
			return STATUS_FAILED;
	return STATUS_OK;
}

static int add_lines(const struct listing *l, struct libscols_table *table,
		     const struct row *row, struct libscols_line *parent)
{
	struct libscols_line *line;
	const struct row *child;

	for (child = row->first; child; child = child->next) {
		line = scols_table_new_line(table, parent);
		if (!line || fill_line(l, line, child) ||
		    add_lines(l, table, child, line))
			return STATUS_FAILED;
	}
	return STATUS_OK;
}

static int print_rows_text(const struct listing *l, const struct rows *rows)
{
	struct libscols_table *table = new_table(l);
	int status;

	if (!table || add_lines(l, table, &rows->top, NULL))
		status = complain("not enough memory");
	else if (scols_print_table(table))
		status = complain("cannot write: %m");
	else
		status = STATUS_OK;
	scols_unref_table(table);
	return status;
}

/* Numbers that could not be read are not there; this says which and why. */
static int check_rows(const struct row *row)
{
	const struct row *child;
	int status = STATUS_OK;

	for (child = row->first; child; child = child->next)
		status |= check_row(child) | check_rows(child);
	return status;
}

static int list(const struct listing *l, struct tree *tree)
{
	bool human = isatty(STDOUT_FILENO) && !l->exact && !l->raw;
	struct rows rows;
	int status;

	rows_make(&rows, tree, l->recursive, human);
	if (l->sort)
		rows_sort(&rows.top, l->sort);
	status = l->json ? print_rows_json(l, &rows) : print_rows_text(l, &rows);
	status |= check_rows(&rows.top) | tree_check(tree);
	rows_free(&rows);
	return status;
}

int cmd_ls(int argc, char **argv)
{
	struct listing l = {};
	struct tree tree;
	int status = parse_options(&l, argc, argv);

	if (status)
		return status;
	status = tree_open(&tree, l.from, argv + optind, argc - optind);
	if (!status)
		status = list(&l, &tree);
	tree_close(&tree);
	return status;
}
