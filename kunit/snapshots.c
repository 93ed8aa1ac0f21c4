// SPDX-License-Identifier: GPL-2.0
/* Reading snapshots, as a program does, and comparing them with files. */

#include <linux/mm.h>
#include <linux/slab.h>

#include "helpers.h"

static void snapshot_at_end(struct kunit_resource *res)
{
	tst_snapshot_free(res->data);
}

void tst_snapshot_free(struct tst_snapshot *snapshot)
{
	kvfree(snapshot->start);
	snapshot->start = NULL;
}

/* All of an open file, from the beginning. */
static void *read_all(struct kunit *test, struct file *file, size_t *size)
{
	struct statsfs_snapshot_header header;
	loff_t pos = 0;
	void *all;

	KUNIT_ASSERT_EQ(test, sizeof(header),
			tst_read(file, (char *)&header, sizeof(header), &pos));
	*size = header.size;
	/* Room to find out that it has no more. */
	all = kvmalloc(*size + 8, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	pos = 0;
	KUNIT_ASSERT_EQ(test, *size, tst_read(file, all, *size + 8, &pos));
	return all;
}

/* Whether values and strings are where they belong. */
static void check_format(struct kunit *test, const struct tst_snapshot *s)
{
	const struct statsfs_snapshot_header *h = s->header;
	u32 i, next = 0;

	KUNIT_ASSERT_EQ(test, h->magic, STATSFS_SNAPSHOT_MAGIC);
	KUNIT_ASSERT_EQ(test, h->version, STATSFS_SNAPSHOT_VERSION);
	KUNIT_ASSERT_EQ(test, h->size, h->strings_offset + h->strings_size);
	KUNIT_ASSERT_EQ(test, h->refresh_size,
			h->data_offset + 8 * ((u64)h->nr_numbers + 1));
	KUNIT_ASSERT_EQ(test, s->gathering->gathering, s->data[h->nr_numbers]);
	KUNIT_ASSERT_LE(test, s->gathering->begin_ns, s->gathering->end_ns);
	KUNIT_ASSERT_EQ(test, s->strings[h->strings_size - 1], '\0');
	KUNIT_ASSERT_EQ(test, s->source[0].parent, STATSFS_SNAPSHOT_NO_PARENT);
	for (i = 0; i < h->nr_sources; i++) {
		if (i)
			KUNIT_ASSERT_LT(test, s->source[i].parent, i);
		KUNIT_ASSERT_EQ(test, s->source[i].first_value, next);
		KUNIT_ASSERT_LT(test, s->source[i].name, h->strings_size);
		next += s->source[i].nr_values;
	}
	KUNIT_ASSERT_EQ(test, next, h->nr_values);
	for (i = 0; i < h->nr_values; i++) {
		const struct statsfs_snapshot_value *v = &s->value[i];
		const struct statsfs_snapshot_source *of = &s->source[v->source];

		KUNIT_ASSERT_LT(test, v->source, h->nr_sources);
		KUNIT_ASSERT_GE(test, i, of->first_value);
		KUNIT_ASSERT_LT(test, i, of->first_value + of->nr_values);
		KUNIT_ASSERT_LT(test, v->name, h->strings_size);
		KUNIT_ASSERT_LT(test, v->desc, h->strings_size);
		KUNIT_ASSERT_LT(test, v->group, h->nr_groups);
		KUNIT_ASSERT_LE(test, v->data + (v->buckets ?: 1), h->nr_numbers);
	}
}

struct tst_snapshot *tst_snapshot(struct kunit *test, struct file *file)
{
	struct tst_snapshot *s = tst_alloc(test, sizeof(*s));

	s->start = read_all(test, file, &s->size);
	tst_at_end(test, snapshot_at_end, s);
	s->header = s->start;
	s->gathering = s->start + s->header->gathering_offset;
	s->status = s->start + s->header->status_offset;
	s->data = s->start + s->header->data_offset;
	s->source = s->start + s->header->sources_offset;
	s->value = s->start + s->header->values_offset;
	s->strings = s->start + s->header->strings_offset;
	check_format(test, s);
	return s;
}

char *tst_snapshot_path(const struct tst_snapshot *s, u32 source,
			const struct statsfs_snapshot_value *value)
{
	char *path = kasprintf(GFP_KERNEL, "%s",
			       value ? s->strings + value->name : "");

	while (path && s->source[source].parent != STATSFS_SNAPSHOT_NO_PARENT) {
		char *longer = kasprintf(GFP_KERNEL, "%s%s%s",
					 s->strings + s->source[source].name,
					 *path ? "/" : "", path);

		kfree(path);
		path = longer;
		source = s->source[source].parent;
	}
	return path;
}

const struct statsfs_snapshot_value *
tst_snapshot_find(const struct tst_snapshot *s, const char *path)
{
	u32 i;

	for (i = 0; i < s->header->nr_values; i++) {
		char *this = tst_snapshot_path(s, s->value[i].source,
					       &s->value[i]);
		bool same = this && !strcmp(this, path);

		kfree(this);
		if (same)
			return &s->value[i];
	}
	return NULL;
}

/* The text that a file with the numbers of @v has. */
static void print_numbers(const struct tst_snapshot *s,
			  const struct statsfs_snapshot_value *v, char *text)
{
	const u64 *number = s->data + v->data;
	u32 n = v->buckets ?: 1, i;

	for (i = 0; i < n; i++)
		text += sprintf(text, v->type >= STAT_TYPE_S8 ? "%lld%c" :
								"%llu%c",
				number[i], i + 1 < n ? ' ' : '\n');
}

/* What is in the file, or its error. */
static void read_text(struct kunit *test, const char *path, char *text,
		      size_t size)
{
	struct file *file = tst_try_open(test, path, O_RDONLY);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file)) {
		sprintf(text, "open: error %ld", -PTR_ERR(file));
		return;
	}
	len = tst_read(file, text, size - 1, &pos);
	tst_close(file);
	if (len < 0)
		sprintf(text, "error %zd", -len);
	else
		text[len] = '\0';
}

