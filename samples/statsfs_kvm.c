// SPDX-License-Identifier: GPL-2.0
/*
 * The example of the statsfs proposal: virtual machines with virtual CPUs.
 *
 *   # modprobe statsfs_kvm vms=2 vcpus=2
 *   # cd /sys/kernel/stats/kvm
 *   # ls
 *   797-0  797-1  exits  exits_avg  ...
 *   # echo 10 > /sys/module/statsfs_kvm/parameters/run
 *   # cat 797-0/vcpu1/exits 797-0/exits exits
 *   10
 *   20
 *   40
 *   # echo 1 > /sys/module/statsfs_kvm/parameters/vms
 *   # cat exits
 *   20
 *
 * The calls of statsfs are exactly those of the proposal.  They check no error:
 * a machine whose statistics could not be shown runs as well.  Here "running"
 * means that numbers change:
 *
 *   vms	read-write: number of machines.  More are created, or the newest
 *		deleted, when it is written.
 *   vcpus	number of virtual CPUs of each machine
 *   run	write-only: every virtual CPU exits this many times.  Those with
 *		a higher number halt more often, and their clock lags more.
 *
 * Locks: kvm_lock protects the machines and all that is in them.  Readers of the
 * statistics know nothing of it and read what is there.
 */
#include <linux/err.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/statsfs.h>

struct kvm_vcpu_stats {
	u64 exits;
	u32 halts;
	u32 longest_run;
	s64 clock_offset;
	bool halted;
};

struct kvm_vcpu {
	int vcpu_id;
	struct kvm_vcpu_stats stats;
};

struct kvm_vm_stats {
	u64 runs;
	u8 memory_slots;
};

/**
 * struct kvm - a virtual machine
 * @list: in kvm_vms
 * @src: its statistics
 * @stats: what is shown for the machine itself
 * @nr_vcpus: number of @vcpus
 * @vcpus: its virtual CPUs
 */
struct kvm {
	struct list_head list;
	struct statsfs_source *src;
	struct kvm_vm_stats stats;
	int nr_vcpus;
	struct kvm_vcpu vcpus[];
};

static const struct statsfs_value vm_stats[] = {
	/* times that "run" was written */
	{ "runs", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
	  offsetof(struct kvm_vm_stats, runs) },
	/* fixed: one more in each machine, from 1 */
	{ "memory_slots", STAT_TYPE_U8, STAT_AGGR_SUM | STAT_AGGR_MIN |
	  STAT_AGGR_MAX, 0444, offsetof(struct kvm_vm_stats, memory_slots),
	  STAT_KIND_INSTANT },
};

static const struct statsfs_value vcpu_stats[] = {
	/* grows by N when N is written to "run" */
	{ "exits", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_AVG, 0644,
	  offsetof(struct kvm_vcpu_stats, exits) },
	/* grows by N times the number of the virtual CPU */
	{ "halts", STAT_TYPE_U32, STAT_AGGR_SUM | STAT_AGGR_MAX |
	  STAT_AGGR_COUNT_ZERO, 0644, offsetof(struct kvm_vcpu_stats, halts) },
	/* largest N */
	{ "longest_run", STAT_TYPE_U32, STAT_AGGR_MAX, 0644,
	  offsetof(struct kvm_vcpu_stats, longest_run), STAT_KIND_PEAK },
	/* falls by N times the number of the virtual CPU */
	{ "clock_offset", STAT_TYPE_S64, STAT_AGGR_MIN | STAT_AGGR_AVG, 0444,
	  offsetof(struct kvm_vcpu_stats, clock_offset), STAT_KIND_INSTANT },
	/* after the last exit, all do but virtual CPU 0 */
	{ "halted", STAT_TYPE_BOOL, STAT_AGGR_COUNT_NONZERO, 0444,
	  offsetof(struct kvm_vcpu_stats, halted), STAT_KIND_INSTANT },
};

static DEFINE_MUTEX(kvm_lock);
static LIST_HEAD(kvm_vms);
static int kvm_nr_vms;
static struct statsfs_source *kvm_source;

static int vcpus = 2;
module_param(vcpus, int, 0444);
MODULE_PARM_DESC(vcpus, "Number of virtual CPUs of each machine (default 2)");

static void kvm_create_vcpu(struct kvm *kvm, struct kvm_vcpu *vcpu, int id)
{
	struct statsfs_source *vcpu_src;

	vcpu->vcpu_id = id;

	vcpu_src = statsfs_source_create("vcpu%d\n", vcpu->vcpu_id);
	statsfs_source_add_values(vcpu_src, vcpu_stats, ARRAY_SIZE(vcpu_stats),
				  &vcpu->stats);
	statsfs_source_add_subordinate(kvm->src, vcpu_src);
	statsfs_source_put(vcpu_src);
}

