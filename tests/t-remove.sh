#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What is promised when sources are removed, renamed and added while somebody
# reads, with the sources of statsfs_test.ko; and that nothing pins them.

. "${0%/*}/lib.sh"

plan 70
load_test_module
TEST=$STATS/test

t create top test
t create mid mid
t create a a
t create b b
t sampled a other
t sampled b other
t register top
t add top mid
t add mid a
t add mid b
t set a other 1234
t set b other 5

# start_reader FILE: process $reader, in the callback of a when this returns
start_reader()
{
	t hold a
	file=$(mktemp)
	cat "$1" >"$file" 2>&1 &
	reader=$!
	t await a 1
}

# Lets it go on; what it has read goes to $text.
release_reader()
{
	t release a
	wait "$reader"
	text=$(cat "$file")
}

test_others_go_on()
{
	start_reader "$TEST/mid/a/other"
	is "while a callback sleeps, sources can be added" \
		"$(quick try create x x) $(quick try values x counter)\
 $(quick try add mid x)" "0 0 0"
	is "and renamed" "$(quick try rename x y)" 0
	is "and that one, too" "$(quick try rename a a2)" 0
	is "and others removed" "$(quick try remove x)" 0
	is "others read" "$(quick cat "$TEST/mid/b/other")" 5
	is "directories listed" "$(quick on_one_line ls "$TEST/mid")" \
		"a2 b other peak"
	release_reader
	is "the reader gets its number" "$text" 1234
	t rename a a
	t put x
}

# waits NAME COMMAND: the command, which removes a, waits for a callback.
waits()
{
	start_reader "$TEST/mid/a/other"
	try_start "$2"
	if wait_state "$pid" D && [ "$(object a inside)" = 1 ]; then
		ok "$1"
	else
		not_ok "$1" "state $state, $(object a inside) inside"
	fi
	is "to which the source is gone already" \
		"$(sys open r "$TEST/mid/a/other")" ENOENT
	release_reader
	try_wait
	is "and which gets its number" "$text $tried" "1234 0"
}

test_removal_waits()
{
	waits "a removal waits for the reader" "remove a"
	t set a other 1234
	t add mid a
	waits "so does that from one directory" "del mid a"
	t add mid a
	waits "and that of a directory above" "del top mid"
	t add top mid
	waits "and unregistering the top" "unregister top"
	t register top
	start_reader "$TEST/mid/other"
	try_start "remove a"
	check "a removal waits for who reads an aggregate" wait_state "$pid" D
	release_reader
	try_wait
	is "who gets a number of before or after" \
		"$(echo "$text" | sed 's/^1239$/5/') $tried" "5 0"
	t set a other 1234
	t add mid a
}

test_two_removals()
{
	start_reader "$TEST/mid/a/other"
	try_start "remove a"
	first=$pid
	first_out=$out
	need wait_state "$first" D
	try_start "remove a"
	check "a second removal waits as well" wait_state "$pid" D
	release_reader
	try_wait
	is "though it finds nothing" "$tried" ENOENT
	wait "$first"
	is "and the first ends" "$(last_result "$(cat "$first_out")")" 0
	t set a other 1234
	t add mid a
}

# What is added again while its removal waits can be read again at once; the
# removal must end all the same.
test_added_again()
{
	start_reader "$TEST/mid/a/other"
	try_start "del mid a"
	need wait_state "$pid" D
	is "what is being removed can be added again" \
		"$(quick try add mid a)" 0
	release_reader
	is "its reader gets its number" "$text" 1234
	check "and its removal ends" wait_until is_state "$pid" Z
	try_wait
	is "it can be read again" "$tried $(sys open r "$TEST/mid/a/other" read 64)" \
		'0 0 1234\n'
}

# A source that nobody holds any more.
test_last_put()
{
	t create only only
	t register only
	t create leaf leaf
	t sampled leaf other
	t add only leaf
	t hold leaf
	cat "$STATS/only/leaf/other" >/dev/null &
	reader=$!
	t await leaf 1
	try_start "put only"
	check "the last reference of a registered source waits as well" \
		wait_state "$pid" D
	t release leaf
	wait "$reader"
	try_wait
	is "and removes it" "$tried $(sys open r "$STATS/only")" "0 ENOENT"
	t put leaf
}

