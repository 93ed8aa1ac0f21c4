#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: qemu.sh
#
# Prints the directory of a QEMU that emulates x86 machines, for $PATH: the
# installed one, or else that of Debian's backports, unpacked into the cache.
#
# Before 8.1 an emulated processor may go on with code that another has changed
# meanwhile (mended by QEMU's deba78709a, "accel/tcg: Always lock pages before
# translation"). A kernel changes its own code, say where a tracepoint gets its first
# user, and such a processor then meets a breakpoint that is not there any more,
# again and again, with interrupts off: the machine hangs without a word.

. "$(dirname "$0")/lib.sh"

NEEDED=8.1
SUITE=bookworm-backports
PACKAGES=(qemu-system-x86 qemu-system-common qemu-system-data seabios)
PROGRAMS=(qemu-system-x86_64 qemu-system-i386)

qemu=$CACHE/qemu

is_new()
{
	local version

	version=$("$1" --version 2>/dev/null | sed -n 's/.* version \([0-9.]*\).*/\1/p')
	[[ $version && $(printf '%s\n' "$NEEDED" "$version" | sort -V | head -n 1) == "$NEEDED" ]]
}

# What it reads at run time it would look for where it would have been installed.
wrap()
{
	cat >"bin/$1" <<-END
		#!/bin/sh
		exec "$qemu/usr/bin/$1" -L "$qemu/usr/share/qemu" \\
			-L "$qemu/usr/share/seabios" "\$@"
	END
	chmod 755 "bin/$1"
}

make_qemu()
{
	local program

	step FETCH "a newer QEMU"
	"$TOP/scripts/backports.sh" download "${PACKAGES[@]/%//$SUITE}" ||
		die "Debian's $SUITE has no QEMU to offer"
	step UNPACK "a newer QEMU"
	unpack_packages
	mkdir bin
	for program in "${PROGRAMS[@]}"; do
		wrap "$program"
	done
	is_new "usr/bin/${PROGRAMS[0]}" || die "QEMU of $SUITE does not run here"
}

system=$(command -v "${PROGRAMS[0]}") || die "${PROGRAMS[0]} is not installed"
if is_new "$system"; then
	dirname "$system"
	exit
fi
make_once "$qemu" make_qemu
echo "$qemu/bin"
