#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What "make demo" shows: statsfs on the devices of the virtual machine.  Each
# command is printed before it is run, and what it did is checked.

set -u
STATS=/sys/kernel/stats
GATEWAY=10.0.2.2	# of QEMU's user network

# fail REASON
fail()
{
	echo "demo: $*" >&2
	exit 1
}

# run COMMAND: print it, run it in this shell and print what it says.
run()
{
	echo "\$ $1"
	eval "$1" || fail "'$1' failed with status $?"
}

say()
{
	printf '\n# %s\n' "$*"
}

# show FILE...: print what they contain; "number FILE" is that from now on.
show()
{
	echo "\$ grep . $*"
	shown=$(grep . "$@") || fail "cannot read $*"
	echo "$shown"
}

number()
{
	echo "$shown" | sed -n "s|^$1:||p"
}

# grown FILE BEFORE NUMBER: by so much, at least.
grown()
{
	[ $(($(number "$1") - $2)) -ge "$3" ] ||
		fail "$1 is $(number "$1") now, was $2: not $3 more"
}

# sum FILE: that of all directories.  A packet may come between two of them.
sum()
{
	for _ in 1 2 3 4 5; do
		total=0
		for part in */"$1"; do
			total=$((total + $(cat "$part")))
		done
		whole=$(cat "$1")
		[ "$whole" != "$total" ] || return 0
	done
	fail "$1 is $whole, the sum of its parts $total"
}

mount_it()
{
	umount $STATS 2>/dev/null	# who loaded the modules has mounted it
	say "A file system"
	run "mount -t statsfs none $STATS"
	run "grep statsfs /proc/mounts"
	run "cd $STATS/bufstat && find . -maxdepth 2 -type d | sort"
	run "ls -C -w 72 net"
}

network()
{
	say "Packets that eth0 has received, and the sum over all devices"
	run "cd net"
	show eth0/rx_buffers lo/rx_buffers rx_buffers
	sum rx_buffers
	before=$(number eth0/rx_buffers)
	run "$ping -q -c 3 $GATEWAY | grep transmitted"
	run "$ping -q -c 2 127.0.0.1 | grep transmitted"
	show eth0/rx_buffers lo/rx_buffers rx_buffers
	grown eth0/rx_buffers "$before" 3
	grown lo/rx_buffers 0 4
	sum rx_buffers
}

reset()
{
	say "Start again from 0: one device, then all; the kernel goes on counting"
	received=$(number eth0/rx_buffers)
	run "echo 0 >eth0/rx_buffers"
	show eth0/rx_buffers lo/rx_buffers rx_buffers
	[ "$(number eth0/rx_buffers)" -lt "$received" ] ||
		fail "eth0/rx_buffers was reset, and is still $received"
	[ "$(number lo/rx_buffers)" -gt 0 ] ||
		fail "lo/rx_buffers was reset, too"
	run "echo 0 >rx_buffers"
	show eth0/rx_buffers lo/rx_buffers rx_buffers
	[ "$(number rx_buffers)" -lt "$received" ] ||
		fail "rx_buffers was reset, and is still $(number rx_buffers)"
	run "cat /sys/class/net/eth0/statistics/rx_packets"
	kernel=$(cat /sys/class/net/eth0/statistics/rx_packets)
	[ "$kernel" -ge "$received" ] ||
		fail "the kernel's own counter was reset to $kernel"
}

memory()
{
	say "Memory of each NUMA node and of all, in bytes; the kernel's, in kB"
	run "cd ../mm"
	show node0/total node1/total total
	sum total
	run "grep MemTotal /proc/meminfo"
	kernel=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	[ "$(number total)" = $((kernel * 1024)) ] ||
		fail "total is $(number total), MemTotal $kernel kB"
	show node0/anon node1/anon anon
	run "grep AnonPages /proc/meminfo"
}

disk()
{
	say "A disk before and after it is read: past the page cache, then through it"
	run "cd ../blk && exec 3</dev/vda"
	show vda/read_bytes vda/cached_bytes read_bytes
	before=$(number vda/read_bytes)
	cached=$(number vda/cached_bytes)
	run "dd if=/dev/vda of=/dev/null bs=1M count=8 iflag=direct status=none"
	show vda/read_bytes vda/cached_bytes read_bytes
	[ $(($(number vda/read_bytes) - before)) = 8388608 ] ||
		fail "8 MiB were read, not $(($(number vda/read_bytes) - before))"
	run "dd if=/dev/vda of=/dev/null bs=1M count=8 status=none"
	show vda/read_bytes vda/cached_bytes read_bytes
	grown vda/cached_bytes "$cached" 8000000
	grown vda/read_bytes "$before" 16000000
	sum read_bytes
}

nodes()
{
	say "The same by NUMA node"
	run "cd ../numa"
	show node0/net/rx_buffers node0/blk/read_bytes node1/mm/total
	[ "$(number node0/blk/read_bytes)" -gt 16000000 ] ||
		fail "node0 has read $(number node0/blk/read_bytes) bytes"
	[ "$(number node1/mm/total)" = "$(cat ../mm/node1/total)" ] ||
		fail "node1 has another total than mm/node1"
}

snapshot()
{
	say "All numbers below a directory in one read, and the program for it"
	PATH=$PATH:$STATSFS_SRC/build/tools/statsfs
	run "cd .. && wc -c .snapshot net/.snapshot"
	run "statsfs get net/rx_buffers blk/read_bytes mm/total"
	run "statsfs snapshot net | grep rx_bytes"
	[ "$(statsfs get -n blk/read_bytes)" = "$(cat blk/read_bytes)" ] ||
		fail "the snapshot has another blk/read_bytes"
}

program()
{
	say "What the numbers are, all of a kind, a page of them, and metrics"
	run "statsfs ls mm/node0/free net/eth0/rx_bytes blk/vda/read_ns"
	run "statsfs get 'bufstat/net/*/rx_bytes'"
	run "statsfs reset net/eth0/rx_bytes"
	run "statsfs report | head -n 11"
	run "statsfs export net | grep -v '^#' | grep rx_buffers"
	[ "$(statsfs get -n mm/total)" = "$(cat mm/total)" ] ||
		fail "statsfs get has another mm/total"
	[ "$(statsfs report | sed -n 's/^ *Total *//p')" = \
	  "$(($(cat mm/total) / 1024)) kB" ] ||
		fail "statsfs report has another total"
}

namespace()
{
	say "A network namespace has devices of its own"
	command="mount -t statsfs none /mnt && cd /mnt/bufstat/net && echo */"
	run "unshare --net sh -c '$command'"
	devices=$(unshare --net sh -c "$command")
	[ "$devices" = lo/ ] || fail "a new namespace has $devices"
}

ping=ping
if ! command -v ping >/dev/null; then
	PATH=$PATH:/run/vm
	ping="busybox ping"
fi
mount_it
network
reset
memory
disk
nodes
snapshot
program
namespace
say "All of that is the kernel's own; 'make shell' lets you look around."
