// SPDX-License-Identifier: GPL-2.0
/*
 * The file system: dentries and inodes over the tree of sources.
 *
 * The dentry cache is only a cache.  A dentry of a directory holds a reference
 * to its edge in d_fsdata, from before it is hashed until ->d_release.  An
 * inode holds the memory of its source, and a file's the schema.  Each lookup
 * makes a fresh inode, so no directory ever has two dentries and VFS never
 * moves one: d_parent of a dentry is constant.
 *
 * Nothing is told to the dentry cache when the tree changes; ->d_revalidate
 * finds out, also in rcu-walk:
 *
 *   directory	the edge is dead, or its source cannot be reached
 *   file	the source cannot be reached; or d_time is not the revision of
 *		the directory's files and of the mount options, and the name
 *		stands for something else now
 *   .snapshot	the source cannot be reached
 *   nothing	d_time is not the sum of the directory's generation and of its
 *		files' revision
 *
 * Locks: the mount options are written under s_umount, and read without it.
 */

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/kobject.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/sysfs.h>
#include <uapi/linux/statsfs.h>

#include "inode.h"

/*
 * Positions of readdir: dots, the snapshot, files by schema and item, then
 * directories.
 */
#define STATSFS_POS_SNAPSHOT	2
#define STATSFS_POS_FILES	3
#define STATSFS_POS_DIRS	((loff_t)BIT_ULL(56))

/* What the snapshot has in place of a schema and an item in its inode number. */
#define STATSFS_INO_SNAPSHOT	BIT(16)

static struct kmem_cache *statsfs_inode_cache;

static const struct file_operations statsfs_dir_fops;
static const struct file_operations statsfs_snapshot_fops;
static const struct inode_operations statsfs_dir_iops;

/* Inodes */

/* Inode number of @file in a directory, or with 0 of the directory. */
static ino_t statsfs_ino_of(const struct statsfs_source *dir, u32 file)
{
	if (sizeof(ino_t) < sizeof(u64))
		return dir->id ^ file;
	return (u64)file << 32 | dir->id;
}

/* Inode number of a directory, or with @schema of a file in it. */
static ino_t statsfs_ino(const struct statsfs_source *dir,
			 const struct statsfs_schema *schema, unsigned int index)
{
	return statsfs_ino_of(dir, schema ? schema->id << 16 | (index + 1) : 0);
}

static struct inode *statsfs_new_inode(struct super_block *sb,
				       struct statsfs_source *source)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	statsfs_source_get_mem(source);
	STATSFS_I(inode)->source = source;
	simple_inode_init_ts(inode);
	return inode;
}

static struct inode *statsfs_new_dir(struct super_block *sb,
				     struct statsfs_source *source)
{
	struct inode *inode = statsfs_new_inode(sb, source);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = statsfs_ino(source, NULL, 0);
	inode->i_mode = S_IFDIR | 0755;
	inode->i_op = &statsfs_dir_iops;
	inode->i_fop = &statsfs_dir_fops;
	return inode;
}

/*
 * Permissions of a file: for one that can be reset, mode= says who may write,
 * but only who may read may write.
 */
static umode_t statsfs_file_mode(const struct statsfs_ns *ns,
				 const struct statsfs_value *value)
{
	umode_t may_write = (value->mode & 0444) >> 1;

	if (!statsfs_value_can_reset(value))
		return value->mode;
	return (value->mode & ~0222) | (READ_ONCE(ns->mode) & may_write);
}

/* Sets mode and owner of a file by the mount options. */
static void statsfs_set_attributes(struct inode *inode)
{
	const struct statsfs_ns *ns =
		statsfs_sb_ns(inode->i_sb);
	const struct statsfs_inode *si = STATSFS_I(inode);
	const struct statsfs_value *value =
		&si->schema->value[si->item->value];

	inode->i_mode = S_IFREG | statsfs_file_mode(ns, value);
	if (statsfs_value_can_reset(value)) {
		inode->i_uid = READ_ONCE(ns->uid);
		inode->i_gid = READ_ONCE(ns->gid);
	}
}

/* The leaf of a file that shows a single number of it in memory, or NULL. */
static struct statsfs_group *statsfs_file_group(const struct statsfs_inode *si)
{
	struct statsfs_group *group;

	if (si->item->aggr || si->run.nr > 1)
		return NULL;
	group = statsfs_group_get(si->source, si->schema);
	if (!group || !statsfs_group_is_sampled(group))
		return group;
	statsfs_group_put(group);
	return NULL;
}