static int kvm_create_vm(int fd)
{
	struct kvm *kvm;
	int i;

	kvm = kzalloc(struct_size(kvm, vcpus, vcpus), GFP_KERNEL);
	if (!kvm)
		return -ENOMEM;
	kvm->nr_vcpus = vcpus;
	kvm->stats.memory_slots = fd + 1;

	kvm->src = statsfs_source_create("%d-%d\n", task_pid_nr(current), fd);
	statsfs_source_add_values(kvm->src, vm_stats, ARRAY_SIZE(vm_stats),
				  &kvm->stats);
	statsfs_source_add_subordinate(kvm_source, kvm->src);

	for (i = 0; i < kvm->nr_vcpus; i++)
		kvm_create_vcpu(kvm, &kvm->vcpus[i], i);
	list_add(&kvm->list, &kvm_vms);
	kvm_nr_vms++;
	return 0;
}

/* The numbers of the virtual CPUs go with the machine that they are below. */
static void kvm_destroy_vm(struct kvm *kvm)
{
	statsfs_source_remove_subordinate(kvm_source, kvm->src);
	statsfs_source_put(kvm->src);

	list_del(&kvm->list);
	kvm_nr_vms--;
	kfree(kvm);
}

static int kvm_set_nr_vms(int nr)
{
	int err = 0;

	lockdep_assert_held(&kvm_lock);
	while (kvm_nr_vms > nr)
		kvm_destroy_vm(list_first_entry(&kvm_vms, struct kvm, list));
	while (kvm_nr_vms < nr && !err)
		err = kvm_create_vm(kvm_nr_vms);
	return err;
}

static void kvm_vcpu_run(struct kvm_vcpu *vcpu, u32 exits)
{
	struct kvm_vcpu_stats *stats = &vcpu->stats;

	stats->exits += exits;
	stats->halts += exits * vcpu->vcpu_id;
	stats->longest_run = max(stats->longest_run, exits);
	stats->clock_offset -= (s64)exits * vcpu->vcpu_id;
	stats->halted = vcpu->vcpu_id > 0;
}

static int run_set(const char *val, const struct kernel_param *kp)
{
	struct kvm *kvm;
	u32 exits;
	int i, err;

	err = kstrtou32(val, 0, &exits);
	if (err)
		return err;

	mutex_lock(&kvm_lock);
	list_for_each_entry(kvm, &kvm_vms, list) {
		kvm->stats.runs++;
		for (i = 0; i < kvm->nr_vcpus; i++)
			kvm_vcpu_run(&kvm->vcpus[i], exits);
	}
	mutex_unlock(&kvm_lock);
	return 0;
}

static const struct kernel_param_ops run_ops = {
	.set = run_set,
};
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "Let every virtual CPU exit this many times");

static int vms = 2;

/* Can be called before kvm_init() and after kvm_exit(): then it only notes the number. */
static int vms_set(const char *val, const struct kernel_param *kp)
{
	int nr, err;

	err = kstrtoint(val, 0, &nr);
	if (err)
		return err;
	if (nr < 0 || nr > U8_MAX)
		return -EINVAL;

	mutex_lock(&kvm_lock);
	vms = nr;
	if (kvm_source)
		err = kvm_set_nr_vms(nr);
	mutex_unlock(&kvm_lock);
	return err;
}

static const struct kernel_param_ops vms_ops = {
	.set = vms_set,
	.get = param_get_int,
};
module_param_cb(vms, &vms_ops, &vms, 0644);
MODULE_PARM_DESC(vms, "Number of virtual machines, 0 to 255 (default 2)");

static int __init kvm_init(void)
{
	int err;

	if (vcpus < 0 || vcpus > U8_MAX)
		return -EINVAL;

	mutex_lock(&kvm_lock);
	kvm_source = statsfs_source_create("kvm");
	statsfs_source_register(kvm_source);
	err = kvm_set_nr_vms(vms);
	if (err) {
		kvm_set_nr_vms(0);
		statsfs_source_put(kvm_source);
		kvm_source = NULL;
	}
	mutex_unlock(&kvm_lock);
	return err;
}
module_init(kvm_init);

static void __exit kvm_exit(void)
{
	mutex_lock(&kvm_lock);
	kvm_set_nr_vms(0);
	statsfs_source_put(kvm_source);
	kvm_source = NULL;
	mutex_unlock(&kvm_lock);
}
module_exit(kvm_exit);

MODULE_DESCRIPTION("Sample of the statistics file system");
MODULE_LICENSE("GPL");
