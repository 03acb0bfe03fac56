# SPDX-License-Identifier: MIT
#
# libensemble: build, test, install. GNU make 4 or later, and gcc or clang.
#
#   make                     the static and the shared library, in build/
#   make help                all targets
#
# What can be set on the command line (or in the environment where make takes it from there):
#
#   CC, AR, CPPFLAGS, CFLAGS, LDFLAGS   as usual; what the library needs is added to CFLAGS, never put in their place.
#                            Cross builds: CC=aarch64-linux-gnu-gcc (and AR=...) is all.
#   B=DIR                    build there (default: build). Nothing is written outside of it.
#   prefix, exec_prefix, bindir, libdir, includedir, datarootdir, mandir, DESTDIR
#                            where to install (GNU's names and defaults; prefix is /usr/local).
#   WERROR=1                 warnings are errors.
#
# Objects are rebuilt when a header or any of these settings changes.

CC ?= cc
ifeq ($(origin CC),default)
CC := cc
endif
ifeq ($(origin AR),default)
AR := ar
endif
CFLAGS ?= -O2
B := build

prefix := /usr/local
exec_prefix := $(prefix)
libdir := $(exec_prefix)/lib
includedir := $(prefix)/include
datarootdir := $(prefix)/share
mandir := $(datarootdir)/man
pkgconfigdir := $(libdir)/pkgconfig
cmakedir := $(libdir)/cmake/ensemble
INSTALL := install

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# ---------------------------------------------------------------------------------------------------------------------
# Versions: of the release, from the header; of the ABI (docs/abi.md).

version_part = $(shell sed -n 's/^.define ENSEMBLE_VERSION_$(1) \([0-9]*\)$$/\1/p' include/ensemble.h)
VERSION := $(call version_part,MAJOR).$(call version_part,MINOR).$(call version_part,PATCH)
SOVERSION := 1
SONAME := libensemble.so.$(SOVERSION)

# ---------------------------------------------------------------------------------------------------------------------
# Flags

MACHINE := $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dumpmachine)

# float and double must be computed as what they are (src/base/compiler.h refuses a build where they are not).
ARCH_FLAGS := $(if $(filter i386-% i486-% i586-% i686-%,$(MACHINE)),-msse2 -mfpmath=sse) \
    $(if $(filter s390x-%,$(MACHINE)),-std=gnu11 -fexcess-precision=fast)

# -ffp-contract=off: the same bits everywhere need products and sums that are rounded one by one (docs/numerics.md).
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
    $(if $(WERROR),-Werror)
LIB_CPPFLAGS := -Iinclude -Isrc
LIB_CFLAGS := -std=c11 $(ARCH_FLAGS) -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno $(WARNINGS)
LIB_LDFLAGS := -shared -Wl,-soname,$(SONAME) -Wl,--version-script,src/libensemble.map \
    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,defs

# What an instruction set's own file is compiled with, and no other file.
ISA_FLAGS_sse2 := -msse2
ISA_FLAGS_avx2 := -mavx2 -mf16c
ISA_FLAGS_avx512 := -mavx512f -mavx512bw -mavx512vl -mf16c
ISA_FLAGS_sve := -march=armv8-a+sve

# ---------------------------------------------------------------------------------------------------------------------
# Sources. The instruction sets of this processor's family are those of src/dispatch/isa.h.

ISAS := $(shell echo 'ENS_ISA_LIST(ENS_ISA_NAME)' | \
    $(CC) $(CPPFLAGS) $(CFLAGS) -Isrc -include dispatch/isa.h -E -P -x c -)

