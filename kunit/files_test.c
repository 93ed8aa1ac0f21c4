// SPDX-License-Identifier: GPL-2.0
/* Tests of the file system as far as KUnit can reach it. */

#include "helpers.h"

/* Text */

struct text_case {
	const char *desc;
	enum statsfs_type type;
	u64 number;
	const char *text;
};

static const struct text_case text_cases[] = {
	{ "bool false", STAT_TYPE_BOOL, false, "0\n" },
	{ "bool true", STAT_TYPE_BOOL, true, "1\n" },
	{ "u8 0", STAT_TYPE_U8, 0, "0\n" },
	{ "u8 max", STAT_TYPE_U8, U8_MAX, "255\n" },
	{ "u16 max", STAT_TYPE_U16, U16_MAX, "65535\n" },
	{ "u32 10", STAT_TYPE_U32, 10, "10\n" },
	{ "u32 max", STAT_TYPE_U32, U32_MAX, "4294967295\n" },
	{ "u64 10^19", STAT_TYPE_U64, 10000000000000000000u,
	  "10000000000000000000\n" },
	{ "u64 max", STAT_TYPE_U64, U64_MAX, "18446744073709551615\n" },
	{ "s8 max", STAT_TYPE_S8, S8_MAX, "127\n" },
	{ "s8 min", STAT_TYPE_S8, S8_MIN, "-128\n" },
	{ "s16 min", STAT_TYPE_S16, S16_MIN, "-32768\n" },
	{ "s32 -1", STAT_TYPE_S32, -1, "-1\n" },
	{ "s32 min", STAT_TYPE_S32, S32_MIN, "-2147483648\n" },
	{ "s64 max", STAT_TYPE_S64, S64_MAX, "9223372036854775807\n" },
	{ "s64 min", STAT_TYPE_S64, S64_MIN, "-9223372036854775808\n" },
};

TST_ARRAY_PARAM(files_text, text_cases);

static void files_text(struct kunit *test)
{
	const struct text_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", c->type, STAT_AGGR_MIN, 0444, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	tst_store(c->type, memory, c->number);
	tst_values(test, tst_child(test, root, "leaf"), table, memory);
	KUNIT_EXPECT_STREQ(test, c->text,
			   tst_cat(test, "leaf/value"));
	KUNIT_EXPECT_STREQ(test, c->text, tst_cat(test, "value"));
}

/* A count is not negative, whatever it counts. */
static void files_text_of_count(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_S8, STAT_AGGR_COUNT_NONZERO, 0444, 0 },
	};
	s8 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);

	*memory = -1;
	tst_values(test, tst_child(test, root, "leaf"), table, memory);
	KUNIT_EXPECT_STREQ(test, "1\n",
			   tst_cat(test, "value"));
}

/* Reading */

/* A root with the subordinate "leaf", whose number starts as 12345. */
static u64 *one_leaf(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));

	tst_leaf(test, tst_root(test), "leaf", number);
	*number = 12345;
	return number;
}

/* A number that is read in parts is one number. */
static void files_read_in_parts(struct kunit *test)
{
	u64 *number = one_leaf(test);
	struct file *file = tst_open(test, "leaf/number",
				     O_RDONLY);
	char text[8] = "";
	loff_t pos = 0;

	KUNIT_EXPECT_EQ(test, 2L, (long)tst_read(file, text, 2, &pos));
	*number = 99999;
	KUNIT_EXPECT_EQ(test, 1L, (long)tst_read(file, text + 2, 1, &pos));
	KUNIT_EXPECT_EQ(test, 3L, (long)tst_read(file, text + 3, 5, &pos));
	KUNIT_EXPECT_STREQ(test, "12345\n", text);
	KUNIT_EXPECT_EQ(test, 0L, (long)tst_read(file, text, 8, &pos));
}

static void files_read_again(struct kunit *test)
{
	u64 *number = one_leaf(test);
	struct file *file = tst_open(test, "number", O_RDONLY);
	char text[8] = "";
	loff_t pos = 0;

	KUNIT_EXPECT_EQ(test, 6L, (long)tst_read(file, text, 7, &pos));
	*number = 678;
	pos = 0;
	memset(text, 0, sizeof(text));
	KUNIT_EXPECT_EQ(test, 4L, (long)tst_read(file, text, 7, &pos));
	KUNIT_EXPECT_STREQ(test, "678\n", text);
}

