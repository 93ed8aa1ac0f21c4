#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/blk: numbers beside the kernel's own, and disks that come and go.

. "${0%/*}/lib.sh"

plan 38
BLK=$STATS/bufstat/blk
COUNTERS="reads:1 read_bytes:3 writes:5 write_bytes:7"

# stat DISK FIELD: of the kernel's, in our unit
kernel_counter()
{
	disk=$1
	field=$2
	read -r line <"/sys/block/$disk/stat"
	# shellcheck disable=SC2086 # the fields
	set -- $line
	shift $((field - 1))
	case $field in
	3 | 7) echo $(($1 * 512)) ;;
	*) echo "$1" ;;
	esac
}

# agrees DISK: the kernel's counters before and after, ours between.
agrees()
{
	wrong=
	for counter in $COUNTERS; do
		before=$(kernel_counter "$1" "${counter#*:}")
		ours=$(numbers "$BLK/$1/${counter%:*}")
		after=$(kernel_counter "$1" "${counter#*:}")
		if ! between "$before" "$ours" "$after"; then
			wrong="$wrong ${counter%:*} $ours, kernel $before to $after;"
		fi
	done
	is "$1 agrees with the kernel" "$wrong" ""
}

sum_of_parts()
{
	total=0
	for file in "$BLK"/*/"$1"; do
		total=$((total + $(numbers "$file")))
	done
	echo "$total"
}

directories()
{
	(cd "$1" && echo */)
}

# copy OPERAND...
copy()
{
	need dd status=none "$@"
}

test_io()
{
	is "all disks are shown" "$(directories "$BLK")" \
		"$(directories /sys/block)"
	before=$(numbers "$BLK/vda/read_bytes" "$BLK/vda/writes")
	copy if=/dev/vda of=/dev/null bs=64k count=16 iflag=direct
	is "what was read was counted" \
		"$(numbers "$BLK/vda/read_bytes" "$BLK/vda/writes")" \
		"$((${before% *} + 1048576)) ${before#* }"
	before=$(numbers "$BLK/vdb/write_bytes" "$BLK/vdb/writes" \
		"$BLK/vda/write_bytes")
	copy if=/dev/zero of=/dev/vdb bs=32k count=4 oflag=direct
	# shellcheck disable=SC2086 # three numbers
	set -- $before
	is "what was written was, on its disk" \
		"$(numbers "$BLK/vdb/write_bytes" "$BLK/vdb/writes" \
		   "$BLK/vda/write_bytes")" "$(($1 + 131072)) $(($2 + 4)) $3"
	agrees vda
	agrees vdb
	for counter in $COUNTERS; do
		name=${counter%:*}
		is "$name is the sum of its parts" "$(numbers "$BLK/$name")" \
			"$(sum_of_parts "$name")"
	done
	is "there are no sums further up" "$(sys open r "$BLK/../reads")" \
		ENOENT
}

test_cached()
{
	exec 3</dev/vda
	need blockdev --flushbufs /dev/vda
	is "nothing is cached of a disk" "$(numbers "$BLK/vda/cached_bytes")" 0
	copy if=/dev/vda of=/dev/null bs=1M count=8
	cached=$(numbers "$BLK/vda/cached_bytes")
	check "what was read is" [ "$cached" -ge 8388608 ]
	copy if=/dev/vda of=/dev/null bs=1M count=8
	is "and is not read again" "$(numbers "$BLK/vda/cached_bytes")" \
		"$cached"
	is "its sum is what /proc/meminfo calls Buffers" \
		"$(numbers "$BLK/cached_bytes")" \
		"$(($(sed -n 's/^Buffers: *\([0-9]*\) kB/\1/p' /proc/meminfo) * 1024))"
	need addpart /dev/vda 1 65536 32768
	is "a partition is not shown" "$(directories "$BLK")" \
		"$(directories /sys/block)"
	exec 4</dev/vda1
	copy if=/dev/vda1 of=/dev/null bs=1M count=4
	check "but what is cached of it" \
		shows "$BLK/vda/cached_bytes" -ge $((cached + 4194304))
	agrees vda
	exec 4<&-
	need delpart /dev/vda 1
	need blockdev --flushbufs /dev/vda
	is "dropped, it is cached no more" \
		"$(numbers "$BLK/vda/cached_bytes")" 0
	exec 3<&-
	is "what is cached cannot be reset" \
		"$(sys open w "$BLK/vda/cached_bytes" open w "$BLK/in_flight")" \
		"EACCES EACCES"
}