/* Takes over the reference of @entry to its schema. */
static struct inode *statsfs_new_file(struct inode *dir,
				      struct statsfs_entry *entry)
{
	struct statsfs_schema *schema = entry->schema;
	struct statsfs_inode *si;
	struct inode *inode;

	inode = statsfs_new_inode(dir->i_sb, STATSFS_I(dir)->source);
	if (!inode) {
		statsfs_schema_put(schema);
		return ERR_PTR(-ENOMEM);
	}
	si = STATSFS_I(inode);
	si->schema = schema;
	si->item = entry->item;
	si->run = statsfs_value_run(schema, entry->item->value);
	si->is_signed = statsfs_item_is_signed(schema, entry->item);
	si->group = statsfs_file_group(si);
	inode->i_ino = statsfs_ino(si->source, schema,
				   entry->item - schema->item);
	statsfs_set_attributes(inode);
	inode->i_op = &statsfs_file_iops;
	inode->i_fop = &statsfs_file_fops;
	return inode;
}

static struct inode *statsfs_new_snapshot(struct inode *dir)
{
	struct statsfs_source *source = STATSFS_I(dir)->source;
	struct inode *inode = statsfs_new_inode(dir->i_sb, source);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = statsfs_ino_of(source, STATSFS_INO_SNAPSHOT);
	inode->i_mode = S_IFREG | 0444;
	inode->i_op = &statsfs_file_iops;
	inode->i_fop = &statsfs_snapshot_fops;
	return inode;
}

static struct inode *statsfs_alloc_inode(struct super_block *sb)
{
	struct statsfs_inode *si;

	si = alloc_inode_sb(sb, statsfs_inode_cache, GFP_KERNEL);
	if (!si)
		return NULL;
	si->source = NULL;
	si->schema = NULL;
	si->item = NULL;
	si->group = NULL;
	return &si->vfs_inode;
}

static void statsfs_free_inode(struct inode *inode)
{
	kmem_cache_free(statsfs_inode_cache, STATSFS_I(inode));
}

/* Pointers stay: rcu-walk may still look, and what they point to lives on. */
static void statsfs_evict_inode(struct inode *inode)
{
	struct statsfs_inode *si = STATSFS_I(inode);

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (si->group)
		statsfs_group_put(si->group);
	if (si->schema)
		statsfs_schema_put(si->schema);
	else if (S_ISDIR(inode->i_mode))
		statsfs_plans_drop(si->source);
	statsfs_source_put_mem(si->source);
}

static void statsfs_init_once(void *inode)
{
	inode_init_once(&((struct statsfs_inode *)inode)->vfs_inode);
}

/* Dentries */

static unsigned long statsfs_files_time(const struct super_block *sb,
					unsigned int files_rev)
{
	/* Before the options are used: pairs with statsfs_apply_options(). */
	return files_rev + smp_load_acquire(&statsfs_sb_ns(sb)->rev);
}

/* Looks the name of a file up again: 1 if it stands for the same. */
static int statsfs_refresh_file(struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	const struct statsfs_inode *si = STATSFS_I(inode);
	struct statsfs_entry entry;
	unsigned long time;
	bool same;

	if (statsfs_source_lookup(si->source, dentry->d_name.name,
				  statsfs_sb_ns(dentry->d_sb), &entry))
		return 0;
	same = entry.schema == si->schema && entry.item == si->item;
	statsfs_entry_put(&entry);
	if (!same)
		return 0;
	spin_lock(&inode->i_lock);
	time = statsfs_files_time(dentry->d_sb, entry.files_rev);
	statsfs_set_attributes(inode);
	WRITE_ONCE(dentry->d_time, time);
	spin_unlock(&inode->i_lock);
	return 1;
}

static int statsfs_d_revalidate(struct inode *dir, const struct qstr *name,
				struct dentry *dentry, unsigned int flags)
{
	struct inode *inode = d_inode_rcu(dentry);
	struct statsfs_source *source;

	if (!inode) {
		/* d_parent is constant, but in rcu-walk it may be dying. */
		inode = d_inode_rcu(READ_ONCE(dentry->d_parent));
		if (!inode)
			return -ECHILD;
		source = STATSFS_I(inode)->source;
		return dentry->d_time ==
		       (unsigned long)atomic64_read_acquire(&source->gen) +
		       READ_ONCE(source->files_rev);
	}
	if (S_ISDIR(inode->i_mode))
		return !dentry->d_fsdata || statsfs_edge_live(dentry->d_fsdata);
	source = STATSFS_I(inode)->source;
	if (!statsfs_source_live(source))
		return 0;
	if (!STATSFS_I(inode)->schema)
		return 1;
	if (READ_ONCE(dentry->d_time) ==
	    statsfs_files_time(dentry->d_sb, READ_ONCE(source->files_rev)))
		return 1;
	return flags & LOOKUP_RCU ? -ECHILD : statsfs_refresh_file(dentry);
}

