/* SPDX-License-Identifier: MIT */
/* The best weights there are, found slowly: every support by itself, and certificates of how far some are from them. */
#ifndef TESTS_LEARN_OPTIMUM_H
#define TESTS_LEARN_OPTIMUM_H

#include "truth.h"

/* Supports of up to so many models are gone through one by one. */
#define EXHAUSTIVE 8

/* Models that may be used together: a bit for each. */
typedef int allowed(const struct lesson *lesson, unsigned support);
int within_budget(const struct lesson *lesson, unsigned support);

/* The mean squared error with the ridge: w'Gw - 2 b'w + ... + ridge sum_i (w_i - u)^2, missing models left out. */
struct quadratic {
    const struct truth *truth;
    int32_t constraint;
    long double g[MODELS][MODELS], b[MODELS], ridge, u;
};

void quadratic_make(struct quadratic *q, const struct truth *truth, const struct ensemble_fit_options *options);
long double quadratic_value(const struct quadratic *q, const long double *w);

/*
 * How much lower the value could be at most, with the models of `support`: by the gradient, over weights that sum to 1,
 * or whose sizes add up to at most twice those of w.
 */
long double quadratic_gap(const struct quadratic *q, const long double *w, unsigned support);

/* The lowest value of allowed weights of at most EXHAUSTIVE models; they are put into w. */
long double quadratic_best(const struct quadratic *q, long double *w);

/*
 * The mean of -log(sum_i w_i p_i) over the rows, where p_i is what the model says of the label, at least 1e-12. It is
 * convex, and nowhere above the log loss, of which only the sum has limits; among probabilities there is no difference
 * that matters.
 */
struct likelihood {
    const struct truth *truth;
    size_t rows;
    long double *p[MODELS];
    int strict; /* all are probabilities */
};

void likelihood_make(struct likelihood *q, const struct truth *truth);
long double likelihood_value(const struct likelihood *q, const long double *w);

/* The log loss itself. */
long double likelihood_loss(const struct likelihood *q, const long double *w);

long double likelihood_gap(const struct likelihood *q, const long double *w, unsigned support);

/*
 * Goes down from equal weights of `support`, until it is clear whether `level` can be passed. Returns a value that was
 * reached; *bound: none is lower. w: the weights.
 */
long double likelihood_descend(const struct likelihood *q, unsigned support, long double level, long double *w,
                               long double *bound);

#endif
