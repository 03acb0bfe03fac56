/* SPDX-License-Identifier: MIT */
/* What a lesson is about, in long double: what each model says in the rows that are used, and what is true there. */
#ifndef TESTS_LEARN_TRUTH_H
#define TESTS_LEARN_TRUTH_H

#include "lesson.h"

/* The rounding of the library: it computes in double. */
#define ROUNDING 0x1p-52L

struct truth {
    const struct lesson *lesson;
    size_t n, width, rows;       /* rows that are used */
    size_t row[ROWS];            /* which they are */
    int32_t label[ROWS];         /* where the targets are labels */
    long double *t;              /* rows x width */
    long double *x[MODELS];      /* rows x width */
    long double error[MODELS];   /* the error that the library may make in x, relative to it */
    int here[MODELS];            /* not missing */
    size_t n_here;
};

/* An answer in all rows, and how far the one that the library computes may be from it. */
struct answer {
    size_t rows, width;
    const int32_t *label;
    const long double *t;
    long double *y, *e;
    long double size; /* the mean over the rows of sum_j (sum_i |w_i x_ij| + |t_j|)^2 */
    const struct truth *truth;
    unsigned takes_part; /* a bit for each model */
};

/* What a model says of the label of a row. */
long double truth_of_label(const struct truth *truth, size_t model, size_t row);

/* Are two elements the same because every model says the same of both? Then rounding does not part them. */
int answer_ties(const struct answer *answer, size_t one, size_t other);

/* Temperatures: of each model, NaN for that of the lesson; NULL: all those of the lesson. */
void truth_make(struct truth *truth, const struct lesson *lesson, const double *temperatures);

/* What a model says in a row, whatever the others do. Returns whether all of it is finite. */
int truth_row(const struct lesson *lesson, size_t model, long double temperature, size_t row, long double *x);

/* The temperature of a model as it is set. */
long double truth_temperature(const struct lesson *lesson, size_t model);

/* y = sum_i w_i x_i. The arrays of the answer are the truth's own, made anew by the next call for the same `place`. */
struct answer truth_mix(const struct truth *truth, const double *w, int place);

/* The answer of a model by itself. */
struct answer truth_single(const struct truth *truth, size_t model, int place);

#define PLACES_OF_ANSWERS 3

/* A number between two others; both the same: exactly that. */
struct span {
    long double low, high;
};

/* An ENSEMBLE_SCORE_... of an answer, as far as it can be told. */
struct span mark(int32_t score, const struct answer *answer);

/* The mean absolute error, as the lesson's metric has it. */
struct span mark_metric(const struct answer *answer);

int span_holds(struct span span, double value);

#endif
