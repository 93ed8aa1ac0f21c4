// SPDX-License-Identifier: GPL-2.0
/* What the tests share. */

#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uio.h>

#include "../internal.h"
#include "helpers.h"

/* A case that waits longer than this has failed. */
#define TST_TIMEOUT	(5 * HZ)

/* Has @free called for @data when the case ends. */
void tst_at_end(struct kunit *test, void (*free)(struct kunit_resource *),
		void *data)
{
	KUNIT_ASSERT_NOT_NULL(test, kunit_alloc_resource(test, NULL, free,
							 GFP_KERNEL, data));
}

void *tst_alloc(struct kunit *test, size_t size)
{
	void *memory = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	return memory;
}

static void percpu_at_end(struct kunit_resource *res)
{
	free_percpu((void __percpu *)(__force unsigned long)res->data);
}

void __percpu *tst_percpu(struct kunit *test, size_t size)
{
	void __percpu *memory = __alloc_percpu(size, sizeof(u64));

	KUNIT_ASSERT_NOT_NULL(test, statsfs_percpu_base(memory));
	tst_at_end(test, percpu_at_end, statsfs_percpu_base(memory));
	return memory;
}

/* Sources */

static void source_at_end(struct kunit_resource *res)
{
	statsfs_source_remove(res->data);
	statsfs_source_put(res->data);
}

struct statsfs_source *tst_source(struct kunit *test, const char *fmt, ...)
{
	struct statsfs_source *source;
	char name[NAME_MAX + 1];
	va_list args;

	va_start(args, fmt);
	vscnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	source = statsfs_source_create("%s", name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, source);
	tst_at_end(test, source_at_end, source);
	return source;
}

/* A registered source that has the name of the case. */
struct statsfs_source *tst_root(struct kunit *test)
{
	struct statsfs_source *root = tst_source(test, "%s", test->name);

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(root));
	return root;
}

struct statsfs_source *tst_child(struct kunit *test,
				 struct statsfs_source *parent,
				 const char *name)
{
	struct statsfs_source *child = tst_source(test, "%s", name);

	tst_add(test, parent, child);
	return child;
}

const struct statsfs_value tst_table[1] = {
	{ TST_NAME, STAT_TYPE_U64, STAT_AGGR_SUM, 0644, 0 },
};

struct statsfs_source *tst_leaf(struct kunit *test,
				struct statsfs_source *parent,
				const char *name, u64 *number)
{
	struct statsfs_source *leaf = tst_source(test, "%s", name);

	tst_values(test, leaf, tst_table, number);
	tst_add(test, parent, leaf);
	return leaf;
}

struct statsfs_source *tst_synced_leaf(struct kunit *test,
				       struct statsfs_source *parent,
				       const char *name,
				       struct tst_synced *synced)
{
	struct statsfs_source *source = tst_child(test, parent, name);
	int err;

	u64_stats_init(&synced->sync);
	err = statsfs_source_add_values_sync(source, tst_table,
					     ARRAY_SIZE(tst_table), synced,
					     offsetof(struct tst_synced, sync));
	KUNIT_ASSERT_EQ(test, 0, err);
	return source;
}

u64 tst_number(struct kunit *test, struct statsfs_source *source,
	       const char *name)
{
	u64 number;

	KUNIT_ASSERT_EQ(test, 0, statsfs_source_read(source, name, &number));
	return number;
}

/* Threads */

struct tst_job {
	int (*run)(void *arg);
	void *arg;
	int ret;
	struct completion done;
};

static int job_thread(void *data)
{
	struct tst_job *job = data;

	job->ret = job->run(job->arg);
	kthread_complete_and_exit(&job->done, 0);
}

/* A thread that never ends is left behind: the other cases go on. */
static void job_at_end(struct kunit_resource *res)
{
	struct tst_job *job = res->data;

	if (wait_for_completion_timeout(&job->done, TST_TIMEOUT))
		kfree(job);
}

