#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: packages.sh PURPOSE...
#
# Installs what is missing of the Debian packages for these purposes, unless
# STATSFS_PACKAGES=no says that this is somebody else's matter.

. "$(dirname "$0")/lib.sh"

declare -A packages=(
	# the compiler and libelf1 are what the unpacked kernel headers need
	[vm]="qemu-system-x86 cpio kmod mount dmsetup iproute2 iputils-ping tmux libc6-dev linux-compiler-gcc-12-x86 libelf1"
	# a Debian to build for newer kernels in
	[chroot]="mmdebstrap"
	[headers]="linux-headers-amd64 kmod"
	[kunit-um]="libc6-dev flex bison bc xz-utils perl"
	[kunit-x86_64]="libc6-dev flex bison bc xz-utils perl libelf-dev libssl-dev qemu-system-x86"
	[docs]="python3-sphinx python3-yaml mandoc bsdextrautils perl"
	[kernel]="libc6-dev flex bison bc xz-utils perl libelf-dev libssl-dev"
	[debug]="libc6-dev flex bison bc xz-utils perl libelf-dev libssl-dev kmod"
	[kunit-i386]="libc6-dev flex bison bc xz-utils perl libelf-dev libssl-dev qemu-system-x86"
	[kunit-s390]="libc6-dev flex bison bc xz-utils perl libelf-dev libssl-dev qemu-system-misc gcc-s390x-linux-gnu"
	[tools]="libc6-dev libjson-c-dev libsmartcols-dev libncurses-dev libmicrohttpd-dev zlib1g-dev libcmocka-dev pkgconf g++ zsh tmux"
	[metrics]="python3-prometheus-client"
	[fuzz]="clang-14 libclang-rt-14-dev"
	# to build packages, and a Debian to install them in
	[packages]="dpkg-dev debhelper dh-dkms lintian mmdebstrap e2fsprogs qemu-system-x86"
	[clang]="clang-19 lld-19 llvm-19"
	# some of the kernel's semantic patches contain OCaml
	[lint]="xz-utils perl sparse coccinelle ocaml shellcheck cppcheck python3-docutils mandoc"
)

if [[ ${STATSFS_PACKAGES-} == no ]]; then
	exit
fi

is_missing()
{
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) != installed ]]
}

# Two makes may want packages at the same time.
install()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o DPkg::Lock::Timeout=600 \
		install --no-install-recommends "$@" >&2
}

missing=()
for purpose; do
	for package in ${packages[$purpose]}; do
		if is_missing "$package"; then
			missing+=("$package")
		fi
	done
done

if ((${#missing[@]})); then
	step APT "install ${missing[*]}"
	# The lists may be empty, or name what the mirror no longer has.
	install "${missing[@]}" || { apt_update && install "${missing[@]}"; }
fi
