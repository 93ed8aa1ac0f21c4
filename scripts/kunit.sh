#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: kunit.sh ARCH
#
# Runs the KUnit tests in a kernel built for ARCH (um, x86_64) and prints their
# KTAP. kunit/ARCH.config, where there is one, adds to the configuration.

. "$(dirname "$0")/lib.sh"

arch=${1:?usage: kunit.sh ARCH}
build=$CACHE/kunit/$arch

"$TOP/scripts/packages.sh" "kunit-$arch"
tree=$("$TOP/scripts/source.sh" 6.1)

kunit_py()
{
	./tools/testing/kunit/kunit.py "$@"
}

options=(--arch="$arch" --build_dir="$build" --kconfig_add=CONFIG_WERROR=y
	--kunitconfig="$TOP/kunit/.kunitconfig")
if [[ -e $TOP/kunit/$arch.config ]]; then
	options+=(--kunitconfig="$TOP/kunit/$arch.config")
fi
if [[ $arch == um ]]; then
	# kunit.py selects PCI for UML, which then warns that it has no device ID.
	options+=(--kconfig_add=CONFIG_UML_PCI_OVER_VIRTIO_DEVICE_ID=0)
else
	options+=(--qemu_args="-smp 2")
fi

# One checkout at a time, and nothing of another one's objects.
lock "$CACHE/kunit/.lock"
if [[ $(readlink "$tree/fs/statsfs/Kconfig") != "$TOP/statsfs/Kconfig" ]]; then
	rm -rf "$tree/fs/statsfs" "$CACHE"/kunit/*/fs/statsfs
fi
"$TOP/scripts/graft.sh" "$tree"
mkdir -p "$build"
cd "$tree"
unset MAKEFLAGS MFLAGS

step BUILD "Linux for $arch with KUnit, minutes the first time; log: $build/build.log"
if ! kunit_py build --jobs="$(nproc)" "${options[@]}" >"$build/build.log" 2>&1; then
	cat "$build/build.log"
	die "Linux for $arch does not build"
fi

step KUNIT "log: $build/test.log"
status=0
kunit_py exec --raw_output=kunit "${options[@]}" || status=$?

# kunit.py counts what the tests say; the kernel may say more.
echo "KTAP version 1"
echo "1..1"
if "$TOP/tests/vm/klog.py" "$build/test.log"; then
	echo "ok 1 - KUnit on $arch: the kernel log is clean"
else
	echo "not ok 1 - KUnit on $arch: the kernel log is clean"
fi
exit "$status"
