#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Memory of 2 nodes.

. "${0%/*}/guest.sh"

table "Memory of 2 nodes, for each number"
many "" "statsfs, refresh of bufstat/mm" refresh $STATS/bufstat/mm
many "" "statsfs, refresh of bufstat/numa" refresh $STATS/bufstat/numa
many "" "nodes' meminfo, read" read '/sys/devices/system/node/node*/meminfo'
many "" "nodes' meminfo, read and parsed" \
	parse '/sys/devices/system/node/node*/meminfo'
many "" "nodes' vmstat, read and parsed" \
	parse '/sys/devices/system/node/node*/vmstat'
many "" "/proc/meminfo, read and parsed" parse /proc/meminfo
many "" "/proc/vmstat, read and parsed" parse /proc/vmstat
note "The limit are the counters themselves: those of zones and nodes are kept for each CPU and added up by vmstat; of what is folded exactly, each number is a loop over possible CPUs."
