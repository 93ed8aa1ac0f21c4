#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: kernel.sh SERIES|debug
#
# Unpacks Debian's newest kernel of a series, its headers and a static busybox
# into the cache, once, and prints the directory. Nothing is installed: that
# would write to /boot. For "debug" it is the kernel of debug-kernel.sh.
#
# What comes with headers may need a newer C library, and they a newer compiler:
# then they are in a small Debian below the directory, where build.sh builds.

. "$(dirname "$0")/lib.sh"

series=${1:?usage: kernel.sh SERIES|debug}
if [[ $series == debug ]]; then
	exec "$TOP/scripts/debug-kernel.sh"
fi
link=$CACHE/kernels/$series

# The release of Debian that the newer headers are made for.
NEWER=trixie

# The machine's own apt, or else the backports.
cache()
{
	if [[ $origin == system ]]; then
		apt-cache "$@"
	else
		"$TOP/scripts/backports.sh" cache "$@"
	fi
}

fetch()
{
	if [[ $origin == system ]]; then
		apt_download "$@"
	else
		"$TOP/scripts/backports.sh" download "$@"
	fi
}

# first_of PACKAGE...: the first of them that there is.
first_of()
{
	local package

	for package; do
		if [[ $(cache show "$package" 2>/dev/null) ]]; then
			echo "$package"
			return
		fi
	done
	return 1
}

# An image is of use only with the headers of the same build. Newer ones are in
# several packages, of which that of the signed image comes last.
packages_of()
{
	local stem=${1%-amd64}

	first_of "linux-headers-$1" && first_of "linux-headers-$stem-common" &&
		first_of "linux-kbuild-$stem" "linux-kbuild-$series" || return
	if first_of "linux-modules-$1"; then
		first_of "linux-base-$1" &&
			first_of "linux-binary-$1" "linux-binary-unsigned-$1"
	else
		first_of "linux-image-$1"
	fi
}

# Sets release and packages.
find_newest()
{
	local releases

	releases=$(cache pkgnames "linux-headers-$series." |
		sed -n 's/^linux-headers-\([0-9][0-9.]*\([+-][a-z0-9.]*\)\?-amd64\)$/\1/p' |
		sort -rV)
	for release in $releases; do
		if packages=$(packages_of "$release"); then
			return
		fi
	done
	return 1
}

download()
{
	find_newest || return
	step FETCH "Debian's kernel $release"
	# shellcheck disable=SC2086 # words
	fetch $packages && apt_download busybox-static
}

# Debian's own apt may have no lists yet, or old ones.
download_any()
{
	origin=system
	download && return
	apt_update
	download && return
	origin=backports
	download
}

# The programs that come with headers either run here or not.
is_foreign()
{
	local libraries

	libraries=$(find usr/lib/linux-kbuild-* -type f -perm /111 -exec ldd {} + 2>&1)
	[[ $libraries == *"not found"* ]]
}

# The packages expect to be installed at the root.
use_headers()
{
	# shellcheck disable=SC2016 # make's
	sed -i 's|/usr/src/|$(dir $(lastword $(MAKEFILE_LIST)))../|' \
		"usr/src/linux-headers-$release/Makefile"
	ln -sfn "../../../usr/src/linux-headers-$release" "lib/modules/$release/build"
}

# Headers at the root of a Debian of their own.
make_root()
{
	local compiler mirror

	step UNPACK "a Debian $NEWER to build for Linux $release in"
	compiler=$(cache show "linux-headers-$release" |
		sed -n 's/^Depends:.*\(gcc-[0-9]*\).*/\1/p' | head -n 1)
	mirror=$("$TOP/scripts/backports.sh" mirror)
	"$TOP/scripts/packages.sh" chroot
	as_root mmdebstrap --quiet --variant=apt --aptopt='APT::Install-Recommends "false"' \
		--include="$compiler,make,kmod,binutils,libelf1t64,libssl3t64" \
		"$NEWER" root "deb $mirror $NEWER main" >&2
	as_root cp -a usr/src -t root/usr
	as_root cp -a usr/lib/linux-kbuild-* -t root/usr/lib
	rm -r usr/src usr/lib/linux-kbuild-*
	ln -sfn "../../../../root/usr/src/linux-headers-$release" "lib/modules/$release/build"
}

unpack()
{
	step UNPACK "Debian's kernel $release"
	unpack_packages
	if [[ ! -e boot/vmlinuz-$release ]]; then
		mkdir boot
		ln -s usr/lib lib
		mv "usr/lib/modules/$release"/vmlinuz* "boot/vmlinuz-$release"
		ln -s "../usr/lib/modules/$release/config" "boot/config-$release"
	fi
	if is_foreign; then
		make_root
	else
		use_headers
	fi
	PATH=$PATH:/usr/sbin:/sbin depmod -b . "$release"
}

if [[ ! -e $link ]]; then
	lock "$CACHE/kernels/.lock"
fi
if [[ ! -e $link ]]; then
	rm -rf "$CACHE/kernels"/.new.*
	new=$(mktemp -d "$CACHE/kernels/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cd "$new"
	download_any || die "apt has no kernel $series with headers to offer"
	unpack
	chmod 755 "$new"
	rm -rf "${CACHE:?}/kernels/$release"
	mv "$new" "$CACHE/kernels/$release"
	ln -sfn "$release" "$link"
fi
readlink -f "$link"
