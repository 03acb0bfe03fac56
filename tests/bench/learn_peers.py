# SPDX-License-Identifier: MIT
"""
Learning with NumPy and SciPy, beside the library: started by learn_python.c, which asks line by line.

    data DIRECTORY DTYPE MODELS ROWS WIDTH    reads the files of learn_data.h; answers "ok"
    run TASK NAME CALLS GOAL                  does it CALLS times; answers "ns" and the weights, or the score
"""
import os
import sys
import time

try:
    import numpy as np
    import scipy
    import scipy.optimize
except ImportError as error:
    print("missing:", error, flush=True)
    sys.exit(0)

ROUNDS, STEPS, FLOOR = 50, 2000, 1e-12


class Data:
    def __init__(self, directory, dtype, models, rows, width):
        kind = np.float32 if dtype == "f32" else np.float64
        self.n, self.rows, self.width = models, rows, width
        outputs = np.fromfile(os.path.join(directory, "outputs"), kind)
        self.outputs = [part.reshape(rows, width) for part in outputs.reshape(models, rows * width)]
        if width > 1:
            self.labels = np.fromfile(os.path.join(directory, "truth"), np.int32)
            self.targets = np.zeros((rows, width))
            self.targets[np.arange(rows), self.labels] = 1
        else:
            self.targets = np.fromfile(os.path.join(directory, "truth"), kind).reshape(rows, 1)
        self.given = 2 * np.arange(1, models + 1) / (models * (models + 1))
        self.kept = {}

    def ready(self, key, make):
        """What a user may have at hand already: made once, and not counted."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def stacked(self, kind):
        return np.array(self.outputs, dtype=kind).reshape(self.n, -1)

    def at_label(self):
        """What each model says of the label, rows x models."""
        rows = np.arange(self.rows)
        return np.stack([p[rows, self.labels] for p in self.outputs], axis=1).astype(np.float64)


def simplex_of_gram(gram, cross):
    """
    The w >= 0 that sum to 1 and make w'Gw - 2c'w least: nonnegative least squares on the Cholesky factor, with a heavy
    row for the sum.
    """
    factor = np.linalg.cholesky(gram)
    heavy = 1e4 * np.sqrt(np.trace(gram))
    rows = np.vstack([factor.T, np.full(len(cross), heavy)])
    weights, _ = scipy.optimize.nnls(rows, np.append(np.linalg.solve(factor, cross), heavy))
    return weights / weights.sum()


def slsqp(value_and_gradient, n):
    """The same for any objective."""
    ones = np.ones(n)
    found = scipy.optimize.minimize(
        value_and_gradient, ones / n, jac=True, method="SLSQP", bounds=[(0, 1)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: ones},
        options={"ftol": 1e-12, "maxiter": 300})
    weights = np.clip(found.x, 0, None)
    return weights / weights.sum()


def gram_of(m, data):
    """From models x values: BLAS knows that m m' is symmetric, and forms half of it."""
    return m @ m.T, m @ data.targets.ravel()


def squares_numpy(data, _goal):
    return simplex_of_gram(*gram_of(data.stacked(np.float64), data))


def squares_ready(data, _goal):
    return simplex_of_gram(*gram_of(data.ready("models", lambda: data.stacked(np.float64)), data))


def squares_rows(data, _goal):
    d = data.ready("rows", lambda: np.ascontiguousarray(data.stacked(np.float64).T))
    return simplex_of_gram(d.T @ d, d.T @ data.targets.ravel())


def squares_slsqp(data, _goal):
    gram, cross = gram_of(data.stacked(np.float64), data)
    gram, cross = gram / data.rows, cross / data.rows

    def value_and_gradient(w):
        slope = gram @ w - cross
        return w @ (slope - cross), 2 * slope

    return slsqp(value_and_gradient, data.n)


def log_loss_em(data, goal):
    p = data.at_label()
    w = np.full(data.n, 1 / data.n)
    for step in range(STEPS):
        q = p @ w
        if step % 10 == 0 and -np.log(np.maximum(q, FLOOR)).mean() <= goal:
            break
        w *= (1 / q) @ p / data.rows
    return w


def log_loss_slsqp(data, _goal):
    p = data.at_label()

    def value_and_gradient(w):
        q = np.maximum(p @ w, FLOOR)
        return -np.log(q).mean(), -((1 / q) @ p) / data.rows

    return slsqp(value_and_gradient, data.n)


def greedy(n, loss_of, add):
    """`loss_of(model, k)` with that model as the k-th; the weights are those of the first best round."""
    counts, best, weights = np.zeros(n), np.inf, None
    for k in range(1, ROUNDS + 1):
        losses = loss_of(k)
        first = int(np.argmin(losses))
        counts[first] += 1
        add(first)
        if losses[first] < best:
            best, weights = losses[first], counts / k
    return weights


