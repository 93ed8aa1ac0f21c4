#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One aggregate over many leaves.

. "${0%/*}/guest.sh"
DEBUG=/sys/kernel/debug/statsfs_bench
SIZES="1 10 100 1000 10000"

bench_module statsfs_bench
compare()
{
	for n in $SIZES; do
		row "$1, $n leaves" "$(measure pread "$STATS/bench/$2$n/$3")" "$n" "$4"
	done
}

table "One aggregate, for each leaf"
compare "plain u64, sum" sum count 6
for n in $SIZES; do
	row "the same array by a loop in a seq_file, $n" \
		"$(measure pread "$DEBUG/loop$n")" "$n"
done
compare "plain u64, maximum" sum count_max ""
compare "per-CPU u64, sum" cpu count ""
for n in $SIZES; do
	echo 0 >"$STATS/bench/sum$n/count"
	echo 0 >"$STATS/bench/cpu$n/count"
done
compare "plain u64 after a reset, sum" sum count "below 10"
compare "per-CPU u64 after a reset, sum" cpu count ""
note "The limit is a load of the address of each number, of the number, and an addition: 3.  Compilers do not fold an addition into the address of a volatile load (READ_ONCE()), and four leaves share the end of a loop: 4.8.  What is left is taking the lock for 170 leaves at a time.  After a reset there are two loads more, a subtraction, and a branch for owners that began again."
