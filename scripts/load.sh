#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: load.sh DIRECTORY
#
# Loads the modules that were built there, and mounts statsfs.

set -e

for module in statsfs/statsfs providers/bufstat providers/bufstat_net \
	providers/bufstat_mm providers/bufstat_blk; do
	if [ ! -e "/sys/module/${module##*/}" ]; then
		insmod "$1/$module.ko"
	fi
done
if ! mountpoint -q /sys/kernel/stats; then
	mount -t statsfs none /sys/kernel/stats
fi
