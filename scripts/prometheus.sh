#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unpacks Debian's Prometheus into the cache, once, and prints the directory of its
# programs, prometheus and promtool. Installed, it would run as a service.

. "$(dirname "$0")/lib.sh"

directory=$CACHE/prometheus

unpack()
{
	local new

	new=$(mktemp -d "$CACHE/.prometheus.XXXXXX")
	cd "$new"
	step FETCH "Debian's prometheus"
	apt_download prometheus || { apt_update && apt_download prometheus; } ||
		die "apt has no prometheus to offer"
	dpkg-deb -x prometheus_*.deb .
	rm prometheus_*.deb
	chmod 755 "$new"
	mv -T "$new" "$directory"
}

if [[ ! -e $directory ]]; then
	lock "$CACHE/.prometheus.lock"
fi
if [[ ! -e $directory ]]; then
	unpack
fi
echo "$directory/usr/bin"