static void statsfs_d_release(struct dentry *dentry)
{
	if (dentry->d_fsdata)
		statsfs_edge_put(dentry->d_fsdata);
}

static const struct dentry_operations statsfs_dentry_ops = {
	.d_revalidate	= statsfs_d_revalidate,
	.d_release	= statsfs_d_release,
};

static struct dentry *statsfs_lookup(struct inode *dir, struct dentry *dentry,
				     unsigned int flags)
{
	struct statsfs_source *source = STATSFS_I(dir)->source;
	struct statsfs_entry entry;
	struct inode *inode = NULL;

	if (dentry->d_name.len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	/* Its generation would not tell that it is there again. */
	if (!statsfs_source_live(source))
		return ERR_PTR(-ENOENT);
	if (!strcmp(dentry->d_name.name, STATSFS_SNAPSHOT_NAME)) {
		inode = statsfs_new_snapshot(dir);
	} else if (statsfs_source_lookup(source, dentry->d_name.name,
					 statsfs_sb_ns(dir->i_sb), &entry)) {
		dentry->d_time = entry.gen + entry.files_rev;
	} else if (entry.edge) {
		dentry->d_fsdata = entry.edge;
		inode = statsfs_new_dir(dir->i_sb, entry.edge->child);
	} else {
		dentry->d_time = statsfs_files_time(dir->i_sb, entry.files_rev);
		inode = statsfs_new_file(dir, &entry);
	}
	return d_splice_alias(inode, dentry);
}

/* Directories */

static loff_t statsfs_file_pos(u32 schema_id, unsigned int index)
{
	return STATSFS_POS_FILES + ((loff_t)schema_id << 16 | index);
}

/**
 * struct statsfs_listing - some entries of a directory
 * @size: bytes of them
 * @entries: struct statsfs_listed, one behind the other
 *
 * The tree is read under RCU, but who gets an entry may sleep.  So a few are copied
 * at a time; it has room for one with the longest name.
 */
struct statsfs_listing {
	size_t size;
	u64 entries[64];
};

/**
 * struct statsfs_listed - an entry
 * @pos: its position
 * @ino: its inode number
 * @len: length of @name
 * @name: its name, without a zero
 */
struct statsfs_listed {
	loff_t pos;
	u64 ino;
	u8 len;
	char name[];
};

static size_t statsfs_listed_size(size_t len)
{
	return ALIGN(offsetof(struct statsfs_listed, name) + len, sizeof(u64));
}

/* False: it is full. */
static bool statsfs_list_add(struct statsfs_listing *list, loff_t pos, u64 ino,
			     const char *name)
{
	struct statsfs_listed *entry = (void *)list->entries + list->size;
	size_t len = strlen(name);
	size_t size = statsfs_listed_size(len);

	if (size > sizeof(list->entries) - list->size)
		return false;
	entry->pos = pos;
	entry->ino = ino;
	entry->len = len;
	memcpy(entry->name, name, len);
	list->size += size;
	return true;
}

/* Lists files from the position @pos on. */
static void statsfs_list_files(struct statsfs_source *dir, loff_t pos,
			       struct statsfs_listing *list)
{
	u32 id = (pos - STATSFS_POS_FILES) >> 16;
	unsigned int index = (pos - STATSFS_POS_FILES) & 0xffff, end;
	struct statsfs_schema *schema;
	bool own;

	guard(rcu)();
	for (;; index = 0, id++) {
		schema = statsfs_next_files(dir, id ? id - 1 : 0, &own);
		if (!schema)
			return;
		if (schema->id != id)
			index = 0;
		id = schema->id;
		if (!own)
			index = max(index, schema->nr_values);
		end = own ? schema->nr_values : schema->nr_items;
		for (; index < end; index++)
			if (!statsfs_list_add(list, statsfs_file_pos(id, index),
					      statsfs_ino(dir, schema, index),
					      schema->item[index].name))
				return;
	}
}

/* Lists subordinates that @ns shows from the position @pos on. */
static void statsfs_list_dirs(struct statsfs_source *dir, loff_t pos,
			      const struct statsfs_ns *ns,
			      struct statsfs_listing *list)
{
	XA_STATE(xas, &statsfs_dir(dir)->children, pos - STATSFS_POS_DIRS);
	struct statsfs_edge *edge;

	guard(rcu)();
	xas_for_each(&xas, edge, ULONG_MAX) {
		/* Also what is only reserved. */
		if (xas_retry(&xas, edge) ||
		    !statsfs_source_visible(edge->child, ns))
			continue;
		if (!statsfs_list_add(list, STATSFS_POS_DIRS + xas.xa_index,
				      statsfs_ino(edge->child, NULL, 0),
				      rcu_dereference(edge->child->name)))
			return;
	}
}

/* False: there is no more room. */
static bool statsfs_emit(struct dir_context *ctx, struct statsfs_listing *list,
			 unsigned int type)
{
	size_t i;

	for (i = 0; i < list->size;) {
		struct statsfs_listed *entry = (void *)list->entries + i;

		ctx->pos = entry->pos;
		if (!dir_emit(ctx, entry->name, entry->len, entry->ino, type))
			return false;
		ctx->pos++;
		i += statsfs_listed_size(entry->len);
	}
	list->size = 0;
	return true;
}

static int statsfs_iterate(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);
	struct statsfs_source *dir = STATSFS_I(inode)->source;
	struct statsfs_listing list;

	if (!statsfs_source_live(dir))
		return -ENOENT;
	if (!dir_emit_dots(file, ctx))
		return 0;
	if (ctx->pos == STATSFS_POS_SNAPSHOT) {
		if (!dir_emit(ctx, STATSFS_SNAPSHOT_NAME,
			      strlen(STATSFS_SNAPSHOT_NAME),
			      statsfs_ino_of(dir, STATSFS_INO_SNAPSHOT), DT_REG))
			return 0;
		ctx->pos++;
	}
	list.size = 0;
	while (ctx->pos < STATSFS_POS_DIRS) {
		statsfs_list_files(dir, ctx->pos, &list);
		if (!list.size)
			ctx->pos = STATSFS_POS_DIRS;
		else if (!statsfs_emit(ctx, &list, DT_REG))
			return 0;
	}
	do {
		statsfs_list_dirs(dir, ctx->pos, statsfs_sb_ns(inode->i_sb), &list);
	} while (list.size && statsfs_emit(ctx, &list, DT_DIR));
	return 0;
}

