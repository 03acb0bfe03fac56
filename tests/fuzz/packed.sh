#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/fuzz/packed.sh, with B and CORPUS from fuzz.mk
#
# The texts of the inputs go to files and back without a change, and lines that are none are refused.
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

pack=$B/tests/fuzz/pack
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT

for text in "$CORPUS"/*.txt; do
    rm -rf "$kept/files"
    mkdir "$kept/files"
    "$pack" -x "$text" "$kept/files"
    "$pack" "$kept/files" | sort > "$kept/found"
    grep -v '^#' "$text" | sort > "$kept/expected"
    same "$kept/expected" "$kept/found" "$text is not what pack makes of its files" "make fuzz-merge, or mend the line"
done

# refused LINE: as the second line of a text, in the form of printf
refused()
{
    # shellcheck disable=SC2059
    printf "00\\n$1" > "$kept/wrong.txt"
    rm -rf "$kept/files"
    mkdir "$kept/files"
    ! "$pack" -x "$kept/wrong.txt" "$kept/files" 2> "$kept/said" || fail "pack takes the line: $1" "see tests/fuzz/packed.c"
    grep -q 'wrong\.txt:2: ' "$kept/said" || fail "pack does not name the line: $1" "see tests/fuzz/packed.c"
}
refused '\n'
refused '0\n'
refused '00f\n'
refused '0g\n'
refused 'FF\n'
refused '00 \n'
refused '"a\n'
refused 'a"\n'
refused '"a\tb"\n'
refused '"a\303\244"\n'
refused '"a"b"\n'
refused '00\000\n'
refused '00'
refused 'regression-a\n'
refused 'regression-a \n'
refused 'regression- 00\n'
refused 'regression-A 00\n'
refused 'rank 00\n'
checked "inputs of the fuzz targets: $(cat "$CORPUS"/*.txt | grep -vc '^#'), the same from text to files and back"
