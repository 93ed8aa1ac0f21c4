// SPDX-License-Identifier: GPL-2.0
/*
 * bufstat/blk/<disk>: buffers of disks.
 *
 * Each whole disk has a source with one sampled group, whose data is the struct
 * gendisk.  It is a boundary: what will be below it, partitions, is part of its
 * own numbers already.  In blk/ itself are sums over all disks; what passes
 * through stacked disks (device mapper, loop) counts in each of them.  Hidden
 * disks, the paths of a multipath disk, are left out.
 *
 * The names are those of the disks in sysfs.  Those that statsfs refuses become
 * ":<major>:<minor>".
 *
 * Locks: the mutex of the block class protects bufstat_blk, the set of disks:
 * the class interface is called under it, also for the disks that exist when it
 * is registered and unregistered.  Callbacks run while removal waits for them
 * under that mutex, so they take neither it nor a disk's open_mutex, which may
 * be held around it, nor wait for a queue.  Removal of a disk takes the mutex
 * with I/O stopped: memory is therefore allocated without starting I/O.
 *
 * Lifetimes: a disk's source is removed in device_del(), before the queue, its
 * tags and the first struct block_device are torn down, so that the group holds
 * no reference to the disk.  Counters were set to 0 shortly before.  Partitions
 * come and go meanwhile and are looked at under RCU, which frees them.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/part_stat.h>
#include <linux/percpu-refcount.h>
#include <linux/sched/mm.h>
#include <linux/statsfs.h>
#include <linux/xarray.h>

#include "bufstat.h"

/**
 * struct bufstat_blk_sample - what one read of a disk gives
 * @reads: read requests that were completed, partitions included; field 1 of
 *	/sys/block/<disk>/stat
 * @writes: write requests that were completed, without discards and flushes;
 *	field 5
 * @read_bytes: bytes that @reads read; field 3, which is in sectors of 512
 * @write_bytes: bytes that @writes wrote; field 7, which is in sectors of 512
 * @in_flight: requests that the driver is working on; the sum of both numbers
 *	in /sys/block/<disk>/inflight
 * @cached_bytes: page cache of the block device and its partitions, which is
 *	what file systems keep their metadata in; the sum over disks is Buffers
 *	in /proc/meminfo
 *
 * Counters are of struct disk_stats.  They are of type unsigned long there, and
 * wrap accordingly on 32-bit kernels.  Where statistics are switched off
 * (/sys/block/<disk>/queue/iostats), they stand still as the kernel's do.
 */
struct bufstat_blk_sample {
	u64 reads;
	u64 writes;
	u64 read_bytes;
	u64 write_bytes;
	u64 in_flight;
	u64 cached_bytes;
};

