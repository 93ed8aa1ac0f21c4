#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Network devices, partitions, disks and namespaces come and go at the same time
# while everything is read and reset: a minute, or as long as DURATION says.

. "${0%/*}/lib.sh"
. "${0%/*}/loops.sh"

LOOPS="net partitions disks namespaces readers resetters holders"
OTHER=/tmp/other
GUEST=/tmp/guest

plan 27

# Each round of these begins with the removal of what the one before has left, so
# that something is there in the end.

# Devices are made, renamed, moved to another namespace and back, and deleted.
net()
{
	if [ "$rounds" -gt 0 ]; then
		ip link del storm5
		ip link del storm1
	fi
	ip link add storm0 type dummy
	ip link add storm1 type veth peer name storm2
	ip link set storm0 name storm3
	ip link set storm3 netns there
	ip link set storm2 netns there name storm3peer
	ip -n there link set storm3 name storm0
	ip -n there link set storm0 netns here name storm4
	ip link add storm6 type dummy
	ip link set storm4 name storm5
	ip -n there link set storm3peer name storm7
	ip link del storm6
}

partitions()
{
	if [ "$rounds" -gt 0 ]; then
		delpart /dev/vda 2
		delpart /dev/vda 3
	fi
	addpart /dev/vda 1 2048 32768
	addpart /dev/vda 2 65536 32768
	dd if=/dev/vda1 of=/dev/null bs=64k count=1 iflag=direct status=none
	delpart /dev/vda 1
	addpart /dev/vda 3 2048 4096
}

# loop_control ADD|REMOVE NUMBER
loop_control()
{
	perl -e '
		open(my $control, "+<", "/dev/loop-control") or die "$!\n";
		my $request = $ARGV[0] eq "ADD" ? 0x4c80 : 0x4c81;
		ioctl($control, $request, $ARGV[1] + 0) or die "$ARGV[0]: $!\n";
	' "$1" "$2"
}

disks()
{
	if [ "$rounds" -gt 0 ]; then
		losetup -d /dev/loop7
		loop_control REMOVE 7
	fi
	loop_control ADD 7
	losetup /dev/loop7 /tmp/image
	dd if=/dev/loop7 of=/dev/null bs=64k count=1 iflag=direct status=none
}

# Every other time the namespace ends before its mount.
namespaces()
{
	ip netns add guest
	nsenter --net=/run/netns/guest mount -t statsfs none $GUEST
	ip -n guest link add storm type dummy
	read_below $GUEST
	echo 0 >$GUEST/bufstat/net/rx_bytes
	if [ $((rounds % 2)) = 0 ]; then
		umount $GUEST
	fi
	ip netns del guest
	if [ $((rounds % 2)) = 1 ]; then
		read_below $GUEST
		umount $GUEST
	fi
}

readers()
{
	read_below "$STATS"
	read_below $OTHER
}

resetters()
{
	reset_below "$STATS"
	reset_below $OTHER
}

# Files are open while what they are of goes.
holders()
{
	cd $OTHER/bufstat/net || return
	sleep 5 | "$STATSFS_BIN/hammer" 1000000000000000 \
		storm0/rx_bytes storm3/rx_bytes storm7/rx_bytes rx_bytes \
		"$STATS/bufstat/net/storm1/tx_bytes" \
		"$STATS/bufstat/net/storm5/tx_bytes" \
		"$STATS/bufstat/net/tx_bytes" \
		"$STATS/bufstat/blk/loop7/reads" "$STATS/bufstat/blk/reads" \
		"$STATS/bufstat/blk/vda/vda1/reads" \
		"$STATS/bufstat/blk/vda/vda2/reads" >/tmp/hammer ||
		cat /tmp/hammer
	cd / || return
	sed -n 's/.* gone \([0-9]*\) .*/\1/p' /tmp/hammer >>/tmp/gone
}

setup()
{
	need modprobe -a dummy veth
	need modprobe loop max_loop=0
	mkdir -p /run/netns $OTHER $GUEST
	need ip netns attach here $$
	need ip netns add there
	need nsenter --net=/run/netns/there mount -t statsfs none $OTHER
	truncate -s 8M /tmp/image
}

mounts()
{
	awk '$3 == "statsfs" { print $2 }' /proc/mounts | sort |
		paste -s -d ' '
}

test_afterwards()
{
	is "network devices are those of the kernel" \
		"$(directories "$STATS/bufstat/net")" \
		"$(directories /sys/class/net)"
	is "in the other namespace, too" "$(directories $OTHER/bufstat/net)" \
		"$(ip netns exec there sh -c 'cd /sys/class/net && echo */')"
	is "disks are" "$(directories "$STATS/bufstat/blk")" \
		"$(directories /sys/block)"
	is "partitions are" "$(directories "$STATS/bufstat/blk/vda")" \
		"$(cd /sys/block/vda && echo vda*/)"
	is "and all of that is what was left" \
		"$(cd "$STATS/bufstat" && echo net/storm*/ blk/loop*/ blk/*/*/ &&
		   cd $OTHER/bufstat && echo net/storm*/)" \
		"net/storm1/ net/storm5/ blk/loop7/ blk/vda/vda2/ blk/vda/vda3/
net/storm7/"
	for dir in $STATS $OTHER; do
		is "everything can be read in $dir" "$(unreadable "$dir")" ""
		is "and nothing contradicts itself" \
			"$("$STATSFS_BIN/dirs" walk "$dir" | sed 's/[0-9]* //')" \
			entries
	done
	need umount $OTHER
	is "no other mount is left" "$(mounts)" "$STATS"
	need ip netns del there
	check "nor memory of what was looked up" can_be_dropped
	check "all modules can go" unload
}

unload()
{
	losetup -d /dev/loop7 && rmmod loop && "$STATSFS_SRC/scripts/unload.sh"
}

setup
# shellcheck disable=SC2086 # several words
run_loops "${DURATION:-60}" $LOOPS
check "files were open when they went" [ "$(sort -n /tmp/gone | tail -n 1)" -gt 0 ]
test_afterwards
