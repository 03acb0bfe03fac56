#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/layout.sh native|all, with CC from the Makefile
#
# Sizes, offsets and constants (tests/abi/layout.h) are what they were, on every model of data: LP64, where long and
# pointers have 64 bits; LLP64 (Windows), where only pointers have; ILP32, where both have 32, and where double is
# aligned to 4 bytes (i386) or to 8 (Arm). Compiles only; clang knows all targets, and needs no C library for this.
set -eu
. tests/common.sh

LC_ALL=C
export LC_ALL
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Every constant of the headers has its line.
# shellcheck disable=SC2086 # the headers are words
without_comments $headers | tr '\n' ' ' | grep -o 'enum *{[^}]*}' | grep -o 'ENSEMBLE_[A-Z0-9_]*' | sort > "$out/header"
sed -n 's/^IS(\(ENSEMBLE_[A-Z0-9_]*\), -*[0-9]*);$/\1/p' tests/abi/layout.h | sort > "$out/layout"
same "$out/header" "$out/layout" "tests/abi/layout.h does not have the constants of $headers" "add IS(NAME, NUMBER); for each"
checked "$(wc -l < "$out/layout") constants: $headers and tests/abi/layout.h have the same ones"

# compiles COMPILER WORD...
compiles()
{
    "$@" -std=c11 -Wall -Wextra -Werror -Iinclude -c -x c tests/abi/layout.h -o "$out/layout.o" ||
        fail "layouts or constants are not what was released (above), by: $*" "put back what changed (docs/abi.md)"
}

# shellcheck disable=SC2086 # words
compiles $CC
checked "layouts and constants by $CC"
[ "$1" = all ] || exit 0

have clang || { skipped "layouts on other machines: clang is not installed"; exit 0; }
lp64='x86_64-linux-gnu aarch64-linux-gnu aarch64-apple-darwin riscv64-linux-gnu s390x-linux-gnu powerpc64-linux-gnu
    powerpc64le-linux-gnu mips64el-linux-gnuabi64 wasm64'
llp64='x86_64-w64-windows-gnu x86_64-pc-windows-msvc aarch64-pc-windows-msvc'
ilp32='i686-linux-gnu i686-w64-windows-gnu armv7-linux-gnueabihf riscv32-linux-gnu mips-linux-gnu powerpc-linux-gnu
    x86_64-linux-gnux32 wasm32'
# model NAME LONG POINTER TARGET...: the sizes of long and of pointers there, in bytes, are as its name says.
model()
{
    name=$1
    long=$2
    pointer=$3
    shift 3
    for target; do
        compiles clang --target="$target" -ffreestanding -DLONG_BYTES="$long" -DPOINTER_BYTES="$pointer"
    done
    checked "layouts and constants for $name: $*"
}
# shellcheck disable=SC2086 # words
{
    model LP64 8 8 $lp64
    model LLP64 4 8 $llp64
    model ILP32 4 4 $ilp32
}
# Compilers of these systems, where they are installed.
for compiler in x86_64-w64-mingw32-gcc i686-linux-gnu-gcc arm-linux-gnueabihf-gcc s390x-linux-gnu-gcc; do
    ! have $compiler || { compiles $compiler -ffreestanding; checked "layouts and constants by $compiler"; }
done
