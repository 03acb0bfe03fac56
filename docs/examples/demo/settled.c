/* SPDX-License-Identifier: MIT */
/* Cheap models first, and the next one only for the images in which it can still change the decision. */
#include "settled.h"

#include "digits.h"
#include "must.h"

#include <ensemble.h>

#include <stdio.h>
#include <stdlib.h>

/* From cheap to dear, by what one prediction of such a model typically costs. Assumed: nothing is measured here. */
static const int order[N_MODELS] = {TREE, LOGISTIC, NAIVE_BAYES, KNN, FOREST, SVM};

struct way {
    const char *name;
    int32_t method;
    int weighted;
};

static const struct way ways[] = {
    {"mean", ENSEMBLE_MEAN, 0},
    {"weighted mean", ENSEMBLE_MEAN, 1},
    {"majority vote", ENSEMBLE_VOTE, 0},
};

#define N_WAYS (sizeof ways / sizeof ways[0])

/* What came of it, for all images. */
struct outcome {
    size_t ran[N_MODELS]; /* for how many images each model of `order` had to run */
    size_t runs;          /* of all models */
    size_t other;         /* how many images were decided otherwise than by all models */
};

/* An ensemble of all models, none of which has run yet. */
static struct ensemble *create_silent(const struct way *way, size_t rows)
{
    double weights[N_MODELS];
    struct ensemble *e;

    MUST(ensemble_create(&e, N_CLASSES));
    MUST(ensemble_set_method(e, way->method));
    for (size_t i = 0; i < N_MODELS; i++) {
        MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, rows));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
        weights[i] = models[order[i]].weight;
    }
    if (way->weighted)
        MUST(ensemble_set_weights(e, weights, N_MODELS));
    /* ensemble_settled() needs no policy; the decision of those that have run does. */
    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0));
    return e;
}

/*
 * A program that runs its models would run the next one for the open images only. Here all of them have run long ago,
 * so each is shown to the ensemble for all images, and where the decision is settled already it does not count.
 */
static struct outcome run(const struct way *way, size_t rows)
{
    struct outcome outcome = {{0}, 0, 0};
    struct ensemble *e = create_silent(way, rows);
    uint8_t *settled = must_allocate(rows, sizeof *settled), *stopped = must_allocate(rows, sizeof *stopped);
    int32_t *decided = must_allocate(rows, sizeof *decided), *label = must_allocate(rows, sizeof *label);

    for (size_t i = 0; i < N_MODELS; i++) {
        MUST(ensemble_set_model_output(e, i, models[order[i]].said.f4, ENSEMBLE_F32, rows, 0));
        MUST(ensemble_settled(e, settled));
        MUST(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, label, ENSEMBLE_I32, rows));
        for (size_t row = 0; row < rows; row++) {
            if (stopped[row])
                continue;
            outcome.ran[i]++;
            decided[row] = label[row];
            stopped[row] = settled[row];
        }
        outcome.runs += outcome.ran[i];
    }
    for (size_t row = 0; row < rows; row++)
        outcome.other += decided[row] != label[row]; /* which is that of all models by now */

    free(settled);
    free(stopped);
    free(decided);
    free(label);
    ensemble_destroy(e);
    return outcome;
}

void show_settled(const struct npy_array *labels)
{
    const size_t rows = labels->rows, all = rows * N_MODELS;

    printf("\nCheap models first, and the next one only for the images in which it can still change the decision, by\n"
           "ensemble_settled. For so many of the %zu images each model has to run:\n\n  %-15s",
           rows, "");
    for (size_t i = 0; i < N_MODELS; i++)
        printf(" %11s", models[order[i]].name);
    printf("\n");
    for (size_t w = 0; w < N_WAYS; w++) {
        const struct outcome outcome = run(&ways[w], rows);

        printf("  %-15s", ways[w].name);
        for (size_t i = 0; i < N_MODELS; i++)
            printf(" %11zu", outcome.ran[i]);
        printf("\n    %.2f runs for each image instead of %d: %zu of %zu are saved; %zu decisions differ from those of"
               " all %d.\n",
               (double)outcome.runs / (double)rows, N_MODELS, all - outcome.runs, all, outcome.other, N_MODELS);
    }
    printf("\n"
           "  The order is from cheap to dear, by what one prediction typically costs; that is assumed, not measured.\n"
           "  Weights, in this order:");
    for (size_t i = 0; i < N_MODELS; i++)
        printf(" %g", models[order[i]].weight);
    printf(". No decision is settled before half of the weight has spoken.\n");
}
