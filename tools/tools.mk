# SPDX-License-Identifier: GPL-2.0
#
# Programs and a library for user space; the top Makefile includes it.

PREFIX = /usr/local
LIBDIR = $(PREFIX)/lib
MANDIR = $(PREFIX)/share/man
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
DATADIR = $(PREFIX)/share
UNITDIR = $(PREFIX)/lib/systemd/system

# The program's version, and that of everything; only the changelog says it.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)

# The library's interface has its own: the first number is the soname.
LIB_VERSION := 1.0.0
LIB_SONAME := libstatsfs.so.$(firstword $(subst ., ,$(LIB_VERSION)))

TOOLS := build/tools
TOOLS_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror \
	-Iinclude/uapi -Itools/lib
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

LIB_SOURCES := $(addprefix tools/lib/,numbers.c open.c parse.c)
LIB_OBJECTS := $(LIB_SOURCES:tools/%.c=$(TOOLS)/%.o)
LIB_FILES := $(addprefix $(TOOLS)/,libstatsfs.a $(LIB_SONAME))
PROGRAM := $(TOOLS)/statsfs/statsfs
PROGRAM_SOURCES := $(filter-out tools/statsfs/test_%,$(wildcard tools/statsfs/*.c))
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:tools/%.c=$(TOOLS)/%.o)
# Packages have the shared one; what runs where it is built has the library in it.
PROGRAM_LIB = $(TOOLS)/libstatsfs.a

# What a booted kernel is tested with.
GUEST_TOOLS := $(PROGRAM) $(TOOLS)/test/follow build/prometheus
# Each test is made twice, the second time with sanitizers.
TOOLS_TESTS := $(foreach test,parse numbers refresh corpus pattern format top,\
	$(TOOLS)/test/$(test) $(TOOLS)/test/$(test)-sanitized)
WRAP_FILES := -Wl,--wrap=open,--wrap=close,--wrap=pread
WRAP_FUZZ := $(WRAP_FILES) -Wl,--wrap=stat
WRAP_MEMORY := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
TEST_FLAGS_refresh := $(WRAP_FILES) $(WRAP_MEMORY)
TEST_FLAGS_pattern := $(addprefix tools/statsfs/,pattern.c format.c common.c)
TEST_FLAGS_format := tools/statsfs/format.c
TEST_FLAGS_top := $(addprefix tools/statsfs/,top-model.c pattern.c format.c common.c) -lm
TEST_FLAGS_corpus := $(WRAP_FUZZ) -Itools/fuzz tools/fuzz/fuzz_snapshot.c

FUZZ := $(TOOLS)/fuzz
FUZZ_CC = clang-14
FUZZ_RUNS = 10000000
FUZZ_CORPUS := tools/fuzz/corpus

## tools             build the library and the program "statsfs" for user space
## install-tools     install them below DESTDIR=, PREFIX=/usr/local
.PHONY: tools install-tools
tools: $(LIB_FILES) $(PROGRAM)

install-tools: tools
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/linux \
		$(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) \
		$(DESTDIR)$(DATADIR)/statsfs $(DESTDIR)$(UNITDIR)
	install $(PROGRAM) $(DESTDIR)$(PREFIX)/bin
	install -m 644 tools/lib/statsfs.h $(DESTDIR)$(PREFIX)/include
	install -m 644 include/uapi/linux/statsfs.h $(DESTDIR)$(PREFIX)/include/linux
	install -m 644 $(TOOLS)/libstatsfs.a $(DESTDIR)$(LIBDIR)
	install -m 644 $(TOOLS)/$(LIB_SONAME) $(DESTDIR)$(LIBDIR)/libstatsfs.so.$(LIB_VERSION)
	ln -sf libstatsfs.so.$(LIB_VERSION) $(DESTDIR)$(LIBDIR)/$(LIB_SONAME)
	ln -sf $(LIB_SONAME) $(DESTDIR)$(LIBDIR)/libstatsfs.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@VERSION@|$(LIB_VERSION)|' tools/lib/libstatsfs.pc.in \
		>$(DESTDIR)$(LIBDIR)/pkgconfig/libstatsfs.pc
	install -m 644 tools/statsfs/*.1 $(DESTDIR)$(MANDIR)/man1
	install -m 644 tools/statsfs/completion/statsfs.bash $(DESTDIR)$(BASHDIR)/statsfs
	install -m 644 tools/statsfs/completion/_statsfs $(DESTDIR)$(ZSHDIR)
	install -m 644 tools/prometheus/*.yml tools/prometheus/*.json $(DESTDIR)$(DATADIR)/statsfs
	install -m 644 systemd/statsfs-export.socket $(DESTDIR)$(UNITDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|' systemd/statsfs-export.service \
		>$(DESTDIR)$(UNITDIR)/statsfs-export.service

.PHONY: tools-tests
tools-tests: $(TOOLS_TESTS) $(TOOLS)/test/saved $(TOOLS)/test/trees $(FUZZ)/seeds

# Those that need nothing but cmocka, for the build of a package.
.PHONY: tools-quick-tests
tools-quick-tests: $(filter-out %-sanitized,$(TOOLS_TESTS))
	@set -e; for test in $^; do $$test; done

## check-tools       run the tests of the library and of the program
.PHONY: check-tools
check-tools:
	@scripts/check-tools.sh | tests/vm/ktap.py

## fuzz              let libFuzzer try snapshots, FUZZ_RUNS=10000000 of them
.PHONY: fuzz
fuzz: fuzz-packages $(FUZZ)/fuzz_snapshot
	@mkdir -p $(FUZZ)/corpus
	ASAN_OPTIONS=quarantine_size_mb=1 $(FUZZ)/fuzz_snapshot \
		-runs=$(FUZZ_RUNS) -max_len=2048 -print_final_stats=1 \
		-artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus $(FUZZ_CORPUS)

# Writes the corpus again: the seeds, and what libFuzzer found to reach more.
.PHONY: fuzz-corpus
fuzz-corpus: fuzz-packages $(FUZZ)/fuzz_snapshot $(FUZZ)/seeds
	@rm -rf $(FUZZ)/seed $(FUZZ)/merged
	@mkdir -p $(FUZZ)/seed $(FUZZ)/corpus $(FUZZ)/merged $(FUZZ_CORPUS)
	$(FUZZ)/seeds $(FUZZ)/seed
	$(FUZZ)/fuzz_snapshot -merge=1 -use_counters=0 \
		$(FUZZ)/merged $(FUZZ)/seed $(FUZZ)/corpus
	cp $(FUZZ)/seed/* $(FUZZ)/merged/* $(FUZZ_CORPUS)

# The directory with Debian's prometheus and promtool, by a link.
build/prometheus: | metrics-packages
	@mkdir -p $(@D)
	@ln -sfn "$$(scripts/prometheus.sh)" $@

.PHONY: tools-packages fuzz-packages metrics-packages
metrics-packages:
	@scripts/packages.sh metrics

tools-packages:
	@scripts/packages.sh tools

fuzz-packages:
	@scripts/packages.sh tools fuzz

-include $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d)

$(TOOLS)/%.o: tools/%.c | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) -DVERSION='"$(VERSION)"' $(CPPFLAGS) $(CFLAGS) -fPIC \
		-MMD -MP -c -o $@ $<

$(TOOLS)/statsfs/main.o: debian/changelog

# Of use only for what the compiler says.
$(TOOLS)/analyzer/%.c: | tools-packages
	@$(CC) $(TOOLS_CFLAGS) -DVERSION='""' -fanalyzer -c -o /dev/null tools/$*.c

$(TOOLS)/libstatsfs.a: $(LIB_OBJECTS)
	@$(AR) rcs $@ $^

$(TOOLS)/$(LIB_SONAME): $(LIB_OBJECTS) tools/lib/libstatsfs.map
	@$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(LIB_SONAME) -Wl,--no-undefined \
		-Wl,--version-script=tools/lib/libstatsfs.map -o $@ $(LIB_OBJECTS)

$(PROGRAM): $(PROGRAM_OBJECTS) $(PROGRAM_LIB)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c -lsmartcols -lncursesw -ltinfo -lmicrohttpd -lz -lm

$(TOOLS)/test/follow: $(TOOLS)/lib/test_follow.o $(TOOLS)/libstatsfs.a
	@mkdir -p $(@D)
	@$(CC) -o $@ $^

TEST_DEPENDS := $(LIB_SOURCES) tools/lib/test_build.c $(wildcard tools/lib/*.h tools/fuzz/*.[ch])
TEST_SOURCES := $(LIB_SOURCES) tools/lib/test_build.c

$(TOOLS)/test/%: tools/lib/test_%.c $(TEST_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) $(TEST_FLAGS_$*) -o $@ $< $(TEST_SOURCES) -lcmocka

$(TOOLS)/test/%-sanitized: tools/lib/test_%.c $(TEST_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) $(SANITIZE) $(TEST_FLAGS_$*) -o $@ $< $(TEST_SOURCES) -lcmocka

# The same of the program's parts, which TEST_FLAGS names.
PROGRAM_DEPENDS := $(TEST_DEPENDS) $(PROGRAM_SOURCES) $(wildcard tools/statsfs/*.h)

$(TOOLS)/test/%: tools/statsfs/test_%.c $(PROGRAM_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) $(TEST_FLAGS_$*) -o $@ $< $(TEST_SOURCES) -lcmocka

$(TOOLS)/test/%-sanitized: tools/statsfs/test_%.c $(PROGRAM_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) $(SANITIZE) $(TEST_FLAGS_$*) -o $@ $< $(TEST_SOURCES) -lcmocka

$(FUZZ)/fuzz_snapshot: tools/fuzz/fuzz_snapshot.c $(TEST_DEPENDS) | fuzz-packages
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(TOOLS_CFLAGS) $(SANITIZE) -fsanitize=fuzzer $(WRAP_FUZZ) \
		-o $@ $< $(LIB_SOURCES)

$(FUZZ)/seeds: tools/fuzz/seeds.c $(TEST_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) -o $@ $< tools/lib/test_build.c
