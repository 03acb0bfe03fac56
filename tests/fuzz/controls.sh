#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/fuzz/controls.sh, with CC, FLAGS (of the library's sources), B, CORPUS, STATIC, ISAS, TARGETS and for each
# target OBJECTS_TARGET from fuzz.mk
#
# Whether the fuzz targets can fail: puts the errors of controls.txt into copies of src/, one at a time, and wants the
# target that each of them is for to notice, with the inputs that are kept. The programs have passed with the sound
# library before; only what was changed is compiled, and linked in front of that.
set -eu
. tests/common.sh

[ "$ISAS" != portable ] || { skipped "fuzz controls: there is no instruction set here to compare"; exit 0; }
out=$B/tests/fuzz/controls
rm -rf "$out"
mkdir -p "$out"
tried=
objects=

# An error can make a program run for ever.
limit=
! have timeout || limit='timeout 120'

# Fewer errors say little of a target.
least=3

# change FILE OLD NEW: a copy of the file, below the same folders in $out/src
change()
{
    mkdir -p "$out/$(dirname "$1")"
    OLD=$2 NEW=$3 awk '
        BEGIN { old = ENVIRON["OLD"]; new = ENVIRON["NEW"] }
        {
            for (line = ""; (at = index($0, old)) > 0; found++) {
                line = line substr($0, 1, at - 1) new
                $0 = substr($0, at + length(old))
            }
            print line $0
        }
        END { exit found != 1 }' "$1" > "$out/$1" ||
        fail "$1 does not have this once: $2" "mend tests/fuzz/controls.txt"
}

# noticed TARGET WHAT: its program with the changed object ends by a signal, as FUZZ_CHECK() has it.
noticed()
{
    eval "objects=\$OBJECTS_$1"
    # shellcheck disable=SC2086 # lists
    $CC $FLAGS -o "$out/program" $objects "$out/changed.o" $STATIC -lm
    code=0
    $limit "$out/program" "$CORPUS/$1.txt" > "$out/log" 2>&1 || code=$?
    [ $code -ge 128 ] || fail "$1 does not notice: $2 (it ended with $code)" "strengthen the target, or keep an input"
    tried="$tried $1"
}

# try TARGETS FILE OLD NEW: a header is changed for the instruction set that it is for.
try()
{
    change "$2" "$3" "$4"
    case $2 in
    *.h) source=src/kernels/isa_$(basename "$2" .h | sed 's/.*_//').c level=-O0 ;;
    *) source=$out/$2 level=-O1 ;;
    esac
    # shellcheck disable=SC2086 # lists
    $CC "-I$out/src" $FLAGS -w $level -c "$source" -o "$out/changed.o"
    for target in $1; do
        noticed "$target" "$2: $3 -> $4"
    done
    rm -rf "$out/src"
}

while read -r line; do
    case $line in
    '#'* | '') ;;
    '- '*) old=${line#- } ;;
    '+ '*) try "$targets" "$file" "$old" "${line#+ }" ;;
    *) file=${line%% *} targets=${line#* } ;;
    esac
done < tests/fuzz/controls.txt
# shellcheck disable=SC2153 # from the Makefile
for target in $TARGETS; do
    n=$(echo "$tried" | tr ' ' '\n' | grep -cx "$target") || :
    [ "$n" -ge $least ] || fail "tests/fuzz/controls.txt has $n errors for $target, of $least" "add some"
done
checked "fuzz targets notice $(echo "$tried" | wc -w) errors that are put into src/"
