#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/errors.sh
#
# Which function returns which error codes is said twice, in the comments of the headers and in the list at the
# end of ensemble(3). Every code of a function's "Errors:" in the header is in the list; every code in the list is somewhere
# in the function's comment. Both may refer to another function, as in "as ensemble_run(), and ...". Functions that use
# the allocator, by the comment there, can be out of memory, and no others of ensemble.h.
set -eu
. tests/common.sh

page=docs/man/ensemble.3
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Lines "FUNCTION CODE" and "FUNCTION as FUNCTION", from what the header's comments say.
# words FUNCTION TEXT: of a text
awk '
    function words(to, name, text) {
        while (match(text, /ENSEMBLE_E[A-Z0-9]+|as ensemble_[a-z_]+/)) {
            print name, substr(text, RSTART, RLENGTH) > to
            text = substr(text, RSTART + RLENGTH)
        }
    }
    /^\/\*/ { text = "" }
    /^\/\*/, /\*\// { line = $0; sub(/^[ \/]\*+ ?/, "", line); text = text " " line; next }
    /^$/ { text = "" }
    /^[a-z].*ensemble_[a-z_]+\(/ && text != "" {
        match($0, /ensemble_[a-z_]+\(/)
        name = substr($0, RSTART, RLENGTH - 1)
        at = index(text, "Errors: ")
        if (!at) next
        print name > (out "/functions")
        words(out "/all", name, text)
        errors = substr(text, at)
        if (match(errors, /\. +[A-Z]/)) errors = substr(errors, 1, RSTART)
        words(out "/least", name, errors)
    }' out="$out" include/ensemble_rank.h include/ensemble.h
sed -n 's/^ *\(ENSEMBLE_E[A-Z0-9]*\) = -.*/\1/p' include/ensemble.h | sort > "$out/codes"
awk '/void \*\(\*allocate\)/ { exit } /Memory for the handle/ { inside = 1 } inside' include/ensemble.h |
    grep -o 'ensemble_[a-z_]*' | grep -vx ensemble_destroy | { cat; echo ensemble_create; } | sort -u > "$out/allocating"

# The same of the page.
awk '/^The functions return these:/ { inside = 1 }
    /^\.El/ { inside = 0 }
    !inside { next }
    /^\.It Fn / { before = name; name = $3; print name > (out "/functions-of-page"); next }
    /^The same/ { print name, "as", before }
    /^\.Fn / { print name, "as", $2 }
    /^\.Dv ENSEMBLE_E/ { print name, $2 }' out="$out" $page > "$out/page"

# closed FILE: with what the functions that are referred to return; codes alone, and each once.
closed()
{
    awk '
        NR == FNR { code[$1]; next }
        $2 == "as" { refers[$1] = refers[$1] " " $3; next }
        $2 in code { says[$1] = says[$1] " " $2 }
        function all(name, depth,   n, part, i, text) {
            text = says[name]
            if (depth > 9) return text
            n = split(refers[name], part, " ")
            for (i = 1; i <= n; i++) text = text " " all(part[i], depth + 1)
            return text
        }
        END {
            for (name in refers) names[name]
            for (name in says) names[name]
            for (name in names) { n = split(all(name, 0), part, " "); for (i = 1; i <= n; i++) print name, part[i] }
        }' "$out/codes" "$1" | LC_ALL=C sort -u
}

closed "$out/least" > "$out/least.closed"
closed "$out/all" > "$out/all.closed"
closed "$out/page" > "$out/page.closed"
grep -v '^ensemble_fuse_rankings ' "$out/least.closed" | sed -n 's/ ENSEMBLE_ENOMEM$//p' | sort -u > "$out/out-of-memory"
same "$out/allocating" "$out/out-of-memory" "include/ensemble.h: functions that use the allocator and ENSEMBLE_ENOMEM" \
    "make the Errors: and the comment at allocate agree"
[ "$(wc -l < "$out/least.closed")" -gt 100 ] || fail "no errors found in the headers" "mend tests/docs/errors.sh"
{ cat "$out/functions"; echo ensemble_check; } | sort -u > "$out/functions.sorted"
sort "$out/functions-of-page" > "$out/page.sorted"
same "$out/functions.sorted" "$out/page.sorted" "$page does not list the functions that the header says errors of" \
    "add or remove .It Fn"
grep -v '^ensemble_check ' "$out/page.closed" > "$out/page.others"
LC_ALL=C comm -23 "$out/least.closed" "$out/page.others" > "$out/missing"
[ ! -s "$out/missing" ] || fail "$page does not list errors of the header: $(tr '\n' ';' < "$out/missing")" "add them"
LC_ALL=C comm -13 "$out/all.closed" "$out/page.others" > "$out/more"
[ ! -s "$out/more" ] || fail "$page lists errors that the header does not: $(tr '\n' ';' < "$out/more")" \
    "make them agree"
checked "$page lists the errors of $(wc -l < "$out/functions") functions, as the headers do"
