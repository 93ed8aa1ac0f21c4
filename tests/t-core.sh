#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What providers can show, with the sources of statsfs_test.ko: types,
# aggregates, resets, callbacks that fail, modes, several parents, and what is
# refused.

. "${0%/*}/lib.sh"

plan 107
load_test_module
TEST=$STATS/test

t create top test
t register top
cd "$TEST" || exit

# listing DIRECTORY: each file and its number.
listing()
{
	(
		cd "$TEST/$1" || exit
		for file in *; do
			[ -d "$file" ] || printf '%s:%s ' "$file" "$(numbers "$file")"
		done
	)
}

test_types()
{
	t create a a
	t create b b
	t create empty empty
	t values a types
	t values b types
	t add top a
	t add top b
	t add top empty

	t set a bool 1
	t set a u8 255
	t set a u16 65535
	t set a u32 4294967295
	t set a u64 18446744073709551615
	t set a s8 -128
	t set a s16 -32768
	t set a s32 -2147483648
	t set a s64 -9223372036854775808
	t set b u16 1
	t set b u64 18446744073709551614
	t set b s8 127
	t set b s16 32767
	t set b s32 2147483647
	t set b s64 9223372036854775807
	is "the largest unsigned and the smallest signed number of each type" \
		"$(listing a)" \
		"bool:1 s16:-32768 s32:-2147483648 s64:-9223372036854775808\
 s8:-128 u16:65535 u32:4294967295 u64:18446744073709551615 u8:255 "
	is "zeroes, and the largest signed number of each type" \
		"$(listing b)" \
		"bool:0 s16:32767 s32:2147483647 s64:9223372036854775807\
 s8:127 u16:1 u32:0 u64:18446744073709551614 u8:0 "
	is "a source without values is an empty directory" \
		"$(ls "$TEST/empty")" ""
}

# aggregates VALUE
aggregates()
{
	numbers "$1" "$1_min" "$1_max" "$1_avg" "$1_count_zero" \
		"$1_count_nonzero"
}

test_aggregates()
{
	is "aggregates of bool" "$(aggregates bool)" "1 0 1 0 1 1"
	is "aggregates of u8" "$(aggregates u8)" "255 0 255 127 1 1"
	is "aggregates of u16" "$(aggregates u16)" "65536 1 65535 32768 0 2"
	is "aggregates of u64: the sum wraps, the average is exact" \
		"$(aggregates u64)" \
		"18446744073709551613 18446744073709551614\
 18446744073709551615 18446744073709551614 0 2"
	is "aggregates of s8" "$(aggregates s8)" "-1 -128 127 0 0 2"
	is "aggregates of s64" "$(aggregates s64)" \
		"-1 -9223372036854775808 9223372036854775807 0 0 2"
	t set b s64 -9223372036854775807
	is "average of s64 whose sum overflows" "$(numbers s64_avg)" \
		-9223372036854775807
	t set a s16 -3
	t set b s16 -4
	is "an average is truncated toward zero" "$(numbers s16_avg)" -3
}

test_reset()
{
	t set a u8 200
	echo 0 >"$TEST/a/u8"
	is "a number after its reset" "$(numbers a/u8)" 0
	t set a u8 10
	is "it counts modulo its width" "$(numbers a/u8)" 66
	t set a u64 7
	is "a reset concerns no other value" "$(numbers a/u64)" 7
	echo 0 >"$TEST/a/u64"
	t set a u64 3
	is "a counter that its owner restarted shows 0" "$(numbers a/u64)" 0
	t set a u64 5
	is "and counts from there" "$(numbers a/u64)" 2
	echo 0 >"$TEST/u64_max"
	is "a reset of an aggregate resets every leaf" \
		"$(numbers a/u64 b/u64 u64)" "0 0 0"
	t set a bool 1
	echo 0 >"$TEST/a/bool"
	is "a bool after its reset" "$(numbers a/bool)" 0
	t set a bool 1
	is "and when it is true again" "$(numbers a/bool)" 1
	t remove a
	t remove b
	is "without leaves there is no aggregate" "$(ls "$TEST")" empty
}

# While somebody counts.
test_reset_race()
{
	t create c c
	t values c counter
	t add top c
	t count c
	for _ in $(seq 500); do
		echo 0 >"$TEST/c/count"
	done
	t stop c
	is "resets make no increment disappear" "$(object c count)" \
		"$(object c counted)"
	echo 0 >"$TEST/count"
	is "and nothing is left in the end" "$(numbers c/count count)" "0 0"
}

test_sampled()
{
	t sampled c other
	t set c other 5
	t set c peak 9
	is "numbers of a plain and a sampled group" "$(listing c)" \
		"count:0 other:5 peak:9 "
	echo 0 >"$TEST/c/peak"
	is "a sampled peak is reset by a callback" \
		"$(numbers c/peak) $(object c resets)" "0 1"
	samples=$(object c samples)
	cat "$TEST/c/other" >/dev/null
	is "reading a sampled number is one call" "$(object c samples)" \
		$((samples + 1))
	echo 0 >"$TEST/c/other"
	t set c other 8
	is "a sampled counter after its reset" "$(numbers c/other)" 3
}