static int statsfs_dir_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
			       struct iattr *iattr)
{
	return -EPERM;
}

static const struct inode_operations statsfs_dir_iops = {
	.lookup		= statsfs_lookup,
	.setattr	= statsfs_dir_setattr,
};

static const struct file_operations statsfs_dir_fops = {
	.read		= generic_read_dir,
	.iterate_shared	= statsfs_iterate,
	.llseek		= generic_file_llseek,
};

/* Snapshots */

static int statsfs_snapshot_open(struct inode *inode, struct file *file)
{
	struct statsfs_snapshot *snapshot =
		statsfs_snapshot_create(STATSFS_I(inode)->source,
					statsfs_sb_ns(inode->i_sb));

	if (IS_ERR(snapshot))
		return PTR_ERR(snapshot);
	file->private_data = snapshot;
	return 0;
}

static int statsfs_snapshot_release(struct inode *inode, struct file *file)
{
	statsfs_snapshot_free(file->private_data);
	return 0;
}

static ssize_t statsfs_snapshot_read_iter(struct kiocb *iocb,
					  struct iov_iter *to)
{
	return statsfs_snapshot_read(iocb->ki_filp->private_data,
				     &iocb->ki_pos, to);
}

static __poll_t statsfs_snapshot_wait(struct file *file,
				      struct poll_table_struct *wait)
{
	return statsfs_snapshot_poll(file->private_data, file, wait);
}

static const struct file_operations statsfs_snapshot_fops = {
	.open		= statsfs_snapshot_open,
	.release	= statsfs_snapshot_release,
	.read_iter	= statsfs_snapshot_read_iter,
	.poll		= statsfs_snapshot_wait,
	.llseek		= generic_file_llseek,
	.splice_read	= copy_splice_read,
};

/* Superblocks and mounts */

