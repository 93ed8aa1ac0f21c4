#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The library and the program for user space, with the kernel's own snapshots.

. "${0%/*}/lib.sh"

plan 36
load_test_module
TEST=$STATS/test
TOOLS=$STATSFS_SRC/build/tools
work=$(mktemp -d) || exit
chmod 755 "$work"
cd "$work" || exit

statsfs()
{
	"$TOOLS/statsfs/statsfs" "$@"
}

# run ARGUMENT...: the status, what is printed, and what is complained of.
run()
{
	statsfs "$@" >out 2>err
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# As somebody without rights.
run_as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$TOOLS/statsfs/statsfs" "$@" >out 2>err
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# follow DIRECTORY OPERATION...
follow()
{
	"$TOOLS/test/follow" "$@" 2>&1 | sed 's/ $//'
}

# Something of everything, that nobody changes.
make_tree()
{
	t create top test
	t register top
	for name in a b; do
		t create $name $name
		t values $name types
		t add top $name
	done
	t set a u64 18446744073709551615
	t set a s64 -9223372036854775808
	t set b s8 -128
	t set b bool 1
	t create h h
	t values h array
	t bucket h 0 7
	t bucket h 1023 18446744073709551615
	t create cpus cpus
	t percpu cpus types
	t cpu cpus u64 1 7
	t create deep deep
	t add top deep
	t add deep h
	t add deep cpus
	t add deep a
}

test_quiet()
{
	numbers_below "$TEST" >expected
	statsfs snapshot "$TEST" | sort >got
	same "a snapshot has all files with their numbers" got expected
	check "and they are not few" [ "$(wc -l <got)" -gt 100 ]
	is "the status says so" "$(statsfs snapshot "$TEST" >/dev/null; echo $?)" 0
	numbers_below "$TEST" | sed "s|^|$TEST/|" >expected
	cut -d ' ' -f 1 expected | xargs "$TOOLS/statsfs/statsfs" get | sort >got
	same "single files" got expected
	is "only numbers, in any order of files" \
		"$(statsfs get -n "$TEST/b/s8" "$TEST/a/s64" "$TEST/b/bool" |
			paste -s -d ' ')" \
		"-128 1 -9223372036854775808"
	grep "^$TEST/deep/h/" expected >own
	statsfs get "$TEST/deep/h" | sort >got
	same "a directory's own" got own
	is "with a slash at the end, or relative" \
		"$(statsfs get "$TEST/deep/h/" | cut -c -40)\
 $(cd "$TEST" && statsfs get a/u64) $(statsfs get test/a/u64)" \
		"$(cut -c -40 own) a/u64 18446744073709551615\
 test/a/u64 18446744073709551615"
	cat "$TEST/.snapshot" >saved
	statsfs snapshot saved | sort >got
	numbers_below "$TEST" >expected
	same "a copy of the snapshot" got expected
	statsfs snapshot "$TEST/.snapshot" | sort >got
	same "the snapshot itself" got expected
	statsfs snapshot "$TEST/deep" | sort >got
	numbers_below "$TEST/deep" >expected
	same "paths are relative to the directory" got expected
}

# json DIRECTORY EXPRESSION: v are the values by path, d is all
json()
{
	statsfs snapshot --json "$1" | python3 -c '
import json, sys
d = json.load(sys.stdin)
v = {"/".join(s["labels"] + [v["name"]]): v for s in d["sources"] for v in s["values"]}
print(eval(sys.argv[1]))' "$2"
}

test_json()
{
	statsfs snapshot --json "$TEST" | python3 -c '
import json, sys
for s in json.load(sys.stdin)["sources"]:
    for v in s["values"]:
        numbers = v["value"] if isinstance(v["value"], list) else [v["value"]]
        print("/".join(s["labels"] + [v["name"]]), *numbers)' | sort >got
	numbers_below "$TEST" >expected
	same "JSON has the same numbers" got expected
	is "and what they are" \
		"$(json "$STATS/bufstat/net" '[v["lo/rx_bytes"][key] for key in
			("type", "kind", "unit", "aggregate", "can_reset", "status")]')" \
		"['u64', 'cumulative', 'bytes', 'none', True, 0]"
	is "of sums" "$(json "$STATS/bufstat" 'v["net/rx_bytes"]["aggregate"]')" sum
	is "descriptions" \
		"$(json "$STATS/bufstat/net" 'all(x["description"] for x in v.values())')" \
		True
	is "ids are inode numbers" \
		"$(json "$TEST" '[s["id"] for s in d["sources"] if s["path"] == "deep/a"]')" \
		"[$(stat -c %i "$TEST/a")]"
	is "a histogram" \
		"$(json "$TEST/deep/h" '[v["array"][key] for key in
			("kind", "bucket_size")] + [len(v["array"]["value"])]')" \
		"['linear_hist', 1, 1024]"
}

