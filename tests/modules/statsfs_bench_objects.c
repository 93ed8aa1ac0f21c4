// SPDX-License-Identifier: GPL-2.0
/*
 * Adds and removes objects with many counters: sources of statsfs, devices with
 * attributes in sysfs, and directories of files in debugfs.
 *
 *   KIND	where they are
 *   statsfs	/sys/kernel/stats/bench_objects/<N>/
 *   checked	the same, of a table that was checked before
 *   sysfs	/sys/devices/statsfs_bench_objects/<N>/, of neither bus nor class,
 *		so that nobody is told of them
 *   debugfs	"statsfs_bench_objects/objects/<N>/" in debugfs
 *
 * In debugfs, "statsfs_bench_objects/control" takes
 *
 *   values N		so many counters for objects to come, 50 at first
 *   fill KIND N	adds or removes objects until there are N, and counts that
 *   once KIND ROUNDS	adds one more and removes it: the least of some rounds
 *   removals KIND ROUNDS	the same about 10 milliseconds apart: how long
 *				removals took, the median and the most
 *   steps KIND ROUNDS	the same as once: what each function of statsfs takes, that
 *				is to create a source, add values, add it to its
 *				parent, remove it, and drop the last reference
 *
 * and what it took, in nanoseconds, is in "statsfs_bench_objects/result".
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/statsfs.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define NR_OBJECTS	10000
#define NR_COUNTERS	50
#define MAX_ROUNDS	1000
#define NR_STEPS	5

struct object {
	u64 counter[NR_COUNTERS];
	struct statsfs_source *source;
	struct dentry *dir;
	struct device device;
};

/* Where objects can be added; there are the first @nr of all. */
struct peer {
	const char *name;
	int (*add)(struct object *object);
	void (*remove)(struct object *object);
	unsigned int nr;
};

static struct object *objects;
static unsigned int nr_values = NR_COUNTERS;
static char names[NR_COUNTERS][8];
static struct statsfs_value table[NR_COUNTERS];
static const struct statsfs_value *checked_table;
static struct statsfs_source *source_parent;
static struct device *device_parent;
static struct dentry *debugfs_dir, *debugfs_parent, *control;
static DECLARE_COMPLETION(device_released);
static DEFINE_MUTEX(control_lock);	/* protects all of it, and: */
static char result[128];
static u64 clock;		/* what it takes to look at it */
static u64 took[MAX_ROUNDS];

static unsigned int object_number(const struct object *object)
{
	return object - objects;
}

static u64 time_since(u64 begin)
{
	u64 now = ktime_get_raw_ns();

	return now - begin < clock ? 0 : now - begin - clock;
}

/* statsfs */

static int add_source(struct object *object, const struct statsfs_value *values)
{
	struct statsfs_source *source;

	source = statsfs_source_create("%u", object_number(object));
	object->source = source;
	return statsfs_source_add_values(source, values, nr_values,
					 object->counter) ?:
	       statsfs_source_add_subordinate(source_parent, source);
}

static int add_statsfs(struct object *object)
{
	return add_source(object, table);
}

static int add_checked(struct object *object)
{
	return add_source(object, checked_table);
}

static void remove_statsfs(struct object *object)
{
	statsfs_source_remove(object->source);
	statsfs_source_put(object->source);
}

/* sysfs */

static struct device_attribute attributes[NR_COUNTERS];
static struct attribute *attribute_list[NR_COUNTERS + 1];

static const struct attribute_group attribute_group = {
	.attrs = attribute_list,
};

static const struct attribute_group *attribute_groups[] = {
	&attribute_group,
	NULL
};

static ssize_t counter_show(struct device *device,
			    struct device_attribute *attribute, char *buf)
{
	struct object *object = container_of(device, struct object, device);
	u64 *counter = &object->counter[attribute - attributes];

	return sysfs_emit(buf, "%llu\n", READ_ONCE(*counter));
}

static void release_device(struct device *device)
{
	complete(&device_released);
}

static int add_sysfs(struct object *object)
{
	struct device *device = &object->device;
	int err;

	memset(device, 0, sizeof(*device));
	device->parent = device_parent;
	device->groups = attribute_groups;
	device->release = release_device;
	err = dev_set_name(device, "%u", object_number(object));
	if (err)
		return err;
	err = device_register(device);
	if (err) {
		put_device(device);
		wait_for_completion(&device_released);
	}
	return err;
}

static void remove_sysfs(struct object *object)
{
	device_unregister(&object->device);
	wait_for_completion(&device_released);
}

/* debugfs, whose functions need no checking */