static void files_read_from_middle(struct kunit *test)
{
	struct file *file;
	char text[8] = "";
	loff_t pos = 3;

	one_leaf(test);
	file = tst_open(test, "number", O_RDONLY);
	KUNIT_EXPECT_EQ(test, 3L, (long)tst_read(file, text, 7, &pos));
	KUNIT_EXPECT_STREQ(test, "45\n", text);
	pos = 100;
	KUNIT_EXPECT_EQ(test, 0L, (long)tst_read(file, text, 7, &pos));
}

static void files_open_twice(struct kunit *test)
{
	u64 *number = one_leaf(test);
	struct file *a = tst_open(test, "number", O_RDONLY);
	struct file *b = tst_open(test, "number", O_RDONLY);
	char text[16] = "";
	loff_t pos_a = 0, pos_b = 0;

	KUNIT_EXPECT_EQ(test, 2L, (long)tst_read(a, text, 2, &pos_a));
	*number = 67890;
	KUNIT_EXPECT_EQ(test, 6L, (long)tst_read(b, text + 6, 8, &pos_b));
	KUNIT_EXPECT_EQ(test, 4L, (long)tst_read(a, text + 2, 4, &pos_a));
	KUNIT_EXPECT_STREQ(test, "12345\n67890\n", text);
}

static void files_missing(struct kunit *test)
{
	one_leaf(test);
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "none"));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "leaf/none"));
	KUNIT_EXPECT_STREQ(test, "error -20",
			   tst_cat(test, "number/none"));
	KUNIT_EXPECT_STREQ(test, "error -2", tst_cat(test, "/none"));
}

/* Writing */

struct write_case {
	const char *desc;
	const char *text;
	int err;
};

static const struct write_case write_cases[] = {
	{ "0", "0" },
	{ "0 and newline", "0\n" },
	{ "many zeroes", "00000\n" },
	{ "hexadecimal", "0x0" },
	{ "hexadecimal, more zeroes", "0x0000\n" },
	{ "blanks before", "  0" },
	{ "blanks behind", "0 \t" },
	{ "blanks around", "\t\n 0\n\t" },
	{ "nothing", "", -EINVAL },
	{ "newline", "\n", -EINVAL },
	{ "blank", " ", -EINVAL },
	{ "1", "1\n", -EINVAL },
	{ "negative", "-1", -EINVAL },
	{ "10", "10", -EINVAL },
	{ "0x1", "0x1", -EINVAL },
	{ "0x", "0x", -EINVAL },
	{ "two zeroes", "0 0", -EINVAL },
	{ "two lines", "0\n0\n", -EINVAL },
	{ "letters behind", "0a", -EINVAL },
	{ "letters", "zero", -EINVAL },
	{ "fraction", "0.0", -EINVAL },
	{ "2^64", "18446744073709551616", -EINVAL },
	{ "2^64 in hexadecimal", "0x10000000000000000", -EINVAL },
};

TST_ARRAY_PARAM(files_write, write_cases);

static void files_write(struct kunit *test)
{
	const struct write_case *c = test->param_value;
	size_t len = strlen(c->text);
	struct file *file;

	one_leaf(test);
	file = tst_open(test, "leaf/number", O_WRONLY);
	if (len)
		KUNIT_EXPECT_EQ(test, c->err ?: (long)len,
				(long)tst_write(file, c->text, len));
	KUNIT_EXPECT_STREQ(test, c->err ? "12345\n" : "0\n",
			   tst_cat(test, "leaf/number"));
}

static void files_write_a_nul(struct kunit *test)
{
	struct file *file;

	one_leaf(test);
	file = tst_open(test, "leaf/number", O_WRONLY);
	KUNIT_EXPECT_EQ(test, -EINVAL, (int)tst_write(file, "0\0", 2));
	KUNIT_EXPECT_EQ(test, -EINVAL, (int)tst_write(file, "\0", 1));
	KUNIT_EXPECT_STREQ(test, "12345\n",
			   tst_cat(test, "number"));
}

static void files_write_much(struct kunit *test)
{
	char *text = tst_alloc(test, 10000);
	struct file *file;

	memset(text, '1', 10000);
	one_leaf(test);
	file = tst_open(test, "leaf/number", O_WRONLY);
	KUNIT_EXPECT_EQ(test, -EINVAL, (int)tst_write(file, text, 10000));
	KUNIT_EXPECT_STREQ(test, "12345\n",
			   tst_cat(test, "number"));
}

static void files_write_to_aggregate(struct kunit *test)
{
	struct file *file;

	one_leaf(test);
	file = tst_open(test, "number", O_WRONLY);
	KUNIT_EXPECT_EQ(test, 2L, (long)tst_write(file, "0\n", 2));
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "leaf/number"));
}

