#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/blk: numbers of disks and partitions beside the kernel's own, and
# disks and partitions that come and go.

. "${0%/*}/lib.sh"

plan 125
BLK=$STATS/bufstat/blk
BDI=/sys/kernel/debug/bdi

# What is compared, as sandwich.awk takes it.  Times are in milliseconds in
# sysfs.
values_of_all()
{
	sed "s|OURS|$BLK/$1|; s|STAT:|/sys/block/$1/stat:|
	     s|INFLIGHT:|/sys/block/$1/inflight:|" <<-END
		counter OURS/reads STAT:#1
		counter OURS/read_merges STAT:#2
		counter OURS/read_bytes STAT:#3*512
		counter OURS/read_ns:%1000000 STAT:#4*1000000
		counter OURS/writes STAT:#5
		counter OURS/write_merges STAT:#6
		counter OURS/write_bytes STAT:#7*512
		counter OURS/write_ns:%1000000 STAT:#8*1000000
		counter OURS/busy_ns STAT:#10*1000000
		counter OURS/discards STAT:#12
		counter OURS/discard_merges STAT:#13
		counter OURS/discard_bytes STAT:#14*512
		counter OURS/discard_ns:%1000000 STAT:#15*1000000
		gauge OURS/in_flight_reads INFLIGHT:#1
		gauge OURS/in_flight_writes INFLIGHT:#2
	END
}

values_of_disks()
{
	sed "s|OURS|$BLK/$1|; s|STAT:|/sys/block/$1/stat:|
	     s|BDI:|$BDI/$(cat "/sys/block/$1/dev")/stats:|" <<-END
		counter OURS/flushes STAT:#16
		counter OURS/flush_ns:%1000000 STAT:#17*1000000
		gauge OURS/dirty_bytes BDI:BdiReclaimable
		gauge OURS/writeback_bytes BDI:BdiWriteback
		counter OURS/dirtied_bytes BDI:BdiDirtied
		counter OURS/written_bytes BDI:BdiWritten
	END
}

# values DISK[/PARTITION]
values()
{
	values_of_all "$1"
	case $1 in
	*/*) return ;;
	esac
	values_of_disks "$1"
	if [ -d "/sys/block/$1/mq" ]; then
		echo "gauge $BLK/$1/queue_depth /sys/block/$1/queue/nr_requests"
	fi
}

sandwich()
{
	awk -f "${0%/*}/sandwich.awk"
}

compare()
{
	values "$1" | sandwich
}

# agrees DISK[/PARTITION] [WHEN]
agrees()
{
	check "$1 agrees with the kernel${2:+ $2}" compare "$1"
}

# What a test of its own looks at counts as compared.
compared()
{
	{
		echo cached_bytes
		values "$1" | sed 's/^[^ ]* [^ ]*\/\([a-z_]*\)[: ].*/\1/'
	} | sort | paste -s -d ' '
}

files()
{
	find "$1/" -maxdepth 1 -type f ! -name .snapshot -printf '%f\n' | sort | paste -s -d ' '
}

# cached DEVICE...: of these themselves, as mincore() has it
cached()
{
	bytes=0
	for device; do
		result=$(sys open r "/dev/$device" cached)
		bytes=$((bytes + ${result#* }))
	done
	echo "$bytes"
}

# sums: of all values in blk/ over the disks
sums()
{
	for name in $(files "$BLK"); do
		kind=counter
		case $name in
		in_flight_* | cached_bytes | dirty_bytes | writeback_bytes | \
		queue_depth) kind=gauge ;;
		esac
		# Disks have different files.
		echo "$kind $BLK/$name $(find "$BLK"/*/"$name" |
			paste -s -d ' ')"
	done
}

compare_sums()
{
	sums | sandwich
}

# kernel_counter DISK FIELD: in our unit
kernel_counter()
{
	awk -v field="$2" '{
		print $field * (field == 3 || field == 7 ? 512 : 1)
	}' "/sys/block/$1/stat"
}

# copy OPERAND...
copy()
{
	need dd status=none conv=notrunc "$@"
}

# exercise DISK: everything that is counted, in different numbers
exercise()
{
	copy if=/dev/zero of="/dev/$1" bs=64k count=5 oflag=direct
	copy if="/dev/$1" of=/dev/null bs=32k count=9 iflag=direct
	blkdiscard -o 1048576 -l 262144 "/dev/$1" 2>/dev/null
	copy if=/dev/zero of="/dev/$1" bs=64k count=32 seek=1
	need sync "/dev/$1"
	need blockdev --flushbufs "/dev/$1"
	copy if="/dev/$1" of=/dev/null bs=64k count=48
}

