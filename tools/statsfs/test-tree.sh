#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The verbs that work on trees, with saved snapshots.  What they do with the
# kernel's is in tests/t-programs.sh.

cd "${0%/*}/../.." || exit
TOP=$PWD
. tests/lib.sh

plan 76
PROGRAM=$TOP/build/tools/statsfs/statsfs
dir=$(mktemp -d) || exit
need build/tools/fuzz/seeds "$dir"
cd "$dir" || exit
export LC_ALL=C.UTF-8

# run ARGUMENT...: its status, what it prints, and what it complains of.
run()
{
	"$PROGRAM" "$@" >out 2>err
	printf '%s\n' "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)"
}

# saved FILE: a snapshot of the values in standard input.
saved()
{
	need "$TOP/build/tools/test/saved" </dev/null
	"$TOP/build/tools/test/saved" >"$1"
}

# json EXPRESSION: of the document d in standard input
json()
{
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# terminal COLUMNS ARGUMENT...: what it prints on a terminal of that width
terminal()
{
	width=$1
	shift
	python3 - "$width" "$PROGRAM" "$@" <<-'END'
	import fcntl, os, pty, struct, sys, termios
	pid, fd = pty.fork()
	if not pid:
	    size = struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0)
	    fcntl.ioctl(1, termios.TIOCSWINSZ, size)
	    os.environ["TERM"] = "vt100"
	    os.execv(sys.argv[2], sys.argv[2:])
	try:
	    while data := os.read(fd, 4096):
	        sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
	except OSError:
	    pass
	os.waitpid(pid, 0)
	END
}

get()
{
	run get --from "$@"
}

# Without what is only there to fill lines.
ls_()
{
	run ls --from "$@" | tr -s ' ' | sed 's/ ;/;/g; s/ :/:/'
}

test_get()
{
	is "get: a value" "$(get sample eth0/state)" "0:eth0/state -5:"
	is "stars stay within a component" "$(get sample '*/rx_*')" \
		"0:eth0/rx_bytes 10;lo/rx_bytes 110:"
	is "two stars are any number of them" "$(get sample '**/rx_bytes')" \
		"0:rx_bytes 0;eth0/rx_bytes 10;lo/rx_bytes 110:"
	is "a directory is all that is in it" "$(get sample 'eth?')" \
		"0:eth0/rx_bytes 10;eth0/state -5;eth0/queue0/sizes 30 40 50 60;\
eth0/queue0/delay 70 80 90 100:"
	is "what two patterns select comes once, in the order of the tree" \
		"$(get sample lo/rx_bytes '*/rx_bytes' rx_bytes)" \
		"0:rx_bytes 0;eth0/rx_bytes 10;lo/rx_bytes 110:"
	is "only the numbers" "$(get sample -n '**/sizes' '*/state')" \
		"0:-5;30 40 50 60:"
	is "what is not there, beside what is" "$(get sample nothing 'e*/x' lo/peak)" \
		"1:lo/peak 120:statsfs: nothing: no such value or directory; see statsfs ls -R;\
statsfs: e*/x: nothing matches; see statsfs ls -R"
	saved hollow <<-'END'
	x 1
	hollow/ 0
	END
	is "a directory without values is there" "$(get hollow 'h*')" "0::"
	is "however deep" "$(get deep 's/**/s/v')" \
		"0:s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/v 0:"
	is "what cannot be read" "$(get unknown '*/rx_bytes')" \
		"1:lo/rx_bytes 110:statsfs: eth0/rx_bytes: No such device"
	is "JSON: paths and numbers" "$(get sample -j '**/s[it]*' | sed 's/^0://; s/:$//;
			s/;//g' | json '[(v["path"], v["value"]) for v in d["values"]]')" \
		"[('eth0/state', -5), ('eth0/queue0/sizes', [30, 40, 50, 60])]"
	is "and what could not be read is null" \
		"$("$PROGRAM" get --from unknown -j 'eth0/*e*' 2>err |
			json '[v["value"] for v in d["values"]]')" \
		"[None, None, [30, 40, 50, 60], [70, 80, 90, 100]]"
	is "and nothing is an empty array" \
		"$("$PROGRAM" get --from sample -j x 2>err | json d)" "{'values': []}"
	is "and the numbers of a snapshot's JSON are the same" \
		"$("$PROGRAM" get --from types -j '**' | json '[v["value"] for v in d["values"]]')" \
		"$("$PROGRAM" snapshot -j types |
			json '[v["value"] for v in d["sources"][0]["values"]]')"
}

