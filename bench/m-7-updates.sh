#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Counting: what an event costs a provider.

. "${0%/*}/guest.sh"

bench_module statsfs_bench_update
cat /sys/kernel/debug/statsfs_bench_update >/tmp/updates
updates=$(awk '$1 == "updates" { print $2 }' /tmp/updates)

# compare WHAT NAME [TARGET]
compare()
{
	row "$1" "$(awk -v name="$2" '$1 == name { print $2 }' /tmp/updates)" \
		"$updates" "${3:-}"
}

# statsfs shows all of these events.
for value in plain percpu percpu_static guarded; do
	if [ "$(cat $STATS/bench_update/$value)" -ne $((21 * updates)) ]; then
		echo "$value is $(cat $STATS/bench_update/$value)" >&2
		exit 1
	fi
done

table "Counting an event, for each"
compare "a bare u64: n++" bare
compare "plain u64 of statsfs" plain "n++"
compare "a bare static per-CPU u64: this_cpu_inc(n)" bare_percpu_static
compare "static per-CPU u64 of statsfs" percpu_static "this_cpu_inc()"
compare "a bare allocated per-CPU u64: this_cpu_inc(p->n)" bare_percpu
compare "allocated per-CPU u64 of statsfs" percpu "this_cpu_inc()"
compare "a bare u64_stats_t: u64_stats_inc()" bare_guarded
compare "the same of statsfs, between u64_stats_update_begin() and _end()" guarded \
	"u64_stats_inc()"
compare "linear histogram, 16 buckets of 512" linear
compare "linear histogram, 16 buckets of 625" linear_odd
compare "logarithmic histogram, 16 buckets" log
note "The limit is one instruction that reads and writes the 8 bytes of a number, and nothing is between us and it: statsfs has no code there.  With 64 bits u64_stats_sync is empty; with 32 bits it is two additions to a sequence count, by those who count, not by statsfs.  A histogram adds what finds the bucket: a comparison with the last one, and a shift, a multiplication or a bit scan."
