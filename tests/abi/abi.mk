# SPDX-License-Identifier: MIT
#
# What programs that were built with an earlier release rely on: names, types, and that the library runs on every
# processor of its family.

TEST_TARGETS += test-symbols test-code
CHECK_TARGETS += test-abi test-code-arm

test-symbols: shared ## exported names: as reviewed, as declared, as documented
	@CC='$(CC)' sh tests/abi/symbols.sh "$(SHARED)"

test-code: ## the instructions and the undefined symbols of the objects, with this compiler
	@+MAKE='$(MAKE)' sh tests/abi/code.sh "$(B)/tests/code" '$(CC)'

test-abi: test-symbols ## types (abidiff), instructions with gcc and clang, and whether these checks can fail
	@+MAKE='$(MAKE)' sh tests/abi/types.sh compare "$(B)/tests/abi"
	@+MAKE='$(MAKE)' sh tests/abi/code.sh "$(B)/tests/code-gcc" gcc
	@+MAKE='$(MAKE)' sh tests/abi/code.sh "$(B)/tests/code-clang" clang
	@+MAKE='$(MAKE)' sh tests/abi/controls.sh "$(B)/tests/abi-controls"

test-code-arm: ## the instructions and the undefined symbols of the objects for 64-bit Arm
	@+MAKE='$(MAKE)' sh tests/abi/code.sh "$(B)/tests/code-arm" aarch64-linux-gnu-gcc

abi-dump: ## writes tests/abi/libensemble.abi anew: review what changes in it
	@+MAKE='$(MAKE)' sh tests/abi/types.sh dump "$(B)/tests/abi"

.PHONY: abi-dump
