// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that change one tree, and threads that read it meanwhile.  Nobody
 * knows then which numbers there are, but each is one of few; and memory is
 * poisoned and freed as soon as that is allowed.  Needs several processors to
 * show its worth, and finds more with KASAN and lockdep.
 */

#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "helpers.h"

#define NR_SLOTS	20
#define NR_THREADS	2	/* of each sort */
#define DURATION	(HZ / 2)
#define POISON		BIT_ULL(40)

/* What the source of a slot shows. */
struct numbers {
	u64 one;		/* always 1 */
	u64 five;		/* 5, or 0 after a reset */
	u64 sampled;		/* always 1 */
};

static const struct statsfs_value one_table[] = {
	{ "one", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MIN | STAT_AGGR_AVG |
	  STAT_AGGR_COUNT_ZERO, 0444, offsetof(struct numbers, one) },
	{ "five", STAT_TYPE_U64, STAT_AGGR_SUM | STAT_AGGR_MAX, 0644,
	  offsetof(struct numbers, five) },
};

static const struct statsfs_value sampled_table[] = {
	{ "sampled", STAT_TYPE_U64, STAT_AGGR_SUM, 0444,
	  offsetof(struct numbers, sampled) },
};

/*
 * A source that is replaced from time to time, under @lock as a writer.  Whoever
 * uses it holds @lock as a reader, but gives up rather than wait.
 */
struct slot {
	struct rw_semaphore lock;
	struct statsfs_source *source;
	struct numbers *numbers;
};

struct crowd {
	struct kunit *test;
	struct slot slot[NR_SLOTS];	/* the first one stays registered */
	bool stop;
	atomic_t changes;
	atomic_t reads;
	atomic_t wrong;
};

/* What one thread has for itself. */
struct member {
	struct crowd *crowd;
	struct rnd_state rnd;
	int (*step)(struct member *member);
};

static u32 random_below(struct member *member, u32 end)
{
	return prandom_u32_state(&member->rnd) % end;
}

static int numbers_sample(void *data, void *sample)
{
	struct numbers *numbers = data;

	*(struct numbers *)sample = *numbers;
	cond_resched();
	if (numbers->sampled != 1)
		return -EBADMSG;
	return 0;
}

static const struct statsfs_sampler numbers_sampler = {
	.size = sizeof(struct numbers),
	.sample = numbers_sample,
};

/* Slots */

static struct slot *slot_get(struct member *member, int i)
{
	struct slot *slot = &member->crowd->slot[i];

	return down_read_trylock(&slot->lock) ? slot : NULL;
}

static void slot_put(struct slot *slot)
{
	up_read(&slot->lock);
}

static int slot_fill(struct slot *slot, int i)
{
	slot->numbers = kmalloc_obj(*slot->numbers, GFP_KERNEL);
	if (!slot->numbers)
		return -ENOMEM;
	*slot->numbers = (struct numbers){ 1, 5, 1 };
	slot->source = statsfs_source_create(i ? "kunit-stress%d" :
						 "stress_crowd", i);
	statsfs_source_add_values(slot->source, one_table, i % 3 ? 2 : 1,
				  slot->numbers);
	if (i % 2)
		statsfs_source_add_sampled(slot->source, sampled_table, 1,
					   &numbers_sampler, slot->numbers);
	return PTR_ERR_OR_ZERO(slot->source);
}

static void slot_empty(struct slot *slot)
{
	statsfs_source_remove(slot->source);
	if (slot->numbers)
		*slot->numbers = (struct numbers){ POISON, POISON, POISON };
	statsfs_source_put(slot->source);
	kfree(slot->numbers);
	slot->source = NULL;
	slot->numbers = NULL;
}

/* Changes */

static int replace(struct member *member)
{
	int i = 1 + random_below(member, NR_SLOTS - 1), err;
	struct slot *slot = &member->crowd->slot[i];

	if (!down_write_trylock(&slot->lock))
		return 0;
	slot_empty(slot);
	err = slot_fill(slot, i);
	up_write(&slot->lock);
	return err;
}

static void change_two(struct member *member, struct statsfs_source *parent,
		       struct statsfs_source *child)
{
	switch (random_below(member, 8)) {
	case 0:
		statsfs_source_remove_subordinate(parent, child);
		break;
	case 1:
		statsfs_source_rename(child, "kunit-stress%u",
				      NR_SLOTS + random_below(member, 1000));
		break;
	case 2:
		statsfs_source_register(child);
		break;
	case 3:
		statsfs_source_unregister(child);
		break;
	default:
		statsfs_source_add_subordinate(parent, child);
	}
}

static int change_step(struct member *member)
{
	struct slot *parent, *child;

	atomic_inc(&member->crowd->changes);
	if (!random_below(member, 8))
		return replace(member);
	parent = slot_get(member, random_below(member, NR_SLOTS));
	child = slot_get(member, 1 + random_below(member, NR_SLOTS - 1));
	if (parent && child)
		change_two(member, parent->source, child->source);
	if (child)
		slot_put(child);
	if (parent)
		slot_put(parent);
	return 0;
}

/* Readings */

