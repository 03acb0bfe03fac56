# SPDX-License-Identifier: MIT
"""
speech.py DIRECTORY OUTPUT

Computes with NumPy, in double, all that docs/examples/speech/speech.c prints about the files in DIRECTORY, and compares
it with what it has printed, the file OUTPUT: counts exactly, learned numbers to half a unit of their last digit and a
little. Temperatures are sought by golden section, weights by expectation maximisation; the library does otherwise.
"""
import itertools
import os
import re
import sys

import numpy

BY_FRAME = ["cepstra", "changes", "prediction", "contour"]
NAMES = BY_FRAME + ["warped_bands", "warped_prediction"]
FRAMES = 8


def softmax(logits):
    odds = numpy.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


class Part:
    """The words of some voices: their labels, what is said of their frames, and each model's scores of them."""

    def __init__(self, directory, part):
        def load(name):
            return numpy.load(os.path.join(directory, f"{name}.{part}.npy")).astype(float)

        self.truth = load("labels").astype(int)
        words = len(self.truth)
        self.frames = {name: load(name).reshape(words, FRAMES, -1) for name in BY_FRAME}
        self.scores = {name: numpy.log(softmax(x)).sum(axis=1) for name, x in self.frames.items()}
        self.scores.update((name, load(name)) for name in NAMES[len(BY_FRAME):])

    def right(self, scores):
        return scores.argmax(axis=1) == self.truth


def at_truth(values, truth):
    """What is said of the word that was spoken, of values words x classes or words x frames x classes."""
    rows = values.reshape(-1, values.shape[-1])
    return rows[numpy.arange(len(rows)), numpy.repeat(truth, len(rows) // len(truth))]


def temperature_of(logits, truth):
    """That of the smallest log loss, from 0.01 to 100, by golden section in its logarithm."""
    def loss(t):
        return -numpy.log(numpy.maximum(at_truth(softmax(logits / numpy.exp(t)), truth), 1e-12)).mean()

    low, high = numpy.log(0.01), numpy.log(100)
    golden = (numpy.sqrt(5) - 1) / 2
    for _ in range(80):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return numpy.exp((low + high) / 2)


def weights_of(probabilities, truth):
    """Those of the smallest log loss of the linear pool."""
    said = numpy.array([at_truth(p, truth) for p in probabilities])
    weights = numpy.full(len(said), 1 / len(said))
    for _ in range(20000):
        weights = weights * (said / (weights @ said)).mean(axis=1)
    return weights


def ranks(scores):
    below = (scores[:, None, :] < scores[:, :, None]).sum(axis=2)
    equal = (scores[:, None, :] == scores[:, :, None]).sum(axis=2)
    return below + (equal + 1) / 2


def votes(scores):
    return numpy.eye(scores.shape[1])[scores.argmax(axis=1)]


def pooled(said, method, weights):
    if method == "log":
        return numpy.log(softmax(sum(w * numpy.log(p) for w, p in zip(weights, said))))
    return numpy.log(sum(w * p for w, p in zip(weights, said)))


def fused(validation, test, names, level, method, learned):
    """Scores of the test words; temperatures and weights as lines of the output have them."""
    logits, past = [[getattr(part, level)[n] for n in names] for part in (test, validation)]
    temperatures = [temperature_of(z, validation.truth) if learned else 1.0 for z in past]
    weights = numpy.full(len(names), 1 / len(names))
    if learned == "weights":
        weights = weights_of([softmax(z / t) for z, t in zip(past, temperatures)], validation.truth)
    said = pooled([softmax(z / t) for z, t in zip(logits, temperatures)], method, weights)
    return said.sum(axis=1) if level == "frames" else said, temperatures, weights


class Output:
    """What the program has printed, line by line."""

    def __init__(self, path):
        self.lines = iter(open(path).read().splitlines())

    def expect(self, what, numbers, slack=0.0):
        """The next line says `what`, then these numbers, each printed with an error of `slack` and a rounding."""
        line = next(self.lines, "")
        where = line.replace(what, "", 1) if what in line else sys.exit(f"expected: {what} ...; printed: {line}")
        texts = re.findall(r"\d+\.?\d*", where)
        if len(texts) != len(numbers):
            sys.exit(f"expected {len(numbers)} numbers, {numbers}; printed: {line}")
        for text, number in zip(texts, numbers):
            digits = len(text.partition(".")[2])
            if abs(float(text) - number) > (0.5 * 10.0**-digits + 1e-9 if digits else 1e-9) + slack:
                sys.exit(f"expected {numbers}; printed: {line}")

    def skip(self, count):
        for _ in range(count):
            next(self.lines)


def main():
    validation, test = (Part(sys.argv[1], part) for part in ("validation", "test"))
    output = Output(sys.argv[2])
    wrong = [(~validation.right(validation.scores[n])).sum() for n in NAMES]
    best = NAMES[wrong.index(min(wrong))]
    words = len(test.truth)
    output.expect(best, [words, len(validation.truth)])
    output.skip(2)
    reference = test.right(test.scores[best])

    def expect_line(name, scores):
        right = test.right(scores)
        rate = 1 - right.mean()
        error = numpy.sqrt(rate * (1 - rate) / words)
        output.expect(name, [(~right).sum(), 100 * rate, 100 * error, (right & ~reference).sum(),
                             (~right & reference).sum()])

    for name in NAMES:
        expect_line(name, test.scores[name])
    every = [test.scores[n] for n in NAMES]
    for text, names, level, method, learned in [
        ("frames of 4, linear pool", BY_FRAME, "frames", "linear", None),
        ("frames of 4, log pool", BY_FRAME, "frames", "log", None),
        ("frames of 4, learned weights", BY_FRAME, "frames", "linear", "weights"),
        ("words of 4, untempered", BY_FRAME, "scores", "linear", None),
        ("words of 4, linear pool", BY_FRAME, "scores", "linear", "temperatures"),
        ("words of 4, log pool", BY_FRAME, "scores", "log", "temperatures"),
        ("words of 6, majority vote", NAMES, None, votes, None),
        ("words of 6, mean rank", NAMES, None, ranks, None),
        ("words of 6, log pool", NAMES, "scores", "log", "temperatures"),
        ("words of 6, learned weights", NAMES, "scores", "linear", "weights"),
        ("words of 6, linear pool", NAMES, "scores", "linear", "temperatures"),
    ]:
        if level is None:
            scores = sum(method(s) for s in every)
        else:
            scores, temperatures, weights = fused(validation, test, names, level, method, learned)
        if learned == "weights":
            for n, w, t in zip(names, weights, temperatures):
                output.expect(n, [w, t], slack=1e-3)
        expect_line(text, scores)

    right = test.right(scores)
    tops = [s.argmax(axis=1) for s in every]
    disagreement = numpy.mean([a != b for a, b in itertools.combinations(tops, 2)], axis=0)
    for text, some in ("right", right), ("wrong", ~right):
        output.expect(text, [some.sum(), 100 * disagreement[some].mean(), 70, (disagreement[some] > 0.7).sum()])
    if next(output.lines, None) is not None:
        sys.exit("the program has printed more than is known here")
    print("ok: NumPy finds what docs/examples/speech prints")


main()
