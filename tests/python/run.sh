#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/python/run.sh test|bench [ARGUMENT...], with CC and LIBENSEMBLE from the Makefile
#
# Python is the distribution's own, whatever other one is there, since NumPy and scikit-learn are.
set -eu
. tests/common.sh

python=/usr/bin/python3
PYTHONPATH=docs/examples/python:tests/python
PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE
mode=$1
shift

$python -c 'import numpy' 2>/dev/null || { skipped "Python: NumPy is not installed (python3-numpy)"; exit 0; }
case $mode in
bench)
    exec $python tests/python/bench.py "$@"
    ;;
test)
    for file in tests/python/test_*.py; do
        if [ "$file" = tests/python/test_soft_voting.py ] && ! $python -c 'import sklearn' 2>/dev/null; then
            skipped "soft voting beside scikit-learn: not installed (python3-sklearn)"
            continue
        fi
        $python -W error -W default::DeprecationWarning "$file" > "$LIBENSEMBLE.python.log" 2>&1 ||
            { cat "$LIBENSEMBLE.python.log" >&2; fail "$file" "see above"; }
        checked "$file: $(sed -n 's/^Ran \(.* tests*\).*/\1/p' "$LIBENSEMBLE.python.log")"
        rm -f "$LIBENSEMBLE.python.log"
    done
    ;;
esac
