#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: backports.sh mirror
#        backports.sh cache ARGUMENT...
#        backports.sh download PACKAGE[/SUITE]...
#
# Debian packages that this machine's own apt does not offer, such as newer
# kernels, by an apt configuration in the cache: the system's is neither used nor
# changed. Prints the mirror, which is the system's; does what apt-cache does; or
# downloads packages into the current directory.

. "$(dirname "$0")/lib.sh"

SUITES=(bookworm-backports trixie-backports)
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

apt=$CACHE/apt

# Where the system gets Debian itself from.
mirror()
{
	local codename uri

	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # apt's, not the shell's
	uri=$(apt-get indextargets --format '$(RELEASE) $(CODENAME) $(SITE)' |
		awk -v codename="$codename" \
			'($1 == codename || $2 == codename) && !found++ { print $NF }')
	if [[ ! $uri ]]; then
		die "apt has no Debian mirror"
	fi
	echo "$uri"
}

# That root downloads without apt's own sandbox is not worth a warning.
private()
{
	"$1" -q -o Dir::Etc::SourceList="$apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" \
		-o APT::Sandbox::User=root "${@:2}"
}

update()
{
	local uri suite

	uri=$(mirror)
	mkdir -p "$apt"/state/lists/partial "$apt"/cache/archives/partial
	for suite in "${SUITES[@]}"; do
		echo "deb [signed-by=$KEYRING] $uri $suite main"
	done >"$apt/sources.new"
	step APT "update ${SUITES[*]}"
	private apt-get -o Dir::Etc::SourceList="$apt/sources.new" update >&2
	mv "$apt/sources.new" "$apt/sources.list"
}

# The lists may be those of other suites, or none.
current()
{
	local suite

	for suite in "${SUITES[@]}"; do
		grep -qs " $suite " "$apt/sources.list" || return
	done
}

lock "$apt/.lock"
case ${1-} in
mirror)
	mirror
	;;
cache)
	current || update
	private apt-cache "${@:2}"
	;;
download)
	shift
	# They may name what the mirror no longer has.
	if ! current || ! private apt-get download "$@" >&2; then
		update && private apt-get download "$@" >&2
	fi
	;;
*)
	die "usage: backports.sh mirror | cache ARGUMENT... | download PACKAGE[/SUITE]..."
	;;
esac
