# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# For tests that run on this machine; to be sourced after scripts/lib.sh and a
# definition of $work, a directory.  They print KTAP.

checks=0
status=0
mkdir -p "$work"

# check NAME COMMAND...: one line; what the command says is shown if it fails
check()
{
	local name=$1

	shift
	checks=$((checks + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $checks - $name"
	else
		status=1
		tail -n 40 "$work/out" | awk '{ print "# " $0 }'
		echo "not ok $checks - $name"
	fi
}

# is_silent COMMAND...: it says nothing
is_silent()
{
	local said

	said=$("$@" 2>&1)
	[[ ! $said ]] || { echo "$said"; return 1; }
}

# refuses TEXT COMMAND...: it fails and says that
refuses()
{
	local text=$1

	shift
	if "$@" >"$work/refusal" 2>&1; then
		echo "it did not refuse"
		return 1
	fi
	cat "$work/refusal"
	grep -qF -- "$text" "$work/refusal"
}