HEADERS := $(sort $(wildcard include/*.h))
SOURCES := $(sort $(wildcard src/api/*.c src/store/*.c src/learn/*.c src/rank/*.c src/plan/*.c src/dispatch/*.c src/base/*.c)) \
    $(ISAS:%=src/kernels/isa_%.c)
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o)
STATIC := $(B)/libensemble.a
SHARED := $(B)/libensemble.so.$(VERSION)
SHARED_LINKS := $(B)/$(SONAME) $(B)/libensemble.so

all: static shared ## the static and the shared library (the default)

static: $(STATIC) ## libensemble.a only

shared: $(SHARED) $(SHARED_LINKS) ## libensemble.so only

# A file that changes when a setting does; every object depends on it.
SETTINGS := $(CC) $(MACHINE) $(CPPFLAGS) $(CFLAGS) $(LIB_CPPFLAGS) $(LIB_CFLAGS) $(LDFLAGS) $(LIB_LDFLAGS) \
    $(foreach isa,$(ISAS),$(isa) $(ISA_FLAGS_$(isa)))
$(B)/settings: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(SETTINGS))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(SETTINGS))' > $@

$(B)/obj/%.o: src/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) $(LIB_CFLAGS) $(ISA_FLAGS_$(patsubst isa_%,%,$(*F))) \
	    -MMD -MP -c $< -o $@

$(STATIC): $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(SHARED): $(OBJECTS) src/libensemble.map
	$(CC) $(CFLAGS) $(LDFLAGS) $(LIB_LDFLAGS) $(OBJECTS) -o $@

$(SHARED_LINKS): $(SHARED)
	ln -sf $(<F) $@

-include $(OBJECTS:.o=.d)

# ---------------------------------------------------------------------------------------------------------------------
# Demo, tests, benchmarks: their rules are beside their sources.

include docs/examples/examples.mk
include tests/tests.mk

# ---------------------------------------------------------------------------------------------------------------------
# Installing

# Replaces @name@ by the value of the setting, whatever characters that has.
FILL := awk '{ \
    n = split("prefix libdir includedir cmakedir version pc_exec_prefix pc_libdir pc_includedir", names, " "); \
    for (i = 1; i <= n; i++) { \
        key = "@" names[i] "@"; line = ""; \
        while ((at = index($$0, key)) > 0) { \
            line = line substr($$0, 1, at - 1) ENVIRON["fill_" names[i]]; \
            $$0 = substr($$0, at + length(key)); \
        } \
        $$0 = line $$0; \
    } \
    print }'
$(B)/pkgconfig/%: export fill_prefix = $(prefix)
$(B)/pkgconfig/%: export fill_libdir = $(libdir)
$(B)/pkgconfig/%: export fill_includedir = $(includedir)
$(B)/pkgconfig/%: export fill_cmakedir = $(cmakedir)
$(B)/pkgconfig/%: export fill_version = $(VERSION)
# A .pc file is the easier to move if a directory below $($(2)) is written as such. ^ marks a directory's begin and end.
pc_path = $(subst ^,,$(subst ^$($(2))/,$${$(2)}/,$(subst ^$($(2))^,$${$(2)},^$(1)^)))
$(B)/pkgconfig/%: export fill_pc_exec_prefix = $(call pc_path,$(exec_prefix),prefix)
$(B)/pkgconfig/%: export fill_pc_libdir = $(call pc_path,$(libdir),exec_prefix)
$(B)/pkgconfig/%: export fill_pc_includedir = $(call pc_path,$(includedir),prefix)
$(B)/pkgconfig/%: pkgconfig/%.in include/ensemble.h FORCE
	@mkdir -p $(@D)
	@$(FILL) $< > $@

PKG_FILES := $(B)/pkgconfig/ensemble.pc
CMAKE_FILES := $(B)/pkgconfig/ensembleConfig.cmake $(B)/pkgconfig/ensembleConfigVersion.cmake
MAN_PAGES := $(sort $(wildcard docs/man/*.3))

install: all $(PKG_FILES) $(CMAKE_FILES) ## into prefix, below DESTDIR
	$(INSTALL) -d "$(DESTDIR)$(includedir)" "$(DESTDIR)$(libdir)" "$(DESTDIR)$(pkgconfigdir)" "$(DESTDIR)$(cmakedir)" \
	    "$(DESTDIR)$(mandir)/man3"
	$(INSTALL) -m 644 $(HEADERS) "$(DESTDIR)$(includedir)/"
	$(INSTALL) -m 644 $(STATIC) "$(DESTDIR)$(libdir)/"
	$(INSTALL) -m 755 $(SHARED) "$(DESTDIR)$(libdir)/"
	ln -sf $(notdir $(SHARED)) "$(DESTDIR)$(libdir)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(libdir)/libensemble.so"
	$(INSTALL) -m 644 $(PKG_FILES) "$(DESTDIR)$(pkgconfigdir)/"
	$(INSTALL) -m 644 $(CMAKE_FILES) "$(DESTDIR)$(cmakedir)/"
	$(INSTALL) -m 644 $(MAN_PAGES) "$(DESTDIR)$(mandir)/man3/"

uninstall: ## removes what install put there, and the directory that is its own
	rm -f $(foreach f,$(notdir $(HEADERS)),"$(DESTDIR)$(includedir)/$(f)")
	rm -f "$(DESTDIR)$(libdir)/libensemble.a" "$(DESTDIR)$(libdir)/libensemble.so"
	rm -f "$(DESTDIR)$(libdir)/$(SONAME)" "$(DESTDIR)$(libdir)/$(notdir $(SHARED))"
	rm -f $(foreach f,$(notdir $(PKG_FILES)),"$(DESTDIR)$(pkgconfigdir)/$(f)")
	rm -f $(foreach f,$(notdir $(CMAKE_FILES)),"$(DESTDIR)$(cmakedir)/$(f)")
	rm -f $(foreach f,$(notdir $(MAN_PAGES)),"$(DESTDIR)$(mandir)/man3/$(f)")
	-rmdir "$(DESTDIR)$(cmakedir)" 2>/dev/null

dist: ## build/libensemble-VERSION.tar.gz, of what is committed
	@mkdir -p $(B)
	git archive --format=tar.gz --prefix=libensemble-$(VERSION)/ -o $(B)/libensemble-$(VERSION).tar.gz HEAD

clean: ## removes the build directory
	rm -rf "$(B)"

help: ## this list
	@printf 'libensemble %s for %s; instruction sets: %s\n\n' '$(VERSION)' '$(MACHINE)' '$(ISAS)'
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | sort -u | \
	    awk -F '\t' '{ printf "  make %-22s %s\n", $$1, $$2 }'
	@printf '\nSettings are explained at the top of the Makefile.\n'

FORCE:
.PHONY: all static shared install uninstall dist clean help FORCE
