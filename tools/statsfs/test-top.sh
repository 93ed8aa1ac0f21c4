#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# "statsfs top" with a saved snapshot, which is written again while it is looked
# at.  What it does with the kernel's is in tests/t-top.sh.

cd "${0%/*}/../.." || exit
TOP=$PWD
. tests/lib.sh
. tests/screen.sh

plan 80
PROGRAM=$TOP/build/tools/statsfs/statsfs
dir=$(mktemp -d) || exit
need build/tools/fuzz/seeds "$dir"
cp "$dir/sample" "$dir/live"
cd "$dir" || exit

# run ARGUMENT...: its status, what it prints, and what it complains of.
run()
{
	"$PROGRAM" top "$@" >out 2>err </dev/null
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# gather SECONDS [INDEX=NUMBER...]: another gathering of "live", so much later.
gather()
{
	python3 - "$@" <<-'END'
	import os, struct, sys
	fd = os.open("live", os.O_RDWR)
	data = bytearray(os.pread(fd, 1 << 20, 0))
	refresh, gathering, _, numbers = struct.unpack_from("=4Q", data, 32)
	count, begin, end = struct.unpack_from("=3Q", data, gathering)
	more = round(float(sys.argv[1]) * 1e9)
	struct.pack_into("=3Q", data, gathering, count + 1, begin + more, end + more)
	struct.pack_into("=Q", data, refresh - 8, count + 1)
	for argument in sys.argv[2:]:
	    index, number = argument.split("=")
	    struct.pack_into("=Q", data, numbers + 8 * int(index), int(number) % (1 << 64))
	os.pwrite(fd, data, 0)
	END
}

# Everything else at once: another layout under the name.
replace()
{
	cat "$1" >live
}

# in_background COMMAND...: as $pid; its output in "out".
in_background()
{
	"$@" >out 2>err </dev/null &
	pid=$!
}

has_lines()
{
	[ "$(wc -l <out)" -ge "$1" ]
}

test_csv()
{
	in_background "$PROGRAM" top --csv -n 2 -d 3 --from live eth0
	need wait_until has_lines 5
	gather 2.5 1=1010 2=-7 3=31 4=41
	wait "$pid"
	is "lines of CSV" "$(cat out)" "time,path,value,rate
1.000000500,eth0/rx_bytes,10,
1.000000500,eth0/state,-5,
1.000000500,eth0/queue0/sizes,30 40 50 60,
1.000000500,eth0/queue0/delay,70 80 90 100,
3.500000500,eth0/rx_bytes,1010,400.000
3.500000500,eth0/state,-7,
3.500000500,eth0/queue0/sizes,31 41 50 60,0.800
3.500000500,eth0/queue0/delay,70 80 90 100,0.000"
	is "names that need quotes" \
		"$("$PROGRAM" top --csv -n 1 --from names | sed -n 2p)" \
		'1.000000500,"a""\b",0,'
	is "what cannot be read has no number" \
		"$(run --csv -n 1 --from unknown eth0 | tr '\n' ' ')" \
		"1:time,path,value,rate;1.000000500,eth0/rx_bytes,,;\
1.000000500,eth0/state,,;1.000000500,eth0/queue0/sizes,30 40 50 60,;\
1.000000500,eth0/queue0/delay,70 80 90 100,:\
statsfs: eth0/rx_bytes: No such device;\
statsfs: eth0/state: has a type that is not known yet: 99 "
	is "a full disk ends it" \
		"$("$PROGRAM" top --csv --from sample 2>&1 >/dev/full; echo $?)" \
		"statsfs: cannot write: No space left on device
1"
	cp sample live
	in_background "$PROGRAM" top --csv -d 0.05 --from live lo/peak
	need wait_until has_lines 2
	: >live
	wait "$pid"
	is "a file that goes ends it" "$?:$(cat err)" \
		"1:statsfs: live: truncated: 0 bytes"
	cp sample live
}

reads_live()
{
	find "/proc/$1/fd" -lname "$dir/live" | grep -q . && is_state "$1" S
}

test_table()
{
	in_background "$PROGRAM" top --once -d 3 --from live
	need wait_until reads_live "$pid"
	gather 2 1=1010 2=7 5=9
	wait "$pid"
	is "a table" "$?:$(sed 's/  */ /g' out)" "0: VALUE PER_SECOND CHANGE PATH
 340 0.000 +0 eth0/queue0/delay
 139 - - eth0/queue0/sizes
 1010 500.000 +1000 eth0/rx_bytes
 7 - +12 eth0/state
 120 - +0 lo/peak
 110 0.000 +0 lo/rx_bytes
 0 0.000 +0 rx_bytes"
	cp sample live
	is "sorted" "$(run --once -d 0.05 -s value --from live lo '*/state' |
		sed 's/  */ /g')" \
		"0: VALUE PER_SECOND CHANGE PATH; 120 - - lo/peak;\
 110 - - lo/rx_bytes; -5 - - eth0/state:"
	is "what cannot be read" "$(run --once -d 0.05 --from unknown eth0/rx_bytes |
		sed 's/  */ /g')" \
		"1: VALUE PER_SECOND CHANGE PATH; - - - eth0/rx_bytes:\
