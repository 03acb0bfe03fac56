/* SPDX-License-Identifier: MIT */
/* Weights: of models, of models and classes, of models and rows. */
#include "api/weights.h"

#include "base/finite.h"
#include "base/size.h"
#include "plan/plan.h"

#include <string.h>

static int all_finite(const double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!ens_is_finite(weights[i]))
            return 0;
    return 1;
}

int ensemble_set_weights(struct ensemble *e, const double *weights, size_t n_models)
{
    if (e == NULL || (weights == NULL && n_models > 0))
        return ENSEMBLE_ENULL;
    if (weights != NULL) {
        if (e->n_models == 0)
            return ENSEMBLE_EEMPTY;
        if (n_models != e->n_models)
            return ENSEMBLE_EWEIGHTS;
        if (!all_finite(weights, n_models))
            return ENSEMBLE_ENOTFINITE;
        memcpy(e->weights, weights, n_models * sizeof *weights);
    }
    e->n_weights = n_models;
    ens_plan_build(e);
    return 0;
}

int ensemble_get_weights(const struct ensemble *e, double *weights, size_t n_models)
{
    if (e == NULL || (weights == NULL && n_models > 0))
        return ENSEMBLE_ENULL;
    if (n_models != e->n_models || (e->n_weights > 0 && e->n_weights != e->n_models))
        return ENSEMBLE_EWEIGHTS;
    for (size_t i = 0; i < n_models; i++)
        weights[i] = ens_weight(e, i);
    return 0;
}

int ens_class_weights_allocate(const struct ensemble *e, struct ens_class_weights *weights, size_t n_models)
{
    const size_t each = 2 * sizeof(double) + sizeof(float);
    size_t n;

    if (__builtin_mul_overflow(n_models, e->width, &n) || n > (size_t)PTRDIFF_MAX / each)
        return ENSEMBLE_EOVERFLOW;
    weights->weight = ens_allocate(&e->allocator, n * each);
    if (weights->weight == NULL)
        return ENSEMBLE_ENOMEM;
    weights->factor64 = weights->weight + n;
    weights->factor32 = (float *)(void *)(weights->factor64 + n);
    weights->size = n * each;
    weights->n_models = n_models;
    return 0;
}

int ensemble_set_class_weights(struct ensemble *e, const double *weights, size_t n_models, size_t width)
{
    struct ens_class_weights made = {0};
    int code;

    if (e == NULL || (weights == NULL && (n_models > 0 || width > 0)))
        return ENSEMBLE_ENULL;
    if (weights != NULL) {
        if (e->n_models == 0)
            return ENSEMBLE_EEMPTY;
        if (n_models != e->n_models || width != e->width)
            return ENSEMBLE_EWEIGHTS;
        code = ens_class_weights_allocate(e, &made, n_models);
        if (code)
            return code;
        memcpy(made.weight, weights, n_models * width * sizeof *weights);
        if (!all_finite(made.weight, n_models * width)) {
            ens_release(&e->allocator, made.weight, made.size);
            return ENSEMBLE_ENOTFINITE;
        }
    }
    ens_release(&e->allocator, e->class_weights.weight, e->class_weights.size);
    e->class_weights = made;
    ens_plan_build(e);
    return 0;
}

int ensemble_set_row_weights(struct ensemble *e, const float *weights, size_t rows, size_t n_models)
{
    size_t n, bytes;

    if (e == NULL || (weights == NULL && rows > 0 && n_models > 0))
        return ENSEMBLE_ENULL;
    if (weights != NULL) {
        if (e->n_models == 0)
            return ENSEMBLE_EEMPTY;
        if (n_models != e->n_models)
            return ENSEMBLE_EWEIGHTS;
        if (__builtin_mul_overflow(rows, n_models, &n) || ens_size_of_matrix(1, n, n, 2, &bytes) ||
            ens_size_wraps(weights, bytes))
            return ENSEMBLE_EOVERFLOW;
    }
    e->row_weights = (struct ens_row_weights){.weight = weights, .rows = rows, .n_models = n_models};
    ens_plan_build(e);
    return 0;
}
