// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat/mm/node<N>: memory of NUMA nodes.
 *
 * Each node that has memory has a source with one sampled group, whose data is
 * the node's pg_data_t.  In mm/ itself are sums over all nodes.  A kernel
 * without NUMA has one node, node0.
 *
 * The numbers are those of /sys/devices/system/node/node<N>/meminfo, read from
 * the same counters.  Changes that a CPU has not folded into these counters yet
 * are missing here as there, and what is negative because of them is 0.
 *
 * Locks: bufstat_mm_lock protects bufstat_mm, the set of nodes.  The memory
 * hotplug lock is outside of it: callbacks run while removal waits for them
 * under both, so they take neither.
 *
 * Lifetimes: a pg_data_t is never freed.
 */
#include <linux/memory.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/notifier.h>
#include <linux/statsfs.h>
#include <linux/vmstat.h>

#include "bufstat.h"

/**
 * struct bufstat_mm_sample - what one read of a node gives, in bytes
 * @total: pages that the page allocator manages (zone->managed_pages);
 *	MemTotal of meminfo
 * @free: NR_FREE_PAGES of all zones; MemFree
 * @file: NR_FILE_PAGES, the page cache with buffers, shared memory and the swap
 *	cache; FilePages
 * @dirty: NR_FILE_DIRTY, waiting to be written back; Dirty
 * @writeback: NR_WRITEBACK, being written back; Writeback
 * @slab_reclaimable: NR_SLAB_RECLAIMABLE_B; SReclaimable
 * @slab_unreclaimable: NR_SLAB_UNRECLAIMABLE_B; SUnreclaim
 * @page_tables: NR_PAGETABLE; PageTables
 * @anon: NR_ANON_MAPPED, mapped anonymous memory; AnonPages
 * @mapped: NR_FILE_MAPPED, mapped files; Mapped
 * @shmem: NR_SHMEM, shared memory and tmpfs; Shmem
 * @kernel_stack: NR_KERNEL_STACK_KB; KernelStack
 */
struct bufstat_mm_sample {
	u64 total;
	u64 free;
	u64 file;
	u64 dirty;
	u64 writeback;
	u64 slab_reclaimable;
	u64 slab_unreclaimable;
	u64 page_tables;
	u64 anon;
	u64 mapped;
	u64 shmem;
	u64 kernel_stack;
};

#define BUFSTAT_MM_BYTES(field, desc)					\
	STATSFS_GAUGE(#field, struct bufstat_mm_sample, field,		\
		      STATSFS_BYTES, desc)

static const struct statsfs_value bufstat_mm_values[] = {
	BUFSTAT_MM_BYTES(total, "memory that the page allocator manages"),
	BUFSTAT_MM_BYTES(free, "memory that nobody uses"),
	BUFSTAT_MM_BYTES(file, "page cache, with buffers and shared memory"),
	BUFSTAT_MM_BYTES(dirty, "page cache that waits to be written back"),
	BUFSTAT_MM_BYTES(writeback, "page cache that is being written back"),
	BUFSTAT_MM_BYTES(slab_reclaimable, "slab caches that can be shrunk"),
	BUFSTAT_MM_BYTES(slab_unreclaimable, "other slab caches"),
	BUFSTAT_MM_BYTES(page_tables, "page tables of processes"),
	BUFSTAT_MM_BYTES(anon, "mapped anonymous memory"),
	BUFSTAT_MM_BYTES(mapped, "page cache that is mapped by processes"),
	BUFSTAT_MM_BYTES(shmem, "shared memory and tmpfs"),
	BUFSTAT_MM_BYTES(kernel_stack, "kernel stacks"),
};

static u64 bufstat_mm_counter(pg_data_t *pgdat, enum node_stat_item item)
{
	return max(atomic_long_read(&pgdat->vm_stat[item]), 0L);
}

/* For items that are kept in pages, which those called NR_*_B are as well. */
static u64 bufstat_mm_bytes(pg_data_t *pgdat, enum node_stat_item item)
{
	return bufstat_mm_counter(pgdat, item) << PAGE_SHIFT;
}

