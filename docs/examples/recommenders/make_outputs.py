#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
make_outputs.py DIRECTORY

Makes a set of ratings by a stated generator, four recommenders from a part of it, and writes what each of them
recommends to some users, and what these users chose in the part that was held out. NumPy only; some ten seconds.

The generator: items have a popularity that falls as a power of their rank, one or two of twelve genres, and eight hidden
tastes; users have tastes, too, and like two genres. A user chooses 20 to 80 items, without repeats, with probabilities that
are the exponential of popularity + genre + taste. A quarter of the choices of each user is held out.
"""
import os
import sys

import numpy as np

USERS, ITEMS, GENRES, TASTES, LENGTH = 1600, 900, 12, 8, 50
PARTS = {"validation": range(0, 100), "test": range(100, 350)}
HELD_OUT = 20  # at most so many for each user


def choices(rng):
    """Who chose what: bool, users x items; and the items' genres."""
    popularity = -.9 * np.log(1 + rng.permutation(ITEMS))
    genres = np.zeros((ITEMS, GENRES))
    genres[np.arange(ITEMS), rng.integers(GENRES, size=ITEMS)] = 1
    second = rng.random(ITEMS) < .4
    genres[np.flatnonzero(second), rng.integers(GENRES, size=second.sum())] = 1
    tastes = rng.normal(size=(ITEMS, TASTES))
    chosen = np.zeros((USERS, ITEMS), bool)
    for user in range(USERS):
        liked = np.zeros(GENRES)
        liked[rng.choice(GENRES, 2, replace=False)] = 1
        affinity = popularity + 1.5 * genres @ liked + .55 * tastes @ rng.normal(size=TASTES)
        keys = affinity + rng.gumbel(size=ITEMS)  # the largest are a sample without repeats
        chosen[user, np.argsort(-keys)[:rng.integers(20, 81)]] = True
    return chosen, genres


def split(rng, chosen):
    """What is learned from, and what is held out."""
    held = chosen & (rng.random(chosen.shape) < .25)
    for user in held:
        many = np.flatnonzero(user)
        user[many[HELD_OUT:]] = False
    return chosen & ~held, held


def recommenders(known, genres):
    """Scores, users x items, of each recommender."""
    seen = known.astype(float)
    counts = seen.sum(axis=0)
    norms = np.sqrt(np.maximum(counts, 1))
    similar = seen.T @ seen / np.outer(norms, norms)
    np.fill_diagonal(similar, 0)
    shrunk = similar * (seen.T @ seen / (seen.T @ seen + 5))
    left, values, right = np.linalg.svd(seen - seen.mean(axis=0), full_matrices=False)
    profile = seen @ genres / np.maximum(seen.sum(axis=1, keepdims=True), 1)
    return {
        "popularity": np.tile(counts, (USERS, 1)),
        "neighbours": seen @ shrunk,
        "factors": (left[:, :20] * values[:20]) @ right[:20] + seen.mean(axis=0),
        "genres": profile @ genres.T / np.maximum(genres.sum(axis=1), 1) * (1 + np.log1p(counts) / 10),
    }


def main(directory):
    rng = np.random.default_rng(20261126)
    chosen, genres = choices(rng)
    known, held = split(rng, chosen)
    for name, scores in recommenders(known, genres).items():
        scores = np.where(known, -np.inf, scores)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :LENGTH]
        best = np.take_along_axis(scores, order, axis=1)
        for part, users in PARTS.items():
            np.save(os.path.join(directory, f"{name}.ids.{part}.npy"), order[users].astype(np.int32))
            np.save(os.path.join(directory, f"{name}.scores.{part}.npy"), best[users].astype(np.float32))
    for part, users in PARTS.items():
        liked = np.full((len(users), HELD_OUT), -1, np.int32)
        for row, user in enumerate(users):
            items = np.flatnonzero(held[user])
            liked[row, :len(items)] = items
        np.save(os.path.join(directory, f"liked.{part}.npy"), liked)


main(sys.argv[1])