# in_pieces DEVICE: reads and discards that are taken apart, and so can be merged
in_pieces()
{
	for i in $(seq 0 63); do
		echo "$((i * 128)) 128 linear /dev/$1 $((i * 128))"
	done | need dmsetup create pieces --noudevsync --noudevrules
	copy if=/dev/dm-0 of=/dev/null bs=4M count=1 iflag=direct
	need blkdiscard -o 1048576 -l 2097152 /dev/dm-0
	need dmsetup remove --noudevsync --noudevrules pieces
}

# some DIRECTORY NAME...: are not 0
some()
{
	dir=$1
	shift
	for name; do
		check "$dir has some $name" shows "$BLK/$dir/$name" -gt 0
	done
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
	exercise vda
	some vda reads read_bytes read_ns writes write_merges \
		write_bytes write_ns discards discard_bytes discard_ns \
		flushes flush_ns dirtied_bytes written_bytes busy_ns
	agrees vda
	agrees vdb
	is "that is everything there is" "$(compared vda)" "$(files "$BLK/vda")"
	check "sums are over the disks" compare_sums
	is "of everything" "$(files "$BLK")" "$(files "$BLK/vda")"
	is "there are no sums further up" "$(sys open r "$BLK/../reads")" \
		ENOENT
	echo 64 >/sys/block/vda/queue/nr_requests
	is "the depth of a queue is followed" \
		"$(numbers "$BLK/vda/queue_depth")" 64
}

test_partition()
{
	exec 3<"$BLK/vda/reads" 4<"$BLK/vda"
	need addpart /dev/vda 1 65536 32768
	is "a partition is shown in its disk" "$(directories "$BLK/vda")" vda1/
	is "and nowhere else" "$(directories "$BLK")" \
		"$(directories /sys/block)"
	is "beside files that are open" \
		"$(sys fd 3 pread 64 0 | tr -d '\\n')" \
		"$(kernel_counter vda 1)"
	is "in directories that are" \
		"$(sys open r "/proc/$$/fd/4/vda1/reads")" 0
	exercise vda1
	need modprobe dm-mod
	in_pieces vda1
	some vda/vda1 reads read_merges read_bytes read_ns writes \
		write_merges write_bytes write_ns discards discard_merges \
		discard_bytes discard_ns busy_ns
	some vda read_merges discard_merges
	agrees vda/vda1
	agrees vda "with a partition"
	is "what only disks have is not there" "$(compared vda/vda1)" \
		"$(files "$BLK/vda/vda1")"
	check "its disk counts it, and sums only once" compare_sums
	before=$(numbers "$BLK/vda/reads" "$BLK/vda/vda1/writes" "$BLK/reads")
	echo 0 >"$BLK/vda/vda1/reads"
	is "a reset of a partition is its own" \
		"$(numbers "$BLK/vda/vda1/reads" "$BLK/vda/reads" \
		   "$BLK/vda/vda1/writes" "$BLK/reads")" "0 $before"
	exec 5<"$BLK/vda/vda1/reads" 6<"$BLK/vda/vda1"
	need delpart /dev/vda 1
	is "a partition goes" "$(directories "$BLK/vda")" "*/"
	is "files that are open are ENODEV" "$(sys fd 5 read 64)" ENODEV
	is "directories empty" "$(sys open r "/proc/$$/fd/6/reads")" ENOENT
	is "and its disk stays" "$(sys fd 3 pread 64 0 | tr -d '\\n')" \
		"$(kernel_counter vda 1)"
	exec 3<&- 4<&- 5<&- 6<&-
}

test_cached()
{
	exec 3</dev/vda
	need blockdev --flushbufs /dev/vda
	is "nothing is cached of a disk" "$(numbers "$BLK/vda/cached_bytes")" 0
	copy if=/dev/vda of=/dev/null bs=1M count=8
	is "what was read is" "$(numbers "$BLK/vda/cached_bytes")" \
		"$(cached vda)"
	check "which is as much as that" shows "$BLK/vda/cached_bytes" \
		-ge 8388608
	need addpart /dev/vda 1 65536 32768
	exec 4</dev/vda1
	copy if=/dev/vda1 of=/dev/null bs=1M count=4
	is "what is cached of a partition" \
		"$(numbers "$BLK/vda/vda1/cached_bytes")" "$(cached vda1)"
	check "is something" shows "$BLK/vda/vda1/cached_bytes" -ge 4194304
	is "and is part of its disk's" "$(numbers "$BLK/vda/cached_bytes")" \
		"$(cached vda vda1)"
	check "the sum is what /proc/meminfo calls Buffers" \
		awk -v ours="$BLK/cached_bytes" \
		-v theirs=/proc/meminfo:Buffers -f "${0%/*}/sandwich.awk"
	exec 4<&-
	need delpart /dev/vda 1
	need blockdev --flushbufs /dev/vda
	is "dropped, it is cached no more" \
		"$(numbers "$BLK/vda/cached_bytes")" 0
	exec 3<&-
	is "gauges cannot be reset" \
		"$(cd "$BLK/vda" && sys open w cached_bytes open w \
		   in_flight_reads open w in_flight_writes open w dirty_bytes \
		   open w writeback_bytes open w queue_depth)" \
		"EACCES EACCES EACCES EACCES EACCES EACCES"
}

