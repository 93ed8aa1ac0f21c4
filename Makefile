# SPDX-License-Identifier: GPL-2.0
#
# What a person types: "make help" lists it.  Kbuild is what kbuild reads.

.DEFAULT_GOAL := all

# The virtual machine: the series of its Debian kernel, or "debug", and its
# hardware.
KERNEL  = 6.1
SERIES  = 6.1 6.12 7.3
CPUS    = 2
NODES   = 2
MEM     = 1G
TIMEOUT = 600
LOAD    = yes
# Of the board "pc" ACPI describes the interrupts by a program, for which emulated
# processors that check each step of it need longer than ACPI waits.
BOARD   = $(if $(filter debug,$(KERNEL)),q35,pc)

# For "make kunit".
ARCH = um

# These may hold anything, so make must neither expand nor export them: exported
# variables are expanded first, $(shell) and all.
unexport CMD SCRIPT APPEND
MAKEOVERRIDES :=

MAKEFLAGS += --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/statsfs
VM_MODULES := build/vm-$(KERNEL)

# Programs for the tests; static, so that they run anywhere.
TEST_PROGRAMS := $(patsubst tests/%.c,build/bin/%,$(wildcard tests/*.c)) build/bin/cat32

# Becomes the virtual machine's runner, with one more argument.  What a variable
# holds is not split at its commas.
become_vm = $(exec tests/vm/vm.py,$\
	--kernel=$(CACHE)/kernels/$(KERNEL),$\
	--modules=$(VM_MODULES),$\
	--cpus=$(CPUS),$\
	--nodes=$(NODES),$\
	--mem=$(MEM),$\
	--board=$(BOARD),$\
	--append=$(value APPEND),$\
	--timeout=$(TIMEOUT),$\
	--load=$(LOAD),$\
	$(1))

## all               build the modules; KDIR= says for which kernel
.PHONY: all
all:
	@scripts/host.sh build

## demo              show statsfs on real devices, in a virtual machine
.PHONY: demo
demo: vm-ready tools
	$(call become_vm,--script=tests/demo.sh)

## check             run every test; KUnit on um and x86_64
## check-all         the same, and what takes hours: KUnit on everything that "make kunit"
##                   has, each patch compiled, the grafted kernel booted, the packages
##                   installed in a Debian that is booted
.PHONY: check check-all
check-all: check_options = --all
check check-all:
	@tests/vm/check.py --kernel=$(CACHE)/kernels/$(KERNEL) --modules=$(VM_MODULES) \
		$(check_options)

## check-debug       run the tests in virtual machines on a kernel with KASAN,
##                   lockdep and kmemleak, under stress and without memory
.PHONY: check-debug
check-debug:
	@tests/vm/check.py --debug --kernel=$(CACHE)/kernels/debug \
		--modules=build/vm-debug --board=q35 --append=printk.time=1 \
		--timeout=3600 --patience=5

## check-kernels     run the tests in virtual machines on each of Debian's kernels
##                   (6.1, 6.12, 7.3); a table of what passed
.PHONY: check-kernels
check-kernels:
	@tests/vm/check.py --kernel=$(CACHE)/kernels/$(KERNEL) --modules=$(VM_MODULES) \
		--series $(SERIES)

## check-packages    build the Debian packages, install them in a Debian with systemd,
##                   update its kernel, and boot that
.PHONY: check-packages
check-packages:
	@tests/packages.sh | tests/vm/ktap.py

## bench             measure statsfs and its peers, in instructions, half an hour;
##                   writes bench/RESULTS.md; bench/compare OLD NEW: what changed
.PHONY: bench
bench: vm-ready
	@bench/run.py --kernel=$(CACHE)/kernels/$(KERNEL) --modules=$(VM_MODULES) \
		--output=bench/RESULTS$(if $(filter 6.1,$(KERNEL)),,-$(KERNEL)).md

## lint              hold the sources against checkpatch, sparse and others
.PHONY: lint
lint:
	@scripts/lint.sh

## kunit             run the KUnit tests; ARCH=um, x86_64 (KASAN, lockdep, kmemleak),
##                   x86_64-kcsan (data races), i386 (32 bits) or s390 (big endian);
##                   KERNEL=7.3 with ARCH=um: several processors
.PHONY: kunit
kunit:
	@scripts/kunit.sh $(ARCH) $(KERNEL) | tests/vm/ktap.py

## vm                run CMD='...' or SCRIPT=FILE as root in the virtual machine;
##                   CPUS=, NODES=, MEM=, APPEND= (kernel arguments) and TIMEOUT=
##                   (seconds) change it, LOAD=no leaves statsfs to you; status 125:
##                   the machine died or hung, 124: CMD succeeded, but the kernel
##                   complained
.PHONY: vm
vm: vm-ready
	$(call become_vm,$(if $(value SCRIPT),--script=$(value SCRIPT),--command=$(value CMD)))

## fleet             have Debian's Prometheus scrape a virtual machine, and hold what it
##                   knows against what was sent there
.PHONY: fleet
fleet: vm-ready
	@tests/vm/fleet.py --kernel=$(CACHE)/kernels/$(KERNEL) --modules=$(VM_MODULES) \
		--cpus=$(CPUS) --mem=$(MEM) --prometheus=build/prometheus | tests/vm/ktap.py

## shell             the virtual machine on this terminal
.PHONY: shell
shell: vm-ready
	$(call become_vm,--shell)

## load unload       on this machine: load the modules and mount; undo it;
##                   ALSO='kstats cpustat': with these providers, too
## install uninstall have that done at every boot; undo it
.PHONY: load unload install uninstall
install uninstall load unload:
	@scripts/host.sh $@

## graft ungraft     put statsfs in its place in the kernel source LINUX=DIR, or take
##                   it out again; MAINTAINER='NAME <MAIL>' names who looks after it
.PHONY: graft ungraft
graft ungraft:
	$(if $(LINUX),,$(error make $@ needs LINUX=DIR, an unpacked kernel source))
	@scripts/graft.py $@ $(LINUX) --maintainer="$$MAINTAINER"

## patches           write statsfs as a series of patches for LINUX=DIR: build/patches
.PHONY: patches
patches:
	$(if $(LINUX),,$(error make $@ needs LINUX=DIR, an unpacked kernel source))
	@scripts/patches.py $(LINUX) build/patches --maintainer="$$MAINTAINER"

## docs              the documentation as HTML and manual pages: build/docs
.PHONY: docs
docs:
	@scripts/docs.sh build/docs

include tools/tools.mk

## compile_commands  compile_commands.json, for clangd
.PHONY: compile_commands
compile_commands: vm-ready
	@scripts/compile_commands.py $(VM_MODULES) $(CACHE)/kernels/$(KERNEL)/lib/modules/*/build

## clean             remove what was built here; downloads stay in the cache
.PHONY: clean
clean:
	@$(RM) -r build compile_commands.json

## help              this list
.PHONY: help
help:
	@sed -n 's/^## /  /p' Makefile tools/tools.mk

# What the virtual machine needs.
.PHONY: vm-packages vm-ready
vm-packages:
	@scripts/packages.sh vm

vm-ready: vm-packages $(TEST_PROGRAMS) $(GUEST_TOOLS)
	@kernel=$$(scripts/kernel.sh $(KERNEL)) && \
		scripts/build.sh "$$kernel"/lib/modules/*/build $(VM_MODULES)

build/bin/%: tests/%.c | vm-packages
	@mkdir -p $(@D)
	@$(CC) -static -O2 -g -Wall -Wextra -Werror -Iinclude/uapi -o $@ $<

build/bin/%: tests/%.S | vm-packages
	@mkdir -p $(@D)
	@$(CC) -m32 -static -nostdlib -o $@ $<

# Where a command's status has to become make's: see the source.  make makes what
# it loads as it does makefiles.
ifneq ($(filter vm demo shell,$(MAKECMDGOALS)),)
ifeq ($(filter vm,$(MAKECMDGOALS))$(value CMD)$(value SCRIPT),vm)
$(error make vm needs CMD='...' or SCRIPT=FILE)
endif
-load build/exec.so
build/exec.so: scripts/exec.c
	@scripts/packages.sh vm
	@mkdir -p $(@D)
	@$(CC) -shared -fPIC -O2 -Wall -Wextra -Werror -o $@ $<
endif
