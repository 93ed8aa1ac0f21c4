#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: kunit.sh ARCH[-VARIANT] [SERIES [KERNEL-ARGUMENT...]]
#
# Runs the KUnit tests in a kernel of this series built for ARCH, and prints their
# KTAP. kunit/ARCH-VARIANT.config and kunit/ARCH-VARIANT-SERIES.config, where they
# are, add to the configuration.

. "$(dirname "$0")/lib.sh"

name=${1:?usage: kunit.sh ARCH[-VARIANT] [SERIES [KERNEL-ARGUMENT...]]}
series=${2:-6.1}
arch=${name%%-*}
build=$CACHE/kunit/$series/$name

"$TOP/scripts/packages.sh" "kunit-$arch"
tree=$("$TOP/scripts/source.sh" "$series")

kunit_py()
{
	./tools/testing/kunit/kunit.py "$@"
}

options=(--arch="$arch" --build_dir="$build" --kconfig_add=CONFIG_WERROR=y
	--kunitconfig="$TOP/kunit/.kunitconfig")
for config in "$TOP/kunit/$name.config" "$TOP/kunit/$name-$series.config"; do
	if [[ -e $config ]]; then
		options+=(--kunitconfig="$config")
	fi
done
run_options=(--timeout=1200 --kernel_args=kmemleak.verbose=1)
case $name in
um | um-*)
	run_options+=(--kernel_args=ncpus=2 --kernel_args=seccomp=on)
	;;
*-kcsan)
	# It hardly finds anything with fewer.
	run_options+=(--qemu_args="-smp 4")
	;;
*)
	run_options+=(--qemu_args="-smp 2")
	;;
esac
case $arch in
x86_64 | i386)
	PATH=$("$TOP/scripts/qemu.sh"):$PATH
	;;
esac
if [[ $arch == s390 ]]; then
	options+=(--cross_compile=s390x-linux-gnu-)
fi
# Of an argument that is there twice, the last one counts.
for argument in "${@:3}"; do
	run_options+=(--kernel_args="$argument")
done

# One checkout at a time, and nothing of another one's objects.
lock "$CACHE/kunit/$series/.lock"
if [[ $(readlink "$tree/fs/statsfs/tree.c") != "$TOP/statsfs/tree.c" ]]; then
	rm -rf "$CACHE/kunit/$series"/*/fs/statsfs
fi
"$TOP/scripts/graft.py" link "$tree"
mkdir -p "$build"
cd "$tree"
unset MAKEFLAGS MFLAGS

step BUILD "Linux $series for $name with KUnit, minutes the first time; log: $build/build.log"
if ! kunit_py build --jobs="$(nproc)" "${options[@]}" >"$build/build.log" 2>&1; then
	cat "$build/build.log"
	die "Linux $series for $name does not build"
fi

step KUNIT "log: $build/test.log"
status=0
kunit_py exec --raw_output=kunit "${options[@]}" "${run_options[@]}" || status=$?

# kunit.py is content with a kernel that does not get as far as the tests.
if ! grep -q 'KTAP version' "$build/test.log"; then
	cat "$build/test.log"
	echo "Bail out! Linux $series for $name has run no test"
fi

# The tests have spoken for themselves; the kernel may have more to say.
klog=("$TOP/tests/vm/klog.py" "$build/test.log")
if [[ $name == *-kcsan ]]; then
	nm "$build"/fs/statsfs/{,tests/}*.o |
		awk '$2 ~ /^[tT]$/ { print $3 }' >"$build/functions"
	klog+=(--functions="$build/functions")
fi
echo "KTAP version 1"
echo "1..1"
# Results of tests may be among the lines that belong to a complaint.
if "${klog[@]}" | sed 's/^/# /'; then
	echo "ok 1 - KUnit on $name $series: the kernel log is clean"
else
	echo "not ok 1 - KUnit on $name $series: the kernel log is clean"
fi
exit "$status"
