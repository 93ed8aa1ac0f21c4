#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kstats: the machine in seven numbers, beside what the kernel reports in /proc.

. "${0%/*}/lib.sh"

plan 42
KSTATS=$STATS/kstats
GAUGES="buffer_memory free_memory num_processes num_running total_memory uptime"

load()
{
	insmod "$STATSFS_MODULES/providers/kstats.ko"
}

# What is compared, as sandwich.awk takes it.  Uptime there is in hundredths of a
# second.
values()
{
	cat <<-END
		gauge $KSTATS/num_processes /proc/loadavg:#5
		gauge $KSTATS/num_running /proc/loadavg:#4
		gauge $KSTATS/num_running /proc/stat:procs_running
		gauge $KSTATS/total_memory /proc/meminfo:MemTotal
		gauge $KSTATS/free_memory /proc/meminfo:MemFree
		gauge $KSTATS/buffer_memory /proc/meminfo:Buffers
		counter $KSTATS/uptime%10000000 /proc/uptime:#1*1000000000
	END
}

compare()
{
	values | awk -f "${0%/*}/sandwich.awk"
}

compared()
{
	values | sed 's/^[^ ]* [^ ]*\/\([a-z_]*\).*/\1/' | sort -u |
		paste -s -d ' '
}

# How many context switches the kernel has counted that the module has not: always
# the same, if each counts all.  Between two readings of the kernel's number nobody
# may have switched, and twice in a row, as a CPU may just be between the two.
ahead()
{
	awk -v ours="$KSTATS/context_switches" '
		function theirs(line, n)
		{
			while ((getline line <"/proc/stat") > 0)
				if (line ~ /^ctxt /)
					n = substr(line, 6) + 0
			close("/proc/stat")
			return n
		}
		BEGIN {
			for (tries = 0; tries < 20000; tries++) {
				before = theirs()
				if ((getline mine <ours) <= 0)
					break
				close(ours)
				if (theirs() != before)
					continue
				if (tries && before - mine == last) {
					print last
					exit
				}
				last = before - mine
			}
			print "?"
		}'
}

ctxt()
{
	sed -n 's/^ctxt //p' /proc/stat
}

pingpong()
{
	"$STATSFS_BIN/pingpong" "$@"
}

test_files()
{
	is "there are seven numbers" "$(echo "$KSTATS"/*)" \
		"$(for name in $GAUGES context_switches; do
			echo "$KSTATS/$name"
		done | sort | paste -s -d ' ')"
	is "all but one are compared" "$(compared)" "$GAUGES"
	for name in $GAUGES; do
		is "$name cannot be reset" "$(sys open w "$KSTATS/$name")" EACCES
	done
	check "they agree with the kernel" compare
}

# A thousand threads are more than are looked at in one go.
test_tasks()
{
	before=$(numbers "$KSTATS/num_processes")
	cat >/tmp/threads.py <<-'END'
	import threading, time
	threading.stack_size(65536)
	for _ in range(1000):
	    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
	open("/tmp/ready", "w").close()
	time.sleep(1000)
	END
	hold python3 /tmp/threads.py
	need wait_until test -e /tmp/ready
	check "threads are counted" \
		[ $(($(numbers "$KSTATS/num_processes") - before)) -ge 1001 ]
	check "and the numbers agree with the kernel" compare
	# The number of a process that is gone, kept by its session and group.
	setsid sh -c 'sleep 1000 & echo $$ $! >/tmp/session'
	read -r session pid </tmp/session
	held="$held $pid"
	is "what has a number but no task" \
		"$(ls -d "/proc/$session" 2>/dev/null
		   cut -d ' ' -f 6 "/proc/$pid/stat")" "$session"
	check "is not counted" compare
	# A zombie, whose new parent does not wait for it.
	hold sh -c 'sleep 0 & echo $! >/tmp/zombie; exec sleep 1000'
	need wait_until test -s /tmp/zombie
	need wait_until grep -q '^State:.*Z' "/proc/$(cat /tmp/zombie)/status"
	check "zombies are counted as the kernel does it" compare
	release
	need wait_until shows "$KSTATS/num_processes" -lt $((before + 100))
	check "all are gone" compare
}

test_running()
{
	for cpu in 0 0 1; do
		# shellcheck disable=SC2016 # for the other shell
		hold taskset -c "$cpu" sh -c 'while :; do :; done'
	done
	check "tasks that run or want to are counted" \
		wait_until shows "$KSTATS/num_running" -ge 4
	check "and the number agrees with the kernel" compare
	release
}

