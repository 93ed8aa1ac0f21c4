#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# 20 disks.

. "${0%/*}/guest.sh"

modprobe null_blk nr_devices=20
table "20 disks, for each number"
many "" "statsfs, refresh of bufstat/blk" refresh $STATS/bufstat/blk
many "" "/proc/diskstats, read" read /proc/diskstats
many "" "/proc/diskstats, read and parsed" parse /proc/diskstats
many "" "sysfs, block/*/stat, read and parsed" parse '/sys/block/*/stat'
note "The limit are the counters of a disk, which the kernel keeps for each CPU: a loop over possible CPUs for each group of them."
