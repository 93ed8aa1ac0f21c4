#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unpacks Debian's Prometheus into the cache, once, and prints the directory of its
# programs, prometheus and promtool. Installed, it would run as a service.

. "$(dirname "$0")/lib.sh"

directory=$CACHE/prometheus

make_prometheus()
{
	step FETCH "Debian's prometheus"
	apt_download prometheus || { apt_update && apt_download prometheus; } ||
		die "apt has no prometheus to offer"
	unpack_packages
}

make_once "$directory" make_prometheus
echo "$directory/usr/bin"
