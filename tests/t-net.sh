#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/net: numbers beside the kernel's own, and devices that come, go and
# are renamed.

. "${0%/*}/lib.sh"

plan 69
NET=$STATS/bufstat/net
STOP=/tmp/stop

# send FROM-NAMESPACE ADDRESS NUMBER SIZE: packets from ports of their own
send()
{
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec "$1" bash -c '
		text=$(printf "%0*d" "$3" 0)
		for _ in $(seq "$2"); do
			echo "$text" >"/dev/udp/$1/9"
		done' - "$2" "$3" "$4" 2>/dev/null
}

# Namespaces: ours, as "here", and one at the other end of v0 -- v1, to which
# packets of v0 may be larger than it takes, and the reverse for w0 -- w1.
setup()
{
	need modprobe -a dummy veth ipip sch_tbf
	mkdir -p /run/netns
	need ip netns attach here $$
	need ip netns add there
	# No packets but ours.
	for namespace in here there; do
		# shellcheck disable=SC2016 # for the other shell
		ip netns exec $namespace sh -c '
			for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
				echo 1 >"$file"
			done'
	done
	for i in 0 1; do
		need ip link add "d$i" numtxqueues 4 type dummy
		need ip address add "10.1.$i.1/24" dev "d$i"
		need ip link set "d$i" up
	done
	for pair in v w; do
		need ip link add ${pair}0 type veth peer name ${pair}1
		need ip link set ${pair}1 netns there
		need ip -n there link set ${pair}1 up
		need ip link set ${pair}0 up
	done
	need ip address add 10.2.0.1/24 dev v0
	need ip -n there address add 10.2.0.2/24 dev v1
	need ip -n there link set v1 mtu 1000
	need ip address add 10.3.0.1/24 dev w0
	need ip -n there address add 10.3.0.2/24 dev w1
	need ip link set w0 mtu 1000
	# Somebody whom v0 is not.
	need ip -n there neighbour replace 10.2.0.3 lladdr 02:00:00:00:00:03 \
		nud permanent dev v1
	# A tunnel to where nothing can be sent.
	need ip route add blackhole 10.4.0.2
	need ip tunnel add tun mode ipip remote 10.4.0.2 local 10.2.0.1
	need ip address add 10.5.0.1/24 dev tun
	need ip link set tun up
	# A device of which all counters have numbers.
	need insmod "$STATSFS_MODULES/tests/modules/net_test.ko"
}

traffic()
{
	send here 10.1.0.2 3 100
	send here 10.2.0.2 4 100
	send here 10.2.0.2 2 1400
	send here 10.3.0.2 1 100
	send there 10.3.0.1 5 100
	send there 10.3.0.1 3 1400
	send there 10.2.0.3 8 100
	send here 10.5.0.2 6 100
	send here 127.0.0.1 7 100
	send here 10.0.2.2 2 100
}

keep_sending()
{
	until [ -e $STOP ]; do
		traffic
	done
}

# values DEVICE: what is compared, as sandwich.awk takes it: all that sysfs has
values()
{
	for file in "/sys/class/net/$1/statistics"/*; do
		name=${file##*/}
		echo "counter $NET/$1/$(echo "$name" | sed 's/_packets/_buffers/')" \
			"$file"
	done
}

# And what only "ip" has, if it is not 0.
otherhost()
{
	number=$(ip -s -s -j link show dev "$1" |
		sed -n 's/.*"otherhost":\([0-9]*\).*/\1/p')
	echo "${number:-0}"
}

compare()
{
	values "$1" | awk -f "${0%/*}/sandwich.awk" || return
	before=$(otherhost "$1")
	ours=$(numbers "$NET/$1/rx_otherhost_dropped")
	after=$(otherhost "$1")
	if ! between "$before" "$ours" "$after"; then
		echo "rx_otherhost_dropped: $ours, ip has $before and $after"
		return 1
	fi
}

# Names of counters, and those that are compared.
counters()
{
	find "$1/" -maxdepth 1 -type f -perm -200 -printf '%f\n' | sort |
		paste -s -d ' '
}

compared()
{
	{
		echo rx_otherhost_dropped
		values "$1" | sed 's/^[^ ]* [^ ]*\/\([a-z_]*\) .*/\1/'
	} | sort | paste -s -d ' '
}

nonzero()
{
	for file in "$NET/$1/$2" "/sys/class/net/$1/statistics/${3:-$2}"; do
		[ "$(numbers "$file")" -gt 0 ] || return 1
	done
}

# sums: of all counters over the devices
sums()
{
	for name in $(counters "$NET"); do
		echo "counter $NET/$name $(find "$NET"/*/"$name" |
			paste -s -d ' ')"
	done
}

compare_sums()
{
	sums | awk -f "${0%/*}/sandwich.awk"
}

