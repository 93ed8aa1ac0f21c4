#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every allocation of an operation fails once.  The operation then succeeds all
# the same or says why not, leaves nothing half made, and succeeds the next time.
# Memory that it forgets is found by the runner.
#
# vm: injects=yes
#
# Every other allocation would be one of kmemleak, which can do without.
# vm: append=slub_debug=A;-,kmemleak_object

. "${0%/*}/lib.sh"

plan 57
TEST=$STATS/test
SECOND=/tmp/stats

# Programs without libraries, for there will be thousands of each.  A provider is
# loaded only where it is needed: each file that is there is read every time.

tree()
{
	"$STATSFS_BIN/dirs" list "$STATS" $SECOND | sed 's/fail[0-9]*x/fail/'
}

load()
{
	needs "$STATSFS_BIN/failnth" 0 load "$STATSFS_MODULES/$1.ko" ""
}

unload()
{
	needs "$STATSFS_BIN/failnth" 0 unload "$1"
}

# needs FAILNTH 0 OPERATION...: succeeds
needs()
{
	[ "$("$@")" = "0 none " ] || bail "$* failed"
}

# The device that could not be shown since this was asked the last time.
hidden()
{
	dmesg --read-clear |
		sed -n -e 's/fail[0-9]*x/fail/' \
			-e 's/.*bufstat: \(.*\) is not shown: error -12$/\1/p'
}

# numa_of DEVICE: what else is not there without it.  A node is the only device of
# mm on that node, so that there is nothing of mm, either.
numa_of()
{
	case $1 in
	mm/node*/*) echo none ;;
	mm/node*) echo "numa/${1#*/}/mm" ;;
	*) echo none ;;
	esac
}

# without DEVICE: a tree without it, which may be part of another device.
without()
{
	grep -v -e "/bufstat/\(numa/node[0-9]*/\)\?${1%%/*}/\([^/]*/\)\?${1#*/}\(/\|\$\)" \
		-e "/bufstat/$(numa_of "$1")\(/\|\$\)"
}

# without_empty DEVICE: a tree without the directory that was made for it there.
without_empty()
{
	grep -v "/bufstat/$(numa_of "$1")\(/\.snapshot\)\?\$"
}

# tree_is EXPECTED: perhaps without a device, if the log says so.
tree_is()
{
	tree=$(tree)
	if [ "$tree" = "$1" ]; then
		return
	fi
	device=$(hidden)
	if [ -z "$device" ] || [ "$(echo "$tree" | without_empty "$device")" != \
		"$(echo "$1" | without "$device")" ]; then
		echo "$1" >/tmp/expected
		wrong="another tree: $(echo "$tree" | diff /tmp/expected - |
			grep '^[<>]')"
	fi
}

