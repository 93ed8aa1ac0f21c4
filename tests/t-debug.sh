#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The messages that the kernel's dynamic debug switches on.

. "${0%/*}/lib.sh"

plan 10
CONTROL=/sys/kernel/debug/dynamic_debug/control
NET=$STATS/bufstat/net

if ! mountpoint -q /sys/kernel/debug; then
	need mount -t debugfs none /sys/kernel/debug
fi

# said COMMAND...: what of statsfs is in the log after it.  The numbers are those of
# inodes, or of processes.
said()
{
	dmesg --clear
	"$@" >/dev/null || echo "$* failed"
	dmesg | sed -n 's/.*\] statsfs: //p' | tr '\n' ';'
}

switch()
{
	echo "module statsfs $1" >$CONTROL
}

reset()
{
	echo 0 >"$1"
}

inode()
{
	stat -c %i "$1"
}

if [ ! -e $CONTROL ]; then
	for name in $(seq 10); do
		skip "message $name" "this kernel has no dynamic debug"
	done
	exit
fi

is "nothing is said unasked" "$(said ip link add quiet type dummy)" ""
need switch +p
said ip link add loud type dummy >/tmp/said
like "a device comes" "$(cat /tmp/said)" \
	"*$(inode $NET/loud) (loud): added to $(inode $NET);*"
number=$(inode $NET/loud)
is "it gets another name" "$(said ip link set loud name other)" \
	"$number (other): renamed from loud;"
like "somebody resets" "$(said reset $NET/other/rx_buffers)" \
	"bufstat/net/other/rx_buffers: reset by * (*): 0;"
like "and a sum" "$(said reset $NET/rx_buffers)" \
	"*bufstat/net/rx_buffers: reset by * (*): 0;"
like "a snapshot" "$(said head -c 8 $NET/other/.snapshot)" \
	"$number: snapshot of [1-9]* sources, [1-9]* numbers;"
is "reading says nothing" "$(said cat $NET/other/rx_buffers)" ""
is "it goes, also from its node" \
	"$(said ip link del other | tr ';' '\n' | sort | paste -s -d ';')" \
	"$(for directory in $NET $STATS/bufstat/numa/node0/net; do
		echo "$number (other): removed from $(inode "$directory")"
	done | sort | paste -s -d ';')"
need insmod "$STATSFS_MODULES/samples/statsfs_kvm.ko"
like "with its last reference a source goes as well" "$(said rmmod statsfs_kvm)" \
	"*(kvm): removed from 1;*"
need switch -p
is "nothing is said any more" "$(said ip link del quiet)" ""
