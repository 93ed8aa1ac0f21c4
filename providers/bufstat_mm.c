// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat/mm/node<N>/<zone>: memory of the machine, of NUMA nodes and zones.
 *
 *   group			is of			sampled from
 *   bufstat_mm			mm/ and its nodes	the kernel's arrays;
 *							struct bufstat_mm_node
 *   bufstat_mm_machine		mm/			the kernel's variables
 *   bufstat_mm_numa		nodes			struct bufstat_mm_node
 *   bufstat_mm_zone		zones			struct zone
 *
 * Nodes that have memory are shown, and in them the zones that have.  A kernel
 * without NUMA has one node, node0.
 *
 * The numbers are those of /sys/devices/system/node/node<N>/meminfo and of
 * /proc/meminfo, read from the same counters.  Changes that a CPU has not folded
 * into these counters yet are missing here as there, and what is negative
 * because of them is 0.  That is why the machine's own numbers can differ from
 * the sum over the nodes for a moment, and why mm/ has them and no such sums.
 * Nodes in turn have their own numbers, and no sums over zones.  Sums in mm/ are
 * those of events.
 *
 * Locks: bufstat_mm_lock protects bufstat_mm, the set of nodes and zones.  The
 * memory hotplug lock is outside of it: callbacks run while removal waits for
 * them under both, so they take neither.
 *
 * Lifetimes: pg_data_t and the zones in it are never freed.  The counters per
 * CPU of a zone are, when its last memory goes offline: bufstat_mm_leaving.
 */
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/statsfs.h>
#include <linux/vmstat.h>

#include "bufstat.h"

/**
 * struct bufstat_mm_sample - memory of a node or the machine, in bytes
 * @total: pages that the page allocator manages (zone->managed_pages, of the
 *	machine totalram_pages()); MemTotal of meminfo
 * @free: NR_FREE_PAGES of all zones; MemFree
 * @used: @total without @free; MemUsed, only in a node's meminfo
 * @swap_cached: NR_SWAPCACHE, in memory and in the swap area; SwapCached
 * @active: @active_anon and @active_file; Active
 * @inactive: @inactive_anon and @inactive_file; Inactive
 * @active_anon: NR_ACTIVE_ANON, anonymous and shared memory that was used
 *	lately; Active(anon)
 * @inactive_anon: NR_INACTIVE_ANON, that was not; Inactive(anon)
 * @active_file: NR_ACTIVE_FILE, page cache that was used lately; Active(file)
 * @inactive_file: NR_INACTIVE_FILE, that was not; Inactive(file)
 * @unevictable: NR_UNEVICTABLE, cannot be reclaimed; Unevictable
 * @mlocked: NR_MLOCK of all zones, locked by mlock(); Mlocked
 * @dirty: NR_FILE_DIRTY, waiting to be written back; Dirty
 * @writeback: NR_WRITEBACK, being written back; Writeback
 * @file: NR_FILE_PAGES, the page cache with buffers, shared memory and the swap
 *	cache; FilePages of a node; of the machine Cached, Buffers and SwapCached
 * @mapped: NR_FILE_MAPPED, mapped files; Mapped
 * @anon: NR_ANON_MAPPED, mapped anonymous memory; AnonPages
 * @shmem: NR_SHMEM, shared memory and tmpfs; Shmem
 * @kernel_stack: NR_KERNEL_STACK_KB, which is in kB; KernelStack
 * @shadow_call_stack: NR_KERNEL_SCS_KB, which is in kB; ShadowCallStack
 * @page_tables: NR_PAGETABLE; PageTables
 * @secondary_page_tables: NR_SECONDARY_PAGETABLE, those of virtual machines and
 *	the like; SecPageTables
 * @bounce: NR_BOUNCE of all zones, copies for disks that cannot reach all
 *	memory; Bounce
 * @writeback_temp: NR_WRITEBACK_TEMP, FUSE's copies of what is being written;
 *	WritebackTmp
 * @kernel_reclaimable: @slab_reclaimable and NR_KERNEL_MISC_RECLAIMABLE;
 *	KReclaimable
 * @slab: @slab_reclaimable and @slab_unreclaimable; Slab
 * @slab_reclaimable: NR_SLAB_RECLAIMABLE_B, which is in pages; SReclaimable
 * @slab_unreclaimable: NR_SLAB_UNRECLAIMABLE_B, which is in pages; SUnreclaim
 * @anon_huge: NR_ANON_THPS, transparent huge pages of @anon; AnonHugePages
 * @shmem_huge: NR_SHMEM_THPS, huge pages of @shmem; ShmemHugePages
 * @shmem_huge_mapped: NR_SHMEM_PMDMAPPED, mapped as such; ShmemPmdMapped
 * @file_huge: NR_FILE_THPS, huge pages of other files; FileHugePages
 * @file_huge_mapped: NR_FILE_PMDMAPPED, mapped as such; FilePmdMapped
 *
 * Of the node items that are not said to be otherwise, the kernel keeps pages.
 */
