#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/numa: the same sources seen from their NUMA nodes.  A network card and a
# disk are on node 1.
# vm: far=yes

. "${0%/*}/lib.sh"

plan 38
BUFSTAT=$STATS/bufstat
NUMA=$BUFSTAT/numa

directories()
{
	(cd "$1" && echo */)
}

# node_of CLASS/DEVICE: as sysfs says, 0 if it has none
node_of()
{
	for dir in "/sys/class/$1/device" "/sys/class/$1/device/.."; do
		if [ -e "$dir/numa_node" ]; then
			cat "$dir/numa_node"
			return
		fi
	done
	echo 0
}

# same PATH PATH: one source, or a file of one
same()
{
	[ "$(stat -c %i "$BUFSTAT/$1")" = "$(stat -c %i "$BUFSTAT/$2")" ]
}

test_places()
{
	is "nodes with devices are shown" "$(directories "$NUMA")" \
		"node0/ node1/"
	is "with what they have" "$(directories "$NUMA/node1")" "blk/ mm/ net/"
	need test "$(node_of net/eth1)" = 1
	need test "$(node_of block/vdc)" = 1
	is "a card is with its node" "$(directories "$NUMA/node1/net")" eth1/
	is "and those of others are not" "$(directories "$NUMA/node0/net")" \
		"eth0/ lo/"
	is "a disk is with its node" "$(directories "$NUMA/node1/blk")" vdc/
	is "and others are not" "$(directories "$NUMA/node0/blk")" "vda/ vdb/"
	is "memory is with its node" \
		"$(directories "$NUMA/node0/mm") $(directories "$NUMA/node1/mm")" \
		"node0/ node1/"
	check "it is the same card" same numa/node1/net/eth1 net/eth1
	check "the same disk" same numa/node1/blk/vdc blk/vdc
	check "and the same memory" same numa/node1/mm/node1 mm/node1
	is "there are no sums over nodes" \
		"$(sys open r "$NUMA/rx_buffers" open r "$NUMA/node1/rx_buffers" \
		   open r "$NUMA/free" open r "$NUMA/node1/free" \
		   open r "$BUFSTAT/free" open r "$NUMA/node1/reads")" \
		"ENOENT ENOENT ENOENT ENOENT ENOENT ENOENT"
}

test_numbers()
{
	need ip link set eth1 up
	need ip address add 10.7.0.1/24 dev eth1
	# shellcheck disable=SC2016 # for the other shell
	bash -c 'for _ in 1 2 3 4 5; do echo x >/dev/udp/10.7.0.255/9; done' \
		2>/dev/null
	ping -q -w 2 -c 3 -i 0.2 -b 10.7.0.255 >/dev/null 2>&1
	need wait_until shows "$NUMA/node1/net/tx_buffers" -gt 0
	for value in rx_buffers tx_buffers tx_bytes; do
		check "$value of a node" awk -v ours="$NUMA/node1/net/$value" \
			-v theirs="$BUFSTAT/net/eth1/$value" \
			-f "${0%/*}/sandwich.awk"
		check "$value of the nodes is that of all" \
			awk -v ours="$BUFSTAT/net/$value" \
			-v theirs="$NUMA/node0/net/$value $NUMA/node1/net/$value" \
			-f "${0%/*}/sandwich.awk"
	done
	need dd if=/dev/vdc of=/dev/null bs=64k count=16 iflag=direct status=none
	check "a disk's bytes are its node's" shows "$NUMA/node1/blk/read_bytes" \
		-ge 1048576
	is "and nobody else's" "$(numbers "$NUMA/node1/blk/read_bytes")" \
		"$(numbers "$BUFSTAT/blk/vdc/read_bytes")"
	for value in total free file anon slab numa_hit; do
		check "$value of a node's memory" \
			awk -v ours="$NUMA/node1/mm/$value" \
			-v theirs="$BUFSTAT/mm/node1/$value" \
			-f "${0%/*}/sandwich.awk"
	done
}

test_reset()
{
	others=$(numbers "$BUFSTAT/blk/vda/read_bytes")
	need test "$others" -gt 0
	echo 0 >"$NUMA/node1/blk/read_bytes"
	is "a reset of a node resets its devices" \
		"$(numbers "$BUFSTAT/blk/vdc/read_bytes")" 0
	is "and no others" "$(numbers "$BUFSTAT/blk/vda/read_bytes")" "$others"
}

test_changes()
{
	need modprobe dummy numdummies=0
	need ip link add d0 type dummy
	is "what has no node is with the first one" \
		"$(directories "$NUMA/node0/net")" "d0/ eth0/ lo/"
	need ip link del d0
	need ip link set eth1 down
	need ip link set eth1 name far0
	is "a new name is seen in both places" \
		"$(directories "$NUMA/node1/net") $(sys open r \
		   "$BUFSTAT/net/eth1" open rd "$BUFSTAT/net/far0")" \
		"far0/ ENOENT 0"
	need addpart /dev/vdc 1 2048 4096
	is "a partition, too" "$(directories "$NUMA/node1/blk/vdc")" vdc1/
	need delpart /dev/vdc 1
	is "until it goes" "$(directories "$NUMA/node1/blk/vdc" 2>/dev/null)" \
		"*/"
	exec 3<"$NUMA/node1/net/far0/tx_bytes"
	need ip netns add other
	mkdir /tmp/other
	need nsenter --net=/run/netns/other mount -t statsfs none /tmp/other
	need ip link set far0 netns other
	is "a card in another namespace is seen there" \
		"$(directories /tmp/other/bufstat/numa/node1/net) $(directories \
		   "$NUMA/node1/net")" "far0/ */"
	is "and its file here is ENODEV" "$(sys fd 3 read 64)" ENODEV
	exec 3<&-
	need umount /tmp/other
	need ip netns del other
}

test_unload()
{
	exec 3<"$NUMA/node1/net" 4<"$NUMA/node1/blk/vdc/reads"
	check "a provider goes" rmmod bufstat_net
	is "with its part of each node" "$(directories "$NUMA/node1")" \
		"blk/ mm/"
	check "the next one, too" rmmod bufstat_blk
	is "and with its files" "$(sys fd 4 read 64)" ENODEV
	need insmod "$STATSFS_MODULES/providers/bufstat_blk.ko"
	is "they can come back" "$(directories "$NUMA/node1/blk")" vdc/
	exec 3<&- 4<&-
}

test_places
test_numbers
test_reset
test_changes
test_unload