# attempt N OPERATION...: what comes of it goes to $error, $reached and $text.
attempt()
{
	if [ "$case" = rename ]; then
		set -- "$1" rename-link "fail${id}x1" "fail${id}x2"
	fi
	result=$("$STATSFS_BIN/failnth" "$@") || bail "failnth $* cannot be done"
	error=${result%% *}
	text=${result#* }
	reached=${text%% *}
	text=${text#* }
}

# Whether an operation without memory may have this error.  Devices without a name,
# for which there was no memory, are EINVAL to device_add(); parts of a namespace may
# be anything to the rest of the kernel.
may_say()
{
	case $case/$1 in
	*/ENOMEM | */ENOBUFS | dummy/EINVAL | add_loop/EINVAL | namespace/*) ;;
	*) false ;;
	esac
}

# The operation has succeeded.
look_made()
{
	tree_is "$with"
	"${case}_check" made
}

# The operation has failed, and so must not have happened.  What netlink does may
# have happened without its answer.
look_unmade()
{
	errors=$((errors + 1))
	if [ "$reached" = none ] || ! may_say "$error"; then
		wrong=$error
	elif [ "$error" = ENOBUFS ] && [ "$(tree)" = "$with" ]; then
		"${case}_undo"
		"${case}_prepare"
	else
		tree_is "$without"
		"${case}_check" unmade
	fi
}

# one N OPERATION...
one()
{
	"${case}_prepare"
	attempt "$@"
	last=$reached
	if [ "$error" != 0 ]; then
		look_unmade
		if [ "$case" = rename ]; then
			rename_again
		fi
		shift
		attempt 0 "$@"
		if [ "$error" != 0 ]; then
			wrong="$wrong, $error the next time"
		fi
	fi
	look_made
	"${case}_undo"
}

# The first allocation that fails
first=1

# every NAME CASE OPERATION...: CASE_prepare and CASE_undo are around it;
# CASE_check made|unmade looks at more than the tree, and sets $wrong.
every()
{
	name=$1
	case=$2
	shift 2
	# Once before: what the first one leaves on purpose is there then.
	for time in first second; do
		"${case}_prepare"
		without=$(tree)
		attempt 0 "$@"
		[ "$error" = 0 ] || bail "$* the $time time: $error"
		with=$(tree)
		"${case}_undo"
	done
	n=$((first - 1))
	errors=0
	last=failed
	wrong=
	while [ "$last" = failed ] && [ -z "$wrong" ]; do
		n=$((n + 1))
		one "$n" "$@"
	done
	diagnose "$((n - first)) allocations, $errors errors"
	if [ -n "$wrong" ]; then
		not_ok "$name" "allocation $n: $wrong"
		bail "what follows would start from somewhere else"
	fi
	ok "$name"
}

# Modules: $module

module_prepare() { :; }
module_undo() { unload "$module"; }
module_check()
{
	if [ "$1" = unmade ] && [ -e "/sys/module/$module" ]; then
		wrong="the module stays"
	fi
}

statsfs_prepare() { :; }
statsfs_undo() { unload statsfs; }
statsfs_check()
{
	if [ "$1" = unmade ] && grep -q statsfs /proc/modules \
		/proc/filesystems /proc/slabinfo; then
		wrong="statsfs stays"
	fi
}

# The sample ignores errors: whatever it shows, nothing is left afterwards.
sample_prepare() { :; }
sample_undo()
{
	unload statsfs_kvm
	tree_is "$without"
}
sample_check()
{
	if [ "$1" = made ]; then
		wrong=
	fi
}

unload_prepare() { load "providers/$module"; }
unload_undo() { :; }
unload_check() { :; }

test_modules()
{
	need "$STATSFS_SRC/scripts/unload.sh"
	every "statsfs is loaded" statsfs \
		load "$STATSFS_MODULES/statsfs/statsfs.ko" ""
	load statsfs/statsfs
	need mount -t statsfs none "$STATS"
	every "the sample is loaded" sample \
		load "$STATSFS_MODULES/samples/statsfs_kvm.ko" "vms=2 vcpus=1"
	module=bufstat
	every "bufstat is loaded" module \
		load "$STATSFS_MODULES/providers/bufstat.ko" ""
	load providers/bufstat
	for module in bufstat_net bufstat_mm bufstat_blk; do
		every "$module is loaded" module \
			load "$STATSFS_MODULES/providers/$module.ko" ""
		every "$module is unloaded" unload unload $module
	done
}

# Mounts

references() { cat /sys/module/statsfs/refcnt; }

mount_prepare() { references=$(references); }
mount_undo() { needs "$STATSFS_BIN/failnth" 0 umount $SECOND; }
mount_check()
{
	if [ "$1" = unmade ] && [ "$(references)" != "$references" ]; then
		wrong="statsfs is in use"
	fi
}

umount_prepare()
{
	references=$(references)
	needs "$STATSFS_BIN/failnth" 0 mount $SECOND ""
}
umount_undo() { :; }
umount_check()
{
	if [ "$1" = made ] && [ "$(references)" != "$references" ]; then
		wrong="statsfs is in use"
	fi
}

test_mounts()
{
	every "statsfs is mounted again" mount mount $SECOND ""
	every "and unmounted" umount umount $SECOND
	need umount "$STATS"
	every "it is mounted for the first time" mount mount $SECOND ""
	every "with options" mount mount $SECOND uid=1,gid=1,mode=0600
	every "and unmounted for the last time" umount umount $SECOND
	need mount -t statsfs none "$STATS"
}

# Devices

dummy_prepare() { :; }
dummy_undo() { need ip link del fail0; }
dummy_check() { :; }

# If there is no memory after the link below /sys/class/net has its new name, the
# kernel leaves it there, and the device is the old one: so each has other names.
id=0
rename_prepare()
{
	id=$((id + 1))
	need ip link add "fail${id}x1" type dummy
}
rename_again()
{
	need ip link del "fail${id}x1"
	rename_prepare
}
rename_undo() { need ip link del "fail${id}x2"; }
rename_check() { :; }

namespace_prepare() { hidden >/dev/null; }
namespace_undo() { :; }
namespace_check()
{
	if [ "$1" = made ] && [ "$text" != "$expected" ] && [ -z "$(hidden)" ]; then
		wrong="$text instead of $expected, and the log does not say so"
	fi
}

test_namespace()
{
	expected=$("$STATSFS_BIN/failnth" 0 unshare $SECOND) || bail "no namespaces"
	expected=${expected#0 none }
	like "a namespace has its devices and protocols" "$expected" \
		"* net *; * lo *; * rx_buffers *; * TCP *; "
	# The rest of the kernel comes before: without its memory there is none.
	case=namespace
	while attempt "$first" unshare $SECOND && [ "$error" != 0 ]; do
		first=$((first + 16))
	done
	first=$((first > 16 ? first - 16 : 1))
	every "a namespace is created" namespace unshare $SECOND
	first=1
}

loop() { needs "$STATSFS_BIN/failnth" 0 "$1-loop" 7; }

add_loop_prepare() { :; }
add_loop_undo() { loop remove; }
add_loop_check() { :; }

remove_loop_prepare() { loop add; }
remove_loop_undo() { :; }
remove_loop_check() { :; }

test_devices()
{
	load providers/bufstat_net
	need modprobe dummy numdummies=0
	every "a network device is added" dummy add-dummy fail0
	every "renamed" rename rename-link
	test_namespace
	need rmmod dummy bufstat_net
	load providers/bufstat_blk
	need modprobe loop max_loop=1
	every "a disk is added" add_loop add-loop 7
	every "and removed" remove_loop remove-loop 7
	need rmmod loop bufstat_blk
}

# The interface, with object x of statsfs_test

drop()
{
	t remove "$1"
	t put "$1"
}

create_prepare() { :; }
create_undo() { t put x; }
create_check() { :; }

values_prepare()
{
	t create x x
	t add top x
}
values_undo() { drop x; }
values_check() { :; }

add_prepare()
{
	t create x x
	t values x types
	t sampled x other
	t percpu x counter
}
add_undo() { drop x; }
add_check() { :; }

register_prepare() { add_prepare; }
register_undo() { t put x; }
register_check() { :; }

added_prepare()
{
	add_prepare
	t add top x
}
added_undo() { drop x; }
added_check() { :; }

removed_prepare() { added_prepare; }
removed_undo() { t put x; }
removed_check() { :; }

test_interface()
{
	every "a source is created" create write "$CONTROL" "create x x"
	every "values are added" values write "$CONTROL" "values x types"
	every "sampled values are added" values \
		write "$CONTROL" "sampled x other"
	every "per-CPU values are added" values \
		write "$CONTROL" "percpu x counter"
	every "an array is added" values write "$CONTROL" "values x array"
	every "a source is added" add write "$CONTROL" "add top x"
	every "it is renamed" added write "$CONTROL" "rename x y"
	every "it is removed" removed write "$CONTROL" "remove x"
	every "a source is registered" register \
		write "$CONTROL" "register x"
}

# Files of the objects a and b, which nobody has looked at before

make()
{
	t create "$1" "$1"
	t values "$1" types
	t sampled "$1" other
	t percpu "$1" counter
	t values "$1" array
	t set "$1" u64 "$2"
	t set "$1" other "$2"
	t cpu "$1" count 0 "$2"
	t fill "$1" "$2"
	t add top "$1"
}

file_prepare()
{
	drop a
	drop b
	make a 5
	make b 7
}
file_undo() { :; }
file_check() { :; }

read_prepare() { file_prepare; }
read_undo() { :; }
read_check()
{
	if [ "$1" = made ] && [ "$text" != "$expected" ]; then
		wrong="$text instead of $expected"
	fi
}

# What a reset of $file concerns: itself and, of a sum, the parts.
concerned()
{
	numbers "$TEST/$file"
	if [ "$file" = "${file##*/}" ]; then
		numbers "$TEST"/?/"$file"
	fi
}

reset_prepare() { file_prepare; }
reset_undo() { :; }
reset_check()
{
	if [ "$1" = unmade ] && [ "$(concerned)" != "$before" ]; then
		wrong="$(concerned) instead of $before"
	elif [ "$1" = made ] && [ -n "$(concerned | tr -d '0 \n')" ]; then
		wrong="$(concerned) after a reset"
	fi
}

# test_file WHAT FILE
test_file()
{
	file=$2
	file_prepare
	expected=$(cat "$TEST/$file")
	before=$(concerned)
	every "$1 is opened" file open "$TEST/$file"
	every "it is read" read read "$TEST/$file"
	every "it is reset" reset write "$TEST/$file" 0
}

test_files()
{
	make a 5
	make b 7
	test_file "a number" a/u64
	test_file "a per-CPU number" a/count
	test_file "a sampled number" a/other
	test_file "an array" a/array
	test_file "a sum" u64
	test_file "a sum of per-CPU numbers" count
	test_file "a sum of sampled numbers" other
	test_file "a sum of arrays" array
	every "a snapshot is opened" file open "$TEST/.snapshot"
	every "it is read" file read "$TEST/.snapshot"
	every "one of what may belong to a namespace, too" file \
		read "$STATS/.snapshot"
}

for name in failslab fail_page_alloc; do
	echo 0 >/sys/kernel/debug/$name/verbose
done
echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
# Also what is too large for slab caches.
echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait
echo Y >/sys/kernel/debug/failslab/cache-filter
# Most of the time would go by in waiting for RCU.
echo 1 >/sys/kernel/rcu_expedited
mkdir $SECOND
hidden >/dev/null
test_modules
test_mounts
test_devices
load_test_module
t create top test
t register top
test_interface
test_files
need rmmod statsfs_test
check "everything can be unloaded" "$STATSFS_SRC/scripts/unload.sh"