struct bufstat_mm_sample {
	u64 total;
	u64 free;
	u64 used;
	u64 swap_cached;
	u64 active;
	u64 inactive;
	u64 active_anon;
	u64 inactive_anon;
	u64 active_file;
	u64 inactive_file;
	u64 unevictable;
	u64 mlocked;
	u64 dirty;
	u64 writeback;
	u64 file;
	u64 mapped;
	u64 anon;
	u64 shmem;
	u64 kernel_stack;
	u64 shadow_call_stack;
	u64 page_tables;
	u64 secondary_page_tables;
	u64 bounce;
	u64 writeback_temp;
	u64 kernel_reclaimable;
	u64 slab;
	u64 slab_reclaimable;
	u64 slab_unreclaimable;
	u64 anon_huge;
	u64 shmem_huge;
	u64 shmem_huge_mapped;
	u64 file_huge;
	u64 file_huge_mapped;
};

#define BUFSTAT_MM_BYTES(type, field, aggr, text)			\
	STATSFS_VALUE(#field, struct type, field, aggr, 0444,		\
		      STAT_KIND_INSTANT, STATSFS_BYTES, .desc = (text))
/* Summed in numa/node<N>/mm, where the node is alone; mm/ has its own. */
#define BUFSTAT_MM(field, desc)						\
	BUFSTAT_MM_BYTES(bufstat_mm_sample, field, STAT_AGGR_SUM, desc)

