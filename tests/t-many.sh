#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Two thousand network devices that come and go in one batch; on a kernel that is
# slow, four hundred.

. "${0%/*}/lib.sh"

plan 20
NET=$STATS/bufstat/net
GROUP=7
# The senders send: the first one packet, the second two, and so on.
if [ "$VM_PATIENCE" = 1 ]; then
	DEVICES=2000
	SENDERS="0 1 250 777 1023 1024 1500 1999"
else
	DEVICES=400
	SENDERS="0 1 50 155 255 256 300 399"
fi
SENT=36

setup()
{
	need modprobe dummy numdummies=0
	# No packets but ours.
	for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
		[ ! -e "$file" ] || echo 1 >"$file"
	done
	for i in $(seq 0 $((DEVICES - 1))); do
		echo "link add m$i group $GROUP type dummy"
	done >/tmp/come
	number=0
	for i in $SENDERS; do
		number=$((number + 1))
		echo "link set m$i up"
		echo "address add 10.1.$number.1/24 dev m$i"
	done >/tmp/up
}

send()
{
	# shellcheck disable=SC2016 # for the other shell
	bash -c '
		for number in $(seq "$1"); do
			for _ in $(seq "$number"); do
				echo 0123456789 >"/dev/udp/10.1.$number.2/9"
			done
		done' - "$number" 2>/dev/null
}

same_devices()
{
	[ "$(directories "$NET")" = "$(directories /sys/class/net)" ]
}

# How many devices have the number, and the sum.
total()
{
	cat "$NET"/m*/"$1" | awk '{ total += $1 } END { print NR, total }'
}

compare_sums()
{
	for counter in rx_buffers:rx_packets tx_buffers:tx_packets \
		rx_bytes:rx_bytes tx_bytes:tx_bytes tx_dropped:tx_dropped; do
		echo "counter $NET/${counter%:*}" \
			/sys/class/net/*/statistics/"${counter#*:}"
	done | awk -f "${0%/*}/sandwich.awk"
}

# What is read from descriptor 3.
held()
{
	sys fd 3 pread 64 0 | tr -d '\\n'
}

test_come()
{
	exec 3<"$NET/tx_buffers"
	before=$(held)
	need ip -batch /tmp/come
	check "all devices are shown" same_devices
	is "each of them once" "$(find "$NET" -name 'm*' -type d | wc -l)" \
		$DEVICES
	is "they have sent nothing" "$(total tx_buffers)" "$DEVICES 0"
	need ip -batch /tmp/up
	send
	is "what some have sent is counted" "$(total tx_buffers)" \
		"$DEVICES $SENT"
	check "sums are the kernel's over all devices" compare_sums
	check "also for who has held a file" [ "$(held)" -ge $((before + SENT)) ]
	echo 0 >"$NET/tx_bytes"
	is "a reset of the sum is one of all" "$(total tx_bytes)" "$DEVICES 0"
	is "and only of that number" "$(total tx_buffers)" "$DEVICES $SENT"
	exec 3<&-
}

# await DEVICE: the process that makes it has ended if it cannot.
await()
{
	until [ -e "/sys/class/net/$1" ]; do
		if is_state $pid Z; then
			bail "ip has made no device $1"
		fi
		sleep 0.1
	done
	need wait_state $pid S
}

# Removes all devices in one batch.  How often the process that did it has waited
# goes to $waited: it does something else before and after, so that we know when
# to look.
remove()
{
	rm -f /tmp/commands
	need mkfifo /tmp/commands
	ip -batch - </tmp/commands &
	pid=$!
	exec 4>/tmp/commands
	echo link add before type dummy >&4
	await before
	waited=$(switches $pid)
	printf '%s\n' "link del group $GROUP" "link add after type dummy" >&4
	await after
	waited=$(($(switches $pid) - waited))
	exec 4>&-
	wait $pid || bail "ip failed"
	need ip link del before
	need ip link del after
}

test_go()
{
	exec 3<"$NET/m$((DEVICES - 1))/tx_buffers"
	need test "$(held)" = 8
	remove
	with=$waited
	is "all can go in one batch" "$(find "$NET" -name 'm*' -type d)" ""
	check "which leaves the others" same_devices
	is "open files are ENODEV" "$(held)" ENODEV
	exec 3<&-
	check "nothing of them stays in memory" can_be_dropped
}

# Devices that were there first.
test_load()
{
	need rmmod bufstat_net
	need ip -batch /tmp/come
	need insmod "$STATSFS_MODULES/providers/bufstat_net.ko"
	check "devices that were there before are shown" same_devices
	is "all of them" "$(total tx_buffers)" "$DEVICES 0"
	check "sums are the kernel's again" compare_sums
	need rmmod bufstat_net
	is "until the module goes" "$(sys open r "$NET")" ENOENT
	remove
	diagnose "the removal waited $with times, $waited without the module"
	check "their removal does not wait for each" \
		[ "$with" -lt $((waited + DEVICES / 10)) ]
	need insmod "$STATSFS_MODULES/providers/bufstat_net.ko"
	check "what has gone meanwhile is not shown" same_devices
	check "nothing stays in memory" can_be_dropped
}

setup
test_come
test_go
test_load
is "the log names none that is not shown" "$(dmesg | grep 'bufstat: ')" ""
