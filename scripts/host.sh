#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: host.sh build|load|unload|install|uninstall
#
# The modules for this machine's own kernel.  KDIR says where its headers are, ALSO
# which providers to load besides bufstat: kstats, cpustat.

. "$(dirname "$0")/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
read -ra also <<<"${ALSO-}"
MODULES_LOAD=/etc/modules-load.d/statsfs.conf
UNIT=sys-kernel-stats.mount

# The newest headers that are installed, of whatever kernel.
newest_headers()
{
	local headers

	for headers in /lib/modules/*/build /usr/src/linux-headers-*; do
		if [[ -e $headers/.config ]]; then
			printf '%s\n' "$headers"
		fi
	done | sort -V | tail -n 1
}

default_kdir()
{
	local running

	running=/lib/modules/$(uname -r)/build
	if [[ -e $running ]]; then
		echo "$running"
	else
		newest_headers
	fi
}

build()
{
	KDIR=${KDIR:-$(default_kdir)}
	if [[ ! $KDIR ]]; then
		"$TOP/scripts/packages.sh" headers
		KDIR=$(newest_headers)
	fi
	# Debian's kernel.release has another name than the kernel.
	release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' \
		"$KDIR/include/generated/utsrelease.h")
	out=$TOP/build/$release
	step BUILD "modules for Linux $release in ${out#"$TOP/"}"
	"$TOP/scripts/build.sh" "$KDIR" "$out"
}

# Before anything is changed: say why not.
need_modules()
{
	if [[ ! -e /proc/modules ]]; then
		die "the running kernel ($(uname -r)) has no loadable modules; try: make shell"
	fi
}

need_headers()
{
	if [[ ! ${KDIR-} && ! -e /lib/modules/$(uname -r)/build ]]; then
		die "no headers of the running kernel; install linux-headers-$(uname -r)"
	fi
}

install_modules()
{
	local directory

	for directory in statsfs providers; do
		as_root env -u MAKEFLAGS -u MFLAGS make --no-print-directory -C "$KDIR" \
			M="$out/$directory" INSTALL_MOD_DIR=updates/statsfs/"$directory" \
			MODLIB="/lib/modules/$release" \
			modules_install
	done
	as_root depmod "$release"
}

case ${1-} in
build)
	build
	;;
load)
	need_modules
	need_headers
	build
	as_root "$TOP/scripts/load.sh" "$out" "${also[@]}"
	;;
unload)
	need_modules
	as_root "$TOP/scripts/unload.sh"
	;;
install)
	need_modules
	need_headers
	build
	install_modules
	printf '%s\n' statsfs bufstat_net bufstat_mm bufstat_blk "${also[@]}" |
		as_root tee "$MODULES_LOAD" >/dev/null
	if command -v systemctl >/dev/null; then
		as_root install -m 644 "$TOP/systemd/$UNIT" /etc/systemd/system
		as_root systemctl enable "$UNIT"
	else
		step NOTE "no systemd here: mount -t statsfs none /sys/kernel/stats at boot"
	fi
	;;
uninstall)
	need_modules
	if [[ -e /etc/systemd/system/$UNIT ]]; then
		as_root systemctl disable "$UNIT"
	fi
	as_root rm -rf "/etc/systemd/system/$UNIT" "$MODULES_LOAD" \
		/lib/modules/*/updates/statsfs
	as_root depmod
	;;
*)
	die "usage: host.sh build|load|unload|install|uninstall"
	;;
esac
