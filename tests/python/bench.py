# SPDX-License-Identifier: MIT
"""What a weighted sum of three float32 arrays takes from Python: bench.py [SECONDS].

The contenders take turns, each for the same number of calls, and the median over the turns counts. Every one is called
through the same loop, which is timed with them. The ratio is NumPy's expression / contender: above 1, the library is
faster. Its spread is over the turns: the contender beside the expression of the same turn.
"""
import statistics
import sys
import timeit

import numpy as np

from ensemble import Ensemble, version

TURNS = 9
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else .05
LENGTHS = (10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000)


def contenders(length):
    rng = np.random.default_rng(length)
    y1, y2, y3 = (rng.random((1, length), np.float32) for _ in range(3))
    w1, w2, w3 = (np.float32(weight) for weight in (.3, .4, .3))
    e = Ensemble(length)
    for output in (y1, y2, y3):
        e.add(output)
    e.weights = [.3, .4, .3]
    out, run_out = np.empty_like(y1), np.empty_like(y1)
    work = {
        "w1*y1 + w2*y2 + w3*y3": lambda: w1 * y1 + w2 * y2 + w3 * y3,
        "combine()": lambda: e.combine(),
        "combine(out)": lambda: e.combine(out),
        "point() x 3, combine(out)": lambda: (e.point(0, y1), e.point(1, y2), e.point(2, y3), e.combine(out)),
        "run(y1, y2, y3, out=out)": lambda: e.run(y1, y2, y3, out=run_out),
    }
    expected = w1 * y1 + w2 * y2 + w3 * y3
    assert e.combine().tobytes() == expected.tobytes() == e.run(y1, y2, y3).tobytes()
    return work


def measure(length):
    work = contenders(length)
    first = next(iter(work.values()))
    calls = max(1, int(SECONDS / max(timeit.timeit(first, number=3) / 3, 1e-7)))
    times = {name: [] for name in work}
    for turn in range(TURNS):
        for name in list(work)[turn % len(work):] + list(work)[:turn % len(work)]:
            times[name].append(timeit.timeit(work[name], number=calls) / calls)
    numpy = times["w1*y1 + w2*y2 + w3*y3"]
    for name, found in times.items():
        ratios = [a / b for a, b in zip(numpy, found)]
        print(f"3 x {length:<10} {name:<26} {statistics.median(found) * 1e6:11.2f} us "
              f"{statistics.median(ratios):6.2f}  ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)


print(f"libensemble {version()} ({Ensemble(1).isa}), NumPy {np.__version__}, Python {sys.version.split()[0]}")
for each in LENGTHS:
    measure(each)
