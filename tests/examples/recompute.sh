#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/examples/recompute.sh FIELD DATA OUTPUT
#
# tests/examples/FIELD.py computes from the DATA what the program has printed, the file OUTPUT, with the distribution's
# own Python and NumPy, where they are.
set -eu
. tests/common.sh

if /usr/bin/python3 -c 'import numpy' 2> /dev/null; then
    /usr/bin/python3 -B "tests/examples/$1.py" "$2" "$3"
else
    skipped "tests/examples/$1.py: there is no NumPy; Debian's package is python3-numpy"
fi
