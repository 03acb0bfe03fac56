#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/examples/recommenders.sh, with B from the Makefile
#
# docs/examples/recommenders/make_outputs.py makes the files that are kept: what users chose exactly, and of the lists at
# least 999 of 1,000 places, since another processor's linear algebra can swap items whose scores are nearly the same.
set -eu
. tests/common.sh

here=docs/examples/recommenders
out=$B/tests/examples/recommenders
/usr/bin/python3 -c 'import numpy' 2> /dev/null ||
    { skipped "making the lists of docs/examples/recommenders again: NumPy is not installed (python3-numpy)"; exit 0; }
rm -rf "$out"
mkdir -p "$out"
/usr/bin/python3 $here/make_outputs.py "$out"
/usr/bin/python3 - "$here" "$out" <<'END' || fail "$here/make_outputs.py makes other files than are kept" "see above"
import glob, os, sys
import numpy

kept, made = (sorted(os.path.basename(path) for path in glob.glob(folder + "/*.npy")) for folder in sys.argv[1:])
if kept != made:
    sys.exit(f"{kept} are kept, {made} are made")
for name in kept:
    a, b = (numpy.load(os.path.join(folder, name)) for folder in sys.argv[1:])
    same = numpy.isclose(a, b, rtol=1e-4, atol=1e-6)
    if a.shape != b.shape or same.mean() < (1 if name.startswith("liked") else .999):
        sys.exit(f"{name}: {1 - same.mean():.2%} is not the same")
END
checked "$here/make_outputs.py makes what is kept"
