#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# "statsfs export" with saved snapshots.  What it does with the kernel's is in
# tests/t-export.sh.

cd "${0%/*}/../.." || exit
TOP=$PWD
. tests/lib.sh

plan 55
PROGRAM=$TOP/build/tools/statsfs/statsfs
PARSER=$TOP/tools/statsfs/openmetrics.py
PROMTOOL=$(scripts/prometheus.sh)/promtool || bail "no promtool"
dir=$(mktemp -d) || exit
need build/tools/test/trees "$dir"
need build/tools/fuzz/seeds "$dir"
cd "$dir" || exit

# run ARGUMENT...: its status, what it prints, and what it complains of.
run()
{
	"$PROGRAM" export "$@" >out 2>err
	echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# samples ARGUMENT...: of the statistics, without what is said of the export
samples()
{
	"$PROGRAM" export "$@" 2>err | grep -v -e '^#' -e '^statsfs_export_'
}

# same NAME GOT EXPECTED: two files
same()
{
	if difference=$(diff "$2" "$3" 2>&1); then
		ok "$1"
	else
		not_ok "$1" "$difference"
	fi
}

# shellcheck disable=SC2016 # sed's dollar
own_metrics='/^# HELP statsfs_export_duration_seconds/,$d'

test_text()
{
	cat >expected <<-'END'
	# HELP statsfs_bufstat_blk_partition_read_seconds what it is
	# TYPE statsfs_bufstat_blk_partition_read_seconds counter
	# UNIT statsfs_bufstat_blk_partition_read_seconds seconds
	statsfs_bufstat_blk_partition_read_seconds_total{device="vda",partition="vda1",node="1"} 0.000000001
	# HELP statsfs_bufstat_blk_read_seconds what it is
	# TYPE statsfs_bufstat_blk_read_seconds counter
	# UNIT statsfs_bufstat_blk_read_seconds seconds
	statsfs_bufstat_blk_read_seconds_total{device="vda",node="1"} 1.5
	# HELP statsfs_bufstat_mm_node_total_bytes what it is
	# TYPE statsfs_bufstat_mm_node_total_bytes gauge
	# UNIT statsfs_bufstat_mm_node_total_bytes bytes
	statsfs_bufstat_mm_node_total_bytes{node="1"} 1000
	# HELP statsfs_bufstat_mm_total_bytes what it is
	# TYPE statsfs_bufstat_mm_total_bytes gauge
	# UNIT statsfs_bufstat_mm_total_bytes bytes
	statsfs_bufstat_mm_total_bytes 3000
	# HELP statsfs_bufstat_mm_zone_free_bytes what it is
	# TYPE statsfs_bufstat_mm_zone_free_bytes gauge
	# UNIT statsfs_bufstat_mm_zone_free_bytes bytes
	statsfs_bufstat_mm_zone_free_bytes{node="1",zone="DMA"} 100
	# HELP statsfs_bufstat_net_rx_bytes what it is
	# TYPE statsfs_bufstat_net_rx_bytes counter
	# UNIT statsfs_bufstat_net_rx_bytes bytes
	statsfs_bufstat_net_rx_bytes_total{device="eth0",node="1"} 18446744073709551615
	# HELP statsfs_bufstat_net_rx_buffers what it is
	# TYPE statsfs_bufstat_net_rx_buffers counter
	statsfs_bufstat_net_rx_buffers_total{device="eth0",node="1"} 5
	statsfs_bufstat_net_rx_buffers_total{device="lo"} 7
	# HELP statsfs_bufstat_softnet_dropped what it is
	# TYPE statsfs_bufstat_softnet_dropped counter
	statsfs_bufstat_softnet_dropped_total{cpu="3"} 9
	# HELP statsfs_cpu_each_user_seconds what it is
	# TYPE statsfs_cpu_each_user_seconds counter
	# UNIT statsfs_cpu_each_user_seconds seconds
	statsfs_cpu_each_user_seconds_total{cpu="0"} 0.000000003
	# HELP statsfs_cpu_user_seconds what it is
	# TYPE statsfs_cpu_user_seconds counter
	# UNIT statsfs_cpu_user_seconds seconds
	statsfs_cpu_user_seconds_total 0.000000008
	END
	"$PROGRAM" export --from known | sed "$own_metrics" >got
	same "known providers: no sums, nothing twice, nodes from where they are seen" \
		got expected
	sed -e '/^# UNIT/d' -e '/^# HELP/{N;/counter$/{s/ what/_total what/;s/ counter/_total counter/}}' \
		expected >older
	"$PROGRAM" export --from known -f prometheus | sed "$own_metrics" >got
	same "in the older text" got older
	is "OpenMetrics ends with a mark" "$("$PROGRAM" export --from known | tail -n 1)" "# EOF"
	is "the older text does not" \
		"$("$PROGRAM" export --from known -f prometheus | grep -c EOF)" 0
	"$PROGRAM" export --from known | sed -n "${own_metrics%d}p" |
		sed -e '/^#/d' -e 's/ [0-9]*\.[0-9]*$/ SECONDS/' >got
	cat >expected <<-'END'
	statsfs_export_duration_seconds SECONDS
	statsfs_export_errors{reason="unreadable"} 0
	statsfs_export_errors{reason="negative"} 0
	statsfs_export_errors{reason="unknown"} 0
	statsfs_export_errors{reason="twice"} 0
	statsfs_export_gathering_seconds SECONDS
	statsfs_export_generation 7
	statsfs_export_series 11
	END
	same "what is said of the export itself" got expected
}

test_names()
{
	cat >expected <<-'END'
	statsfs_my_own_hits_total 1
	statsfs_my_own_hits_total{level1="a\"b\\c"} 2
	statsfs_my_own_hits_total{level1="a\"b\\c",level2="\\x5cxff"} 4
	statsfs_my_own_hits_total{level1="a\"b\\c",level2="\\xff"} 3
	statsfs_my_own_hits_total{level1="ä"} 5
	END
	samples --from foreign >got
	same "levels of other providers are labels, which are escaped" got expected
	is "without a description it is the name" \
		"$("$PROGRAM" export --from foreign | sed -n 1p)" \
		"# HELP statsfs_my_own_hits hits"
	cat >expected <<-'END'
	statsfs_export_series_instant 10
	statsfs_x_y_a_b_total{id="101",file="a-b"} 1
	statsfs_x_y_a_b_total{id="101",file="a_b"} 2
	statsfs_x_y_a_b_total{id="102",file="a_b"} 8
	statsfs_x_y_c_total 3
	statsfs_x_y_c_total_value 4
	statsfs_x_y_d_total 9
	statsfs_x_y_d_instant 5
	statsfs_x_y_e_bytes 7
	statsfs_x_y_e_bytes_instant 6
	END
	"$PROGRAM" export --from clash | sed "$own_metrics" | grep -v '^#' >got
	same "names that become the same are told apart" got expected
	is "a description is escaped, its quotes only in OpenMetrics" \
		"$(for format in openmetrics prometheus; do
			"$PROGRAM" export --from quoted -f $format | sed -n 1p
		done)" \
		'# HELP statsfs_q_v a \\ and \"b\"
# HELP statsfs_q_v_total a \\ and "b"'
}

