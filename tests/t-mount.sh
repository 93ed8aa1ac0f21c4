#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Mounts: options, several mounts, remount, unmount, and what pins the module.

. "${0%/*}/lib.sh"

plan 97
load_test_module
TEST=$STATS/test
NET=$STATS/bufstat/net
M=/tmp/mount
mkdir $M

t create top test
t create a a
t values a counter
t values a modes
t add top a
t register top

# The options in /proc/mounts, without those that every file system has.
options()
{
	sed -n "s|^none $1 statsfs r[ow],relatime,*\\([^ ]*\\) 0 0\$|\\1|p" \
		/proc/mounts
}

# Owner, group and mode of files.
owners()
{
	(cd "$TEST/a" && on_one_line stat -c '%u:%g:%a' "$@")
}

# users FILE: who of root, the users 1000 and 1001, and user 1001 in the groups
# 0 and 1000, may write.
users()
{
	for ids in 0:0 1000:1001 1001:1001 1001:0 1001:1000; do
		if [ "$(sys user "${ids%:*}" "${ids#*:}" open w "$1")" = "0 0" ]; then
			printf '%s ' "$ids"
		fi
	done
}

test_mount_line()
{
	is "the mount line" "$(grep " $STATS " /proc/mounts)" \
		"none $STATS statsfs rw,relatime 0 0"
	is "a file system without a device" \
		"$(grep -w statsfs /proc/filesystems)" "nodev${TAB}statsfs"
	is "statfs" "$(sys statfs "$STATS" statfs "$TEST/a/count")" \
		"0x73746174 255 0x73746174 255"
	is "mount(8) finds the module" \
		"$(modinfo -F alias "$STATSFS_MODULES/statsfs/statsfs.ko")" \
		fs-statsfs
	is "files cannot be executed, nor mapped for it" \
		"$(sys exec "$TEST/a/count" open r "$TEST/a/count" mmap-exec)" \
		"EACCES 0 EPERM"
}

test_second_mount()
{
	check "another mount" mount -t statsfs none $M
	check "shows the same" [ $M/test/a/count -ef "$TEST/a/count" ]
	t set a count 5
	is "and the same numbers" \
		"$(echo 0 >$M/test/a/count; t set a count 7
		   numbers $M/test/a/count "$TEST/a/count")" "2 2"
	is "options that it has already are accepted" \
		"$(sys umount $M mount $M uid=0,gid=0,mode=0644)" "0 0"
	umount $M
	for option in uid=1000 gid=1000 mode=0444; do
		is "another ${option%=*} is refused" "$(sys mount $M $option)" \
			EBUSY
		is "by name" "$(log_of sys mount $M $option |
			grep -c "another ${option%=*}\>")" 1
	done
	is "so is another one among others" \
		"$(sys mount $M uid=0,gid=0,mode=0600)" EBUSY
	is "nothing is mounted then" "$(grep -c " $M " /proc/mounts)" 0
	is "and nothing changed" "$(options "$STATS")$(owners count)" 0:0:644
}

test_bad_options()
{
	for option in foo foo=1 users uids=1 quota; do
		is "the unknown option $option is refused" \
			"$(sys mount $M $option remount "$STATS" $option)" \
			"EINVAL EINVAL"
		is "by name" "$(log_of sys mount $M $option |
			grep -c "'${option%=*}'")" 1
	done
	for option in uid uid= uid=root uid=-1 uid=4294967295 uid=4294967296 \
		gid=x gid=4294967295 mode mode=8 mode=rw mode=1000 mode=01777; do
		is "$option is refused" \
			"$(sys mount $M $option remount "$STATS" $option)" \
			"EINVAL EINVAL"
	done
	is "by name" "$(log_of sys mount $M mode=1000 | grep -c mode)" 1
	is "also if it comes last" \
		"$(sys remount "$STATS" uid=5,gid=5,mode=0666,foo)" EINVAL
	is "and nothing is mounted or changed" \
		"$(grep -c " $M " /proc/mounts) $(options "$STATS")$(owners count)" \
		"0 0:0:644"
}

test_remount()
{
	exec 3<"$TEST/a/count"
	is "who may reset at first" "$(users "$TEST/a/count")" "0:0 "
	is "remount changes the owner" \
		"$(sys remount "$STATS" uid=1000) $(options "$STATS")" \
		"0 uid=1000"
	is "who may reset then" "$(users "$TEST/a/count")" "0:0 1000:1001 "
	is "remount changes the group, and nothing else" \
		"$(sys remount "$STATS" gid=1000) $(options "$STATS")" \
		"0 uid=1000,gid=1000"
	is "which may not write yet" "$(users "$TEST/a/count")" \
		"0:0 1000:1001 "
	is "remount changes the mode, and nothing else" \
		"$(sys remount "$STATS" mode=0664) $(options "$STATS")" \
		"0 uid=1000,gid=1000,mode=0664"
	is "now the group may" "$(users "$TEST/a/count")" \
		"0:0 1000:1001 1001:1000 "
	is "aggregates are the same" "$(users "$TEST/count")" \
		"0:0 1000:1001 1001:1000 "
	t set a count 100
	is "and does" "$(sys user 1001 1000 open rw "$TEST/a/count" write 0 \
		pread 64 0)" '0 0 1 0\n'
	is "but nobody opens what cannot be reset" "$(users "$TEST/a/mode444")" ""
	is "which belongs to root" \
		"$(owners mode400 mode440 mode444 mode600 mode640 mode644)" \
		"0:0:400 0:0:440 0:0:444 1000:1000:600 1000:1000:660 1000:1000:664"
	is "directories do, too" "$(owners .)" 0:0:755
	is "only who may read may reset" \
		"$(sys remount "$STATS" mode=0666) \
$(owners mode600 mode640 mode644)" \
		"0 1000:1000:600 1000:1000:660 1000:1000:666"
	is "without a write permission nobody can" \
		"$(sys remount "$STATS" mode=0)$(users "$TEST/a/count") \
$(owners count) $(options "$STATS")" \
		"0 1000:1000:444 uid=1000,gid=1000,mode=0"
	is "everything back" \
		"$(sys remount "$STATS" uid=0,gid=0,mode=0644)$(options \
		   "$STATS") $(owners count)" "0 0:0:644"
	is "open files go on" "$(sys fd 3 read 64)" '0\n'
	check "read-only" mount -o remount,ro "$STATS"
	is "there is no reset, but reading" \
		"$(sys open w "$TEST/a/count" open r "$TEST/a/count" read 64)" \
		'EROFS 0 0\n'
	check "read-write" mount -o remount,rw "$STATS"
	is "there is" "$(sys open w "$TEST/a/count" write 0)" "0 1"
	exec 3<&-
}

