#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/world/throw.sh, with B, STATIC and FLAGS from the Makefile
#
# tests/world/throw.cpp, where there is a C++ compiler.
set -eu
. tests/common.sh

have g++ || { skipped "C++ exceptions: g++ is not installed"; exit 0; }
# shellcheck disable=SC2086 # a list
g++ -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude $FLAGS tests/world/throw.cpp "$STATIC" \
    -o "$B/tests/world/throw"
"$B/tests/world/throw"
