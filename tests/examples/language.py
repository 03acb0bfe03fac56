# SPDX-License-Identifier: MIT
"""What docs/examples/language prints, computed another way, in double precision and without the library.

    language.py TEXT OUTPUT

Where the program counts in a hash table, and takes back, here contexts are sorted. Weights are proved to be the best
ones, those of two models by trying all pairs. What is printed is compared to the last digit, and so are the further
numbers of the README.
"""
import difflib
import itertools
import os
import sys

import numpy as np

COUNTED, ROWS, WINDOW, CONTEXT = 190000, 20000, 5000, 5
NAMES = ["1-gram", "2-gram", "3-gram", "4-gram", "5-gram", "6-gram", "recent"]
N = len(NAMES)


def read(path):
    """The text as numbers, and the size of its alphabet."""
    with open(path, encoding="ascii") as file:
        text = " ".join(file.read().split())[:COUNTED + 2 * ROWS]
    alphabet = sorted(set(text))
    return np.searchsorted(alphabet, list(text)), len(alphabet)


def smooth(count, shorter):
    """Witten and Bell's step from what fewer characters say."""
    kinds = (count > 0).sum(-1, keepdims=True)
    total = count.sum(-1, keepdims=True) + kinds
    p = count + kinds * shorter
    return np.where(total > 0, p / np.maximum(total, 1), shorter)


def keys(text, width, n):
    """The n characters before each place, as one number."""
    key = np.zeros(len(text), dtype=np.int64)
    for back in range(1, n + 1):
        key[back:] += text[:-back] * np.int64(width) ** (back - 1)
    return key


def ngrams(text, width):
    """For each n from 1 on, the probabilities at the places that were not counted."""
    said = [np.full((2 * ROWS, width), 1 / width)]
    for n in range(CONTEXT + 1):
        contexts, where = np.unique(keys(text, width, n), return_inverse=True)
        count = np.bincount(where[n:COUNTED] * width + text[n:COUNTED], minlength=len(contexts) * width)
        said.append(smooth(count.reshape(-1, width)[where[COUNTED:]], said[-1]))
    return said[1:]


def recent(text, width):
    """Places are sorted by what is before them; then those of the window are in one piece, whose counts are the
    difference of two sums."""
    text = text[COUNTED - WINDOW - CONTEXT:]
    places = np.arange(len(text))
    asked = places[-2 * ROWS:]
    p = np.full((2 * ROWS, width), 1 / width)
    for n in range(CONTEXT):
        key = keys(text, width, n) * len(text)
        order = np.argsort(key + places)
        sums = np.concatenate([np.zeros((1, width)), np.cumsum(np.eye(width)[text[order]], 0)])
        begin, end = (np.searchsorted((key + places)[order], key[asked] + at) for at in (asked - WINDOW, asked))
        p = smooth(sums[end] - sums[begin], p)
    return p


def bf16(x):
    """Rounded to 8 binary digits."""
    mantissa, exponent = np.frexp(x)
    return np.ldexp(np.round(mantissa * 256), exponent - 8)


def softmax(z):
    y = np.exp(z - z.max(-1, keepdims=True))
    return y / y.sum(-1, keepdims=True)


def linear(w, p):
    return np.tensordot(w, p, 1)


def logarithmic(w, p):
    return softmax(np.tensordot(w, np.log(p), 1))


def temper(y, temperature):
    return softmax(np.log(y) / temperature)


def losses(y, truth):
    return -np.log(y[np.arange(ROWS), truth])


def loss(y, truth):
    return losses(y, truth).mean()


def learn(p, models):
    """The weights of the smallest log loss, of these models: p[model, row] is what it gave the truth."""
    w = np.zeros(N)
    w[list(models)] = 1 / len(models)
    for _ in range(30):  # expectation maximisation, which is sure and slow
        w = w * (p / (w @ p)).mean(1)
    for _ in range(12):  # Newton's steps for sum(w) - mean(log(w p)), which is lowest at the same weights
        some = w > 0
        shares = p[some] / (w @ p)
        w[some] = np.maximum(w[some] - np.linalg.solve(shares @ shares.T / ROWS, 1 - shares.mean(1)), 0)
    # Then no weights of these models that sum to 1 are better by more.
    assert abs(w.sum() - 1) < 1e-12 and (p / (w @ p)).mean(1)[list(models)].max() < 1 + 1e-12
    return w


def best_pair(p):
    """The two models that are best together, with weights of twentieths."""
    def of(pair):
        return min(-np.log(w * p[pair[0]] + (1 - w) * p[pair[1]]).mean() for w in np.arange(.05, 1, .05))
    return min(itertools.combinations(range(N), 2), key=of)


