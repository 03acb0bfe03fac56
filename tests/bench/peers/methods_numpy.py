# SPDX-License-Identifier: MIT
"""
Methods, fields of the report and scores with NumPy, SciPy and scikit-learn, beside the library: started by methods.c.

    memory FILE SIZE LABELS TRUTH FIRST SECOND    maps what both see, with the offsets of its parts; answers "ok"
    cell TASK equal|different MODELS ROWS WIDTH   answers the names of those that can do it, if what they get is what
                                                  the library has left in FIRST and SECOND; else "error: ..."; + before
                                                  those that are no more than a function which is there for it
    run NAME CALLS                                one call that does not count, then CALLS; answers the nanoseconds

Each function below whose name is that of a task and a contender, as median__numpy_sort, does it as a user would write
it, on arrays that are there: `c.y`, models x rows x width, and what Cell has besides.
"""
import itertools
import mmap
import sys
import time
import warnings

try:
    import numpy as np
    import scipy
    import scipy.special
    import scipy.stats
except ImportError as error:
    print("missing:", error, flush=True)
    sys.exit(0)
try:
    import sklearn
    import sklearn.ensemble
    import sklearn.metrics
    import sklearn.preprocessing
except ImportError:
    sklearn = None

TOP, FLOOR, BINS = 5, 1e-12, 15
NETWORKS = {  # of comparisons that sort
    3: [(0, 2), (0, 1), (1, 2)],
    5: [(0, 3), (1, 4), (0, 2), (1, 3), (0, 1), (2, 4), (1, 2), (3, 4), (2, 3)],
    6: [(0, 5), (1, 3), (2, 4), (1, 2), (3, 4), (0, 3), (2, 5), (0, 1), (2, 3), (4, 5), (1, 2), (3, 4)],
    9: [(0, 3), (1, 7), (2, 5), (4, 8), (0, 7), (2, 4), (3, 8), (5, 6), (0, 2), (1, 3), (4, 5), (7, 8), (1, 4), (3, 6),
        (5, 7), (0, 1), (2, 4), (3, 5), (6, 8), (2, 3), (4, 5), (6, 7), (1, 2), (3, 4), (5, 6)]}


class Stub:
    """A classifier that has said it already, for VotingClassifier."""

    def __init__(self, labels, probabilities):
        self.labels, self.probabilities = labels, probabilities

    def predict(self, _x):
        return self.labels

    def predict_proba(self, _x):
        return self.probabilities


class Cell:
    def __init__(self, memory, at, weights, n, rows, width):
        self.n, self.rows, self.width = n, rows, width
        self.y = np.ndarray((n, rows, width), np.float32, memory)
        self.flat = self.y.reshape(n, rows * width)
        self.labels = np.ndarray((n, rows), np.int32, memory, at[0])
        self.truth = np.ndarray(rows, np.int32, memory, at[1])
        self.w = np.array([2 * (i + 1) / (n * (n + 1)) if weights == "different" else 1 / n for i in range(n)],
                          np.float32)
        self.w3 = self.w[:, None, None]
        self.row = np.arange(rows)
        self.scratch = np.empty_like(self.y)
        self.one_hot = np.zeros((rows, width), np.float32)
        if self.truth.max() < width:
            self.one_hot[self.row, self.truth] = 1
        self.voting = {}
        if sklearn is not None:
            for voting in ("hard", "soft"):
                v = sklearn.ensemble.VotingClassifier([(str(i), None) for i in range(n)], voting=voting, weights=self.w)
                v.estimators_ = [Stub(self.labels[i], self.y[i]) for i in range(n)]
                v.le_ = sklearn.preprocessing.LabelEncoder().fit(np.arange(width))
                self.voting[voting] = v

    def pool(self):
        """The weighted mean, as NumPy has it fastest: one product of a vector and a matrix, in BLAS."""
        return (self.w @ self.flat).reshape(self.rows, self.width)


def sort_by_network(c):
    y = list(c.y)
    for a, b in NETWORKS[c.n]:
        y[a], y[b] = np.minimum(y[a], y[b]), np.maximum(y[a], y[b])
    return y


