/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What inode.c and file.c share.
 */
#ifndef _STATSFS_INODE_H
#define _STATSFS_INODE_H

#include <linux/fs.h>

#include "internal.h"

/**
 * struct statsfs_inode - inode of a directory or file
 * @source: the directory, or that of the file; its memory is held
 * @schema: schema of a file, with a reference; NULL for a directory or snapshot
 * @item: which file of @schema
 * @group: the leaf, with a reference, if a file shows its only number in memory
 * @run: the numbers of the value that a file shows, or folds
 * @is_signed: what it shows is signed
 * @vfs_inode: what VFS knows
 */
struct statsfs_inode {
	struct statsfs_source *source;
	struct statsfs_schema *schema;
	const struct statsfs_item *item;
	struct statsfs_group *group;
	struct statsfs_run run;
	bool is_signed;
	struct inode vfs_inode;
};

static inline struct statsfs_inode *STATSFS_I(const struct inode *inode)
{
	return container_of(inode, struct statsfs_inode, vfs_inode);
}

static inline struct statsfs_ns *statsfs_sb_ns(const struct super_block *sb)
{
	return sb->s_fs_info;
}

/* file.c */
extern const struct inode_operations statsfs_file_iops;
extern const struct file_operations statsfs_file_fops;

#endif /* _STATSFS_INODE_H */
