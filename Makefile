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
#   prefix, exec_prefix, bindir (for Windows), libdir, includedir, datarootdir, mandir, pkgconfigdir, cmakedir, DESTDIR
#                            where to install (GNU's names and defaults; prefix is /usr/local).
#   INSTALL, STRIP, TAR      programs that install, install-strip and dist call. TAR must be GNU's.
#   WERROR=1                 warnings are errors.
#
# Objects are rebuilt when a header or any of these settings changes. The same sources, settings and tools make the same
# bytes, whatever the folders, the time and the user.

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
bindir := $(exec_prefix)/bin
libdir := $(exec_prefix)/lib
includedir := $(prefix)/include
datarootdir := $(prefix)/share
mandir := $(datarootdir)/man
pkgconfigdir := $(libdir)/pkgconfig
cmakedir := $(libdir)/cmake/ensemble
INSTALL := install
STRIP := strip
TAR := tar

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# A compiler notes the directory that it runs in, and prefers its name in PWD, which may be that of a link.
export PWD := $(CURDIR)

# ---------------------------------------------------------------------------------------------------------------------
# Paths that cannot be, or cannot be written into a pkg-config file so that every reader finds them, stop make before it
# writes anything. The folder of the sources may have any name.

define newline


endef
hash := \#
comma := ,
empty :=
space := $(empty) $(empty)
dollar_paren := $$(
dollar_brace := $${

# A word for the shell, whatever characters it has.
quoted = '$(subst ','\'',$(1))'
# $(call odd,CHARACTERS,TEXT): those that the text has, of characters with spaces between
odd = $(strip $(foreach c,$(1),$(findstring $(c),$(2))) $(if $(findstring $(newline),$(2)),newline))
# $(call begins,TEXT,WITH)
begins = $(findstring $(newline)$(2),$(newline)$(1))

ifneq ($(words $(B)),1)
$(error B='$(B)': the build directory needs a name without spaces)
endif
B_ODD := $(call odd,$$ ' " ` \ & ; | < > ( ) [ ] { } * ? ! ~ % : = $(hash) $(comma),$(B))
ifneq ($(B_ODD),)
$(error B='$(B)': make cannot build in a directory whose name has: $(B_ODD))
endif
TREE := .ci .clang-tidy .gitignore .reuse LICENSE Makefile README.md docs include pkgconfig src tests
ifneq ($(filter /,$(B))$(call begins,$(CURDIR)/,$(abspath $(B))/)$(strip \
    $(foreach part,.git $(TREE),$(call begins,$(abspath $(B))/,$(CURDIR)/$(part)/))),)
$(error B='$(B)': the sources are there; make clean would delete them)
endif

# ---------------------------------------------------------------------------------------------------------------------
# Versions: of the release, from the header; of the ABI (docs/abi.md).

version_part = $(shell sed -n 's/^.define ENSEMBLE_VERSION_$(1) \([0-9]*\)$$/\1/p' include/ensemble.h)
VERSION := $(call version_part,MAJOR).$(call version_part,MINOR).$(call version_part,PATCH)
SOVERSION := 1

# ---------------------------------------------------------------------------------------------------------------------
# Flags

MACHINE := $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dumpmachine)

# float and double must be computed as what they are (src/base/compiler.h refuses a build where they are not).
# Callers on 32-bit x86 may align the stack to 4 bytes, as its ABI once had it.
ARCH_FLAGS := $(if $(filter i386-% i486-% i586-% i686-%,$(MACHINE)),-msse2 -mfpmath=sse -mstackrealign) \
    $(if $(filter s390x-%,$(MACHINE)),-std=gnu11 -fexcess-precision=fast)

# -ffp-contract=off: the same bits everywhere need products and sums that are rounded one by one (docs/numerics.md).
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla \
    $(if $(WERROR),-Werror)
LIB_CPPFLAGS := -Iinclude -Isrc
LIB_CFLAGS := -std=c11 $(ARCH_FLAGS) -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno $(WARNINGS) \
    $(call quoted,-ffile-prefix-map=$(CURDIR)=.)

# ---------------------------------------------------------------------------------------------------------------------
# Systems: what a shared library is called there, how it is linked, and which files of it are installed where. With ELF
# (Linux, the BSDs) src/libensemble.map says what is exported; elsewhere $(EXPORTS) does, a list that is made from it.
# docs/building.md says which of these have been run.

SYSTEM := $(or $(and $(findstring mingw,$(MACHINE)),windows),$(and $(findstring darwin,$(MACHINE)),darwin),elf)
LINK_NAME_elf := libensemble.so
SONAME_elf := libensemble.so.$(SOVERSION)
SHARED_elf := libensemble.so.$(VERSION)
EXPORTS_elf := src/libensemble.map
LIB_LDFLAGS_elf = -shared -Wl,-soname,$(SONAME) -Wl,--version-script,$(EXPORTS) \
    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,defs

LINK_NAME_darwin := libensemble.dylib
SONAME_darwin := libensemble.$(SOVERSION).dylib
SHARED_darwin := libensemble.$(VERSION).dylib
EXPORTS_darwin = $(B)/libensemble.exports
LIB_LDFLAGS_darwin = -dynamiclib -Wl,-exported_symbols_list,$(EXPORTS) \
    -compatibility_version $(call version_part,MAJOR).$(call version_part,MINOR) -current_version $(VERSION) \
    $(call quoted,-Wl$(comma)-install_name$(comma)$(libdir)/$(SONAME))

# A DLL is found by the program that is linked with its import library, $(LINK_NAME); it has no other names.
LINK_NAME_windows := libensemble.dll.a
SONAME_windows := libensemble-$(SOVERSION).dll
SHARED_windows := $(SONAME_windows)
EXPORTS_windows = $(B)/libensemble.def
LIB_LDFLAGS_windows = -shared -static-libgcc $(EXPORTS) -Wl,--out-implib,$(B)/$(LINK_NAME) -Wl,--no-insert-timestamp

LINK_NAME := $(LINK_NAME_$(SYSTEM))
SONAME := $(SONAME_$(SYSTEM))
EXPORTS = $(EXPORTS_$(SYSTEM))
LIB_LDFLAGS = $(LIB_LDFLAGS_$(SYSTEM))

# What an instruction set's own file is compiled with, and no other file.
ISA_FLAGS_sse2 := -msse2
ISA_FLAGS_avx2 := -mavx2 -mf16c
ISA_FLAGS_avx512 := -mavx512f -mavx512bw -mavx512vl -mf16c
ISA_FLAGS_sve := -march=armv8-a+sve

# On Windows the stack is aligned to 16 bytes only, and gcc puts wider vectors there as if it were more (its bug 54412).
# Debian's mingw has this by default.
ifeq ($(SYSTEM),windows)
ISA_FLAGS_avx2 += -Wa,-muse-unaligned-vector-move
ISA_FLAGS_avx512 += -Wa,-muse-unaligned-vector-move
endif

# ---------------------------------------------------------------------------------------------------------------------
# Sources. The instruction sets of this processor's family are those of src/dispatch/isa.h.

ISAS := $(shell echo 'ENS_ISA_LIST(ENS_ISA_NAME)' | \
    $(CC) $(CPPFLAGS) $(CFLAGS) -Isrc -include dispatch/isa.h -E -P -x c -)

HEADERS := $(sort $(wildcard include/*.h))
SOURCES := $(sort $(wildcard src/api/*.c src/store/*.c src/learn/*.c src/rank/*.c src/plan/*.c src/dispatch/*.c \
    src/base/*.c)) $(ISAS:%=src/kernels/isa_%.c)
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o)
STATIC := $(B)/libensemble.a
SHARED := $(B)/$(SHARED_$(SYSTEM))
SHARED_LINKS := $(if $(filter-out windows,$(SYSTEM)),$(B)/$(SONAME) $(B)/$(LINK_NAME))

all: static shared ## the static and the shared library (the default)

static: $(STATIC) ## libensemble.a only

shared: $(SHARED) $(SHARED_LINKS) ## libensemble.so only, or what the system has in its place

# A file that changes when a setting does; every object depends on it.
SETTINGS := $(CC) $(MACHINE) $(CPPFLAGS) $(CFLAGS) $(LIB_CPPFLAGS) $(LIB_CFLAGS) $(LDFLAGS) $(LIB_LDFLAGS) \
    $(foreach isa,$(ISAS),$(isa) $(ISA_FLAGS_$(isa)))
$(B)/settings: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(call quoted,$(SETTINGS)) | cmp -s - $@ || printf '%s\n' $(call quoted,$(SETTINGS)) > $@

$(B)/obj/%.o: src/%.c $(B)/settings
	@mkdir -p $(@D)
	$(CC) $(LIB_CPPFLAGS) $(CPPFLAGS) $(CFLAGS) $(LIB_CFLAGS) $(ISA_FLAGS_$(patsubst isa_%,%,$(*F))) \
	    -frandom-seed=$< -MMD -MP -c $< -o $@

# D leaves out who built it and when. Not every ar knows it, so it is tried.
$(STATIC): $(OBJECTS)
	@rm -f $@
	deterministic=$$($(AR) rcsD $@ $< 2>/dev/null && echo D); rm -f $@; $(AR) rcs$$deterministic $@ $^

# The names in src/libensemble.map, for linkers that cannot read it.
EXPORTED = sed -n 's/^ *\(ensemble_[a-z0-9_]*\);$$/\1/p' $< | LC_ALL=C sort
$(B)/libensemble.def: src/libensemble.map
	{ echo EXPORTS; $(EXPORTED); } > $@

$(B)/libensemble.exports: src/libensemble.map
	$(EXPORTED) | sed 's/^/_/' > $@

$(SHARED): $(OBJECTS) $(EXPORTS)
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
    n = split("prefix bindir libdir includedir cmakedir version pc_exec_prefix pc_libdir pc_includedir", names, " "); \
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
$(B)/pkgconfig/%: export fill_bindir = $(bindir)
$(B)/pkgconfig/%: export fill_libdir = $(libdir)
$(B)/pkgconfig/%: export fill_includedir = $(includedir)
$(B)/pkgconfig/%: export fill_cmakedir = $(cmakedir)
$(B)/pkgconfig/%: export fill_version = $(VERSION)
# A .pc file is the easier to move if a directory below $($(2)) is written as such.
pc_path = $(subst $(newline),,$(subst $(newline)$($(2))/,$${$(2)}/,$(subst \
    $(newline)$($(2))$(newline),$${$(2)},$(newline)$(1)$(newline))))
$(B)/pkgconfig/%: export fill_pc_exec_prefix = $(call pc_path,$(exec_prefix),prefix)
$(B)/pkgconfig/%: export fill_pc_libdir = $(call pc_path,$(libdir),exec_prefix)
$(B)/pkgconfig/%: export fill_pc_includedir = $(call pc_path,$(includedir),prefix)
$(B)/pkgconfig/%: pkgconfig/%.in include/ensemble.h FORCE
	@mkdir -p $(@D)
	@$(FILL) $< > $@

PKG_FILES := $(B)/pkgconfig/ensemble.pc
CMAKE_FILES := $(B)/pkgconfig/ensembleConfig.cmake $(B)/pkgconfig/ensembleConfigVersion.cmake
MAN_PAGES := $(sort $(wildcard docs/man/*.3))

# The directories that are written into files, and those that are only made.
WRITTEN := prefix exec_prefix bindir libdir includedir cmakedir
MADE := mandir pkgconfigdir
ifneq ($(filter install install-strip uninstall,$(MAKECMDGOALS)),)
$(foreach name,DESTDIR $(WRITTEN) $(MADE),$(if $(findstring file,$(origin $(name))),,\
    $(if $(findstring $$,$(subst $(dollar_paren),,$(subst $(dollar_brace),,$(subst $$$$,,$(value $(name)))))),\
        $(error $(name): make takes $$ for a variable; write $$$$ for the character))))
$(foreach name,$(WRITTEN) $(MADE),$(if $(call begins,$($(name))$(if $(filter %prefix,$(name)),/),/),,\
    $(error $(name)='$($(name))': this must be an absolute path; DESTDIR is for installing elsewhere)))
$(foreach name,$(WRITTEN),$(if $(call odd,$$ " ` \ ; : | ( ) $(hash) $(comma),$($(name)))$(findstring \
    $(space)$(newline),$($(name))$(newline)),\
    $(error $(name)='$($(name))': pkg-config or CMake could not read that in the files that are installed)))
endif

# $(call to,DIRECTORY[/FILE]): where that is while installing, as a word for the shell
to = $(call quoted,$(DESTDIR)$(1))

define INSTALL_SHARED_windows
	$(INSTALL) -d $(call to,$(bindir))
	$(INSTALL) -m 755 $(SHARED) $(call to,$(bindir)/)
	$(INSTALL) -m 644 $(B)/$(LINK_NAME) $(call to,$(libdir)/)
endef
define INSTALL_SHARED_elf
	$(INSTALL) -m 755 $(SHARED) $(call to,$(libdir)/)
	ln -sf $(notdir $(SHARED)) $(call to,$(libdir)/$(SONAME))
	ln -sf $(SONAME) $(call to,$(libdir)/$(LINK_NAME))
endef
INSTALL_SHARED_darwin = $(INSTALL_SHARED_elf)
INSTALL_SHARED = $(INSTALL_SHARED_$(SYSTEM))
SHARED_DIR := $(if $(filter windows,$(SYSTEM)),$(bindir),$(libdir))

install: all $(PKG_FILES) $(CMAKE_FILES) ## into prefix, below DESTDIR
	$(INSTALL) -d $(call to,$(includedir)) $(call to,$(libdir)) $(call to,$(pkgconfigdir)) $(call to,$(cmakedir)) \
	    $(call to,$(mandir)/man3)
	$(INSTALL) -m 644 $(HEADERS) $(call to,$(includedir)/)
	$(INSTALL) -m 644 $(STATIC) $(call to,$(libdir)/)
	$(INSTALL_SHARED)
	$(INSTALL) -m 644 $(PKG_FILES) $(call to,$(pkgconfigdir)/)
	$(INSTALL) -m 644 $(CMAKE_FILES) $(call to,$(cmakedir)/)
	$(INSTALL) -m 644 $(MAN_PAGES) $(call to,$(mandir)/man3/)

install-strip: install ## the same, with debugging symbols taken out of what is installed
	$(STRIP) --strip-unneeded $(call to,$(SHARED_DIR)/$(notdir $(SHARED)))
	$(STRIP) --strip-debug --enable-deterministic-archives $(call to,$(libdir)/libensemble.a)

uninstall: ## removes what install put there, and the directory that is its own
	rm -f $(foreach f,$(notdir $(HEADERS)),$(call to,$(includedir)/$(f)))
	rm -f $(foreach f,libensemble.a $(LINK_NAME),$(call to,$(libdir)/$(f)))
	rm -f $(foreach f,$(SONAME) $(notdir $(SHARED)),$(call to,$(SHARED_DIR)/$(f)))
	rm -f $(foreach f,$(notdir $(PKG_FILES)),$(call to,$(pkgconfigdir)/$(f)))
	rm -f $(foreach f,$(notdir $(CMAKE_FILES)),$(call to,$(cmakedir)/$(f)))
	rm -f $(foreach f,$(notdir $(MAN_PAGES)),$(call to,$(mandir)/man3/$(f)))
	-rmdir $(call to,$(cmakedir)) 2>/dev/null

# Order, dates, owners and modes are not left to the machine. The date is SOURCE_DATE_EPOCH or the commit's. Where there
# is no git, as in what was packed here, all that belongs to the tree is packed, with the date that Makefile has.
DIST := libensemble-$(VERSION)
dist: ## build/libensemble-VERSION.tar.gz, of what is committed; the same bytes wherever it is made
	@rm -rf $(B)/dist && mkdir -p $(B)/dist/$(DIST)
	@set -e; export TAR_OPTIONS= GZIP= LC_ALL=C; if [ -e .git ]; then \
	    git archive -o $(B)/dist/tar HEAD; date=$$(git log -1 --format=%ct); \
	else \
	    $(TAR) -cf $(B)/dist/tar $(TREE); date=$$(date -r Makefile +%s); \
	fi; \
	$(TAR) -xf $(B)/dist/tar -C $(B)/dist/$(DIST); \
	$(TAR) --format=ustar --sort=name --mtime="@$${SOURCE_DATE_EPOCH:-$$date}" --owner=0 --group=0 --numeric-owner \
	    --mode=u=rwX,go=rX -C $(B)/dist -cf $(B)/$(DIST).tar $(DIST); \
	gzip -9nf $(B)/$(DIST).tar
	@rm -rf $(B)/dist
	@echo $(B)/$(DIST).tar.gz

clean: ## removes the build directory
	rm -rf $(B)

help: ## this list
	@printf 'libensemble %s for %s; instruction sets: %s\n\n' '$(VERSION)' '$(MACHINE)' '$(ISAS)'
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | sort -u | \
	    awk -F '\t' '{ printf "  make %-22s %s\n", $$1, $$2 }'
	@printf '\nSettings are explained at the top of the Makefile.\n'

FORCE:
.PHONY: all static shared install install-strip uninstall dist clean help FORCE
