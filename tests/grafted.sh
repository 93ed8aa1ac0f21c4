# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# For tests that build a grafted kernel; to be sourced.  $tree is its source.

# kbuild OBJECTS ARGUMENT...
kbuild()
{
	env -u MAKEFLAGS -u MFLAGS make -s -C "$tree" O="$1" -j"$(nproc)" "${@:2}"
}

# All options of ours that the source has, less those of measurements.
our_options()
{
	sed -n 's/^config \(STATS_FS\|STATS_FS_KUNIT_TEST\|BUFSTAT\w*\|KSTATS\|CPUSTAT\|SAMPLE_STATSFS\)$/\1/p' \
		"$tree"/fs/statsfs/{,*/}Kconfig "$tree"/samples/statsfs/Kconfig 2>/dev/null
}

# has_config OBJECTS FILE: kconfig leaves out silently what depends on something
# that is not there.
has_config()
{
	! grep '^CONFIG' "$2" | grep -vxFf "$1/.config"
}