test_whole()
{
	is "the whole tree: each number is between two snapshots" \
		"$(follow "$STATS" compare)" 0
	numbers_below "$STATS" | sed 's/ .*//' >expected
	statsfs snapshot | sed 's/ .*//' | sort >got
	same "and there are no others" got expected
	diagnose "$(wc -l <got) values"
}

test_changes()
{
	t create w w
	t values w counter
	is "nothing has changed" "$(follow "$TEST" refresh poll refresh)" "0 - 0"
	before=$(follow "$TEST" count)
	is "a new source is followed" \
		"$(follow "$TEST" refresh run "$(step add top w)" poll refresh \
			count poll refresh)" \
		"0 PRI 1 $((before + 2)) - 0"
	is "and one that goes" \
		"$(follow "$TEST" run "$(step del top w)" refresh refresh count)" \
		"1 0 $before"
	t add top w
	is "a rename" \
		"$(follow "$TEST" run "$(step rename w w2)" refresh rate w2/count)" \
		"1 3:0"
	is "what was counted, and a reset" \
		"$(follow "$TEST" run "$(step set w count 5)" refresh \
			run "$(step set w count 12)" refresh rate w2/count rate count \
			run "echo 0 >$TEST/w2/count" refresh rate w2/count rate count)" \
		"0 0 0:7 0:7 0 2:0 2:0"
	is "no rate of what is not counted" \
		"$(follow "$STATS/bufstat/mm" refresh rate free)" "0 1:0"
	is "the directory itself goes, and comes back" \
		"$(follow "$TEST/w2" run "$(step del top w)" poll refresh refresh \
			run "$(step add top w)" refresh)" \
		"HUP ENODEV ENODEV 0"
	t remove w
}

test_permissions()
{
	t create m m
	t values m modes
	t add top m
	is "who must not read a file is told" \
		"$(run_as_nobody get "$TEST/m/mode400")" \
		"1::statsfs: $TEST/m/mode400: Permission denied"
	run_as_nobody get "$TEST/m" >/dev/null
	is "and gets the others" \
		"$(cut -d ' ' -f 1 out | sed 's/.*mode//' | sort | paste -s -d ' ')" \
		"0 444 644"
	is "root gets it" "$(run get -n "$TEST/m/mode400")" "0:0:"
	t remove m
}

test_unreadable()
{
	t create bad bad
	t sampled bad other
	t add top bad
	t fail bad 61
	is "what cannot be read is no number" "$(run get "$TEST/bad")" \
		"1::statsfs: $TEST/bad/other: No data available;\
statsfs: $TEST/bad/peak: No data available"
	is "nor in JSON" \
		"$(json "$TEST" '([v["bad/other"][key] for key in
			("value", "status")], v["other"]["error"])')" \
		"([None, 61], 'Input/output error')"
	t remove bad
}

test_errors()
{
	is "no such value" "$(run get "$TEST/nothing" nothing)" \
		"1::statsfs: $TEST/nothing: no such value or directory; see statsfs ls -R;\
statsfs: nothing: no such value or directory; see statsfs ls -R"
	is "no such directory" "$(run snapshot "$TEST/nothing")" \
		"1::statsfs: $TEST/nothing: No such file or directory"
	is "not in statsfs" "$(run snapshot /proc) $(run get /proc/uptime)" \
		"1::statsfs: /proc is not in a statsfs mount\
 1::statsfs: /proc is not in a statsfs mount"
	is "a file is no snapshot" "$(run snapshot "$TEST/a/u64")" \
		"1::statsfs: $TEST/a/u64: is no snapshot"
}

test_mounts()
{
	cd "$work" || exit
	need umount "$STATS"
	is "not mounted" "$(run snapshot)" \
		"1::statsfs: statsfs is not mounted; try, as root:\
 mount -t statsfs none $STATS"
	mkdir -p "$work/a b"
	need mount -t statsfs none "$work/a b"
	is "mounted elsewhere" "$(statsfs get -n test/a/u64)" 18446744073709551615
	need mount -t statsfs none "$STATS"
	need umount "$work/a b"
}

make_tree
test_quiet
test_json
test_changes
test_permissions
test_unreadable
test_errors
test_mounts
test_whole
