# SPDX-License-Identifier: MIT
#
# The public header by itself, in every language that may include it.

TEST_TARGETS += test-headers-native test-ffi
CHECK_TARGETS += test-headers

test-headers-native: ## the public header, with this compiler
	@CC='$(CC)' sh tests/headers/check.sh "$(B)/tests/headers-native" native

test-headers: ## the public header, with gcc, g++, clang and clang++
	@sh tests/headers/check.sh "$(B)/tests/headers" all

test-ffi: ## the public header holds only what foreign function interfaces can do, and what it must not is noticed
	@CC='$(CC)' sh tests/headers/ffi.sh "$(B)/tests/ffi"
