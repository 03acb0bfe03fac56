# SPDX-License-Identifier: MIT
#
# The tests again, under tools that see what a test by itself does not, and with other compilers and C libraries.

CHECK_TARGETS += test-sanitize test-sanitize-clang test-memory test-thread test-valgrind test-musl test-werror \
    test-werror-levels

SANITIZE = +MAKE='$(MAKE)' CC='$(CC)' B='$(B)/sanitize' UNIT='$(UNIT_TESTS)' VERSION='$(VERSION)' SONAME='$(SONAME)' \
    sh tests/sanitize/check.sh

test-sanitize: ## the tests with this compiler's address and undefined-behaviour sanitizers
	@$(SANITIZE) native

test-sanitize-clang: ## the same with clang's, and its check of implicit conversions
	@$(SANITIZE) clang

test-memory: ## the tests with clang's memory sanitizer: nothing is read before it is written
	@$(SANITIZE) memory

test-thread: ## the unit tests and the soak with the thread sanitizer
	@$(SANITIZE) thread

test-valgrind: ## the tests under valgrind
	@$(SANITIZE) valgrind

test-musl: ## the library with musl: the kernels' tests, and an example linked shared and static
	@$(SANITIZE) musl

# The library as gcc and clang make it with -O2, once for all checks that look at it.
WERROR_B := $(B)/sanitize/werror
werror-gcc werror-clang:
	@$(SANITIZE) library $(@:werror-%=%)

test-werror: werror-gcc werror-clang ## everything compiles without a warning, with gcc and clang
	@$(SANITIZE) werror -O2

test-werror-levels: ## the same without optimisation, and with more
	@$(SANITIZE) werror -O0 -O3

.PHONY: werror-gcc werror-clang