static int statsfs_show_options(struct seq_file *m, struct dentry *root)
{
	const struct statsfs_ns *ns =
		statsfs_sb_ns(root->d_sb);

	if (!uid_eq(ns->uid, GLOBAL_ROOT_UID))
		seq_printf(m, ",uid=%u",
			   from_kuid_munged(&init_user_ns, ns->uid));
	if (!gid_eq(ns->gid, GLOBAL_ROOT_GID))
		seq_printf(m, ",gid=%u",
			   from_kgid_munged(&init_user_ns, ns->gid));
	if (ns->mode != 0644)
		seq_printf(m, ",mode=%#o", ns->mode);
	return 0;
}

static const struct super_operations statsfs_super_ops = {
	.alloc_inode	= statsfs_alloc_inode,
	.free_inode	= statsfs_free_inode,
	.evict_inode	= statsfs_evict_inode,
	.drop_inode	= inode_just_drop,
	.statfs		= simple_statfs,
	.show_options	= statsfs_show_options,
};

/**
 * struct statsfs_fs_context - a mount or remount that is being prepared
 * @uid: option uid=
 * @gid: option gid=
 * @mode: option mode=
 * @given: bit mask of the options that were given, by enum statsfs_param
 * @created: the superblock is new
 * @ns: the namespace that is mounted, with a reference
 */
struct statsfs_fs_context {
	kuid_t uid;
	kgid_t gid;
	umode_t mode;
	unsigned int given;
	bool created;
	struct statsfs_ns *ns;
};

enum statsfs_param {
	OPT_UID,
	OPT_GID,
	OPT_MODE,
};

static const struct fs_parameter_spec statsfs_parameters[] = {
	fsparam_u32("uid", OPT_UID),
	fsparam_u32("gid", OPT_GID),
	fsparam_u32oct("mode", OPT_MODE),
	{}
};

static int statsfs_parse_param(struct fs_context *fc,
			       struct fs_parameter *param)
{
	struct statsfs_fs_context *ctx = fc->fs_private;
	struct fs_parse_result result;
	int opt;

	opt = fs_parse(fc, statsfs_parameters, param, &result);
	switch (opt) {
	case OPT_UID:
		ctx->uid = make_kuid(current_user_ns(), result.uint_32);
		if (!uid_valid(ctx->uid))
			return invalf(fc, "statsfs: no such uid: %u",
				      result.uint_32);
		break;
	case OPT_GID:
		ctx->gid = make_kgid(current_user_ns(), result.uint_32);
		if (!gid_valid(ctx->gid))
			return invalf(fc, "statsfs: no such gid: %u",
				      result.uint_32);
		break;
	case OPT_MODE:
		if (result.uint_32 & ~0777)
			return invalf(fc, "statsfs: mode=%o is not below 01000",
				      result.uint_32);
		ctx->mode = result.uint_32;
		break;
	default:
		return opt;
	}
	ctx->given |= BIT(opt);
	return 0;
}

/* Sets the options that were given. */
static void statsfs_apply_options(struct statsfs_ns *ns,
				  const struct statsfs_fs_context *ctx)
{
	if (ctx->given & BIT(OPT_UID))
		WRITE_ONCE(ns->uid, ctx->uid);
	if (ctx->given & BIT(OPT_GID))
		WRITE_ONCE(ns->gid, ctx->gid);
	if (ctx->given & BIT(OPT_MODE))
		WRITE_ONCE(ns->mode, ctx->mode);
	/* Pairs with statsfs_files_time(). */
	smp_store_release(&ns->rev, ns->rev + 1);
}

static int statsfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct statsfs_fs_context *ctx = fc->fs_private;
	struct statsfs_ns *ns = statsfs_sb_ns(sb);
	struct inode *inode;

	statsfs_ns_get(ns);
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_magic = STATSFS_MAGIC;
	sb->s_op = &statsfs_super_ops;
	sb->s_time_gran = 1;
	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	set_default_d_op(sb, &statsfs_dentry_ops);

	ns->uid = GLOBAL_ROOT_UID;
	ns->gid = GLOBAL_ROOT_GID;
	ns->mode = 0644;
	statsfs_apply_options(ns, ctx);
	ctx->created = true;

	inode = statsfs_new_dir(sb, &statsfs_root);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	sb->s_root = d_make_root(inode);
	return sb->s_root ? 0 : -ENOMEM;
}

