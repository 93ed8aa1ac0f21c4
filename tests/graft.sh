#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make graft and make ungraft, on copies of Debian's kernel sources; prints KTAP.
# shellcheck disable=SC2016,SC2317 # what make expands; functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$TOP/build/graft
tree=$work/tree
. tests/checks.sh

# All that is in the tree: contents, links, directories and permissions.
listing()
{
	cd "$tree" || return
	find . -type f -print0 | sort -z | xargs -0 sha256sum
	find . ! -type f -printf '%p %y %l\n' | sort
	find . -printf '%p %m\n' | sort
	cd "$TOP" || return
}

graft()
{
	make -s graft LINUX="$tree"
}

ungraft()
{
	make -s ungraft LINUX="$tree"
}

is_in_place()
{
	local file

	for file in fs/statsfs/{source.c,Kconfig,tests/Kconfig,providers/bufstat_net.c} \
		include/{linux,uapi/linux}/statsfs.h samples/statsfs/statsfs_kvm.c \
		Documentation/{filesystems/statsfs.rst,ABI/testing/statsfs-bufstat} \
		tools/testing/selftests/filesystems/statsfs/statsfs_test.c; do
		[[ -f $tree/$file && ! -L $tree/$file ]] || { echo "no $file"; return 1; }
	done
	grep -q '^   statsfs$' "$tree/Documentation/filesystems/index.rst" &&
		grep -q '^STATSFS' "$tree/MAINTAINERS" &&
		grep -qx 'source "fs/statsfs/Kconfig"' "$tree/fs/Kconfig" &&
		grep -q 'obj-$(CONFIG_STATS_FS)' "$tree/fs/Makefile" &&
		grep -q 'statsfs/$' "$tree/samples/Makefile" &&
		grep -qx 'TARGETS += filesystems/statsfs' \
			"$tree/tools/testing/selftests/Makefile"
}

# The kernel's own idea of who looks after our files.
is_maintained()
{
	local file

	for file in fs/statsfs/providers/kstats.c Documentation/ABI/testing/statsfs-cpu; do
		(cd "$tree" && perl scripts/get_maintainer.pl --no-git --no-git-fallback \
			--sections -f "$file") | grep -q '^STATSFS' || return
	done
}

has_no_compat()
{
	! find "$tree/fs/statsfs" -name Kbuild -o -name 'compat*' | grep .
}

is_unchanged()
{
	listing >"$work/after"
	diff "$work/before" "$work/after" >"$work/diff" || { head -n 20 "$work/diff"; return 1; }
}

# What is linked to an edited file is another's.
linked_is_unchanged()
{
	[[ $(sha256sum <"$work/linked") == "$linked" ]] &&
		! cmp -s "$work/linked" "$tree/MAINTAINERS"
}

changed_file_is_kept()
{
	echo "/* mine */" >>"$tree/fs/statsfs/load.c"
	refuses "load.c has been changed" ungraft || return
	cp --remove-destination statsfs/load.c "$tree/fs/statsfs/load.c"
}

new_file_is_kept()
{
	echo mine >"$tree/fs/statsfs/mine.c"
	refuses "mine.c is not of make graft" ungraft || return
	[[ -e $tree/fs/statsfs/mine.c && -e $tree/fs/statsfs/load.c ]] || return
	rm "$tree/fs/statsfs/mine.c"
}

changed_lines_are_kept()
{
	sed -i 's/^\(obj-$(CONFIG_STATS_FS)\).*/\1 += statsfs\/ mine\//' "$tree/fs/Makefile"
	sed -i '/^STATSFS/,/^$/s/Orphan/Odd Fixes/' "$tree/MAINTAINERS"
	refuses "has been changed" ungraft || return
	sed -i '/^STATSFS/,/^$/s/Odd Fixes/Orphan/' "$tree/MAINTAINERS"
	sed -i 's/^\(obj-$(CONFIG_STATS_FS)\).*/\1\t\t+= statsfs\//' "$tree/fs/Makefile"
}