test_kinds()
{
	cat >expected <<-'END'
	statsfs_k_delay_seconds_bucket{le="0.0"} 1
	statsfs_k_delay_seconds_bucket{le="1e-09"} 3
	statsfs_k_delay_seconds_bucket{le="3e-09"} 6
	statsfs_k_delay_seconds_bucket{le="+Inf"} 10
	statsfs_k_flag 1
	statsfs_k_huge_bucket{le="0.0"} 7
	statsfs_k_huge_bucket{le="1.0"} 7
	statsfs_k_huge_bucket{le="3.0"} 7
	statsfs_k_huge_bucket{le="+Inf"} 18446744073709551615
	statsfs_k_level 0.625
	statsfs_k_many 12000000
	statsfs_k_new 0
	statsfs_k_pages_bytes_total 1180591620717411303424
	statsfs_k_peak -5
	statsfs_k_queues{index="0"} 0
	statsfs_k_queues{index="1"} 6
	statsfs_k_size_bytes_bucket{le="15.0"} 1
	statsfs_k_size_bytes_bucket{le="31.0"} 3
	statsfs_k_size_bytes_bucket{le="47.0"} 6
	statsfs_k_size_bytes_bucket{le="+Inf"} 10
	END
	samples --from kinds >got
	same "histograms, arrays, scales, what is signed" got expected
	"$PROGRAM" export --from types >out 2>err
	is "files of one name in one directory, which a damaged snapshot may have" \
		"$(grep '="twice"' out)" 'statsfs_export_errors{reason="twice"} 5'
	is "the types of metrics" \
		"$("$PROGRAM" export --from kinds 2>/dev/null | "$PARSER" --types |
			sed -e /_export_/d -e 's/statsfs_k_//' | paste -s -d ' ')" \
		"back counter delay_seconds histogram seconds flag gauge huge histogram\
 level gauge many gauge new unknown pages_bytes counter bytes peak gauge queues gauge\
 size_bytes histogram bytes"
	samples --from kinds -f prometheus >older
	sed -i 's/^\(.*\)_bucket{le="+Inf"} \(.*\)/&\n\1_count \2/' expected
	same "the older text has counts" older expected
	is "its own name for what is unknown" \
		"$("$PROGRAM" export --from kinds -f prometheus 2>/dev/null |
			grep -c 'statsfs_k_new untyped')" 1
	"$PROGRAM" export --from kinds >out 2>err
	is "what is missing is said" "$?:$(cat err)" \
		"1:statsfs: values that could not be exported: 3; statsfs_export_errors says why"
	is "and why" "$(sed -n 's/^statsfs_export_errors//p' out | paste -s -d ' ')" \
		'{reason="unreadable"} 0 {reason="negative"} 1 {reason="unknown"} 2 {reason="twice"} 0'
	is "what could not be read is no sample" \
		"$(samples --from unreadable | grep -c _size_)" 0
	is "and an error" \
		"$("$PROGRAM" export --from unreadable 2>/dev/null | grep '="unreadable"')" \
		'statsfs_export_errors{reason="unreadable"} 1'
}

