#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/examples/speech.sh, with B from the Makefile
#
# The files of docs/examples/speech are those that make_outputs.py there makes, where the versions of espeak-ng, NumPy
# and SciPy are those that made them. Another processor's library of linear algebra may round otherwise: values may
# differ by two steps of float16 where they are largest.
set -eu
. tests/common.sh

python=/usr/bin/python3
example=docs/examples/speech
if ! $python -c 'import scipy' 2>/dev/null || ! have espeak-ng; then
    skipped "the files of $example are not made again: no espeak-ng, NumPy or SciPy"
    exit 0
fi
versions=$($python -c 'import numpy, scipy; print(f"NumPy {numpy.__version__} and SciPy {scipy.__version__}")')
versions="espeak-ng $(espeak-ng --version | sed 's/^[^:]*: *\([^ ]*\).*/\1/'), $versions"
made_by="$(sed -n 's/^Made by: *//p' $example/README.md)"
if [ "$versions" != "$made_by" ]; then
    skipped "the files of $example are not made again: here is $versions, but they were made by $made_by"
    exit 0
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
$python $example/make_outputs.py "$out" > "$out/errors"
$python - "$out" $example <<'END' || fail "make_outputs.py no longer makes the files of $example" "make them again"
import glob, os, sys
import numpy
kept = sorted(glob.glob(os.path.join(sys.argv[2], "*.npy")))
made = sorted(glob.glob(os.path.join(sys.argv[1], "*.npy")))
if not kept or [os.path.basename(p) for p in kept] != [os.path.basename(p) for p in made]:
    sys.exit("the files have other names")
for ours, theirs in zip(map(numpy.load, kept), map(numpy.load, made)):
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        sys.exit("another shape or type")
    if abs(ours.astype(float) - theirs).max() > (0.02 if ours.dtype == numpy.float16 else 0):
        sys.exit("other values")
END
checked "make_outputs.py makes the files of $example again, by $versions"
