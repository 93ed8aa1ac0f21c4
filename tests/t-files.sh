#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Files and directories, as user space sees them: reads, writes, permissions,
# listings, and all that is refused.

. "${0%/*}/lib.sh"

plan 99
load_test_module
TEST=$STATS/test
NET=$STATS/bufstat/net

t create top test
t create a a
t values a counter
t values a modes
t values a types
t values a array
t add top a
t register top
cd "$TEST" || exit

# Changes the number between two operations of sys.
set_to()
{
	step set a count "$1"
}

# Longer than a page, and than a pipe takes at once.
test_read_array()
{
	t fill a 18446744073709551615
	want=$(yes 18446744073709551615 | head -n 1024 | paste -s -d ' ' |
		md5sum)
	is "an array in one piece" "$(md5sum <a/array)" "$want"
	is "byte by byte" "$(dd if=a/array bs=1 status=none | md5sum)" "$want"
	is "in the middle it is the same array" \
		"$(exec 3<a/array
		   { dd bs=1000 count=1 status=none; t fill a 5; cat; } <&3 |
			md5sum)" "$want"
	is "at the end there is a newline" \
		"$(sys open r a/array read 1 pread 9 2040 pread 9 2048)" \
		'0 5 5 5 5 5\n EOF'
}

test_read()
{
	t set a count 12345
	is "a number and a newline" "$(od -An -c a/count)" \
		"$(printf '12345\n' | od -An -c)"
	is "byte by byte it is one number" \
		"$(sys open r a/count read 1 run "$(set_to 678)" read 1 read 1 \
		   read 1 read 1 read 1 read 1)" '0 1 2 3 4 5 \n EOF'
	is "so it is at any offset" \
		"$(sys open r a/count read 64 run "$(set_to 12345)" pread 1 1)" \
		'0 678\n 7'
	is "from the beginning it is a new number" \
		"$(sys open r a/count pread 64 0 run "$(set_to 99)" pread 64 0 \
		   run "$(set_to 1234567)" pread 3 0 pread 64 3)" \
		'0 12345\n 99\n 123 4567\n'
	is "also after lseek" \
		"$(sys open r a/count read 64 read 64 lseek 0 set \
		   run "$(set_to 5)" read 64)" '0 1234567\n EOF 0 5\n'
	t set a count 987
	is "a first read at an offset" \
		"$(sys open r a/count pread 64 1 read 64)" \
		'0 87\n 987\n'
	is "there is nothing behind the end" \
		"$(sys open r a/count pread 64 4 pread 64 1000000000000 \
		   lseek 100 set read 64 lseek -1 set)" '0 EOF EOF 100 EOF EINVAL'
	is "lseek to the current position" \
		"$(sys open r a/count read 1 lseek 1 cur read 64)" '0 9 2 7\n'
	is "each open file has its own number" \
		"$(exec 3<a/count 4<a/count; sys fd 3 read 1; t set a count 654
		   sys fd 4 read 64; sys fd 3 read 64)" "9
654\\n
87\\n"
	is "nothing is read into no bytes" \
		"$(sys open r a/count read 0 read 64)" '0 EOF 654\n'
	is "a bad address is refused, and nothing lost" \
		"$(sys open r a/count read-null 64 read 64)" '0 EFAULT 654\n'
	is "readv" "$(sys open r a/count readv 1 64)" '0 654\n'
	is "sendfile to a pipe" "$(sys open r a/count sendfile 64)" '0 654\n'
	is "splice to a pipe" "$(sys open r a/count splice 64)" '0 654\n'
	is "splice in parts" "$(sys open r a/count splice 2 splice 64 splice 64)" \
		'0 65 4\n EOF'
	is "dd with blocks of one byte" "$(dd if=a/count bs=1 status=none)" 654
	is "cp" "$(cp a/count /tmp/copy && cat /tmp/copy)" 654
	is "grep" "$(grep -rl '^654$' a)" a/count
	is "tail" "$(tail -n 1 a/count)" 654
	is "a device's number is one" \
		"$(grep -cE '^[0-9]+$' "$NET/lo/rx_bytes")" 1
}

