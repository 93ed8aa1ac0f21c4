// SPDX-License-Identifier: GPL-2.0
/*
 * Sources to measure, and the same numbers as others show them.
 *
 *   bench/thin/<N>/	10,000 of them with a "count" each
 *   bench/sum<M>/<N>/	1, 10 and so on up to 10,000 of them, the same
 *   bench/cpu<M>/<N>/	the same with per-CPU numbers
 *   bench/wide/<N>/	100 of them with 50 counters each
 *   bench/mixed/<N>/	100 of them with 48 values of all types each
 *   bench/percpu/<N>/	100 of them with 8 per-CPU counters each
 *
 * In debugfs, "statsfs_bench/count" is a number of debugfs's own, and
 * "statsfs_bench/loop<M>" adds up M "count" in a loop.  In sysfs,
 * /sys/kernel/statsfs_bench/count is an attribute.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/statsfs.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#define NR_WIDE		100
#define NR_COUNTERS	50
#define NR_MIXED	48
#define NR_PERCPU	8

static unsigned int thin = 10000;
module_param(thin, uint, 0444);
MODULE_PARM_DESC(thin, "Number of sources with one counter");

struct wide {
	u64 counter[NR_COUNTERS];
};

/* What a subsystem would allocate for an object: a cache line or two. */
struct thin {
	u64 count;
	u64 other[7];
};

struct percpu {
	u64 counter[NR_PERCPU];
};

/* As much as one allocation may have. */
#define NR_IN_BLOCK	1000
#define NR_BLOCKS	10

struct block {
	u64 counter[NR_IN_BLOCK];
};

static const unsigned int sizes[] = { 1, 10, 100, 1000, NR_BLOCKS * NR_IN_BLOCK };

static struct statsfs_source *root;
static struct thin *thins;
static struct wide *wides;
static struct percpu __percpu *percpus;
static struct block __percpu *blocks[NR_BLOCKS];
static struct dentry *debugfs_dir;
static struct kobject *kobject;
static char names[NR_COUNTERS][8];
static struct statsfs_value wide_table[NR_COUNTERS];
static struct statsfs_value mixed_table[NR_MIXED];
static struct statsfs_value percpu_table[NR_PERCPU];

static const struct statsfs_value thin_table[] = {
	STATSFS_COUNTER("count", struct thin, count, STATSFS_NONE, "a counter"),
};

static const struct statsfs_value sum_table[] = {
	STATSFS_VALUE("count", struct thin, count, STAT_AGGR_SUM | STAT_AGGR_MAX,
		      0644, STAT_KIND_CUMULATIVE, STATSFS_NONE),
};

static int loop_show(struct seq_file *m, void *unused)
{
	unsigned long n = (unsigned long)m->private, i;
	u64 sum = 0;

	for (i = 0; i < n; i++)
		sum += READ_ONCE(thins[i].count);
	seq_printf(m, "%llu\n", sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(loop);

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attribute,
			  char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(thins[0].count));
}

static struct kobj_attribute count_attribute = __ATTR_RO(count);

/* Tables of NR counters, or of all types in turn. */
static void fill_tables(void)
{
	unsigned int i, offset = 0;

	for (i = 0; i < NR_COUNTERS; i++) {
		snprintf(names[i], sizeof(names[i]), "c%u", i);
		wide_table[i] = (struct statsfs_value) {
			.name = names[i],
			.type = STAT_TYPE_U64,
			.aggr_kind = STAT_AGGR_SUM,
			.mode = 0644,
			.offset = i * sizeof(u64),
		};
	}
	memcpy(percpu_table, wide_table, sizeof(percpu_table));
	for (i = 0; i < NR_MIXED; i++) {
		static const enum statsfs_type types[] = {
			STAT_TYPE_U64, STAT_TYPE_U32, STAT_TYPE_S32, STAT_TYPE_S64,
			STAT_TYPE_U16, STAT_TYPE_S16, STAT_TYPE_U8, STAT_TYPE_S8,
		};

		mixed_table[i] = wide_table[i];
		mixed_table[i].type = types[i % ARRAY_SIZE(types)];
		mixed_table[i].offset = offset;
		offset += sizeof(u64);
	}
}

