/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The newest kernel's interface for older kernels.  Only out of tree, where
 * Kbuild includes it before everything else; nothing outside this file and
 * compat.mk knows that kernels differ.
 */
#ifndef _STATSFS_COMPAT_H
#define _STATSFS_COMPAT_H

#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/kernel_stat.h>
#include <linux/slab.h>
#include <linux/tick.h>

#ifndef kmalloc_obj	/* 7.0: the type says how much */
#define kmalloc_obj(p, gfp)	kmalloc(sizeof(typeof(p)), gfp)
#define kzalloc_obj(p, gfp)	kzalloc(sizeof(typeof(p)), gfp)
#endif

#ifdef STATSFS_NO_MNT_IDMAP	/* 6.3 */
#define mnt_idmap user_namespace
#endif

#ifdef STATSFS_NO_COPY_SPLICE_READ	/* 6.5 */
#define copy_splice_read generic_file_splice_read
#endif

#ifdef STATSFS_NO_INODE_TIMES	/* 6.7 */
static inline struct timespec64 simple_inode_init_ts(struct inode *inode)
{
	inode->i_atime = current_time(inode);
	inode->i_mtime = inode->i_atime;
	inode->i_ctime = inode->i_atime;
	return inode->i_ctime;
}
#endif

#ifdef STATSFS_NO_DEFAULT_D_OP	/* 6.17 */
static inline void set_default_d_op(struct super_block *sb,
				    const struct dentry_operations *ops)
{
	sb->s_d_op = ops;
}
#endif

#ifdef STATSFS_NO_INODE_JUST_DROP	/* 6.18 */
#define inode_just_drop generic_delete_inode
#endif

#ifdef STATSFS_OLD_D_REVALIDATE	/* 6.14: the directory and the name come first */
#define statsfs_d_revalidate(dir, name, dentry, flags) \
	statsfs_d_revalidate(dentry, flags)
#endif

#ifdef STATSFS_NO_BD_MAPPING	/* 6.10 */
#define bd_mapping bd_inode->i_mapping
#endif

#ifdef STATSFS_OLD_BLK_ALLOC_DISK	/* 6.9: takes limits, returns an error */
static inline struct gendisk *statsfs_blk_alloc_disk(int node)
{
	struct gendisk *disk = blk_alloc_disk(node);

	return disk ? disk : ERR_PTR(-ENOMEM);
}

#undef blk_alloc_disk
#define blk_alloc_disk(lim, node) statsfs_blk_alloc_disk(node)
#endif

#ifdef STATSFS_OLD_CLASS_INTERFACE	/* 6.4: callbacks get the interface, too */
#define bufstat_blk_add_dev(dev) \
	bufstat_blk_add_dev(dev, struct class_interface *interface)
#define bufstat_blk_remove_dev(dev) \
	bufstat_blk_remove_dev(dev, struct class_interface *interface)
#endif

#ifdef STATSFS_NO_BDEV_COUNT_INFLIGHT	/* 6.16: not what "inflight" reports */
#define bufstat_blk_is_busy(count) \
	((count)->requests[READ] || (count)->requests[WRITE])
#endif

#ifdef STATSFS_OLD_BDI_STATS	/* 6.11: reports the sum over control groups */
#define bufstat_blk_wb_pages(bdi, item)	wb_stat(&(bdi)->wb, item)
#endif

#ifdef STATSFS_NO_NETDEV_LLTX	/* 6.12; before, sysfs has them for all devices */
#define bufstat_net_sysfs_bql(dev) true
#endif

#ifdef STATSFS_OLD_SOFTNET_DROPPED	/* 6.10: atomic; 6.18: per node */
#define bufstat_softnet_dropped(sd) READ_ONCE((sd)->dropped)

#ifdef CONFIG_NET_FLOW_LIMIT
/* net/core keeps struct sd_flow_limit to itself, but it begins with its count. */
struct bufstat_flow_limit {
	u64 count;
};

/* There is none before /proc/sys/net/core/flow_limit_cpu_bitmap asks for it. */
static inline u64 bufstat_flow_limit_read(const void __rcu *flow_limit)
{
	const struct bufstat_flow_limit *limit;
	u64 count;

	rcu_read_lock();
	limit = rcu_dereference_raw(flow_limit);
	count = limit ? READ_ONCE(limit->count) : 0;
	rcu_read_unlock();
	return count;
}

#define bufstat_flow_limit_count(sd) bufstat_flow_limit_read((sd)->flow_limit)
#endif
#endif

#ifdef STATSFS_ATOMIC_SOFTNET_DROPPED	/* 6.18: per node */
#define bufstat_softnet_dropped(sd) atomic_read(&(sd)->dropped)
#endif

#ifdef STATSFS_OLD_KCPUSTAT_IDLE	/* 7.3 or before: /proc/stat asks elsewhere */
static inline void statsfs_kcpustat_cpu_fetch(struct kernel_cpustat *times,
					      int cpu)
{
	u64 idle, iowait;

	kcpustat_cpu_fetch(times, cpu);
	if (!cpu_online(cpu))
		return;
	idle = get_cpu_idle_time_us(cpu, NULL);
	if (idle != U64_MAX)
		times->cpustat[CPUTIME_IDLE] = idle * NSEC_PER_USEC;
	iowait = get_cpu_iowait_time_us(cpu, NULL);
	if (iowait != U64_MAX)
		times->cpustat[CPUTIME_IOWAIT] = iowait * NSEC_PER_USEC;
}

#define kcpustat_cpu_fetch statsfs_kcpustat_cpu_fetch
#endif
#endif /* _STATSFS_COMPAT_H */
