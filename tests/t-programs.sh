#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The verbs get, ls, report and reset of the program statsfs, with the kernel's own
# numbers.

. "${0%/*}/lib.sh"

plan 53
load_test_module
TEST=$STATS/test
PROGRAM=$STATSFS_SRC/build/tools/statsfs/statsfs
work=$(mktemp -d) || exit
chmod 755 "$work"
cd "$work" || exit
export LC_ALL=C.UTF-8

statsfs()
{
	"$PROGRAM" "$@"
}

# run ARGUMENT...: the status, what is printed, and what is complained of.
run()
{
	statsfs "$@" >out 2>err
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# As somebody without rights.
run_as()
{
	user=$1
	shift
	setpriv --reuid="$user" --regid="$user" --clear-groups \
		"$PROGRAM" "$@" >out 2>err
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# terminal COLUMNS ARGUMENT...: what it prints on a terminal of that width
terminal()
{
	width=$1
	shift
	script -qec "stty cols $width; $PROGRAM $*" /dev/null | tr -d '\r'
}

# python EXPRESSION: of the document d in standard input
python()
{
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# Two objects with sums over them, one of which is on two paths, and an array.
make_tree()
{
	t create top test
	t register top
	for name in a b; do
		t create $name $name
		t values $name types
		t add top $name
	done
	t create h h
	t values h array
	t add top h
	t create deep deep
	t add top deep
	t add deep a
	t set a u64 18446744073709551615
	t set a s64 -9223372036854775808
	t set b s8 -128
	t bucket h 0 7
}

test_get()
{
	numbers_below "$TEST" | sed 's|^|test/|' >expected
	statsfs get 'test/**' | sort >got
	check "there are files" [ "$(wc -l <expected)" -gt 40 ]
	same "a pattern selects all files with their numbers" got expected
	grep '^test/[^/]*/u64 ' expected >own
	statsfs get 'test/*/u64' | sort >got
	same "or some of them" got own
	is "in any directory" "$(cd "$TEST/deep" && statsfs get -n '**/a/s64' |
			paste -s -d ' ')" \
		"-9223372036854775808 -9223372036854775808"
	is "with the mount in front" "$(run get "$TEST/*/s8")" \
		"0:$(statsfs get 'test/*/s8' | paste -s -d ';'):"
	is "paths and patterns, what is there and what is not" \
		"$(run get test/a/nothing 'test/b/s[78]' test/a/u64 '**/nothing')" \
		"1:test/a/u64 18446744073709551615;test/b/s8 -128:\
statsfs: test/a/nothing: no such value or directory; see statsfs ls -R;\
statsfs: **/nothing: nothing matches; see statsfs ls -R"
	is "JSON has the numbers of the files" \
		"$(statsfs get -j 'test/**' | python '"".join(sorted("%s %s\n" % (v["path"],
			" ".join(map(str, v["value"])) if type(v["value"]) is list else v["value"])
			for v in d["values"]))' | head -n -1 | cmp - expected && echo same)" same
}

test_ls()
{
	is "ls -R: paths and numbers of all files" \
		"$(statsfs ls -Rrno PATH,VALUE,KIND test | sed '/ directory$/d; s/ [^ ]*$//;
			s/\\x20/ /g' | sort | cmp - expected && echo same)" same
	# shellcheck disable=SC2012 # names have letters and digits
	is "what is in a directory is what ls(1) has" \
		"$(statsfs ls -rno NAME test --sort name | paste -s -d ' ')" \
		"$(ls -vF "$TEST" | paste -s -d ' ')"
	is "on a terminal it is a tree" \
		"$(terminal 80 ls -Rno name,kind bufstat/softnet | tr -s ' ' | sed 's/ $//' |
			grep -A 1 cpu1)" \
		"cpu1/ directory
├─processed cumulative"
	is "and no line is longer than that" \
		"$(terminal 100 ls -R | python3 -c 'import sys
