#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests the library and the program for user space; prints KTAP.

. "$(dirname "$0")/lib.sh"

cd "$TOP"
"$TOP/scripts/packages.sh" metrics
make -s tools tools-tests >&2
status=0
for test in parse numbers refresh corpus pattern format top; do
	for variant in "" -sanitized; do
		# cmocka's names are those of functions.
		CMOCKA_MESSAGE_OUTPUT=TAP "build/tools/test/$test$variant" |
			sed "s/ - test_/ - $test$variant: /" || status=1
	done
done
tools/statsfs/test.sh || status=1
tools/statsfs/test-tree.sh || status=1
tools/statsfs/test-completion.sh || status=1
tools/statsfs/test-export.sh || status=1
tools/statsfs/test_http.py || status=1
tools/statsfs/test-top.sh || status=1
exit "$status"
