#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/fuzz/run.sh fuzz|merge|afl, with B, TARGETS, SECONDS_EACH, FOUND, CORPUS and PROGRESS from fuzz.mk
set -eu
. tests/common.sh

# Longer inputs than FUZZ_MOST are cut.
longest=4096
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1

# The last "name: number" of libFuzzer's closing lines.
stat_of()
{
    sed -n "s/^stat::$1: *//p" "$2" | tail -n 1
}

dictionary()
{
    [ ! -f "tests/fuzz/$1.dict" ] || printf '%s' "-dict=tests/fuzz/$1.dict"
}

fuzz_one()
{
    mkdir -p "$FOUND/$1" "$CORPUS/$1"
    log=$FOUND/$1.log
    # shellcheck disable=SC2046 # an argument or none
    "$B/fuzz/tests/fuzz/$1" -max_total_time="$SECONDS_EACH" -max_len=$longest -timeout=120 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$FOUND/$1-" $(dictionary "$1") "$FOUND/$1" "$CORPUS/$1" > "$log" 2>&1 ||
        { grep -v '^#' "$log" | tail -n 40 >&2; fail "$1 (above, and $log)" "mend it, and keep the input in $CORPUS/$1"; }
    executions=$(stat_of number_of_executed_units "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    commit=$(git rev-parse --short HEAD 2>/dev/null || echo -)
    printf '%s %s %s %s %s %s\n' "$(date -u +%Y-%m-%d)" "$commit" "$1" "$SECONDS_EACH" "$executions" "$edges" \
        >> "$PROGRESS"
    checked "$1: $executions executions in $SECONDS_EACH seconds, $edges edges"
}

merge_one()
{
    mkdir -p "$FOUND/$1" "$CORPUS/$1"
    rm -rf "$FOUND/merged" && mkdir "$FOUND/merged"
    "$B/fuzz/tests/fuzz/$1" -set_cover_merge=1 -max_len=$longest "$FOUND/merged" "$CORPUS/$1" "$FOUND/$1" \
        > "$FOUND/$1.merge.log" 2>&1 ||
        { tail -n 20 "$FOUND/$1.merge.log" >&2; fail "merging the inputs of $1 (above)" "see $FOUND/$1.merge.log"; }
    # What went wrong once is kept, whatever it reaches: its name says so.
    for file in "$CORPUS/$1"/*; do
        case ${file##*/} in
        regression-*) cp "$file" "$FOUND/merged/" ;;
        esac
    done
    rm -rf "${CORPUS:?}/$1"
    mv "$FOUND/merged" "$CORPUS/$1"
    checked "$1: $(find "$CORPUS/$1" -type f | grep -c .) inputs"
}

afl_one()
{
    out=$FOUND/afl/$1
    rm -rf "$out"
    mkdir -p "$out"
    # shellcheck disable=SC2046,SC2086
    AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_FAST_CAL=1 \
        afl-fuzz -V "$SECONDS_EACH" -G $longest -t 5000+ -m none -i "$CORPUS/$1" -o "$out" \
        $([ ! -f "tests/fuzz/$1.dict" ] || echo "-x tests/fuzz/$1.dict") -- "$B/fuzz-afl/tests/fuzz/$1" \
        > "$out/log" 2>&1 || { tail -n 20 "$out/log" >&2; fail "afl-fuzz with $1 (above)" "see $out/log"; }
    stats=$out/default/fuzzer_stats
    executions=$(sed -n 's/^execs_done *: *//p' "$stats")
    crashes=$(find "$out/default/crashes" "$out/default/hangs" -name 'id*' | grep -c .) || :
    [ "$crashes" -eq 0 ] || fail "$1: $crashes inputs go wrong" "they are in $out/default/crashes and hangs"
    checked "$1: $executions executions in $SECONDS_EACH seconds with AFL++"
}

for target in $TARGETS; do
    case $1 in
    fuzz) fuzz_one "$target" ;;
    merge) merge_one "$target" ;;
    afl) afl_one "$target" ;;
    esac
done
