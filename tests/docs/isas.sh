#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/isas.sh
#
# The tables of instruction sets in docs/dispatch.md and docs/building.md have those of src/dispatch/isa.h, in that
# order, with the flags that the Makefile gives them.
set -eu
. tests/common.sh

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

sed -n 's/^#define ENS_ISA_LIST(X) //p' src/dispatch/isa.h | grep -oE 'X\([a-z0-9]+' | sed 's/X(//' | while read -r isa; do
    flags=$(sed -n "s/^ISA_FLAGS_$isa := //p" Makefile)
    echo "$isa ${flags:-none}"
done > "$out/sets"
[ "$(wc -l < "$out/sets")" -gt 2 ] || fail "no instruction sets found in src/dispatch/isa.h" "mend tests/docs/isas.sh"

# rows DOCUMENT PATTERN: the first and the last column of the rows whose first column matches
rows()
{
    tr -d '`' < "$1" | awk -F ' *[|] *' -v pattern="$2" '
        $2 ~ pattern { gsub(/^isa_|\.c$/, "", $2); sub(/nothing/, "none", $(NF - 1)); print $2, $(NF - 1) }'
}

names=$(sed 's/ .*//' "$out/sets" | paste -sd '|')
for document in docs/dispatch.md docs/building.md; do
    rows "$document" "^(isa_)?($names)(\\.c)?\$" > "$out/rows"
    same "$out/sets" "$out/rows" "$document does not have the sets of src/dispatch/isa.h and the flags of the Makefile" \
        "make them agree"
done
checked "$(wc -l < "$out/sets") instruction sets and their flags: docs/dispatch.md and docs/building.md have them"
