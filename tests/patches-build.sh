#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compiles statsfs in a kernel tree after each patch of the series: built in, as
# modules, and off.  Only our objects are compiled; what they need of each other
# must be there.  Prints KTAP.  Minutes.
# shellcheck disable=SC2015,SC2317 # functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$TOP/build/patches-build
tree=$work/tree
objects=$work/objects
. tests/checks.sh
kbuild()
{
	env -u MAKEFLAGS -u MFLAGS make -s -C "$tree" O="$objects" -j"$(nproc)" "$@"
}

# configure y|m|n: all that there is of ours, so
configure()
{
	local symbols

	symbols=$(sed -n 's/^config \(STATS_FS\w*\|BUFSTAT\w*\|KSTATS\|CPUSTAT\|SAMPLE_STATSFS\)$/\1/p' \
		"$tree"/fs/statsfs/{,*/}Kconfig "$tree"/samples/statsfs/Kconfig 2>/dev/null)
	{
		cat "$work/base.config"
		for symbol in $symbols; do
			echo "CONFIG_$symbol=$1"
		done
	} >"$objects/.config"
	kbuild olddefconfig
}

# What our objects need of statsfs and its providers, and none of them has.
undefined()
{
	local all

	mapfile -t all < <(find "$objects/fs/statsfs" "$objects/samples/statsfs" -name '*.o' \
		2>/dev/null)
	nm "${all[@]}" | awk '
		$1 == "U" && $2 ~ /^(statsfs|bufstat)_/ { needed[$2] }
		$2 ~ /^[TDBRVW]$/ { there[$3] }
		END { for (name in needed) if (!(name in there)) print "nobody has " name }'
}

# Modules may use only what is exported.
not_exported()
{
	local all

	mapfile -t all < <(find "$objects/fs/statsfs/providers" "$objects/fs/statsfs/tests" \
		"$objects/samples/statsfs" -name '*.o' 2>/dev/null)
	((${#all[@]})) || return 0
	comm -13 <(grep -rhoP '(?<=EXPORT_SYMBOL_GPL\()\w+(?=\))' "$tree/fs/statsfs" | sort -u) \
		<(nm "${all[@]}" | sed -n 's/^ *U \(statsfs_.*\)/\1/p' | sort -u)
}

compile()
{
	local target targets=(fs/statsfs/)

	find "$objects/fs/statsfs" "$objects/samples/statsfs" -name '*.o' -delete 2>/dev/null
	if [[ $1 == m && -e $tree/samples/statsfs ]]; then
		targets+=(samples/statsfs/)
	fi
	configure "$1" && grep -x "CONFIG_STATS_FS=." "$objects/.config" || return
	for target in "${targets[@]}"; do
		kbuild W=1 "$target" || return
	done
	find "$objects/fs/statsfs" -name '*.o' | grep -q . || { echo "nothing compiled"; return 1; }
	is_silent undefined || return
	[[ $1 != m ]] || is_silent not_exported
}

refuses_m()
{
	configure m
	! grep -x "CONFIG_STATS_FS=m" "$objects/.config"
}

# A provider with statsfs turned off: nothing is left of its calls.
off()
{
	configure n || return
	mkdir -p "$work/off"
	cp "$TOP/graft/off.c" "$work/off"
	echo "obj-m := off.o" >"$work/off/Kbuild"
	kbuild M="$work/off" KBUILD_MODPOST_WARN=1 W=1 off.o || return
	nm "$work/off/off.o"
	! nm "$work/off/off.o" | grep -q statsfs_
}

lock "$work/.lock"
# The tree is in no repository, whatever is around it.
export GIT_CEILING_DIRECTORIES=$work
"$TOP/scripts/packages.sh" kernel
"$TOP/scripts/copy-source.sh" 7.3 "$tree"
"$TOP/scripts/patches.py" "$tree" "$work/patches"
patches=("$work"/patches/*.patch)
patches=("${patches[@]:1}")
mkdir -p "$objects"
step BUILD "what Linux 7.3 needs to compile a part of it"
KCONFIG_ALLCONFIG=$TOP/graft/build.config kbuild allnoconfig >"$work/prepare.log" 2>&1
kbuild modules_prepare >>"$work/prepare.log" 2>&1 || { cat "$work/prepare.log"; exit 1; }
# kconfig leaves out silently what depends on something that is not there.
missing=$(grep '^CONFIG' graft/build.config | grep -vxFf "$objects/.config" || true)
[[ ! $missing ]] || die "not possible with this source: ${missing//$'\n'/ }"
cp "$objects/.config" "$work/base.config"

echo "KTAP version 1"
echo "1..$((2 * ${#patches[@]} + 1))"
modules=no
for patch in "${patches[@]}"; do
	name=${patch##*/}
	git -C "$tree" apply --whitespace=nowarn "$patch"
	check "${name%%-*}: built in" compile y
	# The first ones have nothing that can be loaded.
	if [[ -e $tree/fs/statsfs/inode.c ]]; then
		modules=yes
	fi
	if [[ $modules == yes ]]; then
		check "${name%%-*}: as modules" compile m
	else
		check "${name%%-*}: never as a module" refuses_m
	fi
done
check "turned off, nothing is left of a provider's calls" off
exit "$status"
