#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Network namespaces: a mount shows those of the namespace that it was made in.

. "${0%/*}/lib.sh"

plan 41
NET=$STATS/bufstat/net
OTHER=/tmp/other
THIRD=/tmp/third

# inside NAMESPACE COMMAND...: in its network, but among our mounts
inside()
{
	namespace=$1
	shift
	nsenter --net="/run/netns/$namespace" "$@"
}

# kernel_counter NAMESPACE DEVICE COUNTER
kernel_counter()
{
	ip netns exec "$1" cat "/sys/class/net/$2/statistics/$3"
}

# send NAMESPACE ADDRESS NUMBER
send()
{
	# shellcheck disable=SC2016 # for the other shell
	inside "$1" bash -c '
		for _ in $(seq "$2"); do
			echo 0123456789 >"/dev/udp/$1/9"
		done' - "$2" "$3" 2>/dev/null
}

setup()
{
	need modprobe -a dummy veth
	mkdir -p /run/netns $OTHER $THIRD
	need ip netns attach here $$
	for namespace in other third; do
		need ip netns add $namespace
		need inside $namespace mount -t statsfs none /tmp/$namespace
	done
	for namespace in here other third; do
		# shellcheck disable=SC2016 # for the other shell
		ip netns exec $namespace sh -c '
			for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
				echo 1 >"$file"
			done'
		need ip -n $namespace link add same type dummy
		need ip -n $namespace link set same up
	done
	need ip address add 10.1.0.1/24 dev same
	need ip -n other address add 10.1.0.1/24 dev same
}

test_apart()
{
	is "a namespace has its own devices" "$(directories $OTHER/bufstat/net)" \
		"lo/ same/"
	is "and another one, too" "$(directories $THIRD/bufstat/net)" \
		"lo/ same/"
	is "the host has its own" "$(directories "$NET")" "eth0/ lo/ same/"
	is "what is not of a namespace is the same" \
		"$(directories $OTHER/bufstat/mm) $(directories \
		   $OTHER/bufstat/blk)" \
		"$(directories "$STATS/bufstat/mm") $(directories \
		   "$STATS/bufstat/blk")"
	is "a name is there once" "$(directories $OTHER/bufstat)" \
		"$(directories "$STATS/bufstat")"
	here=$(numbers "$NET/same/tx_buffers")
	other=$(numbers $OTHER/bufstat/net/same/tx_buffers)
	send here 10.1.0.2 3
	send other 10.1.0.2 5
	is "two devices of one name count for themselves" \
		"$(numbers "$NET/same/tx_buffers" \
		   $OTHER/bufstat/net/same/tx_buffers)" \
		"$((here + 3)) $((other + 5))"
	is "as the kernel says" \
		"$(numbers "$NET/same/tx_buffers" \
		   $OTHER/bufstat/net/same/tx_buffers)" \
		"$(kernel_counter here same tx_packets) $(kernel_counter other \
		   same tx_packets)"
	is "sums are those of the namespace" \
		"$(numbers $OTHER/bufstat/net/tx_buffers)" \
		"$(numbers $OTHER/bufstat/net/same/tx_buffers)"
	is "the host's without the others'" "$(numbers "$NET/tx_buffers")" \
		"$(($(numbers "$NET/same/tx_buffers") + \
		    $(numbers "$NET/eth0/tx_buffers") + \
		    $(numbers "$NET/lo/tx_buffers")))"
	is "nothing is shown above" \
		"$(sys open r "$STATS/bufstat/tx_buffers" \
		   open r $OTHER/bufstat/tx_buffers)" "ENOENT ENOENT"
}

test_reset()
{
	here=$(numbers "$NET/same/tx_bytes")
	need test "$here" -gt 0
	echo 0 >$OTHER/bufstat/net/tx_bytes
	is "a reset concerns one namespace" \
		"$(numbers $OTHER/bufstat/net/same/tx_bytes \
		   $OTHER/bufstat/net/tx_bytes "$NET/same/tx_bytes")" \
		"0 0 $here"
	send other 10.1.0.2 1
	check "which counts on" shows $OTHER/bufstat/net/tx_bytes -gt 0
}

test_mounts()
{
	mkdir /tmp/again
	need inside other mount -t statsfs none /tmp/again
	is "a second mount shows the same files" \
		"$(stat -c %d:%i /tmp/again/bufstat/net/same/tx_bytes)" \
		"$(stat -c %d:%i $OTHER/bufstat/net/same/tx_bytes)"
	check "and not those of the host" \
		[ "$(stat -c %d /tmp/again)" != "$(stat -c %d "$STATS")" ]
	need umount /tmp/again
	need mount -o remount,uid=1000,mode=0664 $OTHER
	is "options are those of a namespace" \
		"$(stat -c %u:%a $OTHER/bufstat/net/same/tx_bytes \
		   "$NET/same/tx_bytes" | paste -s -d ' ')" "1000:664 0:644"
	need mount -o remount,uid=0,mode=0644 $OTHER
	is "and stay with its mount" \
		"$(stat -c %u:%a $OTHER/bufstat/net/same/tx_bytes)" 0:644
	# A mount shows its namespace to whoever looks.
	is "it is the mount that counts, not who looks" \
		"$(inside third cat $OTHER/bufstat/net/same/tx_bytes)" \
		"$(numbers $OTHER/bufstat/net/same/tx_bytes)"
}

