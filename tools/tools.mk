# SPDX-License-Identifier: GPL-2.0
#
# A library for user space; the top Makefile includes it.

PREFIX = /usr/local
LIBDIR = $(PREFIX)/lib

# The interface's own version: the first number is the soname.
LIB_VERSION := 1.0.0
LIB_SONAME := libstatsfs.so.$(firstword $(subst ., ,$(LIB_VERSION)))

TOOLS := build/tools
TOOLS_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror \
	-Iinclude/uapi -Itools/lib
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

LIB_SOURCES := $(addprefix tools/lib/,numbers.c open.c parse.c)
LIB_OBJECTS := $(LIB_SOURCES:tools/%.c=$(TOOLS)/%.o)
LIB_FILES := $(addprefix $(TOOLS)/,libstatsfs.a $(LIB_SONAME))

# Each test is made twice, the second time with sanitizers.
TOOLS_TESTS := $(foreach test,parse numbers refresh,\
	$(TOOLS)/test/$(test) $(TOOLS)/test/$(test)-sanitized)
WRAP_FILES := -Wl,--wrap=open,--wrap=close,--wrap=pread
WRAP_MEMORY := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
TEST_FLAGS_refresh := $(WRAP_FILES) $(WRAP_MEMORY)

## tools             build the library for user space
## install-tools     install it below DESTDIR=, PREFIX=/usr/local
.PHONY: tools install-tools
tools: $(LIB_FILES)

install-tools: tools
	install -d $(DESTDIR)$(PREFIX)/include/linux $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 tools/lib/statsfs.h $(DESTDIR)$(PREFIX)/include
	install -m 644 include/uapi/linux/statsfs.h $(DESTDIR)$(PREFIX)/include/linux
	install -m 644 $(TOOLS)/libstatsfs.a $(DESTDIR)$(LIBDIR)
	install -m 644 $(TOOLS)/$(LIB_SONAME) $(DESTDIR)$(LIBDIR)/libstatsfs.so.$(LIB_VERSION)
	ln -sf libstatsfs.so.$(LIB_VERSION) $(DESTDIR)$(LIBDIR)/$(LIB_SONAME)
	ln -sf $(LIB_SONAME) $(DESTDIR)$(LIBDIR)/libstatsfs.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@VERSION@|$(LIB_VERSION)|' tools/lib/libstatsfs.pc.in \
		>$(DESTDIR)$(LIBDIR)/pkgconfig/libstatsfs.pc

.PHONY: tools-tests
tools-tests: $(TOOLS_TESTS)

## check-tools       run the tests of the library
.PHONY: check-tools
check-tools:
	@scripts/check-tools.sh | tests/vm/ktap.py

.PHONY: tools-packages
tools-packages:
	@scripts/packages.sh tools

-include $(LIB_OBJECTS:.o=.d)

$(TOOLS)/%.o: tools/%.c | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) -fPIC -MMD -MP -c -o $@ $<

# Of use only for what the compiler says.
$(TOOLS)/analyzer/%.c: | tools-packages
	@$(CC) $(TOOLS_CFLAGS) -fanalyzer -c -o /dev/null tools/$*.c

$(TOOLS)/libstatsfs.a: $(LIB_OBJECTS)
	@$(AR) rcs $@ $^

$(TOOLS)/$(LIB_SONAME): $(LIB_OBJECTS) tools/lib/libstatsfs.map
	@$(CC) -shared -Wl,-soname,$(LIB_SONAME) -Wl,--no-undefined \
		-Wl,--version-script=tools/lib/libstatsfs.map -o $@ $(LIB_OBJECTS)

TEST_DEPENDS := $(LIB_SOURCES) tools/lib/test_build.c $(wildcard tools/lib/*.h)
TEST_SOURCES := $(LIB_SOURCES) tools/lib/test_build.c

$(TOOLS)/test/%: tools/lib/test_%.c $(TEST_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) $(TEST_FLAGS_$*) -o $@ $< $(TEST_SOURCES) -lcmocka

$(TOOLS)/test/%-sanitized: tools/lib/test_%.c $(TEST_DEPENDS) | tools-packages
	@mkdir -p $(@D)
	@$(CC) $(TOOLS_CFLAGS) $(SANITIZE) $(TEST_FLAGS_$*) -o $@ $< $(TEST_SOURCES) -lcmocka
