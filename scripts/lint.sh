#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Holds the sources against the tools of the kernel and of user space; one KTAP
# line per tool, with its output where it is not content.
# shellcheck disable=SC2317 # gates are called by name

. "$(dirname "$0")/lib.sh"

# checkpatch's opinions that we do not share:
# - MACRO_ARG_REUSE: asks for statement expressions, which neither initializers
#   nor KUnit's assertions allow; what has side effects is for review.
# - MACRO_ARG_PRECEDENCE: names of types and fields cannot be parenthesized.
# - CAMELCASE: the kernel's own names (struct Qdisc).
# - PREFER_DEFINED_ATTRIBUTE_MACRO: user space has to define __printf itself.
CHECKPATCH_IGNORE=MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,CAMELCASE
CHECKPATCH_IGNORE+=,PREFER_DEFINED_ATTRIBUTE_MACRO

cd "$TOP"
"$TOP/scripts/packages.sh" vm tools lint
kernel=$("$TOP/scripts/kernel.sh" 6.1)
source=$("$TOP/scripts/source.sh" 6.1)
out=$TOP/build/lint
shopt -s globstar nullglob
lock "$out.lock"

kernel_sources=({include,statsfs,providers,samples,kunit,tests/modules}/**/*.[ch])
user_sources=(scripts/*.c {tests,bench}/*.[ch] tools/**/*.[ch])
scripts=(.ci/run debian/*.prerm graft/boot/init {scripts,tests,tests/packages,bench}/*.sh
	tests/vm/{init,guest} tools/**/*.sh)
python=({scripts,tests,tools,bench}/**/*.py)

gate_checkpatch()
{
	perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --show-types \
		--quiet --no-summary --ignore "$CHECKPATCH_IGNORE" \
		-f "${kernel_sources[@]}" "${user_sources[@]}"
}

gate_kernel_doc()
{
	local file files=()

	for file in "${kernel_sources[@]}"; do
		if [[ $file == include/*.h ]] || grep -q '^EXPORT_SYMBOL' "$file"; then
			files+=("$file")
		fi
	done
	files+=(tools/**/*.[ch])
	perl "$source/scripts/kernel-doc" -none -v -Werror "${files[@]}" 2>&1 |
		sed '/ info: /d'
}

# Into a directory of its own, so that all is built again: only what is built is
# looked at. sparse does not know __cleanup__, and so takes guard() for an
# imbalance of context; lockdep looks after locks.
gate_build()
{
	rm -rf "$out"
	"$TOP/scripts/build.sh" "$kernel"/lib/modules/*/build "$out" \
		C=1 CF="-D__CHECK_ENDIAN__ -Wno-context" >"$out.log" 2>&1 ||
		{ cat "$out.log"; false; }
}

# sparse warns and lets the build go on. The headers' own faults are not ours.
gate_sparse()
{
	! grep -E "^$out/.*: (warning|error): " "$out.log"
}

# coccicheck fails for no finding: any line with a place in a file is one.
gate_coccicheck()
{
	make -s -C "$source" coccicheck MODE=report M="$out" J="$(nproc)" \
		>"$out-cocci.log" 2>&1 || { cat "$out-cocci.log"; return 1; }
	! grep -E '^[^ ]+\.[ch]:[0-9]+' "$out-cocci.log"
}

gate_shellcheck()
{
	shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
}

gate_python()
{
	PYTHONPYCACHEPREFIX=$TOP/build/pycache python3 -W error -m py_compile "${python[@]}"
}

# Pages that need Sphinx are not looked at; ABI files have a format of their own.
gate_documentation()
{
	local page

	for page in Documentation/**/*.rst; do
		if ! grep -qE '^\.\. (kernel-doc|toctree)::|:(c:[a-z]+|doc|ref):`' "$page"; then
			rst2pseudoxml --report=2 --halt=2 "$page" /dev/null || return
		fi
	done
	mandoc -T lint -W warning tools/*/*.1 || return
	! perl "$source/scripts/get_abi.pl" --dir Documentation/ABI validate 2>&1 | grep .
}

gate_cppcheck()
{
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
		--inline-suppr -Iinclude/uapi -Itools/lib "${user_sources[@]}"
}

# Tests may forget to free what they have, and rather crash than look.
gate_analyzer()
{
	local file

	for file in tools/{lib,statsfs}/*.c; do
		case $file in
		*/test_*) ;;
		*) make -s "build/tools/analyzer/${file#tools/}" || return ;;
		esac
	done
}

gates=(checkpatch kernel_doc build sparse coccicheck shellcheck python documentation cppcheck analyzer)
echo "KTAP version 1"
echo "1..${#gates[@]}"
number=0
status=0
for gate in "${gates[@]}"; do
	number=$((number + 1))
	if "gate_$gate" >"$out-$gate.out" 2>&1; then
		echo "ok $number - $gate"
	else
		status=1
		sed 's/^/# /' "$out-$gate.out"
		echo "not ok $number - $gate"
	fi
done
exit "$status"