parse()
{
	"$PARSER" <"$1" >parsed && [ -s parsed ]
}

lint()
{
	"$PROMTOOL" check metrics <"$1"
}

# By those who read it.
test_readers()
{
	for tree in known foreign clash unknown kinds unreadable sample growth types names deep; do
		"$PROGRAM" export --from $tree >text 2>/dev/null
		check "the parser of OpenMetrics takes $tree" parse text
	done
	"$PROGRAM" export --from known -f prometheus >text
	check "promtool has nothing to say" lint text
}

test_patterns()
{
	is "a pattern" "$(samples --from known 'bufstat/net/*/rx_bytes' | sed 's/{.*//')" \
		"statsfs_bufstat_net_rx_bytes_total"
	is "by the path below a node" \
		"$(samples --from known bufstat/numa/node1/net | wc -l)" 2
	is "several" "$(samples --from known cpu bufstat/softnet | wc -l)" 3
	is "one that matches nothing" "$(run --from known nothing | sed 's/:.*:/:/')" \
		"1: nothing matches; see statsfs ls -R"
}

test_files()
{
	is "to a file" "$(run --from known -o a.prom)" "0::"
	"$PROGRAM" export --from known -f prometheus | sed "$own_metrics" >expected
	sed "$own_metrics" a.prom >got
	same "which has the older text" got expected
	is "that everybody can read, and no other" \
		"$(stat -c %a a.prom) $(echo a.prom*)" "644 a.prom"
	is "or OpenMetrics" \
		"$(run --from known -o a.om -f openmetrics) $(tail -n 1 a.om)" "0:: # EOF"
	mkdir there
	is "not to a directory" "$(run --from known -o there)" \
		"1::statsfs: there: Is a directory"
	is "nor where there is none" "$(run --from known -o no/file)" \
		"1::statsfs: no/file: No such file or directory"
	mkfifo pipe
	is "nor to what is no file" "$(run --from known -o pipe)" \
		"1::statsfs: pipe: is no regular file; try: statsfs export >pipe"
	check "which stays what it is" test -p pipe
	ln -s a.om link
	: >a.om
	is "through a link" "$(run --from known -o link -f openmetrics
		readlink link; tail -n 1 a.om)" "0::
a.om
# EOF"
	need mkdir full
	cp a.prom old
	is "without space the file stays as it was" \
		"$(sh -c 'ulimit -f 0; trap "" XFSZ; exec "$0" export --from known -o a.prom' \
			"$PROGRAM" 2>&1; cmp a.prom old && echo a.prom*)" \
		"statsfs: a.prom: File too large
a.prom"
}

test_errors()
{
	is "no such format" "$(run -f xml)" \
		"2::statsfs: xml: is no format; there are openmetrics and prometheus"
	is "no such file" "$(run --from nothing)" \
		"1::statsfs: nothing: No such file or directory"
	is "no such option" "$(run -q 2>&1 | sed 's/:.*;/:/')" \
		"2:usage: statsfs export [OPTION...] [PATTERN...]"
	is "no address" "$(for address in here 127.0.0.1: 127.0.0.1:65536; do
			run --from known -l $address
		done)" \
		"1::statsfs: here: is no address such as 127.0.0.1:9954 or [::1]:9954
1::statsfs: 127.0.0.1:: is no address such as 127.0.0.1:9954 or [::1]:9954
1::statsfs: 127.0.0.1:65536: is no address such as 127.0.0.1:9954 or [::1]:9954"
	is "help names each option" \
		"$("$PROGRAM" export --help | grep -o -e '--[a-z]*' | paste -s -d ' ')" \
		"--format --from --listen --output --help"
	is "no socket of systemd's" "$(run --from known -l socket)" \
		"1::statsfs: systemd has opened no socket for this: LISTEN_PID, LISTEN_FDS"
}

test_rules()
{
	rules=$TOP/tools/prometheus
	check "rules are right" "$PROMTOOL" check rules "$rules/statsfs.rules.yml"
	check "and give what they should" "$PROMTOOL" test rules "$rules/statsfs.test.yml"
	is "each alert is tested" \
		"$(sed -n 's/.*- alert: //p' "$rules/statsfs.rules.yml" | sort)" \
		"$(sed -n 's/.*- alertname: //p' "$rules/statsfs.test.yml" | sort -u)"
	is "each record, too" \
		"$(sed -n 's/.*- record: //p' "$rules/statsfs.rules.yml" | sort)" \
		"$(grep -o -E '(instance|protocol|device|node):[a-z0-9_:]+' \
			"$rules/statsfs.test.yml" | sort -u)"
	is "the dashboard's panels have names and expressions" \
		"$(python3 -c '
import json, sys
panels = json.load(open(sys.argv[1]))["panels"]
print(len({p["title"] for p in panels}), all(t["expr"] for p in panels for t in p["targets"]))
' "$rules/statsfs-dashboard.json")" "12 True"
}

test_text
test_names
test_kinds
test_readers
test_patterns
test_files
test_errors
test_rules
cd / && rm -r "$dir"