test_ls()
{
	is "ls: what is in the top" "$(ls_ sample)" \
		"0:NAME VALUE UNIT KIND DESCRIPTION;rx_bytes 0 bytes cumulative what it is;\
eth0/ directory;lo/ directory:"
	is "what is in a directory" "$(ls_ sample eth0)" \
		"0:NAME VALUE UNIT KIND DESCRIPTION;rx_bytes 10 bytes cumulative what it is;\
state -5 instant what it is;queue0/ directory:"
	is "a value has its path" "$(ls_ sample -no name,value eth0/state)" \
		"0:eth0/state -5:"
	is "several directories have theirs" "$(ls_ sample -no name,value eth0 'l?')" \
		"0:eth0/;├─rx_bytes 10;├─state -5;└─queue0/;\
lo/;├─rx_bytes 110;└─peak 120:"
	is "all that is below, as a tree" "$(ls_ sample -Rno NAME,VALUE)" \
		"0:rx_bytes 0;eth0/;├─rx_bytes 10;├─state -5;└─queue0/; ├─sizes 30 40 50 60;\
 └─delay 70 80 90 100;lo/;├─rx_bytes 110;└─peak 120:"
	is "nothing comes twice" "$(ls_ sample -Rno NAME 'eth0/**' eth0 eth0/state)" \
		"0:rx_bytes;state;queue0/;├─sizes;└─delay:"
	is "nor without -R" "$(ls_ sample -no NAME 'eth0/**')" \
		"0:eth0/;├─rx_bytes;└─state;eth0/queue0/;├─sizes;└─delay:"
	is "what is not there" "$(ls_ sample -n x 'y*' rx_bytes)" \
		"1:rx_bytes 0 bytes cumulative what it is:\
statsfs: x: no such value or directory; see statsfs ls -R;\
statsfs: y*: nothing matches; see statsfs ls -R"
	is "an empty directory" "$(run ls --from empty)" "0::"
	is "names that are no UTF-8" "$(ls_ names -no NAME)" \
		"0:a\"\\b;\\xff;ä€😀;\\xed\\xa0\\x80;\\xc0\\xaf;\\xe2\\x82:"
}

test_columns()
{
	is "columns: those that are wanted" "$(ls_ sample -o path,TYPE,id lo/peak)" \
		"0:PATH TYPE ID;lo/peak u16 103:"
	is "and others besides the usual ones" "$(ls_ sample -o +reset,source eth0/state)" \
		"0:NAME VALUE UNIT KIND DESCRIPTION RESET SOURCE;\
eth0/state -5 instant what it is no eth0:"
	is "sums, arrays, what can be reset" \
		"$(ls_ sample -nR -o aggregate,buckets,reset)" \
		"0:sum no;;none yes;none no;;none 4 no;none 4 no;;none no;none no:"
	is "all that --help lists" "$(run ls --from sample -n -o "$("$PROGRAM" ls --help |
			sed -n 's/^  \([A-Z][A-Z]*\)  .*/\1/p' | paste -s -d ,)" \
			eth0/queue0/delay | tr -s ' ')" \
		"0:eth0/queue0/delay 70 80 90 100 ns log_hist what it is u64 none no 4\
 eth0/queue0/delay eth0/queue0 102 :"
	is "what could not be read has an error and no number" \
		"$(ls_ unknown -rno value,error eth0/state eth0/rx_bytes)" \
		"1: No\\x20such\\x20device; has\\x20a\\x20type\\x20that\\x20is\\x20not\\x20known\\x20yet:\\x2099:\
statsfs: eth0/rx_bytes: No such device;\
statsfs: eth0/state: has a type that is not known yet: 99"
	is "what is newer than the program has a number" \
		"$(ls_ unknown -no kind lo/rx_bytes) $(ls_ unknown -no type eth0/state |
			cut -d : -f 2)" "0:99: 99"
	is "no such column" "$(run ls -o name,colour)$(run ls --sort colour)" \
		"2::statsfs: there is no column 'colour'; see statsfs ls --help\
2::statsfs: there is no column 'colour'; see statsfs ls --help"
	is "an empty list" "$(run ls -o '')" \
		"2::statsfs: there is no column ''; see statsfs ls --help"
	columns=$(yes name | head -n 33 | paste -s -d ,)
	is "too many" "$(run ls -o "$columns")" "1::statsfs: more than 32 columns"
	is "as plain as can be" "$(run ls --from sample -rno name,value,desCription eth0)" \
		"0:rx_bytes 10 what\\x20it\\x20is;state -5 what\\x20it\\x20is;queue0/  :"
}

