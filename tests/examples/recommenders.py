# SPDX-License-Identifier: MIT
"""
recommenders.py DIRECTORY OUTPUT

Computes in plain Python, from what the methods are defined as, all that docs/examples/recommenders/recommenders.c prints
about the files in DIRECTORY, and compares it with what it has printed, the file OUTPUT, to half a unit of the last digit
and a little. Weights that were chosen are taken from the output; that none of the others is better is computed, too.
"""
import itertools
import math
import os
import re
import sys

import numpy

NAMES = ["popularity", "neighbours", "factors", "genres"]
WAYS = {"RRF, k = 60": ("rrf", 60), "RRF, k = 5": ("rrf", 5), "Borda": ("borda", None),
        "CombSUM, min-max": ("sum", "min-max"), "CombSUM, z": ("sum", "z"), "CombMNZ, min-max": ("mnz", "min-max"),
        "CombANZ, min-max": ("anz", "min-max")}


def load(directory, part):
    """For each user: the lists, as pairs (items, scores), and what the user chose."""
    def array(name):
        return numpy.load(os.path.join(directory, f"{name}.{part}.npy"))

    lists = [(array(f"{name}.ids"), array(f"{name}.scores").astype(float)) for name in NAMES]
    return [([(ids[user].tolist(), scores[user]) for ids, scores in lists], set(liked[liked >= 0].tolist()))
            for user, liked in enumerate(array("liked"))]


def normalised(scores, how):
    if how == "z":
        spread = scores.std()
        return (scores - scores.mean()) / spread if spread else 0 * scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else 0 * scores + 1


def terms(lists, method, how):
    """What each list says of each item, before weights: a dictionary for each list, and what it gives to others."""
    everything = {item for items, _ in lists for item in items}
    for items, scores in lists:
        if method == "rrf":
            yield {item: 1 / (how + rank) for rank, item in enumerate(items, 1)}, 0
        elif method == "borda":
            points = {item: len(everything) + 1 - rank for rank, item in enumerate(items, 1)}
            yield points, (len(everything) - len(items) + 1) / 2 if len(items) < len(everything) else 0
        else:
            yield dict(zip(items, normalised(scores, how))), 0


def fused(lists, method, how, weights):
    lists = [each for each, weight in zip(lists, weights) if weight]
    weights = [weight for weight in weights if weight]
    said = list(terms(lists, method, how))
    scores = {}
    for item in {item for given, _ in said for item in given}:
        among = sum(item in given for given, _ in said)
        score = sum(weight * given.get(item, others) for weight, (given, others) in zip(weights, said))
        scores[item] = score * among if method == "mnz" else score / among if method == "anz" else score
    return sorted(scores, key=lambda item: (-round(scores[item], 12), item))[:50]


def judge(items, liked):
    hits = [item in liked for item in items]
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(10, len(liked))))
    gain = sum(hit / math.log2(rank + 2) for rank, hit in enumerate(hits[:10]))
    return gain / ideal, sum(hits[:10]) / len(liked), sum(hits) / len(liked)


def quality(users, way, weights):
    return numpy.array([judge(fused(lists, *way, weights), liked) for lists, liked in users])


def near(found, expected, what):
    if abs(found - expected) > .6e-4:
        sys.exit(f"{what}: {found} is printed, but it is {expected}")


def check(line, name, found, best):
    printed = [float(number) for number in re.findall(r"[+-]?\d+\.\d{4}", line[24:])]
    expected = list(found.mean(axis=0))
    if found is not best:
        gain = found[:, 0] - best[:, 0]
        expected += [gain.mean(), gain.std() / math.sqrt(len(gain))]
    if len(printed) != len(expected):
        sys.exit(f"{name}: {len(printed)} numbers are printed, not {len(expected)}")
    for number, exact in zip(printed, expected):
        near(number, exact, name)


def check_chosen(users, name, way, weights):
    """No other weights of a sample serve the users that they were chosen by better."""
    chosen = quality(users, way, weights)[:, 0].mean()
    for others in itertools.islice(itertools.product((0, .5, 1), repeat=4), 1, None, 7):
        found = quality(users, way, others)[:, 0].mean()
        if found > chosen + 1e-9:
            sys.exit(f"{name}: {others} would have been better than {weights}")


def main(directory, output):
    with open(output, encoding="ascii") as file:
        plain, chosen = file.read().split("with weights that were chosen")
    validation, test = load(directory, "validation"), load(directory, "test")
    best = quality(test, WAYS["RRF, k = 60"], (0, 0, 1, 0))
    for number, name in enumerate(NAMES):
        alone = best if name == "factors" else quality(test, WAYS["RRF, k = 60"], numpy.eye(4)[number].tolist())
        check(next(line for line in plain.split("\n") if line.startswith(f"  {name}  ")), name, alone, best)
    for name, way in WAYS.items():
        line = next(line for line in plain.split("\n") if line.startswith(f"  {name}  "))
        check(line, name, quality(test, way, (1, 1, 1, 1)), best)
        line = next(line for line in chosen.split("\n") if line.startswith(f"  {name}  "))
        weights = [float(weight) for weight in line.split()[-4:]]
        check(line, f"{name}, weighted", quality(test, way, weights), best)
        check_chosen(validation, name, way, weights)
    lists, liked = test[7]
    rows = [line.split() for line in chosen.split("thousandths\n\n")[1].split("\n")[1:6]]
    if [int(row[0]) for row in rows] != fused(lists, "rrf", 60, (1, 1, 1, 1))[:5]:
        sys.exit("the first items of one user are others")
    for item, is_liked, *why in rows:
        if (is_liked == "yes") != (int(item) in liked):
            sys.exit(f"item {item}: {is_liked}")
        for each, (given, _) in zip(why, terms(lists, "rrf", 60)):
            near(float(each) / 100, 10 * given.get(int(item), 0), f"item {item}")
    print("ok: docs/examples/recommenders: Python finds the same numbers")


main(*sys.argv[1:])