test_umount()
{
	exec 3<"$TEST/a/count"
	is "with a file open there is no unmounting" "$(sys umount "$STATS")" \
		EBUSY
	exec 3<&-
	t set a count 1000
	t set a u64 5
	echo 0 >"$TEST/a/count"
	is "without there is" "$(sys umount "$STATS")" 0
	is "the mount point remains, empty" "$(ls -A "$STATS")" ""
	t set a count 1001
	check "a new mount" mount -t statsfs \
		-o uid=1000,gid=1001,mode=0660 none "$STATS"
	is "has its options" "$(options "$STATS") $(owners count)" \
		"uid=1000,gid=1001,mode=0660 1000:1001:664"
	is "and the numbers as they were reset" "$(numbers "$TEST/a/count")" 1
	is "the next has none of them" \
		"$(sys umount "$STATS" mount "$STATS" '') \
$(options "$STATS")$(owners count)" "0 0 0:0:644"
	is "it is not mounted twice on one place" "$(sys mount "$STATS" '')" \
		EBUSY
}

test_elsewhere()
{
	check "a subtree can be bound elsewhere" mount --bind "$TEST/a" $M
	is "with its numbers" "$(cat $M/count)" 1
	t remove a
	is "and is empty when it is removed" \
		"$(sys open r $M/count)$(ls -A $M 2>/dev/null)" ENOENT
	check "it can be unmounted" umount $M
	t add top a
	check "something can be mounted on a source" \
		mount -t tmpfs none "$TEST/a"
	t remove a
	is "and goes with it" \
		"$(sys open r "$TEST/a") $(grep -c "$TEST/a" /proc/mounts)" \
		"ENOENT 0"
	t add top a
	need mount --bind /dev/null "$TEST/a/count"
	is "a file can be hidden" "$(cat "$TEST/a/count")" ""
	t values a other
	sys remount "$STATS" mode=0666 remount "$STATS" mode=0644 >/dev/null
	is "and stays so when other files come or options change" \
		"$(cat "$TEST/a/count")" ""
	umount "$TEST/a/count"
	is "other users' namespaces cannot mount it" \
		"$(unshare -Urm "$STATSFS_BIN/sys" mount $M '')" EPERM
}

# While files are read.
test_rounds()
{
	{
		for _ in $(seq 30); do
			sys mount $M '' open r $M/test/count read 64 open r / \
				umount $M >>/tmp/rounds
		done
	} | "$STATSFS_BIN/hammer" 1000000000000 "$M/bufstat/net/lo/rx_bytes" \
		"$NET/rx_bytes" $M/bufstat/blk/vda/reads >/tmp/hammer
	is "mounts may come and go under readers" \
		"$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	while umount $M 2>/dev/null; do
		:
	done
}

test_module()
{
	check_fails "the module stays while it is mounted" rmmod statsfs
	umount "$STATS"
	check_fails "and while there are providers" rmmod statsfs
	mount -t statsfs none "$STATS"
	rmmod statsfs_test bufstat_net bufstat_mm bufstat_blk bufstat
	check_fails "or only the mount" rmmod statsfs
	is "which shows nothing then" "$(ls "$STATS")" ""
	exec 3<"$STATS"
	check "a lazy unmount" umount -l "$STATS"
	is "leaves what is open" \
		"$("$STATSFS_BIN/dirs" read "/proc/$$/fd/3" next 9)" ". .. .snapshot"
	check_fails "so the module stays" rmmod statsfs
	exec 3<&-
	check "until that is closed" wait_until rmmod statsfs
	is "the mount point is gone" "$(sys open r "$STATS")" ENOENT
	is "and the type" "$(grep -cw statsfs /proc/filesystems)" 0
	for module in statsfs/statsfs providers/bufstat providers/bufstat_net; do
		need insmod "$STATSFS_MODULES/$module.ko"
	done
	need mount -t statsfs none "$STATS"
	check "loaded again everything is there" [ -e "$NET/lo/rx_bytes" ]
	exec 3<"$NET/lo/rx_bytes"
	need umount -l "$STATS"
	is "an open file works without its mount" \
		"$(sys fd 3 read 64 | grep -cE '^[0-9]+\\n$')" 1
	need rmmod bufstat_net bufstat
	is "until its provider goes" "$(sys fd 3 pread 64 0)" ENODEV
	check_fails "but keeps the module" rmmod statsfs
	exec 3<&-
	check "until it is closed" wait_until rmmod statsfs
}

test_mount_line
test_second_mount
test_bad_options
test_remount
test_umount
test_elsewhere
test_rounds
test_module
