#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/mm: the memory of NUMA nodes beside node meminfo and /proc/meminfo.

. "${0%/*}/lib.sh"

plan 77
MM=$STATS/bufstat/mm
VALUES="total:MemTotal free:MemFree file:FilePages dirty:Dirty
	writeback:Writeback slab_reclaimable:SReclaimable
	slab_unreclaimable:SUnreclaim page_tables:PageTables anon:AnonPages
	mapped:Mapped shmem:Shmem kernel_stack:KernelStack"

# What node meminfo has under a name.
node_terms()
{
	echo "/sys/devices/system/node/$1/meminfo:$2"
}

# What /proc/meminfo has under another name, or in parts.
machine_terms()
{
	if [ "$1" = FilePages ]; then
		set -- Cached Buffers SwapCached
	fi
	for name; do
		echo "/proc/meminfo:$name"
	done
}

# agrees NAME FILE TERM...: with the sum of the terms
agrees()
{
	name=$1
	file=$2
	shift 2
	check "$name" awk -v ours="$file" -v theirs="$*" \
		-f "${0%/*}/sandwich.awk"
}

# agree PREFIX VALUE: at the nodes, and in the machine
agree()
{
	ours=${2%:*}
	for node in node0 node1; do
		agrees "$1$node/$ours" "$MM/$node/$ours" \
			"$(node_terms $node "${2#*:}")"
	done
	agrees "$1$ours is the sum of the nodes" "$MM/$ours" \
		"$MM"/node*/"$ours"
	# shellcheck disable=SC2046 # several terms
	agrees "$1$ours is that of the machine" "$MM/$ours" \
		$(machine_terms "${2#*:}")
}

# On an otherwise quiet machine most of these are 0, or the same.
make_memory()
{
	need modprobe loop
	need mkfs.ext4 -q /dev/vdb
	mkdir /tmp/mount
	need mount /dev/vdb /tmp/mount
	need dd if=/dev/zero of=/tmp/mount/image bs=1M count=8 status=none
	need losetup /dev/loop0 /tmp/mount/image
	sync
	need fsfreeze -f /tmp/mount
	# What nobody has open is written back at once.
	exec 3<>/dev/loop0 4<>/dev/vda
	need dd if=/dev/zero of=/dev/loop0 bs=64k count=8 status=none
	sync /dev/loop0 &
	need wait_until shows "$MM/writeback" -gt 0
	need dd if=/dev/zero of=/dev/vda bs=1M count=3 status=none conv=notrunc
}

test_nodes()
{
	is "nodes with memory are shown" "$(cd "$MM" && echo */)" \
		"$(cd /sys/devices/system/node && echo node*/)"
	is "with these values" "$(cd "$MM/node0" && echo *)" \
		"anon dirty file free kernel_stack mapped page_tables shmem\
 slab_reclaimable slab_unreclaimable total writeback"
	is "of which none can be reset" \
		"$(sys open w "$MM/node0/free" open w "$MM/free")" \
		"EACCES EACCES"
	is "there are no sums further up" "$(sys open r "$MM/../free")" ENOENT
}

# Memory of a file in tmpfs, made on a CPU of that node.
test_local()
{
	for node in 0 1; do
		before=$(numbers "$MM/node$node/shmem")
		other=$(numbers "$MM/node$((1 - node))/shmem")
		need taskset -c "$node" dd if=/dev/zero of="/tmp/shm$node" \
			bs=1M count=16 status=none
		check "memory of node $node is counted there" \
			[ $(($(numbers "$MM/node$node/shmem") - before)) -gt \
			15000000 ]
		check "and not on the other" \
			[ $(($(numbers "$MM/node$((1 - node))/shmem") - other)) \
			-lt 1000000 ]
	done
	before=$(numbers "$MM/shmem")
	rm /tmp/shm?
	check "what is freed is not counted any more" \
		[ $((before - $(numbers "$MM/shmem"))) -gt 30000000 ]
}

test_nodes
for value in $VALUES; do
	agree "" "$value"
done
make_memory
for value in $VALUES; do
	check "something is ${value%:*}" shows "$MM/${value%:*}" -gt 0
done
agree "then " dirty:Dirty
agree "then " writeback:Writeback
test_local
need fsfreeze -u /tmp/mount