# Lines of others beside ours stay.
other_lines_are_kept()
{
	sed -i 's/^source "fs\/statsfs\/Kconfig"/&\nsource "fs\/mine\/Kconfig"/' "$tree/fs/Kconfig"
	ungraft || return
	grep -qx 'source "fs/mine/Kconfig"' "$tree/fs/Kconfig" || return
	sed -i '/fs\/mine\/Kconfig/d' "$tree/fs/Kconfig"
	is_unchanged
}

# A build inside the tree leaves things, which go.
ungraft_after_build()
{
	touch "$tree"/fs/statsfs/{tree.o,.tree.o.cmd,built-in.a,modules.order,statsfs.ko} \
		"$tree/fs/statsfs/tests/.oracle.o.d"
	ungraft && is_unchanged
}

maintainer_is_named()
{
	make -s graft LINUX="$tree" MAINTAINER="A Person <person@example.org>" || return
	sed -n '/^STATSFS/,/^$/p' "$tree/MAINTAINERS"
	sed -n '/^STATSFS/,/^$/p' "$tree/MAINTAINERS" |
		grep -qx "M:	A Person <person@example.org>" || return
	ungraft
}

# All headers that ours name: where the compiler looks for them there, and for
# those that the kernel does not have.
finds_headers()
{
	local header headers sought lost=0

	sought=("$tree"/{include,include/uapi,arch/x86/include,fs/statsfs/compat})
	mapfile -t headers < <(grep -rhoP '^#include <\K[^>]+' "$tree/fs/statsfs" | sort -u)
	for header in "${headers[@]}"; do
		[[ $header == generated/* || $(find "${sought[@]/%//$header}" 2>/dev/null) ]] ||
			{ echo "no <$header>"; lost=1; }
	done
	return "$lost"
}

# What a kernel that is older than the sources gets.
old_kernel()
{
	"$TOP/scripts/copy-source.sh" 6.1 "$tree" || return
	graft || return
	[[ -e $tree/fs/statsfs/Kbuild && -e $tree/fs/statsfs/compat.h ]] || return
	finds_headers || return
	ungraft
	! grep -rl statsfs "$tree"/{fs,include,samples,MAINTAINERS,Documentation/filesystems}
}

# said [VARIABLE...]: what compat.mk says of a kernel whose headers are in
# $work/headers, or if that is content, in which headers it has looked.
said()
{
	env -u MAKEFLAGS -u MFLAGS make -s -f - srctree="$work/headers" "$@" <<-END 2>&1 || true
		include $TOP/statsfs/compat.mk
		all: ; @printf '%s\n' \$(sort \$(statsfs-headers))
	END
}

# Of a kernel without any headers it says all that it looks for.
looked_for()
{
	rm -rf "$work/headers"
	said | sed -n 's/.* statsfs: this kernel lacks \(.*\)\.  Stop\./\1/p' |
		sed 's/, /\n/g'
}

is_content()
{
	local what

	what=$(said "$@")
	! grep lacks <<<"$what"
}

# Each feature in turn goes from the headers of a kernel, under its old name and
# under its new one, and compat.mk says just that.
names_what_is_missing()
{
	local source feature all headers

	source=$("$TOP/scripts/source.sh" "$1") || return
	mapfile -t all < <(looked_for)
	[[ ${#all[@]} -gt 30 ]] || { echo "it looks for ${#all[@]} features"; return 1; }
	ln -s "$source" "$work/headers"
	is_content || return
	mapfile -t headers < <(said)
	rm "$work/headers"
	for feature in "${all[@]}"; do
		rm -rf "$work/headers"
		mkdir "$work/headers"
		(cd "$source/include" && cp --parents -t "$work/headers" "${headers[@]}" 2>/dev/null)
		mkdir "$work/headers/include"
		mv "$work"/headers/{linux,net} "$work/headers/include"
		find "$work/headers" -type f -exec sed -i -E "s/\\<(${feature// or /|})\\>/gone/g" {} +
		refuses "this kernel lacks $feature.  Stop" eval 'said; false' || return
	done
}

# The configuration counts where modules are built outside the tree.
names_missing_option()
{
	local option configured=()

	for option in CC_VERSION_TEXT BLOCK MODULES SYSFS TRACEPOINTS; do
		configured+=("CONFIG_$option=y")
	done
	rm -rf "$work/headers"
	ln -s "$("$TOP/scripts/source.sh" 6.1)" "$work/headers"
	is_content KBUILD_EXTMOD=yes || return
	is_content KBUILD_EXTMOD=yes "${configured[@]}" CONFIG_NET=y || return
	refuses "this kernel lacks CONFIG_NET.  Stop" \
		eval 'said KBUILD_EXTMOD=yes "${configured[@]}"; false'
}

# The build itself stops there.
build_says_it()
{
	local kernel

	kernel=$("$TOP/scripts/kernel.sh" 6.1) || return
	rm -rf "$work/kernel" "$work/headers"
	mkdir "$work/kernel"
	cp -al "$kernel"/{usr,lib} "$work/kernel"
	sed -i 's/iov_iter_ubuf/gone/' "$work"/kernel/usr/src/*-common/include/linux/uio.h
	refuses "statsfs: this kernel lacks iov_iter_ubuf.  Stop" \
		scripts/build.sh "$work"/kernel/lib/modules/*/build "$work/modules" || return
	rm -rf "$work/kernel" "$work/modules"
}

graft_says_it()
{
	sed -i 's/iov_iter_ubuf/gone/' "$tree/include/linux/uio.h"
	refuses "this kernel lacks iov_iter_ubuf" graft
}

lock "$work/.lock"
"$TOP/scripts/copy-source.sh" 7.3 "$tree"
ln -f "$tree/MAINTAINERS" "$work/linked"
linked=$(sha256sum <"$work/linked")
listing >"$work/before"

echo "KTAP version 1"
echo "1..25"
check "graft: it works" graft
check "graft: everything is in its place" is_in_place
check "graft: MAINTAINERS finds it" is_maintained
check "graft: 7.3 gets nothing for older kernels" has_no_compat
check "graft: again is refused" refuses "has statsfs already" graft
check "graft: what was linked to an edited file is as it was" linked_is_unchanged
check "ungraft: the tree is as it was" eval 'ungraft && is_unchanged'
check "ungraft: again is refused" refuses "is not grafted" ungraft
check "graft: what is no kernel is refused" refuses "is no kernel source tree" \
	make -s graft LINUX="$TOP/statsfs"
check "graft: a directory that is not there is refused" refuses "No such file" \
	make -s graft LINUX="$work/none"
check "graft: no directory is refused" refuses "LINUX=" make -s graft
check "graft: a file of that name is refused" eval 'touch "$tree/include/linux/statsfs.h" &&
	refuses "make graft did not put there" graft &&
	rm "$tree/include/linux/statsfs.h" && is_unchanged'
check "graft: once more" graft
check "ungraft: a changed file is kept" changed_file_is_kept
check "ungraft: a file of another is kept" new_file_is_kept
check "ungraft: lines that were changed are kept" changed_lines_are_kept
check "ungraft: lines of another are kept" other_lines_are_kept
check "ungraft: what a build leaves goes" eval 'graft && ungraft_after_build'
check "graft: MAINTAINER= is named" maintainer_is_named
check "graft: 6.1 gets what it lacks, and loses it" old_kernel
check "compat: what 6.1 could lack is named" names_what_is_missing 6.1
check "compat: what 7.3 could lack is named" names_what_is_missing 7.3
check "compat: so is an option" names_missing_option
check "compat: the build stops with that" build_says_it
check "graft: so does graft" graft_says_it
rm -rf "$tree" "$work/headers"
exit "$status"
