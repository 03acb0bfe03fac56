#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/golden/covers.sh PROGRAM...
#
# The golden programs, linked with covers.c, ask for each constant of each enum of the headers, and for each field of
# the structs of reports, fits and fusions.
set -eu
. tests/common.sh

out=$(dirname "$1")

# In words: "CONSTANT FIRST-OF-ITS-ENUM NUMBER", and "STRUCT FIELD". Error codes are not computed.
# shellcheck disable=SC2086 # a list of files
without_comments $headers | awk '
    /^enum {/ { first = ""; inside = 1; next }
    /^}/ { inside = 0 }
    inside && match($0, /ENSEMBLE_[A-Z0-9_]+ = -?[0-9]+/) {
        split(substr($0, RSTART, RLENGTH), part, " = ")
        if (first == "") first = part[1]
        if (first != "ENSEMBLE_ENULL") print part[1], first, part[2]
    }' > "$out/constants"
# Sizes, and what says nothing of the numbers, are left out.
# shellcheck disable=SC2086
without_comments $headers | awk '
    BEGIN {
        n = split("struct_size reserved rows width models top n_costs user how constraint calibrate method " \
            "normaliser contributions_count workspace workspace_size", word, " ")
        for (i = 1; i <= n; i++) left_out[word[i]] = 1
    }
    /^struct ensemble_(report|fit_options|fusion) {/ { name = $2; next }
    /^}/ { name = "" }
    name != "" && /;/ {
        sub(/;.*/, "")
        if (match($0, /\(\*[a-z_]+\)/)) field = substr($0, RSTART + 2, RLENGTH - 3)
        else { field = $NF; sub(/^\**/, "", field) }
        if (!(field in left_out)) print name, field
    }' > "$out/fields"
if [ "$(wc -l < "$out/constants")" -lt 80 ] || [ "$(wc -l < "$out/fields")" -lt 30 ]; then
    fail "the headers have too few constants or fields" "mend tests/golden/covers.sh"
fi

for program; do
    "$program" || fail "$program, linked with covers.c, fails" "see above"
done > "$out/log" || { grep FAILED "$out/log" >&2; exit 1; }
sed -n 's/^asked: //p' "$out/log" | LC_ALL=C sort -u > "$out/asked"

while read -r constant first number; do
    grep -Fqx "$first $number" "$out/asked" || echo "$constant"
done < "$out/constants" | none "no golden program asks for these constants" "add a section to one of them"
grep -Fvx -f "$out/asked" "$out/fields" | none "no golden program asks for these fields" \
    "add a section to one of them, and a line to tests/golden/covers.c"
checked "golden programs: $(wc -l < "$out/constants") constants and $(wc -l < "$out/fields") fields of the headers"
