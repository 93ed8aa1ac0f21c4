# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034 # some variables are for those who source it
#
# What the tests share; to be sourced.  Each check prints one line of KTAP, and
# what went wrong as a diagnostic.

set -u
STATS=/sys/kernel/stats
TAB='	'
tests=0
failures=0
planned=0

# plan NUMBER: how many checks there will be; comes first.
plan()
{
	planned=$1
	echo "KTAP version 1"
	echo "1..$planned"
	trap finish EXIT
}

finish()
{
	status=$?
	if [ "$tests" -ne "$planned" ]; then
		echo "# planned $planned checks, made $tests"
		status=1
	fi
	if [ "$failures" -ne 0 ]; then
		status=1
	fi
	exit "$status"
}

diagnose()
{
	printf '%s\n' "$@" | while IFS= read -r line; do
		printf '# %s\n' "$line"
	done
}

ok()
{
	tests=$((tests + 1))
	printf 'ok %d - %s\n' "$tests" "$1"
}

# not_ok NAME [REASON...]
not_ok()
{
	tests=$((tests + 1))
	failures=$((failures + 1))
	printf 'not ok %d - %s\n' "$tests" "$1"
	shift
	diagnose "$@"
}

skip()
{
	tests=$((tests + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tests" "$1" "$2"
}

# check NAME COMMAND...: the command succeeds.
check()
{
	name=$1
	shift
	if output=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$* failed: $output"
	fi
}

# check_fails NAME COMMAND...: it does not.
check_fails()
{
	name=$1
	shift
	if output=$("$@" 2>&1); then
		not_ok "$name" "$* succeeded: $output"
	else
		ok "$name"
	fi
}

# is NAME GOT EXPECTED
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got      $2" "expected $3"
	fi
}

# like NAME TEXT PATTERN: as the shell's patterns.
like()
{
	# shellcheck disable=SC2254 # a pattern
	case $2 in
	$3) ok "$1" ;;
	*) not_ok "$1" "got $2" "which is not like $3" ;;
	esac
}

# same NAME GOT EXPECTED: two files
same()
{
	if difference=$(diff "$2" "$3" 2>&1); then
		ok "$1"
	else
		not_ok "$1" "$(echo "$difference" | head -n 20)"
	fi
}

# Without what a test stands on, nothing more can be said.
bail()
{
	echo "Bail out! $*"
	exit 1
}

# need COMMAND...: prepares something that is not under test.
need()
{
	if ! output=$("$@" 2>&1); then
		bail "$* failed: $output"
	fi
}

sys()
{
	"$STATSFS_BIN/sys" "$@"
}

# on_one_line COMMAND...
on_one_line()
{
	"$@" 2>&1 | paste -s -d ' '
}


# sys in the background, as process $pid, with its output in $out.
sys_start()
{
	out=$(mktemp)
	"$STATSFS_BIN/sys" "$@" >"$out" &
	pid=$!
}

# hold COMMAND...: in the background until it is released.
held=
hold()
{
	"$@" &
	held="$held $!"
}

release()
{
	for pid in $held; do
		kill -9 "$pid"
	done
	held=
	wait
}

# wait_until COMMAND...: looks again and again until it succeeds; gives up after
# some 20 seconds, or later on a slow machine.
wait_until()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ "$tries" -gt $((300 * VM_PATIENCE)) ]; then
			return 1
		fi
		sleep 0.05
	done
}

# numbers FILE...: what they show, on one line; "?" where that cannot be read.
numbers()
{
	line=
	for file; do
		read -r number 2>/dev/null <"$file" || number="?"
		line="$line $number"
	done
	echo "${line# }"
}

# numbers_below DIRECTORY: each file below it and its numbers, sorted.
numbers_below()
{
	(cd "$1" && grep -rsZ --exclude=.snapshot '' . | tr '\0' ' ' |
		sed 's|^\./||' | sort)
}

# log_of COMMAND...: what the kernel says meanwhile, without time stamps.
log_of()
{
	mark="mark $(cat /proc/sys/kernel/random/uuid)"
	echo "$mark" >/dev/kmsg
	"$@" >/dev/null 2>&1
	dmesg | sed -e "1,/$mark/d" -e 's/^\[[^]]*\] //'
}

# shows FILE OPERATOR NUMBER: as in shows FILE -gt 0.
shows()
{
	test "$(numbers "$1")" "$2" "$3"
}

# between A X B: in either order, because gauges fall as well.
between()
{
	if [ "$1" -le "$3" ]; then
		[ "$1" -le "$2" ] && [ "$2" -le "$3" ]
	else
		[ "$3" -le "$2" ] && [ "$2" -le "$1" ]
	fi
}

# is_state PID STATE: R, S, D, T, ...; or Z if the process is gone.  What it is
# goes to $state.
is_state()
{
	state=Z
	if read -r state 2>/dev/null <"/proc/$1/stat"; then
		state=${state##*) }
		state=${state%% *}
	fi
	[ "$state" = "$2" ]
}

state_is_known()
{
	is_state "$1" "$2" || [ "$state" = Z ]
}

# wait_state PID STATE: fails if the process ends first.
wait_state()
{
	wait_until state_is_known "$1" "$2" && [ "$state" = "$2" ]
}

# quick COMMAND...: its output, or "late" if it has not ended soon.
quick()
{
	quick=$(mktemp)
	"$@" >"$quick" 2>&1 &
	if wait_until is_state $! Z; then
		cat "$quick"
	else
		echo late
	fi
}

# objects CACHE: that are in use.  Only without free ones is this exact.
objects()
{
	echo 1 >"/sys/kernel/slab/$1/shrink"
	sed -n "s/^$1 *\([0-9]*\).*/\1/p" /proc/slabinfo
}

inodes()
{
	objects statsfs_inode
}

few_inodes()
{
	echo 2 >/proc/sys/vm/drop_caches
	[ "$(inodes)" -lt 200 ]
}

# The last ones are freed by RCU.
can_be_dropped()
{
	few_inodes || few_inodes || few_inodes
}

# switches PID: how often it has waited
switches()
{
	sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$1/status"
}

# The names of its directories, on one line; what has none gives "*/".
directories()
{
	(cd "$1" && echo */)
}

# The sources of tests/modules/statsfs_test.c

CONTROL=/sys/kernel/debug/statsfs_test/control

load_test_module()
{
	need insmod "$STATSFS_MODULES/tests/modules/statsfs_test.ko"
}

# t COMMAND: must succeed.
t()
{
	printf %s "$*" >"$CONTROL" || bail "statsfs_test: $* failed"
}

# step COMMAND: the same as a command for "sys run" and "dirs read".
step()
{
	echo "printf '%s' '$*' >$CONTROL"
}

# The result of the last operation of sys: 0 or the name of an error.
last_result()
{
	case ${1##* } in
	[0-9]*) echo 0 ;;
	*) echo "${1##* }" ;;
	esac
}

# try COMMAND: prints 0 or the name of the error.
try()
{
	last_result "$(sys open w "$CONTROL" write "$*")"
}

# try_start COMMAND: the same in the background, as process $pid.
try_start()
{
	sys_start open w "$CONTROL" write "$*"
}

# Waits for it; what try would have printed goes to $tried.
try_wait()
{
	wait "$pid"
	tried=$(last_result "$(cat "$out")")
}

# object OBJECT count|counted|inside|samples|resets
object()
{
	while read -r name fields; do
		if [ "$name" = "$1" ]; then
			fields=${fields#*"$2="}
			echo "${fields%% *}"
		fi
	done <"$CONTROL"
}
