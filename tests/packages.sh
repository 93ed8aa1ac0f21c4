#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: packages.sh [--build]
#
# Builds the Debian packages and has lintian look at them. Then installs them in a
# Debian of its own, updates the kernel there, and boots that: see what one boot
# checks in packages/guest.sh. With --build only the first. Prints KTAP.
# shellcheck disable=SC2317 # functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$CACHE/packages/work
root=$work/root
. tests/checks.sh
version=$(dpkg-parsechangelog -S Version)

# As it is checked out, without what was built there.
copy_source()
{
	rm -rf "$work/build"
	mkdir -p "$work/build/statsfs"
	git ls-files -z --cached --others --exclude-standard |
		tar -c --null --files-from=- | tar -x -C "$work/build/statsfs"
}

# The flags of the machine that calls this are not those of a package.
build()
{
	copy_source
	cd "$work/build/statsfs" &&
		env -u MAKEFLAGS -u MFLAGS -u CFLAGS -u CPPFLAGS -u LDFLAGS \
			dpkg-buildpackage -us -uc -b
}

lint()
{
	lintian --allow-root --fail-on error,warning "$work"/build/*.changes
}

package()
{
	echo "$work"/build/"$1"_"$version"_*.deb
}

contents()
{
	dpkg-deb -c "$(package "$1")" | awk '$1 !~ /^d/ { print $6 }'
}

# What the modules are built from, and nothing else: an unknown file is a surprise.
only_sources()
{
	contents statsfs-dkms | grep '^./usr/src/' | sed 's|^./usr/src/[^/]*/||' |
		grep -vxE -e 'dkms\.conf|Kbuild|include/(uapi/)?linux/statsfs\.h' \
			-e '(statsfs|providers)/([a-z_]+\.(c|h|mk)|Makefile)' \
			-e 'statsfs/compat/.*\.h'
}

is_shared()
{
	dpkg-deb -f "$(package statsfs-tools)" Depends | grep 'libstatsfs1' &&
		! contents libstatsfs1 | grep -v '/libstatsfs\.so\.1\|/usr/share/doc/'
}

in_root()
{
	scripts/chroot.sh "$root" -- env DEBIAN_FRONTEND=noninteractive "$@"
}

kernel_of()
{
	find "$root"/lib/modules -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1
}

make_root()
{
	local base

	base=$(tests/packages/root.sh)
	rm -rf "$root"
	mkdir -p "$root"
	as_root cp -a --reflink=auto "$base/." "$root"
	mkdir -p "$root/root/tests/packages" "$root/root/packages"
	cp tests/lib.sh "$root/root/tests"
	cp tests/packages/guest.sh "$root/root/tests/packages"
	cp "$(package statsfs-dkms)" "$(package statsfs-tools)" "$(package libstatsfs1)" \
		"$root/root/packages"
	write_unit
	in_root /root/tests/packages/guest.sh before
}

install_packages()
{
	in_root sh -c 'apt-get -q -y --no-install-recommends install /root/packages/*.deb'
}

# update_kernel: what was downloaded with the root
update_kernel()
{
	local newest

	newest=$(printf '%s\n' "$root"/var/cache/apt/archives/linux-image-*.deb |
		sed 's/.*linux-image-//; s/_.*//' | sort -V | tail -n 1)
	[[ ! -e $root/lib/modules/$newest ]] || { echo "there is no newer one"; return 1; }
	in_root apt-get -q -y --no-install-recommends --no-download install \
		"linux-image-$newest" "linux-headers-$newest"
	in_root dkms status | tee "$work/status"
	(($(grep -c "^statsfs/$version, .*: installed\$" "$work/status") == 2)) &&
		[[ -e $root/lib/modules/$newest/updates/dkms/cpustat.ko ]]
}

# fake_kernel RELEASE: one that DKMS can try to build for, in vain
fake_kernel()
{
	mkdir -p "$root/lib/modules/$1/build/include"
	printf 'CONFIG_%s=y\n' SYSFS NET BLOCK >"$root/lib/modules/$1/build/.config"
	printf 'all clean:\n\t@echo no such kernel; false\n' >"$root/lib/modules/$1/build/Makefile"
	in_root dkms build "statsfs/$version" -k "$1"
}

