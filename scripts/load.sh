#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: load.sh DIRECTORY [PROVIDER...]
#
# Loads the modules that were built there, and mounts statsfs.  The providers are
# those of bufstat and what is named, such as kstats and cpustat.

set -e

directory=$1
shift

# load FILE
load()
{
	name=${1##*/}
	if [ ! -e "/sys/module/${name%.ko}" ]; then
		insmod "$directory/$1"
	fi
}

load statsfs/statsfs.ko
for provider in bufstat bufstat_net bufstat_mm bufstat_blk "$@"; do
	load "providers/$provider.ko"
done
if ! mountpoint -q /sys/kernel/stats; then
	mount -t statsfs none /sys/kernel/stats
fi