/* Whether @number is possible for @name. */
static bool is_possible(const char *name, u64 number)
{
	if (!strcmp(name, "one") || !strcmp(name, "sampled"))
		return number >= 1 && number <= NR_SLOTS;
	if (!strcmp(name, "one_min") || !strcmp(name, "one_avg"))
		return number == 1;
	if (!strcmp(name, "one_count_zero"))
		return number == 0;
	if (!strcmp(name, "five_max"))
		return number == 0 || number == 5;
	return number <= 5 * NR_SLOTS && number % 5 == 0;
}

static void check_number(struct member *member, const char *name, int err,
			 u64 number)
{
	if (!err)
		atomic_inc(&member->crowd->reads);
	if (err ? err != -ENOENT && err != -ENODEV : !is_possible(name, number))
		atomic_inc(&member->crowd->wrong);
}

static const char * const names[] = {
	"one", "one_min", "one_avg", "one_count_zero", "five", "five_max",
	"sampled",
};

static int read_step(struct member *member)
{
	struct slot *slot = slot_get(member, random_below(member, NR_SLOTS));
	const char *name = names[random_below(member, ARRAY_SIZE(names))];
	u64 number = 0;
	int err;

	if (!slot)
		return 0;
	if (!random_below(member, 16)) {
		statsfs_source_reset(slot->source, "five");
	} else {
		err = statsfs_source_read(slot->source, name, &number);
		check_number(member, name, err, number);
	}
	slot_put(slot);
	return 0;
}

static bool skip_name(struct dir_context *ctx, const char *name, int len,
		      loff_t pos, u64 ino, unsigned int type)
{
	return true;
}

/* Nobody holds what is reached by path. */
static int path_step(struct member *member)
{
	struct dir_context ctx = { .actor = skip_name };
	const char *name = names[random_below(member, ARRAY_SIZE(names))];
	char path[128], text[32] = "";
	loff_t pos = 0;
	struct file *file;
	u64 number = 0;
	ssize_t ret;

	snprintf(path, sizeof(path), "/stress_crowd/kunit-stress%u/%s",
		 random_below(member, NR_SLOTS), name);
	file = tst_try_open(member->crowd->test, path, O_RDONLY);
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOENT ? 0 : PTR_ERR(file);
	ret = tst_read(file, text, sizeof(text) - 1, &pos);
	if (ret > 0)
		ret = kstrtou64(text, 10, &number);
	check_number(member, name, ret, number);
	tst_close(file);

	file = tst_try_open(member->crowd->test, "/stress_crowd", O_RDONLY);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = iterate_dir(file, &ctx);
	tst_close(file);
	return ret;
}

/* All together */

static int member_run(void *arg)
{
	struct member *member = arg;
	int err = 0;

	while (!err && !READ_ONCE(member->crowd->stop)) {
		err = member->step(member);
		cond_resched();
	}
	return err;
}

static void crowd_end(struct kunit_resource *res)
{
	struct crowd *crowd = res->data;
	int i;

	for (i = 0; i < NR_SLOTS; i++)
		slot_empty(&crowd->slot[i]);
}

static void crowd_stop(struct kunit_resource *res)
{
	struct crowd *crowd = res->data;

	WRITE_ONCE(crowd->stop, true);
}

static struct crowd *crowd_create(struct kunit *test)
{
	struct crowd *crowd = tst_alloc(test, sizeof(*crowd));
	int i;

	crowd->test = test;
	for (i = 0; i < NR_SLOTS; i++)
		init_rwsem(&crowd->slot[i].lock);
	tst_at_end(test, crowd_end, crowd);
	for (i = 0; i < NR_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, 0, slot_fill(&crowd->slot[i], i));
	KUNIT_ASSERT_EQ(test, 0, statsfs_source_register(crowd->slot[0].source));
	return crowd;
}

static void stress_crowd(struct kunit *test)
{
	int (* const steps[])(struct member *member) = {
		change_step, read_step, path_step,
	};
	struct tst_job *jobs[ARRAY_SIZE(steps) * NR_THREADS];
	struct crowd *crowd;
	u32 seed = get_random_u32();
	struct member *member;
	int i;

	kunit_info(test, "seed %u\n", seed);
	tst_mount(test);
	crowd = crowd_create(test);
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		member = tst_alloc(test, sizeof(*member));
		member->crowd = crowd;
		member->step = steps[i / NR_THREADS];
		prandom_seed_state(&member->rnd, seed + i);
		jobs[i] = tst_start(test, member_run, member);
		tst_at_end(test, crowd_stop, crowd);
	}
	schedule_timeout_uninterruptible(DURATION);
	WRITE_ONCE(crowd->stop, true);
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		KUNIT_EXPECT_EQ(test, 0, tst_join(test, jobs[i]));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&crowd->wrong));
	kunit_info(test, "%d changes, %d numbers read\n",
		   atomic_read(&crowd->changes), atomic_read(&crowd->reads));
}

static struct kunit_case stress_cases[] = {
	KUNIT_CASE(stress_crowd),
	{}
};

static struct kunit_suite stress_suite = {
	.name = "statsfs_stress",
	.test_cases = stress_cases,
};

kunit_test_suite(stress_suite);
