#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: docs.sh OUT
#
# Makes the documentation: OUT/html, and the manual pages OUT/man/statsfs.5 and
# statsfs.9.  The comments of the sources are read by the kernel's own programs, so it
# is done in a copy of Debian's kernel source that statsfs is grafted into.

. "$(dirname "$0")/lib.sh"

out=$(realpath -m "${1:?usage: docs.sh OUT}")
tree=$out/tree

"$TOP/scripts/packages.sh" docs
lock "$out/.lock"
"$TOP/scripts/copy-source.sh" 7.3 "$tree"
"$TOP/scripts/graft.py" graft "$tree"
cp "$TOP/graft/docs/index.rst" "$tree/Documentation/statsfs-pages.rst"

# What Sphinx warns of is wrong.
for builder in html man; do
	srctree=$tree PYTHONPYCACHEPREFIX=$out/pycache \
		sphinx-build -q -W --keep-going -b "$builder" -c "$TOP/graft/docs" \
		-d "$out/doctrees" "$tree/Documentation" "$out/$builder" >&2
done
rm -rf "$tree"
step DOCS "${out#"$TOP/"}/html/statsfs-pages.html"
