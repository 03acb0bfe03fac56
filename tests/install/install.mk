# SPDX-License-Identifier: MIT
#
# What `make install` makes of a machine, seen by the programs that use it; and what `make dist` packs.

TEST_TARGETS += test-install-basic test-linking
CHECK_TARGETS += test-install test-reproducible distcheck

INSTALL_CHECK = MAKE='$(MAKE)' CC='$(CC)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' B='$(B)' VERSION='$(VERSION)' \
    SONAME='$(SONAME)' sh tests/install/check.sh

test-install-basic: all ## install, build programs against it with pkg-config, uninstall
	@+$(INSTALL_CHECK) basic

test-install: test-install-basic ## install, and build programs against it with C++ and CMake too
	@+$(INSTALL_CHECK) more

test-linking: all ## the demo, linked shared, static and position-independent, prints the known numbers
	@sh tests/install/linking.sh '$(CC)' '$(CPPFLAGS) $(CFLAGS) $(ARCH_FLAGS)' '$(LDFLAGS)' '$(B)' '$(SONAME)' \
	    '$(B)/tests/linking'

test-reproducible: ## two builds in different folders, and two archives of the sources, have the same bytes
	@+MAKE='$(MAKE)' CC='$(CC)' TREE='$(TREE)' DIST='$(DIST)' B='$(B)' sh tests/install/reproducible.sh

# DISTCHECK=TARGETS: others than make test, to have it sooner.
DISTCHECK := test
distcheck: dist ## what make dist packed: builds, passes make test, installs, uninstalls, packs the same again
	@+MAKE='$(MAKE)' CC='$(CC)' VERSION='$(VERSION)' TESTS='$(DISTCHECK)' sh tests/install/distcheck.sh \
	    "$(B)/$(DIST).tar.gz" "$(B)/tests/distcheck"