static const struct statsfs_value bufstat_mm_values[] = {
	BUFSTAT_MM(total, "memory that the page allocator manages"),
	BUFSTAT_MM(free, "memory that nobody uses"),
	BUFSTAT_MM(used, "memory that somebody uses"),
#ifdef CONFIG_SWAP
	BUFSTAT_MM(swap_cached, "memory that is in the swap area, too"),
#endif
	BUFSTAT_MM(active, "memory that was used lately"),
	BUFSTAT_MM(inactive, "memory that was not used lately"),
	BUFSTAT_MM(active_anon, "anonymous memory that was used lately"),
	BUFSTAT_MM(inactive_anon, "anonymous memory that was not used lately"),
	BUFSTAT_MM(active_file, "page cache that was used lately"),
	BUFSTAT_MM(inactive_file, "page cache that was not used lately"),
	BUFSTAT_MM(unevictable, "memory that cannot be reclaimed"),
	BUFSTAT_MM(mlocked, "memory that is locked by mlock"),
	BUFSTAT_MM(dirty, "page cache that waits to be written back"),
	BUFSTAT_MM(writeback, "page cache that is being written back"),
	BUFSTAT_MM(file, "page cache, with buffers and shared memory"),
	BUFSTAT_MM(mapped, "page cache that is mapped by processes"),
	BUFSTAT_MM(anon, "mapped anonymous memory"),
	BUFSTAT_MM(shmem, "shared memory and tmpfs"),
	BUFSTAT_MM(kernel_stack, "kernel stacks"),
#ifdef CONFIG_SHADOW_CALL_STACK
	BUFSTAT_MM(shadow_call_stack, "shadow call stacks of the kernel"),
#endif
	BUFSTAT_MM(page_tables, "page tables of processes"),
	BUFSTAT_MM(secondary_page_tables, "page tables of virtual machines"),
#ifdef STATSFS_HAS_NR_BOUNCE
	BUFSTAT_MM(bounce, "copies for disks that cannot reach all memory"),
#endif
#ifdef STATSFS_HAS_NR_WRITEBACK_TEMP
	BUFSTAT_MM(writeback_temp, "copies by FUSE of what is being written"),
#endif
	BUFSTAT_MM(kernel_reclaimable, "kernel memory that can be reclaimed"),
	BUFSTAT_MM(slab, "slab caches"),
	BUFSTAT_MM(slab_reclaimable, "slab caches that can be shrunk"),
	BUFSTAT_MM(slab_unreclaimable, "other slab caches"),
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	BUFSTAT_MM(anon_huge, "huge pages of anonymous memory"),
	BUFSTAT_MM(shmem_huge, "huge pages of shared memory"),
	BUFSTAT_MM(shmem_huge_mapped, "those that are mapped as such"),
	BUFSTAT_MM(file_huge, "huge pages of the page cache of files"),
	BUFSTAT_MM(file_huge_mapped, "those that are mapped as such"),
#endif
};

/**
 * struct bufstat_mm_machine_sample - what is known of the machine only, in bytes
 * @available: estimate of what new programs can have without swapping,
 *	si_mem_available(); MemAvailable of /proc/meminfo
 * @buffers: page cache of disks, sysinfo.bufferram; Buffers
 * @cached: &bufstat_mm_sample.file without @buffers and the swap cache; Cached
 * @committed: memory that was promised to processes, vm_memory_committed();
 *	Committed_AS
 */
struct bufstat_mm_machine_sample {
	u64 available;
	u64 buffers;
	u64 cached;
	u64 committed;
};

#define BUFSTAT_MM_MACHINE(field, desc)					\
	BUFSTAT_MM_BYTES(bufstat_mm_machine_sample, field, STAT_AGGR_NONE, desc)

static const struct statsfs_value bufstat_mm_machine_values[] = {
	BUFSTAT_MM_MACHINE(available, "estimate of what new programs can have"),
	BUFSTAT_MM_MACHINE(buffers, "page cache of disks"),
	BUFSTAT_MM_MACHINE(cached, "page cache of files, and shared memory"),
	BUFSTAT_MM_MACHINE(committed, "memory that was promised to processes"),
};

/**
 * struct bufstat_mm_zone_sample - memory of a zone, in bytes
 * @free: NR_FREE_PAGES of the zone; "pages free" of /proc/zoneinfo
 * @managed: zone->managed_pages, pages that the page allocator manages;
 *	"managed" there
 */
struct bufstat_mm_zone_sample {
	u64 free;
	u64 managed;
};

/* The node has numbers of its own. */
#define BUFSTAT_MM_ZONE(field, desc)					\
	BUFSTAT_MM_BYTES(bufstat_mm_zone_sample, field, STAT_AGGR_NONE, desc)

static const struct statsfs_value bufstat_mm_zone_values[] = {
	BUFSTAT_MM_ZONE(free, "memory of the zone that nobody uses"),
	BUFSTAT_MM_ZONE(managed, "memory of the zone, free or used"),
};