old_is_skipped()
{
	local status=0

	fake_kernel 5.10.0-1-amd64 || status=$?
	rm -r "$root/lib/modules/5.10.0-1-amd64"
	[[ $status == 77 ]]
}

unknown_is_said()
{
	local status=0

	fake_kernel 99.0.0-1-amd64 || status=$?
	rm -r "$root/lib/modules/99.0.0-1-amd64"
	grep 'no such kernel' "$root/var/lib/dkms/statsfs/$version/build/make.log" || return
	[[ $status == 10 ]]
}

# The machine does one boot's checks, and boots again.
write_unit()
{
	cat >"$root/etc/systemd/system/packages-test.service" <<-END
		[Unit]
		After=multi-user.target

		[Service]
		Environment=VM_PATIENCE=5
		ExecStart=/root/tests/packages/guest.sh
		ExecStopPost=systemctl --no-block reboot
		StandardOutput=tty
		StandardError=tty
		TTYPath=/dev/ttyS1
	END
	mkdir -p "$root/etc/systemd/system/graphical.target.wants"
	ln -sf ../packages-test.service "$root/etc/systemd/system/graphical.target.wants"
}

# An emulated depmod takes minutes over all drivers, and udev would load many.
without_drivers()
{
	local modules

	for modules in "$root"/lib/modules/*; do
		find "$modules/kernel/drivers" -mindepth 1 -maxdepth 1 \
			! -name virtio ! -name block ! -name char ! -name crypto -exec rm -r {} +
		rm -r "$modules/kernel/sound"
		in_root depmod "${modules##*/}"
	done
}

# One to purge the packages on, and another to upgrade them.
make_disks()
{
	without_drivers
	kernel=$(kernel_of)
	cp "$root/boot/vmlinuz-$kernel" "$work/vmlinuz"
	cp "$root/boot/initrd.img-$kernel" "$work/initrd"
	rm -f "$work"/disk*
	as_root env PATH="$PATH:/usr/sbin" mke2fs -q -t ext4 -d "$root" "$work/disk1" 4G &&
		cp --sparse=always "$work/disk1" "$work/disk2"
}

purge()
{
	in_root dpkg --purge statsfs-dkms statsfs-tools libstatsfs1
}

left()
{
	in_root /root/tests/packages/guest.sh left
}

# boot DISK STAGE: what it prints comes later, as KTAP of its own
boot()
{
	tests/packages/machine.py --append="${3-}" "$work/$1" "$work/vmlinuz" "$work/initrd" "$2" \
		>"$work/$2.ktap"
}

check_build()
{
	check "packages: all that the build needs is declared and there" \
		dpkg-checkbuilddeps debian/control
	check "packages: dpkg-buildpackage" build
	check "packages: lintian" lint
	check "packages: the modules' sources and nothing else" is_silent only_sources
	check "packages: the program and the library apart" is_shared
}

check_install()
{
	check "packages: a Debian to install in" make_root
	check "packages: installed" install_packages
	check "packages: a newer kernel gets its modules" update_kernel
	check "packages: an old kernel is left out" old_is_skipped
	check "packages: that a kernel cannot be built for is said" unknown_is_said
	check "packages: a disk" make_disks
	check "packages: purged where nothing runs" purge
	check "packages: nothing is left" is_silent left
}

check_boots()
{
	local stage stages=(enforced first again gone upgrade unbuilt) disk append

	for stage in "${stages[@]}"; do
		case $stage in
		upgrade | unbuilt) disk=disk2 ;;
		*) disk=disk1 ;;
		esac
		append=
		# as with Secure Boot
		if [[ $stage == enforced ]]; then
			append=module.sig_enforce=1
		fi
		check "packages: the boot \"$stage\" ends well" boot "$disk" "$stage" "$append"
	done
	# Documents of their own, so not within this one.
	for stage in "${stages[@]}"; do
		echo "# packages: $stage"
		cat "$work/$stage.ktap"
		! grep -q '^not ok\|^Bail out' "$work/$stage.ktap" || status=1
	done
}

lock "$CACHE/packages/.work-lock"
"$TOP/scripts/packages.sh" tools packages
echo "KTAP version 1"
if [[ ${1-} == --build ]]; then
	echo "1..5"
	check_build
else
	echo "1..19"
	check_build
	check_install
	check_boots
	rm -rf "$root" "$work"/disk*
fi
exit "$status"