static int bufstat_mm_sample(void *data, void *sample)
{
	struct bufstat_mm_sample *s = sample;
	pg_data_t *pgdat = data;
	struct zone *zone;

	for (zone = pgdat->node_zones;
	     zone < pgdat->node_zones + MAX_NR_ZONES; zone++) {
		s->total += (u64)zone_managed_pages(zone) << PAGE_SHIFT;
		s->free += (u64)zone_page_state(zone, NR_FREE_PAGES) << PAGE_SHIFT;
	}
	s->file = bufstat_mm_bytes(pgdat, NR_FILE_PAGES);
	s->dirty = bufstat_mm_bytes(pgdat, NR_FILE_DIRTY);
	s->writeback = bufstat_mm_bytes(pgdat, NR_WRITEBACK);
	s->slab_reclaimable = bufstat_mm_bytes(pgdat, NR_SLAB_RECLAIMABLE_B);
	s->slab_unreclaimable = bufstat_mm_bytes(pgdat, NR_SLAB_UNRECLAIMABLE_B);
	s->page_tables = bufstat_mm_bytes(pgdat, NR_PAGETABLE);
	s->anon = bufstat_mm_bytes(pgdat, NR_ANON_MAPPED);
	s->mapped = bufstat_mm_bytes(pgdat, NR_FILE_MAPPED);
	s->shmem = bufstat_mm_bytes(pgdat, NR_SHMEM);
	s->kernel_stack = bufstat_mm_counter(pgdat, NR_KERNEL_STACK_KB) << 10;
	return 0;
}

static const struct statsfs_sampler bufstat_mm_sampler = {
	.size = sizeof(struct bufstat_mm_sample),
	.sample = bufstat_mm_sample,
};

static int bufstat_mm_fill(struct statsfs_source *source, void *device)
{
	return statsfs_source_add_sampled(source, bufstat_mm_values,
					  ARRAY_SIZE(bufstat_mm_values),
					  &bufstat_mm_sampler, device);
}

static struct bufstat_devices bufstat_mm = {
	.name = "mm",
	.fill = bufstat_mm_fill,
};

static DEFINE_MUTEX(bufstat_mm_lock);

/* Shows the nodes that have memory now, and no others. */
static void bufstat_mm_update(void)
{
	char name[BUFSTAT_FALLBACK_SIZE];
	int nid;

	mutex_lock(&bufstat_mm_lock);
	for_each_online_node(nid) {
		if (!node_state(nid, N_MEMORY)) {
			bufstat_device_remove(&bufstat_mm, NODE_DATA(nid));
		} else if (!bufstat_device_known(&bufstat_mm, NODE_DATA(nid))) {
			snprintf(name, sizeof(name), "node%d", nid);
			bufstat_device_add(&bufstat_mm, NODE_DATA(nid), name,
					   name);
		}
	}
	mutex_unlock(&bufstat_mm_lock);
}

/*
 * Which node is concerned is told in different ways by different kernels.
 * Looking at all of them is cheap beside onlining a block of memory.  A node is
 * still online when the last of its memory has gone.
 */
static int bufstat_mm_event(struct notifier_block *nb, unsigned long event,
			    void *unused)
{
	if (event == MEM_ONLINE || event == MEM_OFFLINE)
		bufstat_mm_update();
	return NOTIFY_DONE;
}

static struct notifier_block bufstat_mm_notifier = {
	.notifier_call = bufstat_mm_event,
};

static int __init bufstat_mm_init(void)
{
	int err = bufstat_devices_init(&bufstat_mm);

	if (err)
		return err;
	err = register_memory_notifier(&bufstat_mm_notifier);
	if (err) {
		bufstat_devices_exit(&bufstat_mm);
		return err;
	}
	bufstat_mm_update();
	return 0;
}
module_init(bufstat_mm_init);

static void __exit bufstat_mm_exit(void)
{
	unregister_memory_notifier(&bufstat_mm_notifier);
	bufstat_devices_exit(&bufstat_mm);
}
module_exit(bufstat_mm_exit);

MODULE_DESCRIPTION("Buffer statistics of memory");
MODULE_LICENSE("GPL");
