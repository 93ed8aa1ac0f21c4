#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The series of patches: it applies, gives what make graft gives, and the kernel's
# checkpatch is content with it.  Prints KTAP.  tests/patches-build.sh compiles it.
# shellcheck disable=SC2317 # functions called by name

. "$(dirname "$0")/../scripts/lib.sh"

cd "$TOP"
work=$TOP/build/test-patches
. tests/checks.sh
tree=$work/tree
# The tree is in no repository, whatever is around it.
export GIT_CEILING_DIRECTORIES=$work

# What lint.sh does not want to hear either, and
# - FILE_PATH_CHANGES: asks whether MAINTAINERS has new files; is_maintained() looks
IGNORE=$(sed -n 's/^CHECKPATCH_IGNORE+\?=//p' scripts/lint.sh | tr -d '\n')
IGNORE+=,FILE_PATH_CHANGES

make_patches()
{
	env -u MAKEFLAGS make -s patches LINUX="$tree" && ls "$TOP"/build/patches/0000-*
}

# All at once: in the order of their names.
apply_patches()
{
	git -C "$tree" apply --whitespace=nowarn "${patches[@]}"
}

edited()
{
	echo MAINTAINERS
	sed -n 's/^path = "\(.*\)"/\1/p' graft/series.toml | sort -u
}

created()
{
	sed -n 's/^ create mode 100644 //p' "$TOP"/build/patches/0000-*
}

# In a second copy, by the other way.
equals_graft()
{
	local file

	"$TOP/scripts/graft.py" graft "$work/grafted" || return
	for file in $(edited) $(created); do
		cmp "$tree/$file" "$work/grafted/$file" || return
	done
	[[ $(created | wc -l) -eq $(python3 -c '
import json, sys
print(len(json.load(open(sys.argv[1]))["files"]))' "$work/grafted/.statsfs-graft") ]]
}

# checkpatch's findings in one patch; nobody has signed it yet
findings()
{
	(cd "$tree" && perl scripts/checkpatch.pl --strict --no-signoff --no-summary --terse \
		--show-types --ignore "$IGNORE" "$1")
}

# Of a message: a subject that fits, a blank line, a text, and no name under it.
has_message()
{
	local message

	message=$(git mailinfo "$work/body" /dev/null <"$1") || return
	sed -n 's/^Subject: //p' <<<"$message" | grep -qE '^(statsfs|samples|selftests): .{5,60}$' &&
		[[ $(wc -w <"$work/body") -gt 20 ]] &&
		! grep -E '^[A-Z][a-z]+(-[a-z]+)+-by:' "$1"
}

# Each file that comes is under an entry, in that patch already.
is_maintained()
{
	python3 -B - <<-END
		import fnmatch, sys
		sys.path.insert(0, "$TOP/scripts")
		import series
		plan = series.Series()
		for step in range(1, plan.last + 1):
		    kept = [l[3:] for l in plan.entry(step).splitlines() if l.startswith("F:")]
		    for path in plan.files(step):
		        if not any(path.startswith(k) if k.endswith("/") else
		                   fnmatch.fnmatch(path, k) for k in kept):
		            sys.exit(f"patch {step}: nobody has {path}")
	END
}

cover_is_complete()
{
	! grep -nE '\*\*\*|[{}]' "$TOP"/build/patches/0000-* &&
		! sed '/^.* ([0-9]*):$/,$d' "$TOP"/build/patches/0000-* | grep -nE '^.{77}'
}

# A number that the measurements do not have is an error, not a gap.
unknown_number()
{
	rm -rf "$work/copy"
	mkdir "$work/copy"
	cp -r scripts graft bench statsfs include kunit samples providers Documentation \
		"$work/copy"
	echo "{No such table | row | each}" >>"$work/copy/graft/patches/cover.txt"
	(cd "$work/copy" && git init -q && git config user.name x && git config user.email x@x &&
		scripts/patches.py "$tree" "$work/copy/out")
}

lock "$work/.lock"
"$TOP/scripts/copy-source.sh" 7.3 "$tree"
"$TOP/scripts/copy-source.sh" 7.3 "$work/grafted"
nr=$(grep -c '^\[\[patch\]\]' graft/series.toml)

echo "KTAP version 1"
echo "1..$((2 * nr + 8))"
check "patches: no directory is refused" refuses "LINUX=" make -s patches
check "patches: a number that is not there is refused" refuses "has no No such table" \
	unknown_number
check "patches: they are written" make_patches
patches=("$TOP"/build/patches/*.patch)
patches=("${patches[@]:1}")
check "patches: the cover letter is complete" cover_is_complete
for patch in "${patches[@]}"; do
	name=${patch##*/}
	check "patches: ${name%%-*}: checkpatch is content" is_silent findings "$patch"
	check "patches: ${name%%-*}: has a message" has_message "$patch"
done
check "patches: each file is in MAINTAINERS when it comes" is_maintained
check "patches: they apply" apply_patches
check "patches: they give what make graft gives" equals_graft
check "patches: a grafted tree is refused" refuses "make ungraft" \
	make -s patches LINUX="$work/grafted"
rm -rf "$tree" "$work/grafted" "$work/copy"
exit "$status"
