#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: copy-source.sh SERIES DIR
#
# A copy of Debian's kernel source as it was unpacked, without what "make kunit"
# grafts into it.  Files are linked, not copied, where that is possible; those that
# statsfs adds lines to are copied, so that no mistake reaches the source.

. "$(dirname "$0")/lib.sh"

series=${1:?usage: copy-source.sh SERIES DIR}
copy=${2:?usage: copy-source.sh SERIES DIR}
source=$("$TOP/scripts/source.sh" "$series")

# Not while it is being grafted.
lock "$CACHE/kunit/$series/.lock"
rm -rf "$copy"
mkdir -p "$(dirname "$copy")"
cp -al "$source" "$copy" 2>/dev/null || { rm -rf "$copy"; cp -a "$source" "$copy"; }
flock -u "$lock_fd"
sed -n 's/^path = "\(.*\)"/\1/p' "$TOP/graft/series.toml" | sort -u |
	while read -r file; do
		cp -p --remove-destination "$source/$file" "$copy/$file"
	done
cp -p --remove-destination "$source/MAINTAINERS" "$copy/MAINTAINERS"

if [[ -e $copy/.statsfs-graft ]]; then
	"$TOP/scripts/graft.py" ungraft "$copy"
fi
