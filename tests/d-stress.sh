#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Everything at the same time for two minutes: readers, resets, devices, sources
# and providers that come and go, mounts, and caches that are dropped.  What goes
# wrong inside the kernel is found by the runner.

. "${0%/*}/lib.sh"
. "${0%/*}/loops.sh"

DURATION=120
LOOPS="read_first read_second reset net disks sources reload mounts drop_caches"
SECOND=/tmp/stats

plan 26

# One round of each loop.

read_first() { read_below "$STATS"; }
read_second() { read_below $SECOND; }
reset() { reset_below "$STATS"; }

net()
{
	ip link add stress0 type dummy
	ip link add stress1 type dummy
	ip link set stress0 name stress2
	ip link set stress2 netns there
	ip link del stress1
	ip -n there link set stress2 netns here
	ip link del stress2
}

disks()
{
	modprobe loop max_loop=2
	rmmod loop
}

sources()
{
	t create a a
	t values a types
	t sampled a other
	t percpu a counter
	t add top a
	t rename a b
	t add mid a
	t del top a
	t remove a
	t put a
}

reload()
{
	for name in net mm blk; do
		rmmod bufstat_$name
		insmod "$STATSFS_MODULES/providers/bufstat_$name.ko"
	done
}

# Somebody may be inside.
mounts()
{
	mount -t statsfs none $SECOND
	cat $SECOND/*/*/* >/dev/null 2>&1
	umount -l $SECOND
}

drop_caches()
{
	echo 2 >/proc/sys/vm/drop_caches
	sleep 0.1
}

# What is there afterwards, also for who has not looked before.
test_afterwards()
{
	need mount -t statsfs none $SECOND
	for dir in $STATS $SECOND; do
		is "network devices in $dir" \
			"$(directories "$dir"/bufstat/net)" \
			"$(directories /sys/class/net)"
		is "disks" "$(directories "$dir"/bufstat/blk)" \
			"$(directories /sys/block)"
		is "everything can be read" "$(unreadable "$dir")" ""
	done
	need umount $SECOND
	is "nothing contradicts itself" \
		"$("$STATSFS_BIN/dirs" walk "$STATS" | sed 's/[0-9]* //')" entries
}

mkdir $SECOND
mkdir -p /run/netns
need ip netns attach here $$
need ip netns add there
need modprobe dummy numdummies=0
load_test_module
t create top test
t register top
t create mid mid
t add top mid
# shellcheck disable=SC2086 # several words
run_loops $DURATION $LOOPS
test_afterwards
need rmmod statsfs_test
check "everything can be unloaded" "$STATSFS_SRC/scripts/unload.sh"
