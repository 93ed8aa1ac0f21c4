// SPDX-License-Identifier: GPL-2.0
/*
 * Sources for tests: whatever statsfs promises and the providers do not show.
 *
 * A test writes commands, one at a time and without a newline at the end, to
 * "statsfs_test/control" in debugfs.
 * The write fails with the error of the function that a command calls; with
 * EBADMSG or ESRCH if there is no such command, object, table or value.
 *
 *   create OBJECT NAME		an object and its source
 *   values OBJECT TABLE	add a plain group
 *   sampled OBJECT TABLE	add a sampled group
 *   percpu OBJECT TABLE	add a per-CPU group
 *   boundary OBJECT
 *   add PARENT CHILD
 *   del PARENT CHILD
 *   register OBJECT
 *   unregister OBJECT
 *   rename OBJECT NAME
 *   remove OBJECT		EBUSY if somebody is in a callback afterwards
 *   put OBJECT			the same; the source is forgotten
 *
 *   set OBJECT VALUE NUMBER	change the struct
 *   cpu OBJECT VALUE CPU NUMBER	change that of a CPU
 *   bucket OBJECT INDEX NUMBER	change a bucket of "array"
 *   fill OBJECT NUMBER		change all
 *   count OBJECT		increment "count" all the time,
 *   stop OBJECT			or not any more
 *   fail OBJECT ERRNO		callbacks return that, or 0, from now on
 *   hold OBJECT		callbacks wait from now on,
 *   release OBJECT		or go on
 *   await OBJECT NUMBER	wait until so many are inside, or ETIME
 *   race PARENT OBJECT		remove a plain OBJECT while the memory of its
 *				"count" is being read: EBUSY if the removal did
 *				not wait for that
 *   crowd PARENT NUMBER	add so many sources with a "count" of 1 each
 *   disperse			remove them one by one
 *
 * Reading the file shows of each object its "count" in memory and how often it
 * was incremented, how many are in its callbacks, and how often these were
 * called.
 *
 * The memory of an object is overwritten when its source has been removed.
 *
 * Locks: objects_lock protects the list.  Objects are freed when the module
 * goes, so that they need no reference counts.  What else is in one is for the
 * test to order.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/statsfs.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#define COMMAND_SIZE	1024
#define POISON		0xa5

struct test_data {
	u64 count;	/* first: a member of the crowd has nothing else */
	bool flag;
	u8 u8;
	u16 u16;
	u32 u32;
	u64 u64;
	s8 s8;
	s16 s16;
	s32 s32;
	s64 s64;
	u64 other;
	u64 peak;
	u64 array[STATSFS_MAX_BUCKETS];
};

/**
 * struct object - a source with memory and callbacks
 * @list: in objects
 * @name: what commands call it
 * @source: its source; NULL after "put"
 * @data: the memory
 * @percpu: the memory of a per-CPU group, or NULL
 * @counter: the thread that increments
 * @counted: what it has counted since the object was created
 * @inside: number of callbacks that are running
 * @samples: number of calls of sample
 * @resets: number of calls of reset
 * @error: what callbacks return
 * @held: callbacks wait until it is false
 * @wait: for changes of @inside and @held
 */
struct object {
	struct list_head list;
	char *name;
	struct statsfs_source *source;
	struct test_data data;
	struct test_data __percpu *percpu;
	struct task_struct *counter;
	u64 counted;
	atomic_t inside;
	atomic_t samples;
	atomic_t resets;
	int error;
	bool held;
	wait_queue_head_t wait;
};

static LIST_HEAD(objects);
static DEFINE_MUTEX(objects_lock);
static struct dentry *debugfs_dir;

/* Tables */

#define ALL_AGGR	(STAT_AGGR_SUM | STAT_AGGR_MIN | STAT_AGGR_MAX | \
			 STAT_AGGR_AVG | STAT_AGGR_COUNT_ZERO | \
			 STAT_AGGR_COUNT_NONZERO)
#define VALUE(name, field, aggr, mode, kind) \
	STATSFS_VALUE(name, struct test_data, field, aggr, mode, kind)

