// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat/blk/<disk>/<partition>: buffers and I/O of disks and partitions.
 *
 * A disk's own numbers contain those of its partitions.  It is a boundary, so
 * that partitions, which have the same table of values, are not counted again
 * in blk/, where sums over all disks are.  What passes through stacked disks
 * (device mapper, loop) counts in each of them.  Hidden disks, the paths of a
 * multipath disk, are left out.
 *
 *   group		is of			sampled from
 *   bufstat_blk	disks, partitions	struct block_device
 *   bufstat_blk_disk	disks			struct gendisk
 *   bufstat_blk_queue	disks with a queue	struct gendisk
 *			of requests
 *
 * The names are those of the disks and partitions in sysfs.  Those that statsfs
 * refuses become ":<major>:<minor>".
 *
 * Locks: the mutex of the block class protects bufstat_blk, the set of disks:
 * the class interface is called under it, also for the disks that exist when it
 * is registered and unregistered.  Callbacks run while removal waits for them
 * under that mutex, so they take neither it nor a disk's open_mutex, which is
 * held around it for partitions, nor wait for a queue.  Removal of a disk takes
 * the mutex with I/O stopped: memory is therefore allocated without starting
 * I/O.
 *
 * Lifetimes: the source of a disk or partition is removed in device_del(),
 * before its struct block_device, the queue, its tags and the backing device
 * are torn down, so that the groups hold no reference to them.  Partitions go
 * before their disk, or with it when the module does; a disk's counters were
 * set to 0 shortly before.  A disk looks at its partitions under RCU, which
 * frees them.
 */
#include <linux/backing-dev.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/part_stat.h>
#include <linux/percpu-refcount.h>
#include <linux/sched/mm.h>
#include <linux/statsfs.h>
#include <linux/xarray.h>

#include "bufstat.h"

/**
 * struct bufstat_blk_requests - requests of one kind that were completed
 * @requests: their number, &disk_stats.ios
 * @merges: how many were merged into another one, &disk_stats.merges
 * @bytes: bytes that they moved, &disk_stats.sectors of 512 bytes
 * @ns: nanoseconds that they took, in sum, &disk_stats.nsecs
 *
 * Drivers that make no requests count at their beginning, and their time in
 * ticks of the clock.
 */
struct bufstat_blk_requests {
	u64 requests;
	u64 merges;
	u64 bytes;
	u64 ns;
};

/**
 * struct bufstat_blk_sample - what one read of a disk or partition gives
 * @read: fields 1 to 4 of /sys/block/<disk>/stat and
 *	/sys/block/<disk>/<partition>/stat, where bytes are in sectors of 512
 *	and times in milliseconds
 * @write: fields 5 to 8, without discards and flushes
 * @discard: fields 12 to 15
 * @in_flight_reads: reads that the driver is working on; the first number in
 *	the file inflight beside stat.  Without requests: those that were begun,
 *	of a disk without those of its partitions
 * @in_flight_writes: the same of writes, discards and flushes; the second
 *	number there
 * @busy_ns: time in which something was in flight, in nanoseconds, as exact as
 *	the kernel's clock ticks; field 10, which is in milliseconds.  It is
 *	&disk_stats.io_ticks and, while something is in flight, the time since
 *	the last change (&block_device.bd_stamp), which the kernel adds when it
 *	reports.  The kernel may take another view of that time later, and
 *	count less
 * @cached_bytes: page cache of the block device, a disk's with its partitions,
 *	in bytes: what file systems keep their metadata in, and what was read or
 *	written through the device; the sum over disks is Buffers in
 *	/proc/meminfo
 *
 * Counters are of struct disk_stats.  Those of type unsigned long wrap
 * accordingly on 32-bit kernels.  Where statistics are switched off
 * (/sys/block/<disk>/queue/iostats), or the driver keeps none, they stand still
 * as the kernel's do.
 */
struct bufstat_blk_sample {
	struct bufstat_blk_requests read;
	struct bufstat_blk_requests write;
	struct bufstat_blk_requests discard;
	u64 in_flight_reads;
	u64 in_flight_writes;
	u64 busy_ns;
	u64 cached_bytes;
};

