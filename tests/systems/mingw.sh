#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/systems/mingw.sh BUILD-DIRECTORY, with MAKE and MINGW (the tools' prefix) from the Makefile
#
# The DLL exports what src/libensemble.map lists, and nothing else, and needs the system's libraries only. What is
# installed is enough to build programs in C and C++, with the DLL and without. Under Wine: the kernels beside their
# reference, with guard pages; methods, reports and learning beside their formulas; the same golden hashes as everywhere;
# the demo, whose table is that of this machine.
set -eu
. tests/common.sh

build=$1
dll=$build/libensemble-1.dll
out=$(cd "$build" && pwd)/installed
WINEPREFIX=$(cd "$build" && pwd)/wine
WINEDEBUG=-all
export WINEPREFIX WINEDEBUG

check_dll()
{
    "$MINGW-objdump" -p "$dll" > "$out/headers"
    sed -n '/Ordinal\/Name Pointer/,/^$/s/.* \([a-z_]*\)$/\1/p' "$out/headers" | LC_ALL=C sort > "$out/exported"
    sed '/^#/d; s/ .*//' tests/abi/symbols.txt | LC_ALL=C sort > "$out/wanted"
    same "$out/wanted" "$out/exported" "$dll does not export what tests/abi/symbols.txt lists" "see EXPORTS in the Makefile"
    sed -n 's/.*DLL Name: //p' "$out/headers" | grep -vixE 'KERNEL32\.dll|msvcrt\.dll' |
        none "$dll needs other libraries than the system's" "link them statically, or do without"
    checked "$dll exports $(wc -l < "$out/exported") functions, and needs $(sed -n 's/.*DLL Name: //p' "$out/headers" | tr '\n' ' ')"
}

# The stack of a Windows thread is aligned to 16 bytes: a move that demands more is a fault that may or may not happen.
check_stack()
{
    for file in avx2 avx512; do
        "$MINGW-objdump" -d --no-show-raw-insn "$build/obj/kernels/isa_$file.o" > "$out/code"
        grep -q ymm "$out/code" || fail "isa_$file.o has no vectors" "mend tests/systems/mingw.sh"
        grep -E '\bvmov(ap|dqa)[a-z0-9]* .*%[yz]mm' "$out/code" | grep -F '(' | grep -v '(%rip)' |
            none "isa_$file.o has moves that demand an aligned stack" "see -muse-unaligned-vector-move in the Makefile"
    done
    checked "no move demands more of the stack than Windows gives"
}

run()
{
    wine "$@" > "$out/output" 2>&1 < /dev/null || { cat "$out/output" >&2; fail "under Wine: $*" "see above"; }
}

check_programs()
{
    for program in 'kernels/check --quick' 'methods/oracle --quick --count 200' \
        'methods/oracle_report --quick --count 100' 'learn/oracle --quick --count 100' 'rank/oracle --quick' \
        kernels/golden methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank; do
        # shellcheck disable=SC2086 # a program and its arguments
        set -- $program
        file=$1
        shift
        run "$build/tests/$file.exe" "$@"
        checked "under Wine: $program: $(tr -d '\r' < "$out/output" | tail -n 1)"
    done
    run "$build/examples/demo.exe" docs/examples/digits
    tr -d '\r' < "$out/output" | sed '/^Time/,$d' > "$out/table"
    sed '/^#/d' tests/demo/expected.txt > "$out/expected"
    same "$out/expected" "$out/table" "under Wine the demo prints other numbers" "see docs/numerics.md"
    checked "under Wine: the demo prints the known table"
}

check_installed()
{
    "$MAKE" -s --no-print-directory install B="$build" CC="$MINGW-gcc" AR="$MINGW-ar" CFLAGS=-O2 LDFLAGS='-static -pthread' \
        CPPFLAGS=-D__USE_MINGW_ANSI_STDIO=1 prefix="$out/prefix" > "$out/log" 2>&1 || { cat "$out/log" >&2; fail "make install" ""; }
    for file in bin/libensemble-1.dll lib/libensemble.dll.a lib/libensemble.a include/ensemble.h lib/pkgconfig/ensemble.pc; do
        [ -f "$out/prefix/$file" ] || fail "make install does not install $file" "see INSTALL_SHARED_windows in the Makefile"
    done
    for compiler in gcc g++; do
        have "$MINGW-$compiler" || { skipped "programs by $MINGW-$compiler: not installed"; continue; }
        language=c
        [ $compiler = gcc ] || language=c++
        "$MINGW-$compiler" -x $language tests/install/example.c -x none -I"$out/prefix/include" -L"$out/prefix/lib" -lensemble -static-libgcc \
            -o "$out/prefix/bin/shared.exe" || fail "a program does not link with the DLL" "see above"
        run "$out/prefix/bin/shared.exe"
        [ "$(tr -d '\r' < "$out/output")" = "4 5 6" ] || fail "the program prints $(cat "$out/output")" "not 4 5 6"
        "$MINGW-$compiler" -x $language tests/install/example.c -x none -I"$out/prefix/include" -L"$out/prefix/lib" -l:libensemble.a -static \
            -o "$out/static.exe" || fail "a program does not link with libensemble.a" "see above"
        run "$out/static.exe"
        [ "$(tr -d '\r' < "$out/output")" = "4 5 6" ] || fail "the program prints $(cat "$out/output")" "not 4 5 6"
        checked "installed: a program by $MINGW-$compiler, with the DLL and without"
    done
}

rm -rf "$out"
mkdir -p "$out"
check_dll
check_stack
check_programs
check_installed
