#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/symbols.sh LIBRARY.so, with CC from the Makefile
#
# The names that a program can link with are the same in five places: tests/abi/symbols.txt (reviewed), the library, the
# version script, the headers, docs/api-history.md and the manual pages.
set -eu
. tests/common.sh

library=$1
LC_ALL=C
export LC_ALL
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

sed '/^#/d' tests/abi/symbols.txt | sort > "$out/reviewed"
sed 's/ .*//' "$out/reviewed" > "$out/names"
count=$(wc -l < "$out/names")

# The library: every dynamic symbol that it defines, but for the nodes' own.
nm -D --defined-only --with-symbol-versions "$library" | awk '$2 != "A" { print $3 }' | sed 's/@@*/ /' | sort > "$out/library"
same "$out/reviewed" "$out/library" "$library does not export what tests/abi/symbols.txt lists" \
    "a new function is added there and in src/libensemble.map; one that was released is never taken away or moved"

# The version script.
without_comments src/libensemble.map | awk '
    /{/ { node = $1 }
    /global:/ { global = 1; next }
    /local:/ || /^}/ { global = 0; next }
    global && /;/ { gsub(/[; \t]/, ""); print $0, node }' | sort > "$out/map"
same "$out/reviewed" "$out/map" "src/libensemble.map does not list what tests/abi/symbols.txt does" "make them agree"

# The headers: names before a parenthesis, outside of comments and of preprocessor lines.
# shellcheck disable=SC2086 # the headers are words
without_comments $headers | sed '/^ *#/d' | tr -c 'a-zA-Z0-9_(\n' ' ' | tr ' ' '\n' |
    sed -n 's/^\(ensemble_[a-z0-9_]*\)(.*/\1/p' | sort > "$out/header"
same "$out/names" "$out/header" "$headers do not declare what tests/abi/symbols.txt lists" "make them agree"
checked "$count functions: tests/abi/symbols.txt, $library, src/libensemble.map, $headers agree"

# The history: rows `| name | release |` for all functions, structs and constants.
history=docs/api-history.md
[ -f "$history" ] || fail "there is no $history" "write it: a row | name | release | for each public name"
tr -d '`' < "$history" | awk -F '|' '
    { gsub(/ /, "", $2); gsub(/ /, "", $3); sub(/\(\)$/, "", $2); sub(/^struct/, "", $2) }
    $2 ~ /^(ensemble|ENSEMBLE)_[A-Za-z0-9_]+$/ { print $2, $3 }' | sort > "$out/history"
grep '^ensemble_' "$out/history" | sed 's/ / ENSEMBLE_/' > "$out/history.all"
awk '{ print $1 }' "$out/history" > "$out/history.names"
{
    cat "$out/header"
    # shellcheck disable=SC2086
    without_comments $headers | sed -n 's/^struct \(ensemble_[a-z_]*\) {$/\1/p'
    # shellcheck disable=SC2086
    without_comments $headers | tr '\n' ' ' | grep -o 'enum *{[^}]*}' | grep -o 'ENSEMBLE_[A-Z0-9_]*'
} | sort > "$out/public"
grep -v '^ENSEMBLE_VERSION' "$out/history.names" > "$out/history.plain" || :
same "$out/public" "$out/history.plain" "$history does not list the public names of $headers" \
    "add or mend its rows: | name | release that brought it |"
join "$out/names" "$out/history.all" > "$out/history.functions"
same "$out/reviewed" "$out/history.functions" "$history and tests/abi/symbols.txt name different releases" "make them agree"
checked "$(wc -l < "$out/public") public names: $headers and $history agree"

# The manual: one page that describes all functions, and a page for each that leads to it.
manual=docs/man/ensemble.3
[ -f "$manual" ] || fail "there is no $manual" "write it"
sed -n 's/^\.F[no] \(ensemble_[a-z_]*\).*/\1/p' "$manual" | sort -u > "$out/manual"
same "$out/names" "$out/manual" "$manual does not describe the functions (.Fn or .Fo)" "add what is new, remove what is not there"
sed -n 's/^\.Nm \(ensemble_[a-z_]*\).*/\1/p' "$manual" | sort -u > "$out/manual.names"
same "$out/names" "$out/manual.names" "$manual does not name the functions (.Nm)" "add what is new, remove what is not there"
{ echo ensemble; cat "$out/names"; } | sort > "$out/pages"
for page in docs/man/*.3; do
    page=${page##*/}
    echo "${page%.3}"
done | sort > "$out/found"
same "$out/pages" "$out/found" "docs/man does not have one page per function" "add NAME.3 that holds: .so man3/ensemble.3"
while read -r name; do
    grep -qx '\.so man3/ensemble\.3' "docs/man/$name.3" ||
        fail "docs/man/$name.3 does not lead to the manual" "it holds one line: .so man3/ensemble.3"
done < "$out/names"
checked "$count functions: $manual describes them, and docs/man has a page for each"