#define BUFSTAT_BLK_COUNTER(name, field, unit, desc) \
	STATSFS_COUNTER(#name, struct bufstat_blk_sample, field, unit, desc)
#define BUFSTAT_BLK_TIME(name, field, desc)				\
	STATSFS_COUNTER(#name, struct bufstat_blk_sample, field,	\
			STATSFS_NANOSECONDS, desc)
#define BUFSTAT_BLK_GAUGE(name, unit, desc) \
	STATSFS_GAUGE(#name, struct bufstat_blk_sample, name, unit, desc)

static const struct statsfs_value bufstat_blk_values[] = {
	BUFSTAT_BLK_COUNTER(reads, read.requests, STATSFS_NONE,
			    "read requests completed"),
	BUFSTAT_BLK_COUNTER(read_merges, read.merges, STATSFS_NONE,
			    "read requests merged into others"),
	BUFSTAT_BLK_COUNTER(read_bytes, read.bytes, STATSFS_BYTES,
			    "bytes read"),
	BUFSTAT_BLK_TIME(read_ns, read.ns,
			 "time that read requests took, in sum"),
	BUFSTAT_BLK_COUNTER(writes, write.requests, STATSFS_NONE,
			    "write requests completed"),
	BUFSTAT_BLK_COUNTER(write_merges, write.merges, STATSFS_NONE,
			    "write requests merged into others"),
	BUFSTAT_BLK_COUNTER(write_bytes, write.bytes, STATSFS_BYTES,
			    "bytes written"),
	BUFSTAT_BLK_TIME(write_ns, write.ns,
			 "time that write requests took, in sum"),
	BUFSTAT_BLK_COUNTER(discards, discard.requests, STATSFS_NONE,
			    "discard requests completed"),
	BUFSTAT_BLK_COUNTER(discard_merges, discard.merges, STATSFS_NONE,
			    "discard requests merged into others"),
	BUFSTAT_BLK_COUNTER(discard_bytes, discard.bytes, STATSFS_BYTES,
			    "bytes discarded"),
	BUFSTAT_BLK_TIME(discard_ns, discard.ns,
			 "time that discard requests took, in sum"),
	BUFSTAT_BLK_GAUGE(in_flight_reads, STATSFS_NONE,
			  "reads that the driver works on"),
	BUFSTAT_BLK_GAUGE(in_flight_writes, STATSFS_NONE,
			  "writes, discards and flushes that the driver works on"),
	BUFSTAT_BLK_TIME(busy_ns, busy_ns,
			 "time in which something was in flight"),
	BUFSTAT_BLK_GAUGE(cached_bytes, STATSFS_BYTES,
			  "page cache of the block device and its partitions"),
};

/**
 * struct bufstat_blk_disk_sample - what is known of whole disks only
 * @flushes: flushes completed, &disk_stats.ios of the disk; field 16 of
 *	/sys/block/<disk>/stat
 * @flush_ns: nanoseconds that they took, in sum, &disk_stats.nsecs; field 17,
 *	which is in milliseconds
 * @dirty_bytes: page cache that waits to be written to the disk, its own and
 *	that of file systems on it; WB_RECLAIMABLE of its backing device;
 *	BdiReclaimable of /sys/kernel/debug/bdi/<major>:<minor>/stats, in kB
 * @writeback_bytes: page cache that is being written to the disk; WB_WRITEBACK;
 *	BdiWriteback there
 * @dirtied_bytes: page cache that has become dirty so far; WB_DIRTIED;
 *	BdiDirtied there.  The kernel takes off what was dirtied again before it
 *	was written: signed, since it can be less than at the last reset
 * @written_bytes: page cache that has been written so far; WB_WRITTEN;
 *	BdiWritten there
 *
 * The kernel keeps the last four in batches per CPU, of which only complete
 * ones are in its report and here.  Its report, and so these, is about all
 * control groups or about the root group, as the kernel has it.
 */
struct bufstat_blk_disk_sample {
	u64 flushes;
	u64 flush_ns;
	u64 dirty_bytes;
	u64 writeback_bytes;
	s64 dirtied_bytes;
	u64 written_bytes;
};

#define BUFSTAT_BLK_DISK_COUNTER(name, unit, desc) \
	STATSFS_COUNTER(#name, struct bufstat_blk_disk_sample, name, unit, desc)
#define BUFSTAT_BLK_DISK_GAUGE(name, unit, desc) \
	STATSFS_GAUGE(#name, struct bufstat_blk_disk_sample, name, unit, desc)

static const struct statsfs_value bufstat_blk_disk_values[] = {
	BUFSTAT_BLK_DISK_COUNTER(flushes, STATSFS_NONE, "flushes completed"),
	STATSFS_COUNTER("flush_ns", struct bufstat_blk_disk_sample, flush_ns,
			STATSFS_NANOSECONDS, "time that flushes took, in sum"),
	BUFSTAT_BLK_DISK_GAUGE(dirty_bytes, STATSFS_BYTES,
			       "page cache that waits to be written to the disk"),
	BUFSTAT_BLK_DISK_GAUGE(writeback_bytes, STATSFS_BYTES,
			       "page cache that is being written to the disk"),
	BUFSTAT_BLK_DISK_COUNTER(dirtied_bytes, STATSFS_BYTES,
				 "page cache of the disk that became dirty"),
	BUFSTAT_BLK_DISK_COUNTER(written_bytes, STATSFS_BYTES,
				 "page cache that was written to the disk"),
};

/**
 * struct bufstat_blk_queue_sample - what is known of queues of requests
 * @queue_depth: how many requests the queue can have, &request_queue.nr_requests;
 *	/sys/block/<disk>/queue/nr_requests, which has a number without meaning
 *	where there is no such queue
 */
struct bufstat_blk_queue_sample {
	u64 queue_depth;
};

static const struct statsfs_value bufstat_blk_queue_values[] = {
	STATSFS_GAUGE("queue_depth", struct bufstat_blk_queue_sample,
		      queue_depth, STATSFS_NONE,
		      "requests that the queue can have"),
};

/**
 * struct bufstat_blk_count - requests of a disk or partition
 * @bdev: the disk or partition
 * @requests: how many of them were found, reads and writes
 */
struct bufstat_blk_count {
	struct block_device *bdev;
	unsigned int requests[2];
};

/* The kernel's test for what it reports as in flight. */
static bool bufstat_blk_count(struct request *rq, void *data)
{
	struct bufstat_blk_count *count = data;
	struct block_device *bdev = count->bdev;

	if (rq->q == bdev_get_queue(bdev) && rq->part &&
	    (!bdev_is_partition(bdev) || rq->part == bdev) &&
	    (rq->rq_flags & RQF_IO_STAT) &&
	    blk_mq_rq_state(rq) == MQ_RQ_IN_FLIGHT)
		count->requests[rq_data_dir(rq)]++;
	return true;
}

/*
 * The reference keeps the number of hardware queues, and so the array of tags,
 * from changing.  A frozen queue gives none: it has no requests.
 */
static void bufstat_blk_count_requests(struct bufstat_blk_count *count)
{
	struct request_queue *queue = bdev_get_queue(count->bdev);

	if (!percpu_ref_tryget(&queue->q_usage_counter))
		return;
	blk_mq_tagset_busy_iter(queue->tag_set, bufstat_blk_count, count);
	percpu_ref_put(&queue->q_usage_counter);
}

/* One can begin on one CPU and end on another that was added up before. */
static unsigned int bufstat_blk_count_bios(struct block_device *bdev, int dir)
{
	int bios = 0, cpu;

	for_each_possible_cpu(cpu)
		bios += part_stat_local_read_cpu(bdev, in_flight[dir], cpu);
	return max(bios, 0);
}

static void bufstat_blk_in_flight(struct bufstat_blk_count *count)
{
	if (queue_is_mq(bdev_get_queue(count->bdev))) {
		bufstat_blk_count_requests(count);
		return;
	}
	count->requests[READ] = bufstat_blk_count_bios(count->bdev, READ);
	count->requests[WRITE] = bufstat_blk_count_bios(count->bdev, WRITE);
}

/* What the kernel takes for a sign that the device is busy now. */
#ifndef bufstat_blk_is_busy
#define bufstat_blk_is_busy(count)	bdev_count_inflight((count)->bdev)
#endif

/*
 * The kernel sets the stamp first and adds to the ticks then.  Seen twice, both
 * belong together, but for somebody who is between the two all the while.
 */
static unsigned long bufstat_blk_ticks(struct block_device *bdev,
				       unsigned long *stamp)
{
	unsigned long ticks, again;

	do {
		*stamp = READ_ONCE(bdev->bd_stamp);
		ticks = part_stat_read(bdev, io_ticks);
		smp_rmb();	/* update_io_ticks() changes them by cmpxchg */
		again = part_stat_read(bdev, io_ticks);
	} while (ticks != again || *stamp != READ_ONCE(bdev->bd_stamp));
	return ticks;
}

/*
 * @now was read before requests were counted: what was found then and has begun
 * before @now was in flight all the time since the stamp.
 */
static u64 bufstat_blk_busy(struct block_device *bdev, unsigned long now,
			    bool busy)
{
	unsigned long stamp, ticks = bufstat_blk_ticks(bdev, &stamp);

	if (busy && time_after(now, stamp))
		ticks += now - stamp;
	return jiffies64_to_nsecs(ticks);
}

/* Of partition number 0 of a disk, which is the disk, and all the others. */
static u64 bufstat_blk_cached(struct block_device *bdev)
{
	struct block_device *part;
	unsigned long partno;
	u64 pages = 0;

	if (bdev_is_partition(bdev))
		return (u64)READ_ONCE(bdev->bd_mapping->nrpages) << PAGE_SHIFT;
	rcu_read_lock();
	xa_for_each(&bdev->bd_disk->part_tbl, partno, part)
		pages += READ_ONCE(part->bd_mapping->nrpages);
	rcu_read_unlock();
	return pages << PAGE_SHIFT;
}

/* In the types of the counters, to wrap where the kernel's sums do. */
static void bufstat_blk_read_stats(struct block_device *bdev,
				   struct disk_stats *sum)
{
	const struct disk_stats *stats;
	int cpu, group;

	for_each_possible_cpu(cpu) {
		stats = per_cpu_ptr(bdev->bd_stats, cpu);
		for (group = 0; group < NR_STAT_GROUPS; group++) {
			sum->ios[group] += READ_ONCE(stats->ios[group]);
			sum->merges[group] += READ_ONCE(stats->merges[group]);
			sum->sectors[group] += READ_ONCE(stats->sectors[group]);
			sum->nsecs[group] += READ_ONCE(stats->nsecs[group]);
		}
	}
}

static void bufstat_blk_requests(const struct disk_stats *stats, int group,
				 struct bufstat_blk_requests *requests)
{
	requests->requests = stats->ios[group];
	requests->merges = stats->merges[group];
	requests->bytes = (u64)stats->sectors[group] << SECTOR_SHIFT;
	requests->ns = stats->nsecs[group];
}

static int bufstat_blk_sample(void *data, void *sample)
{
	struct bufstat_blk_count count = { .bdev = data };
	struct bufstat_blk_sample *s = sample;
	unsigned long now = READ_ONCE(jiffies);
	struct disk_stats stats = {};

	bufstat_blk_in_flight(&count);
	s->in_flight_reads = count.requests[READ];
	s->in_flight_writes = count.requests[WRITE];
	s->busy_ns = bufstat_blk_busy(data, now, bufstat_blk_is_busy(&count));
	bufstat_blk_read_stats(data, &stats);
	bufstat_blk_requests(&stats, STAT_READ, &s->read);
	bufstat_blk_requests(&stats, STAT_WRITE, &s->write);
	bufstat_blk_requests(&stats, STAT_DISCARD, &s->discard);
	s->cached_bytes = bufstat_blk_cached(data);
	return 0;
}

static const struct statsfs_sampler bufstat_blk_sampler = {
	.size = sizeof(struct bufstat_blk_sample),
	.sample = bufstat_blk_sample,
};

/* Pages of a backing device: those that the kernel reports. */
#ifndef bufstat_blk_wb_pages
static u64 bufstat_blk_wb_pages(struct backing_dev_info *bdi,
				enum wb_stat_item item)
{
	struct bdi_writeback *wb;
	u64 pages = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(wb, &bdi->wb_list, bdi_node) {
		if (!wb_tryget(wb))
			continue;
		pages += wb_stat(wb, item);
		wb_put(wb);
	}
	rcu_read_unlock();
	return pages;
}
#endif

static u64 bufstat_blk_wb_bytes(struct gendisk *disk, enum wb_stat_item item)
{
	return (u64)bufstat_blk_wb_pages(disk->bdi, item) << PAGE_SHIFT;
}

static int bufstat_blk_disk_sample(void *data, void *sample)
{
	struct bufstat_blk_disk_sample *s = sample;
	struct gendisk *disk = data;

	s->flushes = part_stat_read(disk->part0, ios[STAT_FLUSH]);
	s->flush_ns = part_stat_read(disk->part0, nsecs[STAT_FLUSH]);
	s->dirty_bytes = bufstat_blk_wb_bytes(disk, WB_RECLAIMABLE);
	s->writeback_bytes = bufstat_blk_wb_bytes(disk, WB_WRITEBACK);
	s->dirtied_bytes = bufstat_blk_wb_bytes(disk, WB_DIRTIED);
	s->written_bytes = bufstat_blk_wb_bytes(disk, WB_WRITTEN);
	return 0;
}

static const struct statsfs_sampler bufstat_blk_disk_sampler = {
	.size = sizeof(struct bufstat_blk_disk_sample),
	.sample = bufstat_blk_disk_sample,
};

static int bufstat_blk_queue_sample(void *data, void *sample)
{
	struct bufstat_blk_queue_sample *s = sample;
	struct gendisk *disk = data;

	s->queue_depth = READ_ONCE(disk->queue->nr_requests);
	return 0;
}

static const struct statsfs_sampler bufstat_blk_queue_sampler = {
	.size = sizeof(struct bufstat_blk_queue_sample),
	.sample = bufstat_blk_queue_sample,
};

static int bufstat_blk_fill(struct statsfs_source *source, void *bdev)
{
	return statsfs_source_add_sampled(source, bufstat_blk_values,
					  ARRAY_SIZE(bufstat_blk_values),
					  &bufstat_blk_sampler, bdev);
}

/* Of which kind a queue is has been decided before its disk is announced. */
static int bufstat_blk_fill_disk(struct statsfs_source *source, void *bdev)
{
	struct gendisk *disk = ((struct block_device *)bdev)->bd_disk;
	int err = statsfs_source_set_boundary(source);

	if (!err)
		err = bufstat_blk_fill(source, bdev);
	if (!err)
		err = statsfs_source_add_sampled(source, bufstat_blk_disk_values,
						 ARRAY_SIZE(bufstat_blk_disk_values),
						 &bufstat_blk_disk_sampler, disk);
	if (!err && queue_is_mq(disk->queue))
		err = statsfs_source_add_sampled(source, bufstat_blk_queue_values,
						 ARRAY_SIZE(bufstat_blk_queue_values),
						 &bufstat_blk_queue_sampler, disk);
	return err;
}

static struct bufstat_devices bufstat_blk = {
	.name = "blk",
	.fill = bufstat_blk_fill_disk,
	.fill_part = bufstat_blk_fill,
	.numa = true,
};

static int bufstat_blk_add_dev(struct device *dev)
{
	struct block_device *bdev = dev_to_bdev(dev);
	char fallback[BUFSTAT_FALLBACK_SIZE];
	unsigned int noio;

	if (bdev->bd_disk->flags & GENHD_FL_HIDDEN)
		return 0;
	snprintf(fallback, sizeof(fallback), ":%u:%u", MAJOR(dev->devt),
		 MINOR(dev->devt));
	noio = memalloc_noio_save();
	if (bdev_is_partition(bdev))
		bufstat_device_add_part(&bufstat_blk, bdev_whole(bdev),
					bdev->bd_disk->disk_name, bdev,
					dev_name(dev), fallback);
	else
		bufstat_device_add(&bufstat_blk, bdev, dev_to_node(dev),
				   dev_name(dev), fallback);
	memalloc_noio_restore(noio);
	return 0;
}

static void bufstat_blk_remove_dev(struct device *dev)
{
	bufstat_device_remove(&bufstat_blk, dev_to_bdev(dev));
}

static struct class_interface bufstat_blk_interface = {
	.add_dev = bufstat_blk_add_dev,
	.remove_dev = bufstat_blk_remove_dev,
};

/* block_class is not exported, but any disk knows it, and there may be none. */
static int __init bufstat_blk_find_class(void)
{
	struct gendisk *disk = blk_alloc_disk(NULL, NUMA_NO_NODE);

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	bufstat_blk_interface.class = disk_to_dev(disk)->class;
	put_disk(disk);
	return 0;
}

static int __init bufstat_blk_init(void)
{
	int err = bufstat_blk_find_class();

	if (err)
		return err;
	err = bufstat_devices_init(&bufstat_blk);
	if (err)
		return err;
	err = class_interface_register(&bufstat_blk_interface);
	if (err)
		bufstat_devices_exit(&bufstat_blk);
	return err;
}
module_init(bufstat_blk_init);

static void __exit bufstat_blk_exit(void)
{
	class_interface_unregister(&bufstat_blk_interface);
	bufstat_devices_exit(&bufstat_blk);
}
module_exit(bufstat_blk_exit);

MODULE_DESCRIPTION("Buffer statistics of disks");
MODULE_LICENSE("GPL");
