#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/extremes/check.sh PROGRAM [RUNNER...]
#
# Runs the trials of extreme sizes, after a look at whether they know every public function, and which of them take sizes,
# counts, strides, indexes, or structs and texts that hold some.
set -eu
. tests/common.sh

program=$1
shift
LC_ALL=C
export LC_ALL
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$@" "$program" --list | sort > "$out/listed"
# shellcheck disable=SC2086 # the headers are words
without_comments $headers | sed '/^ *#/d' | tr '\n' ' ' | tr ';{}' '[\n*]' | sed 's/^ *//' |
    grep -E '^[a-z][a-z0-9_ ]*\**ensemble_[a-z0-9_]*\(' | while read -r declared; do
    name=$(echo "$declared" | sed 's/(.*//; s/.*[ *]//')
    # A loop that is lent counts by itself. dl_tensor is a struct of others.
    parameters=$(echo "$declared" | sed 's/^[^(]*//; s/(\*parallel_for)([^;]*$//')
    case $parameters in
    *size_t* | *uint32_t* | *"struct ensemble_"* | *dl_tensor*) echo "$name sizes" ;;
    *) echo "$name none" ;;
    esac
done | sort > "$out/declared"
same "$out/declared" "$out/listed" "tests/extremes/main.c does not have the functions of $headers" "add a line, and a trial"
"$@" "$program" > "$out/said" 2>&1 || { cat "$out/said" >&2; fail "a size at the end of its range is not refused (above)" "see docs"; }
while read -r line; do
    checked "$line"
done < "$out/said"
