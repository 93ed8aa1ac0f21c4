// SPDX-License-Identifier: GPL-2.0
/*
 * What counting costs a provider, by a clock that counts instructions.
 *
 * A source, "bench_update", has a value of each kind.  Reading
 * "statsfs_bench_update" in debugfs counts many events for each of them and next to
 * each a bare one, with interrupts disabled, and shows a name and the least number of
 * nanoseconds of several rounds for each; what the loop takes is subtracted.  The
 * first line is the number of events of a round.
 *
 * The same statements are also in functions of their own, update_*(), to be
 * disassembled.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/statsfs.h>
#include <linux/timekeeping.h>
#include <linux/u64_stats_sync.h>

#define NR_UPDATES	10000
#define NR_ROUNDS	21
#define NR_BUCKETS	16

struct object {
	u64 bare;		/* not shown */
	u64 plain;
	u64 linear[NR_BUCKETS];
	u64 linear_odd[NR_BUCKETS];
	u64 log[NR_BUCKETS];
};

struct guarded {
	u64_stats_t bare;	/* not shown */
	u64_stats_t count;
	struct u64_stats_sync sync;
};

struct cpu_object {
	u64 bare;		/* not shown */
	u64 count;
};

static struct object object;
static struct guarded guarded;
static struct cpu_object __percpu *cpu_object;
static DEFINE_PER_CPU(struct cpu_object, static_object);
static struct statsfs_source *source;
static struct dentry *debugfs_file;

static const struct statsfs_value object_table[] = {
	STATSFS_COUNTER("plain", struct object, plain, STATSFS_NONE, "plain"),
	STATSFS_LINEAR_HIST("linear", struct object, linear, 512, STATSFS_NONE,
			    "buckets of 512"),
	STATSFS_LINEAR_HIST("linear_odd", struct object, linear_odd, 625,
			    STATSFS_NONE, "buckets of 625"),
	STATSFS_LOG_HIST("log", struct object, log, STATSFS_NONE,
			 "buckets of powers of two"),
};

static const struct statsfs_value guarded_table[] = {
	{
		.name = "guarded",
		.type = STAT_TYPE_U64,
		.aggr_kind = STAT_AGGR_SUM,
		.mode = 0644,
		.offset = offsetof(struct guarded, count),
	},
};

static const struct statsfs_value cpu_table[] = {
	STATSFS_COUNTER("percpu", struct cpu_object, count, STATSFS_NONE,
			"on each CPU, allocated"),
};

static const struct statsfs_value static_table[] = {
	STATSFS_COUNTER("percpu_static", struct cpu_object, count, STATSFS_NONE,
			"on each CPU, a variable"),
};

/*
 * How the event numbered @i is counted by @o.  The loop of all takes the same, for
 * the compiler knows nothing of i, nor what is in memory.
 */
#define DEFINE_UPDATE(name, object_type, statement)			\
	static noinline notrace void loop_##name(object_type o)	\
	{								\
		unsigned long i;					\
									\
		for (i = 0; i < NR_UPDATES; i++) {			\
			OPTIMIZER_HIDE_VAR(i);				\
			statement;					\
			barrier();					\
		}							\
	}								\
	static noinline notrace __used void				\
	update_##name(object_type o, unsigned long i)			\
	{								\
		statement;						\
	}

#define guarded_update(o, field)					\
	do {								\
		u64_stats_update_begin(&(o)->sync);			\
		u64_stats_inc(&(o)->field);				\
		u64_stats_update_end(&(o)->sync);			\
	} while (0)

static noinline notrace void loop_empty(void)
{
	unsigned long i;

	for (i = 0; i < NR_UPDATES; i++) {
		OPTIMIZER_HIDE_VAR(i);
		barrier();
	}
}

DEFINE_UPDATE(bare, struct object *, o->bare++)
DEFINE_UPDATE(plain, struct object *, o->plain++)
DEFINE_UPDATE(bare_percpu_static, struct object *,
	      this_cpu_inc(static_object.bare))
DEFINE_UPDATE(percpu_static, struct object *,
	      this_cpu_inc(static_object.count))