statsfs: eth0/rx_bytes: No such device"
}

test_errors()
{
	is "seconds" "$(run -d 0) $(run -d x) $(run -d nan)" \
		"2::statsfs: -d takes seconds from 0.05 to 86400, not '0'\
 2::statsfs: -d takes seconds from 0.05 to 86400, not 'x'\
 2::statsfs: -d takes seconds from 0.05 to 86400, not 'nan'"
	is "a count" "$(run --csv -n 0) $(run --csv -n -1) $(run -n 5)" \
		"2::statsfs: -n takes a number of samples from 1 on, not '0'\
 2::statsfs: -n takes a number of samples from 1 on, not '-1'\
 2::statsfs: -n is for --csv"
	is "a sort key" "$(run -s size)" \
		"2::statsfs: -s takes rate, value, peak or path, not 'size'"
	is "an option" "$(run -q 2>&1 | sed 's/:[^;]*;/:/')" \
		"2:usage: statsfs top [OPTION...] [PATTERN...]"
	is "help" "$(run --help | grep -o -e --delay -e --csv | paste -s -d ' ')" \
		"--delay --csv"
	is "nothing matches" "$(run --once --from sample 'eth7/**')" \
		"1::statsfs: eth7/**: nothing matches; see statsfs ls -R"
	is "no terminal" "$(run --from sample)" \
		"1::statsfs: standard output is no terminal; use --once or --csv instead"
	is "no snapshot" "$(run --from nothing)" \
		"1::statsfs: nothing: No such file or directory"
}

# As it is seen on the terminal where it fails.
on_terminal()
{
	script -qec "$1" /dev/null </dev/null | tr -d '\r'
}

test_terminals()
{
	is "a terminal that nobody knows" \
		"$(on_terminal "TERM=nobody $PROGRAM top --from sample")" \
		"statsfs: a terminal of type 'nobody' is not known; set TERM, or use\
 --once or --csv instead"
	is "one without a cursor" "$(on_terminal "TERM=dumb $PROGRAM top --from sample")" \
		"statsfs: a terminal of type 'dumb' cannot be written to at any place;\
 set TERM, or use --once or --csv instead"
	is "one that cannot be read" \
		"$(on_terminal "$PROGRAM top --from sample </dev/null")" \
		"statsfs: standard input is no terminal; use --once or --csv instead"
}

test_numbers()
{
	enter "$PROGRAM top -d 0.05 --from live"
	on_screen "headings" ' +PATH +VALUE +RATE +PEAK LAST 0 s'
	on_screen "a sum, which is closed" '\+ rx_bytes +0 B'
	on_screen "another number, without a unit" '  eth0/queue0/delay +340'
	gather 4 0=8192 2=7
	on_screen "a rate, which is the peak" '\+ rx_bytes +8.0 KiB +2.0 KiB/s +2.0 KiB/s +█'
	on_screen "a change of what is not counted" '  eth0/state +7 +\+12 +7 +▁█'
	gather 4 0=8192
	on_screen "a peak stays, a rate does not" \
		'\+ rx_bytes +8.0 KiB +0 B/s +2.0 KiB/s +█▁'
	on_screen "the time that is shown" ' +PATH.* LAST 8 s'
	gather 4 0=5
	on_screen "what was reset has no rate" '\+ rx_bytes +5 B +reset +2.0 KiB/s.*'
}

test_tree()
{
	press t
	on_screen "directories" '\+ eth0/'
	press t
	on_screen "all" '  eth0/rx_bytes +10 B.*'
	press t
	need wait_until shows_line '\+ rx_bytes.*'
	press End
	check "the last line is selected" wait_until selects '\+ rx_bytes'
	press Enter
	on_screen "parts" '    eth0 +10 B.*'
	on_screen "and the other one" '    lo +110 B.*'
	press Down Down
	check "which can be selected" wait_until selects '^ +lo'
	press Left
	check "from a part to the whole" wait_until selects '^- rx_bytes'
	press Left
	off_screen "it is closed again" '    lo +110 B.*'
	press Right
	on_screen "and opened" '    lo +110 B.*'
	press - t t t
}