/* Options of a live superblock are changed by a remount only. */
static int statsfs_check_options(struct fs_context *fc,
				 const struct statsfs_ns *ns)
{
	const struct statsfs_fs_context *ctx = fc->fs_private;
	const char *option = NULL;

	if ((fc->sb_flags ^ fc->root->d_sb->s_flags) & SB_RDONLY)
		option = "ro";
	else if (ctx->given & BIT(OPT_UID) && !uid_eq(ctx->uid, ns->uid))
		option = "uid=";
	else if (ctx->given & BIT(OPT_GID) && !gid_eq(ctx->gid, ns->gid))
		option = "gid=";
	else if (ctx->given & BIT(OPT_MODE) && ctx->mode != ns->mode)
		option = "mode=";
	if (!option)
		return 0;
	errorf(fc, "statsfs: already mounted with another %s; change it by a remount",
	       option);
	return -EBUSY;
}

static int statsfs_get_tree(struct fs_context *fc)
{
	const struct statsfs_fs_context *ctx = fc->fs_private;
	struct super_block *sb;
	int err;

	err = get_tree_keyed(fc, statsfs_fill_super, ctx->ns);
	if (err || ctx->created)
		return err;
	sb = fc->root->d_sb;
	err = statsfs_check_options(fc, statsfs_sb_ns(sb));
	if (err) {
		dput(fc->root);
		fc->root = NULL;
		deactivate_locked_super(sb);
	}
	return err;
}

static int statsfs_reconfigure(struct fs_context *fc)
{
	statsfs_apply_options(statsfs_sb_ns(fc->root->d_sb),
			      fc->fs_private);
	return 0;
}

static void statsfs_free_fc(struct fs_context *fc)
{
	struct statsfs_fs_context *ctx = fc->fs_private;

	statsfs_ns_put(ctx->ns);
	kfree(ctx);
}

static const struct fs_context_operations statsfs_context_ops = {
	.free		= statsfs_free_fc,
	.parse_param	= statsfs_parse_param,
	.get_tree	= statsfs_get_tree,
	.reconfigure	= statsfs_reconfigure,
};

static int statsfs_init_fs_context(struct fs_context *fc)
{
	struct statsfs_fs_context *ctx;

	ctx = kzalloc_obj(*ctx, GFP_KERNEL_ACCOUNT);
	if (!ctx)
		return -ENOMEM;
	ctx->ns = statsfs_ns_of(fc->net_ns);
	if (!ctx->ns) {
		kfree(ctx);
		return -ENOMEM;
	}
	fc->fs_private = ctx;
	fc->ops = &statsfs_context_ops;
	return 0;
}

static void statsfs_kill_sb(struct super_block *sb)
{
	struct statsfs_ns *ns = statsfs_sb_ns(sb);

	kill_anon_super(sb);
	statsfs_ns_put(ns);
}

static struct file_system_type statsfs_type = {
	.owner			= THIS_MODULE,
	.name			= "statsfs",
	.init_fs_context	= statsfs_init_fs_context,
	.parameters		= statsfs_parameters,
	.kill_sb		= statsfs_kill_sb,
};

static int __init statsfs_init(void)
{
	int err = statsfs_tree_init();

	if (err)
		return err;
	err = statsfs_plans_init();
	if (err)
		goto tree_exit;
	err = -ENOMEM;
	statsfs_inode_cache =
		kmem_cache_create("statsfs_inode", sizeof(struct statsfs_inode),
				  0, SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT,
				  statsfs_init_once);
	if (!statsfs_inode_cache)
		goto plans_exit;
	err = statsfs_ns_init();
	if (err)
		goto destroy_cache;
	err = sysfs_create_mount_point(kernel_kobj, "stats");
	if (err)
		goto ns_exit;
	err = register_filesystem(&statsfs_type);
	if (err)
		goto remove_mount_point;
	return 0;

remove_mount_point:
	sysfs_remove_mount_point(kernel_kobj, "stats");
ns_exit:
	statsfs_ns_exit();
destroy_cache:
	kmem_cache_destroy(statsfs_inode_cache);
plans_exit:
	statsfs_plans_exit();
tree_exit:
	statsfs_tree_exit();
	return err;
}

static void __exit statsfs_exit(void)
{
	unregister_filesystem(&statsfs_type);
	sysfs_remove_mount_point(kernel_kobj, "stats");
	statsfs_ns_exit();
	/* Inodes, sources and plans are freed by callbacks in this module. */
	rcu_barrier();
	statsfs_plans_exit();
	kmem_cache_destroy(statsfs_inode_cache);
	statsfs_tree_exit();
}

/* Early, so that providers that are built in find it ready. */
postcore_initcall(statsfs_init);
module_exit(statsfs_exit);

MODULE_ALIAS_FS("statsfs");
MODULE_DESCRIPTION("Statistics file system");
MODULE_LICENSE("GPL");
