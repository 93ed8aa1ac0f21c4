// SPDX-License-Identifier: GPL-2.0
/*
 * The example of the proposal of 2019: its calls exactly as they were printed.
 */

#include <linux/pid.h>
#include <linux/sched.h>

#include "helpers.h"

struct kvm_stats {
	u64 remote_tlb_flush;
	u32 max_mmu_page_hash_collisions;
};

struct vcpu_stats {
	u64 exits;
	u32 halt_polls;
	bool blocking;
};

struct kvm {
	struct statsfs_source *src;
	struct kvm_stats stats;
};

struct vcpu {
	int vcpu_id;
	struct vcpu_stats stats;
};

static const struct statsfs_value vm_stats[] = {
	{ "remote_tlb_flush", STAT_TYPE_U64, STAT_AGGR_SUM, 0644,
	  offsetof(struct kvm_stats, remote_tlb_flush) },
	{ "max_mmu_page_hash_collisions", STAT_TYPE_U32, STAT_AGGR_MAX, 0444,
	  offsetof(struct kvm_stats, max_mmu_page_hash_collisions) },
};

static const struct statsfs_value vcpu_stats[] = {
	{ "exits", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MIN, 0644,
	  offsetof(struct vcpu_stats, exits) },
	{ "halt_polls", STAT_TYPE_U32, STAT_AGGR_AVG, 0644,
	  offsetof(struct vcpu_stats, halt_polls) },
	{ "blocking", STAT_TYPE_BOOL, STAT_AGGR_COUNT_NONZERO, 0444,
	  offsetof(struct vcpu_stats, blocking) },
};

static struct statsfs_source *kvm_source;

static void module_creation(void)
{
	kvm_source = statsfs_source_create("kvm");
	statsfs_source_register(kvm_source);
}

static void vm_creation(struct kvm *kvm, int fd)
{
	kvm->src = statsfs_source_create("%d-%d\n", task_pid_nr(current), fd);
	statsfs_source_add_values(kvm->src, vm_stats, ARRAY_SIZE(vm_stats), &kvm->stats);
	statsfs_source_add_subordinate(kvm_source, kvm->src);
}

static void vcpu_creation(struct kvm *kvm, struct vcpu *vcpu)
{
	struct statsfs_source *vcpu_src;

	vcpu_src = statsfs_source_create("vcpu%d\n", vcpu->vcpu_id);
	statsfs_source_add_values(vcpu_src, vcpu_stats, ARRAY_SIZE(vcpu_stats), &vcpu->stats);
	statsfs_source_add_subordinate(kvm->src, vcpu_src);
	statsfs_source_put(vcpu_src);
}

static void vm_deletion(struct kvm *kvm)
{
	statsfs_source_remove_subordinate(kvm_source, kvm->src);
	statsfs_source_put(kvm->src);
}

static void kvm_exit(void)
{
	statsfs_source_put(kvm_source);
}

/* Two VMs with two vCPUs each. */
struct example {
	struct kvm kvm[2];
	struct vcpu vcpu[2][2];
	char path[2][64];	/* of the VMs */
};

static void example_create(struct kunit *test, struct example *example)
{
	int i, j;

	module_creation();
	for (i = 0; i < 2; i++) {
		vm_creation(&example->kvm[i], 10 + i);
		snprintf(example->path[i], sizeof(example->path[i]),
			 "/kvm/%d-%d", task_pid_nr(current), 10 + i);
		for (j = 0; j < 2; j++) {
			example->vcpu[i][j].vcpu_id = j;
			vcpu_creation(&example->kvm[i], &example->vcpu[i][j]);
		}
	}
}