report_of_vda()
{
	on_one_line cat /sys/block/vda/stat
	grep -E 'BdiDirtied|BdiWritten' "$BDI/$(cat /sys/block/vda/dev)/stats"
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
	before=$(report_of_vda)
	for name in busy_ns write_ns flushes dirtied_bytes; do
		echo 0 >"$BLK/vda/$name"
	done
	is "the others of a disk can be reset, too" \
		"$(cd "$BLK/vda" && numbers busy_ns write_ns flushes \
		   dirtied_bytes)" "0 0 0 0"
	is "and nothing of the kernel's is" "$(report_of_vda)" "$before"
}

# The module with all its resets again, with the disks that are there.
reload()
{
	need rmmod bufstat_blk
	need insmod "$STATSFS_MODULES/providers/bufstat_blk.ko"
}

# A loop device on a file system that can be frozen, which stops its requests,
# and a linear device on a partition of it, which makes no requests of its own.
make_stack()
{
	need modprobe loop
	need mkfs.ext4 -q /dev/vdb
	mkdir /tmp/mount
	need mount /dev/vdb /tmp/mount
	copy if=/dev/zero of=/tmp/mount/image bs=1M count=24
	need losetup /dev/loop0 /tmp/mount/image
	need addpart /dev/loop0 1 2048 32768
	need dmsetup create linear --noudevsync --noudevrules \
		--table "0 16384 linear /dev/loop0p1 2048"
}

# Two writes and two reads, which wait behind them, one of them past dm-0.
start_requests()
{
	need fsfreeze -f /tmp/mount
	dd if=/dev/zero of=/dev/dm-0 bs=4k count=1 oflag=direct status=none &
	writers=$!
	need wait_until shows "$BLK/loop0/in_flight_writes" -eq 1
	for i in 1 2; do
		dd if=/dev/dm-0 of=/dev/null bs=4k skip=$((i * 16)) count=1 \
			iflag=direct status=none &
		writers="$writers $!"
	done
	dd if=/dev/zero of=/dev/loop0 bs=4k seek=8 count=1 oflag=direct \
		status=none &
	writers="$writers $!"
}

in_flight()
{
	(cd "$BLK/$1" && numbers in_flight_reads in_flight_writes)
}

stack_is_busy()
{
	[ "$(in_flight loop0) $(in_flight loop0/loop0p1) $(in_flight dm-0)" = \
		"2 2 2 1 2 1" ]
}

# Without a look at the kernel's, which would be brought up to date by that.
busy_grows()
{
	before=$(numbers "$BLK/$1/busy_ns")
	sleep 0.5
	[ $(($(numbers "$BLK/$1/busy_ns") - before)) -ge 490000000 ]
}

test_stack()
{
	make_stack
	is "disks that come are shown" \
		"$(directories "$BLK") $(directories "$BLK/loop0")" \
		"$(directories /sys/block) loop0p1/"
	exercise loop0
	exercise loop0p1
	exercise dm-0
	some loop0 reads writes discards flushes dirtied_bytes busy_ns
	some dm-0 reads writes discards dirtied_bytes busy_ns
	is "a disk without requests has no queue of them" \
		"$(compared dm-0) $(sys open r "$BLK/dm-0/queue_depth")" \
		"$(files "$BLK/dm-0") ENOENT"
	start_requests
	check "what is not finished is in flight" wait_until stack_is_busy
	for disk in loop0 loop0/loop0p1 dm-0; do
		check "time goes by on $disk" busy_grows $disk
		agrees $disk "with requests in flight"
	done
	check "sums have it" compare_sums
	exec 3<>/dev/loop0
	copy if=/dev/zero of=/dev/loop0 bs=64k count=8 seek=128
	sync /dev/loop0 &
	writers="$writers $!"
	check "pages are being written" \
		wait_until shows "$BLK/loop0/writeback_bytes" -gt 0
	exec 4<>/dev/vda
	copy if=/dev/zero of=/dev/vda bs=1M count=3
	check "others wait for that" shows "$BLK/vda/dirty_bytes" -gt 0
	agrees loop0 "with pages being written"
	agrees vda "with dirty pages"
	exec 3<&- 4<&-
	need fsfreeze -u /tmp/mount
	# shellcheck disable=SC2086 # several
	wait $writers
	is "until it is finished" "$(in_flight loop0) $(in_flight dm-0)" \
		"0 0 0 0"
	reload
	is "disks and partitions that were there before are shown" \
		"$(directories "$BLK") $(directories "$BLK/loop0")" \
		"$(directories /sys/block) loop0p1/"
	for disk in vda vdb loop0 loop0/loop0p1 dm-0; do
		agrees $disk again
	done
	remove_stack
}

