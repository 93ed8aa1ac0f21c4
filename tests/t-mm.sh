#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/mm: the memory of NUMA nodes, their zones and the machine beside what
# the kernel reports, and memory that goes offline and comes back.  Node 2 has
# none at first.
# vm: dimm=256M
#
# Newer kernels take new memory into use by themselves.
# vm: append=memhp_default_state=offline

. "${0%/*}/lib.sh"

MM=$STATS/bufstat/mm
NODES=/sys/devices/system/node
MEMORY=/sys/devices/system/memory
PAGE=$(getconf PAGESIZE)

# What is compared, as sandwich.awk takes it: with a node's meminfo or that of
# the machine.
values_of_all()
{
	sed "s|OURS|$1|; s|INFO|$2|" <<-END
		gauge OURS/total INFO:MemTotal
		gauge OURS/free INFO:MemFree
		gauge OURS/swap_cached INFO:SwapCached
		gauge OURS/active INFO:Active
		gauge OURS/inactive INFO:Inactive
		gauge OURS/active_anon INFO:Active(anon)
		gauge OURS/inactive_anon INFO:Inactive(anon)
		gauge OURS/active_file INFO:Active(file)
		gauge OURS/inactive_file INFO:Inactive(file)
		gauge OURS/unevictable INFO:Unevictable
		gauge OURS/mlocked INFO:Mlocked
		gauge OURS/dirty INFO:Dirty
		gauge OURS/writeback INFO:Writeback
		gauge OURS/mapped INFO:Mapped
		gauge OURS/anon INFO:AnonPages
		gauge OURS/shmem INFO:Shmem
		gauge OURS/kernel_stack INFO:KernelStack
		gauge OURS/page_tables INFO:PageTables
		gauge OURS/secondary_page_tables INFO:SecPageTables
		gauge OURS/kernel_reclaimable INFO:KReclaimable
		gauge OURS/slab INFO:Slab
		gauge OURS/slab_reclaimable INFO:SReclaimable
		gauge OURS/slab_unreclaimable INFO:SUnreclaim
		gauge OURS/anon_huge INFO:AnonHugePages
		gauge OURS/shmem_huge INFO:ShmemHugePages
		gauge OURS/shmem_huge_mapped INFO:ShmemPmdMapped
		gauge OURS/file_huge INFO:FileHugePages
		gauge OURS/file_huge_mapped INFO:FilePmdMapped
	END
	if counts nr_bounce; then
		echo "gauge $1/bounce $2:Bounce"
	fi
	if counts nr_writeback_temp; then
		echo "gauge $1/writeback_temp $2:WritebackTmp"
	fi
}

# Whether the kernel counts this, of what meminfo has in any case.
counts()
{
	grep -q "^$1 " /proc/vmstat
}

# node NODE
node()
{
	values_of_all "$MM/$1" "$NODES/$1/meminfo"
	sed "s|OURS|$MM/$1|; s|INFO|$NODES/$1/meminfo|
	     s|NUMA|$NODES/$1/numastat|" <<-END
		gauge OURS/used INFO:MemUsed
		gauge OURS/file INFO:FilePages
		counter OURS/numa_hit NUMA:numa_hit
		counter OURS/numa_miss NUMA:numa_miss
		counter OURS/numa_foreign NUMA:numa_foreign
		counter OURS/numa_interleave NUMA:interleave_hit
		counter OURS/numa_local NUMA:local_node
		counter OURS/numa_other NUMA:other_node
	END
}

