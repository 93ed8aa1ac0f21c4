#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: backports.sh PACKAGE...
#
# Downloads Debian packages that this machine's own apt does not offer, such as
# newer kernels, into the current directory: from the same mirror, by an apt
# configuration in the cache. The system's is neither used nor changed.

. "$(dirname "$0")/lib.sh"

SUITES=(trixie-backports)
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

apt=$CACHE/apt

# Where the system gets Debian itself from.
mirror()
{
	local codename

	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # apt's, not the shell's
	apt-get indextargets --format '$(RELEASE) $(CODENAME) $(SITE)' |
		awk -v codename="$codename" \
			'($1 == codename || $2 == codename) && !found++ { print $NF }'
}

# That root downloads without apt's own sandbox is not worth a warning.
private_apt()
{
	apt-get -q -o Dir::Etc::SourceList="$apt/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State="$apt/state" -o Dir::Cache="$apt/cache" \
		-o APT::Sandbox::User=root "$@" >&2
}

update()
{
	local uri suite

	uri=$(mirror)
	if [[ ! $uri ]]; then
		die "apt has no Debian mirror"
	fi
	mkdir -p "$apt"/state/lists/partial "$apt"/cache/archives/partial
	for suite in "${SUITES[@]}"; do
		echo "deb [signed-by=$KEYRING] $uri $suite main"
	done >"$apt/sources.list"
	step APT "update ${SUITES[*]}"
	private_apt update
}

lock "$apt/.lock"
# The lists may name what the mirror no longer has.
if [[ ! -e $apt/sources.list ]] || ! private_apt download "$@"; then
	update && private_apt download "$@"
fi
