#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One value by its file, and a listing.

. "${0%/*}/guest.sh"
DEBUG=/sys/kernel/debug/statsfs_bench

bench_module statsfs_bench
mkdir /tmp/t
mount -t tmpfs none /tmp/t
echo 123 >/tmp/t/file
# As deep as statsfs, and below sysfs, whose directories are slow to walk.
mount -t tmpfs none /sys/fs/bpf
mkdir -p /sys/fs/bpf/bench/thin/7
echo 123 >/sys/fs/bpf/bench/thin/7/count
mkdir /sys/fs/bpf/many
i=0
while [ $i -lt 10000 ]; do
	i=$((i + 1))
	echo /sys/fs/bpf/many/$i
done | xargs mkdir

table "One value: open, read, close"
row "nothing: getppid" "$(measure getppid)"
row "statsfs, bench/thin/7/count" "$(measure open $STATS/bench/thin/7/count)" 1 \
	"below tmpfs"
row "tmpfs, mounted as deep" "$(measure open /sys/fs/bpf/bench/thin/7/count)"
row "sysfs, an attribute one directory higher" \
	"$(measure open /sys/kernel/statsfs_bench/count)"
row "debugfs, debugfs_create_u64()" "$(measure open $DEBUG/count)"
row "statsfs, bufstat/net/lo/rx_buffers" \
	"$(measure open $STATS/bufstat/net/lo/rx_buffers)" 1 "half of sysfs"
row "sysfs, class/net/lo/statistics/rx_packets" \
	"$(measure open /sys/class/net/lo/statistics/rx_packets)"
note "The limit is what tmpfs takes: a walk by path, an inode, and a page to copy from.  A file of statsfs has no page, and its directories stay in rcu-walk."

table "One value: pread of a file that is kept open"
row "nothing: getppid" "$(measure getppid)"
row "statsfs" "$(measure pread $STATS/bench/thin/7/count)" 1 750
row "tmpfs" "$(measure pread /tmp/t/file)"
row "sysfs" "$(measure pread /sys/kernel/statsfs_bench/count)"
note "Numbers of debugfs cannot be read twice by one descriptor.  The limit is the system call and what VFS checks before it calls the file system: about 600."

table "A listing of 10,000 directories, for each entry"
many "below both" "statsfs" readdir $STATS/bench/thin
many "" "tmpfs" readdir /sys/fs/bpf/many
note "The limit is what getdents64 does with each entry, about 150."
