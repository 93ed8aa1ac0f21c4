#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Readers and writers at the same time, on 1, 2 and 4 processors of User Mode Linux,
# at the speed of the machine, next to the same work by hand.  The suite
# kunit/parallel_bench.c takes the times, in rounds; what is shown are ratios of times
# of one round: the median, the least and the greatest of all rounds.

# shellcheck source-path=SCRIPTDIR/../scripts
. "$(dirname "$0")/../scripts/lib.sh"

SERIES=7.3
ROUNDS=7

table()
{
	printf 'table\t%s\n' "$1"
}

note()
{
	printf 'note\t%s\n' "$1"
}

# measure CPUS: prints "NAME NANOSECONDS STEPS" for each work of each round.
measure()
{
	local out

	out=$("$TOP/scripts/kunit.sh" um-parallel "$SERIES" "ncpus=$1" \
		kunit.filter_glob=statsfs_parallel) || { echo "$out" >&2; return 1; }
	if grep -qE '^ *not ok|^Bail out!' <<<"$out"; then
		echo "$out" >&2
		return 1
	fi
	sed -n "s/.* cpus $1 time \([a-z_0-9]*\) \([0-9]*\) steps \([0-9]*\)$/\1 \2 \3/p" \
		<<<"$out"
}

# figures TIMES: prints a figure for each line "A [B] | WHAT" of the input: the time
# of A per step, or as a multiple of that of B.
figures()
{
	awk -v rounds="$ROUNDS" '
		function fail(text) {
			print text >"/dev/stderr"
			failed = 1
			exit 1
		}
		FNR == NR {
			time[$1, ++nr[$1]] = $2
			steps[$1] = $3
			next
		}
		{
			name = $1
			by = $2
			what = $0
			sub(/.* \| /, "", what)
			if (nr[name] != rounds || by != "|" && nr[by] != rounds)
				fail("not " rounds " rounds: " $0)
			for (i = 1; i <= rounds; i++) {
				v = time[name, i] / steps[name]
				if (by != "|")
					v /= time[by, i] / steps[by]
				for (j = i; j > 1 && value[j - 1] > v; j--)
					value[j] = value[j - 1]
				value[j] = v
			}
			format = by == "|" ? "%.0f" : "%.2f"
			unit = by == "|" ? "ns" : "times"
			printf "figure\t%s\t" format "\t%s (" format " to " format ")\n",
				what, value[(rounds + 1) / 2], unit, value[1], value[rounds]
		}
		END { exit failed }' "$1" -
}

times=$(mktemp)
trap 'rm -f "$times"' EXIT
for cpus in 1 2 4; do
	readers="$cpus readers" writers="$cpus writers" on="$cpus CPUs"
	if ((cpus == 1)); then
		readers="1 reader" writers="1 writer" on="1 CPU"
	fi
	step BENCH "readers and writers on $on"
	measure "$cpus" >"$times" || die "no figures on $on"
	table "Readers and writers at the same time on $on"
	figures "$times" <<END
plain_read_1 | sum over 1,000 plain leaves, one reader, each read
plain_hand_1 | the same array by hand, one reader, each read
plain_read plain_read_1 | $readers of that sum, against one reader
plain_hand plain_hand_1 | $readers by hand, against one reader by hand
plain_read plain_hand | $readers of that sum, against $readers by hand
write_bare | $writers of a bare counter, 1,000 increments each
write write_bare | $writers of a per-CPU value of a source that nobody reads, against a bare counter
write_read write_bare | the same while one reader folds it
write_hand write_bare | $writers of a bare counter while one reader adds it up by hand, against nobody who reads
write_read write_hand | $writers while one reader folds, against one that adds up by hand
percpu_read | sum over 1,000 per-CPU leaves, $readers, each read
percpu_hand | the same leaves by hand, $readers, each read
percpu_read_write percpu_read | $readers of a sum over 1,000 per-CPU leaves beside $writers of the leaves, against no writers
percpu_hand_write percpu_hand | the same, readers by hand
percpu_read percpu_hand | $readers of that sum without writers, against by hand
percpu_read_write percpu_hand_write | $readers of that sum beside $writers, against by hand
END
	note "Wall time, User Mode Linux $SERIES with SMP, on a machine with $(nproc) processors: the median of $ROUNDS rounds, and the least and the greatest.  There is a reader, and a writer, on each CPU: each does its own work, so that 1.00 would be as many times the work in the same time.  Readers and writers of one CPU share it: twice the time is what that takes, with statsfs or by hand.  To disable interrupts and enable them again, as this_cpu_inc() does here, is a system call of the host: an increment costs far more than one instruction.  What else the host does is in all times: the spread tells."
	if ((cpus > $(nproc))); then
		note "There are more CPUs here than processors that run them: the work of $cpus takes at least $cpus/$(nproc) of the time of one, and waiting for each other depends on the host's scheduler."
	fi
done