machine()
{
	values_of_all "$MM" /proc/meminfo
	sed "s|OURS|$MM|; s|INFO|/proc/meminfo|g" <<-END
		gauge OURS/used INFO:MemTotal -INFO:MemFree
		gauge OURS/file INFO:Cached INFO:Buffers INFO:SwapCached
		gauge OURS/available INFO:MemAvailable
		gauge OURS/buffers INFO:Buffers
		gauge OURS/cached INFO:Cached
		gauge OURS/committed INFO:Committed_AS
		counter OURS/numa_hit /proc/vmstat:numa_hit
		counter OURS/numa_miss /proc/vmstat:numa_miss
		counter OURS/numa_foreign /proc/vmstat:numa_foreign
		counter OURS/numa_interleave /proc/vmstat:numa_interleave
		counter OURS/numa_local /proc/vmstat:numa_local
		counter OURS/numa_other /proc/vmstat:numa_other
	END
}

# Of everything but what only the machine has.
sums()
{
	node node0 | sed "s|[^ ]*/node0/\([a-z_]*\) .*|$MM/\1 $(
		cd "$MM" && for node in node*; do
			printf ' %s/%s/\\1' "$MM" "$node"
		done)|"
}

# zone NODE ZONE
zone()
{
	for name in free managed; do
		echo "gauge $MM/$1/$2/$name" \
			"/proc/zoneinfo:$name@Node_${1#node},_zone_$2*$PAGE"
	done
}

# compare COMMAND...: which prints what is compared
compare()
{
	"$@" | awk -f "${0%/*}/sandwich.awk"
}

# The files of a directory, and those that are compared.
files()
{
	find "$1/" -maxdepth 1 -type f ! -name .snapshot -printf '%f\n' | sort | paste -s -d ' '
}

compared()
{
	"$@" | sed 's/^[^ ]* [^ ]*\/\([a-z_]*\) .*/\1/' | sort |
		paste -s -d ' '
}

# everything WHEN
everything()
{
	for node in node0 node1; do
		check "$node agrees with the kernel $1" compare node $node
	done
	check "the machine agrees with the kernel $1" compare machine
	check "it is the sum of the nodes $1" compare sums
}

# Zones that have memory, as /proc/zoneinfo has them.
kernel_zones()
{
	awk -v node="${1#node}," '
		/^Node/ { zone = $2 == node ? $4 : "" }
		zone != "" && $1 == "present" && $2 > 0 { print zone "/" }
	' /proc/zoneinfo | sort | paste -s -d ' '
}

kernel_nodes()
{
	awk '
		/^Node/ { node = $2 + 0 }
		$1 == "present" && $2 > 0 && !seen[node]++ {
			print "node" node "/"
		}
	' /proc/zoneinfo | sort | paste -s -d ' '
}

test_nodes()
{
	is "nodes with memory are shown" "$(directories "$MM")" \
		"$(kernel_nodes)"
	is "others are not" "$(sys open r "$NODES/node2" open r "$MM/node2")" \
		"0 ENOENT"
	for node in node0 node1; do
		is "with their zones, $node" "$(directories "$MM/$node")" \
			"$(kernel_zones $node)"
		for zone in $(kernel_zones $node); do
			check "$node/$zone agrees with the kernel" \
				compare zone $node "${zone%/}"
		done
	done
	is "all of a zone is compared" "$(files "$MM/node0/DMA32")" \
		"$(compared zone node0 DMA32)"
	is "all of a node" "$(files "$MM/node0")" "$(compared node node0)"
	is "all of the machine" "$(files "$MM")" "$(compared machine)"
	is "gauges cannot be reset" \
		"$(sys open w "$MM/node0/free" open w "$MM/free" \
		   open w "$MM/available" open w "$MM/node0/DMA32/free")" \
		"EACCES EACCES EACCES EACCES"
	is "there is nothing further up" \
		"$(sys open r "$MM/../free" open r "$MM/../available" \
		   open r "$MM/../numa_hit")" "ENOENT ENOENT ENOENT"
}

# sys_hold OPERATION...: what it made is kept until it is released.
sys_hold()
{
	hold "$STATSFS_BIN/sys" "$@" stop >/dev/null
	need wait_state $! T
}

some()
{
	for name; do
		check "there is some $name" shows "$MM/$name" -gt 0
	done
}

