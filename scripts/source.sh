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

make_source()
{
	download || die "apt has no $package to offer"
	step UNPACK "the source of Linux $series"
	unpack_packages
	mv "usr/src/linux-source-$series.tar.xz" .
	rm -r usr
	tar -xf "linux-source-$series.tar.xz" --strip-components=1
	rm "linux-source-$series.tar.xz"
}

# What statsfs put there before "make graft" kept a record of it.
forget_unrecorded()
{
	lock "$CACHE/kunit/$series/.lock"
	if [[ ! -e $tree/.statsfs-graft ]]; then
		rm -rf "$tree/fs/statsfs" "$tree"/include/{,uapi/}linux/statsfs.h
		sed -i '/statsfs/d' "$tree"/fs/{Makefile,Kconfig}
	fi
}

make_once "$tree" make_source
if [[ -e $tree/fs/statsfs && ! -e $tree/.statsfs-graft ]]; then
	forget_unrecorded
fi
echo "$tree"
