/* SPDX-License-Identifier: MIT */
/*
 * What ensemble.h says that the report of a task is. What is said of the combined row is had from the row itself, in
 * the accumulator's type, by another call; what is said of the models, by its formula in long double, with a bound of
 * the error; and what is said of the row without a model, by a call in which that model is missing.
 */
#ifndef TESTS_METHODS_ACCOUNT_H
#define TESTS_METHODS_ACCOUNT_H

#include "expect.h"
#include "sheet.h"

struct account {
    const struct task *task;
    int in_double;
    int by_class;       /* the weights differ from class to class, or who is there does */
    struct task same;   /* the task with a result as the accumulators are, for rows that are not rounded again */
    struct task values; /* their mean, so that models are converted as they are for a mean */
    struct expect x;    /* of `same`: states and weights of the models, and what the method makes of their values */
    struct expect said; /* of `values`: what they say */
    size_t top;
    struct real *expected[FIELDS]; /* rows x elements; a bound of 0 means to the bit */

    double *y, *other;  /* rows x width: combined rows, and those without a model */
    size_t row;
    int32_t label;      /* of that row; -1: none */
    int open;           /* a model says what is a NaN only once it is converted, where NaN are left out */
    unsigned char *gap; /* width: no model speaks of the class */
};

/* The account of a task whose code is 0, for `top` places. */
void account_make(struct account *a, const struct task *task, size_t top);

/*
 * Its parts, for any code: what is known before the first row, for a result of that dtype; then of the current row,
 * after expect_weigh() of x, what the models say that are there (in said), and whether a weight is negative.
 */
void account_begin(struct account *a, const struct task *task, int dtype, size_t top);
int account_read(struct account *a);

/* Is the model's weight in the row negative, also where the model itself is left out of it? */
int account_has_negative(const struct account *a, size_t model);

/* A model's top class in the current row; -1: none, since a NaN is there, or a label that is no class. */
int32_t account_top_class(const struct account *a, size_t model);

/* Compares what was asked for with it; report_fail() tells. */
void account_compare(const struct account *a, const struct sheet *sheet);

/* What a call with that report may return: 1 << -code for each code. */
uint64_t account_codes(const struct task *task, uint32_t asked);

/* Combines the rows of a task with the portable instruction set, as doubles. Returns the code. */
int account_rows(const struct task *task, double *rows);

/* Element `index` of the current row. */
struct real *account_at(const struct account *a, int field, size_t index);

/* The class of the largest element of a row that a model speaks of, the lowest of several; -1: none, or a NaN. */
int32_t account_label(const struct account *a, const double *y);

/* Which classes of the current row does nobody speak of, beside a model that is left out? */
void account_gaps(struct account *a, size_t without);

/* The current row: what the models say (account_models.c), and of a label; then all rows without each model. */
void account_models(struct account *a);
void account_contributions(struct account *a);
void account_without(struct account *a);

#define NO_MODEL SIZE_MAX

#endif