# Advice is that of <sys/mman.h>: 14 to have huge pages, 21 to be swapped out, 22
# to be there for reading.
test_kinds()
{
	# Generations of pages make few of them active.
	if [ -e /sys/kernel/mm/lru_gen/enabled ]; then
		echo n >/sys/kernel/mm/lru_gen/enabled
	fi
	for _ in 1 2 3; do
		need cat "$STATSFS_BIN/sys" >/dev/null
	done
	sys_hold map 3145728 dirty mlock
	sys_hold map 8388608 madvise 14 dirty
	mkdir /tmp/huge
	need mount -t tmpfs -o huge=always none /tmp/huge
	need dd if=/dev/zero of=/tmp/huge/file bs=1M count=6 status=none
	sys_hold open r /tmp/huge/file map-file 4194304 madvise 14 madvise 22
	need mkswap -q /dev/vdb
	need swapon /dev/vdb
	sys_hold map 5242880 dirty madvise 21 madvise 22
	some total free used active inactive active_anon inactive_anon \
		active_file inactive_file unevictable mlocked file mapped \
		anon shmem kernel_stack page_tables kernel_reclaimable slab \
		slab_reclaimable slab_unreclaimable anon_huge shmem_huge \
		shmem_huge_mapped swap_cached available cached committed
	everything "then"
	release
	need umount /tmp/huge
	need swapoff /dev/vdb
}

# Pages that are dirty, and others that cannot be written as they should.
test_dirty()
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
	some dirty writeback buffers
	everything "with dirty pages"
	need fsfreeze -u /tmp/mount
	exec 3<&- 4<&-
	wait
}

# Memory of a file in tmpfs, made on a CPU of that node, or for another.
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

# The number of an event of a node, as the kernel has it.
event()
{
	sed -n "s/^$2 //p" "$NODES/$1/numastat"
}

# Pages that CPU 1 wants from its node 1 until there are no more: /tmp may be too
# small.
overflow()
{
	mkdir /tmp/overflow
	need mount -t tmpfs -o size=90% none /tmp/overflow
	need taskset -c 1 dd if=/dev/zero of=/tmp/overflow/file bs=1M \
		count=$(($(numbers "$MM/node1/free") / 1048576 + 32)) \
		status=none
	need umount /tmp/overflow
}

test_events()
{
	check "pages are missed" shows "$MM/numa_miss" -gt 0
	check "on another node" shows "$MM/node1/numa_foreign" -gt 0
	# The kernel's own report would fold them.
	before=$(numbers "$MM/node0/numa_hit")
	need taskset -c 0 dd if=/dev/zero of=/tmp/events bs=1M count=8 \
		status=none
	check "events count before the kernel has folded them" \
		shows "$MM/node0/numa_hit" -ge $((before + 2000))
	rm /tmp/events
	before=$(event node1 numa_hit)
	other=$(numbers "$MM/node0/numa_hit")
	echo 0 >"$MM/node1/numa_hit"
	check "a reset of an event is that of its node" \
		[ "$(numbers "$MM/node1/numa_hit")" -lt "$before" ]
	check "and of no other" shows "$MM/node0/numa_hit" -ge "$other"
	echo 0 >"$MM/numa_hit"
	check "a reset of the sum is that of all" \
		shows "$MM/node0/numa_hit" -lt "$other"
	check "and of nothing of the kernel's" \
		[ "$(event node1 numa_hit)" -ge "$before" ]
	echo 0 >/proc/sys/vm/numa_stat
	is "when the kernel starts again, so do we" \
		"$(cd "$MM/node1" && numbers numa_local numa_other numa_miss)" \
		"0 0 0"
	echo 1 >/proc/sys/vm/numa_stat
	rmmod bufstat_mm
	need insmod "$STATSFS_MODULES/providers/bufstat_mm.ko"
	everything "from then on"
}

