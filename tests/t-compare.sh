#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The program's comparison of kstats with /proc: a hundred times in a row, while the
# machine has much to do.

. "${0%/*}/lib.sh"

plan 9
STATSFS=$STATSFS_SRC/build/tools/statsfs/statsfs

compare()
{
	"$STATSFS" compare >/tmp/compared 2>&1
}

# Tasks that come and go, memory that is taken and given back, a disk that is read.
load()
{
	while :; do
		dd if=/dev/zero of=/tmp/zeroes bs=64k count=64 status=none
		rm -f /tmp/zeroes
		dd if=/dev/vda of=/dev/null bs=64k count=32 status=none
		for _ in 1 2 3 4 5 6 7 8; do
			/bin/true
		done
	done
}

check_fails "there is nothing to compare without kstats" compare
is "which is said" "$(cat /tmp/compared)" \
	"statsfs: $STATS/kstats: No such file or directory;\
 load it with: modprobe kstats"
need insmod "$STATSFS_MODULES/providers/kstats.ko"
check "an idle machine agrees" compare
diagnose "$(cat /tmp/compared)"
is "with all fields" "$(sed -n '2,8s/ .*//p' /tmp/compared | paste -s -d ' ')" \
	"num_processes num_running total_memory free_memory buffer_memory uptime\
 context_switches"
load &
loader=$!
good=0
for _ in $(seq 100); do
	compare || break
	good=$((good + 1))
done
is "a busy one a hundred times" $good 100
diagnose "$(cat /tmp/compared)"
kill $loader
wait $loader 2>/dev/null
is "each of which says what it costs" \
	"$(sed -n '10,$s/  .*//p' /tmp/compared | paste -s -d ,)" \
	"window,cost of a sample,system calls"
# A counter that goes back is another one.
(
	sleep 0.1
	while :; do
		echo 0 >$STATS/kstats/context_switches
	done
) &
resetter=$!
wait_until sh -c "! $STATSFS compare >/tmp/compared 2>&1"
kill $resetter
is "what differs is said" "$(sed -n 's/^context_switches.* //p' /tmp/compared)" \
	DIFFERS
check "and is past when it ends" compare
rmmod kstats
check_fails "as is everything without the module" compare
