#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The completion of bash and zsh has all that --help says, and paths below the mount.
# shellcheck disable=SC2034 # bash's completion reads some variables

cd "${0%/*}/../.." || exit
TOP=$PWD
. tests/lib.sh

PROGRAM=$TOP/build/tools/statsfs/statsfs
COMPLETION=$TOP/tools/statsfs/completion
PATH=$TOP/build/tools/statsfs:$PATH
dir=$(mktemp -d) || exit
cd "$dir" || exit
# shellcheck source=completion/statsfs.bash
. "$COMPLETION/statsfs.bash"

verbs=$("$PROGRAM" --help | awk '/^  --/ { exit } /^  [a-z]/ { print $1 }' | sort)
nr_verbs=$(wc -w <<<"$verbs")

# In place of what the mount has.
_statsfs_mount()
{
	echo "$dir/mount"
}

# bash_completes WORD...: for the last one, sorted
bash_completes()
{
	COMP_WORDS=(statsfs "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_statsfs
	printf '%s\n' "${COMPREPLY[@]}" | sort
}

# zsh_completes WORD...: the same by zsh, but for files, of which it says where it
# would look
zsh_completes()
{
	zsh -f -c '
		compadd() { shift ${@[(i)--]}; print -l -- "$@" }
		compset() { prefix=$2 }
		_files() { print files }
		_path_files() { print "paths $*" }
		source $1
		top=$2
		_statsfs_mount() { print $top }
		shift 2
		words=(statsfs "$@")
		CURRENT=$#words
		_statsfs' zsh "$COMPLETION/_statsfs" "$dir/mount" "$@" | sort
}

# options VERB: as --help has them, in both spellings
options()
{
	"$PROGRAM" "$1" --help | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\1 \2/p' |
		grep -o -e '--[a-z-]*' -e '-[^-,]' | sort -u
}

# both NAME EXPECTED WORD...: in either shell
both()
{
	name=$1
	expected=$2
	shift 2
	is "bash: $name" "$(bash_completes "$@")" "$expected"
	is "zsh: $name" "$(zsh_completes "$@")" "$expected"
}

test_verbs()
{
	check "there are verbs" [ "$nr_verbs" -ge 6 ]
	is "bash: all verbs" "$(bash_completes '' | grep -v ^--)" "$verbs"
	is "zsh: all verbs" "$(zsh_completes '' | grep -v ^--)" "$verbs"
	is "bash: those that begin so" "$(bash_completes re | paste -s -d ' ')" "report reset"
	for verb in $verbs; do
		both "options of $verb" "$(options "$verb")" "$verb" -
	done
}

test_arguments()
{
	columns=$("$PROGRAM" ls --help | awk '/^  [A-Z]/ { print $1 }' | sort)
	check "there are columns" [ "$(wc -w <<<"$columns")" -ge 10 ]
	both "columns" "$columns" ls --sort ''
	both "columns of a list" "$columns" ls -o ''
	is "bash: behind a comma" "$(bash_completes ls -o name,un)" "name,UNIT"
	is "bash: behind a plus" "$(bash_completes ls --output = +ty)" "+TYPE"
	is "bash: behind =" "$(bash_completes ls --sort = ki)" KIND
	is "bash: just behind it" "$(bash_completes ls --sort =)" "$columns"
	is "zsh: behind =" "$(zsh_completes ls --sort=)" "$columns"
	touch saved
	mkdir -p mount/bufstat/net mount/.hidden
	touch mount/bufstat/net/{rx_bytes,rx_errors,.snapshot} mount/bufstat/free
	is "bash: files" "$(bash_completes ls --from sav)" saved
	is "bash: of snapshot, too" "$(bash_completes snapshot sav)" saved
	is "zsh: files" "$(zsh_completes ls --from '')$(zsh_completes snapshot '')" filesfiles
}

test_paths()
{
	is "bash: paths below the mount" "$(bash_completes ls buf)" bufstat/
	is "bash: further down" "$(bash_completes get bufstat/ | paste -s -d ' ')" \
		"bufstat/free bufstat/net/"
	is "bash: values, no snapshot" \
		"$(bash_completes reset lo bufstat/net/ | paste -s -d ' ')" \
		"bufstat/net/rx_bytes bufstat/net/rx_errors"
	is "zsh: paths below the mount" \
		"$(zsh_completes get '')" "paths -W $dir/mount"
	is "nothing for what takes none" "$(bash_completes report '')$(zsh_completes report '')" ""
}

# typed SHELL COMMANDS TEXT: what is on the terminal when the text has been typed
typed()
{
	python3 - "$@" <<-'END'
	import os, pty, select, sys, time
	shell, commands, text = sys.argv[1:]
	pid, fd = pty.fork()
	if not pid:
	    os.environ.update(TERM="dumb", PS1="ready> ", PROMPT="ready> ")
	    os.execvp(shell, [shell] + {"bash": ["--norc", "--noprofile"], "zsh": ["-f"]}[shell] + ["-i"])
	seen = b""
	def wait_for(what, seconds=60):
	    global seen
	    end = time.monotonic() + seconds
	    while what not in seen and time.monotonic() < end:
	        if select.select([fd], [], [], 1)[0]:
	            seen += os.read(fd, 4096).replace(b"\a", b"")
	wait_for(b"ready> ")
	os.write(fd, commands.encode() + b"; echo go''on\n")
	wait_for(b"goon\r")
	seen = seen.split(b"goon\r", 1)[-1]
	wait_for(b"ready> ")
	os.write(fd, text.encode() + b"\t")
	wait_for(b"report")
	print("report" if b"statsfs report" in seen else seen)
	os.kill(pid, 9)
	END
}

# A completion may be right and never called.
test_shells()
{
	is "bash: on a terminal" \
		"$(typed bash ". '$COMPLETION/statsfs.bash'" "statsfs rep")" report
	is "zsh: on a terminal" "$(typed zsh "fpath=('$COMPLETION' \$fpath)
autoload -U compinit
compinit -u -D" "statsfs rep")" report
}

# Verbs and long options of --help that the manual pages have not.
not_in_manual()
{
	for verb in $verbs; do
		grep -q "^\.Cm $verb" "$TOP"/tools/statsfs/*.1 || echo "$verb"
		for option in $(options "$verb" | grep ^--); do
			grep -q "Fl Fl ${option#--}\b" "$TOP"/tools/statsfs/*.1 ||
				echo "$verb $option"
		done
	done
}

test_manual()
{
	is "the manual has all verbs and options" "$(not_in_manual)" ""
}

plan $((2 * nr_verbs + 25))
test_verbs
test_arguments
test_paths
test_shells
test_manual
cd / && rm -r "$dir"
