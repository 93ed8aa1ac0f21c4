# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What measurements in the guest share; to be sourced.  run.py says what is printed.

set -eu
# shellcheck disable=SC2034 # for those who source this
STATS=/sys/kernel/stats

bench_module() { insmod "$STATSFS_MODULES/tests/modules/$1.ko"; }
measure() { "$STATSFS_BIN/measure" "$@"; }
table() { printf 'table\t%s\n' "$1"; }
note() { printf 'note\t%s\n' "$1"; }

# row WHAT INSTRUCTIONS [NUMBER [TARGET]]
row()
{
	[ -n "$2" ] || exit 1
	printf 'row\t%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-1}" "${4:-}"
}

# figure WHAT VALUE UNIT [TARGET]
figure() { printf 'figure\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}"; }

# many TARGET WHAT MEASURE-ARGUMENT...: measure prints how many there are as well
many()
{
	target=$1
	what=$2
	shift 2
	# shellcheck disable=SC2046 # two or three words
	set -- "$target" "$what" $(measure "$@")
	row "$2" "$3" "$4" "$1"
}
