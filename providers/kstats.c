// SPDX-License-Identifier: GPL-2.0
/*
 * kstats: the machine in seven numbers, all from one sample.
 *
 * The kernel keeps three of them to itself.  Built in, this uses what the kernel
 * has; a module finds out: it looks at every task when somebody reads, and counts
 * context switches from when it is loaded, by a probe in the scheduler's path.
 * That is what the module costs, and why it is loaded only where it is wanted.
 *
 * Locks: none.  The walk over the tasks is under RCU.
 */
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/statsfs.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#include <linux/u64_stats_sync.h>
#include <trace/events/sched.h>

/**
 * struct kstats_sample - what one read gives
 * @num_processes: threads of all processes, with those of the kernel, the idle
 *	ones excepted; nr_threads, the total in /proc/loadavg
 * @num_running: those of them that run or wait for a CPU; nr_running(), which is
 *	procs_running of /proc/stat and in /proc/loadavg before the total
 * @total_memory: sysinfo.totalram in bytes; MemTotal of /proc/meminfo
 * @free_memory: sysinfo.freeram in bytes; MemFree
 * @buffer_memory: sysinfo.bufferram in bytes, page cache of disks; Buffers
 * @uptime: since boot with time in suspend, CLOCK_BOOTTIME in nanoseconds; the
 *	first number of /proc/uptime outside of time namespaces
 * @context_switches: how often a CPU went from one task to another; ctxt of
 *	/proc/stat, which counts from boot, and a module from when it was loaded
 */
struct kstats_sample {
	u32 num_processes;
	u32 num_running;
	u64 total_memory;
	u64 free_memory;
	u64 buffer_memory;
	u64 uptime;
	u64 context_switches;
};

#define KSTATS_GAUGE(field, unit, desc)					\
	STATSFS_GAUGE(#field, struct kstats_sample, field, unit, desc)

static const struct statsfs_value kstats_values[] = {
	KSTATS_GAUGE(num_processes, STATSFS_NONE, "threads of all processes"),
	KSTATS_GAUGE(num_running, STATSFS_NONE,
		     "threads that run or wait for a CPU"),
	KSTATS_GAUGE(total_memory, STATSFS_BYTES,
		     "memory that the page allocator manages"),
	KSTATS_GAUGE(free_memory, STATSFS_BYTES, "memory that nobody uses"),
	KSTATS_GAUGE(buffer_memory, STATSFS_BYTES, "page cache of disks"),
	STATSFS_GAUGE("uptime", struct kstats_sample, uptime,
		      STATSFS_NANOSECONDS, "time since boot"),
	STATSFS_COUNTER("context_switches", struct kstats_sample,
			context_switches, STATSFS_NONE,
			"times that a CPU went to another task"),
};

#ifdef MODULE

/**
 * struct kstats_cpu - what a CPU has counted
 * @switches: its context switches
 * @syncp: for kernels of 32 bits
 *
 * Written by the CPU with interrupts off.
 */
struct kstats_cpu {
	u64_stats_t switches;
	struct u64_stats_sync syncp;
};

static DEFINE_PER_CPU(struct kstats_cpu, kstats_cpus);

/* The runqueue is locked here, and the kernel has just counted the switch. */
static void kstats_switch(void *unused, bool preempt, struct task_struct *prev,
			  struct task_struct *next, unsigned int prev_state)
{
	struct kstats_cpu *cpu = this_cpu_ptr(&kstats_cpus);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->switches);
	u64_stats_update_end(&cpu->syncp);
}

static u64 kstats_context_switches(void)
{
	const struct kstats_cpu *counter;
	u64 switches, sum = 0;
	unsigned int start;
	int cpu;

	for_each_possible_cpu(cpu) {
		counter = per_cpu_ptr(&kstats_cpus, cpu);
		do {
			start = u64_stats_fetch_begin(&counter->syncp);
			switches = u64_stats_read(&counter->switches);
		} while (u64_stats_fetch_retry(&counter->syncp, start));
		sum += switches;
	}
	return sum;
}

