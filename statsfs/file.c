// SPDX-License-Identifier: GPL-2.0
/*
 * Files that show a value or an aggregate.
 *
 * Locks: an open file has a mutex for its text, which only its own readers
 * take; the text, once there, stays in private_data until the file is closed,
 * and numbers that were there before it are replaced by cmpxchg.
 */

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "inode.h"

/* "-9223372036854775808" and a separator */
#define STATSFS_NUMBER_SIZE	21
/* Longest write: zero in any base, with white space around it. */
#define STATSFS_WRITE_SIZE	64

/**
 * struct statsfs_text - what an open file shows, if that takes memory
 * @lock: protects the rest
 * @len: length in bytes
 * @text: the numbers, separated by spaces, and a newline
 */
struct statsfs_text {
	struct mutex lock;	/* held while it is copied to the reader */
	unsigned int len;
	char text[];
};

/* Whoever ignores permissions cannot write where there is nothing to write. */
static int statsfs_file_permission(struct mnt_idmap *idmap, struct inode *inode,
				   int mask)
{
	if ((mask & MAY_WRITE) && !(inode->i_mode & 0222))
		return -EACCES;
	return generic_permission(idmap, inode, mask);
}

/* Accepts the truncation of the shell's ">", which changes nothing. */
static int statsfs_file_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
				struct iattr *iattr)
{
	if (!(iattr->ia_valid & ATTR_SIZE) || iattr->ia_size)
		return -EPERM;
	return 0;
}

/* Reads the numbers and makes a text of them. */
static int statsfs_make_text(const struct statsfs_inode *si,
			     struct statsfs_text *text)
{
	unsigned int length = si->run.nr, i;
	u64 number, *numbers = &number;
	char *end = text->text;
	int err;

	if (length > 1)
		numbers = kvmalloc_array(length, sizeof(*numbers),
					 GFP_KERNEL_ACCOUNT);
	if (!numbers)
		return -ENOMEM;
	err = statsfs_item_read(si->source, si->schema, si->item, numbers);
	for (i = 0; i < length && !err; i++)
		end += sprintf(end, si->is_signed ? "%lld%c" : "%llu%c", numbers[i],
			       i + 1 < length ? ' ' : '\n');
	text->len = end - text->text;
	if (numbers != &number)
		kvfree(numbers);
	return err;
}

/*
 * What an open file knows of the last read from its beginning: NULL, a struct
 * statsfs_text or, where that takes no memory, the number itself.
 */
static bool is_number(const void *state)
{
	return (unsigned long)state & 1;
}

/* NULL if the number is too large for it. */
static void *number_state(u64 number, bool is_signed)
{
	u64 state = number << 1 | 1;
	bool fits = is_signed ? (s64)state >> 1 == (s64)number :
				state >> 1 == number;

	return fits ? (void *)(unsigned long)state : NULL;
}

static u64 state_number(const void *state, bool is_signed)
{
	return is_signed ? (s64)(unsigned long)state >> 1 :
			   (unsigned long)state >> 1;
}

/* The text of @file, made at the first read that needs one. */
static struct statsfs_text *statsfs_file_text(struct file *file)
{
	void *old = READ_ONCE(file->private_data), *seen;
	struct statsfs_text *text;
	size_t size;

	if (old && !is_number(old))
		return old;
	size = (size_t)STATSFS_I(file_inode(file))->run.nr *
	       STATSFS_NUMBER_SIZE + 1;
	text = kvmalloc(struct_size(text, text, size), GFP_KERNEL_ACCOUNT);
	if (!text)
		return NULL;
	mutex_init(&text->lock);
	text->len = 0;
	for (;;) {
		seen = cmpxchg(&file->private_data, old, text);
		if (seen == old)
			return text;
		if (!is_number(seen))
			break;
		old = seen;
	}
	kvfree(text);
	return seen;
}

/*
 * A read from the beginning makes a new text; others go on in the last one, so
 * that a number which is read in parts is one number.
 */
static ssize_t statsfs_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	struct statsfs_text *text;
	size_t count;
	int err;

	if (!iov_iter_count(to))
		return 0;
	text = statsfs_file_text(file);
	if (!text)
		return -ENOMEM;
	guard(mutex)(&text->lock);
	if (!iocb->ki_pos || !text->len) {
		err = statsfs_make_text(STATSFS_I(file_inode(file)), text);
		if (err)
			return err;
	}
	if (iocb->ki_pos >= text->len)
		return 0;
	count = min_t(size_t, text->len - iocb->ki_pos, iov_iter_count(to));
	count = copy_to_iter(text->text + iocb->ki_pos, count, to);
	iocb->ki_pos += count;
	return count ?: -EFAULT;
}