/* The shell's ">" */
static void files_open_to_truncate(struct kunit *test)
{
	struct file *file;

	one_leaf(test);
	file = tst_open(test, "leaf/number",
			O_WRONLY | O_TRUNC);
	KUNIT_EXPECT_STREQ(test, "12345\n",
			   tst_cat(test, "number"));
	KUNIT_EXPECT_EQ(test, 2L, (long)tst_write(file, "0\n", 2));
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "number"));
}

struct open_case {
	const char *desc;
	u16 mode;		/* in the table */
	umode_t shown;
	int err;		/* of opening for writing */
};

static const struct open_case open_cases[] = {
	{ "none", 0, 0444, -EACCES }, { "0444", 0444, 0444, -EACCES },
	{ "0400", 0400, 0400, -EACCES }, { "0644", 0644, 0644 },
	{ "0600", 0600, 0600 },
};

TST_ARRAY_PARAM(files_mode, open_cases);

/* This thread may do anything; it cannot write where nothing can be reset. */
static void files_mode(struct kunit *test)
{
	static const char * const paths[] = {
		"leaf/value", "value",
	};
	const struct open_case *c = test->param_value;
	const struct statsfs_value table[] = {
		{ "value", STAT_TYPE_U64, STAT_AGGR_SUM, c->mode, 0 },
	};
	u64 *memory = tst_alloc(test, sizeof(*memory));
	struct statsfs_source *root = tst_root(test);
	struct file *file;
	int i;

	tst_values(test, tst_child(test, root, "leaf"), table, memory);
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		file = tst_open(test, paths[i], O_RDONLY);
		KUNIT_EXPECT_EQ(test, S_IFREG | c->shown,
				file_inode(file)->i_mode);
		file = tst_try_open(test, paths[i], O_RDWR);
		KUNIT_EXPECT_EQ(test, c->err, PTR_ERR_OR_ZERO(file));
		if (!IS_ERR(file))
			tst_close(file);
	}
}

/* Directories */

static void files_mode_of_directory(struct kunit *test)
{
	struct file *file;

	tst_child(test, tst_root(test), "child");
	file = tst_open(test, "child", O_RDONLY);
	KUNIT_EXPECT_EQ(test, S_IFDIR | 0755, file_inode(file)->i_mode);
}

static void files_list(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *b = tst_leaf(test, root, "b", number);

	tst_child(test, root, "z");
	tst_child(test, root, "a");
	tst_child(test, b, "low");
	KUNIT_EXPECT_STREQ(test, "a b number z ", tst_ls(test, "."));
	KUNIT_EXPECT_STREQ(test, "low number ", tst_ls(test, "b"));
	KUNIT_EXPECT_STREQ(test, "", tst_ls(test, "z"));
	KUNIT_EXPECT_STREQ(test, "error -20",
			   tst_ls(test, "number"));
}

/* More than is listed at once, with names of all lengths. */

#define NR_LISTED	300

struct listed {
	struct dir_context ctx;
	unsigned int room;	/* how many fit before the reader comes again */
	unsigned int nr;
	unsigned int wrong;
	loff_t last;
};

/* The @index-th name: "d" and "v" are of directories and of values. */
static void listed_name(char *name, char kind, unsigned int index)
{
	unsigned int len = 4 + index * 53 % (NAME_MAX - 3);

	sprintf(name, "%c%03u", kind, index);
	memset(name + 4, 'x', len - 4);
	name[len] = '\0';
}

static bool listed_actor(struct dir_context *ctx, const char *name, int len,
			 loff_t pos, u64 ino, unsigned int type)
{
	struct listed *listed = container_of(ctx, struct listed, ctx);
	unsigned int index = listed->nr % NR_LISTED;
	char wanted[NAME_MAX + 1];

	if (name[0] == '.')
		return true;
	if (!listed->room--)
		return false;
	/* Values come first, and all in the order in which they were added. */
	listed_name(wanted, listed->nr < NR_LISTED ? 'v' : 'd', index);
	listed->wrong += len != strlen(wanted) || memcmp(name, wanted, len) ||
			 pos <= listed->last ||
			 type != (listed->nr < NR_LISTED ? DT_REG : DT_DIR);
	listed->last = pos;
	listed->nr++;
	return true;
}

