/* SPDX-License-Identifier: MIT */
/* Quadratic programs over weights: the core of every convex fit. */
#ifndef ENS_LEARN_QUADRATIC_H
#define ENS_LEARN_QUADRATIC_H

#include "learn/heap.h"

/*
 * Minimises w'Aw - 2 b'w over w_i >= 0 with sum 1 (ENSEMBLE_SIMPLEX), over w_i >= 0, or over all w, A being symmetric
 * and positive semidefinite. What is solved exactly is the same with sum_i shift_i (w_i - center_i)^2 added, which
 * makes the answer unique and its equations well conditioned; repeated from the answer on (the proximal point method:
 * Rockafellar, 1976), it leads to an answer of the problem itself. Active set: one equality-constrained system for the
 * weights that are not 0, as in Lawson and Hanson (1974), in factors L D L' that are changed by one row at a time.
 */
struct ens_quadratic {
    size_t n;
    size_t stride; /* of `a`; all of it is filled */
    const double *a;
    const double *b;
    double *shift; /* above 0, where A's diagonal is not larger than rounding */
    int constraint;

    size_t most;     /* there is room for so many weights */
    double *c;       /* b_i + shift_i center_i */
    double *l;       /* most x most: rows of L, without its ones */
    double *d;       /* D */
    double *x, *y;   /* solutions */
    double *best;    /* weights that ens_quadratic_solve() has found so far */
    size_t *order;   /* the weights that are not 0, as L has them; */
    size_t n_free;   /* so many */
    size_t *state;   /* of each weight: FREE, BOUND at 0, or BARRED from being freed for now */
    double multiplier;
    int steps; /* changes of the active set so far */
};

/* Takes the memory for up to `most` weights. 0, or ENSEMBLE_ENOMEM. */
int ens_quadratic_open(struct ens_quadratic *q, struct ens_heap *heap, size_t most);

/*
 * One step of the proximal point method: `w` comes in as weights that are allowed, and goes out as the answer. `fresh`:
 * A or the shifts have changed since the last call, or which weights are 0.
 */
void ens_quadratic_step(struct ens_quadratic *q, const double *center, double *w, int fresh);

/* The shifts that A's diagonal asks for. */
void ens_quadratic_set_shifts(struct ens_quadratic *q);

/* The problem itself, from `w` on. */
void ens_quadratic_solve(struct ens_quadratic *q, double *w);

/*
 * By how much w'Aw - 2 b'w is at most larger than that of any weights that are allowed and whose sizes add up to at
 * most twice those of w.
 */
double ens_quadratic_gap(const struct ens_quadratic *q, const double *w);

#endif
