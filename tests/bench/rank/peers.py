# SPDX-License-Identifier: MIT
"""
Rankings fused in Python, beside the library: started by main.c, which asks line by line.

    data DIRECTORY BY_SCORES WANTED LENGTH...    reads the files `ids` and `scores`; answers "ok"
    run NAME CALLS                               does it CALLS times; writes `best` and `sums`; answers "ns count"
"""
import os
import sys
import time

try:
    import numpy as np
except ImportError as error:
    print("missing:", error, flush=True)
    sys.exit(0)


class Data:
    def __init__(self, directory, by_scores, wanted, *lengths):
        ends = np.cumsum([int(length) for length in lengths])
        self.directory, self.by_scores, self.wanted = directory, by_scores == "1", int(wanted)
        self.ids = np.split(np.fromfile(os.path.join(directory, "ids"), np.uint64), ends)[:-1]
        self.scores = np.split(np.fromfile(os.path.join(directory, "scores"), np.float32), ends)[:-1]
        self.plain = None

    def lists(self):
        """Of Python's own numbers, made before the clock runs."""
        if self.plain is None:
            self.plain = [list(zip(i.tolist(), s.tolist())) for i, s in zip(self.ids, self.scores)]
        return self.plain


def by_dict(data):
    sums = {}
    for found in data.lists():
        if data.by_scores:
            least = min(score for _, score in found)
            extent = max(score for _, score in found) - least
            for i, score in found:
                sums[i] = sums.get(i, 0.) + ((score - least) / extent if extent > 0 else 1.)
        else:
            for rank, (i, _) in enumerate(found, 1):
                sums[i] = sums.get(i, 0.) + 1 / (60 + rank)
    best = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:data.wanted]
    return [i for i, _ in best], [score for _, score in best]


def by_arrays(data):
    """The union of the ids, where each place belongs in it, sums, and the order: the steps of ranx in whole arrays."""
    if data.by_scores:
        terms = []
        for given in data.scores:
            wide = given.astype(np.float64)
            least, most = wide.min(), wide.max()
            terms.append((wide - least) / (most - least) if most > least else np.ones(len(wide)))
    else:
        terms = [1 / (60. + np.arange(1, len(found) + 1)) for found in data.ids]
    ids, places = np.unique(np.concatenate(data.ids), return_inverse=True)
    sums = np.bincount(places, np.concatenate(terms), len(ids))
    if data.wanted < len(ids):
        keep = np.flatnonzero(sums >= np.partition(sums, -data.wanted)[-data.wanted])
        ids, sums = ids[keep], sums[keep]
    order = np.argsort(-sums, kind="stable")[:data.wanted]  # the ids ascend, so smaller ones stay before
    return ids[order], sums[order]


WAYS = {"dict": by_dict, "numpy": by_arrays}


def run(data, name, calls):
    way = WAYS[name]
    data.lists()
    start = time.perf_counter_ns()
    for _ in range(int(calls)):
        best, sums = way(data)
    each = (time.perf_counter_ns() - start) / int(calls)
    np.asarray(best, np.uint64).tofile(os.path.join(data.directory, "best"))
    np.asarray(sums, np.float64).tofile(os.path.join(data.directory, "sums"))
    return f"{each} {len(best)}"


def main():
    print(f"NumPy {np.__version__}, Python {sys.version.split()[0]}", flush=True)
    data = None
    for line in sys.stdin:
        task, *arguments = line.split()
        if task == "data":
            data = Data(*arguments)
            print("ok", flush=True)
        else:
            print(run(data, *arguments), flush=True)


main()
