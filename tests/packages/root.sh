#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: root.sh
#
# Makes a Debian in the cache, once, to install packages in, and prints its
# directory: with systemd, what the packages depend on, and the newest kernel but
# one. The newest is downloaded, for an update of the kernel without a network.

. "$(dirname "$0")/../../scripts/lib.sh"

RELEASE=bookworm

PACKAGES=(systemd-sysv udev dbus initramfs-tools kmod iproute2 curl util-linux)
# statsfs-dkms; openssl makes the key that modules are signed with
PACKAGES+=(dkms openssl)
# statsfs-tools
PACKAGES+=(libjson-c5 libmicrohttpd12 libncursesw6 libsmartcols1 libtinfo6 zlib1g)

# The one of another version of this is of no use any more.
base=$CACHE/packages/root-$(sha256sum "$0" | cut -c 1-12)
here=$(realpath "$(dirname "$0")/../../scripts")

inside()
{
	"$here/chroot.sh" "$new" -- env DEBIAN_FRONTEND=noninteractive "$@" >&2
}

# Only what the virtual machine has goes into an initramfs: it is unpacked by an
# emulated processor.
configure()
{
	cp /etc/resolv.conf "$new/etc"
	echo MODULES=list >"$new/etc/initramfs-tools/conf.d/statsfs-test"
	printf '%s\n' virtio_pci virtio_blk ext4 >>"$new/etc/initramfs-tools/modules"
	echo statsfs-test >"$new/etc/hostname"
	echo '/dev/vda / ext4 defaults 0 1' >"$new/etc/fstab"
}

# The newest two kernels that have headers, the newest first.
kernels()
{
	"$here/chroot.sh" "$new" -- apt-cache pkgnames linux-image-6.1.0- |
		sed -n 's/^linux-image-\(6\.1\.0-[0-9]*-amd64\)$/\1/p' | sort -rV | head -n 2
}

install_kernels()
{
	local newest older

	{ read -r newest && read -r older; } < <(kernels) || die "apt has no two kernels to offer"
	step APT "install Linux $older, download $newest"
	inside apt-get -q -y --no-install-recommends install \
		"linux-image-$older" "linux-headers-$older"
	inside apt-get -q -y --no-install-recommends --download-only install \
		"linux-image-$newest" "linux-headers-$newest"
}

# What mmdebstrap mounts goes with it, also when it is interrupted.
make_root()
{
	local mirror list

	mirror=$("$here/backports.sh" mirror)
	step UNPACK "a Debian $RELEASE with systemd to install packages in"
	"$here/packages.sh" chroot
	list=$(IFS=, && echo "${PACKAGES[*]}")
	as_root unshare --mount --propagation=private \
		mmdebstrap --quiet --variant=minbase --skip=cleanup/apt/lists \
		--aptopt='APT::Install-Recommends "false"' --include="$list" \
		"$RELEASE" "$new" "deb $mirror $RELEASE main" >&2
}

make_base()
{
	as_root rm -rf "$CACHE/packages"/root*
	make_root
	configure
	install_kernels
}

make_once "$base" make_base
echo "$base"