remove_stack()
{
	exec 3<"$BLK/loop0/reads" 4<"$BLK/loop1" 5<"$BLK/dm-0/busy_ns"
	need dmsetup remove --noudevsync --noudevrules linear
	is "a mapped device goes" \
		"$(sys open r "$BLK/dm-0" fd 5 read 64)" "ENOENT ENODEV"
	need delpart /dev/loop0 1
	need losetup -d /dev/loop0
	need umount /tmp/mount
	check "the driver can go while files are open" wait_until rmmod loop
	is "with its disks" "$(directories "$BLK")" "$(directories /sys/block)"
	is "open files are ENODEV" "$(sys fd 3 read 64)" ENODEV
	is "open directories are empty" \
		"$(sys open r "/proc/$$/fd/4/reads")" ENOENT
	exec 3<&- 4<&- 5<&-
}

# Drivers without a queue of requests: one that counts, and one that does not.
test_bios()
{
	need modprobe zram
	echo 16M >/sys/block/zram0/disksize
	exercise zram0
	agrees zram0
	is "a compressed disk has all but a queue" "$(compared zram0)" \
		"$(files "$BLK/zram0")"
	some zram0 reads write_bytes
	is "and nothing in flight" "$(in_flight zram0)" "0 0"
	need rmmod zram
	is "and goes" "$(sys open r "$BLK/zram0")" ENOENT
	need modprobe brd rd_nr=1 rd_size=16384 max_part=8
	need addpart /dev/ram0 1 2048 16384
	exec 3</dev/ram0p1
	exercise ram0
	exercise ram0p1
	agrees ram0
	agrees ram0/ram0p1
	some ram0 cached_bytes dirtied_bytes
	is "what is cached of a ramdisk is what it keeps" \
		"$(numbers "$BLK/ram0/cached_bytes")" "$(cached ram0 ram0p1)"
	exec 3<"$BLK/ram0/ram0p1/reads" 4<"$BLK/ram0/reads"
	need rmmod brd
	is "a disk goes with its partitions" \
		"$(sys open r "$BLK/ram0" open r "$BLK/ram0/ram0p1")" \
		"ENOENT ENOENT"
	is "whose open files are ENODEV" "$(sys fd 3 read 64 fd 4 read 64)" \
		"ENODEV ENODEV"
	exec 3<&- 4<&-
}

# The module may come when there is no disk at all.
test_none()
{
	need addpart /dev/vda 1 65536 32768
	check "all disks can go, with a partition" rmmod virtio_blk
	is "then there is nothing" "$(ls "$BLK")" ""
	reload
	is "and nothing at load" "$(ls "$BLK")" ""
	need modprobe virtio_blk
	is "but what comes then" "$(directories "$BLK")" "vda/ vdb/"
	agrees vda "as new"
	need rmmod bufstat_blk
	need addpart /dev/vda 1 65536 32768
	need insmod "$STATSFS_MODULES/providers/bufstat_blk.ko"
	is "partitions that were there are shown" \
		"$(directories "$BLK/vda")" vda1/
	agrees vda/vda1 "as new"
	need delpart /dev/vda 1
}

test_churn()
{
	{
		for _ in $(seq 6); do
			modprobe loop max_loop=2
			addpart /dev/vda 1 65536 32768
			rmmod loop
			delpart /dev/vda 1
		done
	} | "$STATSFS_BIN/hammer" 1000000000000 "$BLK/loop0/reads" \
		"$BLK/loop1/in_flight_reads" "$BLK/reads" "$BLK/cached_bytes" \
		"$BLK/vda/vda1/in_flight_writes" "$BLK/vda/cached_bytes" \
		>/tmp/hammer
	is "disks come and go under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
}

test_io
test_partition
test_cached
test_reset
reload
test_stack
test_bios
test_none
test_churn
