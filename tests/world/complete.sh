#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/world/complete.sh, with CC from the Makefile
#
# tests/world/work.c calls every function of the headers whose handle is const, or that has none: but for those that
# take memory, as their comments say. These, and those that change a handle, are called by tests/world/calls.c. What
# the library exports is there or there.
set -eu
. tests/common.sh

takes_memory='ensemble_clone|ensemble_create|ensemble_create_with|ensemble_load'
printf '#include <ensemble.h>\n#include <ensemble_rank.h>\n' | $CC -E -P -Iinclude -x c - | tr '\n' ' ' |
    grep -oE 'ensemble_[a-z_]+\([^()]*(\([^()]*\)[^()]*)*\);' |
    grep -vE '\((struct ensemble \*e|struct ensemble \*\*out)' | sed 's/(.*//' | sort -u |
    grep -vxE "$takes_memory" | while read -r name; do
        grep -q "$name(" tests/world/work.c || echo "$name"
    done | none "functions of the headers that tests/world/work.c does not call" "call them there"
checked "tests/world/work.c calls every function that must leave its handle alone"

sed -n 's/^ *\(ensemble_[a-z0-9_]*\);$/\1/p' src/libensemble.map | while read -r name; do
    grep -q "$name(" tests/world/work.c || grep -q "^ .*[ {]$name(" tests/world/calls.c || echo "$name"
done | none "functions of the library that neither tests/world/work.c nor calls.c calls" "call them in calls.c"
checked "tests/world/calls.c calls all others that the library exports"
