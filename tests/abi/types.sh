#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/types.sh compare|dump BUILD-DIRECTORY [SOURCES], with MAKE from the Makefile
#
# Compares the types and functions of the public header, as they are in the library's debug information, with those in
# tests/abi/libensemble.abi; or writes that file. It holds x86-64's.
set -eu
. tests/common.sh

build=$2
sources=${3:-.}
dump=tests/abi/libensemble.abi
have abidiff || { skipped "types of the ABI: abidiff is not installed (abigail-tools)"; exit 0; }
case $(${CC:-gcc} -dumpmachine) in
x86_64-*) ;;
*) skipped "types of the ABI: $dump holds those of x86-64"; exit 0 ;;
esac

mkdir -p "$build"
build=$(cd "$build" && pwd)
$MAKE -s --no-print-directory -C "$sources" shared B="$build" CC="${CC:-gcc}" CPPFLAGS= CFLAGS='-g -O2' LDFLAGS= \
    > "$build/log" 2>&1 || { cat "$build/log" >&2; fail "the library does not build with -g" "see above"; }

# Both sides are written in the same way; what only the library's own sources know of is left out.
written=$build/libensemble.abi
abidw --headers-dir "$sources/include" --drop-private-types --exported-interfaces-only --no-corpus-path \
    --no-comp-dir-path --no-show-locs --out-file "$written" "$build/libensemble.so"
! grep -n -e "$PWD" -e "$build" "$written" >&2 || fail "$written names a path of this machine" "see the options of abidw"

if [ "$1" = dump ]; then
    # The licence's line is the second: abidiff looks at the first to see what the file is.
    awk '{ print } NR == 1 { print "<!-- SPDX-" "License-Identifier: MIT -->" }' "$written" > "$dump"
    echo "$dump is written: review what git diff says about it"
else
    abidiff "$dump" "$written" > "$build/abidiff" ||
        { cat "$build/abidiff" >&2; fail "the library's types or functions are not those of $dump (above)" \
            "if the change is meant and allowed (docs/abi.md), run: make abi-dump"; }
    checked "types and functions: as in $dump"
fi
