#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/fuzz/run.sh fuzz|merge|afl|progress, with B, TARGETS, SECONDS_EACH, FOUND, CORPUS and PROGRESS from fuzz.mk
set -eu
. tests/common.sh

# Longer inputs than FUZZ_MOST are cut.
longest=4096
# AFL++ refuses to start with options for a sanitizer that it does not know, and has none here.
if [ "$1" != afl ]; then
    export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
    export UBSAN_OPTIONS=print_stacktrace=1
fi
pack=$B/tests/fuzz/pack

# The last "name: number" of libFuzzer's closing lines.
stat_of()
{
    sed -n "s/^stat::$1: *//p" "$2" | tail -n 1
}

dictionary()
{
    [ ! -f "tests/fuzz/$1.dict" ] || printf '%s' "$2tests/fuzz/$1.dict"
}

# The inputs of the tree, and those that AFL++ found, as files in the folder $seeds.
unpack()
{
    seeds=$FOUND/corpus/$1
    rm -rf "$seeds"
    mkdir -p "$seeds/afl" "$FOUND/$1"
    "$pack" -x "$CORPUS/$1.txt" "$seeds"
    [ ! -f "$FOUND/afl/$1.txt" ] || "$pack" -x "$FOUND/afl/$1.txt" "$seeds/afl"
}

# Seconds of processors' time that the programs have taken which have ended: the second line of times, as 1m2.3s 0m4.5s.
# Only the shell itself has them, and none that it starts: so this is for files, not for $().
spent()
{
    times > "$FOUND/times"
    awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += 60 * t[1] + t[2] } printf "%.0f\n", sum }' \
        "$FOUND/times"
}

# record TARGET EXECUTIONS EDGES ENGINE: a line of progress.txt, of what began at the time in the file `before`
record()
{
    spent > "$FOUND/after"
    seconds=$(($(cat "$FOUND/after") - $(cat "$FOUND/before")))
    commit=$(git rev-parse --short HEAD 2>/dev/null || echo -)
    printf '%s %s %s %s %s %s %s\n' "$(date -u +%Y-%m-%d)" "$commit" "$1" "$seconds" "$2" "$3" "$4" >> "$PROGRESS"
    checked "$1: $2 executions in $seconds seconds of a processor with $4, $3 edges"
}

# What was run so far of a target, or of all.
progress_of()
{
    awk -v target="$1" '
        function grouped(n,  text) {
            for (text = ""; n >= 1000; n = int(n / 1000)) text = sprintf(",%03d", n % 1000) text
            return n text
        }
        !/^#/ && ($3 == target || target == "all") { seconds += $4; runs += $5 }
        END { print target ": " grouped(seconds + 0) " s in all, " grouped(runs + 0) " executions" }' "$PROGRESS"
}

fuzz_one()
{
    unpack "$1"
    log=$FOUND/$1.log
    good=yes
    spent > "$FOUND/before"
    # shellcheck disable=SC2046 # an argument or none
    "$B/fuzz/tests/fuzz/$1" -max_total_time="$SECONDS_EACH" -max_len=$longest -timeout=120 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$FOUND/$1-" $(dictionary "$1" -dict=) "$FOUND/$1" "$seeds" \
        > "$log" 2>&1 || good=no
    executions=$(stat_of number_of_executed_units "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    [ -z "$executions" ] || record "$1" "$executions" "${edges:-0}" libfuzzer
    [ $good = yes ] || {
        grep -v '^#' "$log" | tail -n 40 >&2
        fail "$1 (above, and $log)" "mend it, and keep the input in $CORPUS/$1.txt, as tests/fuzz/fuzz.mk says"
    }
}

merge_one()
{
    unpack "$1"
    rm -rf "$FOUND/merged" && mkdir "$FOUND/merged"
    "$B/fuzz/tests/fuzz/$1" -set_cover_merge=1 -max_len=$longest -artifact_prefix="$FOUND/$1-" \
        "$FOUND/merged" "$seeds" "$FOUND/$1" > "$FOUND/$1.merge.log" 2>&1 ||
        { tail -n 20 "$FOUND/$1.merge.log" >&2; fail "merging the inputs of $1 (above)" "see $FOUND/$1.merge.log"; }
    # What has a name is kept, whatever it reaches.
    find "$seeds" \( -name 'regression-*' -o -name 'meant-*' \) -exec cp {} "$FOUND/merged/" \;
    {
        grep '^#' "$CORPUS/$1.txt"
        "$pack" "$FOUND/merged"
    } > "$FOUND/merged.txt"
    mv "$FOUND/merged.txt" "$CORPUS/$1.txt"
    checked "$1: $(grep -vc '^#' "$CORPUS/$1.txt") inputs"
}

# A run counts as one that hangs where libFuzzer says so, too, however busy the machine is. The time of a process is
# known once it has ended, and the last one is killed: so each makes but AFL_LOOP runs.
AFL_LOOP=100
afl_one()
{
    unpack "$1"
    out=$FOUND/afl/$1
    rm -rf "$out"
    mkdir -p "$out"
    spent > "$FOUND/before"
    # shellcheck disable=SC2046 # an argument or none
    AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_FAST_CAL=1 \
        AFL_HANG_TMOUT=120000 AFL_FORKSRV_INIT_TMOUT=120000 \
        afl-fuzz -V "$SECONDS_EACH" -G $longest -t 20000 -m none -i "$seeds" -o "$out" $(dictionary "$1" -x) \
        -- "$B/fuzz-afl/tests/fuzz/$1" -$AFL_LOOP > "$out/log" 2>&1 ||
        { tail -n 20 "$out/log" >&2; fail "afl-fuzz with $1 (above)" "see $out/log"; }
    stats=$out/default/fuzzer_stats
    record "$1" "$(sed -n 's/^execs_done *: *//p' "$stats")" "$(sed -n 's/^edges_found *: *//p' "$stats")" afl
    # What it found is there for the next runs of either fuzzer, and for merging.
    "$pack" "$out/default/queue" > "$FOUND/afl/$1.txt"
    crashes=$(find "$out/default/crashes" "$out/default/hangs" -name 'id*' | grep -c .) || :
    [ "$crashes" -eq 0 ] || fail "$1: $crashes inputs go wrong" "they are in $out/default/crashes and hangs"
}

for target in $TARGETS; do
    case $1 in
    fuzz) fuzz_one "$target" ;;
    merge) merge_one "$target" ;;
    afl) afl_one "$target" ;;
    esac
done
[ "$1" = merge ] || for target in $TARGETS all; do
    progress_of "$target"
done