print(max(len(line.rstrip("\n")) for line in sys.stdin) <= 100)')" True
	is "and no array longer than eight numbers" \
		"$(terminal 80 ls -no value test/h/array)" "7 0 0 0 0 0 0 0 ..."
	is "numbers for people" \
		"$(terminal 80 ls -no value bufstat/mm/total | grep -c ' [MG]iB$')" 1
	is "or all digits" "$(terminal 80 ls -bno value bufstat/mm/total)" \
		"$(cat $STATS/bufstat/mm/total)"
	is "in a pipe always" "$(statsfs ls -no value bufstat/mm/total | cat)" \
		"$(cat $STATS/bufstat/mm/total)"
	statsfs ls -jR -o name,value,path | python '"\n".join(sorted(
		(lambda f: f(f, d["entries"]))(lambda f, rows: [x for r in rows
			for x in f(f, r.get("children", [])) +
			([r["path"]] if "children" not in r else [])])))' >got
	(cd $STATS && find . -type f ! -name .snapshot | sed 's|^\./||' | LC_ALL=C sort) >files
	LC_ALL=C sort got >got.sorted
	same "JSON has every file" got.sorted files
	is "and numbers, not text" \
		"$(statsfs ls -j -o value bufstat/net/eth0/rx_bytes |
			python 'type(d["entries"][0]["value"]) is int')" True
	is "what is said of a value" \
		"$(statsfs ls -rn -o name,unit,kind,type,reset,aggregate bufstat/net/lo/rx_bytes)" \
		"bufstat/net/lo/rx_bytes bytes cumulative u64 yes none"
	is "and of a sum" "$(statsfs ls -rn -o aggregate,reset bufstat/net/rx_bytes)" "sum yes"
	is "its directory's id" "$(statsfs ls -rno id bufstat/net/lo/rx_bytes)" \
		"$(stat -c %i $STATS/bufstat/net/lo)"
}

# bracket NAME FILE: the program's number is between the file's before and after.
bracket()
{
	before=$(cat "$STATS/$2")
	ours=$(statsfs get -n "${2%s}?")
	after=$(cat "$STATS/$2")
	check "$1: $before <= $ours <= $after" between "$before" "$ours" "$after"
}

test_moving()
{
	ping -q -i 0.01 127.0.0.1 >ping.log &
	pinging=$!
	wait_until shows $STATS/bufstat/net/lo/rx_buffers -gt 10
	bracket "while it counts" bufstat/net/lo/rx_bytes
	bracket "a sum" bufstat/net/rx_bytes
	kill $pinging
	wait $pinging
}

# meminfo NAME: in kB
meminfo()
{
	sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo
}

# reported NAME REPORT
reported()
{
	sed -n "s/^ *$1  *\([0-9]*\) kB$/\1/p" "$2"
}

# beside NAME OF-MEMINFO: the report lies between two readings, of many, but for
# what the programs that read it take themselves.
OWN=128
beside()
{
	before=$(meminfo "$2")
	statsfs report >now
	after=$(meminfo "$2")
	ours=$(reported "$1" now)
	between "$before" "$ours" "$after" ||
		between "$((before - OWN))" "$ours" "$((before + OWN))"
}

test_report()
{
	before=$(cut -d . -f 1 /proc/uptime)
	statsfs report >page
	generated=$(sed -n '1s/^Generated: \([0-9]*\)\.[0-9][0-9][0-9]$/\1/p' page)
	after=$(cut -d . -f 1 /proc/uptime)
	check "report: of now" between "$before" "$generated" "$after"
	is "sections" "$(grep '^[^ ].*:$' page | paste -s -d ' ')" \
		"Network: Block: Memory management: Overall:"
	for line in Buffers:Buffers Cached:Cached Dirty:Dirty Writeback:Writeback \
		Slab:Slab Reclaimable:SReclaimable Unreclaimable:SUnreclaim \
		"Page tables:PageTables" Total:MemTotal Free:MemFree \
		Available:MemAvailable; do
		check "${line%:*} is ${line#*:} of /proc/meminfo" \
			wait_until beside "${line%:*}" "${line#*:}"
	done
	is "devices and their buffers" \
		"$(sed -n 's/^  \([a-z0-9]*\)  *\([0-9]*\)  *\([0-9]*\)$/\1 \2 \3/p' page |
			sort | cut -d ' ' -f 1 | paste -s -d ' ')" "eth0 lo"
	is "as in the files" "$(awk '$1 == "lo" { print $2, $3 }' page)" \
		"$(numbers $STATS/bufstat/net/lo/rx_buffers $STATS/bufstat/net/lo/tx_buffers)"
	for _ in 1 2 3 4 5 6 7 8; do
		statsfs report >/dev/null 2>>busy || echo failed >>busy &
	done
	wait
	is "any number of readers" "$(cat busy)" ""
}