#define TEXT_SIZE	(STATSFS_MAX_BUCKETS * 21 + 1)

/* Numbers of providers, which may be built in, too, go on meanwhile. */
static bool goes_on(const char *top, const char *path)
{
	static const char * const providers[] = { "bufstat/", "cpu/", "kstats/" };
	unsigned int i;

	if (strcmp(top, "/") || !path)
		return false;
	for (i = 0; i < ARRAY_SIZE(providers); i++)
		if (str_has_prefix(path, providers[i]))
			return true;
	return false;
}

static void check_value(struct kunit *test, const struct tst_snapshot *s,
			const struct statsfs_snapshot_value *v, const char *top,
			char *wanted, char *text)
{
	char *path = tst_snapshot_path(s, v->source, v);
	char *full;

	if (goes_on(top, path)) {
		kfree(path);
		return;
	}
	full = kasprintf(GFP_KERNEL, "%s/%s", top, path ?: "?");
	kfree(path);
	KUNIT_ASSERT_NOT_NULL(test, full);
	if (s->status[v->group])
		sprintf(wanted, "error %d", s->status[v->group]);
	else
		print_numbers(s, v, wanted);
	read_text(test, full, text, TEXT_SIZE);
	KUNIT_EXPECT_STREQ_MSG(test, wanted, text, "%s", full);
	kfree(full);
}

struct counter {
	struct dir_context ctx;
	u32 nr;
};

static bool count_entry(struct dir_context *ctx, const char *name, int len,
			loff_t pos, u64 ino, unsigned int type)
{
	if (name[0] != '.')
		container_of(ctx, struct counter, ctx)->nr++;
	return true;
}

/* Whether the directory has as many files and directories as the snapshot says. */
static void check_source(struct kunit *test, const struct tst_snapshot *s,
			 u32 source, const char *top)
{
	struct counter counter = { .ctx.actor = count_entry };
	char *path = tst_snapshot_path(s, source, NULL);
	char *full = kasprintf(GFP_KERNEL, "%s%s%s", top,
			       path && *path ? "/" : "", path ?: "?");
	u32 nr = s->source[source].nr_values, i;
	struct file *dir;

	kfree(path);
	KUNIT_ASSERT_NOT_NULL(test, full);
	for (i = source + 1; i < s->header->nr_sources; i++)
		nr += s->source[i].parent == source;
	dir = tst_try_open(test, full, O_RDONLY | O_DIRECTORY);
	KUNIT_EXPECT_FALSE_MSG(test, IS_ERR(dir), "%s: %d", full,
			       PTR_ERR_OR_ZERO(dir));
	if (!IS_ERR(dir)) {
		iterate_dir(dir, &counter.ctx);
		KUNIT_EXPECT_EQ_MSG(test, nr, counter.nr, "%s", full);
		KUNIT_EXPECT_EQ_MSG(test, s->source[source].id,
				    (u32)file_inode(dir)->i_ino, "%s", full);
		tst_close(dir);
	}
	kfree(full);
}

void tst_snapshot_check(struct kunit *test, const char *path)
{
	char *name = kasprintf(GFP_KERNEL, "%s/" STATSFS_SNAPSHOT_NAME, path);
	char *wanted = kvmalloc(2 * TEXT_SIZE, GFP_KERNEL);
	struct tst_snapshot *s;
	struct file *file;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, name);
	KUNIT_ASSERT_NOT_NULL(test, wanted);
	file = tst_try_open(test, name, O_RDONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	s = tst_snapshot(test, file);
	for (i = 0; i < s->header->nr_sources; i++)
		check_source(test, s, i, path);
	for (i = 0; i < s->header->nr_values; i++)
		check_value(test, s, &s->value[i], path, wanted,
			    wanted + TEXT_SIZE);
	tst_close(file);
	tst_snapshot_free(s);
	kvfree(wanted);
	kfree(name);
}