struct tst_job *tst_start(struct kunit *test, int (*run)(void *arg), void *arg)
{
	struct tst_job *job = kzalloc_obj(*job, GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->run = run;
	job->arg = arg;
	init_completion(&job->done);
	task = kthread_run(job_thread, job, "%s", test->name);
	if (IS_ERR(task))
		kfree(job);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	tst_at_end(test, job_at_end, job);
	return job;
}

/* Whether @job has not ended after @wait_ms. */
bool tst_is_running(struct tst_job *job, unsigned int wait_ms)
{
	unsigned long timeout = msecs_to_jiffies(wait_ms);

	if (!wait_for_completion_timeout(&job->done, timeout))
		return true;
	complete_all(&job->done);
	return false;
}

/* What @job returned. */
int tst_join(struct kunit *test, struct tst_job *job)
{
	KUNIT_ASSERT_FALSE(test, tst_is_running(job, TST_TIMEOUT * 1000 / HZ));
	return job->ret;
}

/* A callback that stays inside */

static int gate_sample(void *data, void *sample)
{
	struct tst_gate *gate = data;

	atomic_inc(&gate->inside);
	complete(&gate->entered);
	wait_for_completion_timeout(&gate->go, TST_TIMEOUT);
	/* Time for those to go on who should not. */
	schedule_timeout_uninterruptible(HZ / 50 + 1);
	*(u64 *)sample = gate->number;
	atomic_dec(&gate->inside);
	return 0;
}

static const struct statsfs_sampler gate_sampler = {
	.size = sizeof(u64),
	.sample = gate_sample,
};

static void gate_at_end(struct kunit_resource *res)
{
	struct tst_gate *gate = res->data;

	complete_all(&gate->go);
}

/* Adds a sampled group of TST_NAME that is read through a new gate. */
struct tst_gate *tst_gate(struct kunit *test, struct statsfs_source *source)
{
	struct tst_gate *gate = tst_alloc(test, sizeof(*gate));

	init_completion(&gate->entered);
	init_completion(&gate->go);
	KUNIT_ASSERT_EQ(test, 0,
			statsfs_source_add_sampled(source, tst_table,
						   ARRAY_SIZE(tst_table),
						   &gate_sampler, gate));
	return gate;
}

static int read_number(void *source)
{
	u64 number;

	return statsfs_source_read(source, TST_NAME, &number);
}

/* Waits until somebody is inside. */
bool tst_gate_wait(struct tst_gate *gate)
{
	return wait_for_completion_timeout(&gate->entered, TST_TIMEOUT);
}

/* Starts a thread that reads @source and stays inside @gate. */
struct tst_job *tst_gate_enter(struct kunit *test, struct tst_gate *gate,
			       struct statsfs_source *source)
{
	struct tst_job *job = tst_start(test, read_number, source);

	/* Before the thread is waited for. */
	tst_at_end(test, gate_at_end, gate);
	KUNIT_ASSERT_TRUE(test, tst_gate_wait(gate));
	return job;
}

void tst_gate_open(struct tst_gate *gate)
{
	complete_all(&gate->go);
}

bool tst_gate_is_empty(struct tst_gate *gate)
{
	return !atomic_read(&gate->inside);
}

/* The file system */

static void mount_at_end(struct kunit_resource *res)
{
	/* Files that were closed by this thread. */
	flush_delayed_fput();
	kern_unmount(res->data);
}

/* Mounts the file system for this case; test->priv is taken for it. */
int tst_mount(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("statsfs");
	struct vfsmount *mnt;

	KUNIT_ASSERT_NOT_NULL(test, type);
	mnt = kern_mount(type);
	module_put(type->owner);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mnt);
	test->priv = mnt;
	tst_at_end(test, mount_at_end, mnt);
	return 0;
}

/* Opens a file or directory; the caller closes it. */
struct file *tst_try_open(struct kunit *test, const char *path, int flags)
{
	struct vfsmount *mnt = test->priv;
	struct path root = { .mnt = mnt, .dentry = mnt->mnt_root };
	struct file *file;
	char *full;

	full = kasprintf(GFP_KERNEL, "%s/%s", path[0] == '/' ? "" : test->name,
			 path);
	KUNIT_ASSERT_NOT_NULL(test, full);
	file = file_open_root(&root, full, flags, 0);
	kfree(full);
	return file;
}

