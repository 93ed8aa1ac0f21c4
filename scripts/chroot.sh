#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: chroot.sh ROOT DIRECTORY... -- COMMAND...
#
# Runs the command with ROOT as its root, where these directories are what they are
# here. The mounts are its own, and go with it.

. "$(dirname "$0")/lib.sh"

root=${1:?usage: chroot.sh ROOT DIRECTORY... -- COMMAND...}
shift

if [[ ! ${STATSFS_CHROOT-} ]]; then
	as_root unshare --mount --propagation=private \
		env STATSFS_CHROOT=yes "$0" "$root" "$@"
	exit
fi
for directory in /proc /dev; do
	mount --bind "$directory" "$root$directory"
done
while [[ $1 != -- ]]; do
	mkdir -p "$root$1"
	mount --bind "$1" "$root$1"
	shift
done
shift
exec chroot "$root" "$@"