DEFINE_UPDATE(bare_percpu, struct cpu_object __percpu *,
	      this_cpu_inc(o->bare))
DEFINE_UPDATE(percpu, struct cpu_object __percpu *, this_cpu_inc(o->count))
DEFINE_UPDATE(bare_guarded, struct guarded *, u64_stats_inc(&o->bare))
DEFINE_UPDATE(guarded, struct guarded *, guarded_update(o, count))
DEFINE_UPDATE(linear, struct object *,
	      o->linear[statsfs_linear_hist_index(i, 512, NR_BUCKETS)]++)
DEFINE_UPDATE(linear_odd, struct object *,
	      o->linear_odd[statsfs_linear_hist_index(i, 625, NR_BUCKETS)]++)
DEFINE_UPDATE(log, struct object *,
	      o->log[statsfs_log_hist_index(i, NR_BUCKETS)]++)

/* Shows the least of some rounds without what is in @base, and returns all of it. */
#define show_least(m, name, base, loop)					\
({									\
	u64 least = U64_MAX, begin, took;				\
	unsigned long flags;						\
	int round;							\
									\
	for (round = 0; round < NR_ROUNDS; round++) {			\
		local_irq_save(flags);					\
		begin = ktime_get_raw_ns();				\
		loop;							\
		took = ktime_get_raw_ns() - begin;			\
		local_irq_restore(flags);				\
		least = min(least, took);				\
	}								\
	seq_printf(m, "%s %lld\n", name, (s64)(least - (base)));	\
	least;								\
})

static int statsfs_bench_update_show(struct seq_file *m, void *unused)
{
	u64 base;

	seq_printf(m, "updates %d\n", NR_UPDATES);
	base = show_least(m, "empty", 0, loop_empty());
	show_least(m, "bare", base, loop_bare(&object));
	show_least(m, "plain", base, loop_plain(&object));
	show_least(m, "bare_percpu_static", base, loop_bare_percpu_static(&object));
	show_least(m, "percpu_static", base, loop_percpu_static(&object));
	show_least(m, "bare_percpu", base, loop_bare_percpu(cpu_object));
	show_least(m, "percpu", base, loop_percpu(cpu_object));
	show_least(m, "bare_guarded", base, loop_bare_guarded(&guarded));
	show_least(m, "guarded", base, loop_guarded(&guarded));
	show_least(m, "linear", base, loop_linear(&object));
	show_least(m, "linear_odd", base, loop_linear_odd(&object));
	show_least(m, "log", base, loop_log(&object));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(statsfs_bench_update);

static int __init statsfs_bench_update_init(void)
{
	int err;

	u64_stats_init(&guarded.sync);
	cpu_object = alloc_percpu(struct cpu_object);
	if (!cpu_object)
		return -ENOMEM;
	source = statsfs_source_create("bench_update");
	err = statsfs_source_add_values(source, object_table,
					ARRAY_SIZE(object_table), &object) ?:
	      statsfs_source_add_values_sync(source, guarded_table,
					     ARRAY_SIZE(guarded_table), &guarded,
					     offsetof(struct guarded, sync)) ?:
	      statsfs_source_add_percpu(source, cpu_table,
					ARRAY_SIZE(cpu_table), cpu_object) ?:
	      statsfs_source_add_percpu(source, static_table,
					ARRAY_SIZE(static_table), &static_object) ?:
	      statsfs_source_register(source);
	if (err) {
		statsfs_source_put(source);
		free_percpu(cpu_object);
		return err;
	}
	debugfs_file = debugfs_create_file("statsfs_bench_update", 0400, NULL, NULL,
					   &statsfs_bench_update_fops);
	return 0;
}
module_init(statsfs_bench_update_init);

static void __exit statsfs_bench_update_exit(void)
{
	debugfs_remove(debugfs_file);
	statsfs_source_put(source);
	free_percpu(cpu_object);
}
module_exit(statsfs_bench_update_exit);

MODULE_DESCRIPTION("What counting costs a provider of statsfs");
MODULE_LICENSE("GPL");
