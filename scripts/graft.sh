#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: graft.sh TREE
#
# Puts statsfs and its KUnit tests into a kernel source tree: links to the files
# here, a line in fs/Makefile and two in fs/Kconfig.

. "$(dirname "$0")/lib.sh"

tree=$(realpath -e "${1:?usage: graft.sh TREE}")

link_tree "$TOP/statsfs" "$tree/fs/statsfs"
link_tree "$TOP/kunit" "$tree/fs/statsfs/kunit"
ln -sf "$TOP/include/linux/statsfs.h" "$tree/include/linux"
ln -sf "$TOP/include/uapi/linux/statsfs.h" "$tree/include/uapi/linux"

# kbuild prefers this to the Makefile beside it: sources for the newest kernel
# get the interfaces that an older one lacks. The newest gets nothing.
cat >"$tree/fs/statsfs/Kbuild" <<'END'
include $(srctree)/fs/statsfs/compat.mk
ifneq ($(strip $(statsfs-compat-y)),)
subdir-ccflags-y += $(statsfs-compat-y) -include $(srctree)/fs/statsfs/compat.h
endif
include $(srctree)/fs/statsfs/Makefile
obj-$(CONFIG_STATS_FS_KUNIT_TEST) += kunit/
END

if ! grep -q statsfs "$tree/fs/Makefile"; then
	# shellcheck disable=SC2016 # make expands it
	echo 'obj-$(CONFIG_STATS_FS) += statsfs/' >>"$tree/fs/Makefile"
fi
if ! grep -q statsfs "$tree/fs/Kconfig"; then
	sed -i '$ i source "fs/statsfs/Kconfig"\nsource "fs/statsfs/kunit/Kconfig"' \
		"$tree/fs/Kconfig"
fi
