#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# "statsfs export" with the kernel's own numbers: as text, and by HTTP.

. "${0%/*}/lib.sh"

plan 33
PROGRAM=$STATSFS_SRC/build/tools/statsfs/statsfs
PARSER=$STATSFS_SRC/tools/statsfs/openmetrics.py
PROMETHEUS=$STATSFS_SRC/tools/prometheus
PROMTOOL=$STATSFS_SRC/build/prometheus/promtool
ORACLE=$STATSFS_SRC/tests/export.py
NET=$STATS/bufstat/net
ADDRESS=127.0.0.1:9954
work=$(mktemp -d) || exit
chmod 755 "$work"
cd "$work" || exit

# sample SERIES [ARGUMENT...]: its number
sample()
{
	series=$1
	shift
	"$PROGRAM" export "$@" | grep -F "$series " | sed 's/.* //'
}

parse()
{
	"$PARSER" <"$1" >parsed && [ -s parsed ]
}

lint()
{
	"$PROMTOOL" check metrics <"$1"
}

test_text()
{
	"$PROGRAM" export >text
	check "the parser of OpenMetrics takes all of it" parse text
	diagnose "$(grep '^statsfs_export_series' text)"
	is "nothing is missing" \
		"$(grep '^statsfs_export_errors' text | sed 's/.* //' | sort -u)" 0
	"$PROGRAM" export -f prometheus >older
	check "promtool has nothing to say" lint older
	is "both texts have the same series" \
		"$(sed -e '/^#/d' -e 's/ .*//' text | cksum)" \
		"$(sed -e '/^#/d' -e 's/ .*//' older | cksum)"
	check "each file that is no sum is there once, with a number between two readings" \
		"$ORACLE" compare "$PROGRAM" "$STATS"
	diagnose "$output"
	grep -o '^statsfs_[a-z0-9_]*' text | sort -u >names
	"$ORACLE" metrics "$PROMETHEUS/statsfs-dashboard.json" >wanted
	is "all that the dashboard shows exists" "$(sort wanted | comm -23 - names)" ""
	check "and it shows something" [ "$(wc -l <wanted)" -gt 20 ]
	"$ORACLE" metrics "$PROMETHEUS/statsfs.rules.yml" >wanted
	is "all that rules are about exists" "$(sort wanted | comm -23 - names)" ""
	check "and they are about something" [ "$(wc -l <wanted)" -gt 10 ]
}

test_counting()
{
	lo='statsfs_bufstat_net_rx_buffers_total{device="lo",node="0"}'
	ping -q -c 3 127.0.0.1 >/dev/null
	before=$(numbers $NET/lo/rx_buffers)
	exported=$(sample "$lo" 'bufstat/net/lo')
	check "what lo has received" \
		between "$before" "$exported" "$(numbers $NET/lo/rx_buffers)"
	echo 0 >$NET/lo/rx_buffers
	is "after a reset it starts again" "$(sample "$lo")" "$(numbers $NET/lo/rx_buffers)"
	check "from 0" [ "$(sample "$lo")" -lt "$exported" ]
}

# All types, histograms, and names that are the same somewhere else.
test_other_provider()
{
	load_test_module
	t create top test
	t register top
	t create a a
	t values a types
	t add top a
	t set a u64 18446744073709551615
	t set a s8 -128
	t create h h
	t values h array
	t add a h
	t bucket h 0 7
	t bucket h 2 5
	"$PROGRAM" export >text 2>err
	check "the parser takes types, histograms and negative numbers" parse text
	is "64 bits are all there" \
		"$(sample 'statsfs_test_u64_total{level1="a"}')" 18446744073709551615
	is "what is negative is no counter" \
		"$(grep -c 's8.* -128' text) $(sed -n 's/.*="negative"} //p' text)" "0 1"
	is "buckets have what is smaller, too" \
		"$(grep '^statsfs_test_array_bucket' text |
			sed -n -e '1,3s/.* //p' -e '$s/.* //p' | paste -s -d ' ')" "7 7 12 12"
	t fail a 0
	t remove h
	t remove a
}

come_and_go()
{
	while :; do
		ip link add gone type dummy
		sleep 0.1
		ip link del gone
	done
}

test_vanishing()
{
	need modprobe dummy
	come_and_go &
	pid=$!
	failed=
	seen=0
	for i in $(seq 10); do
		"$PROGRAM" export 'bufstat/net/**' >text 2>err || failed="$failed $i:$(cat err)"
		parse text || failed="$failed $i"
		if grep -q '"gone"' text; then
			seen=$((seen + 1))
		fi
	done
	kill $pid
	wait $pid 2>/dev/null
	# One that goes between two numbers is missing, and that is said.
	is "devices that come and go leave a text that can be read" \
		"$(echo "$failed" | sed 's/ [0-9]*:[^ ]* values that could not be exported[^;]*; [a-z_]* says why//g')" ""
	check "and were seen" [ "$seen" -gt 0 ]
	ip link del gone 2>/dev/null
}

fetch()
{
	"$ORACLE" get $ADDRESS "$@" >answer
	head -n 1 answer
}

has_gone()
{
	fetch >/dev/null
	grep -q 'device="gone"' answer
}

test_listening()
{
	"$PROGRAM" export --listen $ADDRESS 2>err &
	exporter=$!
	wait_until grep -q listening err
	is "it answers" "$(fetch)" 200
	sed 1d answer >text
	check "promtool has nothing to say" lint text
	is "OpenMetrics, if that is asked for" \
		"$(fetch application/openmetrics-text) $(tail -n 1 answer)" "200 # EOF"
	is "as nobody" "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' /proc/$exporter/status)" 65534
	need ip link add gone type dummy
	check "a new device is there" has_gone
	need ip link del gone
	check_fails "and one that is gone is not" has_gone
	check "statsfs can be unmounted meanwhile" umount "$STATS"
	is "which is said" "$(fetch; sed 1d answer)" "503
statsfs is not mounted"
	need mount -t statsfs none "$STATS"
	is "and it goes on when it is mounted again" "$(fetch)" 200
}

# What only root may read is for root's own files, not for everybody.
test_permissions()
{
	t create m m
	t values m modes
	t add top m
	is "root has what it may read" "$("$PROGRAM" export test/m | grep -c '^statsfs_test_mode400')" 1
	fetch >/dev/null
	is "who asks by HTTP has what everybody may read" \
		"$(grep -c '^statsfs_test_mode400' answer) $(grep -c '^statsfs_test_mode444' answer)" \
		"0 1"
	t remove m
}

test_end()
{
	kill $exporter
	wait $exporter
	is "it ends by SIGTERM" $? 0
}

test_unmounted()
{
	need umount "$STATS"
	is "without statsfs it says what to do" "$("$PROGRAM" export 2>&1)" \
		"statsfs: statsfs is not mounted; try, as root: mount -t statsfs none $STATS"
	check_fails "a file for node_exporter is not touched" \
		sh -c "echo old >a.prom; $PROGRAM export -o a.prom"
	is "and keeps what it had" "$(cat a.prom)" old
	need mount -t statsfs none "$STATS"
}

test_text
test_counting
test_other_provider
test_vanishing
test_listening
test_permissions
test_end
test_unmounted
