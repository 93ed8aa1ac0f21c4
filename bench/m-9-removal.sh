#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Removal: of many network devices at once, and of one object while others read.

. "${0%/*}/guest.sh"
CONTROL=/sys/kernel/debug/statsfs_bench_objects
DEVICES=2000
REMOVALS=100
READERS=4

# For how long tasks, with interrupts in them, have run.  The rest is waiting, for
# grace periods for example, in which the clock goes on.
instructions()
{
	awk '/^cpu0/ { print $8 }' /proc/schedstat
}

# spent COMMAND...
spent()
{
	before=$(instructions)
	"$@" >&2
	echo $(($(instructions) - before))
}

# batch FILE: what a batch of ip takes, its start and end included
batch()
{
	spent ip -batch "$1"
}

# devices WITH: a line for each batch.  Those of the first round fill caches, too.
devices()
{
	for _ in 1 2; do
		echo "$1 create $(batch /tmp/create)"
		echo "$1 delete-all $(batch /tmp/delete-all)"
	done
	echo "$1 create $(batch /tmp/create)"
	echo "$1 delete $(batch /tmp/delete)"
}

modprobe dummy numdummies=0
for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
	echo 1 >"$file"
done
seq -f "link add m%g group 7 type dummy" $DEVICES >/tmp/create
seq -f "link del m%g" $DEVICES >/tmp/delete
echo "link del group 7" >/tmp/delete-all
{
	devices with
	rmmod bufstat_net
	devices without
} >/tmp/devices

# median WITH BATCH: of two the lower one
median()
{
	awk -v with="$1" -v batch="$2" '$1 == with && $2 == batch { print $3 }' \
		/tmp/devices | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

# compare WHAT BATCH
compare()
{
	with=$(median with "$2")
	without=$(median without "$2")
	row "$1, without bufstat_net" "$without" $DEVICES
	row "$1, with it" "$with" $DEVICES
	row "$1, what it adds" $((with - without)) $DEVICES
	figure "$1, that is" "$(awk -v with="$with" -v without="$without" \
		'BEGIN { printf "%.1f", 100 * (with - without) / without }')" "%"
}

table "Adding and removing $DEVICES network devices"
compare "added one by one" create
compare "removed in one batch" delete-all
compare "removed one by one" delete
note "Time of tasks, with interrupts in them; waiting for grace periods is not in it.  The median of three rounds of adding, the lower one of two of removing all, one of removing one by one: batches differ by 1 % of all, and removing one by one by 2 %, which is as much as bufstat_net adds; bench/netdev.sh measures that in three rounds.  Once in some 50 batches /proc/schedstat had a tenth less for no reason that is known."
note "The limit is what it takes to add and remove a source, 5,700 and 2,300 (the table of objects), once for each device.  Between it and us are a source's further parents and groups, its tag of a network namespace, and the notifier: a device is registered, renamed and moved there."

bench_module statsfs_bench_objects

# removal PEER NUMBER WHAT FILE: of one more object than there are, without readers of
# the file and with some
removal()
{
	echo "fill $1 $(($2 - 1))" >$CONTROL/control
	for readers in 0 $READERS; do
		pids=
		for _ in $(seq "$readers"); do
			"$STATSFS_BIN/reread" "$4" >>/tmp/reads &
			pids="$pids $!"
		done
		: >/tmp/reads
		echo "removals $1 $REMOVALS" >$CONTROL/control
		read -r median most <$CONTROL/result
		row "$3, $readers readers, median" "$median"
		row "$3, $readers readers, most" "$most"
		if [ -n "$pids" ]; then
			# shellcheck disable=SC2086 # words
			kill $pids
			wait
			figure "$3, reads meanwhile" \
				"$(awk '{ n += $1 } END { print n }' /tmp/reads)" ""
		fi
	done
	echo "fill $1 0" >$CONTROL/control
}

# changes NUMBER: four numbers: what the first read of a sum takes after one source has
# come, what a further one takes, and what it takes to add and to remove a source while
# the list of leaves is there that a read has left; the least of some
changes()
{
	python3 - $STATS/bench_objects $CONTROL "$1" <<-'EOF'
		import os, sys, time
		stats, debugfs, number = sys.argv[1:]
		few, more = int(number) - 1, int(number)

		def now():
		    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)

		def read():
		    begin = now()
		    os.pread(file, 64, 0)
		    return now() - begin

		def fill(n):
		    with open(debugfs + "/control", "w") as control:
		        control.write(f"fill statsfs {n}")
		    with open(debugfs + "/result") as result:
		        return int(result.read())

		fill(few)
		file = os.open(stats + "/c0", os.O_RDONLY)
		rounds = []
		for _ in range(11):
		    read()
		    added = fill(more)
		    first, further = read(), read()
		    rounds.append((first, further, added, fill(few)))
		print(*map(min, zip(*rounds)))
		fill(0)
	EOF
}

table "Removal of one object of 50 values, $REMOVALS times, while others read"
removal statsfs 10000 "statsfs, of 10,000 sources, whose sum is read" \
	$STATS/bench_objects/c0
removal sysfs 1000 "sysfs, of 1,000 devices, another of which is read" \
	/sys/devices/statsfs_bench_objects/0/c0
note "Before each removal is 10 ms for the readers.  There is one processor: readers are preempted, so this shows what they leave behind, and that nobody waits for them to go on.  The most has interrupts in it.  Waiting for readers on other processors cannot be measured this way: a removal may wait for a fold_lock, which is held for 170 leaves, about 1,000 instructions, and for running callbacks of the removed source; kernfs waits for running callbacks of the removed files."
note "The limit is a removal without readers.  The list of leaves that a read makes for the next ones is dropped by who removes a source, or adds one; its references are put by a worker, later.  The next table shows it."

table "A sum over many sources when one comes and goes"
for n in 1000 10000; do
	changes $n >/tmp/changes
	read -r first further added removed </tmp/changes
	row "the first read, of $n sources, for each" "$first" $n
	row "each further read, of $n, for each" "$further" $n
	row "adding one after a read, number $n" "$added"
	row "removing one after a read, of $n" "$removed"
done
note "Some hundred instructions of Python are in reads."
note "The limit is one leaf: who comes or goes is known, so its address could be put into the list of leaves or taken from it.  Between it and us is that any change drops the whole list, whose references to leaves a worker puts, 20 instructions each, and that each reader who finds none walks over all sources and makes a new one; four readers do so four times."