static int add(struct statsfs_source *parent, unsigned int number,
	       const struct statsfs_value *table, size_t n, void *base,
	       bool per_cpu)
{
	struct statsfs_source *source = statsfs_source_create("%u", number);
	int err;

	if (per_cpu)
		err = statsfs_source_add_percpu(source, table, n,
						(void __percpu *)(__force unsigned long)base);
	else
		err = statsfs_source_add_values(source, table, n, base);
	if (!err)
		err = statsfs_source_add_subordinate(parent, source);
	statsfs_source_put(source);
	return err;
}

static struct statsfs_source *add_dir(const char *name)
{
	struct statsfs_source *dir = statsfs_source_create("%s", name);
	int err = statsfs_source_set_closed(dir) ?:
		  statsfs_source_add_subordinate(root, dir);

	statsfs_source_put(dir);
	return err ? ERR_PTR(err) : dir;
}

static int add_sums(unsigned int nr)
{
	struct statsfs_source *sums, *cpus;
	char name[16];
	unsigned int i;
	int err = 0;

	snprintf(name, sizeof(name), "sum%u", nr);
	sums = add_dir(name);
	snprintf(name, sizeof(name), "cpu%u", nr);
	cpus = add_dir(name);
	for (i = 0; i < nr && !err; i++) {
		u64 __percpu *counter = blocks[i / NR_IN_BLOCK]->counter;

		err = add(sums, i, sum_table, 1, &thins[i], false) ?:
		      add(cpus, i, sum_table, 1,
			  (void *)(__force unsigned long)(counter + i % NR_IN_BLOCK), true);
	}
	return err;
}

static int add_sources(void)
{
	struct statsfs_source *dir = add_dir("thin"), *mixed, *percpu;
	unsigned int i;
	int err = 0;

	for (i = 0; i < thin && !err; i++) {
		thins[i].count = i;
		err = add(dir, i, thin_table, 1, &thins[i], false);
	}
	dir = add_dir("wide");
	mixed = add_dir("mixed");
	percpu = add_dir("percpu");
	for (i = 0; i < NR_WIDE && !err; i++) {
		err = add(dir, i, wide_table, NR_COUNTERS, &wides[i], false) ?:
		      add(mixed, i, mixed_table, NR_MIXED, &wides[i], false) ?:
		      add(percpu, i, percpu_table, NR_PERCPU,
			  (void *)(__force unsigned long)percpus, true);
	}
	for (i = 0; i < ARRAY_SIZE(sizes) && !err && sizes[i] <= thin; i++)
		err = add_sums(sizes[i]);
	return err;
}

static int alloc_blocks(void)
{
	unsigned int i;

	for (i = 0; i < NR_BLOCKS; i++) {
		blocks[i] = alloc_percpu(struct block);
		if (!blocks[i])
			return -ENOMEM;
	}
	return 0;
}

static void add_loops(void)
{
	char name[16];
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(sizes) && sizes[i] <= thin; i++) {
		snprintf(name, sizeof(name), "loop%u", sizes[i]);
		debugfs_create_file(name, 0444, debugfs_dir,
				    (void *)(unsigned long)sizes[i], &loop_fops);
	}
}

static void free_all(void)
{
	unsigned int i;

	kobject_put(kobject);
	debugfs_remove_recursive(debugfs_dir);
	statsfs_source_put(root);
	for (i = 0; i < NR_BLOCKS; i++)
		free_percpu(blocks[i]);
	free_percpu(percpus);
	vfree(wides);
	vfree(thins);
}

static int __init statsfs_bench_init(void)
{
	int err = -ENOMEM;

	thins = vzalloc(array_size(thin, sizeof(*thins)));
	wides = vzalloc(NR_WIDE * sizeof(*wides));
	percpus = alloc_percpu(struct percpu);
	kobject = kobject_create_and_add("statsfs_bench", kernel_kobj);
	root = statsfs_source_create("bench");
	if (!thins || !wides || !percpus || !kobject || alloc_blocks())
		goto fail;
	fill_tables();
	err = statsfs_source_register(root) ?: add_sources() ?:
	      sysfs_create_file(kobject, &count_attribute.attr);
	if (err)
		goto fail;
	debugfs_dir = debugfs_create_dir("statsfs_bench", NULL);
	debugfs_create_u64("count", 0444, debugfs_dir, &thins[0].count);
	add_loops();
	return 0;

fail:
	free_all();
	return err;
}
module_init(statsfs_bench_init);

static void __exit statsfs_bench_exit(void)
{
	free_all();
}
module_exit(statsfs_bench_exit);

MODULE_DESCRIPTION("Sources to measure statsfs");
MODULE_LICENSE("GPL");
