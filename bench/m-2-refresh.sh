#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A refresh of a snapshot, by what is in it.

. "${0%/*}/guest.sh"

bench_module statsfs_bench
table "Refresh of a snapshot, for each number, sums included"
many 7 "100 sources of 50 u64" refresh $STATS/bench/wide
many 10 "100 sources of 48 numbers of all types" refresh $STATS/bench/mixed
many "" "100 sources of 8 per-CPU u64" refresh $STATS/bench/percpu
many "" "10,000 sources of one u64" refresh $STATS/bench/thin
many "" "100 sources of 50 u64, first read: all that is described" \
	first $STATS/bench/wide
many "" "/proc/meminfo, read and parsed" parse /proc/meminfo
echo 0 >$STATS/bench/thin/count
for n in $(seq 0 49); do
	echo 0 >"$STATS/bench/wide/c$n"
	[ "$n" -ge 48 ] || echo 0 >"$STATS/bench/mixed/c$n"
done
many 9 "100 sources of 50 u64, after resets" refresh $STATS/bench/wide
many 12 "100 sources of 48 numbers of all types, after resets" \
	refresh $STATS/bench/mixed
many "" "10,000 sources of one u64, after resets" refresh $STATS/bench/thin
note "The limit is a load, a store, an addition to the sum, and a word of the copy to user space: 4.  What is left at 50 numbers a source is the end of loops, and 60 for each source: whether it is alive, whether it was reset, its status.  After a reset: a load, a subtraction and a branch more.  Numbers of several types are loaded one type after the other, each by its own loop; six of a type cost as much for the loops as for the numbers.  A source of one number costs what a source costs."
