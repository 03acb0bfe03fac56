#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/golden/emulate.sh DIRECTORY-OF-PROGRAMS EMULATOR
#
# The golden programs and a part of the oracles, run by the emulator, with the time that each takes.
set -eu
. tests/common.sh

programs=$1
emulator=$2

while read -r program options; do
    begin=$(date +%s)
    # shellcheck disable=SC2086 # an emulator and its options; options
    $emulator "$programs/$program" $options < /dev/null > "$programs/log" 2>&1 ||
        { tail -n 40 "$programs/log" >&2; fail "$emulator $program $options" "see above, and docs/numerics.md"; }
    grep -q passed "$programs/log" || fail "$program does not say that it passed" "see $programs/log"
    checked "$program $options: $(($(date +%s) - begin)) s"
done << 'END'
kernels/golden
methods/golden_methods
methods/golden_report
learn/golden_fit
rank/golden_rank
learn/oracle --quick --count 34
rank/oracle --quick
END