test_sort()
{
	saved order <<-'END'
	cpu10 18446744073709551615
	cpu9 9223372036854775808
	cpu1 10
	cpu2 9
	b/z 1
	b/a 2
	a/x 3
	END
	is "sort: the order of the tree" "$(ls_ order -no name)" \
		"0:cpu10;cpu9;cpu1;cpu2;b/;a/:"
	is "names, as people count" "$(ls_ order -no name --sort name)" \
		"0:a/;b/;cpu1;cpu2;cpu9;cpu10:"
	is "numbers, without those that have none" \
		"$(ls_ order -no name --sort VALUE)" "0:b/;a/;cpu2;cpu1;cpu9;cpu10:"
	is "negative ones" "$(ls_ types -no value --sort value -o value,type)" \
		"0: -1 s8; -1 s16; 0 u8;0 0 0 18446744073709551615 u16;\
0 0 0 18446744073709551615 u32; 0 0 0 -1 s32; 0 0 0 -1 s64;\
 18446744073709551615 bool; 18446744073709551615 u8; 18446744073709551615 u64:"
	is "within each directory" "$(ls_ order -Rno name --sort name b a)" \
		"0:a/;└─x;b/;├─a;└─z:"
	is "by another column" "$(ls_ sample -no name --sort kind eth0)" \
		"0:rx_bytes;queue0/;state:"
	is "by numbers of things" "$(ls_ sample -Rno name --sort id)" \
		"0:rx_bytes;eth0/;├─rx_bytes;├─state;└─queue0/; ├─sizes; └─delay;\
lo/;├─rx_bytes;└─peak:"
}

test_ls_json()
{
	"$PROGRAM" ls -jR --from sample >tree
	is "JSON: a tree" "$(json '[(e["name"], len(e.get("children", [])))
			for e in d["entries"]]' <tree)" \
		"[('rx_bytes', 0), ('eth0', 3), ('lo', 2)]"
	is "numbers are numbers" \
		"$(json 'd["entries"][1]["children"][1]["value"]' <tree) \
$(json 'd["entries"][1]["children"][2]["children"][0]["value"]' <tree)" \
		"-5 [30, 40, 50, 60]"
	is "what is not there is null" "$(json 'd["entries"][1]' <tree | cut -c -99)" \
		"{'name': 'eth0', 'value': None, 'unit': None, 'kind': 'directory',\
 'description': None, 'children':"
	is "what is in a directory is an array, also of nothing" \
		"$("$PROGRAM" ls -jR --from hollow -o name | json 'd["entries"]')\
 $("$PROGRAM" ls -j --from hollow -o name | json 'd["entries"]')" \
		"[{'name': 'x'}, {'name': 'hollow', 'children': []}]\
 [{'name': 'x'}, {'name': 'hollow'}]"
	is "keys are the columns" \
		"$("$PROGRAM" ls -j --from sample -o RESET,Buckets,id,path eth0/queue0/sizes |
			json d)" \
		"{'entries': [{'reset': False, 'buckets': 4, 'id': 102, 'path': 'eth0/queue0/sizes'}]}"
	is "all 64 bits" "$("$PROGRAM" ls -j --from order cpu10 |
			json 'd["entries"][0]["value"]')" 18446744073709551615
	is "what could not be read is null, too, and the status says so" \
		"$("$PROGRAM" ls -j --from unknown -o value,error eth0/rx_bytes 2>err |
			json d; "$PROGRAM" ls -j --from unknown eth0 >out 2>err; echo $?)" \
		"{'entries': [{'value': None, 'error': 'No such device'}]}
1"
	is "names that are no UTF-8 in JSON" \
		"$("$PROGRAM" ls -j --from names | json '[e["name"] for e in d["entries"]]')" \
		"['a\"\\\\b', '\\\\xff', 'ä€😀', '\\\\xed\\\\xa0\\\\x80', '\\\\xc0\\\\xaf', '\\\\xe2\\\\x82']"
}

