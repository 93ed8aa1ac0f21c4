#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: debug-kernel.sh
#
# Builds the kernel of tests/debug.config from Debian's source into the cache,
# once, and prints the directory, which looks like one of kernel.sh. Another
# configuration or source makes another directory.

. "$(dirname "$0")/lib.sh"

SERIES=6.1
CONFIG=$TOP/tests/debug.config

# kconfig leaves out silently what depends on something that is not there.
check_config()
{
	local missing

	missing=$(grep -E '^CONFIG_\w+=[^n]' "$CONFIG" | grep -vxFf "$tree/.config" || true)
	if [[ $missing ]]; then
		die "not possible with this source: ${missing//$'\n'/ }"
	fi
}

build()
{
	make -C "$tree" KCONFIG_ALLCONFIG="$CONFIG" allnoconfig
	check_config
	make -C "$tree" -j"$(nproc)" bzImage modules
	make -C "$tree" INSTALL_MOD_PATH="$build" modules_install
}

# What built modules are linked against is not of use any more.
install()
{
	local release

	release=$(make -s -C "$tree" kernelrelease)
	mkdir "$build/boot" "$build/bin"
	cp "$tree/arch/x86/boot/bzImage" "$build/boot/vmlinuz-$release"
	cp "$tree/.config" "$build/boot/config-$release"
	cp "$tree/System.map" "$build/boot/System.map-$release"
	cp "$("$TOP/scripts/kernel.sh" "$SERIES")/bin/busybox" "$build/bin"
	rm "$build/lib/modules/$release/source"
	ln -sfn ../../../usr/src/linux "$build/lib/modules/$release/build"
	find "$tree" \( -path "$tree/scripts" -o -path "$tree/tools" \) -prune -o \
		\( -name '*.[ao]' -o -name vmlinux -o -name '*.ko' \) \
		-type f -exec rm {} +
}

"$TOP/scripts/packages.sh" debug
source=$("$TOP/scripts/source.sh" "$SERIES")
version=$(make -s -C "$source" kernelversion)
hash=$({ echo "$version"; cat "$CONFIG"; } | sha256sum)
kernel=$CACHE/kernels/$version-debug-${hash:0:8}
build=$CACHE/kernels/.debug
tree=$build/usr/src/linux
log=$CACHE/kernels/debug.log

unset MAKEFLAGS MFLAGS
PATH=$PATH:/usr/sbin:/sbin
if [[ ! -e $kernel ]]; then
	lock "$CACHE/kernels/.debug-lock"
fi
if [[ ! -e $kernel ]]; then
	step BUILD "Linux $version for debugging, minutes once; log: $log"
	rm -rf "$build"
	"$TOP/scripts/copy-source.sh" "$SERIES" "$tree"
	if ! (build) >"$log" 2>&1; then
		tail -n 50 "$log" >&2
		die "the kernel for debugging does not build; log: $log"
	fi
	(install) >>"$log" 2>&1
	mv "$build" "$kernel"
fi
ln -sfn "${kernel##*/}" "$CACHE/kernels/debug"
echo "$kernel"
