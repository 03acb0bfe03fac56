# SPDX-License-Identifier: MIT
#
# What programs that were built with an earlier release rely on: names, types, numbers, and that the library runs on
# every processor of its family.

TEST_TARGETS += test-symbols test-code test-layout test-old
CHECK_TARGETS += test-abi test-code-arm

test-symbols: shared ## exported names: as reviewed, as declared, as documented
	@CC='$(CC)' sh tests/abi/symbols.sh "$(SHARED)"

test-layout: ## sizes, offsets and constants, with this compiler
	@CC='$(CC)' sh tests/abi/layout.sh native

test-old: shared ## programs of earlier releases, compiled with their headers, run with this library
	@CC='$(CC)' sh tests/abi/old.sh "$(B)/tests/old" "$(B)" '$(VERSION)'

# Where the library is built with the flags that test-code asks for, its objects are looked at; else others are made.
CODE_B := $(if $(filter-out -O2,$(CFLAGS))$(strip $(CPPFLAGS) $(LDFLAGS)),$(B)/tests/code,$(B))
test-code: $(if $(filter $(B),$(CODE_B)),static) ## the instructions and the undefined symbols of the objects, with this compiler
	@+MAKE='$(MAKE)' sh tests/abi/code.sh "$(CODE_B)" '$(CC)'

# Those of gcc and clang are the ones that test-werror compiles, too.
test-abi: test-symbols test-old werror-gcc werror-clang ## types (abidiff), layouts elsewhere, instructions by gcc and clang; whether these checks can fail
	@+MAKE='$(MAKE)' sh tests/abi/types.sh compare "$(B)/tests/abi"
	@CC='$(CC)' sh tests/abi/layout.sh all
	@sh tests/abi/code.sh "$(WERROR_B)/gcc-O2" gcc built
	@sh tests/abi/code.sh "$(WERROR_B)/clang-O2" clang built
	@+MAKE='$(MAKE)' sh tests/abi/controls.sh "$(B)/tests/abi-controls" "$(WERROR_B)/gcc-O2"

test-code-arm: ## the instructions and the undefined symbols of the objects for 64-bit Arm
	@+MAKE='$(MAKE)' sh tests/abi/code.sh "$(B)/tests/code-arm" aarch64-linux-gnu-gcc

abi-dump: ## writes tests/abi/libensemble.abi anew: review what changes in it
	@+MAKE='$(MAKE)' sh tests/abi/types.sh dump "$(B)/tests/abi"

.PHONY: abi-dump
