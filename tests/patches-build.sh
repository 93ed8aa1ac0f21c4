#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: patches-build.sh [NUMBER...]
#
# Compiles statsfs in a kernel tree after each patch of the series, or only after
# these: by gcc, built in and as modules; by clang; off.  Holds what a patch touches
# against kernel-doc and coccicheck, and for Linux 6.1 against sparse, which does
# not understand 7.3.  Only our objects are compiled; what they need of each other
# must be there.  Prints KTAP.  Minutes.
# shellcheck disable=SC2015,SC2016,SC2317 # for eval; functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$TOP/build/patches-build
tree=$work/tree
. tests/checks.sh
. tests/grafted.sh

CLANG=(LLVM=-19)

# Of 6.1, which gets what it lacks with the first patch.
old_tree=$work/old-tree
old_objects=$work/old

# prepare OBJECTS ARGUMENT...: what the kernel needs to compile a part of it
prepare()
{
	local objects=$1

	mkdir -p "$objects"
	KCONFIG_ALLCONFIG=$TOP/graft/build.config kbuild "$objects" "${@:2}" allnoconfig &&
		has_config "$objects" graft/build.config &&
		kbuild "$objects" "${@:2}" modules_prepare || return
	cp "$objects/.config" "$objects/base.config"
}

# configure OBJECTS y|m|n ARGUMENT...: all that there is of ours, so
configure()
{
	local option

	cp "$1/base.config" "$1/.config"
	for option in $(our_options); do
		echo "CONFIG_$option=$2" >>"$1/.config"
	done
	kbuild "$1" "${@:3}" olddefconfig
}

# ours OBJECTS [DIRECTORY...]: our object files
ours()
{
	local objects=$1

	shift
	# Not all directories are there yet.
	(cd "$objects" && find "${@:-fs/statsfs}" samples/statsfs -name '*.o' 2>/dev/null) || true
}

# What our objects need of statsfs and its providers, and none of them has.
undefined()
{
	(cd "$1" && ours "$1" | xargs nm) | awk '
		$1 == "U" && $2 ~ /^(statsfs|bufstat)_/ { needed[$2] }
		$2 ~ /^[TDBRVW]$/ { there[$3] }
		END { for (name in needed) if (!(name in there)) print "nobody has " name }'
}

# Modules may use only what is exported.
not_exported()
{
	comm -13 <(grep -rhoP '(?<=EXPORT_SYMBOL_GPL\()\w+(?=\))' "$tree/fs/statsfs" | sort -u) \
		<(cd "$1" && ours "$1" fs/statsfs/{providers,tests} | xargs -r nm |
			sed -n 's/^ *U \(statsfs_.*\)/\1/p' | sort -u)
}

# compile OBJECTS y|m ARGUMENT...: what has changed since the last time
compile()
{
	local target targets=(fs/statsfs/)

	if [[ $2 == m && -e $tree/samples/statsfs ]]; then
		targets+=(samples/statsfs/)
	fi
	configure "$@" && grep -x "CONFIG_STATS_FS=[ym]" "$1/.config" || return
	for target in "${targets[@]}"; do
		kbuild "$1" "${@:3}" W=1 "$target" || return
	done
	ours "$1" | grep -q . || { echo "nothing compiled"; return 1; }
	is_silent undefined "$1" || return
	[[ $2 != m ]] || is_silent not_exported "$1"
}

refuses_m()
{
	configure "$work/gcc-m" m
	! grep -x "CONFIG_STATS_FS=m" "$work/gcc-m/.config"
}

# The first ones have nothing that can be loaded.
as_modules()
{
	if [[ -e $tree/fs/statsfs/inode.c ]]; then
		check "$number: as modules" compile "$work/gcc-m" m
	else
		check "$number: never as a module" refuses_m
	fi
}

# touched PATCH: the files of C in it that are part of the kernel
touched()
{
	sed -n 's/^+++ b\/\(.*\.[ch]\)$/\1/p' "$1" | sed '/^tools\//d'
}

