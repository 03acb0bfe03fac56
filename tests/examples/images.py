# SPDX-License-Identifier: MIT
"""
images.py DIRECTORY OUTPUT

Computes with NumPy, in double, all that docs/examples/images/images.c prints about the files in DIRECTORY, and compares
it with what it has printed, the file OUTPUT: numbers to half a unit of their last digit and a little, counts exactly. The
best weights of each set of models are sought by expectation maximisation; the library does otherwise.
"""
import itertools
import os
import re
import sys

import numpy

NAMES = ["tree", "logistic", "naive_bayes", "knn", "forest", "svm"]
COST = numpy.array([1, 2, 5, 40, 60, 120])
FLOOR = 1e-12


class Part:
    def __init__(self, directory, part):
        def load(name):
            return numpy.load(os.path.join(directory, f"{name}.{part}.npy"))

        self.truth = load("labels")
        self.said = numpy.array([load(name) for name in NAMES], float)
        self.at_truth = self.said[:, numpy.arange(len(self.truth)), self.truth]

    def loss(self, weights):
        return -numpy.log(numpy.clip(weights @ self.at_truth, FLOOR, 1)).mean()

    def accuracy(self, weights):
        return (numpy.tensordot(weights, self.said, 1).argmax(axis=1) == self.truth).mean()


def best_weights(part, members):
    """Those of the smallest log loss of the linear pool of some models: no other weights are better by 1e-8."""
    said = part.at_truth[members]
    weights = numpy.full(len(members), 1 / len(members))
    for step in range(100000):
        ratio = (said / numpy.maximum(weights @ said, FLOOR)).mean(axis=1)
        if ratio.max() - 1 < 1e-8 or len(members) == 1:  # what the loss, a convex function, can be lower by
            break
        if step > 200:
            weights[(weights < 1e-4) & (ratio < .999)] = 0  # on its way there
        weights *= ratio**1.5
        weights /= weights.sum()
    else:
        sys.exit(f"the weights of {members} are not found")
    full = numpy.zeros(len(NAMES))
    full[members] = weights
    return full


def near(found, expected, digits, what):
    if abs(found - expected) > .6 * 10.0**-digits:
        sys.exit(f"{what}: {found} is printed, but it is {expected}")


