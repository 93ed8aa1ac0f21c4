#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: netdev.sh [DEVICES]
#
# What bufstat_net adds to the creation and the removal of network devices, 2,000
# unless told otherwise: one by one, and all in one batch.  In instructions, by the
# clock of a virtual machine that counts them.  What else the machine does, writing
# what others have changed for example, only adds to that, now and then: of three
# rounds the least is shown.  The machine is started twice, without the module and
# with it.

. "$(dirname "$0")/lib.sh"
DEVICES=${1:-2000}

# Runs in the guest, as "sh -c"; prints a name and a number of instructions for
# each part of each round.  The first round only fills caches.
# shellcheck disable=SC2016 # for the other shell
GUEST='
	modprobe dummy numdummies=0
	for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
		echo 1 >"$file"
	done
	if [ "$WITH" = no ]; then
		rmmod bufstat_net
	fi
	for i in $(seq "$DEVICES"); do
		echo "link add m$i group 7 type dummy" >&3
		echo "link del m$i" >&4
	done 3>/tmp/create 4>/tmp/delete
	echo "link del group 7" >/tmp/batch
	# For how long tasks, with interrupts in them, have run.  The rest is
	# waiting, for grace periods for example, in which the clock goes on.
	instructions()
	{
		awk "/^cpu0/ { print \$8 }" /proc/schedstat
	}
	# The start and the end of ip are in it.
	measure()
	{
		before=$(instructions)
		ip -batch "/tmp/$2"
		after=$(instructions)
		if [ "$round" -gt 1 ]; then
			echo "$1 $((after - before))"
		fi
	}
	for round in 1 2 3 4; do
		measure create create
		measure delete delete
		measure "create again" create
		measure "delete in one batch" batch
	done'

without=$(counted "WITH=no DEVICES=$DEVICES; $GUEST")
with=$(counted "WITH=yes DEVICES=$DEVICES; $GUEST")
paste -d : <(echo "$without") <(echo "$with") | awk -F : -v n="$DEVICES" '
	{
		name = $1
		sub(/ [0-9]+$/, "", name)
		sub(/.* /, "", $1)
		sub(/.* /, "", $2)
		if (!(name in without)) {
			names[++nr] = name
			without[name] = $1
			with[name] = $2
		}
		without[name] = $1 < without[name] ? $1 : without[name]
		with[name] = $2 < with[name] ? $2 : with[name]
	}
	END {
		printf "%-22s %13s %13s %8s %7s\n", "per device", "without",
			"with", "adds", "%"
		for (i = 1; i <= nr; i++) {
			name = names[i]
			added = with[name] - without[name]
			printf "%-22s %13d %13d %8d %7.2f\n", name,
				without[name] / n, with[name] / n, added / n,
				added * 100 / without[name]
		}
	}'
