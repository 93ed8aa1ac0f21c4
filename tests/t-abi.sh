#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The documentation of the providers beside their trees: every file is documented,
# everything documented is there, and can be reset where that is said.

. "${0%/*}/lib.sh"

AREAS="net sock softnet blk mm"
DOCUMENTATION=${0%/*}/../Documentation
CONFIG=$VM_KERNEL/boot/config-$(uname -r)

# What only some kernels have, as the ABI file says it, and what that is.
conditions()
{
	cat <<-'END'
		with CONFIG_BQL:byte queue limits
		with CONFIG_RPS:received_rps
		with CONFIG_NET_FLOW_LIMIT, before Linux 6.10:flow_limit_count
		with CONFIG_SWAP:swap_cached
		with CONFIG_SHADOW_CALL_STACK:shadow_call_stack
		before Linux 6.16:bounce and writeback_temp
		with CONFIG_TRANSPARENT_HUGEPAGE:huge pages
		with CONFIG_NUMA:events of NUMA nodes
	END
}

plan $((5 * 4 + 2 + 2 + $(conditions | wc -l)))

# A disk with a partition is all that the machine does not have by itself; more
# disks and devices are of more kinds.
setup()
{
	need modprobe -a dummy loop dm-mod
	need addpart /dev/vda 1 65536 32768
	need ip link add d0 numtxqueues 4 type dummy
	# Devices with the names of values
	need ip link add rx_bytes type dummy
	truncate -s 1M /tmp/image
	need losetup /dev/loop0 /tmp/image
	need dmsetup create linear --noudevsync --noudevrules \
		--table "0 1024 linear /dev/loop0 0"
}

# said LINE...: what is left of the lines of abi.py that begin so
said()
{
	sed -n "s/^$1 //p" /tmp/abi
}

test_area()
{
	is "$1: everything is documented" "$(said "$1 undocumented")" ""
	is "$1: what is documented is there" "$(said "$1 missing")" ""
	is "$1: what can be reset is documented so" "$(said "$1 mode")" ""
	is "$1: the page has the same" "$(said "$1 page")" ""
}

test_conditions()
{
	is "conditions are those that are known" \
		"$(said 'condition [a-z]*' | sort)" \
		"$(conditions | sed 's/:.*//' | sort)"
	conditions >/tmp/conditions
	while IFS=: read -r condition what; do
		if [ "$(said "condition here" | grep -cFx "$condition")" -eq 1 ]; then
			ok "$what: there"
		else
			skip "$what: there" "only $condition"
		fi
	done </tmp/conditions
}

# abi TREE PAGE: what is wrong, and which conditions there are
abi()
{
	"${0%/*}/abi.py" "$STATS/$1" "$DOCUMENTATION/ABI/testing/statsfs-$1" \
		"$DOCUMENTATION/filesystems/$2.rst" "$CONFIG" 2>/tmp/errors ||
		bail "$(cat /tmp/errors)"
}

# test_small MODULE TREE: of few files, without conditions
test_small()
{
	need insmod "$STATSFS_MODULES/providers/$1.ko"
	abi "$2" "$1" >/tmp/abi
	is "$1: all is documented as it is" "$(cat /tmp/abi)" ""
}

setup
need cat "$CONFIG"
abi bufstat bufstat >/tmp/abi
for area in $AREAS; do
	test_area "$area"
done
is "nothing else is wrong" "$(said other; grep -E '^[a-z]+ form ' /tmp/abi)" ""
test_conditions
test_small kstats kstats
test_small cpustat cpu
