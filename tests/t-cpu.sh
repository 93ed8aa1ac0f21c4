#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cpu: what CPUs spend their time on, beside /proc/stat, and CPUs that go offline
# and come back.

. "${0%/*}/lib.sh"

plan 58
CPU=$STATS/cpu
CPUS=/sys/devices/system/cpu
# In the order of the columns of /proc/stat.
TIMES="user nice system idle iowait irq softirq steal guest guest_nice"
TICK=$((1000000000 / $(getconf CLK_TCK)))
ROUNDS=30

load()
{
	insmod "$STATSFS_MODULES/providers/cpustat.ko"
}

# stat_line LINE DIRECTORY: what is compared, as sandwich.awk takes it: a line of
# /proc/stat, which is in ticks, and where we have it.
stat_line()
{
	column=0
	for name in $TIMES; do
		echo "counter $2/$name%$TICK /proc/stat:$1+$column*$TICK"
		column=$((column + 1))
	done
}

# sums DIRECTORY...: all CPUs are the sum of these.
sums()
{
	for name in $TIMES; do
		echo "counter $CPU/$name $(printf "%s/$name " "$@")"
	done
}

# compare COMMAND...: which prints what is compared
compare()
{
	"$@" | awk -f "${0%/*}/sandwich.awk"
}

# The CPUs that /proc/stat has, as directories() has them.
kernel_cpus()
{
	sed -n 's|^\(cpu[0-9][0-9]*\) .*|\1/|p' /proc/stat | paste -s -d ' '
}

# everything WHEN
everything()
{
	is "those that are online are shown $1" "$(directories "$CPU")" \
		"$(kernel_cpus)"
	check "all agree with the kernel $1" compare stat_line cpu "$CPU"
	is "and each of them $1" "$(
		for cpu in $(kernel_cpus); do
			compare stat_line "${cpu%/}" "$CPU/${cpu%/}"
		done)" ""
}

# set_cpu NUMBER 0|1
set_cpu()
{
	echo "$2" >"$CPUS/cpu$1/online"
}

# spin CPU COMMAND...: for two seconds, on that CPU
spin()
{
	cpu=$1
	shift
	taskset -c "$cpu" "$@" timeout 2 sh -c 'while :; do :; done'
}

test_files()
{
	# shellcheck disable=SC2086 # several names
	sorted=$(printf '%s\n' $TIMES | sort | paste -s -d ' ')
	for directory in "$CPU" "$CPU/cpu0" "$CPU/cpu1"; do
		is "there are ten times in ${directory#"$STATS/"}" \
			"$(find "$directory/" -maxdepth 1 -type f \
				! -name '.*' -printf '%f\n' | sort |
				paste -s -d ' ')" "$sorted"
	done
	is "and none further up" "$(sys open r "$STATS/user")" ENOENT
	everything "at first"
	check "all are the sum of CPUs that are online" \
		compare sums "$CPU"/cpu[0-9]*
}

# took NAME CPU: CPU spent time on NAME, and the other less; all CPUs have what
# this one has.  A busy host leaves little of the two seconds.
took()
{
	mine=$(($(numbers "$CPU/cpu$2/$1") - mine))
	other=$(($(numbers "$CPU/cpu$((1 - $2))/$1") - other))
	all=$(($(numbers "$CPU/$1") - all))
	check "$1 is that of cpu$2" [ "$mine" -ge 400000000 ]
	check "not of the other, $1" [ "$other" -lt "$((mine / 2))" ]
	check "and in that of all, $1" [ "$all" -ge "$mine" ]
}

# mark NAME CPU: that of all first, for took() reads it last.
mark()
{
	all=$(numbers "$CPU/$1")
	mine=$(numbers "$CPU/cpu$2/$1")
	other=$(numbers "$CPU/cpu$((1 - $2))/$1")
}

test_kinds()
{
	mark user 0
	spin 0 env
	took user 0
	mark nice 1
	spin 1 nice -n 5
	took nice 1
	mark system 0
	taskset -c 0 timeout 2 dd if=/dev/zero of=/dev/null bs=8M status=none
	took system 0
	mark idle 1
	spin 0 env
	took idle 1
	need dd if=/dev/vda of=/dev/null bs=4k iflag=direct count=2000 \
		status=none
	for name in user nice system idle iowait softirq; do
		check "there is some $name" shows "$CPU/$name" -gt 0
	done
	everything "then"
}

