#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# "statsfs top" with the kernel's own numbers, on a terminal and for programs.

. "${0%/*}/lib.sh"
. "${0%/*}/screen.sh"

plan 55
load_test_module
NET=$STATS/bufstat/net
PROGRAM=$STATSFS_SRC/build/tools/statsfs/statsfs
work=$(mktemp -d) || exit
chmod 755 "$work"
cd "$work" || exit

# files DIRECTORY...: each file below, a comma, and its numbers.
files()
{
	(cd "$STATS" && grep -rsZ --exclude=.snapshot '' "$@" | tr '\0' ',' |
		sort)
}

# Sorted lines of path and numbers in before, ours, after: prints the paths whose
# numbers in "ours" are not between the others, in either order.
not_between()
{
	join -t , -a 2 before ours | join -t , -a 1 - after | awk -F , '
	function outside(a, x, b) {
		return (x < a && x < b) || (x > a && x > b)
	}
	{
		n = split($2, a, " ")
		wrong = NF != 4 || split($3, x, " ") != n || split($4, b, " ") != n
		for (i = 1; i <= n; i++)
			wrong = wrong || outside(a[i] + 0, x[i] + 0, b[i] + 0)
		if (wrong)
			print $1
	}'
}

# What the processes of a test itself move up and down is left out.
COMPARED="bufstat/net bufstat/sock bufstat/blk bufstat/mm/total test"

# between_files COMMAND...: prints the paths that are wrong three times.  Numbers
# may move up and down between two readings.
between_files()
{
	for try in 1 2 3; do
		# shellcheck disable=SC2086 # several words
		files $COMPARED >before
		"$@" >ours
		# shellcheck disable=SC2086 # several words
		files $COMPARED >after
		not_between >now
		if [ "$try" -gt 1 ]; then
			join -t , outside now >both
			mv both now
		fi
		mv now outside
	done
	! grep . outside
}

# An array is shown by its total, so none here.
once()
{
	# shellcheck disable=SC2086 # several words
	"$PROGRAM" top --once -d 0.1 $COMPARED | sed 1d | awk '{ print $4 "," $1 }' | sort
}

csv()
{
	# shellcheck disable=SC2086 # several words
	"$PROGRAM" top --csv -n 1 $COMPARED | sed 1d | cut -d , -f 2,3 | sort
}

make_tree()
{
	t create top test
	t register top
	t create a a
	t values a counter
	t add top a
}

test_programs()
{
	check "CSV has what the files have" between_files csv
	diagnose "$(wc -l <ours) values"
	check "and so has the table" between_files once
	is "and nothing else" "$(join -t , -v 1 ours before)" ""
	is "of the whole tree, too" \
		"$("$PROGRAM" top --csv -n 1 | sed 1d | cut -d , -f 2 | sort)" \
		"$(files . | sed -e 's/,.*//' -e 's|^\./||' | sort)"
}

# Steps of a counter of our own, at any moment of a sample.
test_steps()
{
	"$PROGRAM" top --csv -d 0.5 -n 10 test/a/count test/count >csv &
	pid=$!
	for number in 10 300 7000 40000 900000; do
		t set a count "$number"
		sleep 0.4
	done
	wait "$pid"
	is "each rate is the difference by the time" "$(awk -F , '
		function check(d, t) {
			if ($4 == "" || d / t - $4 > 0.01 + $4 / 1e6 ||
			    $4 - d / t > 0.01 + $4 / 1e6)
				print
		}
		$2 in time { check($3 - number[$2], $1 - time[$2]) }
		NR > 1 { time[$2] = $1; number[$2] = $3 }' csv)" ""
	is "of which some are not 0" \
		"$(awk -F , '$4 > 0 { n++ } END { print (n >= 3) }' csv)" 1
	is "the first ones are not known" "$(cut -d , -f 2,4 csv | sed -n '2,3p' |
		paste -s -d ' ')" "test/count, test/a/count,"
	is "no two samples are nearer than asked for" "$(awk -F , '
		$2 == "test/count" && last && $1 - last < 0.2 { print }
		$2 == "test/count" { last = $1 }' csv)" ""
}

