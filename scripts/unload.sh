#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Unmounts statsfs and unloads its modules.

set -e

if mountpoint -q /sys/kernel/stats; then
	umount /sys/kernel/stats
fi
for module in statsfs_kvm kstats cpustat bufstat_blk bufstat_mm bufstat_net bufstat \
	statsfs; do
	if [ -e "/sys/module/$module" ]; then
		rmmod "$module"
	fi
done