/* So many are looked at before others may have the CPU. */
#define KSTATS_BATCH	256

/* TASK_ON_RQ_QUEUED; who is on its way to another CPU is on neither's queue. */
#define KSTATS_QUEUED	1

/*
 * Looks at the tasks with numbers from *nr on, and moves that on; false if there
 * are no more.  Unlike a place in the list of tasks, a number stays valid when its
 * task goes.
 */
static bool kstats_count_batch(struct kstats_sample *s, int *nr)
{
	struct task_struct *task;
	struct pid *pid;
	int i;

	guard(rcu)();
	for (i = 0; i < KSTATS_BATCH; i++) {
		pid = find_ge_pid(*nr, &init_pid_ns);
		if (!pid)
			return false;
		*nr = pid_nr(pid) + 1;
		/* There is none if only a group or session has the number. */
		task = pid_task(pid, PIDTYPE_PID);
		if (!task)
			continue;
		s->num_processes++;
		s->num_running += READ_ONCE(task->on_rq) == KSTATS_QUEUED;
	}
	return true;
}

static int kstats_count_tasks(struct kstats_sample *s)
{
	int nr = 1;

	while (kstats_count_batch(s, &nr)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static struct tracepoint *kstats_tracepoint;

static void kstats_find_tracepoint(struct tracepoint *tracepoint, void *unused)
{
	if (!strcmp(tracepoint->name, "sched_switch"))
		kstats_tracepoint = tracepoint;
}

static int __init kstats_probe(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(&kstats_cpus, cpu)->syncp);
	check_trace_callback_type_sched_switch(kstats_switch);
	for_each_kernel_tracepoint(kstats_find_tracepoint, NULL);
	if (!kstats_tracepoint)
		return -ENODEV;
	return tracepoint_probe_register(kstats_tracepoint, kstats_switch, NULL);
}

/* Afterwards no CPU is in the probe. */
static void kstats_unprobe(void)
{
	tracepoint_probe_unregister(kstats_tracepoint, kstats_switch, NULL);
	tracepoint_synchronize_unregister();
}

#else

static u64 kstats_context_switches(void)
{
	return nr_context_switches();
}

static int kstats_count_tasks(struct kstats_sample *s)
{
	s->num_processes = READ_ONCE(nr_threads);
	s->num_running = nr_running();
	return 0;
}

static int __init kstats_probe(void)
{
	return 0;
}

static void kstats_unprobe(void)
{
}

#endif /* MODULE */

static int kstats_fill(void *unused, void *sample)
{
	struct kstats_sample *s = sample;
	struct sysinfo info;

	si_meminfo(&info);
	s->total_memory = (u64)info.totalram * info.mem_unit;
	s->free_memory = (u64)info.freeram * info.mem_unit;
	s->buffer_memory = (u64)info.bufferram * info.mem_unit;
	s->uptime = ktime_get_boottime_ns();
	s->context_switches = kstats_context_switches();
	return kstats_count_tasks(s);
}

static const struct statsfs_sampler kstats_sampler = {
	.size = sizeof(struct kstats_sample),
	.sample = kstats_fill,
};

static struct statsfs_source *kstats_source;

static int __init kstats_show(void)
{
	int err;

	kstats_source = statsfs_source_create("kstats");
	err = statsfs_source_add_sampled(kstats_source, kstats_values,
					 ARRAY_SIZE(kstats_values),
					 &kstats_sampler, NULL);
	if (!err)
		err = statsfs_source_register(kstats_source);
	if (err)
		statsfs_source_put(kstats_source);
	return err;
}

static int __init kstats_init(void)
{
	int err = kstats_probe();

	if (err)
		return err;
	err = kstats_show();
	if (err)
		kstats_unprobe();
	return err;
}
module_init(kstats_init);

static void __exit kstats_exit(void)
{
	statsfs_source_put(kstats_source);
	kstats_unprobe();
}
module_exit(kstats_exit);

MODULE_DESCRIPTION("The machine in seven numbers");
MODULE_LICENSE("GPL");
