#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The program with saved snapshots, and where there is no statsfs.  What it does
# with the kernel's is in tests/t-lib.sh.

cd "${0%/*}/../.." || exit
TOP=$PWD
. tests/lib.sh

plan 34
PROGRAM=$TOP/build/tools/statsfs/statsfs
dir=$(mktemp -d) || exit
need build/tools/fuzz/seeds "$dir"
cd "$dir" || exit

# run ARGUMENT...: its status, what it prints, and what it complains of.
run()
{
	"$PROGRAM" "$@" >out 2>err
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

test_text()
{
	is "a snapshot as text" "$(run snapshot sample)" \
		"0:rx_bytes 0;eth0/rx_bytes 10;eth0/state -5;\
eth0/queue0/sizes 30 40 50 60;eth0/queue0/delay 70 80 90 100;\
lo/rx_bytes 110;lo/peak 120:"
	is "one without numbers" "$(run snapshot empty)" "0::"
	is "what cannot be read is no number, nor is what has an unknown type" \
		"$(run snapshot unknown)" \
		"1:rx_bytes 0;eth0/queue0/sizes 30 40 50 60;\
eth0/queue0/delay 70 80 90 100;lo/rx_bytes 110;lo/peak 120:\
statsfs: eth0/rx_bytes: No such device;\
statsfs: eth0/state: has a type that is not known yet: 99"
}

# json FILE EXPRESSION: of the document d
json()
{
	"$PROGRAM" snapshot --json "$1" | python3 -c '
import json, sys
d = json.load(sys.stdin)
values = [v for s in d["sources"] for v in s["values"]]
print(eval(sys.argv[1]))' "$2"
}

test_json()
{
	is "sources" \
		"$(json sample '[(s["path"], s["id"]) for s in d["sources"]]')" \
		"[('', 100), ('eth0', 101), ('eth0/queue0', 102), ('lo', 103)]"
	is "labels" "$(json sample '[s["labels"] for s in d["sources"]]')" \
		"[[], ['eth0'], ['eth0', 'queue0'], ['lo']]"
	is "numbers" "$(json sample '[v["value"] for v in values]')" \
		"[0, 10, -5, [30, 40, 50, 60], [70, 80, 90, 100], 110, 120]"
	is "a value" "$(json sample 'values[4]')" \
		"{'name': 'delay', 'value': [70, 80, 90, 100], 'status': 0,\
 'description': 'what it is', 'type': 'u64', 'kind': 'log_hist',\
 'unit': 'seconds', 'base': 10, 'exponent': -9, 'aggregate': 'none',\
 'can_reset': False}"
	is "a linear histogram has the size of its buckets" \
		"$(json sample 'values[3]["bucket_size"]')" 16
	is "a sum, and what can be reset" \
		"$(json sample '[(v["aggregate"], v["can_reset"]) for v in values[:2]]')" \
		"[('sum', False), ('none', True)]"
	is "what could not be read is null" \
		"$(json unknown '[values[1][key] for key in ("value", "status", "error")]')" \
		"[None, 19, 'No such device']"
	is "and the status says so" "$(run snapshot --json unknown |
		sed 's/:.*//')" 1
	is "types and kinds that are not known are numbers" \
		"$(json unknown '(values[2]["type"], values[2]["value"], values[5]["kind"])')" \
		"(99, None, 99)"
	is "64 bits are all there" "$(json types 'values[5]["value"]')" \
		18446744073709551615
	is "an empty one" "$(json empty 'd["sources"][0]["values"]')" "[]"
	is "names that are no UTF-8, or need to be quoted" \
		"$(json names '[v["name"] for v in values]')" \
		"['a\"\\\\b', '\\\\xff', 'ä€😀', '\\\\xed\\\\xa0\\\\x80', '\\\\xc0\\\\xaf', '\\\\xe2\\\\x82']"
}

