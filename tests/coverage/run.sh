#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/coverage/run.sh, with MAKE, B, UNIT (the unit tests' names) and LONG (not empty: the oracles in full) from
# the Makefile
#
# Builds the library so that it counts, runs the tests, and compares what was not taken with exceptions.txt.
set -eu
. tests/common.sh

for tool in gcc gcovr; do
    have $tool || { skipped "coverage: $tool is not installed"; exit 0; }
done

# The counters are no atomic variables, which would take several times as long: threads that race for them make counts
# wrong, even negative. So tests with threads are left out; what they take, others must take too.
# shellcheck disable=SC2153 # from the Makefile
tests=$(for test in $UNIT; do
    grep -lE 'loops\.h|pthread\.h' "tests/unit/$test.c" > /dev/null || echo "$test"
done)
unit=
for test in $tests; do
    unit="$unit $B/tests/unit/$test"
done
# shellcheck disable=SC2086 # a list
$MAKE -s --no-print-directory B="$B" CC=gcc AR=ar CPPFLAGS=-DENS_COUNTED CFLAGS='-O0 --coverage' LDFLAGS=--coverage WERROR= \
    $unit kernels-programs methods-programs learn-programs rank-programs ||
    fail "coverage: make fails" "see above"

# What an earlier run has counted.
find "$B" -name '*.gcda' -delete

# A program of the tests and its options, one word each. What it says is kept beside it.
run()
{
    log=$B/tests/$1.log
    program=$B/tests/$1
    shift
    "$program" "$@" > "$log" 2>&1 || { tail -n 40 "$log" >&2; fail "coverage: $program $*" "see above"; }
}

for test in $tests; do
    run "unit/$test"
done
for golden in kernels/golden methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank; do
    run $golden
done
how=${LONG:+--seed 1}
for oracle in kernels/check methods/oracle methods/oracle_report learn/oracle rank/oracle; do
    # shellcheck disable=SC2086 # options
    run $oracle ${how:---quick}
done

gcovr --root . --filter src/ --object-directory "$B/obj" --exclude-throw-branches --exclude-unreachable-branches \
    --json "$B/coverage.json" "$B/obj" > "$B/gcovr.log" 2>&1 ||
    { tail -n 20 "$B/gcovr.log" >&2; fail "coverage: gcovr fails" "see above"; }
/usr/bin/python3 tests/coverage/judge.py "$B/coverage.json" tests/coverage/exceptions.txt ||
    fail "coverage: not everything is taken (above)" "add a test, or remove code that nothing can reach"
checked "coverage: $(echo "$tests" | wc -w) unit test programs, goldens, oracles"