has_lines()
{
	[ "$(wc -l <"$1")" -ge "$2" ]
}

# What is sent is what rates add up to.
test_traffic()
{
	"$PROGRAM" top --csv -d 0.3 -n 8 bufstat/net/lo/rx_buffers >csv &
	pid=$!
	need wait_until has_lines csv 2
	need ping -q -c 10 -i 0.05 127.0.0.1
	wait "$pid"
	is "all that ping sent is in the rates" "$(awk -F , '
		NR > 2 { sum += $4 * ($1 - time) }
		NR > 1 { time = $1 }
		END { printf "%.0f", sum }' csv)" \
		"$(awk -F , 'NR == 2 { first = $3 } END { print $3 - first }' csv)"
	# shellcheck disable=SC2016 # of awk
	check "which is 20 buffers or more" \
		awk -F , 'NR == 2 { first = $3 } END { exit $3 - first < 20 }' csv
}

test_restarts()
{
	"$PROGRAM" top --csv -d 1 -n 9 test/a/count test/count >csv &
	pid=$!
	need wait_until has_lines csv 5
	echo 0 >"$STATS/test/a/count"
	need wait_until has_lines csv 9
	t create b b
	t values b counter
	t set b count 1000000000
	t add top b
	need wait_until has_lines csv 13
	t remove b
	wait "$pid"
	is "no rate is negative or huge, whatever comes and goes" \
		"$(awk -F , 'NR > 1 && $4 != "" && ($4 < 0 || $4 > 1e7)' csv)" ""
	is "but some are known" "$(awk -F , '$4 != "" { n++ } END { print (n > 4) }' csv)" 1
	is "and of the reset and the sum some are not" \
		"$(awk -F , 'NR > 3 && $4 == "" { n[$2]++ }
			END { print n["test/a/count"], (n["test/count"] >= 2) }' csv)" "1 1"
}

test_list()
{
	enter "$PROGRAM top -d 0.3 'bufstat/net/**'"
	on_screen "headings" '  PATH +VALUE +RATE +PEAK LAST [0-9]+ s'
	on_screen "sums of devices" '\+ bufstat/net/rx_buffers +[0-9]+ .*'
	ping -q -i 0.2 127.0.0.1 >/dev/null &
	ping=$!
	on_screen "a rate moves" \
		'\+ bufstat/net/rx_buffers +[0-9]+ +[1-9][0-9.]*/s +[0-9.]+/s .*'
	check "what has the largest rate is above" wait_until selects 'rx_bytes|tx_bytes'
	type /rx_buf
	press Enter
	off_screen "a filter" '.*tx_bytes.*'
	press Right
	on_screen "a sum opens into devices" '    eth0 +[0-9]+ .*'
	on_screen "of which one moves" '    lo +[0-9]+ +[1-9][0-9.]*/s +[0-9.]+/s .*'
	press Left
	off_screen "and is closed again" '    lo .*'
	press Escape s s s Home
	on_screen "by path" 'statsfs top  by path .*'
	is "the first is the first" \
		"$(picture | sed -n '3s/^. *\([^ ]*\).*/\1/p')" bufstat/net/collisions
	kill "$ping"
	press s t
	on_screen "directories" '[+ ] bufstat/'
	press t t
}

# The lines of lo are shown, and the number on the screen.
select_counter()
{
	type "/net/lo/rx_buffers"
	press Enter Home
	need wait_until selects 'bufstat/net/lo/rx_buffers'
}