test_killed()
{
	start_reader "$TEST/mid/a/other"
	kill -KILL "$reader"
	check "a reader in a callback can be killed" wait_state "$reader" Z
	t release a
	wait "$reader"
}

test_not_in_a_callback()
{
	sys_start open r "$TEST/mid/a/other" read 1 stop read 64 pread 64 0
	stopped=$pid
	stopped_out=$out
	need wait_state "$stopped" T
	is "a removal does not wait for a reader that was stopped" \
		"$(quick try remove a)" 0
	kill -CONT "$stopped"
	wait "$stopped"
	is "who gets the rest of its number, then ENODEV" \
		"$(cat "$stopped_out")" '0 1 0 234\n ENODEV'
	t set a other 1234
	t add mid a
	is "nor for one that faults in its memory" \
		"$("$STATSFS_BIN/fault" "$TEST/mid/a/other" \
		   "printf 'del mid a' >$CONTROL")" 1234
	t add mid a
}

test_memory()
{
	t create plain plain
	t values plain counter
	t set plain count 1
	for reader in plain mid top; do
		t add mid plain
		result=$(try race $reader plain)
		name="a removal waits while memory is read for $reader"
		if [ "$result" = EOPNOTSUPP ]; then
			skip "$name" "no watchpoints"
			t remove plain
		else
			is "$name" "$result" 0
		fi
		t set plain count 1
	done
	{
		for _ in $(seq 500); do
			t set plain count 1
			t add mid plain
			t remove plain
		done
	} | "$STATSFS_BIN/hammer" 1 "$TEST/mid/plain/count" "$TEST/mid/count" \
		"$TEST/count" >"$out"
	is "and nobody reads it afterwards" "$(sed 's/.* //' "$out")" 0
	diagnose "$(cat "$out")"
	t put plain
}

test_lookups()
{
	t create new new
	t values new counter
	t set a count 0
	t set new count 3
	is "what is not there is not found" \
		"$(sys open r "$TEST/mid/new" open r "$TEST/mid/count" \
		   open r "$TEST/mid/a/count")" "ENOENT ENOENT ENOENT"
	t add mid new
	t values a counter
	is "as soon as it is there, it is" \
		"$(sys open r "$TEST/mid/new" \
		   open r "$TEST/mid/new/count" read 64 \
		   open r "$TEST/mid/count" read 64 \
		   open r "$TEST/mid/a/count" read 64)" \
		'0 0 3\n 0 3\n 0 0\n'
	exec 3<"$TEST/mid/new/count" 4<"$TEST/mid/new" 5<"$TEST/mid/count"
	t del mid new
	is "and as soon as it is not, it is not" \
		"$(sys open r "$TEST/mid/new" \
		   open r "$TEST/mid/new/count" \
		   open r "$TEST/mid/count" read 64)" 'ENOENT ENOENT 0 0\n'
	is "an open file is ENODEV" "$(sys fd 3 read 64)" ENODEV
	is "an open directory has no entries" \
		"$(sys open r "/proc/$$/fd/4/count" open rd "/proc/$$/fd/4")\
 $(ls "/proc/$$/fd/4/" 2>/dev/null)" "ENOENT 0 "
	t remove a
	is "an open aggregate without leaves is ENODEV" \
		"$(sys fd 5 read 64)" ENODEV
	is "and not found" "$(sys open r "$TEST/mid/count")" ENOENT
	t add mid new
	is "what is added again is a new file" \
		"$(sys open r "$TEST/mid/new/count" read 64)" '0 3\n'
	t remove new
	t put new
	t set a other 1234
	t set a count 0
	t add mid a
	exec 3<&- 4<&- 5<&-
}

