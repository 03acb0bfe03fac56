#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/types.sh compare|dump BUILD-DIRECTORY, with MAKE from the Makefile
#
# Compares the types and functions of the public headers, as they are in the library's debug information, with those in
# tests/abi/libensemble.abi, which is what they are now and was reviewed, and with those of every earlier release in
# tests/abi/old, beside which there may only be more; or writes the first file. They hold x86-64's.
set -eu
. tests/common.sh

build=$2
dump=tests/abi/libensemble.abi
have abidiff || { skipped "types of the ABI: abidiff is not installed (abigail-tools)"; exit 0; }
case $(${CC:-gcc} -dumpmachine) in
x86_64-*) ;;
*) skipped "types of the ABI: $dump holds those of x86-64"; exit 0 ;;
esac

# Kernels take most of the time to compile and know no public type: they are left out, and what then is undefined stays so.
mkdir -p "$build"
$MAKE -s --no-print-directory shared B="$build" CC="${CC:-gcc}" CPPFLAGS= CFLAGS='-g -O0' LDFLAGS= WERROR= ISAS= \
    LIB_LDFLAGS='-shared -Wl,-soname,$(SONAME) -Wl,--version-script,$(EXPORTS)' > "$build/log" 2>&1 ||
    { cat "$build/log" >&2; fail "the library does not build with -g" "see above"; }

# Both sides are written in the same way; what only the library's own sources know of is left out.
written=$build/libensemble.abi
abidw --headers-dir include --drop-private-types --exported-interfaces-only --no-corpus-path \
    --no-comp-dir-path --no-show-locs --out-file "$written" "$build/libensemble.so"
! grep -n -e "$PWD" -e "$build" "$written" >&2 || fail "$written names a path of this machine" "see the options of abidw"

if [ "$1" = dump ]; then
    # The licence's line is the second: abidiff looks at the first to see what the file is.
    awk '{ print } NR == 1 { print "<!-- SPDX-" "License-Identifier: MIT -->" }' "$written" > "$dump"
    echo "$dump is written: review what git diff says about it"
    exit 0
fi

releases=
for old in tests/abi/old/*/libensemble.abi; do
    release=$(basename "${old%/*}")
    abidiff --no-added-syms --suppressions tests/abi/old/grown.ini "$old" "$written" > "$build/abidiff" ||
        { cat "$build/abidiff" >&2; fail "the library breaks programs of release $release (above)" \
            "put back what changed; docs/abi.md says how structs grow, and tests/abi/old/grown.ini which have"; }
    releases="$releases $release"
done
checked "types and functions: those of$releases are there, unchanged"
abidiff "$dump" "$written" > "$build/abidiff" ||
    { cat "$build/abidiff" >&2; fail "the library's types or functions are not those of $dump (above)" \
        "if the change is meant and allowed (docs/abi.md), run: make abi-dump"; }
checked "types and functions: as in $dump"
