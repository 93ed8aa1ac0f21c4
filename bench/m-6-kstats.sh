#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The seven fields of kstats.

. "${0%/*}/guest.sh"

insmod "$STATSFS_MODULES/providers/kstats.ko"
table "The seven fields of kstats, all at once"
row "statsfs, refresh of kstats" \
	"$(measure refresh $STATS/kstats | cut -d " " -f 1)"
row "/proc/stat, loadavg, meminfo, uptime: read" \
	"$(measure read /proc/stat /proc/loadavg /proc/meminfo /proc/uptime |
	   cut -d " " -f 1)"
row "and parsed" \
	"$(measure parse /proc/stat /proc/loadavg /proc/meminfo /proc/uptime |
	   cut -d " " -f 1)"
note "The limit is a walk over all threads for those that run, about 215 instructions for each; everything else is a handful of loads.  The four files print what nobody asked for."
