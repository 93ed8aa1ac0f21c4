#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# bufstat/sock and bufstat/softnet: sockets by protocol, and what CPUs receive.

. "${0%/*}/lib.sh"

plan 50
SOCK=$STATS/bufstat/sock
SOFTNET=$STATS/bufstat/softnet
PROTOCOLS="tcp:TCP udp:UDP raw:RAW tcpv6:TCPv6 udpv6:UDPv6 rawv6:RAWv6"
COLUMNS="processed:1 dropped:2 time_squeeze:3 received_rps:10 backlog:12"
FLOW_LIMIT=
if [ "$(printf '%s\n' 6.10 "$(uname -r)" | sort -V | head -n 1)" != 6.10 ]; then
	FLOW_LIMIT=flow_limit_count
	COLUMNS="$COLUMNS flow_limit_count:11"
fi
PAGE=$(getconf PAGESIZE)

# agrees NAME FILE COMMAND...: what the command prints before and after, the file
# has between; nobody else sends anything here, but the kernel may.
agrees()
{
	name=$1
	file=$2
	shift 2
	for _ in 1 2 3; do
		before=$("$@")
		ours=$(numbers "$file")
		after=$("$@")
		if between "$before" "$ours" "$after"; then
			ok "$name"
			return
		fi
	done
	not_ok "$name" "$ours, kernel $before to $after"
}

# protocol NAME FIELD: of /proc/net/protocols
protocol()
{
	awk -v name="$1" -v field="$2" '$1 == name { print $field }' \
		/proc/net/protocols
}

memory()
{
	echo $(($(protocol "$1" 4) * PAGE))
}

# limit PROTOCOL INDEX: of /proc/sys/net
limit()
{
	awk -v i="$2" -v page="$PAGE" '{ printf "%.0f\n", $i * page }' \
		"/proc/sys/net/ipv4/${1}_mem"
}

# column CPU NUMBER: of /proc/net/softnet_stat; the 13th is the CPU
column()
{
	while read -r line; do
		# shellcheck disable=SC2086 # the columns
		set -- "$1" "$2" $line
		if [ "$((0x${15}))" -eq "$1" ]; then
			shift $(($2 + 1))
			echo $((0x$1))
			return
		fi
	done </proc/net/softnet_stat
}