test_reset()
{
	kernel=$(awk '/^cpu0/ { print $2 }' /proc/stat)
	before=$(cd "$CPU" && numbers user cpu1/user)
	echo 0 >"$CPU/cpu0/user"
	check "a reset is that of its CPU" \
		shows "$CPU/cpu0/user" -lt 1000000000
	check "not of another" shows "$CPU/cpu1/user" -ge "${before#* }"
	check "nor of all" shows "$CPU/user" -ge "${before% *}"
	check "nor of the kernel" \
		[ "$(awk '/^cpu0/ { print $2 }' /proc/stat)" -ge "$kernel" ]
	echo 0 >"$CPU/user"
	check "one of all is that of all" shows "$CPU/user" -lt 1000000000
	check "and of none of them" shows "$CPU/cpu1/user" -ge "${before#* }"
	is "anything but 0 resets nothing" \
		"$(sys open w "$CPU/cpu1/user" write 1)" "0 EINVAL"
	check "the others agree with the kernel as before" \
		compare stat_line cpu1 "$CPU/cpu1"
}

test_hotplug()
{
	exec 3<"$CPU/cpu1/idle" 4<"$CPU/cpu1" 5<"$CPU/idle"
	need sys fd 3 pread 64 0 fd 5 pread 64 0
	echo 0 >"$CPU/cpu1/user"
	need set_cpu 1 0
	is "a CPU goes offline" "$(directories "$CPU")" "$(kernel_cpus)"
	is "its files are ENODEV" "$(sys fd 3 pread 64 0)" ENODEV
	is "its directory is empty" \
		"$(sys open r "/proc/$$/fd/4/idle" open r "$CPU/cpu1")" \
		"ENOENT ENOENT"
	check "files of all go on" sys fd 5 pread 64 0
	all=$(numbers "$CPU/system")
	check "and contain it" shows "$CPU/cpu0/system" -lt "$all"
	rmmod cpustat
	need load
	everything "without it"
	need set_cpu 1 1
	everything "when it is back"
	check "a reset does not outlive its CPU" \
		compare stat_line cpu1 "$CPU/cpu1"
	is "what was open stays ENODEV" "$(sys fd 3 pread 64 0)" ENODEV
	exec 3<&- 4<&- 5<&-
}

# CPUs come and go under readers.
test_churn()
{
	{
		for _ in $(seq 10); do
			set_cpu 1 0
			set_cpu 1 1
		done
	} | "$STATSFS_BIN/hammer" 1000000000000000 "$CPU/cpu1/idle" \
		"$CPU/cpu0/user" "$CPU/idle" "$CPU/cpu1/iowait" >/tmp/hammer
	is "CPUs come and go under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
}

# rounds: unloads and loads with files held open; what is wrong
rounds()
{
	for i in $(seq $ROUNDS); do
		exec 3<"$CPU/user" 4<"$CPU/cpu1/user" 5<"$CPU/cpu0"
		read -r _ <&3
		rmmod cpustat || echo "round $i: not unloaded"
		echo "$(sys fd 3 pread 64 0 fd 4 read 64) $(
			sys open r "/proc/$$/fd/5/user" open r "$CPU")"
		load || echo "round $i: not loaded"
		exec 3<&- 4<&- 5<&-
	done | sort | uniq -c | sed 's/^ *//'
}

test_rounds()
{
	is "it comes and goes" "$(rounds)" \
		"$ROUNDS ENODEV ENODEV ENOENT ENOENT"
	{
		for _ in $(seq 10); do
			rmmod cpustat
			set_cpu 1 0
			need load
			set_cpu 1 1
		done
	} | "$STATSFS_BIN/hammer" 1000000000000000 "$CPU/cpu1/idle" \
		"$CPU/idle" >/tmp/hammer
	is "with CPUs, under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	need rmmod cpustat
	is "nothing is left" "$(sys open r "$CPU")" ENOENT
	is "and no state of hotplug" "$(grep -c cpustat "$CPUS/hotplug/states")" 0
	need load
	everything "again"
}

need load
test_files
test_kinds
test_reset
test_hotplug
test_churn
test_rounds
