# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What measurements share; to be sourced.

set -eu -o pipefail
TOP=$(realpath "$(dirname "$0")/..")
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/statsfs

# What is not measured: mitigations of the processor's faults, the clearing of
# all memory that is allocated, auditing, AppArmor.
APPEND="mitigations=off init_on_alloc=0 audit=0 nokaslr lsm=landlock,lockdown,yama,integrity"

# counted COMMAND: runs it in a virtual machine whose clock counts instructions.
counted()
{
	cd "$TOP" && tests/vm/vm.py --kernel="$CACHE/kernels/6.1" \
		--modules=build/vm-6.1 --icount --cpus=1 --nodes=1 \
		--append="$APPEND" --timeout=1200 --command="$1"
}

make -s -C "$TOP" vm-ready