kernel_doc()
{
	local files

	mapfile -t files < <(touched "$1")
	((${#files[@]})) || return 0
	(cd "$tree" && is_silent ./tools/docs/kernel-doc -none -Wall -Werror "${files[@]}")
}

# sparse warns and lets the build go on.  It does not know __cleanup__, and so takes
# guard() for an imbalance of context.
sparse()
{
	local tree=$old_tree

	configure "$old_objects" y &&
		kbuild "$old_objects" C=1 CF="-D__CHECK_ENDIAN__ -Wno-context" fs/statsfs/ \
			>"$work/sparse.log" 2>&1 || { cat "$work/sparse.log"; return 1; }
	! grep -E '(fs/statsfs|samples/statsfs|include/(uapi/)?linux/statsfs).*: (warning|error): ' \
		"$work/sparse.log"
}

# For coccicheck, which takes its time to begin: all states of what it looks at, each
# in a directory.  That all is included is seen to by the compilers.
keep_for_coccicheck()
{
	local file

	for file in $(touched "$patch"); do
		mkdir -p "$work/cocci/$number/${file%/*}"
		cp "$tree/$file" "$work/cocci/$number/$file"
	done
}

# It fails for no finding: any line with a place in a file is one.
run_coccicheck()
{
	(cd "$tree" && env -u MAKEFLAGS -u MFLAGS make -s coccicheck MODE=report \
		M="$work/cocci" J="$(nproc)") >"$work/cocci.log" 2>&1 ||
		{ tail -n 20 "$work/cocci.log"; return 1; }
	# As it does where it has looked at nothing.
	grep -q 'Please check for false positives' "$work/cocci.log"
}

coccicheck()
{
	! grep -E "^[^ ]*cocci/$1/.*\.[ch]:[0-9]+" "$work/cocci.log"
}

# A provider with statsfs turned off: nothing is left of its calls.
off()
{
	configure "$work/gcc-y" n || return
	mkdir -p "$work/off"
	cp "$TOP/graft/off.c" "$work/off"
	echo "obj-m := off.o" >"$work/off/Kbuild"
	kbuild "$work/gcc-y" M="$work/off" KBUILD_MODPOST_WARN=1 W=1 off.o || return
	nm "$work/off/off.o"
	! nm "$work/off/off.o" | grep -q statsfs_
}

is_wanted()
{
	local number

	((${#wanted[@]})) || return 0
	for number in "${wanted[@]}"; do
		[[ $((10#$1)) -ne $number ]] || return 0
	done
	return 1
}

apply_next()
{
	git -C "$tree" apply --whitespace=nowarn "$patch"
	git -C "$old_tree" apply --whitespace=nowarn "$work/old-patches/${patch##*/}"
	if [[ ! -e $old_tree/fs/statsfs/Kbuild ]]; then
		cp -r statsfs/compat* "$old_tree/fs/statsfs"
		PYTHONPATH=scripts python3 -B -c 'import graft; print(graft.COMPAT_KBUILD, end="")' \
			>"$old_tree/fs/statsfs/Kbuild"
	fi
}

wanted=("$@")
lock "$work/.lock"
# The tree is in no repository, whatever is around it.
export GIT_CEILING_DIRECTORIES=$work
"$TOP/scripts/packages.sh" kernel clang lint
"$TOP/scripts/copy-source.sh" 7.3 "$tree"
"$TOP/scripts/copy-source.sh" 6.1 "$old_tree"
"$TOP/scripts/patches.py" "$tree" "$work/patches"
"$TOP/scripts/patches.py" "$old_tree" "$work/old-patches"
patches=("$work"/patches/*.patch)
patches=("${patches[@]:1}")
rm -rf "$work/cocci"
mkdir "$work/cocci"

count=0
for patch in "${patches[@]##*/}"; do
	if is_wanted "${patch%%-*}"; then
		count=$((count + 1))
	fi
done
echo "KTAP version 1"
echo "1..$((6 * count + 6))"
step BUILD "what kernels need to compile a part of them"
check "prepared for gcc, built in" prepare "$work/gcc-y"
check "prepared for gcc, as modules" prepare "$work/gcc-m"
check "prepared for clang" prepare "$work/clang-y" "${CLANG[@]}"
check "prepared for sparse" eval 'tree=$old_tree prepare "$old_objects"'
for patch in "${patches[@]}"; do
	number=${patch##*/}
	number=${number%%-*}
	apply_next
	is_wanted "$number" || continue
	keep_for_coccicheck
	check "$number: built in" compile "$work/gcc-y" y
	as_modules
	check "$number: by clang" compile "$work/clang-y" y "${CLANG[@]}"
	check "$number: kernel-doc is content" kernel_doc "$patch"
	check "$number: sparse is content" sparse
done
check "turned off, nothing is left of a provider's calls" off
step COCCI "log: $work/cocci.log"
check "coccicheck looks at all of it" run_coccicheck
for patch in "${patches[@]}"; do
	number=${patch##*/}
	number=${number%%-*}
	if is_wanted "$number"; then
		check "$number: coccicheck is content" coccicheck "$number"
	fi
done
exit "$status"