def numbers(line):
    return [float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", line)]


def check_scores(lines, test, learned):
    weights = [*numpy.eye(len(NAMES)), numpy.full(len(NAMES), 1 / len(NAMES)), learned]
    for name, each in zip([*NAMES, "all, equal weights", "all, learned weights"], weights):
        accuracy, loss = numbers(next(line for line in lines if line.startswith(f"  {name}  ")))
        near(accuracy, test.accuracy(each), 4, name)
        near(loss, test.loss(each), 4, name)


def check_contested(lines, test, weights):
    mean = numpy.tensordot(weights, test.said, 1)
    ordered = numpy.sort(mean, axis=1)
    present = weights > 0

    def entropy(p):
        return -(p * numpy.log(numpy.where(p > 0, p, 1))).sum(axis=-1)

    votes = test.said[present].argmax(axis=2)
    pairs = numpy.mean([a != b for a, b in itertools.combinations(votes, 2)], axis=0)
    own = numpy.tensordot(weights, entropy(test.said), 1)
    wrong = mean.argmax(axis=1) != test.truth
    near(numbers(next(line for line in lines if "errors are among" in line))[0], wrong.sum(), 0, "errors")
    shares = numpy.array([.05, .1, .2, .3])
    for name, values, rounding in (("small margin", ordered[:, -2] - ordered[:, -1], 1e-7),
                                   ("entropy", entropy(mean), 1e-6), ("mutual information", entropy(mean) - own, 1e-6),
                                   ("pairs that disagree", pairs, 0)):
        found = numbers(next(line for line in lines if line.startswith(f"  {name}  ")))
        order = numpy.argsort(-numpy.round(values, 12), kind="stable")
        for share, count in zip(shares, found):
            k = round(share * len(wrong))
            edge = values[order[k - 1]]
            close = wrong[(abs(values - edge) <= rounding) & (values != edge)].sum()  # which rounding may have swapped
            if abs(count - wrong[order[:k]].sum()) > close:
                sys.exit(f"{name}, {share}: {count} is printed, but it is {wrong[order[:k]].sum()}")
    for share, count in zip(shares, numbers(next(line for line in lines if line.startswith("  by chance")))):
        near(count, share * wrong.sum(), 1, "by chance")


def check_frontier(lines, validation, test):
    """Every set of models, the best first; a price is a step where no cheaper set is as good."""
    sets = [list(members) for n in range(1, 7) for members in itertools.combinations(range(6), n)]
    found = []
    for members in sets:
        weights = best_weights(validation, members)
        weights[weights < 1e-6] = 0
        found.append((COST[members].sum(), validation.loss(weights / weights.sum()), weights / weights.sum()))
    best, steps = numpy.inf, []
    for price in sorted({cost for cost, _, _ in found}):
        loss, weights = min(((loss, tuple(w)) for cost, loss, w in found if cost <= price))
        if loss < best - 1e-6:
            best = loss
            steps.append((price, loss, numpy.array(weights)))
    printed = [line for line in lines if re.match(r"  +\d+ us  ", line)]
    if len(printed) != len(steps):
        sys.exit(f"{len(printed)} prices are printed, but there are {len(steps)}")
    for line, (price, loss, weights) in zip(printed, steps):
        cost, on_validation, on_test, accuracy = numbers(line)[:4]
        near(cost, price, 0, "price")
        near(on_validation, loss, 4, "validation")
        near(on_test, test.loss(weights), 4, "log loss")
        near(accuracy, test.accuracy(weights), 4, "accuracy")
        for name, weight in re.findall(r"([a-z_]+) (\d\.\d\d)(?= |$)", line):
            near(float(weight), weights[NAMES.index(name)], 2, name)


def check_settled(lines, test, name, weights, dear_first):
    """By the definition: the lead is more than the weight that has not spoken, or as much over a later class."""
    at = next(i for i, line in enumerate(lines) if line.startswith(f"  {name}"))
    runs = dict((model, int(count)) for model, count in re.findall(r"([a-z_]+) (\d+)(?= |$)", lines[at]))
    spoken, total, spent, opened = numpy.zeros_like(test.said[0]), 0, 0, len(test.truth)
    order = [i for i in (range(5, -1, -1) if dear_first else range(6)) if weights[i] > 0]
    for i in order:
        near(runs[NAMES[i]], opened, 0, f"{name}, {NAMES[i]}")
        spent += COST[i] * opened
        spoken += weights[i] * test.said[i]
        total += weights[i]
        ordered = numpy.sort(spoken, axis=1)
        opened = (ordered[:, -1] - ordered[:, -2] <= 1 - total + 1e-6).sum() if i != order[-1] else 0
    found = numbers(lines[at + 1])
    near(found[0], spent / len(test.truth), 1, name)
    near(found[1], COST[order].sum(), 1, name)


def main(directory, output):
    with open(output, encoding="ascii") as file:
        lines = file.read().split("\n")
    validation, test = Part(directory, "validation"), Part(directory, "test")
    learned = best_weights(validation, list(range(6)))
    learned[learned < 1e-6] = 0
    learned /= learned.sum()
    check_scores(lines, test, learned)
    check_contested(lines, test, learned)
    check_frontier(lines, validation, test)
    check_settled(lines, test, "learned weights, cheap first", learned, False)
    check_settled(lines, test, "learned weights, dear first", learned, True)
    check_settled(lines, test, "equal weights, cheap first", numpy.full(6, 1 / 6), False)
    print("ok: docs/examples/images: NumPy finds the same numbers")


main(*sys.argv[1:])
