#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: kernel.sh SERIES|debug
#
# Unpacks Debian's newest kernel of a series, its headers and a static busybox
# into the cache, once, and prints the directory. Nothing is installed: that
# would write to /boot. For "debug" it is the kernel of debug-kernel.sh.

. "$(dirname "$0")/lib.sh"

series=${1:?usage: kernel.sh SERIES|debug}
if [[ $series == debug ]]; then
	exec "$TOP/scripts/debug-kernel.sh"
fi
link=$CACHE/kernels/$series

# An image is of use only with the headers of the same build.
newest_release()
{
	local release

	apt-cache pkgnames "linux-headers-$series." |
		sed -n 's/^linux-headers-\([^-]*-[0-9]*-amd64\)$/\1/p' | sort -rV |
		while read -r release; do
			if apt-cache show "linux-image-$release" >/dev/null 2>&1; then
				echo "$release"
				break
			fi
		done
}

download()
{
	release=$(newest_release) && [[ $release ]] &&
		step FETCH "Debian's kernel $release" &&
		apt_download "linux-image-$release" "linux-headers-$release" \
			"linux-headers-${release%-amd64}-common" \
			"linux-kbuild-$series" busybox-static
}

unpack()
{
	local package

	step UNPACK "Debian's kernel $release"
	for package in *.deb; do
		dpkg-deb -x "$package" .
		rm "$package"
	done
	# The packages expect to be installed at the root.
	cat >"usr/src/linux-headers-$release/Makefile" <<-END
		include \$(dir \$(lastword \$(MAKEFILE_LIST)))../linux-headers-${release%-amd64}-common/Makefile
	END
	ln -sfn "../../../usr/src/linux-headers-$release" "lib/modules/$release/build"
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
	download || { apt_update && download; } ||
		die "apt has no kernel $series with headers to offer"
	unpack
	chmod 755 "$new"
	rm -rf "$CACHE/kernels/$release"
	mv "$new" "$CACHE/kernels/$release"
	ln -sfn "$release" "$link"
fi
readlink -f "$link"
