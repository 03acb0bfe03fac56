#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/names.sh
#
# Every public name that a document or a manual page mentions is in a public header, and no other; every internal one is in
# src/. A name with ... or * behind it is the beginning of some. (That the headers' names are all in the manual and in
# docs/api-history.md is checked by tests/abi/symbols.sh.)
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Functions, structs, constants and macros.
# shellcheck disable=SC2086 # the headers are words
without_comments $headers | grep -oE '\b(ensemble|ENSEMBLE)_[A-Za-z0-9_]+' | grep -v '_H$' |
    sort -u > "$out/public"
[ "$(wc -l < "$out/public")" -gt 150 ] || fail "there are few names in $headers" "mend tests/docs/names.sh"
cat src/*/*.[ch] | grep -oE '\b(ens|ENS)_[A-Za-z0-9_]+' | sort -u > "$out/internal"

# The header beside ensemble.h, CMake's name for the static library, the class of R's conditions in tests/bindings,
# version nodes (ENSEMBLE_0.6), and beginnings that rules for names speak of.
printf '%s\n' ensemble_rank ensemble_static ensemble_error ENSEMBLE_0 ENSEMBLE_ ensemble_ ENS_ ens_ > "$out/others"

# unknown PATTERN KNOWN FILE...: "FILE: NAME" for names of that pattern that KNOWN does not have.
unknown()
{
    pattern=$1
    known=$2
    shift 2
    for file; do
        grep -oE "\\b$pattern(\\.\\.\\.|\\*)?" "$file" | sort -u | while read -r name; do
            case $name in
            *... | *\*) name=${name%...} && grep -q "^${name%\*}" "$known" || echo "$file: $name..." ;;
            *) grep -qxF -e "$name" "$known" "$out/others" || echo "$file: $name" ;;
            esac
        done || :
    done
}

# Decisions also name what was rejected.
set -- README.md src/README.md docs/*.md docs/man/*.3 docs/examples/*/README.md
unknown '(ensemble|ENSEMBLE)_[A-Za-z0-9_]*' "$out/public" "$@" |
    none "names that $headers do not have" "mend them"
unknown '(ens|ENS)_[A-Za-z0-9_]*' "$out/internal" "$@" docs/decisions/*.md |
    none "names that src/ does not have" "mend them"
checked "names in $# documents and manual pages: $headers and src/ have them"