test_memory()
{
	exec 3<>/dev/vda
	need dd if=/dev/vda of=/dev/null bs=1M count=3 status=none
	check "there are buffers" shows "$KSTATS/buffer_memory" -ge 3145728
	check "memory agrees with the kernel" compare
	exec 3<&-
	if [ ! -e /proc/self/ns/time ]; then
		skip "uptime is the same in a time namespace" "there are none"
		return
	fi
	check "uptime is the same in a time namespace" \
		unshare --time --boottime 1000000 --fork \
		sh -c "[ \"\$(cut -d. -f1 /proc/uptime)\" -gt 1000000 ] &&
			[ \"\$(cat $KSTATS/uptime)\" -lt 1000000000000000 ]"
}

test_switches()
{
	ahead=$(ahead)
	before=$(numbers "$KSTATS/context_switches")
	need taskset -c 0 "$STATSFS_BIN/pingpong" 20000
	check "context switches are counted" \
		shows "$KSTATS/context_switches" -ge $((before + 40000))
	is "each one that the kernel counts" "$(ahead)" "$ahead"
	need pingpong 5000
	is "and between CPUs" "$(ahead)" "$ahead"
	hold taskset -c 1 "$STATSFS_BIN/pingpong" 1000000
	need taskset -c 0 "$STATSFS_BIN/pingpong" 5000
	release
	is "and on both at once" "$(ahead)" "$ahead"
	before=$(numbers "$KSTATS/context_switches")
	need taskset -c 1 "$STATSFS_BIN/pingpong" 1000
	echo 0 >/sys/devices/system/cpu/cpu1/online
	check "those of a CPU that goes offline stay" \
		shows "$KSTATS/context_switches" -ge $((before + 2000))
	# Probes are not called on a CPU that is not online any more.
	now=$(ahead)
	check "but for what it does when it is not online any more" \
		between "$ahead" "$now" $((ahead + 2))
	diagnose "the kernel has counted $((now - ahead)) more"
	check "without it the numbers agree with the kernel" compare
	echo 1 >/sys/devices/system/cpu/cpu1/online
	need taskset -c 1 "$STATSFS_BIN/pingpong" 1000
	is "when it comes back each one counts" "$(ahead)" "$now"
}

test_reset()
{
	kernel=$(ctxt)
	before=$(numbers "$KSTATS/context_switches")
	is "anything but 0 resets nothing" \
		"$(sys open w "$KSTATS/context_switches" write 1)" "0 EINVAL"
	check "it goes on" shows "$KSTATS/context_switches" -ge "$before"
	echo 0 >"$KSTATS/context_switches"
	check "context switches can be reset" \
		shows "$KSTATS/context_switches" -lt "$before"
	check "the kernel's number goes on" [ "$(ctxt)" -ge "$kernel" ]
	ahead=$(ahead)
	need taskset -c 0 "$STATSFS_BIN/pingpong" 1000
	is "and so does ours, from 0" "$(ahead)" "$ahead"
	check "nothing else has changed" compare
}

# Tasks come, go and become others while they are counted.
test_readers()
{
	{
		for _ in $(seq 150); do
			sh -c 'sh -c : & exec sh -c :'
		done
	} | "$STATSFS_BIN/hammer" 1000000000000000 "$KSTATS/num_processes" \
		"$KSTATS/num_running" "$KSTATS/context_switches" >/tmp/hammer
	is "tasks come and go under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	check "and then the numbers agree with the kernel" compare
}

# rounds NUMBER: unloads and loads with files held open; what comes of it
rounds()
{
	for i in $(seq "$1"); do
		exec 3<"$KSTATS/context_switches" 4<"$KSTATS/num_processes" \
			5<"$KSTATS"
		read -r _ <&3
		rmmod kstats || echo "round $i: not unloaded"
		echo "$(sys fd 3 pread 64 0 fd 4 read 64) $(
			sys open r "/proc/$$/fd/5/uptime" open r "$KSTATS")"
		load || echo "round $i: not loaded"
		exec 3<&- 4<&- 5<&-
	done | sort | uniq -c | sed 's/^ *//'
}

test_rounds()
{
	is "it comes and goes" "$(rounds 20)" \
		"20 ENODEV ENODEV ENOENT ENOENT"
	for cpu in 0 1; do
		hold nice -n 19 taskset -c $cpu \
			"$STATSFS_BIN/pingpong" 1000000000
	done
	is "and while CPUs switch all the time" "$(rounds 5)" \
		"5 ENODEV ENODEV ENOENT ENOENT"
	release
	{
		for _ in $(seq 10); do
			rmmod kstats
			need load
		done
	} | "$STATSFS_BIN/hammer" 1000000000000000 "$KSTATS/num_processes" \
		"$KSTATS/context_switches" "$KSTATS/free_memory" >/tmp/hammer
	is "and under readers" "$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	need rmmod kstats
	is "nothing is left" "$(sys open r "$KSTATS")" ENOENT
	before=$(ctxt)
	need load
	check "it counts from when it is loaded" \
		shows "$KSTATS/context_switches" -lt "$before"
	check "and agrees with the kernel again" compare
}

need load
test_files
test_tasks
test_running
test_memory
test_switches
test_reset
test_readers
test_rounds
