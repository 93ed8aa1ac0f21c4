#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Each provider is loaded and unloaded again and again, whichever others are there,
# with files held open and the file system mounted.  SEED repeats a run.
#
# Caches that are not merged with others can be counted.
# vm: append=slab_nomerge

. "${0%/*}/lib.sh"

plan 7
BUFSTAT=$STATS/bufstat
PROVIDERS="net mm blk"
# One in two unloads.
TURNS=420
SEED=${SEED:-$(date +%s)}

# The providers, one for each turn; the same for the same seed.
turns()
{
	awk -v seed="$SEED" -v turns=$TURNS -v providers="$PROVIDERS" 'BEGIN {
		n = split(providers, provider)
		srand(seed)
		while (turns--)
			print provider[int(rand() * n) + 1]
	}'
}

# What $provider shows, and a file of it and a sum.
describe()
{
	case $provider in
	net) shown="net sock softnet" file=net/lo/rx_bytes sum=net/rx_bytes ;;
	mm) shown=mm file=mm/node0/total sum=mm/total ;;
	blk) shown=blk file=blk/vda/reads sum=blk/reads ;;
	esac
}

is_loaded()
{
	[ -e "/sys/module/bufstat_$provider" ]
}

# What is to be seen, and what is; without "numa", which is always there.
expected()
{
	for provider in blk mm net; do
		if is_loaded; then
			describe
			printf '%s ' "$shown"
		fi
	done
}

seen()
{
	for path in "$BUFSTAT"/*; do
		[ "${path##*/}" = numa ] || printf '%s ' "${path##*/}"
	done
}

# expect WHAT GOT EXPECTED
expect()
{
	if [ "$2" != "$3" ]; then
		echo "turn $turn, bufstat_$provider: $1: $2, expected $3" \
			>>/tmp/wrong
	fi
}

load()
{
	expect insmod "$(insmod \
		"$STATSFS_MODULES/providers/bufstat_$provider.ko" 2>&1)" ""
	expect "files" "$(sys open r "$BUFSTAT/$file" open r "$BUFSTAT/$sum")" \
		"0 0"
}

# Of 3 something has been read, of 4 nothing yet.
unload()
{
	exec 3<"$BUFSTAT/$file" 4<"$BUFSTAT/$sum" 5<"$BUFSTAT/${sum%/*}"
	read -r _ <&3
	expect rmmod "$(rmmod "bufstat_$provider" 2>&1)" ""
	expect "files that are open" \
		"$(sys fd 3 pread 64 0 fd 4 read 64 open r "/proc/$$/fd/5/${sum#*/}")" \
		"ENODEV ENODEV ENOENT"
	exec 3<&- 4<&- 5<&-
	rounds=$((rounds + 1))
}

test_turns()
{
	turn=0
	rounds=0
	for provider in $(turns); do
		turn=$((turn + 1))
		describe
		if is_loaded; then
			unload
		else
			load
		fi
		expect "directories" "$(seen)" "$(expected)"
	done
	diagnose "$rounds rounds with SEED=$SEED"
	check "providers were unloaded often enough" [ $rounds -ge 200 ]
	is "each time all was as it should be" "$(head -n 5 /tmp/wrong)" ""
}

unload_all()
{
	for provider in $PROVIDERS; do
		if is_loaded; then
			need rmmod "bufstat_$provider"
		fi
	done
}

# Without providers there are "bufstat", "numa" and its nodes, a source each, and
# an inode of the root and of the file system's own; not more once what only caches
# keep is dropped.  The last ones are freed by RCU.
only_nodes_are_left()
{
	left=$(find "$STATS" -mindepth 1 -type d | wc -l)
	for _ in $(seq $((20 * VM_PATIENCE))); do
		echo 2 >/proc/sys/vm/drop_caches
		sources=$(objects statsfs_source)
		inodes=$(inodes)
		if [ "$sources" = "$left" ] && [ "$inodes" -le 2 ]; then
			return
		fi
		sleep 0.1
	done
	false
}

# memory WHEN
memory()
{
	unload_all
	is "the nodes have nothing $1" \
		"$(find "$BUFSTAT" -mindepth 1 ! -name .snapshot | grep -v '/numa$\|/numa/node[0-9]*$')" ""
	check "only the common root and nodes are left $1" only_nodes_are_left
	diagnose "$(objects statsfs_source) sources, $(inodes) inodes"
}

: >/tmp/wrong
memory "without providers"
test_turns
memory "in the end"
for provider in mm net blk; do
	describe
	load
done
is "all can be loaded again" "$(cat /tmp/wrong; seen)" \
	"blk mm net sock softnet "
