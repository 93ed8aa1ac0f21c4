#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: selftests.sh [KERNEL...]
#
# Builds Linux 7.3 with statsfs grafted into it, boots that, and has it run KUnit
# and the selftest: as User Mode Linux with statsfs built in (um-y) and as modules
# (um-m), and built in for x86_64 in QEMU (x86_64-y).  Prints KTAP.  Minutes, most
# of them only the first time.
# shellcheck disable=SC2317 # functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$CACHE/selftests
tree=$work/tree
. tests/checks.sh
. tests/grafted.sh

kernels=("$@")
((${#kernels[@]})) || kernels=(um-y um-m x86_64-y)

# What a kernel is configured with: ours as it says.  Our KUnit tests are for what is
# built in, and the sample is a module.
config()
{
	local option

	cat graft/boot/common.config "graft/boot/$arch.config"
	for option in $(our_options); do
		case $option/$how in
		SAMPLE_STATSFS/*) echo "CONFIG_$option=m" ;;
		STATS_FS_KUNIT_TEST/m) ;;
		*) echo "CONFIG_$option=$how" ;;
		esac
	done
}

build()
{
	local image=linux

	if [[ $arch != um ]]; then
		image=bzImage
	fi
	mkdir -p "$objects"
	config >"$work/$kernel.config"
	KCONFIG_ALLCONFIG=$work/$kernel.config kbuild "$objects" ARCH="$arch" allnoconfig || return
	has_config "$objects" "$work/$kernel.config" || return
	kbuild "$objects" ARCH="$arch" "$image" modules
}

# As the kernel's developers build it; static, for an initramfs without libraries.
build_selftest()
{
	rm -rf "$objects/kselftest"
	kbuild "$objects" ARCH="$arch" headers || return
	env -u MAKEFLAGS -u MFLAGS make -s -C "$tree/tools/testing/selftests" \
		O="$objects" TARGETS=filesystems/statsfs LDFLAGS=-static
}

initramfs()
{
	local root=$work/initramfs

	rm -rf "$root"
	mkdir -p "$root/bin"
	cp graft/boot/init "$root"
	cp "$busybox" "$root/bin/busybox"
	cp "$objects/kselftest/filesystems/statsfs/statsfs_test" "$root" || return
	kbuild "$objects" ARCH="$arch" INSTALL_MOD_PATH="$root" modules_install || return
	rm -f "$root"/lib/modules/*/{build,source}
	(cd "$root" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) >"$work/$kernel.cpio"
}

run_um()
{
	"$objects/linux" mem=512M initrd="$work/$kernel.cpio" rdinit=/init panic=-1
}

run_x86_64()
{
	PATH=$("$TOP/scripts/qemu.sh"):$PATH
	qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none \
		-machine pc -accel tcg -cpu max -smp 2 -m 512M \
		-kernel "$objects/arch/x86/boot/bzImage" -initrd "$work/$kernel.cpio" \
		-append "console=ttyS0 panic=-1 no_timer_check end=reboot" -serial stdio
}

# Until it ends by itself.
boot()
{
	initramfs || return
	export -f "run_$arch"
	export TOP work objects kernel
	timeout --foreground 600 setpriv --pdeathsig KILL bash -c "run_$arch" </dev/null 2>&1 |
		tr -d '\r' >"$work/$kernel.console" || return
	grep -qx '== end' "$work/$kernel.console" || { tail -n 30 "$work/$kernel.console"; return 1; }
}

is_quiet()
{
	! "$TOP/tests/vm/klog.py" "$work/$kernel.console" | grep .
}

# All providers, a number each.
shows_numbers()
{
	sed -n '/^== providers$/,/^== log$/p' "$work/$kernel.console" | grep -v '^==' >"$work/numbers"
	cat "$work/numbers"
	[[ $(wc -l <"$work/numbers") -eq $(grep -cE '^[a-z0-9_/]+: [0-9]+$' "$work/numbers") ]] &&
		[[ $(grep -c . "$work/numbers") -ge 6 ]]
}

# How many suites and tests there are to be.
results_planned()
{
	local suites=0

	if [[ $how == y ]]; then
		# without the one that needs kmemleak
		suites=$(grep -l '^kunit_test_suite(' kunit/*_test.c | grep -vc leak_test)
	fi
	echo $((suites + $(grep -cE '^TEST(_F)?\(' graft/selftests/statsfs_test.c)))
}

# Their results: those of the selftest, of which nothing may be skipped, and the
# suites of KUnit with what is in them.
results()
{
	sed -n '/^== selftest$/,/^== status/p' "$work/$kernel.console" |
		sed -n -E 's/^ok (.*# SKIP)/not ok \1/; /^(not )?ok [0-9]/p'
	sed -n '/^== log$/,/^== end$/p' "$work/$kernel.console" |
		grep -E '^(    )+((not )?ok [0-9]|1\.\.[0-9]|# )|^(not )?ok [0-9]+ statsfs'
}

# They become results of this test.
pass_on()
{
	local line said

	while IFS= read -r line; do
		if [[ $line =~ ^((not )?ok)\ [0-9]+\ (.*) ]]; then
			checks=$((checks + 1))
			said="${BASH_REMATCH[1]} $checks - $kernel: ${BASH_REMATCH[3]}"
			[[ $line == ok* ]] || status=1
			echo "$said"
		else
			echo "$line"
		fi
	done
}

planned=0
for kernel in "${kernels[@]}"; do
	how=${kernel##*-}
	planned=$((planned + 5 + $(results_planned)))
done

"$TOP/scripts/packages.sh" vm kunit-um kunit-x86_64
lock "$work/.lock"
busybox=$("$TOP/scripts/kernel.sh" 6.1)/bin/busybox
"$TOP/scripts/copy-source.sh" 7.3 "$tree"
"$TOP/scripts/graft.py" graft "$tree"

echo "KTAP version 1"
echo "1..$planned"
for kernel in "${kernels[@]}"; do
	arch=${kernel%-*}
	how=${kernel##*-}
	objects=$work/$arch
	rm -f "$work/$kernel.console"
	step BUILD "Linux 7.3 with statsfs, $kernel: minutes the first time"
	check "$kernel: it builds" build
	check "$kernel: the selftest compiles" build_selftest
	step BOOT "$kernel; console: $work/$kernel.console"
	check "$kernel: it boots and ends" boot
	check "$kernel: the kernel does not complain" is_quiet
	check "$kernel: all providers show numbers" shows_numbers
	pass_on < <(results)
done
((checks == planned)) || status=1
exit "$status"