# set_block NUMBER STATE
set_block()
{
	echo "$2" 2>/dev/null >"$MEMORY/memory$1/state"
}

# Takes one block of node 1 offline.  Most cannot be.
offline_one()
{
	for path in "$MEMORY"/memory[0-9]*/node1; do
		block=${path%/node1}
		block=${block##*memory}
		if set_block "$block" offline; then
			return 0
		fi
	done
	return 1
}

test_hotplug()
{
	before=$(numbers "$MM/node1/total")
	if ! offline_one; then
		bail "no memory of node 1 can be taken offline"
	fi
	check "memory that goes offline is followed" \
		[ $((before - $(numbers "$MM/node1/total"))) -gt 100000000 ]
	everything "without it"
	need set_block "$block" online_movable
	is "a zone comes with its memory" "$(directories "$MM/node1")" \
		"$(kernel_zones node1)"
	check "the movable one" compare zone node1 Movable
	everything "with it in another zone"
	exec 3<"$MM/node1/Movable/free" 4<"$MM/node1/Movable"
	need sys fd 3 pread 64 0
	need set_block "$block" offline
	is "and goes with it" "$(directories "$MM/node1")" \
		"$(kernel_zones node1)"
	is "open files are ENODEV" "$(sys fd 3 pread 64 0)" ENODEV
	is "directories empty" "$(sys open r "/proc/$$/fd/4/free")" ENOENT
	exec 3<&- 4<&-
	check "events can be read all the same" compare node node1
	need set_block "$block" online
	is "back where it was, everything is as before" \
		"$(numbers "$MM/node1/total")" "$before"
}

# set_node STATE: of all of node 2
set_node()
{
	for path in "$NODES"/node2/memory[0-9]*; do
		echo "$1" >"$path/state" || return 1
	done
}

test_node()
{
	exec 3<"$MM/total" 4<"$MM"
	before=$(numbers "$MM/total")
	need set_node online_movable
	is "a node comes with its memory" "$(directories "$MM")" \
		"node0/ node1/ node2/"
	is "and its zone" "$(directories "$MM/node2")" "Movable/"
	check "it agrees with the kernel" compare node node2
	check "and its zone does" compare zone node2 Movable
	everything "with it"
	is "which files that are open have" "$(sys fd 3 pread 64 0)" \
		"$((before + 268435456))\n"
	is "and directories" "$(sys open r "/proc/$$/fd/4/node2/free")" 0
	exec 3<"$MM/node2/free" 4<"$MM/node2/numa_hit"
	need sys fd 3 pread 64 0 fd 4 pread 64 0
	need set_node offline
	is "it goes with its memory" "$(directories "$MM")" "node0/ node1/"
	is "open files of it are ENODEV" \
		"$(sys fd 3 pread 64 0 fd 4 pread 64 0)" "ENODEV ENODEV"
	exec 3<&- 4<&-
	rmmod bufstat_mm
	need set_node online
	need insmod "$STATSFS_MODULES/providers/bufstat_mm.ko"
	is "it may come before the module" "$(directories "$MM/node2")" \
		"$(kernel_zones node2)"
	check "and agrees with the kernel" compare node node2
}

# A zone that loses its memory, and its counters, under readers of events.
test_churn()
{
	{
		for _ in $(seq 6); do
			set_block "$block" offline
			set_block "$block" online_movable
		done
	} | "$STATSFS_BIN/hammer" 1000000000000 "$MM/node1/numa_hit" \
		"$MM/numa_local" "$MM/node1/Movable/free" "$MM/free" \
		"$MM/node1/total" >/tmp/hammer
	is "memory comes and goes under readers" \
		"$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
}

# Each zone is a check.
plan $((104 + $(echo "$(kernel_zones node0) $(kernel_zones node1)" | wc -w)))
test_nodes
everything "at first"
test_kinds
test_dirty
test_local
overflow
everything "after an overflow"
test_events
test_hotplug
test_node
test_churn
