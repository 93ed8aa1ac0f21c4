# SPDX-License-Identifier: GPL-2.0
#
# What the scripts share; to be sourced.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/statsfs

# Progress looks like kbuild's, and goes to standard error: standard output
# belongs to the command that "make vm" runs.
step()
{
	printf '  %-7s %s\n' "$1" "$2" >&2
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# lock FILE: wait for the lock and hold it until this script ends.
lock()
{
	mkdir -p "$(dirname "$1")"
	exec {lock_fd}>"$1"
	flock -n "$lock_fd" && return
	step WAIT "for whoever has $1"
	flock "$lock_fd"
}

# make_once DIRECTORY COMMAND...: have DIRECTORY, which is what the command left in
# a new one that it ran in. It is there whole or not at all.
make_once()
{
	local parent

	parent=$(dirname "$1")
	if [[ -e $1 ]]; then
		return
	fi
	lock "$parent/.lock"
	if [[ -e $1 ]]; then
		return
	fi
	rm -rf "$parent"/.new.*
	new=$(mktemp -d "$parent/.new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	cd "$new"
	"${@:2}"
	chmod 755 "$new"
	mv -T "$new" "$1"
}

# The packages in the current directory become what is in them.
unpack_packages()
{
	local package

	for package in *.deb; do
		dpkg-deb -x "$package" .
		rm "$package"
	done
}

# link_tree SOURCE DIRECTORY: have DIRECTORY hold links to the sources in SOURCE,
# and none to files that are gone.
link_tree()
{
	local file

	mkdir -p "$2"
	find "$1" -type f -printf '%P\n' | while read -r file; do
		case ${file##*/} in
		*.[ch] | *.mk | Kbuild | Kconfig | Makefile | .kunitconfig)
			mkdir -p "$2/$(dirname "$file")"
			ln -sf "$1/$file" "$2/$file"
			;;
		esac
	done
	find "$2" -xtype l -delete
}

# as_root COMMAND...: or say what to run where root is out of reach.
as_root()
{
	if ((EUID == 0)); then
		"$@"
	elif sudo -n true 2>/dev/null; then
		sudo -n -- "$@"
	else
		die "needs root; please run: $*"
	fi
}

# A third-party source that does not answer is no reason to stop: what comes
# next says whether the packages that matter are there.
apt_update()
{
	step APT "update"
	as_root apt-get -q update >&2 || true
}

# apt_download PACKAGE...: into the current directory. That root downloads
# without apt's own sandbox is not worth a warning.
apt_download()
{
	local options=()

	if ((EUID == 0)); then
		options=(-o APT::Sandbox::User=root)
	fi
	apt-get -q "${options[@]}" download "$@" >&2
}
