#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# 100 network devices: all of their link counters.

. "${0%/*}/guest.sh"

modprobe dummy numdummies=100
for dev in /sys/class/net/dummy*; do
	ip link set "${dev##*/}" up
done
table "Network: 100 devices and lo, for each number"
many "" "statsfs, first snapshot" first $STATS/bufstat/net
many "half of RTM_GETSTATS" "statsfs, refresh of a snapshot, sums included" \
	refresh $STATS/bufstat/net
many "" "netlink, RTM_GETSTATS dump" getstats
many "" "netlink, RTM_GETLINK dump" getlink
many "" "/proc/net/dev, read" read /proc/net/dev
many "" "/proc/net/dev, read and parsed" parse /proc/net/dev
many "" "sysfs, class/net/*/statistics/*, read and parsed" \
	parse '/sys/class/net/*/statistics/*'
note "The limit is to load the numbers of a device where its driver keeps them, dev_get_stats() into a struct of 200 bytes, and to store what is shown of it: 3 or 4 for each number.  A refresh calls the same function once for each device."
