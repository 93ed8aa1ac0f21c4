#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Counting: the code that compilers make of it.

set -eu -o pipefail
MODULE=build/vm-${KERNEL:-6.1}/tests/modules/statsfs_bench_update.ko
DISASSEMBLY=$(objdump --disassemble --reloc --no-show-raw-insn --no-addresses "$MODULE")
BARE=(bare bare_percpu bare_percpu_static bare_guarded)
SHOWN=(plain percpu percpu_static guarded linear linear_odd log)

# code NAME: the function of that name, without what fills the gap behind it.  What
# is to be filled in when the module is loaded, objdump shows as an offset from 0.
code()
{
	awk -v name="<update_$1>:" '
		$1 == name { inside = 1 }
		inside {
			sub(/ *#.*/, "")
			sub(/^\t\t\t/, "                ")
			sub(/^\t/, "        ")
			gsub(/\t/, " ")
			print
		}
		inside && (/__x86_return_thunk/ || $1 == "ret") { exit }' <<<"$DISASSEMBLY"
}

# number PATTERN: how many lines that come from standard input have it.
number()
{
	grep -c -E -e "$1" || true
}

figure()
{
	printf 'figure\t%s\t%s\t%s\t%s\n' "$@"
}

printf 'table\tCounting an event: its code\n'
for name in "${SHOWN[@]}"; do
	# Without the return, a jump to __x86_return_thunk.
	figure "$name: instructions" $(($(code "$name" | number '^ {8}') - 1 - \
		$(code "$name" | number '^ {16}'))) "" ""
done
all=$(for name in "${SHOWN[@]}"; do code "$name"; done)
figure "calls in all of them" "$(number '^ {8}call' <<<"$all")" "" 0
figure "prefixes \"lock\" in all of them" "$(number '\<lock\>' <<<"$all")" "" 0
for name in "${BARE[@]}" "${SHOWN[@]}"; do
	code "$name" | sed "s/^/code\t/"
done
printf 'note\t%s\n' "Bare ones come first, then those of statsfs.  The jump to __x86_return_thunk is the return of a function of its own; who counts in line has none.  The limit is one instruction, and nothing stands before it."
