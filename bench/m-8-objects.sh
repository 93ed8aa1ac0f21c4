#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Adding and removing objects of 50 values, and the memory that they take.

. "${0%/*}/guest.sh"
CONTROL=/sys/kernel/debug/statsfs_bench_objects
ROUNDS=11
TOUCHED=1000

bench_module statsfs_bench_objects

# control COMMAND...: what it took
control()
{
	echo "$@" >$CONTROL/control
	cat $CONTROL/result
}

slab()
{
	awk '/^Slab:/ { print $2 * 1024 }' /proc/meminfo
}

# Caches go; a while later, so does what waits for a grace period.
settle()
{
	sync
	echo 2 >/proc/sys/vm/drop_caches
	sleep 1
}

# memory PEER NUMBER VALUES DIR: bytes of slab for an object: as it was added, more after
# all files were looked at, and more after caches were dropped.  The first objects fill
# what is left of slabs, the further ones need new ones.
memory()
{
	echo "values $3" >$CONTROL/control
	settle
	control fill "$1" $TOUCHED >/dev/null
	sleep 1
	set -- "$@" "$(slab)"
	find "$4" -printf %s >/dev/null
	set -- "$@" "$(slab)"
	settle
	set -- "$@" "$(slab)"
	control fill "$1" "$2" >/dev/null
	sleep 1
	echo "$1 $3 $((($(slab) - $7) / ($2 - TOUCHED))) $((($6 - $5) / TOUCHED))" \
		"$((($7 - $5) / TOUCHED))"
	control fill "$1" 0 >/dev/null
}

# First of all, while slabs are full.
find $STATS /sys/devices -printf %s >/dev/null
{
	memory statsfs 10000 50 $STATS/bench_objects
	memory statsfs 10000 1 $STATS/bench_objects
	memory sysfs 2000 50 /sys/devices/statsfs_bench_objects
	memory debugfs 2000 50 $CONTROL/objects
} >/tmp/memory
echo "values 50" >$CONTROL/control

# As many as are there in a moment, the last included.
sizes()
{
	case $1 in
	debugfs) echo 1 1000 ;;
	*) echo 1 1000 10000 ;;
	esac
}

for peer in statsfs checked sysfs debugfs; do
	added=0
	for size in $(sizes $peer); do
		added=$((added + $(control fill $peer $((size - 1)))))
		echo "$peer $size $(control once $peer $ROUNDS)"
	done
	if [ $peer = checked ]; then
		echo "steps $(control steps $peer $ROUNDS)"
	fi
	added=$((added + $(control fill $peer "$size")))
	echo "$peer all$size $added $(control fill $peer 0)"
done >/tmp/objects

# took PEER SIZE COLUMN
took()
{
	awk -v peer="$1" -v size="$2" -v column="$3" \
		'$1 == peer && $2 == size { print $column }' /tmp/objects
}

# step NUMBER
step()
{
	awk -v column="$1" '$1 == "steps" { print $(column + 1) }' /tmp/objects
}

# rows PEER NAME COLUMN [TARGET]: for each size
rows()
{
	for size in $(sizes "$1"); do
		row "$2, number $size" "$(took "$1" "$size" "$3")" 1 "${4:-}"
	done
}

# all PEER NUMBER NAME COLUMN
all()
{
	row "$3, all $2, one after the other" "$(took "$1" "all$2" "$4")" "$2"
}

checked="statsfs, a table of statsfs_values_get()"
own="statsfs, a table of its own"
sysfs="sysfs, a device with 50 attributes"
debugfs="debugfs, a directory of 50 files"

table "Adding an object of 50 values"
rows checked "$checked" 3 "below sysfs"
row "of that, number 10000: statsfs_source_create()" "$(step 1)"
row "of that, number 10000: statsfs_source_add_values()" "$(step 2)"
row "of that, number 10000: statsfs_source_add_subordinate()" "$(step 3)"
rows statsfs "$own" 3
rows sysfs "$sysfs" 3
rows debugfs "$debugfs" 3
all checked 10000 "$checked" 3
all statsfs 10000 "$own" 3
all sysfs 10000 "$sysfs" 3
all debugfs 1000 "$debugfs" 3
note "Numbers are the least of $ROUNDS rounds, all of them are of one.  The first source with a table of its own has it checked and copied, the others have it compared with the copy.  The device has neither bus nor class: nobody is told of it and no link is made.  Of debugfs there are 1,000: 10,000 would take 460 MB; it takes more where it needs new slabs."
note "The limit is what must be written: 223 bytes, and a search by name among those that are there; nothing for a value.  Between it and us are four allocations, the formatting and checking of the name, locks, what looks whether the directories above get further files, and the counting of these; with a table of its own, 50 lines and names to compare as well."

table "Removing an object of 50 values"
rows checked "$checked" 4 "below sysfs"
row "of that, number 10000: statsfs_source_remove()" "$(step 4)"
row "of that, number 10000: statsfs_source_put()" "$(step 5)"
rows sysfs "$sysfs" 4
rows debugfs "$debugfs" 4
all checked 10000 "$checked" 4
all sysfs 10000 "$sysfs" 4
all debugfs 1000 "$debugfs" 4
note "Nobody has looked at a file.  What is done after a grace period is not in it: RCU frees what statsfs has, and dentries and inodes of debugfs."
note "The limit is what was written when the object was added, to be undone: unlinking it from the array and the tree of names.  Between it and us are a lock of each processor, here one, so that nobody reads any more, counting down of aggregates, and the queueing of memory that RCU frees."

# bytes PEER VALUES COLUMN
bytes()
{
	awk -v peer="$1" -v values="$2" -v column="$3" \
		'$1 == peer && $2 == values { print $column }' /tmp/memory
}

# memory_rows PEER NAME [TARGET]
memory_rows()
{
	untouched=$(bytes "$1" 50 3)
	figure "$2: nobody looked" "$untouched" bytes "${3:-}"
	figure "$2: after find -printf %s" $((untouched + $(bytes "$1" 50 4))) bytes
	figure "$2: after drop_caches" $((untouched + $(bytes "$1" 50 5))) bytes
}

table "Memory of an object of 50 values"
memory_rows statsfs "statsfs, a source" 200
figure "statsfs, a source with one value: nobody looked" "$(bytes statsfs 1 3)" bytes 200
figure "statsfs, each further value: nobody looked" \
	"$(awk -v all="$(bytes statsfs 50 3)" -v one="$(bytes statsfs 1 3)" \
		'BEGIN { printf "%.1f", (all - one) / 49 }')" bytes 0
memory_rows sysfs "$sysfs"
memory_rows debugfs "$debugfs"
note "Growth of Slab in /proc/meminfo for each: of 9,000 sources that are added to 1,000, and of 1,000 others added to 1,000; what find and drop_caches change, for each of 1,000.  Whole pages are counted, so that what find itself leaves, or drop_caches frees of others, is seen as some ten bytes.  The struct with the counters and struct device (752 bytes) are their owner's, and not counted."
note "The limit is what says where the numbers are and how they are called: a pointer to the struct, one to the table, the name, and its place in the parent: about 60 bytes.  223 are a source (80), its place in the parent (64), its leaf (64), its name (8) and a slot of an array (8): links for several parents, the search by name, RCU, and counts of users.  A value that nobody looks at needs nothing; one that was looked at needs a dentry and an inode, which are VFS's, and go when memory is wanted."
cat /tmp/memory /tmp/objects >&2
