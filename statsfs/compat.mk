# SPDX-License-Identifier: GPL-2.0
#
# Features of kernels older than the sources are written for that compat.h
# cannot test with #ifndef: read from the headers, never from a version.

statsfs-compat-dir := $(dir $(lastword $(MAKEFILE_LIST)))

statsfs-has = $(if $(shell grep -s $(1) $(srctree)/include/linux/$(2)),,-D$(3))

# 6.3: mounts map ids by struct mnt_idmap
statsfs-compat-y += $(call statsfs-has,'struct mnt_idmap \*',fs.h,STATSFS_NO_MNT_IDMAP)
# 6.5: splice from ->read_iter
statsfs-compat-y += $(call statsfs-has,'copy_splice_read',fs.h,STATSFS_NO_COPY_SPLICE_READ)
# 6.7: inode times behind accessors
statsfs-compat-y += $(call statsfs-has,'simple_inode_init_ts',fs.h,STATSFS_NO_INODE_TIMES)
# 6.14: ->d_revalidate is told directory and name
statsfs-compat-y += $(call statsfs-has,'d_revalidate.*struct inode',dcache.h,STATSFS_OLD_D_REVALIDATE)
# 6.17: set_default_d_op()
statsfs-compat-y += $(call statsfs-has,'set_default_d_op',dcache.h,STATSFS_NO_DEFAULT_D_OP)
# 6.18: new name of generic_delete_inode()
statsfs-compat-y += $(call statsfs-has,'inode_just_drop',fs.h,STATSFS_NO_INODE_JUST_DROP)
# 6.4: class interfaces are not told themselves
statsfs-compat-y += $(call statsfs-has,'add_dev.*struct device .dev.;',device/class.h,STATSFS_OLD_CLASS_INTERFACE)
# 6.9: disks are allocated with limits
statsfs-compat-y += $(call statsfs-has,'define blk_alloc_disk.lim',blkdev.h,STATSFS_OLD_BLK_ALLOC_DISK)
# 6.10: block devices point to their mapping
statsfs-compat-y += $(call statsfs-has,'bd_mapping',blk_types.h,STATSFS_NO_BD_MAPPING)
# 6.11: the report of a backing device contains all control groups; in the same
# series as this
statsfs-compat-y += $(call statsfs-has,'cgwb_calc_thresh',writeback.h,STATSFS_OLD_BDI_STATS)
# 6.16: requests that were begun are counted apart from those in the driver
statsfs-compat-y += $(call statsfs-has,'bdev_count_inflight',part_stat.h,STATSFS_NO_BDEV_COUNT_INFLIGHT)
# 6.16: kinds of memory that are not counted any more
statsfs-compat-y += $(if $(shell grep -sw NR_BOUNCE $(srctree)/include/linux/mmzone.h),-DSTATSFS_HAS_NR_BOUNCE)
statsfs-compat-y += $(if $(shell grep -sw NR_WRITEBACK_TEMP $(srctree)/include/linux/mmzone.h),-DSTATSFS_HAS_NR_WRITEBACK_TEMP)
# 6.12: a bit for devices without a transmit lock
statsfs-compat-y += $(call statsfs-has,'lltx:1',netdevice.h,STATSFS_NO_NETDEV_LLTX)
# 6.10: the backlog's drops are atomic
statsfs-compat-y += $(if $(shell grep -s 'unsigned int[[:space:]]*dropped;' $(srctree)/include/linux/netdevice.h),-DSTATSFS_OLD_SOFTNET_DROPPED)
# 6.18: and kept by node
statsfs-compat-y += $(if $(shell grep -s 'atomic_t[[:space:]]*dropped' $(srctree)/include/linux/netdevice.h),-DSTATSFS_ATOMIC_SOFTNET_DROPPED)
# 6.10: a header of its own for the memory of protocols
statsfs-compat-y += $(if $(wildcard $(srctree)/include/net/proto_memory.h),,-idirafter $(statsfs-compat-dir)compat)
# 7.3 or before: idle time is in what kcpustat_cpu_fetch() gives
statsfs-compat-y += $(call statsfs-has,'kcpustat_field_idle',kernel_stat.h,STATSFS_OLD_KCPUSTAT_IDLE)

# What the sources use and nothing replaces: of names with a bar between them either
# will do, the new one or that which compat.h makes it from.  Without one of these
# the compiler would complain, too, but about something else first.
statsfs-headers := $(addprefix linux/,backing-dev.h blk-mq.h blk_types.h blkdev.h cleanup.h \
	cpuhotplug.h dcache.h device/class.h fs.h fs_context.h kernel_stat.h memory.h mm.h \
	netdevice.h overflow.h part_stat.h percpu-refcount.h rcupdate.h slab.h sort.h sysfs.h \
	tick.h tracepoint.h uio.h vmstat.h workqueue.h)
statsfs-headers += $(addprefix net/,net_namespace.h proto_memory.h sch_generic.h sock.h)
statsfs-needs := add_dev alloc_inode_sb bd_mapping|bd_inode bdev_whole blk_alloc_disk \
	blk_mq_tagset_busy_iter check_sub_overflow class_interface_register \
	copy_splice_read|generic_file_splice_read cpuhp_setup_state d_revalidate \
	d_splice_alias dev_get_stats for_each_kernel_tracepoint get_tree_keyed \
	inode_just_drop|generic_delete_inode iov_iter_ubuf kcpustat_cpu_fetch \
	kcpustat_field_idle|get_cpu_idle_time_us kvfree_rcu_mightsleep kvmalloc_array \
	mnt_idmap|mnt_userns part_stat_local_read_cpu proto_memory_allocated \
	qdisc_qlen_sum queue_rcu_work register_memory_notifier register_pernet_subsys \
	scoped_guard set_default_d_op|s_d_op si_mem_available simple_inode_init_ts|i_ctime \
	sock_prot_inuse_get softnet_data sort_r sysfs_create_mount_point unrcu_pointer \
	vm_node_stat wb_stat zone_numa_event_state
# In a kernel tree Kconfig sees to these; "make clean" knows none.
statsfs-config := $(if $(and $(KBUILD_EXTMOD),$(CONFIG_CC_VERSION_TEXT)),$\
	BLOCK MODULES NET SYSFS TRACEPOINTS)

statsfs-empty :=
statsfs-space := $(statsfs-empty) $(statsfs-empty)
statsfs-comma := ,
statsfs-any := $(subst $(statsfs-space),|,$(strip $(statsfs-needs)))
statsfs-found := $(sort $(shell grep -oswhE '$(statsfs-any)' \
	$(addprefix $(srctree)/include/,$(statsfs-headers))))
statsfs-lacks := $(foreach need,$(statsfs-needs),$\
	$(if $(filter $(subst |, ,$(need)),$(statsfs-found)),,$(need)))
statsfs-lacks += $(foreach option,$(statsfs-config),$(if $(CONFIG_$(option)),,CONFIG_$(option)))
statsfs-lacks := $(subst $(statsfs-space),$(statsfs-comma) ,$(strip $(statsfs-lacks)))
ifneq ($(statsfs-lacks),)
$(error statsfs: this kernel lacks $(subst |, or ,$(statsfs-lacks)))
endif
