/* SPDX-License-Identifier: MIT */
/* What ensemble.h says that a task's result is: the oracle, row by row. */
#ifndef TESTS_METHODS_EXPECT_H
#define TESTS_METHODS_EXPECT_H

#include "real.h"
#include "task.h"

/* A model in a row: it does not take part; it is missing, or left out for a NaN; its weight is 0 here; it is there. */
enum state { APART, LACKING, WEIGHTLESS, PRESENT };

struct expect {
    const struct task *task;
    struct arithmetic a; /* of the accumulators */
    int in_double;
    int32_t method;      /* POWER where it is another one: that */

    /* The row at hand. */
    enum state state[TASK_MODELS];
    long double weight[TASK_MODELS]; /* of model and row */
    struct real *y, *log_y;          /* n x width: what the models say, and its logarithm */
    unsigned char *known;            /* n x width: does the model have that class? */
    struct real *result, *log_result; /* width: combined; the logarithms only of GEOMETRIC and LOG_POOL */
};

/* What takes part in one class. */
struct class {
    size_t n;
    size_t model[TASK_MODELS];
    long double weight[TASK_MODELS];
    long double sum;      /* of these weights */
    long double size;     /* of their magnitudes */
    long double all;      /* the sum with the weights of those that were left out */
    long double all_size; /* of their magnitudes */
    int left_out;         /* was any? */
};

void expect_begin(struct expect *x, const struct task *task);

/* Leaves in x->result what the row is, as the result form has it. */
void expect_row(struct expect *x, size_t row);

/*
 * Its parts: weights and states of the models in a row, and whether the row is at fault; is enough of the weight there;
 * who takes part in a class.
 */
int expect_weigh(struct expect *x, size_t row);
int expect_quorum(const struct expect *x);
void expect_gather(const struct expect *x, size_t k, struct class *c);

/*
 * What model i says in a row, for the classes of the ensemble (convert.c). Returns whether it holds a NaN, or a label
 * that is no class. For VOTE and RANK the numbers are taken as they are, and those of absent classes are 0 or -inf.
 */
int convert_row(struct expect *x, size_t i, size_t row);

/* The class that the row of labels votes for; width or more: none. */
size_t convert_label(const struct expect *x, size_t i, size_t row);

/*
 * One class by the method of x, but for VOTE and RANK (formulas.c); LOG_POOL is not yet divided by the row's sum. c->n
 * is not 0, and there is no NaN. *logarithm is set where the method has it.
 */
struct real formula(const struct expect *x, const struct class *c, size_t k, struct real *logarithm);

/* The term of a weighted sum of which y is the value, for the methods that form one; VOTE and RANK have it in y. */
struct real formula_term(const struct expect *x, struct real y, struct real log_y);

/* The factors of a weighted sum, and the bound of their relative error. */
long double formula_factors(const struct expect *x, const struct class *c, int shares, long double *factor);

struct real formula_median(const struct expect *x, const struct class *c, struct real *values);
struct real formula_trimmed(const struct expect *x, const struct class *c, struct real *values);

/* A row by VOTE or RANK (orders.c). */
void orders_row(struct expect *x, size_t row);

/* Normalised, logarithm, softmax, tempered (forms.c). */
void forms_row(struct expect *x);

/* Sets the whole result of the row. */
void expect_fill(struct expect *x, struct real value);

#endif
