/* SPDX-License-Identifier: MIT */
/* What a handle holds. The api layer changes it; everything below reads it only. */
#ifndef ENS_PLAN_HANDLE_H
#define ENS_PLAN_HANDLE_H

#include "base/alloc.h"
#include "base/public.h"
#include "dispatch/dispatch.h"
#include "plan/recipe.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What to compute, decided whenever weights, method or models change (ens_plan_build), read by every combine. The
 * arrays name the models that take part, those whose weight is not 0, in the order in which they were added.
 */
struct ens_plan {
    int fault;        /* why no combine can work, whatever the outputs: an error code; 0: none */
    size_t n;         /* models that take part */
    size_t *model;    /* their indices */
    double *weight64; /* their factors, for sums in double */
    float *weight32;  /* and rounded once, for sums in float */
    const void **data; /* where their outputs begin, as bound; kept by ens_inputs_bind() */
    int plain;        /* a weighted sum of outputs as they are: plan/walk.c; else plan/blend.c */
    int equal;        /* the models that take part have one weight */
    struct ens_recipe recipe;
};

/* What is known of a model besides its output. */
struct ens_model {
    int32_t space;
    double temperature;  /* as set */
    double cooling;      /* its inverse */
    size_t columns;      /* with a class map: its number of classes */
    size_t n_known;      /* and how many of them the ensemble has */
    int32_t *map;        /* NULL: the ensemble's classes. `columns` long: column -> class, or -1; and with it: */
    int32_t *source;     /* `width` long: class -> column, or -1 */
    int32_t *known;      /* `n_known` long: the classes that the model has, in ascending order, */
    int32_t *known_from; /* and their columns */
    char *name;          /* NULL: none. Its length without the NUL: */
    size_t name_length;
};

/* Both are kept: a temperature, which ensemble_save() writes, does not always come back from its inverse. */
static inline void ens_model_set_temperature(struct ens_model *model, double temperature)
{
    model->temperature = temperature;
    model->cooling = 1 / temperature;
}

/* Weights for each model and class, and what they make of a sum; one allocation of `size` bytes. */
struct ens_class_weights {
    size_t n_models; /* 0: none were set */
    size_t size;
    double *weight;   /* n_models x width, as set */
    double *factor64; /* as factors of ENS_BLEND kernels, where neither rows nor missing models matter */
    float *factor32;
    int gaps; /* some class has no model at all */
};

/* A gate's weights, borrowed: rows x n_models. */
struct ens_row_weights {
    const float *weight; /* NULL: none */
    size_t rows;
    size_t n_models;
};

/*
 * What the outputs of the models that take part have in common: `rows` and `dtype` are those of the first of them, and
 * the counts say how many depart from what is simplest. So one model's change is one step, however many there are.
 */
struct ens_summary {
    size_t rows;
    int32_t dtype;
    size_t wrong;        /* other rows, or a dtype that the method or the model's space does not go with */
    size_t missing;      /* no output, but rows */
    size_t other_dtypes; /* another dtype */
    size_t f64;          /* ENSEMBLE_F64 */
    size_t gaps;         /* a row stride that is not the width */
};

/*
 * The commonest call needs no more than this and a look at the addresses (plan/quick.h): a weighted sum of bound
 * outputs that are of one dtype, without gaps, and not so large that anything has to be decided.
 */
struct ens_quick {
    size_t count;                        /* elements of the result; */
    ens_span_kernel *kernel[ENS_DTYPES]; /* by its dtype; NULL: not into that one, or this is not such a case */
    int given;                           /* with outputs given with a call it may be one */
    uintptr_t low, high;                 /* no bound output begins below or above these */
};

/* The loop that the caller has lent, as ensemble_set_parallel() has it; NULL: none. */
struct ens_parallel {
    void (*loop)(void *user, size_t n, void (*task)(void *context, size_t index), void *context);
    void *user;
};

struct ensemble {
    struct ens_allocator allocator;
    const struct ens_kernels *kernels;
    size_t width;
    int32_t method;
    double exponent, trim, floor; /* ENSEMBLE_EXPONENT, ... */
    int32_t form;                 /* ENSEMBLE_RESULT_... */
    double temperature;           /* of the result's softmax */
    int32_t policy;               /* ENSEMBLE_LEAVE_OUT_... */
    double quorum;
    size_t n_models;
    size_t n_weights; /* how many were set; 0: the default, 1/n each */

    /* Arrays with room for `capacity` models, which share one allocation of `storage_size` bytes. */
    size_t capacity;
    size_t storage_size;
    void *storage;
    struct ensemble_output *outputs; /* as bound */
    struct ens_model *models;
    double *weights; /* as set */
    struct ens_plan plan;

    struct ens_class_weights class_weights;
    struct ens_row_weights row_weights;
    struct ens_parallel parallel;

    struct ens_summary summary; /* of `outputs`; not kept where plan.fault is set */
    struct ens_quick quick;     /* from both */
};

/* How many values a row of a model's output has; NULL: of a model without a class map. */
static inline size_t ens_columns(const struct ensemble *e, const struct ens_model *model, int32_t dtype)
{
    if (dtype == ENSEMBLE_I32)
        return 1;
    return model != NULL && model->map != NULL ? model->columns : e->width;
}

static inline size_t ens_row_length(const struct ensemble *e, size_t model, int32_t dtype)
{
    return ens_columns(e, &e->models[model], dtype);
}

#endif
