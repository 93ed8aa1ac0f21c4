#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The steps of the tutorial in Documentation/filesystems/statsfs-api.rst: each is
# loaded, and shows what the page says.

. "${0%/*}/lib.sh"

plan 18
POST=$STATS/post

# load STEP
load()
{
	need insmod "$STATSFS_MODULES/tutorial/statsfs_tutorial_$1.ko"
	cd "$POST" || exit
}

unload()
{
	cd / || exit
	is "step $1: it goes, and its directory" \
		"$(rmmod "statsfs_tutorial_$1" 2>&1; ls -d "$POST" 2>/dev/null)" ""
}

test_number()
{
	load 1
	is "step 1: one file" "$(echo *) $(numbers letters)" "letters 1"
	echo 0 >letters
	is "step 1: which can be reset" "$(numbers letters)" "0"
	unload 1
}

test_objects()
{
	load 2
	is "step 2: boxes, and sums over them" "$(echo *)" "box0 box1 box2 bytes letters"
	is "step 2: numbers and sums" "$(numbers box1/bytes bytes letters)" "200 600 3"
	unload 2
}

test_kinds()
{
	load 3
	is "step 3: a gauge, a peak and a histogram" "$(cd box0 && echo *)" \
		"bytes letters most_waiting sizes waiting"
	is "step 3: the sum of gauges, the greatest of peaks" \
		"$(numbers waiting most_waiting)" "3 1"
	is "step 3: 100 is in bucket 7, 200 in 8, 300 in 9" "$(cat sizes)" \
		"0 0 0 0 0 0 0 1 1 1 0 0"
	is "step 3: a gauge cannot be reset" "$(stat -c %a waiting most_waiting | xargs)" \
		"444 644"
	unload 3
}

test_percpu()
{
	load 4
	is "step 4: the sum over CPUs" "$(numbers box2/bytes bytes letters)" "300 600 3"
	unload 4
}

test_sampled()
{
	load 5
	is "step 5: two groups in a source" "$(cd box0 && echo *)" "age bytes letters waiting"
	is "step 5: counters, and what was asked for" "$(numbers bytes waiting)" "600 3"
	age=$(cat box2/age)
	is "step 5: it is asked for at each read" "$([ "$(cat box2/age)" -gt "$age" ] && echo older)" \
		older
	# Each grows meanwhile: the greatest is not less than one of before, and a sum
	# of all would be more than two of after.
	before=$(cat box0/age)
	age=$(cat age)
	after=$(($(cat box0/age) + $(cat box1/age)))
	is "step 5: above is the greatest" \
		"$([ "$age" -gt "$before" ] && [ "$age" -lt "$after" ] && echo greatest)" greatest
	unload 5
}

test_number
test_objects
test_kinds
test_percpu
test_sampled