# grow NUMBER: what is counted since the last reset, if that was at $count.
grow()
{
	count=$((count + $1))
	t set a count "$count"
}

# accepted TEXT LENGTH
accepted()
{
	grow 4
	is "'$1' resets" "$(sys open rw a/count write "$1" pread 64 0)" \
		"0 $2 0\\n"
}

# refused TEXT
refused()
{
	is "'$1' is no reset" \
		"$(sys open rw a/count write "$1" pread 64 0)" "0 EINVAL 7\\n"
}

test_write()
{
	count=0
	t set a count 0
	echo 0 >a/count
	accepted 0 1
	accepted '0\n' 2
	accepted ' 0\n' 3
	accepted '\t0 \n' 4
	accepted 0x0 3
	accepted 00 2
	accepted -0 2
	accepted +0 2
	grow 7
	for text in 1 -1 '1\n' 0x1 01 '' ' ' '\n' x 0x - '0 0' '0\n0' 00x 0,0 \
		0.0 '0\0' '\0' 9223372036854775808 18446744073709551616 \
		-9223372036854775808; do
		refused "$text"
	done
	is "nor is anything long" \
		"$(sys open rw a/count write-long 4096 write-long 1000000 \
		   pread 64 0)" '0 EINVAL EINVAL 7\n'
	is "nor a bad address" \
		"$(sys open rw a/count write-null 1 pread 64 0)" '0 EFAULT 7\n'
	is "two vectors are one text" \
		"$(sys open rw a/count writev '0 ' 1 pread 64 0 writev ' ' 0 \
		   pread 64 0)" '0 EINVAL 7\n 2 0\n'
	grow 3
	is "a reset at any offset" \
		"$(sys open rw a/count pwrite 0 100 pread 64 0)" '0 1 0\n'
	grow 3
	is "a reset by splice" \
		"$(sys open rw a/count splice-in 0 pread 64 0)" '0 1 0\n'
	grow 3
	is "appending is a reset" \
		"$(sys open rwa a/count write 0 pread 64 0)" '0 1 0\n'
	grow 4
	is "truncation is accepted, and changes nothing" \
		"$(sys open wt a/count truncate 0 a/count open rwt a/count \
		   ftruncate 0 pread 64 0)" '0 0 0 0 4\n'
	is "to another size it is not" \
		"$(sys open w a/count truncate 1 a/count ftruncate 1 \
		   fallocate 1)" "0 EPERM EPERM EOPNOTSUPP"
	check "the shell's way" sh -c ': >a/count && echo 0 >a/count'
	is "resets" "$(cat a/count)" 0
}

test_permissions()
{
	is "modes" "$(stat -c '%a %u %g %s %h' a/count a/mode444 . a |
		tr '\n' ,)" "644 0 0 0 1,444 0 0 0 1,755 0 0 0 1,755 0 0 0 1,"
	is "root cannot write where nothing can be reset" \
		"$(sys open w a/mode444 open rw a/mode444 open wa a/mode444 \
		   open rt a/mode444 open wt a/mode444 truncate 0 a/mode444 \
		   access 2 a/mode444)" \
		"EACCES EACCES EACCES EACCES EACCES EACCES EACCES"
	is "but read" "$(sys open r a/mode444 access 4 a/mode444)" "0 0"
	grow 3
	is "others may read" \
		"$(sys user 1000 1000 open r a/count read 64 open r a/mode444)" \
		'0 0 3\n 0'
	is "and not reset" \
		"$(sys user 1000 1000 open w a/count open rw a/count \
		   truncate 0 a/count access 2 a/count)" \
		"0 EACCES EACCES EACCES EACCES"
	is "who has a file open for reading cannot write to it" \
		"$(sys open r a/count write 0 ftruncate 0 read 64)" \
		'0 EBADF EINVAL 3\n'
	is "and the reverse" "$(sys open w a/count read 64)" "0 EBADF"
}

