/* SPDX-License-Identifier: MIT */
/* Log loss of a linear pool: what each model gives the label of each row is all that it depends on. */
#ifndef ENS_LEARN_LIKELIHOOD_H
#define ENS_LEARN_LIKELIHOOD_H

#include "learn/gram.h"

/* An answer's probabilities below this count as this. */
#define ENS_LEAST_PROBABILITY 1e-12

struct ens_likelihood {
    const struct ens_kernels *kernels;
    size_t n;      /* models */
    size_t rows;
    void *p;       /* n x rows: the label's probability, */
    int dtype;     /* as floats where each is one: half of the memory to go through, time and again; else doubles; */
    int some_least; /* some of them are below ENS_LEAST_PROBABILITY */
    double *row;   /* ENS_LOG_BLOCK: of some rows */
    const void **in; /* n */
    struct ens_gram gram; /* of n + 1 columns at most; opened by whoever asks for what is convex */
};

/* The probability of a row's label, from what is said about it; `length` 1: of label 1. */
static inline double ens_label_probability(const double *row, size_t length, size_t label)
{
    return length > 1 ? row[label] : label == 1 ? row[0] : 1 - row[0];
}

/*
 * What model i says of the labels of a piece's rows, to p[0] for the first of them; of a part of a long row that does
 * not hold the label, nothing is written. `tile` has room for ENS_PIECE. 0 where it says something that is not finite.
 */
int ens_pick(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece, size_t i,
             double *tile, double *p);

/* Takes memory and reads the models' outputs. 0, ENSEMBLE_ENOMEM, or 1 where something is not finite. */
int ens_likelihood_open(struct ens_likelihood *l, struct ens_source *s, const struct ens_sample *sample);

/* Where the probabilities of model i are, from a row on. */
static inline const void *ens_likelihood_at(const struct ens_likelihood *l, size_t i, size_t row)
{
    return (const unsigned char *)l->p + ((i * l->rows + row) << (l->dtype == ENS_f32 ? 2 : 3));
}

/* The log loss with weights for some of the models. */
double ens_likelihood_loss(const struct ens_likelihood *l, const size_t *models, const double *w, size_t n);

/*
 * The same, but that it is each model's probability that counts as at least ENS_LEAST_PROBABILITY, and none as at most
 * 1. That is convex, and nowhere larger for weights that sum to 1, so what is certain of it bounds the log loss, too.
 *
 * With `derivatives` to l->gram those of it: with s_i = p_i / (sum_j w_j p_j), the means over the rows of s_i s_j, n x
 * n from g->sum on with g->m columns each, and of s_i in the column behind them: the second ones, and the first ones
 * but for their sign. In the same pass, since what is needed of some rows is in the first-level cache then.
 */
double ens_likelihood_convex(struct ens_likelihood *l, const size_t *models, const double *w, size_t n,
                             int derivatives);

#endif