/*
 * Writes a number and a newline to the end of @text, which has
 * STATSFS_NUMBER_SIZE bytes.  Returns the beginning.
 */
static char *statsfs_format(char *text, u64 number, bool is_signed)
{
	bool negative = is_signed && (s64)number < 0;
	char *p = text + STATSFS_NUMBER_SIZE;

	*--p = '\n';
	if (negative)
		number = -number;
	do {
		u64 tenth = div_u64(number, 10);

		*--p = '0' + (number - tenth * 10);
		number = tenth;
	} while (number);
	if (negative)
		*--p = '-';
	return p;
}

/*
 * Reading a single number takes no memory, for almost all numbers: -EAGAIN for
 * others.  On 32 bits there is no room for them.
 */
static ssize_t statsfs_read_single(struct file *file, char __user *buf,
				   size_t count, loff_t *pos)
{
	const struct statsfs_inode *si = STATSFS_I(file_inode(file));
	void *state = READ_ONCE(file->private_data), *new;
	char text[STATSFS_NUMBER_SIZE], *begin;
	size_t len;
	u64 number;
	int err;

	if (BITS_PER_LONG == 32 || si->run.nr > 1 ||
	    (state ? !is_number(state) : *pos))
		return -EAGAIN;
	if (*pos) {
		number = state_number(state, si->is_signed);
	} else {
		if (si->group)
			err = statsfs_read_number(si->group, &si->run, 0, &number);
		else
			err = statsfs_item_read(si->source, si->schema, si->item,
						&number);
		if (err)
			return err;
		new = number_state(number, si->is_signed);
		if (!new)
			return -EAGAIN;
		/* Somebody else's that has come meanwhile is as good. */
		cmpxchg(&file->private_data, state, new);
	}
	begin = statsfs_format(text, number, si->is_signed);
	len = text + sizeof(text) - begin;
	if (*pos >= len)
		return 0;
	len = min_t(size_t, count, len - *pos);
	len -= copy_to_user(buf, begin + *pos, len);
	*pos += len;
	return len ?: -EFAULT;
}

/* Reading whatever takes memory. */
static noinline ssize_t statsfs_read_text(struct file *file, char __user *buf,
					  size_t count, loff_t *pos)
{
	struct iov_iter iter;
	struct kiocb iocb;
	ssize_t ret;

	init_sync_kiocb(&iocb, file);
	iocb.ki_pos = *pos;
	iov_iter_ubuf(&iter, ITER_DEST, buf, count);
	ret = statsfs_read_iter(&iocb, &iter);
	*pos = iocb.ki_pos;
	return ret;
}

static ssize_t statsfs_read(struct file *file, char __user *buf, size_t count,
			    loff_t *pos)
{
	ssize_t ret;

	if (!count)
		return 0;
	ret = statsfs_read_single(file, buf, count, pos);
	return ret == -EAGAIN ? statsfs_read_text(file, buf, count, pos) : ret;
}

/* Whether @text is a zero in some base. */
static bool statsfs_is_zero(char *text, size_t len)
{
	long long number;

	return strlen(text) == len && !kstrtoll(strim(text), 0, &number) &&
	       !number;
}

static ssize_t statsfs_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	const struct statsfs_inode *si = STATSFS_I(file_inode(iocb->ki_filp));
	size_t count = iov_iter_count(from);
	char text[STATSFS_WRITE_SIZE + 1];
	int err;

	if (count > STATSFS_WRITE_SIZE)
		return -EINVAL;
	if (!copy_from_iter_full(text, count, from))
		return -EFAULT;
	text[count] = '\0';
	if (!statsfs_is_zero(text, count))
		return -EINVAL;
	err = statsfs_item_reset(si->source, si->schema, si->item);
	pr_debug("statsfs: %pD4: reset by %s (%d): %d\n", iocb->ki_filp,
		 current->comm, task_pid_nr(current), err);
	if (err)
		return err;
	iocb->ki_pos += count;
	return count;
}

static int statsfs_file_release(struct inode *inode, struct file *file)
{
	if (!is_number(file->private_data))
		kvfree(file->private_data);
	return 0;
}

const struct inode_operations statsfs_file_iops = {
	.permission	= statsfs_file_permission,
	.setattr	= statsfs_file_setattr,
};

const struct file_operations statsfs_file_fops = {
	.release	= statsfs_file_release,
	/* For user space; the kernel itself has no business to read a number. */
	.read		= statsfs_read,
	.read_iter	= statsfs_read_iter,
	.write_iter	= statsfs_write_iter,
	.llseek		= generic_file_llseek,
	.splice_read	= copy_splice_read,
	.splice_write	= iter_file_splice_write,
};
