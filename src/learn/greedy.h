/* SPDX-License-Identifier: MIT */
/* Ensemble selection from libraries of models: forward, with replacement (Caruana et al., 2004). */
#ifndef ENS_LEARN_GREEDY_H
#define ENS_LEARN_GREEDY_H

#include "learn/choose.h"
#include "learn/score.h"

struct ens_greedy {
    struct ens_source *s;
    const struct ens_sample *sample;
    struct ens_scale scale;
    const struct ens_limits *limits;
    size_t rounds;
    const double *gram;               /* squared error: means of products of the models' errors, n x n; else NULL */
    struct ens_likelihood *likelihood; /* log loss; else NULL */
    const double *single;             /* the score of each model by itself */
    double *trajectory;               /* `rounds` scores, NaN behind the last one; NULL: they are not wanted */
};

/*
 * Sets the weights of the source's models, and the score and number of rounds that they have. 0, ENSEMBLE_ENOMEM, or
 * ENSEMBLE_EFIT where no model is allowed, or none has a score.
 */
int ens_greedy_select(struct ens_greedy *g, double *w, double *score, size_t *rounds);

#endif