test_moves()
{
	need ip link add wanderer type dummy
	exec 3<"$NET/wanderer/tx_bytes"
	need ip link set wanderer netns other
	is "a device that moves moves in the trees" \
		"$(directories "$NET") $(directories $OTHER/bufstat/net)" \
		"eth0/ lo/ same/ lo/ same/ wanderer/"
	is "its files do not follow" "$(sys fd 3 read 64)" ENODEV
	need ip -n other link set wanderer netns third name traveller
	is "it can get another name by that" \
		"$(directories $OTHER/bufstat/net) $(directories \
		   $THIRD/bufstat/net)" "lo/ same/ lo/ same/ traveller/"
	need ip -n third link set traveller name wanderer
	need ip -n third link set wanderer netns here
	is "and come back" "$(directories "$NET")" \
		"eth0/ lo/ same/ wanderer/"
	is "what was open stays away" "$(sys fd 3 pread 64 0)" ENODEV
	exec 3<&-
	need ip link del wanderer
	is "what was there is not found" "$(sys open r "$NET/wanderer")" ENOENT
	need ip -n other link add later type dummy
	check "a name that was not there is found" \
		[ -e $OTHER/bufstat/net/later/tx_bytes ]
	is "in its own namespace" \
		"$(sys open r "$NET/later" open r $THIRD/bufstat/net/later)" \
		"ENOENT ENOENT"
	need ip -n other link set later name late
	is "also under another name" \
		"$(directories $OTHER/bufstat/net) $(directories "$NET")" \
		"late/ lo/ same/ eth0/ lo/ same/"
	need ip -n other link del late
}

test_names()
{
	need ip link add tx_bytes type dummy
	is "a device that is called as a sum is shown by its index" \
		"$(directories "$NET")" \
		":$(cat /sys/class/net/tx_bytes/ifindex)/ eth0/ lo/ same/"
	need ip link set tx_bytes netns other
	is "there as well" "$(directories $OTHER/bufstat/net | tr -d '0-9')" \
		":/ lo/ same/"
	need ip -n other link del tx_bytes
}

# Providers that come while there are namespaces and mounts.
test_providers()
{
	need rmmod bufstat_net
	is "without the provider nobody has devices" \
		"$(sys open r "$NET" open r $OTHER/bufstat/net \
		   open r $OTHER/bufstat/sock)" "ENOENT ENOENT ENOENT"
	need insmod "$STATSFS_MODULES/providers/bufstat_net.ko"
	is "with it everybody has his own" \
		"$(directories "$NET") $(directories $OTHER/bufstat/net)" \
		"eth0/ lo/ same/ lo/ same/"
	is "numbers of the kernel are the old ones" \
		"$(numbers $OTHER/bufstat/net/same/tx_bytes)" \
		"$(kernel_counter other same tx_bytes)"
}

test_end()
{
	need ip link add v0 type veth peer name v1
	need ip link set v1 netns third
	exec 3<$THIRD/bufstat/net/same/tx_bytes 4<$THIRD/bufstat/net \
		5<$THIRD/bufstat/sock/udp/sockets
	check "a namespace can be read" cat /dev/fd/3
	need ip netns del third
	check "a mount does not keep it" wait_until test ! -e "$NET/v0"
	check "its devices and sockets are gone" \
		wait_until test ! -e $THIRD/bufstat/sock
	is "its files are ENODEV" \
		"$(sys fd 3 pread 64 0 fd 5 read 64)" "ENODEV ENODEV"
	is "its directory is empty" "$(ls /proc/$$/fd/4/ 2>/dev/null)" ""
	is "the mount shows what belongs to nobody" \
		"$(directories $THIRD/bufstat)" "blk/ mm/ numa/ softnet/"
	exec 3<&- 4<&- 5<&-
	need ip netns add third
	mkdir /tmp/new
	need inside third mount -t statsfs none /tmp/new
	is "a new namespace has a tree of its own" \
		"$(directories /tmp/new/bufstat/net) $(sys open r \
		   $THIRD/bufstat/net)" "lo/ ENOENT"
	need umount /tmp/new
	need umount $THIRD
	need ip netns del third
	is "the others are as they were" \
		"$(directories "$NET") $(directories $OTHER/bufstat/net)" \
		"eth0/ lo/ same/ lo/ same/"
}

# Namespaces come and go under readers and mounts.
test_churn()
{
	{
		for _ in $(seq 5); do
			ip netns add churn
			ip -n churn link add d0 type dummy
			inside churn mount -t statsfs none $THIRD
			ip netns del churn
			umount $THIRD
		done
	} | "$STATSFS_BIN/hammer" 1000000000000 $THIRD/bufstat/net/d0/tx_bytes \
		$THIRD/bufstat/net/tx_bytes "$NET/tx_bytes" \
		"$STATS/bufstat/softnet/processed" >/tmp/hammer
	is "namespaces come and go under readers" \
		"$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	is "which leaves the others alone" "$(directories $OTHER/bufstat/net)" \
		"lo/ same/"
}

setup
test_apart
test_reset
test_mounts
test_moves
test_names
test_providers
test_end
test_churn
