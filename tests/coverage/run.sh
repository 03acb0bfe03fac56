#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/coverage/run.sh, with MAKE, B, UNIT (the unit tests' names), FLAGS (the library's) and LONG (not empty: the
# oracles in full) from the Makefile
#
# Builds the library so that it counts, runs the tests, and compares what was not taken with exceptions.txt.
set -eu
. tests/common.sh

for tool in gcc gcovr; do
    have $tool || { skipped "coverage: $tool is not installed"; exit 0; }
done

# Counters that are no atomic variables are quicker by far, but threads that race for them make counts wrong. So the tests
# with threads have a library of their own.
single=
threaded=
# shellcheck disable=SC2153 # from the Makefile
for test in $UNIT; do
    if grep -qE 'loops\.h|pthread\.h' "tests/unit/$test.c"; then
        threaded="$threaded $test"
    else
        single="$single $test"
    fi
done

# make_with FOLDER FLAGS UNIT-TESTS TARGET...: in a build directory of their own, with the library without optimisation.
make_with()
{
    folder=$1
    counting="--coverage $2"
    programs=$(for test in $3; do echo "$folder/tests/unit/$test"; done)
    shift 3
    # shellcheck disable=SC2086,SC2153 # a list; from the Makefile
    $MAKE -s --no-print-directory B="$folder" CC=gcc AR=ar CPPFLAGS=-DENS_COVERAGE CFLAGS=-O1 \
        LIB_CFLAGS="$FLAGS -O0 $counting" LDFLAGS=--coverage WERROR= $programs "$@" ||
        fail "coverage: make fails" "see above"
}

make_with "$B" '' "$single" kernels-programs methods-programs learn-programs rank-programs extremes-programs fuzz-programs \
    "$B/tests/world/memory"
make_with "$B/threads" -fprofile-update=atomic "$threaded"

# What an earlier run has counted.
find "$B" -name '*.gcda' -delete

# A program of the tests and its options, one word each. What it says is kept beside it.
run()
{
    program=$B/$1
    log=$program.log
    shift
    "$program" "$@" > "$log" 2>&1 || { tail -n 40 "$log" >&2; fail "coverage: $program $*" "see above"; }
}

for test in $single; do
    run "tests/unit/$test"
done
for test in $threaded; do
    run "threads/tests/unit/$test"
done
for golden in kernels/golden methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank; do
    run "tests/$golden"
done
run tests/extremes/extremes
run tests/world/memory
for inputs in tests/fuzz/corpus/*.txt; do
    run "tests/fuzz/$(basename "$inputs" .txt)" "$inputs"
done
how=${LONG:+--seed 1}
for oracle in kernels/check methods/oracle methods/oracle_report learn/oracle rank/oracle; do
    # shellcheck disable=SC2086 # options
    run "tests/$oracle" ${how:---quick}
done

# Of an instruction set that this processor lacks nothing can be run.
lacking=
for isa in $(sed -n 's/^not run, because this machine lacks them: //p' "$B/tests/kernels/golden.log" | tr -d ,); do
    lacking="$lacking --exclude src/simd/vec_$isa.h"
done

# count FOLDER OPTION...: what the programs of a build directory have counted
count()
{
    folder=$1
    shift
    # shellcheck disable=SC2086 # options
    gcovr --root . --filter src/ $lacking --object-directory "$folder/obj" \
        --exclude-throw-branches --exclude-unreachable-branches "$@" > "$B/gcovr.log" 2>&1 ||
        { tail -n 20 "$B/gcovr.log" >&2; fail "coverage: gcovr fails" "see above"; }
}
count "$B/threads" --json "$B/threads.json" "$B/threads/obj"
count "$B" --json "$B/single.json" "$B/obj"
gcovr --root . --add-tracefile "$B/single.json" --add-tracefile "$B/threads.json" --json "$B/coverage.json" > "$B/gcovr.log" 2>&1 ||
    { tail -n 20 "$B/gcovr.log" >&2; fail "coverage: gcovr fails" "see above"; }
/usr/bin/python3 tests/coverage/judge.py "$B/coverage.json" tests/coverage/exceptions.txt ||
    fail "coverage: not everything is taken (above)" "add a test, or remove code that nothing can reach"
checked "coverage: $(echo "$single$threaded" | wc -w) unit test programs, goldens, oracles, extremes, the fuzzers' inputs"