#define BUFSTAT_BLK_COUNTER(field, unit, desc) \
	STATSFS_COUNTER(#field, struct bufstat_blk_sample, field, unit, desc)
#define BUFSTAT_BLK_GAUGE(field, unit, desc) \
	STATSFS_GAUGE(#field, struct bufstat_blk_sample, field, unit, desc)

static const struct statsfs_value bufstat_blk_values[] = {
	BUFSTAT_BLK_COUNTER(reads, STATSFS_NONE, "read requests completed"),
	BUFSTAT_BLK_COUNTER(writes, STATSFS_NONE, "write requests completed"),
	BUFSTAT_BLK_COUNTER(read_bytes, STATSFS_BYTES, "bytes read"),
	BUFSTAT_BLK_COUNTER(write_bytes, STATSFS_BYTES, "bytes written"),
	BUFSTAT_BLK_GAUGE(in_flight, STATSFS_NONE,
			  "requests that the driver works on"),
	BUFSTAT_BLK_GAUGE(cached_bytes, STATSFS_BYTES,
			  "page cache of the block device and its partitions"),
};

/**
 * struct bufstat_blk_count - requests of a queue
 * @queue: the queue
 * @requests: how many of them were found
 */
struct bufstat_blk_count {
	struct request_queue *queue;
	unsigned int requests;
};

/* The kernel's test for what it reports as in flight, for a whole disk. */
static bool bufstat_blk_count(struct request *rq, void *data)
{
	struct bufstat_blk_count *count = data;

	if (rq->q == count->queue && rq->part &&
	    (rq->rq_flags & RQF_IO_STAT) &&
	    blk_mq_rq_state(rq) == MQ_RQ_IN_FLIGHT)
		count->requests++;
	return true;
}

/*
 * The reference keeps the number of hardware queues, and so the array of tags,
 * from changing.  A frozen queue gives none: it has no requests.
 */
static unsigned int bufstat_blk_in_flight_mq(struct request_queue *queue)
{
	struct bufstat_blk_count count = { .queue = queue };

	if (!percpu_ref_tryget(&queue->q_usage_counter))
		return 0;
	blk_mq_tagset_busy_iter(queue->tag_set, bufstat_blk_count, &count);
	percpu_ref_put(&queue->q_usage_counter);
	return count.requests;
}

/* A request can begin on one CPU and end on another that was added up before. */
static unsigned int bufstat_blk_in_flight_bio(struct block_device *bdev)
{
	int reads = 0, writes = 0, cpu;

	for_each_possible_cpu(cpu) {
		reads += part_stat_local_read_cpu(bdev, in_flight[READ], cpu);
		writes += part_stat_local_read_cpu(bdev, in_flight[WRITE], cpu);
	}
	return max(reads, 0) + max(writes, 0);
}

static unsigned int bufstat_blk_in_flight(struct gendisk *disk)
{
	if (queue_is_mq(disk->queue))
		return bufstat_blk_in_flight_mq(disk->queue);
	return bufstat_blk_in_flight_bio(disk->part0);
}

/* Of the disk itself, which is number 0 in its table, and its partitions. */
static u64 bufstat_blk_cached(struct gendisk *disk)
{
	struct block_device *bdev;
	unsigned long partno;
	u64 pages = 0;

	rcu_read_lock();
	xa_for_each(&disk->part_tbl, partno, bdev)
		pages += READ_ONCE(bdev->bd_mapping->nrpages);
	rcu_read_unlock();
	return pages << PAGE_SHIFT;
}

static u64 bufstat_blk_bytes(struct block_device *bdev, int group)
{
	return (u64)part_stat_read(bdev, sectors[group]) << SECTOR_SHIFT;
}

static int bufstat_blk_sample(void *data, void *sample)
{
	struct bufstat_blk_sample *s = sample;
	struct gendisk *disk = data;

	s->reads = part_stat_read(disk->part0, ios[STAT_READ]);
	s->writes = part_stat_read(disk->part0, ios[STAT_WRITE]);
	s->read_bytes = bufstat_blk_bytes(disk->part0, STAT_READ);
	s->write_bytes = bufstat_blk_bytes(disk->part0, STAT_WRITE);
	s->in_flight = bufstat_blk_in_flight(disk);
	s->cached_bytes = bufstat_blk_cached(disk);
	return 0;
}

static const struct statsfs_sampler bufstat_blk_sampler = {
	.size = sizeof(struct bufstat_blk_sample),
	.sample = bufstat_blk_sample,
};

static int bufstat_blk_fill(struct statsfs_source *source, void *device)
{
	int err = statsfs_source_set_boundary(source);

	if (err)
		return err;
	return statsfs_source_add_sampled(source, bufstat_blk_values,
					  ARRAY_SIZE(bufstat_blk_values),
					  &bufstat_blk_sampler, device);
}

static struct bufstat_devices bufstat_blk = {
	.name = "blk",
	.fill = bufstat_blk_fill,
};

/* The disk whose device @dev is; NULL for partitions and hidden disks. */
static struct gendisk *bufstat_blk_disk(struct device *dev)
{
	struct block_device *bdev = dev_to_bdev(dev);

	if (bdev_is_partition(bdev) || (bdev->bd_disk->flags & GENHD_FL_HIDDEN))
		return NULL;
	return bdev->bd_disk;
}

static int bufstat_blk_add_dev(struct device *dev)
{
	struct gendisk *disk = bufstat_blk_disk(dev);
	char fallback[BUFSTAT_FALLBACK_SIZE];
	unsigned int noio;

	if (!disk)
		return 0;
	snprintf(fallback, sizeof(fallback), ":%u:%u", MAJOR(dev->devt),
		 MINOR(dev->devt));
	noio = memalloc_noio_save();
	bufstat_device_add(&bufstat_blk, disk, dev_name(dev), fallback);
	memalloc_noio_restore(noio);
	return 0;
}

static void bufstat_blk_remove_dev(struct device *dev)
{
	struct gendisk *disk = bufstat_blk_disk(dev);

	if (disk)
		bufstat_device_remove(&bufstat_blk, disk);
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
