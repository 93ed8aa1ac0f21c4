// SPDX-License-Identifier: GPL-2.0
/*
 * Measures readers and writers that run at the same time, one of each on every
 * CPU: with statsfs, and the same work by hand.  Prints how long each round of
 * each took; bench/o-parallel.sh makes ratios of them.  Only sums are checked.
 */

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "helpers.h"

#define NR_ROUNDS	7	/* after one that only fills caches */
#define NR_LEAVES	1000
#define NR_CPUS_MAX	4	/* that are used */
#define NR_READS	60000	/* by each reader, of plain leaves */
#define NR_READS_PERCPU	2000	/* the same of per-CPU leaves */
#define NR_BY_HAND	10	/* times as many readings by hand */
#define NR_INCREMENTS	300000	/* by each writer */
#define BATCH		1000	/* increments in a step */

struct counters {
	u64 count[NR_LEAVES];
};

/*
 * Three directories, and the memory of their leaves: 1,000 plain ones, 1,000
 * per-CPU ones, a single per-CPU one.  No source shows @bare.
 */
struct bench {
	struct kunit *test;
	struct statsfs_source *plain, *percpu, *single;
	u64 *base[NR_LEAVES];
	u64 __percpu *percpu_base[NR_LEAVES];
	struct counters numbers;
	struct counters __percpu *percpu_numbers;
	u64 __percpu *number;
	u64 __percpu *bare;
	u64 increments;		/* of @number so far */
	struct completion ready;
	struct completion go;
};

/* One step of a thread: a reading, or BATCH increments. */
typedef int (*step_fn)(struct bench *bench);

/* Steps that a thread on each CPU takes, and what others do meanwhile. */
struct work {
	const char *name;
	step_fn step;
	unsigned int nr_steps;
	bool one;		/* only on the first CPU */
	step_fn beside;		/* or NULL */
	bool beside_one;	/* only on the last CPU */
};

struct worker {
	struct bench *bench;
	step_fn step;
	unsigned int nr_steps;	/* 0: until it is stopped */
	struct task_struct *task;
	u64 start, end;		/* ns */
};

/* Readings */

static int read_plain(struct bench *bench)
{
	u64 number;

	return statsfs_source_read(bench->plain, TST_NAME, &number);
}

static int hand_plain(struct bench *bench)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < NR_LEAVES; i++)
		sum += READ_ONCE(*bench->base[i]);
	OPTIMIZER_HIDE_VAR(sum);
	return 0;
}

static int read_percpu(struct bench *bench)
{
	u64 number;

	return statsfs_source_read(bench->percpu, TST_NAME, &number);
}

static int hand_percpu(struct bench *bench)
{
	u64 sum = 0;
	int i, cpu;

	for (i = 0; i < NR_LEAVES; i++) {
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(*per_cpu_ptr(bench->percpu_base[i],
						      cpu));
	}
	OPTIMIZER_HIDE_VAR(sum);
	return 0;
}

static int read_single(struct bench *bench)
{
	u64 number;

	return statsfs_source_read(bench->single, TST_NAME, &number);
}

static int hand_single(struct bench *bench)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(bench->bare, cpu));
	OPTIMIZER_HIDE_VAR(sum);
	return 0;
}

/* Increments */

static int write_single(struct bench *bench)
{
	int i;

	for (i = 0; i < BATCH; i++)
		this_cpu_inc(*bench->number);
	return 0;
}

static int write_bare(struct bench *bench)
{
	int i;

	for (i = 0; i < BATCH; i++)
		this_cpu_inc(*bench->bare);
	return 0;
}

static int write_percpu(struct bench *bench)
{
	int i;

	for (i = 0; i < NR_LEAVES; i++)
		this_cpu_inc(bench->percpu_numbers->count[i]);
	return 0;
}

static const struct work works[] = {
	{ "plain_read_1", read_plain, NR_READS, .one = true },
	{ "plain_read", read_plain, NR_READS },
	{ "plain_hand_1", hand_plain, NR_READS * NR_BY_HAND, .one = true },
	{ "plain_hand", hand_plain, NR_READS * NR_BY_HAND },
	{ "write_bare", write_bare, NR_INCREMENTS / BATCH },
	{ "write", write_single, NR_INCREMENTS / BATCH },
	{ "write_read", write_single, NR_INCREMENTS / BATCH,
	  .beside = read_single, .beside_one = true },
	{ "write_hand", write_bare, NR_INCREMENTS / BATCH,
	  .beside = hand_single, .beside_one = true },
	{ "percpu_read", read_percpu, NR_READS_PERCPU },
	{ "percpu_read_write", read_percpu, NR_READS_PERCPU,
	  .beside = write_percpu },
	{ "percpu_hand", hand_percpu, NR_READS_PERCPU * NR_BY_HAND },
	{ "percpu_hand_write", hand_percpu, NR_READS_PERCPU * NR_BY_HAND,
	  .beside = write_percpu },
};

/* Threads */

/*
 * User Mode Linux preempts no loop, and cond_resched() does nothing in a kernel
 * that is built for preemption.
 */
static void give_way(void)
{
	if (need_resched())
		schedule();
}