def greedy_log_loss(data, _goal):
    p = np.ascontiguousarray(data.at_label().T)
    total = np.zeros(data.rows)

    def add(model):
        nonlocal total
        total = total + p[model]

    def loss_of(k):
        return -np.log(np.clip((total + p) / k, FLOOR, 1)).mean(axis=1)

    return greedy(data.n, loss_of, add)


def greedy_log_loss_blocks(data, _goal):
    """The same in memory that stays near the processor: model after model, written over one array."""
    p = np.ascontiguousarray(data.at_label().T)
    total, y = np.zeros(data.rows), np.empty(data.rows)

    def add(model):
        np.add(total, p[model], out=total)

    def loss_of(k):
        losses = np.empty(data.n)
        for i in range(data.n):
            np.add(total, p[i], out=y)
            np.multiply(y, 1 / k, out=y)
            np.clip(y, FLOOR, 1, out=y)
            np.log(y, out=y)
            losses[i] = -y.mean()
        return losses

    return greedy(data.n, loss_of, add)


def greedy_accuracy(data, _goal):
    total = np.zeros((data.rows, data.width), data.outputs[0].dtype)

    def add(model):
        np.add(total, data.outputs[model], out=total)

    def loss_of(_k):
        return [np.count_nonzero((total + p).argmax(axis=1) != data.labels) for p in data.outputs]

    return greedy(data.n, loss_of, add)


def greedy_accuracy_classes(data, _goal):
    """
    Class after class, which NumPy is faster along: right where no other class has more. What is equal to the label's
    value counts as right here, which differs only in ties.
    """
    outputs = [np.ascontiguousarray(p.T) for p in data.outputs]
    total, y = np.zeros_like(outputs[0]), np.empty_like(outputs[0])
    at = data.labels.astype(np.intp) * data.rows + np.arange(data.rows)

    def add(model):
        np.add(total, outputs[model], out=total)

    def loss_of(_k):
        losses = np.empty(data.n)
        for i, p in enumerate(outputs):
            np.add(total, p, out=y)
            losses[i] = np.count_nonzero(y.ravel()[at] < y.max(axis=0))
        return losses

    return greedy(data.n, loss_of, add)


def score_log_loss(data, _goal):
    rows = np.arange(data.rows)
    y = sum(w * p[rows, data.labels] for w, p in zip(data.given.astype(np.float32), data.outputs))
    return [-np.log(np.clip(y.astype(np.float64), FLOOR, 1)).mean()]


def score_accuracy(data, _goal):
    y = sum(w * p for w, p in zip(data.given.astype(np.float32), data.outputs))
    return [np.mean(y.argmax(axis=1) == data.labels)]


TASKS = {
    ("squares", "numpy"): squares_numpy,
    ("squares", "numpy-slsqp"): squares_slsqp,
    ("squares", "numpy-ready"): squares_ready,
    ("squares", "numpy-rows"): squares_rows,
    ("log-loss", "numpy-em"): log_loss_em,
    ("log-loss", "numpy-slsqp"): log_loss_slsqp,
    ("greedy-log-loss", "numpy"): greedy_log_loss,
    ("greedy-log-loss", "numpy-blocks"): greedy_log_loss_blocks,
    ("greedy-accuracy", "numpy"): greedy_accuracy,
    ("greedy-accuracy", "numpy-classes"): greedy_accuracy_classes,
    ("score-log-loss", "numpy"): score_log_loss,
    ("score-accuracy", "numpy"): score_accuracy,
}


def blas():
    """The library that multiplies: as it is loaded, whatever NumPy was built with."""
    try:
        with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
            paths = {line.split()[-1] for line in maps if "blas" in line.lower() and "cpython" not in line}
    except OSError:
        paths = set()
    return " ".join(sorted({os.path.basename(path) for path in paths})) or "unknown"


def main():
    print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, BLAS {blas()}, "
          f"threads {os.environ.get('OPENBLAS_NUM_THREADS', 'not said')}", flush=True)
    data = None
    for line in sys.stdin:
        words = line.split()
        if words[0] == "data":
            data = Data(words[1], words[2], *map(int, words[3:]))
            print("ok", flush=True)
        else:
            run, calls, goal = TASKS[words[1], words[2]], int(words[3]), float(words[4])
            begin = time.perf_counter()
            for _ in range(calls):
                answer = run(data, goal)
            ns = (time.perf_counter() - begin) * 1e9 / calls
            print(ns, *map(repr, map(float, answer)), flush=True)


main()
