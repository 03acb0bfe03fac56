#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/without_make.sh, with CC, CFLAGS of the architecture (ARCH_FLAGS) and B from the Makefile
#
# What docs/building.md says under "Without make" is enough: with the folders, the flags and the table that it names, and
# nothing else, the library is compiled file by file in an empty folder, and the demo prints the known table with it.
set -eu
. tests/common.sh

out=$B/tests/without-make
rm -rf "$out"
mkdir -p "$out"
sed -n '/^## Without make/,$p' docs/building.md | tr -d '`' > "$out/text"
tr -s '\n' ' ' < "$out/text" | grep -oE 'src/[a-z]+' | sort -u | grep -vx src/kernels > "$out/folders"
flags=$(sed -n 's/^    \(-std=c11 .*\)/\1/p' "$out/text")
[ -n "$flags" ] || fail "docs/building.md has no line of flags under Without make" "mend it, or tests/docs/without_make.sh"

# The sets of this processor's family, as the compiler sees src/dispatch/isa.h.
# shellcheck disable=SC2086 # words
sets=$(echo 'ENS_ISA_LIST(ENS_ISA_NAME)' | $CC $ARCH_FLAGS -Isrc -include dispatch/isa.h -E -P -x c -)
{
    while read -r folder; do
        for file in "$folder"/*.c; do
            echo "$file"
        done
    done < "$out/folders"
    for isa in $sets; do
        echo "src/kernels/isa_$isa.c" "$(sed -n "s/^| isa_$isa.c | \(.*\) |$/\1/p" "$out/text" | sed 's/^none$//')"
    done
} | sed 's/ *$//' > "$out/files" # a blank at the end would go on with the next line, for xargs
[ "$(wc -l < "$out/files")" -gt 60 ] || fail "docs/building.md names few folders under Without make" "mend it"
export CC ARCH_FLAGS flags out
# shellcheck disable=SC2016 # for the shell that xargs starts
xargs -P 2 -L 1 sh -c 'file=$1; shift
    exec $CC $ARCH_FLAGS $flags "$@" -c "$file" -o "$out/$(echo "$file" | tr / _).o"' compile < "$out/files" ||
    fail "docs/building.md: a file does not compile with the flags of Without make" "see above"
ar rcs "$out/libensemble.a" "$out"/*.o
# shellcheck disable=SC2086 # words
$CC $ARCH_FLAGS -Iinclude docs/examples/demo/*.c "$out/libensemble.a" -lm -o "$out/demo"
"$out/demo" docs/examples/digits | sed '/^Time/,$d' > "$out/table"
sed '/^#/d' tests/demo/expected.txt > "$out/expected"
same "$out/expected" "$out/table" "the library that was built without make gives other numbers" "see docs/building.md"
checked "docs/building.md, Without make: $(wc -l < "$out/files") files, compiled as it says; the demo prints the known table"