test_filter()
{
	type /pea
	on_screen "a filter is typed" '/pea'
	off_screen "and hides others" '.*eth0/state.*'
	press BSpace BSpace BSpace BSpace
	type 'eth0/s'
	press Enter
	on_screen "it stays" '  eth0/state.*'
	on_screen "and is named" 'statsfs top +only eth0/s +by rate.*'
	type /
	type 'äöx'
	press BSpace BSpace
	on_screen "letters of other languages" '/ä'
	press Escape
	on_screen "Escape brings back the former one" '  eth0/state.*'
	press Escape
	on_screen "and again Escape all" '  lo/peak.*'
}

test_sort()
{
	press s
	on_screen "the next key to sort by" 'statsfs top +by value.*'
	on_screen "is that" ' +PATH.*'
	is "the largest is first" "$(picture | sed -n '3s/ *\([^ ]*\).*/\1/p')" \
		eth0/queue0/delay
	press i
	on_screen "the other way round" 'statsfs top +reverse by value.*'
	press i s s s
	need wait_until shows_line 'statsfs top +by rate.*'
}

test_help_and_others()
{
	press '?'
	on_screen "help" '  r +reset the selected number to 0'
	press Down x
	on_screen "and back" '  lo/peak.*'
	press p
	on_screen "a pause" 'statsfs top \(paused\).*'
	gather 1 0=4242
	press Down Up
	sleep 0.5
	press Down Up
	off_screen "nothing changes, whatever is pressed" '.*4.1 KiB.*'
	press p
	on_screen "until it goes on" '.*4.1 KiB.*'
	type /state
	press Enter r
	on_screen "what cannot be reset" \
		'eth0/state cannot be reset: it shows what there is now'
	type /lo/p
	press Enter r
	on_screen "for another reason" \
		'lo/peak cannot be reset: its file is read-only'
	press Escape
	type /eth0/rx
	press Enter r
	on_screen "a reset is to be confirmed" 'Reset to 0 \(y or n\)\? eth0/rx_bytes'
	press n
	on_screen "or not" 'Nothing was reset'
	press r y
	on_screen "a saved one is not written to" \
		'eth0/rx_bytes was not reset: Read-only file system; .*'
	press Escape x
	on_screen "another key" '\? shows what keys there are'
}

test_changes()
{
	press Home
	replace empty
	on_screen "all goes" 'Nothing matches; \? for help'
	replace sample
	on_screen "and comes again" '  lo/peak +120.*'
	: >live
	on_screen "what is wrong is said" 'live: (truncated: 0 bytes|is no snapshot); trying again'
	on_screen "and what was is still there" '  lo/peak +120.*'
	replace sample
	on_screen "until it is right" 'statsfs top +by rate.*'
}

test_sizes()
{
	screen_size 40 10
	on_screen "a small terminal" '  PATH +VALUE +RATE'
	is "has no more lines than that" "$(picture | wc -l)" 10
	screen_size 12 3
	on_screen "a tiny one" '. .*'
	screen_size 130 30
	on_screen "a large one" '  PATH +VALUE +RATE +PEAK LAST [0-9]+ s'
	screen_size 80 24
	need wait_until shows_line '  PATH +VALUE +RATE +PEAK LAST .*'
}

modes()
{
	stty -F "$tty" -a
}

test_endings()
{
	press C-z
	on_screen "Ctrl-Z gives the shell" '.*ready>'
	enter fg
	on_screen "and fg the list" '  lo/peak +120.*'
	press q
	off_screen "q gives back the screen" '  lo/peak.*'
	is "and the terminal" "$(modes)" "$before"
	for signal in 1 2 3 15; do
		enter "($PROGRAM top --from sample; echo status=\$?)"
		need wait_until shows_line '  lo/peak +120.*'
		pid=$(pgrep -f "^$PROGRAM top --from sample")
		kill "-$signal" "$pid"
		on_screen "signal $signal ends it" "status=$((128 + signal))"
		is "and the terminal is as before" "$(modes)" "$before"
		enter clear
	done
}

test_ascii()
{
	cp sample live
	enter "LC_ALL=C $PROGRAM top -d 0.05 --from live"
	need wait_until shows_line '  lo/peak +120 +120 +_'
	gather 1 6=5 12=150
	on_screen "sparklines in ASCII" '  lo/peak +150 +\+30 +150 +_#'
	press q
}

test_csv
test_table
test_errors
test_terminals
screen_start 80 24
tty=$(screen display-message -p '#{pane_tty}')
before=$(modes)
test_numbers
test_tree
test_filter
test_sort
test_help_and_others
test_changes
test_sizes
test_endings
test_ascii
screen_end
cd / && rm -r "$dir"