/**
 * struct bufstat_mm_numa_sample - where pages were allocated, events
 * @hit: NUMA_HIT, pages of this node for who wanted this node; numa_hit of
 *	/sys/devices/system/node/node<N>/numastat
 * @miss: NUMA_MISS, pages of this node for who wanted another; numa_miss
 * @foreign: NUMA_FOREIGN, pages of another node for who wanted this one;
 *	numa_foreign
 * @interleave: NUMA_INTERLEAVE_HIT, pages of this node when it was its turn;
 *	interleave_hit
 * @local: NUMA_LOCAL, pages of this node for one of its CPUs; local_node
 * @other: NUMA_OTHER, pages of this node for CPUs of others; other_node
 *
 * The sums over the nodes are called numa_* in /proc/vmstat.  The kernel stops
 * counting, and sets all to 0, when vm.numa_stat is set to 0.
 */
struct bufstat_mm_numa_sample {
	u64 hit;
	u64 miss;
	u64 foreign;
	u64 interleave;
	u64 local;
	u64 other;
};

#define BUFSTAT_MM_EVENTS(field, desc)					\
	STATSFS_COUNTER("numa_" #field, struct bufstat_mm_numa_sample,	\
			field, STATSFS_NONE, desc)

static const struct statsfs_value bufstat_mm_numa_values[] = {
	BUFSTAT_MM_EVENTS(hit, "pages of the node for who wanted it"),
	BUFSTAT_MM_EVENTS(miss, "pages of the node for who wanted another"),
	BUFSTAT_MM_EVENTS(foreign, "pages of others for who wanted the node"),
	BUFSTAT_MM_EVENTS(interleave, "pages of the node in its turn"),
	BUFSTAT_MM_EVENTS(local, "pages of the node for its own CPUs"),
	BUFSTAT_MM_EVENTS(other, "pages of the node for other CPUs"),
};

#ifdef CONFIG_NUMA
#define BUFSTAT_MM_NR_EVENTS	NR_VM_NUMA_EVENT_ITEMS
#else
#define BUFSTAT_MM_NR_EVENTS	0
#endif

/**
 * struct bufstat_mm_events - events of all zones of a node
 * @folded: those that the kernel has folded into the zones' own counters
 * @all: these and those that are in the counters per CPU
 */
struct bufstat_mm_events {
	unsigned long folded[BUFSTAT_MM_NR_EVENTS];
	unsigned long all[BUFSTAT_MM_NR_EVENTS];
};

/**
 * struct bufstat_mm_node - a node
 * @pgdat: the kernel's
 * @lock: protects @seen
 * @seen: the events that were reported last
 */
struct bufstat_mm_node {
	pg_data_t *pgdat;
	spinlock_t lock; /* protects seen */
	struct bufstat_mm_events seen;
};

/* By number, also those that do not exist. */
static struct bufstat_mm_node *bufstat_mm_nodes;

/*
 * The zone that is going to lose its last memory, and with it its counters per
 * CPU.  Who looks at these does so under RCU.
 */
static struct zone *bufstat_mm_leaving;

#define for_each_zone_of(zone, pgdat)					\
	for ((zone) = (pgdat)->node_zones;				\
	     (zone) < (pgdat)->node_zones + MAX_NR_ZONES; (zone)++)