def middle(c, s):
    return s[c.n // 2] if c.n % 2 else (s[c.n // 2 - 1] + s[c.n // 2]) / 2


def median__numpy_median(c):
    return np.median(c.y, axis=0)


def median__numpy_sort(c):
    return middle(c, np.sort(c.y, axis=0))


def median__numpy_partition(c):
    return middle(c, np.partition(c.y, (c.n // 2 - 1, c.n // 2), axis=0))


def median__numpy_network(c):
    return middle(c, sort_by_network(c))


def trimmed__scipy(c):
    return scipy.stats.trim_mean(c.y, .2, axis=0)


def trimmed__numpy_sort(c):
    d = int(.2 * c.n)
    return np.sort(c.y, axis=0)[d:c.n - d].mean(axis=0)


def trimmed__numpy_network(c):
    d = int(.2 * c.n)
    s = sort_by_network(c)
    return sum(s[d + 1:c.n - d], s[d]) / np.float32(c.n - 2 * d)


def trimmed__numpy_less(c):
    """One smallest and one largest are dropped here."""
    return (c.y.sum(axis=0) - c.y.min(axis=0) - c.y.max(axis=0)) / np.float32(c.n - 2)


def shares_bincount(c, labels):
    at = (labels + c.row * c.width).ravel()
    return np.bincount(at, np.repeat(c.w, c.rows), c.rows * c.width).reshape(c.rows, c.width)


def shares_models(c, labels):
    shares = np.zeros((c.rows, c.width), np.float32)
    for w, label in zip(c.w, labels):
        shares[c.row, label] += w
    return shares


def shares_one_hot(c, labels):
    return np.tensordot(c.w, labels[..., None] == np.arange(c.width), 1)


def vote__numpy_bincount(c):
    return shares_bincount(c, c.y.argmax(axis=2))


def vote__numpy_models(c):
    return shares_models(c, c.y.argmax(axis=2))


def vote__numpy_one_hot(c):
    return shares_one_hot(c, c.y.argmax(axis=2))


def vote_labels__numpy_bincount(c):
    return shares_bincount(c, c.labels)


def vote_labels__numpy_models(c):
    return shares_models(c, c.labels)


def vote_labels__numpy_one_hot(c):
    return shares_one_hot(c, c.labels)


def hard_vote__sklearn(c):
    return c.voting["hard"].predict(None)


def hard_vote__scipy_mode(c):
    return scipy.stats.mode(c.labels, axis=0, keepdims=False).mode


def hard_vote__numpy_bincount(c):
    return shares_bincount(c, c.labels).argmax(axis=1)


def hard_vote__numpy_models(c):
    return shares_models(c, c.labels).argmax(axis=1)


def hard_vote__numpy_apply(c):
    return np.apply_along_axis(lambda row: np.bincount(row, c.w).argmax(), 0, c.labels)


def soft_vote__sklearn(c):
    return c.voting["soft"].predict(None)


def soft_vote__numpy_average(c):
    return np.average(c.y, axis=0, weights=c.w).argmax(axis=1)


def soft_vote__numpy(c):
    return c.pool().argmax(axis=1)


def rank__scipy(c):
    return np.tensordot(c.w, scipy.stats.rankdata(c.y, axis=2), 1)


def rank__numpy_argsort(c):
    """Of equal values the first one has the lower rank here."""
    return np.tensordot(c.w, c.y.argsort(axis=2).argsort(axis=2) + np.float32(1), 1)


def rank__numpy_argsort_put(c):
    ranks = c.scratch
    np.put_along_axis(ranks, c.y.argsort(axis=2), np.arange(1, c.width + 1, dtype=np.float32), axis=2)
    return (c.w @ ranks.reshape(c.n, -1)).reshape(c.rows, c.width)


def softmax_mean__scipy(c):
    return np.tensordot(c.w, scipy.special.softmax(c.y, axis=2), 1)


def softmax_mean__numpy(c):
    e = np.exp(c.y - c.y.max(axis=2, keepdims=True))
    return np.einsum("ir,irj->rj", c.w[:, None] / e.sum(axis=2), e)


def softmax_mean__numpy_in_place(c):
    e = np.subtract(c.y, c.y.max(axis=2, keepdims=True), out=c.scratch)
    np.exp(e, out=e)
    e *= c.w3 / e.sum(axis=2, keepdims=True)
    return e.sum(axis=0)


def normalised(p):
    p /= p.sum(axis=1, keepdims=True)
    return p


def product__numpy(c):
    return normalised(c.y.prod(axis=0))


def product__numpy_passes(c):
    p = c.y[0] * c.y[1]
    for y in c.y[2:]:
        p *= y
    return normalised(p)


def mean_logarithm(c):
    np.log(c.flat, out=c.scratch.reshape(c.n, -1))
    return (c.w @ c.scratch.reshape(c.n, -1)).reshape(c.rows, c.width)


def log_pool__scipy(c):
    return scipy.special.softmax(np.tensordot(c.w, np.log(c.y), 1), axis=1)


def log_pool__numpy(c):
    p = mean_logarithm(c)
    return normalised(np.exp(p, out=p))


def log_pool__numpy_powers(c):
    return normalised((c.y ** c.w3).prod(axis=0))


def geometric__scipy(c):
    return scipy.stats.gmean(c.y, axis=0, weights=np.broadcast_to(c.w3, c.y.shape))


def geometric__numpy(c):
    p = mean_logarithm(c)
    return np.exp(p, out=p)


def harmonic__scipy(c):
    return scipy.stats.hmean(c.y, axis=0, weights=np.broadcast_to(c.w3, c.y.shape))


def harmonic__numpy(c):
    np.reciprocal(c.y, out=c.scratch)
    return 1 / (c.w @ c.scratch.reshape(c.n, -1)).reshape(c.rows, c.width)


def label_margin__numpy_partition(c):
    m = c.pool()
    s = np.partition(m, c.width - 2, axis=1)
    return m.argmax(axis=1), s[:, -1] - s[:, -2]


def label_margin__numpy_twice(c):
    m = c.pool()
    label = m.argmax(axis=1)
    most = m[c.row, label]
    m[c.row, label] = -1
    return label, most - m.max(axis=1)


def top__numpy_sort(c):
    m = c.pool()
    labels = m.argsort(axis=1)[:, :-TOP - 1:-1]
    return labels, np.take_along_axis(m, labels, axis=1)


def top__numpy_partition(c):
    m = c.pool()
    labels = np.argpartition(m, c.width - TOP, axis=1)[:, c.width - TOP:]
    values = np.take_along_axis(m, labels, axis=1)
    order = (-values).argsort(axis=1)
    return np.take_along_axis(labels, order, axis=1), np.take_along_axis(values, order, axis=1)


def entropy__scipy(c):
    return scipy.stats.entropy(c.pool(), axis=1)


def entropy__scipy_entr(c):
    return scipy.special.entr(c.pool()).sum(axis=1)


def entropy__numpy(c):
    m = c.pool()
    return -np.einsum("rj,rj->r", m, np.log(m))


def entropy__numpy_double(c):
    m = c.pool().astype(np.float64)
    return -np.einsum("rj,rj->r", m, np.log(m))


def mutual_information__scipy(c):
    return scipy.stats.entropy(c.pool(), axis=1) - c.w @ scipy.stats.entropy(c.y, axis=2)


def mutual_information__scipy_entr(c):
    return scipy.special.entr(c.pool()).sum(axis=1) - c.w @ scipy.special.entr(c.y).sum(axis=2)


def mutual_information__numpy(c):
    m = c.pool()
    np.log(c.y, out=c.scratch)
    return c.w @ np.einsum("irj,irj->ir", c.y, c.scratch) - np.einsum("rj,rj->r", m, np.log(m))


def mutual_information__numpy_double(c):
    y = c.y.astype(np.float64)
    w = c.w.astype(np.float64)
    m = (w @ y.reshape(c.n, -1)).reshape(c.rows, c.width)
    return w @ np.einsum("irj,irj->ir", y, np.log(y)) - np.einsum("rj,rj->r", m, np.log(m))


def conflict__scipy(c):
    return -scipy.special.logsumexp(np.tensordot(c.w, np.log(c.y), 1), axis=1)


def conflict__numpy(c):
    p = mean_logarithm(c)
    return -np.log(np.exp(p, out=p).sum(axis=1))


def conflict__numpy_double(c):
    logarithms = np.log(c.y.reshape(c.n, -1).astype(np.float64))
    p = c.w.astype(np.float64) @ logarithms
    return -np.log(np.exp(p, out=p).reshape(c.rows, c.width).sum(axis=1))


def disagreement__numpy(c):
    top = c.y.argmax(axis=2)
    return (top[:, None] != top[None]).sum(axis=(0, 1)) / (c.n * (c.n - 1))


def disagreement__numpy_pairs(c):
    top = c.y.argmax(axis=2)
    return sum((a != b).astype(np.int32) for a, b in itertools.combinations(top, 2)) / (c.n * (c.n - 1) / 2)


def variance__numpy(c):
    d = c.y - c.pool()
    d *= d
    return (c.w @ d.reshape(c.n, -1)).reshape(c.rows, c.width)


def variance__numpy_in_place(c):
    d = np.subtract(c.y, c.pool(), out=c.scratch)
    np.multiply(d, d, out=d)
    return (c.w @ d.reshape(c.n, -1)).reshape(c.rows, c.width)


def variance__numpy_average(c):
    return np.average((c.y - c.pool()) ** 2, axis=0, weights=c.w)


def variance__numpy_double(c):
    y, w = c.flat.astype(np.float64), c.w.astype(np.float64)
    y -= w @ y
    y *= y
    return (w @ y).reshape(c.rows, c.width)


def contribution__numpy(c):
    return (c.w[:, None] * c.y[:, c.row, c.pool().argmax(axis=1)]).T


def influence__numpy(c):
    m = c.pool()
    label = m.argmax(axis=1)
    most, term = m[c.row, label], c.w[:, None] * c.y[:, c.row, label]
    return (most - (most - term) / (1 - c.w[:, None])).T


def flips__numpy(c):
    m = c.pool()
    return ((m - c.w3 * c.y).argmax(axis=2) != m.argmax(axis=1)).T


def flips__numpy_models(c):
    m = c.pool()
    label = m.argmax(axis=1)
    return np.stack([(m - w * y).argmax(axis=1) != label for w, y in zip(c.w, c.y)], axis=1)


def correlation__numpy_corrcoef(c):
    return np.corrcoef(c.flat)


def correlation__numpy_dot(c):
    d = c.flat - c.flat.mean(axis=1, keepdims=True)
    products = d @ d.T
    size = np.sqrt(np.diag(products))
    return products / np.outer(size, size)


def correlation__numpy_double(c):
    d = c.flat.astype(np.float64)
    d -= d.mean(axis=1, keepdims=True)
    products = d @ d.T
    size = np.sqrt(np.diag(products))
    return products / np.outer(size, size)


def metric_log_loss__sklearn(c):
    return sklearn.metrics.log_loss(c.truth, c.pool(), labels=np.arange(c.width))


def metric_log_loss__numpy(c):
    return -np.log(np.clip(c.pool()[c.row, c.truth], FLOOR, 1)).mean(dtype=np.float64)


def metric_log_loss__numpy_labels(c):
    """Only what the models say of the labels."""
    return -np.log(np.clip(c.w @ c.y[:, c.row, c.truth], FLOOR, 1)).mean(dtype=np.float64)


def metric_brier__sklearn(c):
    return sklearn.metrics.mean_squared_error(c.one_hot, c.pool()) * c.width


def metric_brier__numpy(c):
    m = c.pool()
    return np.square(m, out=m.copy()).sum(dtype=np.float64) / c.rows - 2 * m[c.row, c.truth].mean() + 1


def metric_brier__numpy_dot(c):
    d = (c.pool() - c.one_hot).ravel()
    return (d @ d) / c.rows


def metric_brier__numpy_double(c):
    d = c.w.astype(np.float64) @ c.flat.astype(np.float64)
    d -= c.one_hot.ravel()
    return (d @ d) / c.rows


def metric_accuracy__sklearn(c):
    return sklearn.metrics.accuracy_score(c.truth, c.pool().argmax(axis=1))


def metric_accuracy__numpy(c):
    return (c.pool().argmax(axis=1) == c.truth).mean()


def metric_auc__sklearn(c):
    return sklearn.metrics.roc_auc_score(c.truth, c.pool(), multi_class="ovr", average="macro")


def metric_auc__numpy(c):
    ranks = scipy.stats.rankdata(c.pool(), axis=0)
    there = np.bincount(c.truth, minlength=c.width)
    sums = np.bincount(c.truth, ranks[c.row, c.truth], c.width)
    return ((sums - there * (there + 1) / 2) / (there * (c.rows - there))).mean()


def metric_calibration__numpy(c):
    m = c.pool()
    label = m.argmax(axis=1)
    sure = m[c.row, label]
    bins = np.minimum((sure * BINS).astype(np.intp), BINS - 1)
    gap = np.bincount(bins, sure - (label == c.truth), BINS)
    return np.abs(gap).sum() / c.rows


# What the library left: the dtype and the last dimensions of each part, by what it is.
def parts(task, c, memory, at):
    shapes = {"label-margin": ((np.int32, (c.rows,)), (np.float64, (c.rows,))),
              "top": ((np.int32, (c.rows, TOP)), (np.float64, (c.rows, TOP))),
              "variance": ((np.float64, (c.rows, c.width)),),
              "contribution": ((np.float64, (c.rows, c.n)),),
              "influence": ((np.float64, (c.rows, c.n)),),
              "flips": ((np.uint8, (c.rows, c.n)),),
              "correlation": ((np.float64, (c.n, c.n)),)}
    for name in ("hard-vote", "soft-vote"):
        shapes[name] = ((np.int32, (c.rows,)),)
    for name in ("entropy", "mutual-information", "conflict", "disagreement"):
        shapes[name] = ((np.float64, (c.rows,)),)
    shape = ((np.float64, ()),) if task.startswith("metric") else shapes.get(task, ((np.float32, (c.rows, c.width)),))
    return [np.ndarray(dims, kind, memory, offset) for (kind, dims), offset in zip(shape, at)]


# Where labels differ, two values are equal but for their rounding. Ranks: of equal values.
LOOSE = {"rank": 1.01}


def same(task, found, expected):
    if expected.dtype.kind in "iu":
        return np.mean(found != expected) <= .005
    return np.allclose(found, expected, rtol=2e-3 if task.startswith("metric") else 1e-4, atol=LOOSE.get(task, 2e-6))


READY_MADE = ("scipy", "sklearn", "numpy-median", "numpy-corrcoef", "numpy-average")


def contenders(task):
    prefix = task.replace("-", "_") + "__"
    found = {name[len(prefix):].replace("_", "-"): function for name, function in globals().items()
             if name.startswith(prefix)}
    return {name: f for name, f in found.items() if sklearn is not None or "sklearn" not in name}


def main():
    warnings.simplefilter("ignore")
    print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, " +
          (f"scikit-learn {sklearn.__version__}" if sklearn is not None else
           "SKIPPED: scikit-learn (Debian: python3-sklearn)"), flush=True)
    memory, at, cell, calls = None, [], None, {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "memory":
            with open(words[1], "r+b") as file:
                memory = mmap.mmap(file.fileno(), int(words[2]))
            at = list(map(int, words[3:]))
            print("ok", flush=True)
        elif words[0] == "cell":
            task = words[1]
            cell = Cell(memory, at, words[2], *map(int, words[3:]))
            calls = contenders(task)
            expected = [part.copy() for part in parts(task, cell, memory, at[2:])]
            wrong = []
            for name, call in calls.items():
                found = call(cell)
                found = found if isinstance(found, tuple) else (found,)
                wrong += [name for a, b in zip(found, expected) if not same(task, np.asarray(a), b)]
            names = ["+" * name.startswith(READY_MADE) + name for name in calls]
            print(*(["error:", *words[1:], "differs by", *wrong] if wrong else names), flush=True)
        else:
            call, times = calls[words[1]], int(words[2])
            call(cell)
            begin = time.perf_counter_ns()
            for _ in range(times):
                call(cell)
            print((time.perf_counter_ns() - begin) / times, flush=True)


main()
