#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: kstats.sh [ROUNDS]
#
# What kstats costs while it is loaded: on each context switch, of which two
# processes make two in each of ROUNDS rounds (50,000 unless told otherwise), and on
# each read, by the number of threads.  In instructions, by the clock of a virtual
# machine that counts them, so that a busy host changes little.

. "$(dirname "$0")/lib.sh"
ROUNDS=${1:-50000}

# Runs in the guest, as "sh -c"; prints a name, how many there were of it, and a
# number of instructions.
# shellcheck disable=SC2016 # for the other shell
GUEST='
	FILE=/sys/kernel/stats/kstats/num_processes
	READS=200
	load()
	{
		insmod "$STATSFS_MODULES/providers/kstats.ko"
	}
	# For how long tasks, with interrupts in them, have run.
	instructions()
	{
		awk "/^cpu0/ { print \$8 }" /proc/schedstat
	}
	spent()
	{
		before=$(instructions)
		"$@" >/dev/null
		echo $(($(instructions) - before))
	}
	# measure NAME NUMBER EACH COMMAND...: what the command does EACH of in each of
	# its rounds; what else it does is in one round, too, and cancels out.  The first
	# time only fills caches.
	measure()
	{
		name=$1
		number=$2
		each=$3
		shift 3
		"$@" 1
		once=$(spent "$@" 1)
		all=$(spent "$@" $((number + 1)))
		echo "$name:$((number * each)):$((all - once))"
	}
	pingpong()
	{
		measure "$1" "$ROUNDS" 2 "$STATSFS_BIN/pingpong"
	}
	reads()
	{
		awk -v n="$1" -v file="$FILE" "BEGIN {
			while (n--) {
				getline <file
				close(file)
			}
		}"
	}
	reading()
	{
		measure "$(cat "$FILE") threads" "$READS" 1 reads
	}
	pingpong without
	load
	pingpong with
	rmmod kstats
	pingpong "without again"
	load
	reading
	echo "
import threading, time
threading.stack_size(65536)
for _ in range(1000):
    threading.Thread(target=time.sleep, args=(100000,), daemon=True).start()
open(\"/tmp/ready\", \"w\").close()
time.sleep(100000)" >/tmp/threads.py
	python3 /tmp/threads.py &
	until [ -e /tmp/ready ]; do
		sleep 0.1
	done
	reading'

counted "ROUNDS=$ROUNDS; $GUEST" | awk -F : '
	$1 ~ /^with/ {
		switching[$1] = $3 / $2
		printf "%-32s %8.1f\n", "a switch, " $1, $3 / $2
	}
	/threads/ {
		read = $3 / $2
		printf "%-32s %8.1f\n", "a read, " $1, read
		if (threads)
			further = (read - last) / ($1 - threads)
		threads = $1 + 0
		last = read
	}
	END {
		printf "%-32s %8.1f %5.2f %%\n", "the probe adds to a switch",
			switching["with"] - switching["without"],
			(switching["with"] / switching["without"] - 1) * 100
		printf "%-32s %8.1f\n", "a thread adds to a read", further
	}'
