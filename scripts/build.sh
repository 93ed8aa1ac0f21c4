#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: build.sh KDIR OUT [MAKE-ARGUMENT...]
#
# Builds the modules for one kernel in a directory of their own, which holds
# links to the sources: kernels can take turns, and the checkout stays clean.

. "$(dirname "$0")/lib.sh"

kdir=${1:?usage: build.sh KDIR OUT [MAKE-ARGUMENT...]}
out=$(realpath -m "${2:?}")
shift 2

lock "$out/.lock"
ln -sf "$TOP/Kbuild" "$out"
for directory in include statsfs providers samples tests/modules; do
	link_tree "$TOP/$directory" "$out/$directory"
done
"$TOP/scripts/tutorial.py" "$out/tutorial"

# Headers may be in a Debian of their own, with the compiler for them.
run=()
headers=$(realpath "$kdir")
case $headers in
"$(realpath -m "$CACHE")"/kernels/*/root/usr/src/*)
	kdir=/usr/src/${headers##*/usr/src/}
	run=("$TOP/scripts/chroot.sh" "${headers%/usr/src/*}" "$TOP" "$out" --)
	;;
esac

# An outer make's flags are not meant for kbuild, and type information (BTF)
# would need a vmlinux.
"${run[@]}" env -u MAKEFLAGS -u MFLAGS make --no-print-directory -C "$kdir" M="$out" \
	-j"$(nproc)" W=1 KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= "$@" >&2