test_terminal()
{
	is "a terminal: numbers for people" \
		"$(terminal 80 ls --from sample eth0 | sed 's/ *$//')" \
		"NAME     VALUE UNIT  KIND       DESCRIPTION
rx_bytes  10 B bytes cumulative what it is
state       -5       instant    what it is
queue0/              directory"
	is "and no more than fits" \
		"$(terminal 34 ls -no name,description,description --from sample lo)" \
		"rx_bytes what it is  what it is
peak     what it is  what it is"
	is "also if that is less" \
		"$(terminal 26 ls -no name,description,description --from sample lo |
			sed 's/what it/what/g; s/wha.*wha.*/wha wha/')" \
		"rx_bytes wha wha
peak     wha wha"
	is "exact ones if they are wanted" \
		"$(terminal 80 ls --from sample -bno value eth0/rx_bytes | tr -d ' ')" 10
	is "histograms count things" \
		"$(terminal 80 ls --from sample -no value eth0/queue0/delay)" "70 80 90 100"
	is "JSON and raw columns are as everywhere" \
		"$(terminal 80 ls --from sample -jo value eth0/rx_bytes)\
 $(terminal 80 ls --from sample -rno value eth0/rx_bytes)" \
		'{"entries":[{"value":10}]} 10'
}

# Numbers of bufstat, of which lines can be taken away.
machine()
{
	cat <<-'END'
	bufstat/net/rx_buffers 30
	bufstat/net/eth0/rx_buffers 10
	bufstat/net/eth0/tx_buffers 18446744073709551615
	bufstat/net/lo/rx_buffers 20
	bufstat/net/lo/tx_buffers 20
	bufstat/net/lo/deep/rx_buffers 99
	bufstat/sock/sockets 5
	bufstat/sock/tcp/memory_bytes 8192
	bufstat/sock/tcpv6/memory_bytes 8192
	bufstat/sock/udp/memory_bytes 4096
	bufstat/sock/udpv6/memory_bytes 4096
	bufstat/blk/cached_bytes 999999
	bufstat/blk/dirty_bytes 999999
	bufstat/numa/node0/mm/total 999999
	bufstat/numa/node0/net/eth1/rx_buffers 99
	bufstat/numa/node0/net/eth1/tx_buffers 99
	bufstat/mm/total 1048575
	bufstat/mm/free 524288
	bufstat/mm/available 786432
	bufstat/mm/buffers 1024
	bufstat/mm/cached 2048
	bufstat/mm/dirty 3072
	bufstat/mm/writeback 4096
	bufstat/mm/slab 5120
	bufstat/mm/slab_reclaimable 2048
	bufstat/mm/slab_unreclaimable 3072
	bufstat/mm/page_tables 6144
	bufstat/mm/node0/total 999999
	END
}

# report FILTER...: of what is left of these numbers
report()
{
	machine | "$@" | saved machine
	"$PROGRAM" report --from machine 2>err
	echo "status $?"
}

test_report()
{
	is "report" "$(report cat)" \
		"Generated: 1.000

Network:
  Socket buffers                 12 kB
  Device                 rx_buffers   tx_buffers
  eth0                           10 18446744073709551615
  lo                             20           20

Block:
  Buffers                         1 kB
  Cached                          2 kB
  Dirty                           3 kB
  Writeback                       4 kB

Memory management:
  Slab                            5 kB
    Reclaimable                   2 kB
    Unreclaimable                 3 kB
  Page tables                     6 kB

Overall:
  Total                        1023 kB
  Free                          512 kB
  Available                     768 kB
status 0"
	all=$(report cat)
	is "of a snapshot of bufstat alone" "$(report sed 's|^bufstat/||')" "$all"
	is "without a module it says so" \
		"$(report sed '/net\|sock/d' | sed -n '/Network/,/Block/p')" \
		"Network:
  is not there: the module bufstat_net is not loaded

Block:"
	is "and has no numbers of others" \
		"$(report sed '/bufstat.mm/d' | sed -n '/Block/,$p')" \
		"Block:
  is not there: the module bufstat_mm is not loaded

Memory management:
  is not there: the module bufstat_mm is not loaded

Overall:
  is not there: the module bufstat_mm is not loaded
status 0"
	is "what the kernel does not count is not 0" \
		"$(report sed '/mm.slab_r/d' | sed -n '/Slab/,/Unr/p')" \
		"  Slab                            5 kB
    Reclaimable         not counted
    Unreclaimable                 3 kB"
	is "half of a sum is none" \
		"$(report sed '/tcp.mem/d' | grep Socket)" \
		"  Socket buffers        not counted"
	is "nor is the other half" \
		"$(report sed '/udp.mem/d' | grep Socket)" \
		"  Socket buffers        not counted"
	is "nor is what cannot be read" \
		"$(report sed '/mm.free/s/$/ 5/; /eth0.rx/s/$/ 19/' | grep 'Free\|eth0\|status')" \
		"  eth0                 not readable 18446744073709551615
  Free                 not readable
status 1"
	is "which says why" "$(cat err)" \
		"statsfs: bufstat/net/eth0/rx_buffers: No such device
statsfs: bufstat/mm/free: Input/output error"
	is "without bufstat" "$(run report --from sample)" \
		"1::statsfs: there is no bufstat; try, as root:\
 modprobe -a bufstat_net bufstat_blk bufstat_mm"
	is "too many words" "$(run report x)" "2::usage: statsfs report"
}

