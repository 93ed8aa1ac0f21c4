#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Snapshots: equal to the files, consistent in a storm, by 32-bit programs, for those
# who may not read everything, and within limits.
#
# vm: append=slab_nomerge

. "${0%/*}/lib.sh"
. "${0%/*}/loops.sh"

plan 66
load_test_module
TEST=$STATS/test
GUEST=/tmp/guest
SECONDS_OF_STORM=${DURATION:-60}
LOOPS="rename_net come_and_go partitions namespaces"

snapshot()
{
	"$STATSFS_BIN/snapshot" "$@"
}

t create top test
t register top

# compare DIRECTORY
compares()
{
	output=$(snapshot compare "$1")
	is "all files below $1 are in its snapshot" \
		"$(echo "$output" | sed 's/^[1-9][0-9]* files$/same/')" same
	diagnose "$output" | tail -n 1
}

test_contents()
{
	t create all all
	t values all types
	t create deep deep
	t create deeper deeper
	t percpu deeper array
	t create twice twice
	t values twice types
	t set twice s8 -128
	t add top all
	t add deep deeper
	t add deep twice
	t add top deep
	t add top twice
	compares "$TEST"
	t create bad bad
	t sampled bad other
	t add top bad
	t fail bad 6
	compares "$TEST"
	is "a group that cannot be read says why" \
		"$(snapshot cat "$TEST" | sed -n 's/^bad\/[^ ]* //p' | sort -u)" ENXIO
	t fail bad 0
	for dir in "$STATS" "$STATS/bufstat/net" "$STATS/bufstat/net/lo" \
		   "$STATS/bufstat/blk" "$STATS/bufstat/mm" \
		   "$STATS/bufstat/numa/node0" "$STATS/bufstat/softnet"; do
		compares "$dir"
	done
}

test_file()
{
	is "the snapshot is hidden" "$(find "$TEST" -maxdepth 0 -exec ls {} + |
		grep -c snapshot)" 0
	is "but there" "$(stat -c '%F %a %u %g' "$TEST/.snapshot")" \
		"regular empty file 444 0 0"
	is "nobody can write to it" "$(sys open w "$TEST/.snapshot")" EACCES
	is "nor change it" "$(chmod 644 "$TEST/.snapshot" 2>&1 |
		sed 's/.*: //')" "Operation not permitted"
	is "nor make another" "$(sys open w "$TEST/.snapshot2")" ENOENT
	is "cat reads all of it" "$(wc -c <"$TEST/.snapshot")" \
		"$(od -A n -t u8 -j 24 -N 8 "$TEST/.snapshot" | tr -d ' ')"
	is "a byte at a time as well" \
		"$(dd if="$TEST/all/.snapshot" bs=1 status=none | wc -c)" \
		"$(od -A n -t u8 -j 24 -N 8 "$TEST/all/.snapshot" | tr -d ' ')"
	is "it can be spliced" "$(sys open r "$TEST/all/.snapshot" splice 4)" "0 PANS"
	# Two readings have different times and nothing else.
	cp "$TEST/deep/.snapshot" /tmp/a
	"$STATSFS_BIN/cat32" "$TEST/deep/.snapshot" >/tmp/b ||
		bail "this kernel does not run 32-bit programs"
	is "a 32-bit program reads the same" \
		"$(cmp -l -i 136 /tmp/a /tmp/b | wc -l)" 0
	is "and the same header" "$(cmp -n 112 /tmp/a /tmp/b)" ""
	is "and the same size" "$(wc -c </tmp/a)" "$(wc -c </tmp/b)"
	is "which is a 32-bit program" \
		"$(od -A n -t x1 -j 4 -N 1 "$STATSFS_BIN/cat32")" " 01"
}

# What a user without rights finds in the snapshot.
test_permissions()
{
	t create m m
	t values m modes
	t add top m
	snapshot cat "$TEST/m" >/tmp/root
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$STATSFS_BIN/snapshot" cat "$TEST/m" >/tmp/nobody
	setpriv --reuid=65534 --regid=0 --clear-groups \
		"$STATSFS_BIN/snapshot" cat "$TEST/m" >/tmp/group
	for user in root nobody group; do
		case $user in
		root) set -- 0 0 ;;
		nobody) set -- 65534 65534 ;;
		group) set -- 65534 0 ;;
		esac
		is "$user has all that $user can read" \
			"$(cut -d ' ' -f 1 /tmp/$user | sort | paste -s -d ' ')" \
			"$(setpriv --reuid="$1" --regid="$2" --clear-groups \
				find "$TEST/m" -type f -readable ! -name .snapshot \
				-printf '%f\n' | sort | paste -s -d ' ')"
	done
	check "which is not everything" [ "$(wc -l </tmp/nobody)" -lt \
		"$(wc -l </tmp/group)" ]
	check "for the group neither" [ "$(wc -l </tmp/group)" -lt \
		"$(wc -l </tmp/root)" ]
	# An option of the mount lets others reset, and so the owner read.
	mount -o remount,uid=65534 "$STATS"
	is "who owns a file by the options reads it" \
		"$(setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$STATSFS_BIN/snapshot" cat "$TEST/m" | grep -c mode600)" 1
	mount -o remount,uid=0 "$STATS"
}

# watch NAME DIRECTORY COMMAND...: what who waits for a change is told.
watch()
{
	name=$1
	dir=$2
	shift 2
	rm -f /tmp/ready
	snapshot watch "$dir" /tmp/ready >/tmp/watched 2>&1 &
	watcher=$!
	wait_until [ -e /tmp/ready ]
	wait_state $watcher S
	"$@"
	wait $watcher
	watched=$(cat /tmp/watched)
}