static void files_list_many(struct kunit *test)
{
	struct statsfs_value *table = tst_alloc(test, NR_LISTED * sizeof(*table));
	char (*names)[NAME_MAX + 1] = tst_alloc(test, NR_LISTED * sizeof(*names));
	u8 *numbers = tst_alloc(test, NR_LISTED);
	struct statsfs_source *root = tst_root(test);
	struct listed listed;
	struct file *dir;
	unsigned int i, room;

	for (i = 0; i < NR_LISTED; i++) {
		listed_name(names[i], 'v', i);
		table[i] = (struct statsfs_value) {
			names[i], STAT_TYPE_U8, STAT_AGGR_NONE, 0444, i,
		};
	}
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_add_values(root, table, NR_LISTED,
							   numbers));
	for (i = 0; i < NR_LISTED; i++) {
		listed_name(names[i], 'd', i);
		tst_child(test, root, names[i]);
	}
	dir = tst_open(test, ".", O_RDONLY | O_DIRECTORY);
	for (room = 1; room <= 2 * NR_LISTED; room += room / 4 + 1) {
		listed = (struct listed) { .ctx.actor = listed_actor };
		vfs_llseek(dir, 0, SEEK_SET);
		do {
			i = listed.nr;
			listed.room = room;
			listed.ctx.pos = 0;
			iterate_dir(dir, &listed.ctx);
		} while (listed.nr > i);
		KUNIT_EXPECT_EQ_MSG(test, 2 * NR_LISTED, listed.nr, "room %u", room);
		KUNIT_EXPECT_EQ_MSG(test, 0, listed.wrong, "room %u", room);
	}
}

static void files_list_of_root(struct kunit *test)
{
	one_leaf(test);
	/* Registered sources, and no aggregates over them. */
	KUNIT_EXPECT_NOT_NULL(test, strstr(tst_ls(test, "/"),
					   test->name));
	KUNIT_EXPECT_STREQ(test, "error -2", tst_cat(test, "/number"));
}

/* The same source on two paths: two inodes, one number. */
static void files_two_paths(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *a = tst_child(test, root, "a");
	struct statsfs_source *b = tst_child(test, root, "b");
	struct file *dir_a, *dir_b;

	tst_add(test, b, tst_leaf(test, a, "leaf", number));
	dir_a = tst_open(test, "a/leaf", O_RDONLY);
	dir_b = tst_open(test, "b/leaf", O_RDONLY);
	KUNIT_EXPECT_PTR_NE(test, file_inode(dir_a), file_inode(dir_b));
	*number = 3;
	KUNIT_EXPECT_STREQ(test, "3\n",
			   tst_cat(test, "a/leaf/number"));
	KUNIT_EXPECT_STREQ(test, "3\n",
			   tst_cat(test, "b/leaf/number"));
}

/* Changes of the tree */

static void files_after_removal(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);

	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "leaf/number"));
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "number"));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "leaf/number"));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_ls(test, "leaf"));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "number"));
	KUNIT_EXPECT_STREQ(test, "", tst_ls(test, "."));
}

/* Whoever looked in vain finds it later. */
static void files_after_adding(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *leaf = tst_child(test, middle, "leaf");

	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "number"));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "middle/number"));
	KUNIT_EXPECT_STREQ(test, "error -2",
			   tst_cat(test, "middle/leaf/number"));
	tst_values(test, leaf, tst_table, number);
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "number"));
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "middle/number"));
	KUNIT_EXPECT_STREQ(test, "0\n",
			   tst_cat(test, "middle/leaf/number"));
}

/* The name is the same, the source is not. */
static void files_after_replacing(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", &number[0]);

	number[0] = 1;
	number[1] = 2;
	KUNIT_EXPECT_STREQ(test, "1\n",
			   tst_cat(test, "leaf/number"));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	tst_leaf(test, root, "leaf", &number[1]);
	KUNIT_EXPECT_STREQ(test, "2\n",
			   tst_cat(test, "leaf/number"));
}

/* An aggregate gives way to the source's own value, of the same name. */
static void files_after_own_group(struct kunit *test)
{
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);

	tst_leaf(test, root, "leaf", &number[0]);
	number[0] = 1;
	number[1] = 2;
	KUNIT_EXPECT_STREQ(test, "1\n",
			   tst_cat(test, "number"));
	tst_values(test, root, tst_table, &number[1]);
	KUNIT_EXPECT_STREQ(test, "2\n",
			   tst_cat(test, "number"));
	KUNIT_EXPECT_STREQ(test, "leaf number ",
			   tst_ls(test, "."));
}

/* Files and directories that are held open. */
static void files_held(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *middle = tst_child(test, root, "middle");
	struct statsfs_source *leaf = tst_leaf(test, middle, "leaf", number);
	struct file *value, *sum;
	char text[8];
	loff_t pos;

	value = tst_open(test, "middle/leaf/number", O_RDWR);
	sum = tst_open(test, "number", O_RDWR);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(middle));
	pos = 0;
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_read(value, text, 8, &pos));
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_read(sum, text, 8, &pos));
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_write(value, "0", 1));
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_write(sum, "0", 1));

	/* The source is there again, and so is what was opened. */
	tst_add(test, root, leaf);
	KUNIT_EXPECT_EQ(test, 2L, (long)tst_read(value, text, 8, &pos));
}