test_numbers()
{
	traffic
	is "the devices of this namespace are shown" \
		"$(cd "$NET" && echo */)" "$(cd /sys/class/net && echo */)"
	is "all counters are compared" "$(counters "$NET/lo")" \
		"$(compared lo)"
	keep_sending &
	for device in v0 lo; do
		check "$device agrees with the kernel while it works" \
			compare "$device"
	done
	check "sums are those of the devices then" compare_sums
	touch $STOP
	wait
	for device in d0 d1 v0 w0 tun lo eth0 counted; do
		check "$device agrees with the kernel" compare "$device"
	done
	check "sums are those of the devices" compare_sums
	check "of which some sent" nonzero d0 tx_buffers tx_packets
	check "some received" nonzero w0 rx_bytes
	check "some dropped what they sent" nonzero v0 tx_dropped
	check "some what they received" nonzero w0 rx_dropped
	check "and some failed" nonzero tun tx_errors
	check "some packets were for others" [ "$(otherhost v0)" -gt 0 ]
	is "no two counters of a device need be equal" "$(values counted |
		sed 's/.* //' | xargs cat | sort | uniq -d)" ""
	line=$(ip -s link show dev v0 | sed -n '/RX:/{n;p}; /TX:/{n;p}')
	is "ip -s link says the same" \
		"$(cd "$NET/v0" && numbers rx_bytes rx_buffers rx_errors \
		   rx_dropped tx_bytes tx_buffers tx_errors tx_dropped)" \
		"$(echo "$line" | sed 's/^ *\([0-9]* *[0-9]* *[0-9]* *[0-9]*\).*/\1/' |
		   tr -s ' ' '\n' | paste -s -d ' ')"
}

test_sums()
{
	is "there are no sums further up" \
		"$(sys open r "$NET/../rx_bytes")" ENOENT
}

# queued DEVICE: what tc says is waiting in the root
queued()
{
	tc -s qdisc show dev "$1" root |
		sed -n 's/.*backlog [0-9A-Za-z]*b \([0-9]*\)p.*/\1/p' | head -n 1
}

test_queues()
{
	tbf="tbf rate 8bit burst 200 limit 100000"
	is "nothing is queued" "$(numbers "$NET/d0/tx_queued_buffers")" 0
	# shellcheck disable=SC2086 # several words
	need tc qdisc replace dev d0 root $tbf
	send here 10.1.0.2 6 100
	check "packets wait in the discipline of all queues" \
		[ "$(queued d0)" -ge 5 ]
	is "and count once" "$(numbers "$NET/d0/tx_queued_buffers")" \
		"$(queued d0)"
	need tc qdisc replace dev d1 root handle 1: mq
	for i in 1 2 3 4; do
		# shellcheck disable=SC2086
		need tc qdisc replace dev d1 parent 1:$i $tbf
	done
	send here 10.1.1.2 20 100
	check "packets wait in disciplines of several queues" \
		[ "$(tc -s qdisc show dev d1 | grep -c 'backlog [0-9A-Za-z]*b [1-9]')" \
		-gt 2 ]
	is "and are added up" "$(numbers "$NET/d1/tx_queued_buffers")" \
		"$(queued d1)"
	is "over devices, too" "$(numbers "$NET/tx_queued_buffers")" \
		$(($(queued d0) + $(queued d1)))
	is "what waits cannot be reset" \
		"$(sys open w "$NET/d0/tx_queued_buffers" \
		   open w "$NET/tx_queued_buffers")" "EACCES EACCES"
	need tc qdisc del dev d0 root
	need tc qdisc del dev d1 root
	is "nothing is queued any more" "$(numbers "$NET/tx_queued_buffers")" 0
}

kernel_counter()
{
	numbers "/sys/class/net/$1/statistics/$2"
}

test_reset()
{
	before=$(kernel_counter d0 tx_packets)
	bytes=$(numbers "$NET/d0/tx_bytes")
	echo 0 >"$NET/d0/tx_buffers"
	is "a reset sets one number of one device to 0" \
		"$(numbers "$NET/d0/tx_buffers" "$NET/d0/tx_bytes")" "0 $bytes"
	is "the kernel's own goes on" "$(kernel_counter d0 tx_packets)" \
		"$before"
	send here 10.1.0.2 3 100
	is "and both count what follows" \
		"$(numbers "$NET/d0/tx_buffers") $(kernel_counter d0 tx_packets)" \
		"3 $((before + 3))"
	is "/proc/net/dev says the same as ever" \
		"$(sed -n 's/^ *d0: *//p' /proc/net/dev | tr -s ' ' |
		   cut -d ' ' -f 10)" $((before + 3))
	for device in d0 d1 v0 w0; do
		need nonzero "$device" tx_bytes
	done
	bytes=$(kernel_counter v0 tx_bytes)
	echo 0 >"$NET/tx_bytes"
	is "a reset of the sum resets every device" \
		"$(cd "$NET" && numbers d0/tx_bytes d1/tx_bytes v0/tx_bytes \
		   w0/tx_bytes)" "0 0 0 0"
	is "but not the kernel's numbers" "$(kernel_counter v0 tx_bytes)" \
		"$bytes"
	send here 10.1.0.2 1 100
	is "so that the sum is what was sent since" \
		$(($(numbers "$NET/d0/tx_bytes") + $(numbers "$NET/eth0/tx_bytes"))) \
		"$(numbers "$NET/tx_bytes")"
	check "which is not nothing" shows "$NET/d0/tx_bytes" -gt 0
}

