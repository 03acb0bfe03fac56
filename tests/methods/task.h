/* SPDX-License-Identifier: MIT */
/* One combine, made at random from a seed: what is combined and how, and what the call is to return. */
#ifndef TESTS_METHODS_TASK_H
#define TESTS_METHODS_TASK_H

#include "guard.h"
#include "number.h"
#include "rng.h"

#include "base/public.h"

#define TASK_MODELS 140
#define TASK_WIDTH 3000
#define TASK_ROWS 20
#define TASK_VALUES 40000 /* models x rows x width, at most */

/* Of most tasks, and of one in eight; a fuzzer has smaller ones made. */
#ifndef TASK_USUAL
#define TASK_USUAL 6000
#define TASK_LARGE TASK_VALUES
#endif

/* Dtypes count from 0 as those of number.h, which does not know labels. */
#define DTYPES 4
#define LABELS (ENSEMBLE_I32 - 1)

struct model {
    double weight;
    int dtype;
    int32_t space;
    double temperature; /* as it is set: 0 means 1 */
    int missing;        /* has rows, but no data */
    size_t rows;        /* a model of weight 0 may have others than the rest, and no data either */
    size_t columns;
    size_t stride;      /* as it is set: 0 means no gaps */
    int32_t *map;       /* `columns` classes; NULL: those of the ensemble */
    unsigned char *data;
};

struct task {
    uint64_t seed; /* all else follows from it */
    struct rng rng;
    size_t width, rows, n;
    int32_t method, form, policy;
    double exponent, trim, floor; /* NAN: not set */
    double form_temperature;
    double quorum;
    int result; /* dtype */

    int weights_set;      /* else each model has the default weight */
    double *class_weights;      /* n x width, or NULL */
    unsigned char *row_weights; /* rows x n floats at any address, or NULL */
    int exact_weights;    /* multiples of 2^-4, so that no sum or product of them is rounded */

    int wild;  /* any bit pattern: nothing that an oracle could bound */
    int signs; /* values may be negative */
    int code;  /* what the call returns */
    struct model models[TASK_MODELS];

    unsigned char *used; /* where the inputs begin in their memory; they lie at its end */
};

/* Where tasks keep their data. */
struct memory {
    struct guarded inputs, classes, result, workspace;
    int32_t *maps;
};

/* What lies in the gaps between the rows of inputs (NaN, and no label), and around results and workspaces. */
#define GAP 0xFF
#define POISON 0xA5

void task_make_memory(struct memory *memory);

/* The task of a seed. Consecutive seeds go through methods, forms and dtypes. */
void task_random(struct task *task, const struct memory *memory, uint64_t seed);

/* Chooses dtypes, spaces, maps and strides of the models and lays their data; called by task_random(). */
void models_random(struct task *task, const struct memory *memory);

/* Seed, shape and options in a line. */
void task_describe(const void *task, char *text, size_t size);

size_t value_size(int dtype);

/* The elements from row to row of a model's output. */
size_t model_stride(const struct model *model);

/* The address of a model's row. */
const unsigned char *model_row(const struct model *model, size_t row);

/* The weight that a row gives a model; 1 where there are no row weights. */
double task_row_weight(const struct task *task, size_t row, size_t model);

/* Is there as much weight as the quorum asks for, if so much of all is missing? */
int task_quorum(const struct task *task, long double all, long double missing);

/* Does this model's weight, by itself, let it take part? */
static inline int takes_part(const struct model *model)
{
    return model->weight != 0;
}

/* The form as it is computed: tempered with a temperature of 1 is normalised, to the bit. */
static inline int32_t task_form(const struct task *task)
{
    const int flat = task->form_temperature == 0 || task->form_temperature == 1;

    return task->form == ENSEMBLE_RESULT_TEMPERED && flat ? ENSEMBLE_RESULT_NORMALISED : task->form;
}

/* Are rows divided by their sum, so that they sum to 1 whatever they were? */
static inline int is_divided(const struct task *task)
{
    return task->form == ENSEMBLE_RESULT_NORMALISED || task->form >= ENSEMBLE_RESULT_SOFTMAX;
}

static inline int orders_only(int32_t method)
{
    return method == ENSEMBLE_VOTE || method == ENSEMBLE_RANK;
}

#endif