test_errors()
{
	usage="usage: statsfs snapshot [--json] [DIR|FILE]"
	printf SNAP >swapped
	head -c 500 sample >short
	echo 5 >number
	is "no such file" "$(run snapshot nothing)" \
		"1::statsfs: nothing: No such file or directory"
	is "no snapshot" "$(run snapshot number)" \
		"1::statsfs: number: is no snapshot"
	is "of another machine" "$(run snapshot swapped)" \
		"1::statsfs: swapped: is from a machine with the other byte order"
	is "no statsfs" "$(run snapshot . | sed 's/;.*//')" \
		"1::statsfs: . is not in a statsfs mount"
	is "no value there either" "$(run get "$dir/sample" | sed 's/;.*//')" \
		"1::statsfs: $dir is not in a statsfs mount"
	is "a truncated one" "$(run snapshot short)" \
		"1::statsfs: short: truncated: 500 bytes"
	is "no verb, no such verb" "$(run) $(run x)" \
		"2::usage: statsfs VERB [ARGUMENT...]; see statsfs --help\
 2::statsfs: there is no 'x'; see statsfs --help"
	is "wrong options" "$(run snapshot -q 2>&1 | sed 's/:[^;]*;/:/')" \
		"2:$usage"
	is "too many arguments" "$(run snapshot a b)" "2::$usage"
	is "too few" "$(run get)" "2::usage: statsfs get [-n] [--json] PATTERN..."
	is "a full disk" \
		"$("$PROGRAM" snapshot sample 2>&1 >/dev/full; echo $?)" \
		"statsfs: cannot write: No space left on device
1"
}

test_help()
{
	is "help and version" "$("$PROGRAM" --help | head -1)\
 $("$PROGRAM" --version | sed 's/[0-9]/N/g')" \
		"usage: statsfs VERB [ARGUMENT...] statsfs N.N.N"
}

# Names of verbs, as --help lists them.
verbs()
{
	"$PROGRAM" --help | sed -n '/^  --/q; s/^  \([a-z]*\) .*/\1/p'
}

# What has no help, or says that something is wrong.
without_help()
{
	for verb in $(verbs); do
		[ "$(run "$verb" --help | sed 's/\(usage: statsfs [a-z]*\).*/\1/')" = \
			"0:usage: statsfs $verb" ] || echo "$verb"
		grep -q '^  -h, --help  ' out || echo "$verb"
		[ -s err ] && echo "$verb"
	done
}

test_verb_help()
{
	check "there are verbs" [ "$(verbs | wc -l)" -ge 3 ]
	is "each verb has help of its own" "$(without_help)" ""
}

# The library as others find it, by C and C++.
test_install()
{
	need make -s -C "$TOP" install-tools DESTDIR="$dir/root" PREFIX=/opt/statsfs
	lib=$dir/root/opt/statsfs/lib
	flags=$(PKG_CONFIG_SYSROOT_DIR=$dir/root PKG_CONFIG_LIBDIR=$lib/pkgconfig \
		pkg-config --cflags --libs libstatsfs)
	cat >example.c <<-'END'
	#include <statsfs.h>
	int main(void)
	{
		struct statsfs_snapshot *s = statsfs_new();
		int err = s ? statsfs_open(s, "sample") : -1;

		statsfs_free(s);
		return !!err;
	}
	END
	# shellcheck disable=SC2086 # several words
	check "what is installed can be built with" \
		cc -Wall -Wextra -Werror -o example example.c $flags
	check "and run with" env LD_LIBRARY_PATH="$lib" ./example
	# shellcheck disable=SC2086 # several words
	check "by C++, too" \
		g++ -Wall -Wextra -Werror -x c++ -o example example.c -x none $flags
	check "and is completed by bash and zsh" [ -s \
		"$dir/root/opt/statsfs/share/bash-completion/completions/statsfs" -a \
		-s "$dir/root/opt/statsfs/share/zsh/site-functions/_statsfs" ]
	check "and finds its manual" [ -s "$dir/root/opt/statsfs/share/man/man1/statsfs.1" ]
}

test_text
test_json
test_errors
test_help
test_verb_help
test_install
cd / && rm -r "$dir"
