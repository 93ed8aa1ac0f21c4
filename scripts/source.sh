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

package=linux-source-$series

# From this machine's own apt, if it has lists that name it.
download()
{
	step FETCH "the source of Linux $series"
	if [[ ! $(apt-cache pkgnames linux-source-) ]]; then
		apt_update
	fi
	if apt-cache show "$package" >/dev/null 2>&1; then
		# They may name what the mirror no longer has.
		apt_download "$package" || { apt_update && apt_download "$package"; }
	else
		"$TOP/scripts/backports.sh" download "$package"
	fi
}

if [[ ! -e $tree ]]; then
	lock "$CACHE/source/.lock"
fi
if [[ ! -e $tree ]]; then
	rm -rf "$CACHE/source"/.new.*
	new=$(mktemp -d "$CACHE/source/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cd "$new"
	download || die "apt has no $package to offer"
	step UNPACK "the source of Linux $series"
	dpkg-deb -x ./*.deb .
	tar -xf "usr/src/linux-source-$series.tar.xz"
	mv "linux-source-$series" "$tree"
fi
echo "$tree"