# Objects x, y and, below a boundary, z, which is not in their sum.
make_counters()
{
	t create r r
	t add top r
	for name in x y z; do
		t create $name $name
		t values $name counter
	done
	t add r x
	t add r y
	t create bound bound
	t boundary bound
	t add r bound
	t add bound z
	t set x count 5
	t set y count 7
	t set z count 11
}

counts()
{
	(cd "$TEST/r" && numbers x/count y/count bound/z/count count bound/count)
}

test_reset()
{
	is "before" "$(counts)" "5 7 11 12 11"
	is "a dry run says what" "$(statsfs reset -n 'test/r/?/count' | sort | paste -s -d ';')" \
		"test/r/x/count 5;test/r/y/count 7"
	is "and does nothing" "$(counts)" "5 7 11 12 11"
	is "reset: one" "$(run reset test/r/x/count) $(counts)" \
		"0:test/r/x/count 5: 0 7 11 7 11"
	is "the sum, and what it is of" "$(run reset test/r/count) $(counts)" \
		"0:test/r/count 7: 0 0 11 0 11"
	t set x count 9
	t set y count 9
	is "all in a directory, behind a boundary, too" \
		"$(statsfs reset test/r | sort | paste -s -d ';') $(counts)" \
		"test/r/bound/count 11;test/r/bound/z/count 11;test/r/count 6;\
test/r/x/count 4;test/r/y/count 2 0 0 0 0 0"
}

test_refusals()
{
	hint="be root, or have root say who may reset:\
 mount -o remount,gid=GROUP,mode=0664 $STATS"
	is "what cannot be reset" "$(run reset bufstat/mm/free 'bufstat/mm/node*/fr*')" \
		"1::statsfs: bufstat/mm/free: cannot be reset; for what can see:\
 statsfs ls -o +RESET;statsfs: bufstat/mm/node*/fr*: cannot be reset;\
 for what can see: statsfs ls -o +RESET"
	ping -q -c 1 127.0.0.1 >ping.log
	is "who may not is told who may" \
		"$(run_as 65534 reset bufstat/net/lo/rx_bytes)" \
		"1::statsfs: bufstat/net/lo/rx_bytes: Permission denied;statsfs: $hint"
	is "also before" "$(run_as 65534 reset -n bufstat/net/lo/rx_bytes)" \
		"1::statsfs: bufstat/net/lo/rx_bytes: Permission denied;statsfs: $hint"
	need mount -o remount,gid=65534,mode=0664 none $STATS
	is "and may, once that is done" \
		"$(run_as 65534 reset bufstat/net/lo/rx_errors nothing bufstat/net/lo/tx_errors)" \
		"1:bufstat/net/lo/rx_errors 0;bufstat/net/lo/tx_errors 0:\
statsfs: nothing: no such value or directory; see statsfs ls -R"
	need mount -o remount,gid=0,mode=0644 none $STATS
	t create m m
	t values m modes
	t add top m
	is "who may not read sees no number" \
		"$(run_as 65534 ls -no value test/m/mode400)" \
		"1::statsfs: test/m/mode400: Permission denied"
	t remove m
}

test_mounts()
{
	cd "$work" || exit
	need umount $STATS
	hint="statsfs: statsfs is not mounted; try, as root: mount -t statsfs none $STATS"
	is "not mounted" "$(run ls) $(run get '*') $(run reset x) $(run report)" \
		"1::$hint 1::$hint 1::$hint 1::$hint"
	is "nor is there half of a document" "$(run get -j '*')" "1::$hint"
	mkdir elsewhere
	need mount -t statsfs none "$work/elsewhere"
	is "mounted elsewhere" "$(run get 'test/r/x/coun?') $(statsfs reset test/r/x)" \
		"0:test/r/x/count 0: test/r/x/count 0"
	need mount -t statsfs none $STATS
	is "one mount of several" \
		"$(run ls -no name --from elsewhere test/r/x/count) $(run ls "$work/elsewhere/x")" \
		"0:test/r/x/count: 1::statsfs: $work/elsewhere/x: is not below $STATS"
	need umount "$work/elsewhere"
}

make_tree
test_get
test_ls
test_moving
test_report
make_counters
test_reset
test_refusals
test_mounts