static int add_debugfs(struct object *object)
{
	char name[16];
	unsigned int i;

	snprintf(name, sizeof(name), "%u", object_number(object));
	object->dir = debugfs_create_dir(name, debugfs_parent);
	for (i = 0; i < nr_values; i++)
		debugfs_create_u64(names[i], 0644, object->dir,
				   &object->counter[i]);
	return PTR_ERR_OR_ZERO(object->dir);
}

static void remove_debugfs(struct object *object)
{
	debugfs_remove_recursive(object->dir);
}

/* What is counted */

static struct peer peers[] = {
	{ "statsfs", add_statsfs, remove_statsfs },
	{ "checked", add_checked, remove_statsfs },
	{ "sysfs", add_sysfs, remove_sysfs },
	{ "debugfs", add_debugfs, remove_debugfs },
};

/* An object that could not be added is not there. */
static int add_object(struct peer *peer, u64 *spent)
{
	struct object *object = &objects[peer->nr];
	u64 begin;
	int err;

	if (peer->nr == NR_OBJECTS)
		return -ENOSPC;
	begin = ktime_get_raw_ns();
	err = peer->add(object);
	*spent = time_since(begin);
	if (!err)
		peer->nr++;
	else if (peer->remove == remove_statsfs)
		statsfs_source_put(object->source);
	return err;
}

static u64 remove_object(struct peer *peer)
{
	u64 begin;

	begin = ktime_get_raw_ns();
	peer->remove(&objects[--peer->nr]);
	return time_since(begin);
}

static int fill(struct peer *peer, unsigned int n)
{
	u64 sum = 0, spent;
	int err;

	while (peer->nr < n) {
		err = add_object(peer, &spent);
		if (err)
			return err;
		sum += spent;
		cond_resched();
	}
	while (peer->nr > n) {
		sum += remove_object(peer);
		cond_resched();
	}
	snprintf(result, sizeof(result), "%llu\n", sum);
	return 0;
}

static int once(struct peer *peer, unsigned int rounds)
{
	u64 least_added = U64_MAX, least_removed = U64_MAX, spent;
	int err;

	while (rounds--) {
		err = add_object(peer, &spent);
		if (err)
			return err;
		least_added = min(least_added, spent);
		least_removed = min(least_removed, remove_object(peer));
	}
	snprintf(result, sizeof(result), "%llu %llu\n", least_added,
		 least_removed);
	return 0;
}

static int steps(struct peer *peer, unsigned int rounds)
{
	const struct statsfs_value *values = checked_table ?: table;
	struct object *object = &objects[peer->nr];
	u64 least[NR_STEPS], spent[NR_STEPS], begin;
	unsigned int i;
	int err;

	if (peer->remove != remove_statsfs || peer->nr == NR_OBJECTS)
		return -EINVAL;
	memset(least, 0xff, sizeof(least));
	while (rounds--) {
		begin = ktime_get_raw_ns();
		object->source = statsfs_source_create("%u", object_number(object));
		spent[0] = time_since(begin);
		begin = ktime_get_raw_ns();
		err = statsfs_source_add_values(object->source, values, nr_values,
						object->counter);
		spent[1] = time_since(begin);
		begin = ktime_get_raw_ns();
		err = err ?: statsfs_source_add_subordinate(source_parent,
							    object->source);
		spent[2] = time_since(begin);
		begin = ktime_get_raw_ns();
		statsfs_source_remove(object->source);
		spent[3] = time_since(begin);
		begin = ktime_get_raw_ns();
		statsfs_source_put(object->source);
		spent[4] = time_since(begin);
		if (err)
			return err;
		for (i = 0; i < NR_STEPS; i++)
			least[i] = min(least[i], spent[i]);
	}
	snprintf(result, sizeof(result), "%llu %llu %llu %llu %llu\n", least[0],
		 least[1], least[2], least[3], least[4]);
	return 0;
}

static int cmp_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int removals(struct peer *peer, unsigned int rounds)
{
	unsigned int i;
	u64 spent;
	int err;

	if (!rounds || rounds > MAX_ROUNDS)
		return -EINVAL;
	for (i = 0; i < rounds; i++) {
		err = add_object(peer, &spent);
		if (err)
			return err;
		/* Others run, and are somewhere else each time. */
		usleep_range(8000 + i * 7 % 1000, 10000);
		took[i] = remove_object(peer);
	}
	sort(took, rounds, sizeof(*took), cmp_u64, NULL);
	snprintf(result, sizeof(result), "%llu %llu\n", took[rounds / 2],
		 took[rounds - 1]);
	return 0;
}

/* The tables are for what is added from now on: nothing may be there. */
static int set_values(unsigned int n)
{
	unsigned int i;

	if (!n || n > NR_COUNTERS)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(peers); i++)
		if (peers[i].nr)
			return -EBUSY;
	nr_values = n;
	for (i = 0; i < NR_COUNTERS; i++)
		attribute_list[i] = i < n ? &attributes[i].attr : NULL;
	statsfs_values_put(checked_table);
	checked_table = NULL;
	return 0;
}