static void files_held_directory(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);
	struct file *file;

	file = tst_open(test, "leaf", O_RDONLY);
	KUNIT_EXPECT_STREQ(test, "number ", tst_ls_open(test, file));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	KUNIT_EXPECT_STREQ(test, "error -2", tst_ls_open(test, file));
}

/* A name in a directory that is held open. */
static int open_at(struct file *dir, const char *name)
{
	struct file *file = file_open_root(&dir->f_path, name, O_RDONLY, 0);

	if (IS_ERR(file))
		return PTR_ERR(file);
	tst_close(file);
	return 0;
}

static void files_held_directory_and_back(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", number);
	struct file *dir = tst_open(test, "leaf", O_RDONLY);

	KUNIT_EXPECT_EQ(test, 0, open_at(dir, TST_NAME));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_remove(leaf));
	KUNIT_EXPECT_EQ(test, -ENOENT, open_at(dir, TST_NAME));
	tst_add(test, root, leaf);
	KUNIT_EXPECT_EQ(test, 0, open_at(dir, TST_NAME));
}

/* What others add to a directory makes no new inode: a mount on it stays. */
static void files_keep_inode(struct kunit *test)
{
	static const struct statsfs_value table[] = {
		{ "more", STAT_TYPE_U64, STAT_AGGR_SUM, 0444, 0 },
	};
	u64 *number = tst_alloc(test, 2 * sizeof(*number));
	struct statsfs_source *root = tst_root(test);
	struct statsfs_source *leaf = tst_leaf(test, root, "leaf", &number[0]);
	struct file *before[2], *after[2];

	before[0] = tst_open(test, "number", O_RDONLY);
	before[1] = tst_open(test, "leaf/number", O_RDONLY);
	tst_values(test, leaf, table, &number[1]);
	after[0] = tst_open(test, "number", O_RDONLY);
	after[1] = tst_open(test, "leaf/number", O_RDONLY);
	KUNIT_EXPECT_PTR_EQ(test, file_inode(before[0]), file_inode(after[0]));
	KUNIT_EXPECT_PTR_EQ(test, file_inode(before[1]), file_inode(after[1]));
	KUNIT_EXPECT_STREQ(test, "leaf more number ", tst_ls(test, "."));
}

/* The last reference goes while files are open. */
static void files_held_after_release(struct kunit *test)
{
	u64 *number = tst_alloc(test, sizeof(*number));
	struct statsfs_source *source;
	struct file *file;
	char text[8];
	loff_t pos = 0;

	source = statsfs_source_create("%s", test->name);
	tst_values(test, source, tst_table, number);
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(source));
	file = tst_open(test, "number", O_RDWR);
	statsfs_source_put(source);
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_read(file, text, 8, &pos));
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_write(file, "0", 1));
}

static struct kunit_case files_cases[] = {
	KUNIT_CASE_PARAM(files_text, files_text_gen_params),
	KUNIT_CASE(files_text_of_count),
	KUNIT_CASE(files_read_in_parts),
	KUNIT_CASE(files_read_again),
	KUNIT_CASE(files_read_from_middle),
	KUNIT_CASE(files_open_twice),
	KUNIT_CASE(files_missing),
	KUNIT_CASE_PARAM(files_write, files_write_gen_params),
	KUNIT_CASE(files_write_a_nul),
	KUNIT_CASE(files_write_much),
	KUNIT_CASE(files_write_to_aggregate),
	KUNIT_CASE(files_open_to_truncate),
	KUNIT_CASE_PARAM(files_mode, files_mode_gen_params),
	KUNIT_CASE(files_mode_of_directory),
	KUNIT_CASE(files_list),
	KUNIT_CASE(files_list_many),
	KUNIT_CASE(files_list_of_root),
	KUNIT_CASE(files_two_paths),
	KUNIT_CASE(files_after_removal),
	KUNIT_CASE(files_after_adding),
	KUNIT_CASE(files_after_replacing),
	KUNIT_CASE(files_after_own_group),
	KUNIT_CASE(files_held),
	KUNIT_CASE(files_held_directory),
	KUNIT_CASE(files_held_directory_and_back),
	KUNIT_CASE(files_keep_inode),
	KUNIT_CASE(files_held_after_release),
	{}
};

static struct kunit_suite files_suite = {
	.name = "statsfs_files",
	.init = tst_mount,
	.test_cases = files_cases,
};

kunit_test_suite(files_suite);
