// SPDX-License-Identifier: GPL-2.0
/*
 * What all tests together have left behind, if kmemleak is built in to look for
 * it: the last suite.
 */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "helpers.h"

/*
 * kmemleak passes over what is younger than 5 s; and what kfree_rcu() was given
 * may wait as long where it is not seen.
 */
#define LEAK_WAIT_MS	8000

/* Its file takes user memory only, so this thread gets an address space. */
static struct mm_struct *user_attach(void)
{
	struct mm_struct *mm = mm_alloc();

	if (mm) {
		mm->task_size = TASK_SIZE;
		arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
		kthread_use_mm(mm);
	}
	return mm;
}

static void user_detach(struct mm_struct *mm)
{
	kthread_unuse_mm(mm);
	mmput(mm);
}

static ssize_t leak_command(struct file *file, char __user *page,
			    const char *command)
{
	loff_t pos = 0;

	if (copy_to_user(page, command, strlen(command)))
		return -EFAULT;
	return vfs_write(file, page, strlen(command), &pos);
}

/*
 * How many bytes kmemleak has to say, or an error.  The first scan only remembers
 * what the memory looks like; what has not changed at the next one is a leak.
 */
static ssize_t leak_scan(struct file *file)
{
	unsigned long addr;
	char __user *page;
	ssize_t ret = 0;
	loff_t pos = 0;
	int i;

	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	page = (char __user *)addr;
	for (i = 0; i < 2 && ret >= 0; i++)
		ret = leak_command(file, page, "scan");
	return ret < 0 ? ret : vfs_read(file, page, PAGE_SIZE, &pos);
}

static void mnt_at_end(struct kunit_resource *res)
{
	kern_unmount(res->data);
}

static struct file *leak_open(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("debugfs");
	struct vfsmount *mnt;
	struct path root;
	struct file *file;

	KUNIT_ASSERT_NOT_NULL(test, type);
	mnt = kern_mount(type);
	module_put(type->owner);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mnt);
	tst_at_end(test, mnt_at_end, mnt);
	root = (struct path){ .mnt = mnt, .dentry = mnt->mnt_root };
	file = file_open_root(&root, "kmemleak", O_RDWR, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	return file;
}

static void leak_none(struct kunit *test)
{
	struct file *file = leak_open(test);
	ssize_t ret = -ENOMEM;
	struct mm_struct *mm;

	msleep(LEAK_WAIT_MS);
	mm = user_attach();
	if (mm) {
		ret = leak_scan(file);
		user_detach(mm);
	}
	tst_close(file);
	/* What they are is in the log if kmemleak.verbose is set. */
	KUNIT_EXPECT_EQ(test, 0, ret);
}

static struct kunit_case leak_cases[] = {
	KUNIT_CASE(leak_none),
	{}
};

static struct kunit_suite leak_suite = {
	.name = "statsfs_leak",
	.test_cases = leak_cases,
};

kunit_test_suite(leak_suite);
