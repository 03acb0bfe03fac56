#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/golden/compilers.sh BUILD-DIRECTORY PROGRAM..., with MAKE from the Makefile
#
# The golden programs by each compiler of a list that is installed, without warnings: all at -O2, the newest ones in
# more ways. check-kernels-flags has the other levels of the system's own compilers.
set -eu
. tests/common.sh

out=$1
shift
mkdir -p "$out"

# built NAME COMPILER CFLAGS PROGRAM...: SETTING, if it is not empty, is one more argument of make
built()
{
    build=$out/$1
    compiler=$2
    cflags=$3
    shift 3
    have "$compiler" || { skipped "golden hashes by $compiler: not installed"; return; }
    begin=$(date +%s)
    list=
    for program; do list="$list $build/tests/$program"; done
    # shellcheck disable=SC2086 # paths without spaces
    $MAKE -s --no-print-directory B="$build" CC="$compiler" AR="${archiver:-ar}" CPPFLAGS= CFLAGS="$cflags" LDFLAGS= \
        WERROR=1 ${setting:+"$setting"} $list > "$out/log" 2>&1 ||
        { tail -n 40 "$out/log" >&2; fail "$compiler $cflags" "see above"; }
    for program; do
        "$build/tests/$program" > "$out/log" 2>&1 ||
            { tail -n 40 "$out/log" >&2; fail "$program by $compiler $cflags: other bits" "see docs/numerics.md"; }
    done
    checked "$compiler $cflags ${setting:-}: the golden hashes, no warnings, $(($(date +%s) - begin)) s"
}

for compiler in gcc-11 gcc-12 clang-14 clang-16 clang-19; do
    built "$compiler" "$compiler" -O2 "$@"
done
built gcc-11-O3-native gcc-11 '-O3 -march=native' "$@"
built clang-19-O3-native clang-19 '-O3 -march=native' "$@"
built clang-19-O0 clang-19 -O0 "$@"
archiver=llvm-ar-19 built clang-19-lto clang-19 '-O2 -flto' "$@"
setting='ARCH_FLAGS=-std=gnu11' built gcc-gnu11 gcc -O2 "$@"