static void example_names(struct kunit *test)
{
	struct example *example = tst_alloc(test, sizeof(*example));
	char *names = tst_alloc(test, 256);

	tst_mount(test);
	example_create(test, example);
	snprintf(names, 256,
		 "%s %s blocking exits exits_min halt_polls max_mmu_page_hash_collisions remote_tlb_flush ",
		 example->path[0] + strlen("/kvm/"),
		 example->path[1] + strlen("/kvm/"));
	KUNIT_EXPECT_STREQ(test, names, tst_ls(test, "/kvm"));
	KUNIT_EXPECT_STREQ(test,
			   "blocking exits exits_min halt_polls max_mmu_page_hash_collisions remote_tlb_flush vcpu0 vcpu1 ",
			   tst_ls(test, example->path[1]));
	vm_deletion(&example->kvm[0]);
	vm_deletion(&example->kvm[1]);
	KUNIT_EXPECT_STREQ(test, "", tst_ls(test, "/kvm"));
	kvm_exit();
	KUNIT_EXPECT_STREQ(test, "error -2", tst_ls(test, "/kvm"));
}

static void example_numbers(struct kunit *test)
{
	struct example *example = tst_alloc(test, sizeof(*example));
	int i, j;

	example_create(test, example);
	for (i = 0; i < 2; i++) {
		example->kvm[i].stats.remote_tlb_flush = 100 + i;
		example->kvm[i].stats.max_mmu_page_hash_collisions = 7 - i;
		for (j = 0; j < 2; j++) {
			example->vcpu[i][j].stats.exits = 10 * i + j + 1;
			example->vcpu[i][j].stats.halt_polls = 2 * i + j;
			example->vcpu[i][j].stats.blocking = i;
		}
	}
	TST_EXPECT(test, kvm_source, "remote_tlb_flush", 201);
	TST_EXPECT(test, kvm_source, "max_mmu_page_hash_collisions", 7);
	TST_EXPECT(test, kvm_source, "exits", 1 + 2 + 11 + 12);
	TST_EXPECT(test, kvm_source, "exits_min", 1);
	TST_EXPECT(test, kvm_source, "halt_polls", (0 + 1 + 2 + 3) / 4);
	TST_EXPECT(test, kvm_source, "blocking", 2);
	TST_EXPECT(test, example->kvm[1].src, "remote_tlb_flush", 101);
	TST_EXPECT(test, example->kvm[1].src, "exits", 11 + 12);
	TST_EXPECT(test, example->kvm[1].src, "exits_min", 11);
	TST_EXPECT(test, example->kvm[1].src, "halt_polls", 2);

	vm_deletion(&example->kvm[1]);
	TST_EXPECT(test, kvm_source, "exits", 1 + 2);
	TST_EXPECT(test, kvm_source, "remote_tlb_flush", 100);
	vm_deletion(&example->kvm[0]);
	TST_EXPECT_ERR(test, kvm_source, "exits", -ENOENT);
	kvm_exit();
}

/* After the deletion of a VM its memory may be freed, and is. */
static void example_open_file(struct kunit *test)
{
	struct example *example = kzalloc_obj(*example, GFP_KERNEL);
	struct file *vm, *vcpu, *all;
	char path[128], text[8];
	loff_t pos[3] = {};

	KUNIT_ASSERT_NOT_NULL(test, example);
	tst_mount(test);
	example_create(test, example);
	snprintf(path, sizeof(path), "%s/remote_tlb_flush", example->path[0]);
	vm = tst_open(test, path, O_RDONLY);
	snprintf(path, sizeof(path), "%s/vcpu1/exits", example->path[0]);
	vcpu = tst_open(test, path, O_RDONLY);
	all = tst_open(test, "/kvm/exits", O_RDONLY);
	KUNIT_EXPECT_EQ(test, 2L, (long)tst_read(all, text, 8, &pos[2]));

	vm_deletion(&example->kvm[0]);
	vm_deletion(&example->kvm[1]);
	kfree(example);
	pos[2] = 0;
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_read(vm, text, 8, &pos[0]));
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_read(vcpu, text, 8, &pos[1]));
	KUNIT_EXPECT_EQ(test, -ENODEV, (int)tst_read(all, text, 8, &pos[2]));
	kvm_exit();
}

static struct kunit_case example_cases[] = {
	KUNIT_CASE(example_names),
	KUNIT_CASE(example_numbers),
	KUNIT_CASE(example_open_file),
	{}
};

static struct kunit_suite example_suite = {
	.name = "statsfs_example",
	.test_cases = example_cases,
};

kunit_test_suite(example_suite);