test_changes()
{
	t create w w
	t values w counter
	watch add "$TEST" t add top w
	is "who waits hears of a new source" "$watched" "PRI ERR ESTALE"
	watch rename "$TEST" t rename w w2
	is "of a rename" "$watched" "PRI ERR ESTALE"
	watch values "$TEST" t values w types
	is "of new values" "$watched" "PRI ERR ESTALE"
	watch remove "$TEST" t del top w
	is "of a removal" "$watched" "PRI ERR ESTALE"
	t add top w
	watch gone "$TEST/w2" t del top w
	is "of one's own" "$watched" "PRI ERR HUP ENODEV"
	watch device "$STATS/bufstat/net" ip link add d0 type dummy
	is "of a device" "$watched" "PRI ERR ESTALE"
	watch device "$STATS" ip link set d0 name d1
	is "of a device far below" "$watched" "PRI ERR ESTALE"
	ip link del d1

	is "changes elsewhere are none" "$(sys \
		open r "$STATS/bufstat/blk/.snapshot" pread 1 0 \
		run "ip link add d2 type dummy" pread 1 0)" "0 P P"
	is "those in other namespaces neither" "$(sys \
		open r "$STATS/bufstat/.snapshot" pread 1 0 \
		run "ip netns add g" pread 1 0 \
		run "ip -n g link add d3 type dummy" pread 1 0 \
		run "ip -n g link set d3 name d4" pread 1 0 \
		run "ip netns del g" pread 1 0)" "0 P P P P P"
	is "who waits alone for one directory hears, even behind others" \
		"$(snapshot exclusive "$STATS/bufstat/blk" "$STATS/bufstat/net" \
			"ip link del d2")" "heard quiet"
}

# Memory is the reader's, and ends with it.
test_costs()
{
	t crowd top 2000
	compares "$TEST"
	t disperse
	t crowd top 20000
	before=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	mkfifo /tmp/hold
	snapshot open "$TEST" 5000 </tmp/hold >/tmp/opened &
	opener=$!
	exec 4>/tmp/hold
	check "thousands can be open" wait_until grep -q open /tmp/opened
	used=$((before - $(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)))
	diagnose "$used KiB for 5,000 open snapshots that nobody reads"
	check "and cost little" [ $used -lt $((5000 * 4)) ]
	exec 4>&-
	wait $opener

	mkdir /tmp/cgroup
	need mount -t cgroup2 none /tmp/cgroup
	mkdir /tmp/cgroup/small
	echo +memory >/tmp/cgroup/cgroup.subtree_control
	echo 2M >/tmp/cgroup/small/memory.max
	is "memory is that of the reader's group" \
		"$(sh -c 'echo 0 >/tmp/cgroup/small/cgroup.procs &&
			exec "$0" open r "$1" read 16' "$STATSFS_BIN/sys" \
			"$TEST/.snapshot" | grep -c ENOMEM)" 1
	is "who is not killed for it" \
		"$(sed -n 's/^oom_kill //p' /tmp/cgroup/small/memory.events)" 0
	rmdir /tmp/cgroup/small
	umount /tmp/cgroup
	t disperse
}

# A reader in a callback that takes long can be killed, and then ends.
test_kill()
{
	t create slow1 slow1
	t sampled slow1 other
	t create slow2 slow2
	t sampled slow2 other
	t add top slow1
	t add top slow2
	t hold slow1
	sys_start open r "$TEST/.snapshot" read 16
	reader=$pid
	t await slow1 1
	samples=$(object slow2 samples)
	kill -KILL $reader
	t release slow1
	wait $reader 2>/dev/null
	is "a fatal signal ends a gathering" "$(object slow2 samples)" "$samples"
	compares "$TEST"
	t unregister top
}

# Loops for the storm: each round is whole.

rename_net()
{
	ip link set storm0 name storm1
	ip link set storm1 name storm0
}

come_and_go()
{
	ip link add storm2 type veth peer name storm3
	ip link del storm2
}

partitions()
{
	addpart /dev/vda 1 2048 2048
	delpart /dev/vda 1
}

namespaces()
{
	ip netns add guest
	ip link add storm4 type dummy
	ip link set storm4 netns guest
	nsenter --net=/run/netns/guest mount -t statsfs none $GUEST
	snapshot storm $GUEST 1 | grep -v '^[0-9]* gatherings'
	umount $GUEST
	ip netns del guest
}

test_storm()
{
	mkdir -p $GUEST /run/netns
	need modprobe -a dummy veth
	need ip link add storm0 type dummy
	for dir in "$STATS" "$STATS/bufstat" "$STATS/bufstat/net" \
		   "$STATS/bufstat/blk"; do
		snapshot storm "$dir" "$SECONDS_OF_STORM" \
			>"/tmp/storm.$(echo "$dir" | tr / _)" 2>&1 &
	done
	# shellcheck disable=SC2086 # several words
	run_loops "$SECONDS_OF_STORM" $LOOPS
	wait
	for dir in "$STATS" "$STATS/bufstat" "$STATS/bufstat/net" \
		   "$STATS/bufstat/blk"; do
		output=$(cat "/tmp/storm.$(echo "$dir" | tr / _)")
		diagnose "$dir: $output"
		# shellcheck disable=SC2086 # several words
		set -- $output
		is "every gathering of $dir was consistent" "$2 $4 $6" \
			"gatherings generations stale"
		check "there were some" [ "${1:-0}" -gt 0 ]
		check "of several generations" [ "${3:-0}" -gt 1 ]
	done
	ip link del storm0
	compares "$STATS"
}

test_contents
test_file
test_permissions
test_changes
test_costs
test_kill
test_storm
