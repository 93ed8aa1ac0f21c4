#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: core.sh
#
# What reading costs, next to what others take for the same: in instructions, by the
# clock of a virtual machine that counts them.

. "$(dirname "$0")/lib.sh"

# Runs in the guest.
# shellcheck disable=SC2016 # for the other shell
GUEST='
	STATS=/sys/kernel/stats
	DEBUG=/sys/kernel/debug/statsfs_bench
	insmod "$STATSFS_MODULES/tests/modules/statsfs_bench.ko"
	measure() { "$STATSFS_BIN/measure" "$@"; }
	row() { printf "%-52s %10s %8s\n" "$1" "$2" "${3:-}"; }
	# each WHAT PATH...: by value
	each()
	{
		name=$1
		shift
		set -- "$name" $(measure "$@")
		row "$name, of $3" "$2" "$(awk "BEGIN { printf \"%.1f\", $2 / $3 }")"
	}
	row "" instructions each
	row "the system call floor (getppid)" "$(measure getppid)"
	mkdir /tmp/t
	mount -t tmpfs none /tmp/t
	echo 123 >/tmp/t/file
	row "open, read, close: a value" "$(measure open $STATS/bench/thin/7/count)"
	row "  the same of sysfs" \
		"$(measure open /sys/kernel/statsfs_bench/count)"
	row "  of debugfs" "$(measure open $DEBUG/count)"
	# As deep, and below sysfs, whose directories are slow to walk.
	mount -t tmpfs none /sys/fs/bpf
	mkdir -p /sys/fs/bpf/bench/thin/7
	echo 123 >/sys/fs/bpf/bench/thin/7/count
	row "  of tmpfs, mounted as deep" "$(measure open /sys/fs/bpf/bench/thin/7/count)"
	row "  a device in statsfs" "$(measure open $STATS/bufstat/net/lo/rx_buffers)"
	row "  in sysfs" "$(measure open /sys/class/net/lo/statistics/rx_packets)"
	row "pread: a value" "$(measure pread $STATS/bench/thin/7/count)"
	row "  the same of sysfs" "$(measure pread /sys/kernel/statsfs_bench/count)"
	row "  of tmpfs" "$(measure pread /tmp/t/file)"
	set -- $(measure pread $STATS/bench/thin/count)
	row "aggregate of 10,000 leaves" "$1" "$(awk "BEGIN { printf \"%.1f\", $1 / 10000 }")"
	set -- $(measure pread $DEBUG/loop)
	row "  a loop" "$1" "$(awk "BEGIN { printf \"%.1f\", $1 / 10000 }")"
	for dir in thin wide mixed percpu; do
		each "refresh: $dir" refresh $STATS/bench/$dir
	done
	each "refresh: net" refresh $STATS/bufstat/net
	each "refresh: everything" refresh $STATS
	echo 0 >$STATS/bench/thin/count
	for n in $(seq 0 49); do
		echo 0 >$STATS/bench/wide/c$n
		[ $n -ge 48 ] || echo 0 >$STATS/bench/mixed/c$n
	done
	set -- $(measure pread $STATS/bench/thin/count)
	row "aggregate after a reset" "$1" "$(awk "BEGIN { printf \"%.1f\", $1 / 10000 }")"
	for dir in thin wide mixed; do
		each "refresh after resets: $dir" refresh $STATS/bench/$dir
	done
	each "readdir" readdir $STATS/bench/thin'

counted "$GUEST"