static u64 bufstat_mm_bytes(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

/* Nodes and the machine have the same array, with other names for reading it. */
static unsigned long bufstat_mm_item(const atomic_long_t *items,
				     enum node_stat_item item)
{
	return max(atomic_long_read(&items[item]), 0L);
}

static u64 bufstat_mm_item_bytes(const atomic_long_t *items,
				 enum node_stat_item item)
{
	return bufstat_mm_bytes(bufstat_mm_item(items, item));
}

static void bufstat_mm_sample_lru(struct bufstat_mm_sample *s,
				  const atomic_long_t *items)
{
	s->active_anon = bufstat_mm_item_bytes(items, NR_ACTIVE_ANON);
	s->inactive_anon = bufstat_mm_item_bytes(items, NR_INACTIVE_ANON);
	s->active_file = bufstat_mm_item_bytes(items, NR_ACTIVE_FILE);
	s->inactive_file = bufstat_mm_item_bytes(items, NR_INACTIVE_FILE);
	s->active = s->active_anon + s->active_file;
	s->inactive = s->inactive_anon + s->inactive_file;
	s->unevictable = bufstat_mm_item_bytes(items, NR_UNEVICTABLE);
}

static void bufstat_mm_sample_files(struct bufstat_mm_sample *s,
				    const atomic_long_t *items)
{
#ifdef CONFIG_SWAP
	s->swap_cached = bufstat_mm_item_bytes(items, NR_SWAPCACHE);
#endif
	s->dirty = bufstat_mm_item_bytes(items, NR_FILE_DIRTY);
	s->writeback = bufstat_mm_item_bytes(items, NR_WRITEBACK);
#ifdef STATSFS_HAS_NR_WRITEBACK_TEMP
	s->writeback_temp = bufstat_mm_item_bytes(items, NR_WRITEBACK_TEMP);
#endif
	s->file = bufstat_mm_item_bytes(items, NR_FILE_PAGES);
	s->mapped = bufstat_mm_item_bytes(items, NR_FILE_MAPPED);
	s->anon = bufstat_mm_item_bytes(items, NR_ANON_MAPPED);
	s->shmem = bufstat_mm_item_bytes(items, NR_SHMEM);
	s->anon_huge = bufstat_mm_item_bytes(items, NR_ANON_THPS);
	s->shmem_huge = bufstat_mm_item_bytes(items, NR_SHMEM_THPS);
	s->shmem_huge_mapped = bufstat_mm_item_bytes(items, NR_SHMEM_PMDMAPPED);
	s->file_huge = bufstat_mm_item_bytes(items, NR_FILE_THPS);
	s->file_huge_mapped = bufstat_mm_item_bytes(items, NR_FILE_PMDMAPPED);
}

static void bufstat_mm_sample_kernel(struct bufstat_mm_sample *s,
				     const atomic_long_t *items)
{
	s->kernel_stack = (u64)bufstat_mm_item(items, NR_KERNEL_STACK_KB) << 10;
#ifdef CONFIG_SHADOW_CALL_STACK
	s->shadow_call_stack = (u64)bufstat_mm_item(items, NR_KERNEL_SCS_KB) << 10;
#endif
	s->page_tables = bufstat_mm_item_bytes(items, NR_PAGETABLE);
	s->secondary_page_tables =
		bufstat_mm_item_bytes(items, NR_SECONDARY_PAGETABLE);
	s->slab_reclaimable = bufstat_mm_item_bytes(items, NR_SLAB_RECLAIMABLE_B);
	s->slab_unreclaimable =
		bufstat_mm_item_bytes(items, NR_SLAB_UNRECLAIMABLE_B);
	s->slab = s->slab_reclaimable + s->slab_unreclaimable;
	s->kernel_reclaimable = s->slab_reclaimable +
		bufstat_mm_item_bytes(items, NR_KERNEL_MISC_RECLAIMABLE);
}

static void bufstat_mm_sample_items(struct bufstat_mm_sample *s,
				    const atomic_long_t *items)
{
	s->used = s->total - min(s->total, s->free);
	bufstat_mm_sample_lru(s, items);
	bufstat_mm_sample_files(s, items);
	bufstat_mm_sample_kernel(s, items);
}

static int bufstat_mm_sample_node(void *data, void *sample)
{
	struct bufstat_mm_sample *s = sample;
	struct bufstat_mm_node *node = data;
	struct zone *zone;

	for_each_zone_of(zone, node->pgdat) {
		s->total += bufstat_mm_bytes(zone_managed_pages(zone));
		s->free += bufstat_mm_bytes(zone_page_state(zone, NR_FREE_PAGES));
		s->mlocked += bufstat_mm_bytes(zone_page_state(zone, NR_MLOCK));
#ifdef STATSFS_HAS_NR_BOUNCE
		s->bounce += bufstat_mm_bytes(zone_page_state(zone, NR_BOUNCE));
#endif
	}
	bufstat_mm_sample_items(s, node->pgdat->vm_stat);
	return 0;
}

static const struct statsfs_sampler bufstat_mm_node_sampler = {
	.size = sizeof(struct bufstat_mm_sample),
	.sample = bufstat_mm_sample_node,
};

static int bufstat_mm_sample_all(void *unused, void *sample)
{
	struct bufstat_mm_sample *s = sample;

	s->total = bufstat_mm_bytes(totalram_pages());
	s->free = bufstat_mm_bytes(global_zone_page_state(NR_FREE_PAGES));
	s->mlocked = bufstat_mm_bytes(global_zone_page_state(NR_MLOCK));
#ifdef STATSFS_HAS_NR_BOUNCE
	s->bounce = bufstat_mm_bytes(global_zone_page_state(NR_BOUNCE));
#endif
	bufstat_mm_sample_items(s, vm_node_stat);
	return 0;
}

static const struct statsfs_sampler bufstat_mm_all_sampler = {
	.size = sizeof(struct bufstat_mm_sample),
	.sample = bufstat_mm_sample_all,
};

static int bufstat_mm_sample_machine(void *unused, void *sample)
{
	struct bufstat_mm_machine_sample *s = sample;
	struct sysinfo info;
	u64 file, other;

	si_meminfo(&info);
	s->available = bufstat_mm_bytes(si_mem_available());
	s->buffers = bufstat_mm_bytes(info.bufferram);
	file = bufstat_mm_item_bytes(vm_node_stat, NR_FILE_PAGES);
	other = s->buffers;
#ifdef CONFIG_SWAP
	other += bufstat_mm_item_bytes(vm_node_stat, NR_SWAPCACHE);
#endif
	s->cached = file - min(file, other);
	s->committed = bufstat_mm_bytes(vm_memory_committed());
	return 0;
}

static const struct statsfs_sampler bufstat_mm_machine_sampler = {
	.size = sizeof(struct bufstat_mm_machine_sample),
	.sample = bufstat_mm_sample_machine,
};

static int bufstat_mm_sample_zone(void *data, void *sample)
{
	struct bufstat_mm_zone_sample *s = sample;
	struct zone *zone = data;

	s->free = bufstat_mm_bytes(zone_page_state(zone, NR_FREE_PAGES));
	s->managed = bufstat_mm_bytes(zone_managed_pages(zone));
	return 0;
}

static const struct statsfs_sampler bufstat_mm_zone_sampler = {
	.size = sizeof(struct bufstat_mm_zone_sample),
	.sample = bufstat_mm_sample_zone,
};

#ifdef CONFIG_NUMA

static unsigned long bufstat_mm_folded(pg_data_t *pgdat, int item)
{
	unsigned long events = 0;
	struct zone *zone;

	for_each_zone_of(zone, pgdat)
		events += zone_numa_event_state(zone, item);
	return events;
}

/* Of all CPUs: those that are offline have folded theirs, or do so now. */
static unsigned long bufstat_mm_unfolded(pg_data_t *pgdat, int item)
{
	unsigned long events = 0;
	struct zone *zone;
	int cpu;

	guard(rcu)();
	for_each_zone_of(zone, pgdat) {
		/* Pairs with bufstat_mm_event(): it left, then it was empty. */
		if (zone == smp_load_acquire(&bufstat_mm_leaving) ||
		    !populated_zone(zone))
			continue;
		for_each_possible_cpu(cpu)
			events += READ_ONCE(per_cpu_ptr(zone->per_cpu_zonestats,
							cpu)->vm_numa_event[item]);
	}
	return events;
}

/*
 * The kernel folds by taking from the counters per CPU, then adding to those of
 * the zone.  What it is just carrying is missed, never counted twice: what was
 * there after the second step is there before the next look.
 */
static void bufstat_mm_read_events(pg_data_t *pgdat, int item,
				   unsigned long *folded, unsigned long *all)
{
	do {
		*folded = bufstat_mm_folded(pgdat, item);
		smp_rmb();	/* fold_vm_numa_events() uses atomics only */
		*all = *folded + bufstat_mm_unfolded(pgdat, item);
		smp_rmb();	/* the same */
	} while (*folded != bufstat_mm_folded(pgdat, item));
}

/*
 * What was missed leaves the number as it was, but folded events grow fewer only
 * when the kernel starts again from 0.
 */
static u64 bufstat_mm_count_events(struct bufstat_mm_node *node, int item)
{
	struct bufstat_mm_events *seen = &node->seen;
	unsigned long folded, all;

	bufstat_mm_read_events(node->pgdat, item, &folded, &all);
	if (!folded || (long)(folded - seen->folded[item]) < 0 ||
	    (long)(all - seen->all[item]) > 0)
		seen->all[item] = all;
	seen->folded[item] = folded;
	return seen->all[item];
}

static int bufstat_mm_sample_numa(void *data, void *sample)
{
	struct bufstat_mm_numa_sample *s = sample;
	struct bufstat_mm_node *node = data;

	guard(spinlock)(&node->lock);
	s->hit = bufstat_mm_count_events(node, NUMA_HIT);
	s->miss = bufstat_mm_count_events(node, NUMA_MISS);
	s->foreign = bufstat_mm_count_events(node, NUMA_FOREIGN);
	s->interleave = bufstat_mm_count_events(node, NUMA_INTERLEAVE_HIT);
	s->local = bufstat_mm_count_events(node, NUMA_LOCAL);
	s->other = bufstat_mm_count_events(node, NUMA_OTHER);
	return 0;
}

#else

static int bufstat_mm_sample_numa(void *data, void *sample)
{
	return -EOPNOTSUPP;
}

#endif /* CONFIG_NUMA */

static const struct statsfs_sampler bufstat_mm_numa_sampler = {
	.size = sizeof(struct bufstat_mm_numa_sample),
	.sample = bufstat_mm_sample_numa,
};

static int bufstat_mm_fill(struct statsfs_source *source, void *node)
{
	int err = statsfs_source_add_sampled(source, bufstat_mm_values,
					     ARRAY_SIZE(bufstat_mm_values),
					     &bufstat_mm_node_sampler, node);

	if (err || !IS_ENABLED(CONFIG_NUMA))
		return err;
	return statsfs_source_add_sampled(source, bufstat_mm_numa_values,
					  ARRAY_SIZE(bufstat_mm_numa_values),
					  &bufstat_mm_numa_sampler, node);
}

static int bufstat_mm_fill_zone(struct statsfs_source *source, void *zone)
{
	return statsfs_source_add_sampled(source, bufstat_mm_zone_values,
					  ARRAY_SIZE(bufstat_mm_zone_values),
					  &bufstat_mm_zone_sampler, zone);
}

static int bufstat_mm_fill_machine(struct statsfs_source *source, void *set)
{
	int err = statsfs_source_add_sampled(source, bufstat_mm_values,
					     ARRAY_SIZE(bufstat_mm_values),
					     &bufstat_mm_all_sampler, set);

	if (err)
		return err;
	return statsfs_source_add_sampled(source, bufstat_mm_machine_values,
					  ARRAY_SIZE(bufstat_mm_machine_values),
					  &bufstat_mm_machine_sampler, set);
}

static struct bufstat_devices bufstat_mm = {
	.name = "mm",
	.fill = bufstat_mm_fill,
	.fill_part = bufstat_mm_fill_zone,
	.fill_directory = bufstat_mm_fill_machine,
	.numa = true,
};

static DEFINE_MUTEX(bufstat_mm_lock);

static void bufstat_mm_add_node(int nid, const char *name)
{
	struct bufstat_mm_node *node = &bufstat_mm_nodes[nid];

	if (bufstat_device_known(&bufstat_mm, node))
		return;
	node->pgdat = NODE_DATA(nid);
	memset(&node->seen, 0, sizeof(node->seen));
	bufstat_device_add(&bufstat_mm, node, nid, name, name);
}

static void bufstat_mm_update_zones(int nid, const char *name)
{
	char fallback[BUFSTAT_FALLBACK_SIZE];
	struct zone *zone;

	for_each_zone_of(zone, NODE_DATA(nid)) {
		if (!populated_zone(zone)) {
			bufstat_device_remove(&bufstat_mm, zone);
			continue;
		}
		snprintf(fallback, sizeof(fallback), ":%d",
			 (int)zone_idx(zone));
		bufstat_device_add_part(&bufstat_mm, &bufstat_mm_nodes[nid],
					name, zone, zone->name, fallback);
	}
}

/* Shows the nodes and zones that have memory now, and no others. */
static void bufstat_mm_update(void)
{
	char name[BUFSTAT_FALLBACK_SIZE];
	int nid;

	mutex_lock(&bufstat_mm_lock);
	for_each_online_node(nid) {
		snprintf(name, sizeof(name), "node%d", nid);
		if (node_state(nid, N_MEMORY))
			bufstat_mm_add_node(nid, name);
		bufstat_mm_update_zones(nid, name);
		if (!node_state(nid, N_MEMORY))
			bufstat_device_remove(&bufstat_mm,
					      &bufstat_mm_nodes[nid]);
	}
	mutex_unlock(&bufstat_mm_lock);
}

/* Waits for who might look at what is freed soon. */
static void bufstat_mm_leave(const struct memory_notify *memory)
{
	struct zone *zone = page_zone(pfn_to_page(memory->start_pfn));

	if (zone->present_pages > memory->nr_pages)
		return;
	WRITE_ONCE(bufstat_mm_leaving, zone);
	synchronize_rcu();
}

/*
 * Which node is concerned is told in different ways by different kernels.
 * Looking at all of them is cheap beside onlining a block of memory.  A node is
 * still online when the last of its memory has gone.  The kernel does one of
 * these things at a time.
 */
static int bufstat_mm_event(struct notifier_block *nb, unsigned long event,
			    void *memory)
{
	switch (event) {
	case MEM_GOING_OFFLINE:
		bufstat_mm_leave(memory);
		break;
	case MEM_CANCEL_OFFLINE:
	case MEM_OFFLINE:
	case MEM_ONLINE:
		/* Pairs with bufstat_mm_unfolded(). */
		smp_store_release(&bufstat_mm_leaving, NULL);
		bufstat_mm_update();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block bufstat_mm_notifier = {
	.notifier_call = bufstat_mm_event,
};

static int __init bufstat_mm_alloc_nodes(void)
{
	int nid;

	bufstat_mm_nodes = kcalloc(nr_node_ids, sizeof(*bufstat_mm_nodes),
				   GFP_KERNEL);
	if (!bufstat_mm_nodes)
		return -ENOMEM;
	for (nid = 0; nid < nr_node_ids; nid++)
		spin_lock_init(&bufstat_mm_nodes[nid].lock);
	return 0;
}

static int __init bufstat_mm_init(void)
{
	int err = bufstat_mm_alloc_nodes();

	if (err)
		return err;
	err = bufstat_devices_init(&bufstat_mm);
	if (err)
		goto free_nodes;
	err = register_memory_notifier(&bufstat_mm_notifier);
	if (err)
		goto exit_devices;
	bufstat_mm_update();
	return 0;

exit_devices:
	bufstat_devices_exit(&bufstat_mm);
free_nodes:
	kfree(bufstat_mm_nodes);
	return err;
}
module_init(bufstat_mm_init);

static void __exit bufstat_mm_exit(void)
{
	unregister_memory_notifier(&bufstat_mm_notifier);
	bufstat_devices_exit(&bufstat_mm);
	kfree(bufstat_mm_nodes);
}
module_exit(bufstat_mm_exit);

MODULE_DESCRIPTION("Buffer statistics of memory");
MODULE_LICENSE("GPL");