test_failing()
{
	t create d d
	t sampled d other
	t add top d
	t set d other 7
	exec 3<"$TEST/c/other"
	t fail c 61
	is "the reader gets the error of the callback" \
		"$(sys open r "$TEST/c/other" read 64)" "0 ENODATA"
	is "an aggregate of it is EIO" \
		"$(sys open r "$TEST/other" read 64)" "0 EIO"
	is "other groups and sources are not concerned" \
		"$(numbers c/count count d/other)" "0 0 7"
	is "a reset gets the error" \
		"$(sys open w "$TEST/c/peak" write 0)" "0 ENODATA"
	is "whether a callback resets or not" \
		"$(sys open w "$TEST/c/other" write 0)" "0 ENODATA"
	is "a reset of the aggregate gets it" \
		"$(sys open w "$TEST/other" write 0)" "0 ENODATA"
	is "and resets the others" "$(numbers d/other)" 0
	t fail c 0
	t set d other 10
	is "and nothing is lost" \
		"$(sys fd 3 read 64) $(numbers c/other other)" '3\n 3 6'
	exec 3<&-
}

test_percpu()
{
	t create cpus cpus
	t percpu cpus types
	t percpu cpus other
	t create one one
	t percpu one types
	t add top cpus
	t add top one
	t cpu cpus u64 0 5
	t cpu cpus u64 1 7
	t cpu one u64 1 4
	is "a per-CPU number is the sum of the CPUs" \
		"$(numbers cpus/u64 one/u64)" "12 4"
	is "and one leaf of an aggregate" \
		"$(numbers u64 u64_min u64_max u64_avg)" "16 4 12 8"
	t cpu cpus u8 0 200
	t cpu cpus u8 1 100
	t cpu cpus s8 0 -100
	t cpu cpus s8 1 -100
	is "modulo its width" "$(numbers cpus/u8 cpus/s8)" "44 56"
	t cpu cpus peak 0 8
	t cpu cpus peak 1 3
	t cpu cpus bool 1 1
	is "of peaks the largest, of bools one that is true" \
		"$(numbers cpus/peak cpus/bool)" "8 1"
	echo 0 >cpus/u64
	echo 0 >cpus/peak
	echo 0 >cpus/bool
	is "all CPUs are reset" \
		"$(numbers cpus/u64 cpus/peak cpus/bool u64)" "0 0 0 4"
	t cpu cpus u64 0 6
	is "and go on" "$(numbers cpus/u64 u64)" "1 5"
	t remove cpus
	t remove one
}

# buckets FILE LIST: as in buckets array 1-3,1023-
buckets()
{
	cut -d ' ' -f "$2" "$1" | paste -s -d ' '
}

test_arrays()
{
	for name in h i; do
		t create "$name" "$name"
		t values "$name" array
		t add top "$name"
	done
	t bucket h 0 7
	t bucket h 1023 18446744073709551615
	t bucket i 1 3
	t bucket i 1023 2
	is "an array is its buckets" \
		"$(wc -w <h/array) $(buckets h/array 1-3,1023-)" \
		"1024 7 0 0 0 18446744073709551615"
	is "the sum is made bucket by bucket" "$(buckets array 1-3,1023-)" \
		"7 3 0 0 1"
	echo 0 >h/array
	is "a reset is of all buckets" \
		"$(tr ' ' '\n' <h/array | grep -cx 0)" 1024
	t bucket h 1 9
	is "and each goes on" "$(buckets array 1-3,1023-)" "0 12 0 0 2"
	t remove h
	t remove i
}

modes()
{
	(cd "$TEST/$1" && on_one_line stat -c '%n:%a' mode*)
}

test_modes()
{
	want="mode0:444 mode400:400 mode440:440 mode444:444 mode600:600\
 mode640:640 mode644:644"
	t create m m
	t values m modes
	t add top m
	is "modes of values" "$(modes m)" "$want"
	is "modes of aggregates" "$(modes .)" "$want"
	for mode in 400 440 600 640; do
		is "mode $mode keeps others out" \
			"$(sys user 1000 1000 open r "$TEST/m/mode$mode")" \
			"0 EACCES"
	done
	for mode in 0 400 440 444; do
		is "mode $mode keeps root from writing" \
			"$(sys open w "$TEST/m/mode$mode" \
			   open rw "$TEST/mode$mode")" "EACCES EACCES"
	done
	t set m u64 3
	is "root reads what is 0400, and resets what is 0600" \
		"$(sys open r "$TEST/m/mode400" read 64 \
		   open rw "$TEST/m/mode600" read 64 write 0 pread 64 0)" \
		'0 3\n 0 3\n 1 0\n'
	t remove m
}