void tst_close(struct file *file)
{
	fput(file);
	flush_delayed_fput();
}

static void file_at_end(struct kunit_resource *res)
{
	tst_close(res->data);
}

/* Opens what must be there, until the end of the case. */
struct file *tst_open(struct kunit *test, const char *path, int flags)
{
	struct file *file = tst_try_open(test, path, flags);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	tst_at_end(test, file_at_end, file);
	return file;
}

ssize_t tst_read(struct file *file, char *text, size_t size, loff_t *pos)
{
	struct kvec vec = { .iov_base = text, .iov_len = size };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, size);
	return vfs_iter_read(file, &iter, pos, 0);
}

ssize_t tst_write(struct file *file, const char *text, size_t size)
{
	struct kvec vec = { .iov_base = (void *)text, .iov_len = size };
	struct iov_iter iter;
	loff_t pos = 0;

	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, size);
	return vfs_iter_write(file, &iter, &pos, 0);
}

static const char *error_text(struct kunit *test, long err)
{
	char *text = tst_alloc(test, 32);

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(text, 32, "error %ld", err);
	return text;
}

#define TEXT_MAX	128

/* What a file has from its beginning, in one read. */
const char *tst_cat(struct kunit *test, const char *path)
{
	char *text = tst_alloc(test, TEXT_MAX);
	struct file *file;
	loff_t pos = 0;
	ssize_t len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	file = tst_try_open(test, path, O_RDONLY);
	if (IS_ERR(file))
		return error_text(test, PTR_ERR(file));
	len = tst_read(file, text, TEXT_MAX - 1, &pos);
	tst_close(file);
	return len < 0 ? error_text(test, len) : text;
}

/* Directories */

#define LS_MAX	64

struct ls {
	struct dir_context ctx;
	char *name[LS_MAX];
	unsigned int nr;
	bool failed;
};

static bool ls_actor(struct dir_context *ctx, const char *name, int len,
		     loff_t pos, u64 ino, unsigned int type)
{
	struct ls *ls = container_of(ctx, struct ls, ctx);

	if (name[0] == '.')
		return true;
	if (ls->nr < LS_MAX)
		ls->name[ls->nr] = kmemdup_nul(name, len, GFP_KERNEL);
	if (ls->nr == LS_MAX || !ls->name[ls->nr]) {
		ls->failed = true;
		return false;
	}
	ls->nr++;
	return true;
}

static int ls_cmp(const void *a, const void *b)
{
	return strcmp(*(const char * const *)a, *(const char * const *)b);
}

/* Names one after the other, and frees them. */
static char *ls_text(struct kunit *test, struct ls *ls)
{
	size_t size = 1;
	unsigned int i;
	char *text;

	for (i = 0; i < ls->nr; i++)
		size += strlen(ls->name[i]) + 1;
	text = kunit_kzalloc(test, size, GFP_KERNEL);
	for (i = 0; i < ls->nr; i++) {
		if (text) {
			strcat(text, ls->name[i]);
			strcat(text, " ");
		}
		kfree(ls->name[i]);
	}
	return text;
}

const char *tst_ls_open(struct kunit *test, struct file *dir)
{
	struct ls *ls = tst_alloc(test, sizeof(*ls));
	char *text;
	int err;

	ls->ctx.actor = ls_actor;
	vfs_llseek(dir, 0, SEEK_SET);
	err = iterate_dir(dir, &ls->ctx);
	sort(ls->name, ls->nr, sizeof(*ls->name), ls_cmp, NULL);
	text = ls_text(test, ls);
	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_FALSE(test, ls->failed);
	return err ? error_text(test, err) : text;
}

const char *tst_ls(struct kunit *test, const char *path)
{
	struct file *dir = tst_try_open(test, path, O_RDONLY | O_DIRECTORY);
	const char *text;

	if (IS_ERR(dir))
		return error_text(test, PTR_ERR(dir));
	text = tst_ls_open(test, dir);
	tst_close(dir);
	return text;
}

MODULE_DESCRIPTION("KUnit tests for the statistics file system");
MODULE_LICENSE("GPL");