test_refused()
{
	is "no new files" "$(sys open wc new open wcx a/new mknod new)" \
		"EACCES EACCES EPERM"
	is "but what exists may be opened like that" \
		"$(sys open wc a/count open wcx a/count)" "0 EEXIST"
	is "no new directories" "$(sys mkdir new mkdir a/new mkdir a)" \
		"EPERM EPERM EEXIST"
	is "no links" "$(sys link a/count new symlink a new link /etc/passwd new)" \
		"EPERM EPERM EXDEV"
	is "nothing is removed" \
		"$(sys unlink a/count rmdir a unlink a rmdir a/count \
		   unlink missing)" "EPERM EPERM EISDIR ENOTDIR ENOENT"
	is "nothing is renamed" \
		"$(sys rename a b rename a/count a/new exchange a/count a/u64 \
		   rename a/count /tmp/x)" "EPERM EPERM EPERM EXDEV"
	is "no modes are changed" \
		"$(sys chmod 0666 a/count chmod 0644 a/count chmod 0777 a \
		   chmod 0777 .)" "EPERM EPERM EPERM EPERM"
	is "no owners" "$(sys chown 1 a/count chown 1 a chown 0 a/count)" \
		"EPERM EPERM EPERM"
	is "no times" "$(sys utimes a/count utimes a)" "EPERM EPERM"
	is "no attributes" "$(sys setxattr a/count)" EOPNOTSUPP
	is "no mappings, no controls" "$(sys open r a/count mmap ioctl 0)" \
		"0 ENODEV ENOTTY"
	is "nothing is executed" "$(sys exec a/count)" EACCES
	is "a directory is not a file" \
		"$(sys open w a open r a read 64)" "EISDIR 0 EISDIR"
	is "nor a file a directory" \
		"$(sys open rd a/count open r a/count/x open r a/count/)" \
		"ENOTDIR ENOTDIR ENOTDIR"
	is "what does not exist is not found" \
		"$(sys open r missing open r a/missing open r a/.missing)" \
		"ENOENT ENOENT ENOENT"
	is "names can be too long" \
		"$(sys open r "$(printf %0255d 0)" open r "$(printf %0256d 0)")" \
		"ENOENT ENAMETOOLONG"
	is "all this for others, too" \
		"$(sys user 1000 1000 open wc new mkdir new unlink a/count \
		   rename a b chmod 0666 a/count utimes a/count)" \
		"0 EACCES EACCES EACCES EACCES EPERM EACCES"
	is "and nothing has changed" "$(stat -c '%n %a' -- * a/count |
		tr '\n' ,)" "$before"
}

test_listing()
{
	is "entries agree with stat" \
		"$("$STATSFS_BIN/dirs" walk "$STATS" | sed 's/[0-9]* //')" entries
	is "dots come first, and the snapshot" \
		"$("$STATSFS_BIN/dirs" read a next 3)" ". .. .snapshot"
	is "beyond the end there is nothing" \
		"$("$STATSFS_BIN/dirs" read a next 1000 next 1 | sed 1d)" ""
}

# Devices that come and go while net/ is listed.
test_hotplug()
{
	for i in 1 2 3 4; do
		need ip link add "stay$i" type dummy
	done
	(
		while :; do
			ip link add move0 type dummy
			ip link add move1 type dummy
			ip link del move0
			ip link del move1
		done
	) 2>/dev/null &
	churn=$!
	for _ in $(seq 100); do
		"$STATSFS_BIN/dirs" read "$NET" next 100
	done >/tmp/lists 2>&1
	kill "$churn"
	wait "$churn" 2>/dev/null
	for name in eth0 lo stay1 stay2 stay3 stay4 rx_bytes; do
		is "$name is listed once while other devices come and go" \
			"$(grep -cw "$name" /tmp/lists)\
 $(tr ' ' '\n' </tmp/lists | grep -cx "$name")" "100 100"
	done
	diagnose "listed move0 $(grep -c move0 /tmp/lists) times"
}

before=$(stat -c '%n %a' -- * a/count | tr '\n' ,)
test_read
test_read_array
test_write
test_permissions
test_refused
test_listing
test_hotplug
cd / || exit
check "and everything can go" rmmod statsfs_test