test_reset()
{
	before=$(kernel_counter vda 3)
	reads=$(numbers "$BLK/vda/reads")
	echo 0 >"$BLK/vda/read_bytes"
	is "a reset sets one number of one disk to 0" \
		"$(numbers "$BLK/vda/read_bytes" "$BLK/vda/reads")" "0 $reads"
	copy if=/dev/vda of=/dev/null bs=4k count=1 iflag=direct
	is "and the kernel's goes on" \
		"$(numbers "$BLK/vda/read_bytes") $(kernel_counter vda 3)" \
		"4096 $((before + 4096))"
	need shows "$BLK/vdb/reads" -gt 0
	echo 0 >"$BLK/reads"
	is "a reset of the sum resets all" \
		"$(numbers "$BLK/vda/reads" "$BLK/vdb/reads" "$BLK/reads")" \
		"0 0 0"
}

loops()
{
	directories "$BLK" | tr ' ' '\n' | grep -c '^loop'
}

# A loop device on a file system that can be frozen, which stops its requests.
test_loop()
{
	need modprobe loop max_loop=2
	is "disks that come are shown" "$(loops)" 2
	need mkfs.ext4 -q /dev/vdb
	mkdir /tmp/mount
	need mount /dev/vdb /tmp/mount
	copy if=/dev/zero of=/tmp/mount/image bs=1M count=8
	need losetup /dev/loop0 /tmp/mount/image
	copy if=/dev/loop0 of=/dev/null bs=1M count=1 iflag=direct
	is "and count" "$(numbers "$BLK/loop0/read_bytes")" \
		"$(kernel_counter loop0 3)"
	is "nothing is in flight" "$(numbers "$BLK/loop0/in_flight")" 0
	need fsfreeze -f /tmp/mount
	dd if=/dev/zero of=/dev/loop0 bs=4k count=1 oflag=direct status=none &
	writer=$!
	dd if=/dev/zero of=/dev/loop0 bs=4k seek=8 count=1 oflag=direct \
		status=none &
	check "what is not finished is in flight" \
		wait_until shows "$BLK/loop0/in_flight" -eq 2
	is "as the kernel says" \
		"$(tr -s ' ' </sys/block/loop0/inflight) $(numbers \
		   "$BLK/in_flight")" " 0 2 2"
	need fsfreeze -u /tmp/mount
	wait "$writer" $!
	is "until it is finished" "$(numbers "$BLK/loop0/in_flight")" 0
	agrees loop0
	exec 3<"$BLK/loop0/reads" 4<"$BLK/loop1"
	need losetup -d /dev/loop0
	need umount /tmp/mount
	check "the driver can go while files are open" wait_until rmmod loop
	is "with its disks" "$(loops)" 0
	is "open files are ENODEV" "$(sys fd 3 read 64)" ENODEV
	is "open directories are empty" \
		"$(sys open r "/proc/$$/fd/4/reads")" ENOENT
	exec 3<&- 4<&-
}

# A driver without a queue of requests.
test_bios()
{
	need modprobe zram
	echo 16M >/sys/block/zram0/disksize
	copy if=/dev/zero of=/dev/zram0 bs=64k count=16 oflag=direct
	copy if=/dev/zram0 of=/dev/null bs=64k count=8 iflag=direct
	agrees zram0
	check "which counts" shows "$BLK/zram0/write_bytes" -ge 1048576
	is "and has nothing in flight" "$(numbers "$BLK/zram0/in_flight")" 0
	need rmmod zram
	is "and goes" "$(sys open r "$BLK/zram0")" ENOENT
}

test_churn()
{
	{
		for _ in $(seq 6); do
			modprobe loop max_loop=2
			rmmod loop
		done
	} | "$STATSFS_BIN/hammer" 1000000000000 "$BLK/loop0/reads" \
		"$BLK/loop1/in_flight" "$BLK/reads" "$BLK/cached_bytes" \
		>/tmp/hammer
	is "disks come and go under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
}

test_io
test_cached
test_reset
test_loop
test_bios
test_churn
