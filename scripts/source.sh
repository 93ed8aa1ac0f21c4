#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: source.sh SERIES
#
# Unpacks Debian's kernel source of a series into the cache, once, and prints the
# directory.

. "$(dirname "$0")/lib.sh"

series=${1:?usage: source.sh SERIES}
tree=$CACHE/source/$series

download()
{
	step FETCH "the source of Linux $series"
	apt_download "linux-source-$series"
}

if [[ ! -e $tree ]]; then
	lock "$CACHE/source/.lock"
fi
if [[ ! -e $tree ]]; then
	rm -rf "$CACHE/source"/.new.*
	new=$(mktemp -d "$CACHE/source/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cd "$new"
	download || { apt_update && download; } ||
		die "apt has no linux-source-$series to offer"
	step UNPACK "the source of Linux $series"
	dpkg-deb -x ./*.deb .
	tar -xf "usr/src/linux-source-$series.tar.xz"
	mv "linux-source-$series" "$tree"
fi
echo "$tree"