# Sockets of all kinds that stay open in the background, with data that nobody
# reads; on one CPU, as each can have a megabyte before the kernel says so.
hold_sockets()
{
	cat >/tmp/hold.py <<-'END'
	import socket, time
	held = []
	def hold(family, kind, protocol=0):
	    held.append(socket.socket(family, kind, protocol))
	    return held[-1]
	for family, any in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
	    server = hold(family, socket.SOCK_STREAM)
	    server.bind((any, 0))
	    server.listen()
	    client = hold(family, socket.SOCK_STREAM)
	    client.connect(server.getsockname())
	    held.append(server.accept()[0])
	    client.setblocking(False)
	    try:
	        while True:
	            client.send(bytes(65536))
	    except BlockingIOError:
	        pass
	    sender = hold(family, socket.SOCK_DGRAM)
	    for _ in range(10):
	        receiver = hold(family, socket.SOCK_DGRAM)
	        receiver.bind((any, 0))
	        for _ in range(200):
	            sender.sendto(bytes(1000), receiver.getsockname())
	    for _ in range(5):
	        hold(family, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	open("/tmp/held", "w").close()
	time.sleep(1000)
	END
	taskset -c 0 python3 /tmp/hold.py &
	holder=$!
	need wait_until test -e /tmp/held
}

test_sockets()
{
	is "protocols are shown" "$(cd "$SOCK" && echo *)" \
		"raw rawv6 sockets tcp tcpv6 udp udpv6"
	is "with these numbers" "$(cd "$SOCK/tcp" && echo *)" \
		"memory_bytes memory_max_bytes memory_min_bytes\
 memory_pressure_bytes sockets"
	is "of which raw ones have no memory of their own" \
		"$(cd "$SOCK/raw" && echo *)" sockets
	is "and which cannot be reset" \
		"$(sys open w "$SOCK/tcp/sockets" open w "$SOCK/tcp/memory_bytes" \
		   open w "$SOCK/sockets")" "EACCES EACCES EACCES"
	before=$(cd "$SOCK" && numbers tcp/sockets udp/sockets raw/sockets)
	hold_sockets
	# shellcheck disable=SC2086 # three numbers
	set -- $before
	is "what is opened is counted" \
		"$(cd "$SOCK" && numbers tcp/sockets udp/sockets raw/sockets)" \
		"$(($1 + 3)) $(($2 + 11)) $(($3 + 5))"
	total=0
	for protocol in $PROTOCOLS; do
		agrees "${protocol%:*}/sockets" "$SOCK/${protocol%:*}/sockets" \
			protocol "${protocol#*:}" 3
		total=$((total + $(numbers "$SOCK/${protocol%:*}/sockets")))
	done
	is "sockets of all protocols" "$(numbers "$SOCK/sockets")" $total
	is "which nobody has to add up for memory" \
		"$(sys open r "$SOCK/memory_bytes")" ENOENT
	is "as /proc/net/sockstat" \
		"$(cd "$SOCK" && numbers tcp/sockets udp/sockets raw/sockets)" \
		"$(sed -n 's/^\(TCP\|UDP\|RAW\): inuse \([0-9]*\).*/\2/p' \
		   /proc/net/sockstat | paste -s -d ' ')"
}

test_memory()
{
	for protocol in tcp:TCP tcpv6:TCPv6 udp:UDP udpv6:UDPv6; do
		agrees "${protocol%:*}/memory_bytes" \
			"$SOCK/${protocol%:*}/memory_bytes" \
			memory "${protocol#*:}"
		proto=${protocol%:*}
		is "limits of $proto" \
			"$(cd "$SOCK/$proto" && numbers memory_min_bytes \
			   memory_pressure_bytes memory_max_bytes)" \
			"$(limit "${proto%v6}" 1) $(limit "${proto%v6}" 2) $(limit \
			   "${proto%v6}" 3)"
	done
	check "there is some, of tcp" shows "$SOCK/tcp/memory_bytes" -gt 0
	check "and of udp" shows "$SOCK/udp/memory_bytes" -gt 0
	read -r low pressure high </proc/sys/net/ipv4/tcp_mem
	echo $((low - 1)) $((pressure + 1)) $((high + 2)) \
		>/proc/sys/net/ipv4/tcp_mem
	is "a new limit is seen" \
		"$(cd "$SOCK/tcp" && numbers memory_min_bytes \
		   memory_pressure_bytes memory_max_bytes)" \
		"$(((low - 1) * PAGE)) $(((pressure + 1) * PAGE))\
 $(((high + 2) * PAGE))"
}

test_namespace()
{
	need ip netns add other
	mkdir /tmp/other
	need nsenter --net=/run/netns/other mount -t statsfs none /tmp/other
	is "another namespace has its own sockets" \
		"$(cd /tmp/other/bufstat/sock && numbers tcp/sockets udp/sockets \
		   raw/sockets)" "0 0 0"
	agrees "and the machine's memory" \
		/tmp/other/bufstat/sock/tcp/memory_bytes memory TCP
	need umount /tmp/other
	need ip netns del other
	kill "$holder"
	check "what is closed is not counted" \
		wait_until shows "$SOCK/udp/sockets" -lt 11
}

# A queue that is too short, and a flow that fills it.
make_drops()
{
	need modprobe -a veth sch_netem
	need ip netns add far
	need ip link add v0 type veth peer name v1
	need ip link set v1 netns far
	need ip address add 10.1.0.1/24 dev v0
	need ip -n far address add 10.1.0.2/24 dev v1
	need ip link set v0 up
	need ip -n far link set v1 up
	need tc qdisc add dev v0 root netem delay 150ms limit 2000
	echo 3 >/proc/sys/net/core/flow_limit_cpu_bitmap
	echo 60 >/proc/sys/net/core/netdev_max_backlog
	echo 2 >/proc/sys/net/core/netdev_budget
	# Packets of one flow arrive all at once, when their delay is over.
	cat >/tmp/flow.py <<-'END'
	import socket, time
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for _ in range(6):
	    for _ in range(90):
	        s.sendto(b"x", ("10.1.0.2", 9999))
	    time.sleep(0.3)
	END
	# A busy host may deliver them one after the other: once more, then.
	for _ in 1 2 3 4 5; do
		python3 /tmp/flow.py
		[ $(($(column 0 11) + $(column 1 11))) = 0 ] || break
	done
	echo 300 >/proc/sys/net/core/netdev_budget
}

# some VALUE: there were some, unless the kernel was too slow for it.
some()
{
	for column in $COLUMNS; do
		[ "${column%:*}" != "$1" ] || break
	done
	kernel=$(($(column 0 "${column#*:}") + $(column 1 "${column#*:}")))
	if [ "$kernel" = 0 ] && [ "$VM_PATIENCE" -gt 1 ]; then
		skip "some were $1" "the kernel has counted none"
	else
		check "some were $1" shows "$SOFTNET/$1" -gt 0
	fi
}

test_softnet()
{
	is "CPUs are shown" "$(cd "$SOFTNET" && echo */)" "cpu0/ cpu1/"
	is "with these numbers" "$(cd "$SOFTNET/cpu0" && echo *)" \
		"backlog dropped${FLOW_LIMIT:+ $FLOW_LIMIT} processed received_rps\
 time_squeeze"
	make_drops
	for cpu in 0 1; do
		for value in $COLUMNS; do
			agrees "cpu$cpu/${value%:*}" \
				"$SOFTNET/cpu$cpu/${value%:*}" \
				column $cpu "${value#*:}"
		done
	done
	for value in processed dropped time_squeeze $FLOW_LIMIT; do
		some "$value"
	done
	if [ -z "$FLOW_LIMIT" ]; then
		for name in "cpu0/" "cpu1/" "some "; do
			skip "${name}flow_limit_count" "Linux 6.10 keeps it to itself"
		done
	fi
	processed=$(column 0 1)
	echo 0 >"$SOFTNET/cpu0/processed"
	check "a reset is for us only" [ "$(column 0 1)" -ge "$processed" ]
}

test_hotplug()
{
	exec 3<"$SOFTNET/cpu1/processed"
	echo 0 >/sys/devices/system/cpu/cpu1/online
	is "a CPU goes" "$(cd "$SOFTNET" && echo */) $(sys fd 3 read 64)" \
		"cpu0/ ENODEV"
	echo 1 >/sys/devices/system/cpu/cpu1/online
	is "and comes" "$(cd "$SOFTNET" && echo */)" "cpu0/ cpu1/"
	agrees "with its numbers" "$SOFTNET/cpu1/processed" column 1 1
	exec 3<&-
}

test_sockets
test_memory
test_namespace
test_softnet
test_hotplug
