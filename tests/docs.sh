#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: docs.sh [--all]
#
# The documentation can be made, and has what it should.  With --all by the kernel's
# own configuration, too, which takes a minute or two.  Prints KTAP.
# shellcheck disable=SC2015,SC2317 # functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$TOP/build/test-docs
. tests/checks.sh

exported()
{
	sed -n 's/^EXPORT_SYMBOL_GPL(\(\w*\));/\1/p' statsfs/*.c | sort -u
}

# What kernel code can call that the manual page does not describe.
undescribed()
{
	local name

	MANWIDTH=500 mandoc -T utf8 "$work/docs/man/statsfs.9" | col -bx >"$work/page"
	for name in $(exported); do
		grep -qE "\\b$name ?\\(" "$work/page" || echo "$name"
	done
}

is_linked()
{
	local page

	for page in statsfs statsfs-api bufstat kstats cpustat; do
		[[ -s $work/docs/html/filesystems/$page.html ]] || { echo "no $page"; return 1; }
	done
	grep -q 'id="c.statsfs_source_add_sampled"' "$work/docs/html/filesystems/statsfs-api.html"
}

# Debian's mandoc knows what is an error of the program that wrote the page.
is_page()
{
	mandoc -T lint -W error "$work/docs/man/statsfs.$1" &&
		grep -q "^\.TH \"STATSFS\" \"$1\"" "$work/docs/man/statsfs.$1"
}

# The kernel's own pages have warnings; ours must have none.
kernel_docs()
{
	"$TOP/scripts/copy-source.sh" 7.3 "$work/tree" &&
		"$TOP/scripts/graft.py" graft "$work/tree" &&
		env -u MAKEFLAGS -u MFLAGS make -s -C "$work/tree" O="$work/objects" \
			SPHINXDIRS=filesystems htmldocs >"$work/kernel.log" 2>&1 ||
		{ tail -n 20 "$work/kernel.log"; return 1; }
	[[ -s $(find "$work/objects/Documentation" -name statsfs-api.html) ]] || return
	! grep -E '(statsfs|bufstat|kstats|cpustat).*(WARNING|ERROR)' "$work/kernel.log"
}

lock "$work/.lock"
"$TOP/scripts/packages.sh" docs
echo "KTAP version 1"
if [[ ${1-} == --all ]]; then
	echo "1..6"
else
	echo "1..5"
fi
check "docs: no warning" scripts/docs.sh "$work/docs"
check "docs: HTML" is_linked
check "docs: statsfs(5)" is_page 5
check "docs: statsfs(9)" is_page 9
check "docs: every exported function is in statsfs(9)" is_silent undescribed
if [[ ${1-} == --all ]]; then
	check "docs: no warning of the kernel's Sphinx configuration" kernel_docs
	rm -rf "$work/tree"
fi
exit "$status"
