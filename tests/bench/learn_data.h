/* SPDX-License-Identifier: MIT */
/*
 * What is learned from: outputs of models that a random number generator made, with their truth, the same in every run
 * and for every contender.
 */
#ifndef BENCH_LEARN_DATA_H
#define BENCH_LEARN_DATA_H

#include "cell.h"

#include <stddef.h>
#include <stdint.h>

struct learn_data {
    size_t rows;
    size_t width;
    size_t models;
    int32_t dtype;            /* of outputs and targets: ENSEMBLE_F32 or ENSEMBLE_F64 */
    void *in[MAX_MODELS];     /* rows x width each: probabilities, or one value */
    int32_t *labels;          /* where the width is more than 1, else NULL */
    void *targets;            /* where the width is 1, else NULL */
    double goal;              /* the objective that a contender has to reach who goes on until it does */
    double given[MAX_MODELS]; /* weights, for what does not learn them */
};

/*
 * Classifiers: the softmax of (signal at the label + an error that all models share + an error of its own) x the
 * model's sharpness. Some rows are easy and some are not, some models are better and some too sure of themselves.
 * Where the width is 1: a share of the target + a bias + errors likewise.
 */
void learn_data_make(struct learn_data *data);
void learn_data_free(struct learn_data *data);

/* Writes DIRECTORY/outputs, model after model, and DIRECTORY/truth: the bytes as they lie in memory. */
void learn_data_write(const struct learn_data *data, const char *directory);

/* The objectives of the header, in double, by plain loops. */
double learn_squared_error(const struct learn_data *data, const double *weights);
double learn_log_loss(const struct learn_data *data, const double *weights);
double learn_accuracy(const struct learn_data *data, const double *weights);

static inline double learn_value(const struct learn_data *data, const void *values, size_t at)
{
    return data->dtype == ENSEMBLE_F32 ? (double)((const float *)values)[at] : ((const double *)values)[at];
}

#endif