/* A table that is kept makes adding it once more cheaper. */
static int need_table(const struct peer *peer)
{
	const struct statsfs_value *values;

	if (peer->add != add_checked || checked_table)
		return 0;
	values = statsfs_values_get(table, nr_values);
	if (IS_ERR(values))
		return PTR_ERR(values);
	checked_table = values;
	return 0;
}

static struct peer *find_peer(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(peers); i++)
		if (!strcmp(peers[i].name, name))
			return &peers[i];
	return NULL;
}

static int execute(const char *command)
{
	static const struct {
		const char *name;
		int (*run)(struct peer *peer, unsigned int n);
	} verbs[] = {
		{ "fill", fill },
		{ "once", once },
		{ "removals", removals },
		{ "steps", steps },
	};
	char verb[16], kind[16];
	struct peer *peer;
	unsigned int i, n;
	int err;

	if (sscanf(command, "values %u", &n) == 1)
		return set_values(n);
	if (sscanf(command, "%15s %15s %u", verb, kind, &n) != 3)
		return -EINVAL;
	peer = find_peer(kind);
	err = peer ? need_table(peer) : -EINVAL;
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, verb))
			return verbs[i].run(peer, n);
	return -EINVAL;
}

static ssize_t control_write(struct file *file, const char __user *buf, size_t size,
			     loff_t *pos)
{
	char *command;
	int err;

	if (size > 64)
		return -EINVAL;
	command = memdup_user_nul(buf, size);
	if (IS_ERR(command))
		return PTR_ERR(command);
	mutex_lock(&control_lock);
	err = execute(command);
	mutex_unlock(&control_lock);
	kfree(command);
	return err ?: size;
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.write = control_write,
};

static int result_show(struct seq_file *m, void *unused)
{
	mutex_lock(&control_lock);
	seq_puts(m, result);
	mutex_unlock(&control_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static void fill_tables(void)
{
	unsigned int i;

	for (i = 0; i < NR_COUNTERS; i++) {
		snprintf(names[i], sizeof(names[i]), "c%u", i);
		table[i] = (struct statsfs_value) {
			.name = names[i],
			.type = STAT_TYPE_U64,
			.aggr_kind = STAT_AGGR_SUM,
			.mode = 0644,
			.offset = i * sizeof(u64),
		};
		sysfs_attr_init(&attributes[i].attr);
		attributes[i].attr.name = names[i];
		attributes[i].attr.mode = 0444;
		attributes[i].show = counter_show;
	}
}

static void free_all(void)
{
	unsigned int i;

	for (i = 0; objects && i < ARRAY_SIZE(peers); i++)
		fill(&peers[i], 0);
	debugfs_remove_recursive(debugfs_dir);
	if (!IS_ERR_OR_NULL(device_parent))
		root_device_unregister(device_parent);
	statsfs_source_put(source_parent);
	statsfs_values_put(checked_table);
	vfree(objects);
}

static void __init look_at_clock(void)
{
	u64 least = U64_MAX, begin;
	int i;

	for (i = 0; i < 100; i++) {
		begin = ktime_get_raw_ns();
		least = min(least, ktime_get_raw_ns() - begin);
	}
	clock = least;
}

static int __init statsfs_bench_objects_init(void)
{
	int err;

	objects = vzalloc(array_size(NR_OBJECTS, sizeof(*objects)));
	if (!objects)
		return -ENOMEM;
	fill_tables();
	look_at_clock();
	source_parent = statsfs_source_create("bench_objects");
	device_parent = root_device_register("statsfs_bench_objects");
	err = PTR_ERR_OR_ZERO(device_parent) ?: set_values(NR_COUNTERS) ?:
	      statsfs_source_register(source_parent);
	if (err) {
		free_all();
		return err;
	}
	debugfs_dir = debugfs_create_dir("statsfs_bench_objects", NULL);
	debugfs_parent = debugfs_create_dir("objects", debugfs_dir);
	control = debugfs_create_file("control", 0200, debugfs_dir, NULL,
				      &control_fops);
	debugfs_create_file("result", 0400, debugfs_dir, NULL, &result_fops);
	return 0;
}
module_init(statsfs_bench_objects_init);

static void __exit statsfs_bench_objects_exit(void)
{
	/* From now on nobody adds anything. */
	debugfs_remove(control);
	free_all();
}
module_exit(statsfs_bench_objects_exit);

MODULE_DESCRIPTION("Objects to measure how they are added and removed");
MODULE_LICENSE("GPL");