test_reset()
{
	select_counter
	before=$(cat "$NET/lo/rx_buffers")
	press r
	on_screen "a reset asks" 'Reset to 0 \(y or n\)\? bufstat/net/lo/rx_buffers'
	press n
	on_screen "and does nothing without" 'Nothing was reset'
	check "nothing at all" shows "$NET/lo/rx_buffers" -ge "$before"
	press r y
	on_screen "but with" 'bufstat/net/lo/rx_buffers was reset'
	check "then it is" shows "$NET/lo/rx_buffers" -lt 20
	on_screen "and that is seen" '  bufstat/net/lo/rx_buffers +1?[0-9] .*'
	press Escape
	type /tx_queued_bytes
	press Enter Home r
	on_screen "what there is now cannot be reset" \
		'bufstat/net/tx_queued_bytes cannot be reset: it shows what there is now'
	press Escape
}

test_help()
{
	press '?'
	on_screen "help" '  r +reset the selected number to 0'
	press q
	on_screen "any key leaves it" '  PATH +VALUE .*'
}

test_devices()
{
	type "/rx_bytes"
	press Enter Home Right
	on_screen "two devices" '    lo .*'
	press Down Down
	need wait_until selects '^ +(lo|eth0) '
	here=$(selected_line | sed 's/^ *\([a-z0-9]*\).*/\1/')
	need ip link add aaa0 type dummy
	on_screen "a device comes" '    aaa0 +0 B.*'
	check "the selected one is the same" selects "^ +$here "
	need ip link del aaa0
	off_screen "and goes" '    aaa0 .*'
	check "the selected one is still the same" selects "^ +$here "
	press Left Left Escape
}

test_sizes()
{
	screen_size 40 10
	on_screen "a small terminal" '  PATH +VALUE +RATE'
	is "is not longer" "$(picture | wc -l)" 10
	on_screen "and its lines fit" '[+<> ] *<?[a-z/_]+ +[0-9.]+( [KMG]?i?B)?( +.*)?'
	screen_size 80 24
	on_screen "the usual size" '  PATH +VALUE +RATE +PEAK LAST .*'
}

# A mount cannot go while it is in use, but can be detached.
test_unmounted()
{
	type "/rx_bytes"
	press Enter
	need wait_until shows_line '\+ bufstat/net/rx_bytes .*'
	check_fails "a mount that is shown is busy" umount "$STATS"
	need umount -l "$STATS"
	on_screen "unmounted" \
		"statsfs is not mounted any more; waiting for $STATS"
	on_screen "what was is still there" '\+ bufstat/net/rx_bytes .*'
	need mount -t statsfs none "$STATS"
	on_screen "mounted again" 'statsfs top  only rx_bytes .*'
}

test_endings()
{
	press C-z
	on_screen "Ctrl-Z gives the shell" '.*ready>'
	enter fg
	on_screen "and fg the list" '\+ bufstat/net/rx_bytes .*'
	press q
	off_screen "q ends it" '\+ bufstat/net/rx_bytes .*'
	is "and gives back the terminal" "$(stty -F "$tty" -a)" "$modes"
	enter "$PROGRAM top"
	on_screen "all of the tree" 'statsfs top .* /sys/kernel/stats'
	press C-c
	on_screen "Ctrl-C ends it" 'ready>'
	is "and gives back the terminal, too" "$(stty -F "$tty" -a)" "$modes"
}

test_nobody()
{
	enter "clear; setpriv --reuid=65534 --regid=65534 --clear-groups $PROGRAM top -d 0.3"
	need wait_until shows_line 'statsfs top .*'
	t set a count 950000
	echo 0 >"$STATS/test/a/count"
	t set a count 950077
	type "/test/a/count"
	press Enter Home
	need wait_until selects 'test/a/count +77'
	press r y
	on_screen "who may not reset is told" \
		'test/a/count was not reset: Permission denied; be root.*'
	is "and has not" "$(cat "$STATS/test/a/count")" 77
	press q
}

make_tree
test_programs
test_steps
test_traffic
test_restarts
need modprobe dummy numdummies=0
screen_start 80 24
tty=$(screen display-message -p '#{pane_tty}')
modes=$(stty -F "$tty" -a)
test_list
test_reset
test_help
test_devices
test_sizes
test_unmounted
test_endings
test_nobody
screen_end
cd / && rm -r "$work"