# top/{left,right}/shared and top/left/deep/shared, deep is a boundary
test_parents()
{
	for name in left right deep shared; do
		t create $name $name
	done
	t boundary deep
	t add top left
	t add top right
	t add left deep
	t values shared counter
	t set shared count 5
	t add left shared
	t add right shared
	is "a source with two parents is in both" \
		"$(numbers left/shared/count right/shared/count)" "5 5"
	is "and counts once above" "$(numbers left/count right/count count)" \
		"5 5 5"
	check "with one inode number" \
		[ "$TEST/left/shared" -ef "$TEST/right/shared" ]
	t del left shared
	is "it can be removed from one" \
		"$(sys open r "$TEST/left/shared" open r "$TEST/left/count")\
 $(numbers right/shared/count count)" "ENOENT ENOENT 5 5"
	t remove shared
	t set shared count 5
	t add deep shared
	is "leaves below a boundary are folded in it" \
		"$(numbers left/deep/count)" 5
	is "and no further up" \
		"$(sys open r "$TEST/left/count")" ENOENT
	t values deep other
	t set deep other 4
	is "its own leaves are" "$(numbers left/other)" 4
	t add right shared
	is "a leaf counts on a path without a boundary" "$(numbers count)" 5
	t remove shared
}

# a name of so many bytes
long_name()
{
	printf "%0$1d" 0
}

tree()
{
	find "$TEST" -printf '%P %m %i\n' | sort
}

test_refused()
{
	t create x x
	t values x counter
	t create y y
	t create p p
	t create mode644 mode644
	t create count count
	t create m2 m2
	t values m2 modes
	t add top x
	t add top mode644
	t add top p
	before=$(tree)

	for name in '' . .. .x a/b "a\\nb" "a${TAB}b" "$(long_name 256)"; do
		is "no source is called '$(printf %.20s "$name" | tr -c "[:print:]" " ")'" \
			"$(try create z "$name") $(try rename y "$name")" \
			"EINVAL EINVAL"
	done
	is "a name of 255 bytes" "$(try create long "$(long_name 255)")" 0
	is "one newline is dropped, not two" \
		"$(try create z "z\\n") $(try create z "z\\n\\n")" "0 EINVAL"
	t add p z
	is "so that the name is" "$(ls "$TEST/p")" z
	t remove z
	for table in bad_slash bad_dot bad_empty bad_type bad_aggr bad_mode \
		bad_instant nothing; do
		is "no table: $table" "$(try values y $table)" EINVAL
	done
	is "no name twice in a table" "$(try values y twice)" EEXIST
	is "no table twice" "$(try values x counter)" EEXIST
	is "no name of another table" "$(try values x clash)" EEXIST
	is "no name of another source" \
		"$(try rename y x) $(try add top y)" "0 EEXIST"
	is "no name of an aggregate" "$(try add top count)" EEXIST
	is "no name of a value" "$(try add x count)" EEXIST
	is "no renaming to those" \
		"$(try rename mode644 x) $(try rename mode644 count)" \
		"EEXIST EEXIST"
	is "no aggregate with a name of a source, two levels up" \
		"$(try add p m2) $(try add top m2)" "EEXIST EEXIST"
	is "nor by a table that comes later" "$(try values p modes)" EEXIST
	is "no cycle" "$(try add top top) $(try add p top)" "ELOOP ELOOP"
	is "not twice in a directory" "$(try add top p)" EEXIST
	is "no boundary after it was added" "$(try boundary p)" EBUSY
	is "nothing to remove" "$(try del top y) $(try unregister p)" \
		"ENOENT ENOENT"
	is "the tree is as before" "$(tree)" "$before"
}

# complaint TEXT COMMAND: one line says whose mistake it was.  After ten lines in
# five seconds the kernel would say no more.
complaint()
{
	is "$2: the log says it" "$(log_of try "$2")" "statsfs: $1"
}

test_complaints()
{
	t create wrong wrong
	t create inner inner
	t add wrong inner
	complaint 'refused name: "a/b"' "create z a/b"
	complaint "wrong/inner: cannot add values: -EINVAL" \
		"values inner bad_type"
	t values inner counter
	complaint "wrong/inner: cannot add values: -EEXIST" \
		"values inner counter"
	complaint "wrong/inner: cannot add subordinate: -EEXIST" "add wrong inner"
	complaint "wrong: cannot add subordinate: -ELOOP" "add inner wrong"
	complaint "wrong: cannot remove subordinate: -ENOENT" "del inner wrong"
	complaint "wrong: cannot unregister: -ENOENT" "unregister wrong"
	complaint "wrong/inner: cannot set boundary: -EBUSY" "boundary inner"
	is "what users choose is not complained of" \
		"$(log_of try "rename inner a/b")" ""
	t remove inner
	t put inner
	t put wrong
}

test_complaints
test_types
test_aggregates
test_reset
test_reset_race
test_sampled
test_failing
test_percpu
test_arrays
test_modes
test_parents
test_refused
cd / || exit
check "the module can be unloaded" rmmod statsfs_test
is "and leaves nothing" "$(sys open r "$TEST")" ENOENT