test_reset()
{
	usage="usage: statsfs reset [--dry-run] PATTERN..."
	is "reset: nothing" "$(run reset) $(run reset -n)" "2::$usage 2::$usage"
	is "a saved snapshot" "$(run reset --from sample eth0)" \
		"1::statsfs: sample: a saved snapshot cannot be reset"
}

# Files that are taken for a mount; what is written to them is there afterwards.
make_mount()
{
	cat >statfs.c <<-'END'
	#include <linux/statsfs.h>
	#include <sys/vfs.h>
	int statfs(const char *path, struct statfs *fs)
	{
		(void)path;
		fs->f_type = STATSFS_MAGIC;
		return 0;
	}
	END
	need cc -Wall -Wextra -Werror -shared -fPIC -I"$TOP/include/uapi" \
		-o statfs.so statfs.c
	mkdir -p mount/eth0
	cp sample mount/.snapshot
	printf 10 >mount/eth0/rx_bytes
	echo -5 >mount/eth0/state
}

# reset ARGUMENT...: in that mount, and what has become of the file
reset_files()
{
	(
		export LD_PRELOAD="$dir/statfs.so"
		"$PROGRAM" reset --from mount "$@" >out 2>err
		echo "$?:$(paste -s -d ';' out):$(paste -s -d ';' err)$(head -c 1 mount/eth0/rx_bytes)"
	)
	printf 10 >mount/eth0/rx_bytes
}

test_reset_files()
{
	make_mount
	is "a dry run writes nothing" "$(reset_files -n 'eth?')" "0:eth0/rx_bytes 10:1"
	is "0 is written, and what was there is printed" \
		"$(reset_files '*/rx_bytes')" "0:eth0/rx_bytes 10:0"
	is "of all that is selected, what can be reset" \
		"$(reset_files '**')" "0:eth0/rx_bytes 10:0"
	is "what cannot be is no match that is missing" \
		"$(reset_files '*/state' nothing)" \
		"1::statsfs: nothing: no such value or directory; see statsfs ls -R;\
statsfs: */state: cannot be reset; for what can see: statsfs ls -o +RESET1"
	rm mount/eth0/rx_bytes
	mkdir mount/eth0/rx_bytes
	is "what cannot be written is said" \
		"$(LD_PRELOAD=$dir/statfs.so "$PROGRAM" reset --from mount "*/rx_bytes" 2>&1;
			echo $?)" \
		"statsfs: eth0/rx_bytes: Is a directory
1"
}

# Without statsfs, and elsewhere.
test_errors()
{
	is "no such place" "$(run ls --from nothing) $(run get --from nothing x)" \
		"1::statsfs: nothing: No such file or directory\
 1::statsfs: nothing: No such file or directory"
	is "no statsfs" "$(run ls --from . | sed 's/;.*//')" \
		"1::statsfs: . is not in a statsfs mount"
	is "a full disk" "$("$PROGRAM" ls --from sample 2>&1 >/dev/full; echo $?)" \
		"statsfs: cannot write: No space left on device
1"
}

test_get
test_ls
test_columns
test_sort
test_ls_json
test_terminal
test_report
test_reset
test_reset_files
test_errors
cd / && rm -r "$dir"
