#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Providers and statsfs itself are unloaded and loaded again, with files held
# open, readers at work and the file system mounted.

. "${0%/*}/lib.sh"

plan 29
BUFSTAT=$STATS/bufstat
# A file and a sum of each.
HELD="net/lo/rx_bytes net/rx_bytes mm/node0/total mm/total blk/vda/reads
	blk/reads"

load()
{
	need insmod "$STATSFS_MODULES/$1.ko"
}

load_providers()
{
	for name in net mm blk; do
		load "providers/bufstat_$name"
	done
}

# The files as descriptors 3 and 4, the directory as 5.
hold()
{
	exec 3<"$BUFSTAT/$1" 4<"$BUFSTAT/$2" 5<"${BUFSTAT}/${2%/*}"
	need test "$(sys fd 3 read 1 fd 4 read 1 | wc -w)" = 2
}

held()
{
	sys fd 3 pread 64 0 fd 4 pread 64 0 open r "/proc/$$/fd/5/${1##*/}"
}

# test_provider PROVIDER FILE SUM
test_provider()
{
	hold "$2" "$3"
	said=$(log_of rmmod "bufstat_$1")
	check "bufstat_$1 goes while its files are open" \
		test ! -e "/sys/module/bufstat_$1"
	is "and says nothing" "$said" ""
	is "which are ENODEV then" "$(held "$3")" "ENODEV ENODEV ENOENT"
	is "its directory is gone" "$(sys open r "$BUFSTAT/$1")" ENOENT
	load "providers/bufstat_$1"
	is "loaded again, it is back" \
		"$(sys open r "$BUFSTAT/$2" open r "$BUFSTAT/$3")" "0 0"
	is "but not for who has held a file" "$(held "$3")" \
		"ENODEV ENODEV ENOENT"
	exec 3<&- 4<&- 5<&-
}

test_reset()
{
	echo 0 >"$BUFSTAT/net/lo/rx_bytes"
	before=$(numbers "$BUFSTAT/net/lo/rx_bytes")
	rmmod bufstat_net
	load providers/bufstat_net
	check "a reset does not outlive its provider" \
		test "$before$(cat /sys/class/net/lo/statistics/rx_bytes)" = \
		"0$(cat "$BUFSTAT/net/lo/rx_bytes")"
}

# Providers in turn, while all of their files are read.
test_rounds()
{
	cd "$BUFSTAT" || exit
	# shellcheck disable=SC2086 # several names
	{
		cd / || exit
		for _ in $(seq 7); do
			for name in net mm blk; do
				rmmod bufstat_$name
				load providers/bufstat_$name
			done
		done
	} | "$STATSFS_BIN/hammer" 100000000000000 $HELD >/tmp/hammer
	is "providers come and go under readers" \
		"$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	cd / || exit
}

test_order()
{
	check_fails "the common root stays while there are providers" \
		rmmod bufstat
	rmmod bufstat_net bufstat_mm bufstat_blk
	is "without providers there are only nodes, with nothing" \
		"$(find "$BUFSTAT" -mindepth 1 ! -name .snapshot |
			grep -v '/numa$\|/numa/node[0-9]*$')" ""
	exec 3<"$BUFSTAT"
	check "it can go while it is open" rmmod bufstat
	is "and then nothing is left" "$(ls "$STATS")" ""
	is "for who has it open neither" "$(ls "/proc/$$/fd/3/" 2>&1)" ""
	exec 3<&-
}

unused()
{
	[ "$(cat /sys/module/statsfs/refcnt)" = 0 ]
}

# All of it, with providers unloaded before or after statsfs is unmounted.
test_statsfs()
{
	umount "$STATS"
	need wait_until unused
	rmmod statsfs
	failed=
	for i in $(seq 10); do
		load statsfs/statsfs
		load providers/bufstat
		load_providers
		need mount -t statsfs none "$STATS"
		need cat "$BUFSTAT/net/rx_bytes" "$BUFSTAT/mm/node1/free" \
			"$BUFSTAT/blk/vda/reads"
		echo 0 >"$BUFSTAT/net/rx_bytes"
		if [ $((i % 2)) = 0 ]; then
			umount "$STATS"
		fi
		rmmod bufstat_mm bufstat_blk bufstat_net bufstat
		if [ $((i % 2)) = 1 ]; then
			umount "$STATS"
		fi
		wait_until unused
		rmmod statsfs || failed="$failed $i"
	done
	is "everything can be unloaded, again and again" "$failed" ""
	is "and leaves no mount point" "$(sys open r "$STATS")" ENOENT
	is "no file system" "$(grep -cw statsfs /proc/filesystems)" 0
	is "and no cache" "$(grep -c statsfs /proc/slabinfo)" 0
}

# Partitions go with their disk, in any order.
for i in 1 2 3 4; do
	need addpart /dev/vda $i $((i * 2048)) 2048
done

test_provider net net/lo/rx_bytes net/rx_bytes
test_provider mm mm/node0/total mm/total
test_provider blk blk/vda/reads blk/reads
test_reset
test_rounds
test_order
test_statsfs