# renamed OLD NEW
renamed()
{
	need ip link set "$1" down
	need ip link set "$1" name "$2"
}

index()
{
	cat "/sys/class/net/$1/ifindex"
}

# shown NAME INDEX: as NAME, or as its index.
test_rename()
{
	send here 10.1.0.2 2 100
	exec 3<"$NET/d0/tx_buffers"
	is "a name is free" "$(sys open r "$NET/e0")" ENOENT
	renamed d0 e0
	is "a device is renamed" \
		"$(numbers "$NET/e0/tx_buffers") $(sys open r "$NET/d0")" \
		"6 ENOENT"
	is "a file that is open goes on" "$(sys fd 3 read 64)" '6\n'
	for name in tx_bytes .e0 'e 0' "$(printf 'e\0010')"; do
		ip link set e0 name "$name" 2>/dev/null || continue
		is "a device called '$(echo "$name" | tr '\001' '?')' is shown by its index" \
			"$(numbers "$NET/:$(index "$name")/tx_buffers")\
 $(sys open rd "$NET/$name")" "6 $(
			[ -e "$NET/$name" ] && echo ENOTDIR || echo ENOENT)"
		need ip link set "$name" name e0
		is "and then by its name again" \
			"$(numbers "$NET/e0/tx_buffers")" 6
	done
	is "which leaves no other name" "$(cd "$NET" && echo :*)" ":*"
	is "and no sum away" "$(sys open r "$NET/tx_bytes")" 0
	is "a new device called rx_bytes is nobody's mistake" \
		"$(log_of ip link add rx_bytes type dummy)" ""
	is "it is shown by its index" \
		"$(numbers "$NET/:$(index rx_bytes)/rx_buffers")" 0
	need ip link del rx_bytes
	is "until it goes" "$(cd "$NET" && echo :*)" ":*"
	is "nor is one called .e1" "$(log_of ip link add .e1 type dummy)" ""
	is "which is shown the same way" \
		"$(numbers "$NET/:$(index .e1)/rx_buffers")" 0
	need ip link del .e1
	need ip link add "$(printf 'd\303\244')" type dummy
	is "a name in UTF-8 is a name" \
		"$(numbers "$NET/$(printf 'd\303\244')/rx_buffers")" 0
	exec 3<&-
}

test_namespaces()
{
	exec 3<"$NET/d1/tx_bytes"
	need ip link set d1 netns there
	is "a device in another namespace is not shown" \
		"$(sys open r "$NET/d1")" ENOENT
	is "what was open of it is ENODEV" "$(sys fd 3 read 64)" ENODEV
	need ip -n there link set d1 name f1
	need ip -n there link set f1 netns here
	is "when it comes back, it is shown with its new name" \
		"$(numbers "$NET/f1/tx_bytes") $(sys open r "$NET/d1")" \
		"$(kernel_counter f1 tx_bytes) ENOENT"
	is "what was open stays ENODEV" "$(sys fd 3 pread 64 0)" ENODEV
	exec 3<&-
	need ip -n there link add d1 type dummy
	is "devices of other namespaces are never shown" \
		"$(sys open r "$NET/d1")" ENOENT
	need ip -n there link set v1 netns here
	check "but those that come from there" [ -e "$NET/v1/rx_bytes" ]
	need ip netns del there
	check "when a namespace ends, its devices are gone" \
		wait_until test ! -e "$NET/w0"
}

test_delete()
{
	sum=$(numbers "$NET/tx_errors")
	part=$(numbers "$NET/tun/tx_errors")
	need test "$part" -gt 0
	exec 3<"$NET/tun/tx_errors" 4<"$NET/tun" 5<"$NET/tx_errors"
	sys fd 3 read 64 >/dev/null
	need ip link del tun
	is "a deleted device is gone" "$(sys open r "$NET/tun")" ENOENT
	is "its open files are ENODEV" "$(sys fd 3 pread 64 0)" ENODEV
	is "its open directory is empty" \
		"$(sys open r "/proc/$$/fd/4/tx_errors")" ENOENT
	is "the sum is less by its part" "$(sys fd 5 read 64)" \
		"$((sum - part))\\n"
	exec 3<&- 4<&- 5<&-
}

test_churn()
{
	{
		for _ in $(seq 4); do
			ip link add churn0 type dummy
			ip link add churn1 type dummy
			ip link set churn0 name churn2
			ip link del churn2
			ip link del churn1
		done
	} | "$STATSFS_BIN/hammer" 1000000000000 "$NET/churn0/tx_bytes" \
		"$NET/churn1/tx_bytes" "$NET/churn2/tx_bytes" \
		"$NET/tx_bytes" >/tmp/hammer
	is "devices come and go under readers" \
		"$(sed 's/.* //' /tmp/hammer)" 0
	diagnose "$(cat /tmp/hammer)"
	is "and leave nothing" "$(ls -d "$NET"/churn* 2>/dev/null)" ""
}

setup
test_numbers
test_sums
test_queues
test_reset
test_rename
test_namespaces
test_delete
test_churn
