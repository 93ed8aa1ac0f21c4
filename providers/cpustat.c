// SPDX-License-Identifier: GPL-2.0
/*
 * cpu/cpu<N>: what CPUs spend their time on, as in /proc/stat, in nanoseconds.
 *
 *	directory	is of				as in /proc/stat
 *	cpu/		all CPUs that can ever be	"cpu"
 *	cpu/cpu<N>/	one that is online		"cpu<N>"
 *
 * The machine's own numbers are no sums over the directories below: they contain
 * CPUs that are offline.  A reset of one is a reset of that one.
 *
 * Locks: none of ours.  The kernel brings one CPU at a time up or down, under the
 * hotplug lock.  What is removed then waits for callbacks, so that these must not
 * take that lock.  They need not: the memory for the times of a CPU is always
 * there.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/kernel_stat.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/statsfs.h>

/**
 * struct cpustat_sample - time of one CPU or of all, in nanoseconds
 * @user: processes, with guests
 * @nice: processes with less priority than usual, with guests
 * @system: the kernel, for processes and by itself
 * @idle: nothing
 * @iowait: nothing, while a task of the CPU waited for I/O
 * @irq: interrupts
 * @softirq: soft interrupts
 * @steal: others on the machine that this one is a guest on
 * @guest: virtual machines, which is part of @user
 * @guest_nice: those with less priority, which is part of @nice
 *
 * They are in the order of the columns of /proc/stat, which has them in ticks of
 * 1/USER_HZ s.  kcpustat_cpu_fetch() gives all of them.
 */
struct cpustat_sample {
	u64 user;
	u64 nice;
	u64 system;
	u64 idle;
	u64 iowait;
	u64 irq;
	u64 softirq;
	u64 steal;
	u64 guest;
	u64 guest_nice;
};

#define CPUSTAT_TIME(field, desc)					\
	STATSFS_COUNTER(#field, struct cpustat_sample, field,		\
			STATSFS_NANOSECONDS, desc)

static const struct statsfs_value cpustat_values[] = {
	CPUSTAT_TIME(user, "time for processes"),
	CPUSTAT_TIME(nice, "time for processes with less priority"),
	CPUSTAT_TIME(system, "time for the kernel"),
	CPUSTAT_TIME(idle, "time for nothing"),
	CPUSTAT_TIME(iowait, "time for nothing, with tasks that wait for I/O"),
	CPUSTAT_TIME(irq, "time for interrupts"),
	CPUSTAT_TIME(softirq, "time for soft interrupts"),
	CPUSTAT_TIME(steal, "time that the host took for others"),
	CPUSTAT_TIME(guest, "time for virtual machines, part of user"),
	CPUSTAT_TIME(guest_nice,
		     "time for those with less priority, part of nice"),
};

/**
 * struct cpustat_cpu - a CPU
 * @cpu: its number
 * @source: its directory while it is online, or an error pointer
 */
struct cpustat_cpu {
	unsigned int cpu;
	struct statsfs_source *source;
};

static DEFINE_PER_CPU(struct cpustat_cpu, cpustat_cpus);
static struct statsfs_source *cpustat_directory;

static void cpustat_add_times(struct cpustat_sample *s, unsigned int cpu)
{
	struct kernel_cpustat times;

	kcpustat_cpu_fetch(&times, cpu);
	s->user += times.cpustat[CPUTIME_USER];
	s->nice += times.cpustat[CPUTIME_NICE];
	s->system += times.cpustat[CPUTIME_SYSTEM];
	s->idle += times.cpustat[CPUTIME_IDLE];
	s->iowait += times.cpustat[CPUTIME_IOWAIT];
	s->irq += times.cpustat[CPUTIME_IRQ];
	s->softirq += times.cpustat[CPUTIME_SOFTIRQ];
	s->steal += times.cpustat[CPUTIME_STEAL];
	s->guest += times.cpustat[CPUTIME_GUEST];
	s->guest_nice += times.cpustat[CPUTIME_GUEST_NICE];
}

static int cpustat_sample_cpu(void *data, void *sample)
{
	struct cpustat_cpu *entry = data;

	cpustat_add_times(sample, entry->cpu);
	return 0;
}

static const struct statsfs_sampler cpustat_cpu_sampler = {
	.size = sizeof(struct cpustat_sample),
	.sample = cpustat_sample_cpu,
};

static int cpustat_sample_all(void *unused, void *sample)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpustat_add_times(sample, cpu);
	return 0;
}

static const struct statsfs_sampler cpustat_all_sampler = {
	.size = sizeof(struct cpustat_sample),
	.sample = cpustat_sample_all,
};

/* Without memory the CPU is not shown; that is no reason not to use it. */
static int cpustat_online(unsigned int cpu)
{
	struct cpustat_cpu *entry = per_cpu_ptr(&cpustat_cpus, cpu);
	int err;

	entry->cpu = cpu;
	entry->source = statsfs_source_create("cpu%u", cpu);
	err = statsfs_source_add_sampled(entry->source, cpustat_values,
					 ARRAY_SIZE(cpustat_values),
					 &cpustat_cpu_sampler, entry);
	if (!err)
		err = statsfs_source_add_subordinate(cpustat_directory,
						     entry->source);
	if (err) {
		pr_warn("cpustat: cpu%u is not shown: error %d\n", cpu, err);
		statsfs_source_put(entry->source);
		entry->source = ERR_PTR(err);
	}
	return 0;
}

static int cpustat_offline(unsigned int cpu)
{
	struct cpustat_cpu *entry = per_cpu_ptr(&cpustat_cpus, cpu);

	statsfs_source_remove(entry->source);
	statsfs_source_put(entry->source);
	return 0;
}

static int __init cpustat_fill(void)
{
	int err = statsfs_source_set_closed(cpustat_directory);

	if (err)
		return err;
	return statsfs_source_add_sampled(cpustat_directory, cpustat_values,
					  ARRAY_SIZE(cpustat_values),
					  &cpustat_all_sampler, NULL);
}

static int cpustat_state;

static int __init cpustat_init(void)
{
	int err;

	cpustat_directory = statsfs_source_create("cpu");
	err = cpustat_fill();
	if (err)
		goto put_directory;
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "cpustat:online",
				cpustat_online, cpustat_offline);
	if (err < 0)
		goto put_directory;
	cpustat_state = err;
	err = statsfs_source_register(cpustat_directory);
	if (err)
		goto remove_state;
	return 0;

remove_state:
	cpuhp_remove_state(cpustat_state);
put_directory:
	statsfs_source_put(cpustat_directory);
	return err;
}
module_init(cpustat_init);

static void __exit cpustat_exit(void)
{
	statsfs_source_unregister(cpustat_directory);
	cpuhp_remove_state(cpustat_state);
	statsfs_source_put(cpustat_directory);
}
module_exit(cpustat_exit);

MODULE_DESCRIPTION("What CPUs spend their time on");
MODULE_LICENSE("GPL");