static int worker_measured(struct worker *worker)
{
	unsigned int i;
	int err = 0;

	complete(&worker->bench->ready);
	wait_for_completion(&worker->bench->go);
	worker->start = ktime_get_ns();
	for (i = 0; i < worker->nr_steps && !err; i++) {
		err = worker->step(worker->bench);
		give_way();
	}
	worker->end = ktime_get_ns();
	return err;
}

static int worker_run(void *arg)
{
	struct worker *worker = arg;
	int err = 0;

	if (worker->nr_steps)
		return worker_measured(worker);
	complete(&worker->bench->ready);
	while (!err && !kthread_should_stop()) {
		err = worker->step(worker->bench);
		give_way();
	}
	return err;
}

/* Returns when the thread runs. */
static void worker_start(struct worker *worker, int cpu)
{
	struct bench *bench = worker->bench;

	worker->task = kthread_create(worker_run, worker, "%s%d",
				      bench->test->name, cpu);
	if (IS_ERR(worker->task))
		return;
	get_task_struct(worker->task);
	kthread_bind(worker->task, cpu);
	wake_up_process(worker->task);
	wait_for_completion(&bench->ready);
}

/* Waits for its end, and has those end that run until then. */
static int worker_stop(struct worker *worker)
{
	if (IS_ERR(worker->task))
		return PTR_ERR(worker->task);
	return kthread_stop_put(worker->task);
}

/* How long all threads took together, or 0. */
static u64 work_time(struct bench *bench, const struct work *work)
{
	int nr = work->one ? 1 : num_online_cpus(), i, err = 0;
	int first = work->beside_one ? num_online_cpus() - 1 : 0;
	int nr_beside = work->beside ? num_online_cpus() - first : 0;
	struct worker workers[NR_CPUS_MAX], beside[NR_CPUS_MAX];
	u64 start = U64_MAX, end = 0;

	reinit_completion(&bench->go);
	for (i = 0; i < nr_beside; i++) {
		beside[i] = (struct worker){ bench, work->beside };
		worker_start(&beside[i], first + i);
	}
	for (i = 0; i < nr; i++) {
		workers[i] = (struct worker){ bench, work->step, work->nr_steps };
		worker_start(&workers[i], i);
	}
	complete_all(&bench->go);
	for (i = 0; i < nr; i++) {
		err = worker_stop(&workers[i]) ?: err;
		start = min(start, workers[i].start);
		end = max(end, workers[i].end);
	}
	for (i = 0; i < nr_beside; i++)
		err = worker_stop(&beside[i]) ?: err;
	if (work->step == write_single)
		bench->increments += (u64)nr * NR_INCREMENTS;
	KUNIT_EXPECT_EQ_MSG(bench->test, err, 0, "%s", work->name);
	return err ? 0 : end - start;
}

/* Sources */

static void bench_leaf(struct bench *bench, struct statsfs_source *dir, int i,
		       u64 __percpu *base)
{
	struct statsfs_source *leaf = tst_source(bench->test, "leaf%d", i);

	KUNIT_ASSERT_EQ(bench->test, 0,
			statsfs_source_add_percpu(leaf, tst_table, 1, base));
	tst_add(bench->test, dir, leaf);
}

static struct bench *bench_create(struct kunit *test)
{
	struct bench *bench = tst_alloc(test, sizeof(*bench));
	struct statsfs_source *root;
	char name[16];
	int i;

	bench->test = test;
	init_completion(&bench->ready);
	init_completion(&bench->go);
	bench->percpu_numbers = tst_percpu(test, sizeof(struct counters));
	bench->number = tst_percpu(test, sizeof(u64));
	bench->bare = tst_percpu(test, sizeof(u64));
	root = tst_root(test);
	bench->plain = tst_child(test, root, "plain");
	bench->percpu = tst_child(test, root, "percpu");
	bench->single = tst_child(test, root, "single");
	for (i = 0; i < NR_LEAVES; i++) {
		bench->numbers.count[i] = i;
		bench->base[i] = &bench->numbers.count[i];
		bench->percpu_base[i] = &bench->percpu_numbers->count[i];
		snprintf(name, sizeof(name), "leaf%d", i);
		tst_leaf(test, bench->plain, name, bench->base[i]);
		bench_leaf(bench, bench->percpu, i, bench->percpu_base[i]);
	}
	bench_leaf(bench, bench->single, 0, bench->number);
	return bench;
}

static void parallel(struct kunit *test)
{
	struct bench *bench;
	int i, round;
	u64 ns;

	KUNIT_ASSERT_LE(test, num_online_cpus(), NR_CPUS_MAX);
	bench = bench_create(test);
	for (round = 0; round <= NR_ROUNDS; round++) {
		for (i = 0; i < ARRAY_SIZE(works); i++) {
			ns = work_time(bench, &works[i]);
			if (round)
				kunit_info(test, "cpus %u time %s %llu steps %u\n",
					   num_online_cpus(), works[i].name, ns,
					   works[i].nr_steps);
		}
	}
	TST_EXPECT(test, bench->plain, TST_NAME,
		   NR_LEAVES * (NR_LEAVES - 1) / 2);
	TST_EXPECT(test, bench->single, TST_NAME, bench->increments);
}

static struct kunit_case parallel_cases[] = {
	KUNIT_CASE_SLOW(parallel),
	{}
};

static struct kunit_suite parallel_suite = {
	.name = "statsfs_parallel",
	.test_cases = parallel_cases,
};

kunit_test_suite(parallel_suite);
