# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Loops that run beside each other, for tests of what may happen at the same time;
# to be sourced after lib.sh.  A round of a loop is a function or a command of its
# name.  What it says is wrong.

LOOP_DIR=/tmp/loops

# read_below DIRECTORY: everything; but files may be gone.
read_below()
{
	find "$1" -type f -exec cat {} + 2>&1 >/dev/null |
		grep -v -e 'No such file or directory$' -e 'No such device$'
}

# reset_below DIRECTORY: everything that can be.
reset_below()
{
	# shellcheck disable=SC2046 # many words
	sys $(find "$1" -type f -perm -200 -printf 'open w %p write 0 ' \
		2>/dev/null) | tr ' ' '\n' |
		grep -vx -e 0 -e 1 -e ENOENT -e EBADF -e ENODEV -e ''
}

# To $now.
read_clock()
{
	read -r now _ </proc/uptime
	now=${now%.*}
}

# run LOOP: until $end; leaves what it said and how many rounds it made.
run()
{
	rounds=0
	while read_clock && [ "$now" -lt "$end" ]; do
		"$1"
		rounds=$((rounds + 1))
		echo $rounds >"$LOOP_DIR/$1.rounds"
	done >"$LOOP_DIR/$1.said" 2>&1
}

# run_loops SECONDS LOOP...: makes two checks for each.
run_loops()
{
	mkdir -p $LOOP_DIR
	read_clock
	end=$((now + $1))
	shift
	for loop; do
		run "$loop" &
	done
	wait
	for loop; do
		is "$loop finds nothing wrong" \
			"$(sort -u "$LOOP_DIR/$loop.said" | head -n 5)" ""
		rounds=$(cat "$LOOP_DIR/$loop.rounds")
		check "and was there" [ "$rounds" -ge 1 ]
		diagnose "$rounds rounds of $loop"
	done
}

# What cannot be read as numbers below a directory.
unreadable()
{
	find "$1" -type f ! -name .snapshot -exec cat {} + 2>&1 |
		grep -v '^-*[0-9][-0-9 ]*$'
}