/* One of each type, and each aggregate of it. */
static const struct statsfs_value types[] = {
	VALUE("bool", flag, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("u8", u8, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("u16", u16, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("u32", u32, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("u64", u64, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("s8", s8, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("s16", s16, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("s32", s32, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
	VALUE("s64", s64, ALL_AGGR, 0644, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value counter[] = {
	VALUE("count", count, STAT_AGGR_SUM, 0644, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value other[] = {
	VALUE("other", other, STAT_AGGR_SUM, 0644, STAT_KIND_CUMULATIVE),
	VALUE("peak", peak, STAT_AGGR_MAX, 0644, STAT_KIND_PEAK),
};

static const struct statsfs_value array[] = {
	STATSFS_LINEAR_HIST("array", struct test_data, array, 1, STATSFS_NONE,
			    "an array"),
};

static const struct statsfs_value modes[] = {
	VALUE("mode0", u64, STAT_AGGR_SUM, 0, STAT_KIND_CUMULATIVE),
	VALUE("mode400", u64, STAT_AGGR_SUM, 0400, STAT_KIND_CUMULATIVE),
	VALUE("mode440", u64, STAT_AGGR_SUM, 0440, STAT_KIND_CUMULATIVE),
	VALUE("mode444", u64, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
	VALUE("mode600", u64, STAT_AGGR_SUM, 0600, STAT_KIND_CUMULATIVE),
	VALUE("mode640", u64, STAT_AGGR_SUM, 0640, STAT_KIND_CUMULATIVE),
	VALUE("mode644", u64, STAT_AGGR_SUM, 0644, STAT_KIND_CUMULATIVE),
};

/* Not equal to "counter", but with the same file. */
static const struct statsfs_value clash[] = {
	VALUE("other2", other, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
	VALUE("count", count, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value twice[] = {
	VALUE("x", u64, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
	VALUE("x", u32, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value bad_slash[] = {
	VALUE("a/b", u64, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value bad_dot[] = {
	VALUE(".x", u64, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value bad_empty[] = {
	VALUE("", u64, STAT_AGGR_SUM, 0444, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value bad_type[] = {
	{ "x", 0, STAT_AGGR_SUM, 0444, offsetof(struct test_data, u64) },
};

static const struct statsfs_value bad_aggr[] = {
	VALUE("x", u64, 0x8000, 0444, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value bad_mode[] = {
	VALUE("x", u64, STAT_AGGR_SUM, 0755, STAT_KIND_CUMULATIVE),
};

static const struct statsfs_value bad_instant[] = {
	VALUE("x", u64, STAT_AGGR_SUM, 0644, STAT_KIND_INSTANT),
};

static const struct table {
	const char *name;
	const struct statsfs_value *values;
	size_t n;
} tables[] = {
	{ "types", types, ARRAY_SIZE(types) },
	{ "counter", counter, ARRAY_SIZE(counter) },
	{ "other", other, ARRAY_SIZE(other) },
	{ "array", array, ARRAY_SIZE(array) },
	{ "modes", modes, ARRAY_SIZE(modes) },
	{ "clash", clash, ARRAY_SIZE(clash) },
	{ "twice", twice, ARRAY_SIZE(twice) },
	{ "bad_slash", bad_slash, ARRAY_SIZE(bad_slash) },
	{ "bad_dot", bad_dot, ARRAY_SIZE(bad_dot) },
	{ "bad_empty", bad_empty, ARRAY_SIZE(bad_empty) },
	{ "bad_type", bad_type, ARRAY_SIZE(bad_type) },
	{ "bad_aggr", bad_aggr, ARRAY_SIZE(bad_aggr) },
	{ "bad_mode", bad_mode, ARRAY_SIZE(bad_mode) },
	{ "bad_instant", bad_instant, ARRAY_SIZE(bad_instant) },
	{ "nothing", counter, 0 },
};

static const struct table *find_table(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	return NULL;
}

static const struct statsfs_value *find_value(const char *name)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (j = 0; j < tables[i].n; j++)
			if (!strcmp(tables[i].values[j].name, name))
				return &tables[i].values[j];
	return NULL;
}

/* Callbacks */

static int callback_enter(struct object *object)
{
	atomic_inc(&object->inside);
	wake_up_all(&object->wait);
	if (wait_event_killable(object->wait, !READ_ONCE(object->held)))
		return -EINTR;
	return READ_ONCE(object->error);
}

static void callback_exit(struct object *object)
{
	atomic_dec(&object->inside);
	wake_up_all(&object->wait);
}

static int test_sample(void *data, void *sample)
{
	struct object *object = data;
	int err;

	err = callback_enter(object);
	atomic_inc(&object->samples);
	memcpy(sample, &object->data, sizeof(object->data));
	callback_exit(object);
	return err;
}

/* Only the peak comes here. */
static int test_reset(void *data, int offset)
{
	struct object *object = data;
	int err;

	err = callback_enter(object);
	atomic_inc(&object->resets);
	if (!err)
		*(u64 *)((void *)&object->data + offset) = 0;
	callback_exit(object);
	return err;
}

static const struct statsfs_sampler sampler = {
	.size = sizeof(struct test_data),
	.sample = test_sample,
	.reset = test_reset,
};

/* Objects */

static struct object *find_object(const char *name)
{
	struct object *object;

	guard(mutex)(&objects_lock);
	list_for_each_entry(object, &objects, list)
		if (!strcmp(object->name, name) && object->source)
			return object;
	return NULL;
}

static int do_create(char **arg)
{
	struct object *object;
	int err;

	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	init_waitqueue_head(&object->wait);
	object->name = kstrdup(arg[0], GFP_KERNEL);
	object->source = statsfs_source_create("%s", arg[1]);
	if (!object->name || IS_ERR(object->source)) {
		err = PTR_ERR_OR_ZERO(object->source) ?: -ENOMEM;
		statsfs_source_put(object->source);
		kfree(object->name);
		kfree(object);
		return err;
	}
	guard(mutex)(&objects_lock);
	list_add(&object->list, &objects);
	return 0;
}

static int do_values(struct object *object, char **arg)
{
	const struct table *table = find_table(arg[1]);

	if (!table)
		return -ESRCH;
	return statsfs_source_add_values(object->source, table->values,
					 table->n, &object->data);
}

static int do_sampled(struct object *object, char **arg)
{
	const struct table *table = find_table(arg[1]);

	if (!table)
		return -ESRCH;
	return statsfs_source_add_sampled(object->source, table->values,
					  table->n, &sampler, object);
}

static int do_percpu(struct object *object, char **arg)
{
	const struct table *table = find_table(arg[1]);

	if (!table)
		return -ESRCH;
	if (!object->percpu)
		object->percpu = alloc_percpu(struct test_data);
	if (!object->percpu)
		return -ENOMEM;
	return statsfs_source_add_percpu(object->source, table->values,
					 table->n, object->percpu);
}

static int do_boundary(struct object *object, char **arg)
{
	return statsfs_source_set_boundary(object->source);
}

static int do_add(struct object *object, char **arg)
{
	struct object *child = find_object(arg[1]);

	if (!child)
		return -ESRCH;
	return statsfs_source_add_subordinate(object->source, child->source);
}

static int do_del(struct object *object, char **arg)
{
	struct object *child = find_object(arg[1]);

	if (!child)
		return -ESRCH;
	return statsfs_source_remove_subordinate(object->source, child->source);
}

static int do_register(struct object *object, char **arg)
{
	return statsfs_source_register(object->source);
}

static int do_unregister(struct object *object, char **arg)
{
	return statsfs_source_unregister(object->source);
}

static int do_rename(struct object *object, char **arg)
{
	return statsfs_source_rename(object->source, "%s", arg[1]);
}

/* Nobody may look at the object now. */
static int object_gone(struct object *object)
{
	int cpu;

	if (atomic_read(&object->inside))
		return -EBUSY;
	memset(&object->data, POISON, sizeof(object->data));
	if (object->percpu)
		for_each_possible_cpu(cpu)
			memset(per_cpu_ptr(object->percpu, cpu), POISON,
			       sizeof(object->data));
	return 0;
}

static int do_remove(struct object *object, char **arg)
{
	return statsfs_source_remove(object->source) ?: object_gone(object);
}

/* Where the source has parents, it stays. */
static int do_put(struct object *object, char **arg)
{
	struct statsfs_source *source = object->source;

	object->source = NULL;
	statsfs_source_put(source);
	return 0;
}

/* What the module does with its memory */

static int set_value(struct test_data *data, const char *name,
		     const char *text)
{
	const struct statsfs_value *v = find_value(name);
	void *p;
	s64 number;
	int err;

	if (!v)
		return -ESRCH;
	err = kstrtoll(text, 0, &number);
	if (err)
		err = kstrtoull(text, 0, (u64 *)&number);
	if (err)
		return err;
	p = (void *)data + v->offset;
	switch (v->type) {
	case STAT_TYPE_BOOL:
	case STAT_TYPE_U8:
	case STAT_TYPE_S8:
		*(u8 *)p = number;
		break;
	case STAT_TYPE_U16:
	case STAT_TYPE_S16:
		*(u16 *)p = number;
		break;
	case STAT_TYPE_U32:
	case STAT_TYPE_S32:
		*(u32 *)p = number;
		break;
	default:
		*(u64 *)p = number;
	}
	return 0;
}

static int do_set(struct object *object, char **arg)
{
	return set_value(&object->data, arg[1], arg[2]);
}

static int do_cpu(struct object *object, char **arg)
{
	unsigned int cpu;
	int err = kstrtouint(arg[2], 0, &cpu);

	if (err)
		return err;
	if (!object->percpu || cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -ESRCH;
	return set_value(per_cpu_ptr(object->percpu, cpu), arg[1], arg[3]);
}

static int do_bucket(struct object *object, char **arg)
{
	unsigned int index;
	int err = kstrtouint(arg[1], 0, &index);

	if (err)
		return err;
	if (index >= STATSFS_MAX_BUCKETS)
		return -ESRCH;
	return kstrtoull(arg[2], 0, &object->data.array[index]);
}

static int do_fill(struct object *object, char **arg)
{
	int i;
	int err = kstrtoull(arg[1], 0, &object->data.array[0]);

	for (i = 1; i < STATSFS_MAX_BUCKETS; i++)
		object->data.array[i] = object->data.array[0];
	return err;
}

/* As a subsystem does it: no atomic operation, no lock. */
static int count(void *data)
{
	struct object *object = data;

	while (!kthread_should_stop()) {
		WRITE_ONCE(object->data.count, object->data.count + 1);
		object->counted++;
		cond_resched();
	}
	return 0;
}

static int do_count(struct object *object, char **arg)
{
	object->counter = kthread_run(count, object, "statsfs_count");
	return PTR_ERR_OR_ZERO(object->counter);
}

static int do_stop(struct object *object, char **arg)
{
	return kthread_stop(object->counter);
}

static int do_fail(struct object *object, char **arg)
{
	int error;
	int err = kstrtoint(arg[1], 0, &error);

	WRITE_ONCE(object->error, -error);
	return err;
}

static int do_hold(struct object *object, char **arg)
{
	WRITE_ONCE(object->held, true);
	return 0;
}

static int do_release(struct object *object, char **arg)
{
	WRITE_ONCE(object->held, false);
	wake_up_all(&object->wait);
	return 0;
}

static int do_await(struct object *object, char **arg)
{
	int n;
	int err = kstrtoint(arg[1], 0, &n);
	long left;

	if (err)
		return err;
	left = wait_event_interruptible_timeout(object->wait,
						atomic_read(&object->inside) >= n,
						20 * HZ);
	return left > 0 ? 0 : left ?: -ETIME;
}

/* Race: a removal while memory is being read */

/*
 * A watchpoint stops the reader right after it has loaded "count", so that it
 * is inside for certain, in an exception that nothing can interrupt.  There it
 * waits for the removal to begin and, for a moment, to end, which it must not.
 */
static struct {
	struct object *parent;
	struct completion done;
	bool armed;
	bool reading;
	bool removing;
	bool removed;
	bool too_early;
	int result;
	u64 number;
} race;

#define RACE_BEGIN_NS	(10 * (u64)NSEC_PER_SEC)
#define RACE_END_NS	(100 * NSEC_PER_MSEC)

/* By a clock that does not need the timer interrupt. */
static bool race_spin(const bool *flag, u64 ns)
{
	u64 end = ktime_get_mono_fast_ns() + ns;

	while (!READ_ONCE(*flag) && ktime_get_mono_fast_ns() < end)
		cpu_relax();
	return READ_ONCE(*flag);
}

static void race_trap(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	if (!READ_ONCE(race.armed))
		return;
	WRITE_ONCE(race.armed, false);
	WRITE_ONCE(race.reading, true);
	if (race_spin(&race.removing, RACE_BEGIN_NS))
		race.too_early = race_spin(&race.removed, RACE_END_NS);
}

static int race_read(void *unused)
{
	race.result = statsfs_source_read(race.parent->source, "count",
					  &race.number);
	complete(&race.done);
	return 0;
}

/* The caller stays on its CPU; the reader is on another one. */
static int race_run(struct object *object)
{
	struct task_struct *reader;
	int err = 0;

	reader = kthread_create(race_read, NULL, "statsfs_race");
	if (IS_ERR(reader))
		return PTR_ERR(reader);
	kthread_bind(reader, cpumask_any_but(cpu_online_mask,
					     smp_processor_id()));
	WRITE_ONCE(race.armed, true);
	wake_up_process(reader);
	/* Spinning, for the other CPU can do nothing for this one. */
	if (race_spin(&race.reading, RACE_BEGIN_NS)) {
		WRITE_ONCE(race.removing, true);
		err = statsfs_source_remove(object->source);
		WRITE_ONCE(race.removed, true);
	} else {
		err = -ETIME;
	}
	wait_for_completion(&race.done);
	if (err)
		return err;
	return race.too_early ? -EBUSY : object_gone(object);
}

static int do_race(struct object *parent, char **arg)
{
	struct object *object = find_object(arg[1]);
	struct perf_event * __percpu *event;
	struct perf_event_attr attr;
	int err;

	if (!object)
		return -ESRCH;
	memset(&race, 0, sizeof(race));
	init_completion(&race.done);
	race.parent = parent;
	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)&object->data.count;
	attr.bp_len = HW_BREAKPOINT_LEN_8;
	attr.bp_type = HW_BREAKPOINT_RW;
	event = register_wide_hw_breakpoint(&attr, race_trap, NULL);
	if (IS_ERR((void *)(__force unsigned long)event))
		return -EOPNOTSUPP;
	migrate_disable();
	err = race_run(object);
	migrate_enable();
	unregister_wide_hw_breakpoint(event);
	return err;
}

/* Crowds */

struct member {
	struct statsfs_source *source;
	u64 count;
};

static struct member *crowd;
static unsigned long crowd_size;

static int crowd_join(struct member *member, unsigned long number,
		      struct statsfs_source *parent)
{
	int err;

	member->count = 1;
	member->source = statsfs_source_create("member%lu", number);
	if (IS_ERR(member->source)) {
		err = PTR_ERR(member->source);
		member->source = NULL;
		return err;
	}
	err = statsfs_source_add_values(member->source, counter,
					ARRAY_SIZE(counter), &member->count);
	return err ?: statsfs_source_add_subordinate(parent, member->source);
}

static void crowd_free(void)
{
	unsigned long i;

	for (i = 0; i < crowd_size; i++) {
		statsfs_source_remove(crowd[i].source);
		statsfs_source_put(crowd[i].source);
	}
	vfree(crowd);
	crowd = NULL;
	crowd_size = 0;
}

static int do_crowd(struct object *parent, char **arg)
{
	unsigned long i, n;
	int err;

	if (crowd)
		return -EBUSY;
	err = kstrtoul(arg[1], 0, &n);
	if (err)
		return err;
	crowd = vcalloc(n, sizeof(*crowd));
	if (!crowd)
		return -ENOMEM;
	crowd_size = n;
	for (i = 0; i < n && !err; i++)
		err = crowd_join(&crowd[i], i, parent->source);
	if (err)
		crowd_free();
	return err;
}

static int do_disperse(char **arg)
{
	crowd_free();
	return 0;
}

/* Commands */

#define MAX_ARGS	4

static const struct command {
	const char *name;
	unsigned int nr_args;
	int (*run)(char **arg);
	int (*run_object)(struct object *object, char **arg);
} commands[] = {
	{ "create", 2, .run = do_create },
	{ "values", 2, .run_object = do_values },
	{ "sampled", 2, .run_object = do_sampled },
	{ "percpu", 2, .run_object = do_percpu },
	{ "boundary", 1, .run_object = do_boundary },
	{ "add", 2, .run_object = do_add },
	{ "del", 2, .run_object = do_del },
	{ "register", 1, .run_object = do_register },
	{ "unregister", 1, .run_object = do_unregister },
	{ "rename", 2, .run_object = do_rename },
	{ "remove", 1, .run_object = do_remove },
	{ "put", 1, .run_object = do_put },
	{ "set", 3, .run_object = do_set },
	{ "cpu", 4, .run_object = do_cpu },
	{ "bucket", 3, .run_object = do_bucket },
	{ "fill", 2, .run_object = do_fill },
	{ "count", 1, .run_object = do_count },
	{ "stop", 1, .run_object = do_stop },
	{ "fail", 2, .run_object = do_fail },
	{ "hold", 1, .run_object = do_hold },
	{ "release", 1, .run_object = do_release },
	{ "await", 2, .run_object = do_await },
	{ "race", 2, .run_object = do_race },
	{ "crowd", 2, .run_object = do_crowd },
	{ "disperse", 0, .run = do_disperse },
};

/* The last argument goes to the end of the line. */
static int run_command(char *line)
{
	const struct command *command;
	struct object *object;
	char *arg[MAX_ARGS];
	const char *name = strsep(&line, " ");
	unsigned int i;

	for (command = commands; strcmp(command->name, name); command++)
		if (command == &commands[ARRAY_SIZE(commands) - 1])
			return -EBADMSG;
	for (i = 0; i < command->nr_args; i++) {
		if (!line)
			return -EBADMSG;
		arg[i] = i + 1 < command->nr_args ? strsep(&line, " ") : line;
	}
	if (command->run)
		return command->run(arg);
	object = find_object(arg[0]);
	return object ? command->run_object(object, arg) : -ESRCH;
}

static ssize_t control_write(struct file *file, const char __user *buf,
			     size_t count, loff_t *ppos)
{
	char *line;
	int err;

	if (count > COMMAND_SIZE)
		return -EBADMSG;
	line = memdup_user_nul(buf, count);
	if (IS_ERR(line))
		return PTR_ERR(line);
	err = run_command(line);
	kfree(line);
	return err ?: count;
}

static int control_show(struct seq_file *m, void *unused)
{
	struct object *object;

	guard(mutex)(&objects_lock);
	list_for_each_entry(object, &objects, list)
		seq_printf(m, "%s count=%llu counted=%llu inside=%d samples=%d resets=%d\n",
			   object->name, object->data.count, object->counted,
			   atomic_read(&object->inside),
			   atomic_read(&object->samples),
			   atomic_read(&object->resets));
	return 0;
}

static int control_open(struct inode *inode, struct file *file)
{
	return single_open(file, control_show, NULL);
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = control_open,
	.read = seq_read,
	.write = control_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init statsfs_test_init(void)
{
	debugfs_dir = debugfs_create_dir("statsfs_test", NULL);
	debugfs_create_file("control", 0600, debugfs_dir, NULL, &control_fops);
	return 0;
}

static void __exit statsfs_test_exit(void)
{
	struct object *object, *next;

	debugfs_remove(debugfs_dir);
	crowd_free();
	list_for_each_entry(object, &objects, list)
		statsfs_source_put(object->source);
	list_for_each_entry_safe(object, next, &objects, list) {
		free_percpu(object->percpu);
		kfree(object->name);
		kfree(object);
	}
}

module_init(statsfs_test_init);
module_exit(statsfs_test_exit);

MODULE_DESCRIPTION("Sources for tests of the statistics file system");
MODULE_LICENSE("GPL");
