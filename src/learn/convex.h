/* SPDX-License-Identifier: MIT */
/* The best weights of some models, by squared error or log loss. */
#ifndef ENS_LEARN_CONVEX_H
#define ENS_LEARN_CONVEX_H

#include "learn/likelihood.h"
#include "learn/quadratic.h"

struct ens_convex {
    const double *gram; /* squared error: m x m means, as ens_gram_of_models() has them; NULL: log loss */
    size_t m;
    struct ens_likelihood *likelihood;
    size_t n;    /* models */
    int constraint;
    double ridge;
    double cutoff; /* once it is certain that the loss cannot be below this, log loss need not be solved to the end */
    struct ens_quadratic q;
    double *a, *b; /* of the program: n x n and n */
    double *step;  /* n: weights that a step leads to */
};

struct ens_optimum {
    double loss; /* with the ridge, over all n models */
    double gap;
    int steps;
};

/* For log loss the likelihood's Gram matrix takes part; so one problem at a time. 0, or ENSEMBLE_ENOMEM. */
int ens_convex_open(struct ens_convex *c, struct ens_heap *heap);

/* Of the `n` models listed; their weights go to w[0] to w[n - 1]. */
struct ens_optimum ens_convex_solve(struct ens_convex *c, const size_t *models, size_t n, double *w);

/* The squared error of weights for the listed models, without the ridge. */
double ens_convex_squared_error(const struct ens_convex *c, const size_t *models, const double *w, size_t n);

#endif