test_rename()
{
	exec 3<"$TEST/mid/a/other"
	is "the new name is not there before" \
		"$(sys open r "$TEST/mid/a2")" ENOENT
	t rename a a2
	is "a renamed source has its new name" \
		"$(sys open r "$TEST/mid/a2/other" read 64 \
		   open r "$TEST/mid/a")" '0 1234\n ENOENT'
	is "open files go on" "$(sys fd 3 pread 64 0)" '1234\n'
	is "who is in the directory stays there" \
		"$(cd "$TEST/mid/a2" && t rename a a && cat other)" 1234
	{
		for _ in $(seq 500); do
			t rename a a2
			t rename a a
		done
	} | "$STATSFS_BIN/hammer" 1239 "$TEST/mid/a/other" \
		"$TEST/mid/a2/other" "$TEST/mid/other" >"$out"
	is "readers find one name, or the other" "$(sed 's/.* //' "$out")" 0
	diagnose "$(cat "$out")"
	is "the directory above is the same all the time" \
		"$(sys open r "$TEST/mid/other" read 64)" '0 1239\n'
	exec 3<&-
}

# How often each of these names was read, by dirs.
counted()
{
	tr ' ' '\n' <"$out" >"$out.names"
	for name; do
		grep -c "^$name\$" "$out.names"
	done
}

test_readdir()
{
	t create dir dir
	t add top dir
	for i in 0 1 2 3 4 5 6 7 8 9; do
		t create "n$i" "n$i"
		t add dir "n$i"
	done
	t create late late
	"$STATSFS_BIN/dirs" read "$TEST/dir" next 7 \
		run "$(step del dir n1)" run "$(step del dir n8)" \
		run "$(step add dir late)" run "$(step rename n2 m2)" \
		run "$(step rename n9 m9)" next 100 >"$out"
	is "what stays is listed once while others come and go" \
		"$(on_one_line counted n0 n3 n4 n5 n6 n7)" "1 1 1 1 1 1"
	is "what was removed before it was listed is not" \
		"$(on_one_line counted n1 n8)" "1 0"
	is "what is renamed meanwhile has one of its names" \
		"$(on_one_line counted n2 m2 n9 m9)" "1 0 0 1"
	t add dir n1
	t add dir n8
	"$STATSFS_BIN/dirs" read "$TEST/dir" next 8 tell next 2 \
		run "$(step del dir n0)" run "$(step del dir n5)" \
		run "$(step rename n2 n2)" run "true" seek next 100 \
		run "$(step add dir n5)" rewind next 100 >"$out" 2>&1
	is "a position stays what it was" "$(sed -n 's/^\(n6 n7\).*/\1/p' "$out")" \
		"n6 n7
n6 n7"
	is "from the beginning everything is listed again" \
		"$(sed -n 4p "$out" | wc -w)" 13
	t remove dir
	is "a removed directory cannot be listed" \
		"$(sys open rd "$TEST/dir")" ENOENT
}

test_many()
{
	check "what was looked up so far can be dropped" can_be_dropped
	t create crowd crowd
	t add top crowd
	t crowd crowd 2000
	is "many sources" "$(numbers "$TEST/crowd/count")\
 $("$STATSFS_BIN/dirs" read "$TEST/crowd" next 5000 | wc -w)" "2000 2004"
	check "no inode exists before it is looked up" [ "$(inodes)" -lt 200 ]
	cat "$TEST"/crowd/*/count >"$out"
	is "they can all be looked up" "$(wc -l <"$out")" 2000
	check "that makes inodes" [ "$(inodes)" -ge 4000 ]
	check "which the kernel can drop" can_be_dropped
	cat "$TEST"/crowd/*/count >"$out"
	before=$(switches $$)
	t disperse
	after=$(switches $$)
	diagnose "waited $((after - before)) times"
	check "their removal does not wait for each" \
		[ $((after - before)) -lt 200 ]
	is "and empties the directory" "$(ls "$TEST/crowd")" ""
	check "inodes of what was removed can be dropped" can_be_dropped
}

test_unload()
{
	exec 3<"$TEST/mid/a/other" 4<"$TEST/mid/other"
	cat <&3 >/dev/null
	check "the module can be unloaded with files open" rmmod statsfs_test
	is "which are ENODEV then" "$(sys fd 3 pread 64 0 fd 4 read 64)" \
		"ENODEV ENODEV"
	is "and nothing is left" "$(sys open r "$TEST")" ENOENT
	exec 3<&- 4<&-
}

test_others_go_on
test_removal_waits
test_two_removals
test_added_again
test_last_put
test_killed
test_not_in_a_callback
test_memory
test_lookups
test_rename
test_readdir
test_many
test_unload