def learn_logarithmic(p, truth):
    """The weights, of any sum and sign, that are best for the logarithmic pool, which ensemble_fit() does not learn."""
    z = np.log(p)
    w = np.full(len(p), 1 / len(p))
    step = w
    while np.abs(step).max() > 1e-6:  # Newton's: the next one would be some 1e-12
        y = softmax(np.tensordot(w, z, 1))
        mean = np.array([(y * x).sum(1) for x in z])
        slope = (mean - z[:, np.arange(ROWS), truth]).mean(1)
        scaled = (z * np.sqrt(y)).reshape(len(p), -1)
        step = np.linalg.solve((scaled @ scaled.T - mean @ mean.T) / ROWS, slope)
        w = w - step
    return w


def best_temperature(y, truth):
    return 1 / learn_logarithmic(y[np.newaxis], truth)[0]


def compute(path):
    text, width = read(path)
    said = np.array(ngrams(text, width) + [recent(text, width)])
    past, following = said[:, :ROWS], said[:, ROWS:]
    truth = text[COUNTED:COUNTED + ROWS], text[COUNTED + ROWS:]
    p = past[:, np.arange(ROWS), truth[0]]
    fits = {"learned": learn(p, range(N)), "learned, two models": learn(p, best_pair(p)),
            "learned, without recent": learn(p, range(N - 1))}
    return width, past, following, truth, fits


def expected(width, past, following, truth, fits):
    """What the program prints."""
    rounded = softmax(bf16(np.log(following)))
    text = "%d characters to count, %d to learn weights from, %d to judge by; an alphabet of %d\n\n" % (
        COUNTED, ROWS, ROWS, width)

    def line(name, pool, w, tempered=False):
        temperature = best_temperature(pool(w, past), truth[0]) if tempered else 1
        exact, coarse = (np.exp(loss(temper(pool(w, p), temperature), truth[1])) for p in (following, rounded))
        return "  %-24s %10.4f %13.4f%s\n" % (name, exact, coarse, " %12.4f" % temperature if tempered else "")

    text += "%-26s %10s %13s %12s\n" % ("Perplexity", "in float", "bf16 logits", "temperature")
    for i, name in enumerate(NAMES):
        text += line(name, linear, np.eye(N)[i])
    text += "  Best where weights are learned: the %s\n" % NAMES[np.argmin([loss(p, truth[0]) for p in past])]
    text += "\nLinear pool\n" + line("equal weights", linear, np.full(N, 1 / N))
    for name, w in fits.items():
        text += line(name, linear, w)
    text += line("learned, tempered", linear, fits["learned"], True)
    text += "\nLogarithmic pool\n" + line("equal weights", logarithmic, np.full(N, 1 / N))
    text += line("learned", logarithmic, fits["learned"])
    text += line("learned, tempered", logarithmic, fits["learned"], True)
    text += "\n%-26s %s" % ("Weights", " ".join(NAMES))
    for name, w in fits.items():
        text += "\n  %-24s %s" % (name, " ".join("%6.4f" % x for x in w))
    return text + "\n"


def further(width, past, following, truth, fits):
    """What else the README says."""
    w = fits["learned"]
    pool = linear(w, following)

    def gain(worse, better):
        d = losses(worse, truth[1]) - losses(better, truth[1])
        return "%.4f, with a standard error of %.4f" % (d.mean(), d.std() / ROWS ** .5)

    yield gain(following[NAMES.index("5-gram")], pool)
    yield gain(linear(fits["learned, without recent"], following), pool)
    y = logarithmic(w, past)
    yield gain(pool, temper(logarithmic(w, following), best_temperature(y, truth[0])))
    own = learn_logarithmic(past, truth[0])
    yield "%.4f, with weights that sum to %.4f" % (np.exp(loss(logarithmic(own, following), truth[1])), own.sum())
    temperatures = [best_temperature(p, truth[0]) for p in past]
    past, following = ([temper(p, t) for p, t in zip(part, temperatures)] for part in (past, following))
    w = learn(np.array(past)[:, np.arange(ROWS), truth[0]], range(N))
    yield "the perplexity becomes %.4f" % np.exp(loss(linear(w, following), truth[1]))
    yield " ".join("%.4f" % t for t in temperatures)


def same(name, printed, computed):
    """Ends with an error where a program has printed something else than was computed."""
    if printed != computed:
        sys.stderr.writelines(difflib.unified_diff(printed.splitlines(True), computed.splitlines(True),
                                                   name + " has printed", "computed"))
        sys.exit("FAILED: what %s prints is not what was computed" % name)


def told(readme, lines):
    """Ends with an error where a document does not say one of the lines, whatever the white space."""
    with open(readme, encoding="utf-8") as file:
        text = " ".join(file.read().split())
    for line in lines:
        if line not in text:
            sys.exit("FAILED: %s does not say: %s" % (readme, line))


def main(text, output):
    computed = compute(text)
    with open(output, encoding="ascii") as file:
        same("language", file.read(), expected(*computed))
    told(os.path.join(os.path.dirname(text), "README.md"), further(*computed))
    print("ok: docs/examples/language: NumPy finds the same numbers, and those that its README says besides")


main(*sys.argv[1:])
