#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The example of the proposal, samples/statsfs_kvm.c: names, sums over two
# levels, resets, removal.

. "${0%/*}/lib.sh"

plan 26
KVM=$STATS/kvm
PARAMETERS=/sys/module/statsfs_kvm/parameters

need insmod "$STATSFS_MODULES/samples/statsfs_kvm.ko" vms=2 vcpus=3
cd "$KVM" || exit
first=$(echo *-0)
second=$(echo *-1)

test_tree()
{
	is "machines are called after a process and a number" \
		"$(echo */ | sed 's/[0-9]*-/-/g')" "-0/ -1/"
	is "with one sum per value of the machine or of its CPUs" \
		"$(echo *)" "$first $second \
clock_offset clock_offset_avg exits exits_avg halted halts \
halts_count_zero halts_max longest_run memory_slots memory_slots_max memory_slots_min runs"
	is "a machine has its values, and sums of those of its CPUs" \
		"$(cd "$first" && echo *)" \
		"clock_offset clock_offset_avg exits exits_avg halted \
halts halts_count_zero halts_max longest_run memory_slots runs vcpu0 vcpu1 vcpu2"
	is "a CPU has its own" "$(cd "$first/vcpu2" && echo *)" \
		"clock_offset exits halted halts longest_run"
	is "and all is 0 but what was set" \
		"$(numbers exits clock_offset halted halts_count_zero \
		   longest_run runs) $(numbers memory_slots memory_slots_min \
		   memory_slots_max "$first/memory_slots" \
		   "$second/memory_slots")" "0 0 0 6 0 0 3 1 2 1 2"
}

test_numbers()
{
	echo 10 >$PARAMETERS/run
	echo 5 >$PARAMETERS/run
	is "the sum of a CPU, a machine, and all" \
		"$(numbers "$first/vcpu1/exits" "$first/exits" exits)" "15 45 90"
	is "averages" "$(numbers "$first/exits_avg" exits_avg \
		clock_offset_avg "$first/clock_offset_avg")" "15 15 -15 -15"
	is "sum and maximum" \
		"$(numbers "$first/vcpu0/halts" "$first/vcpu1/halts" \
		   "$first/vcpu2/halts" "$first/halts" "$first/halts_max" \
		   halts halts_max)" "0 15 30 45 30 90 30"
	is "minimum" \
		"$(numbers "$second/vcpu2/clock_offset" \
		   "$second/clock_offset" clock_offset)" "-30 -30 -30"
	is "a peak, and the maximum of peaks" \
		"$(numbers "$second/vcpu0/longest_run" "$second/longest_run" \
		   longest_run)" "10 10 10"
	is "counts of what is true, and of what is 0" \
		"$(numbers "$first/vcpu0/halted" "$first/vcpu1/halted" \
		   "$first/halted" "$first/halts_count_zero" halted \
		   halts_count_zero)" "0 1 2 1 4 2"
	is "values of machines" "$(numbers "$first/runs" runs)" "2 4"
}

test_reset()
{
	echo 0 >"$first/vcpu1/exits"
	is "one CPU is reset" \
		"$(numbers "$first/vcpu0/exits" "$first/vcpu1/exits" \
		   "$first/exits" exits)" "15 0 30 75"
	echo 0 >"$first/exits"
	is "one machine is" \
		"$(numbers "$first/vcpu0/exits" "$first/exits" \
		   "$second/exits" exits)" "0 0 45 45"
	echo 0 >exits_avg
	is "all are, through any of the aggregates" \
		"$(numbers "$second/vcpu2/exits" "$second/exits" exits \
		   exits_avg)" "0 0 0 0"
	echo 0 >"$second/longest_run"
	is "peaks are" "$(numbers "$second/longest_run" longest_run)" "0 10"
	echo 2 >$PARAMETERS/run
	is "and all goes on" \
		"$(numbers "$first/vcpu1/exits" "$second/exits" exits \
		   "$second/longest_run" longest_run runs)" "2 6 12 2 10 6"
	is "gauges cannot be" \
		"$(sys open w clock_offset open w "$first/vcpu0/halted" \
		   open w memory_slots)" "EACCES EACCES EACCES"
}

test_removal()
{
	exec 3<"$second/vcpu1/exits" 4<"$second/exits" 5<exits
	echo 1 >$PARAMETERS/vms
	is "a machine is removed with its CPUs" \
		"$(sys open r "$second" open r "$second/vcpu1/exits")" \
		"ENOENT ENOENT"
	is "its open files are ENODEV" "$(sys fd 3 read 64 fd 4 read 64)" \
		"ENODEV ENODEV"
	is "sums are of what is left" \
		"$(sys fd 5 read 64) $(numbers memory_slots_max halted)" \
		'6\n 1 2'
	echo 0 >$PARAMETERS/vms
	is "without machines there is nothing" \
		"$(echo *) $(sys fd 5 pread 64 0)" "* ENODEV"
	echo 5 >$PARAMETERS/vms
	is "new ones can be made" \
		"$(numbers memory_slots halts_count_zero)" "15 15"
	exec 3<&- 4<&- 5<&-
}

test_unload()
{
	exec 3<exits
	cd / || exit
	check "the module can be unloaded with a file open" rmmod statsfs_kvm
	is "which is ENODEV then" "$(sys fd 3 read 64 open r "$KVM")" \
		"ENODEV ENOENT"
	exec 3<&-
	{
		for i in $(seq 10); do
			insmod "$STATSFS_MODULES/samples/statsfs_kvm.ko" \
				vms=$((i % 4)) vcpus=$((i % 3))
			rmmod statsfs_kvm
		done
	} | "$STATSFS_BIN/hammer" 15 "$KVM/exits" "$KVM/memory_slots" \
		"$KVM/halts_count_zero" "$KVM/runs" >/tmp/hammer
	is "it comes and goes under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
}

test_tree
test_numbers
test_reset
test_removal
test_unload
