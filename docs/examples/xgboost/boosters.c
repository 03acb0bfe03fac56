/* SPDX-License-Identifier: MIT */
#include "boosters.h"

#include <math.h>
#include <stdlib.h>

const char *const booster_names[BOOSTERS] = {"deep trees", "shallow trees", "linear"};

struct setting {
    const char *name, *value;
};

static const struct setting common[] = {{"objective", "multi:softprob"}, {"num_class", "10"}, {"nthread", "1"},
                                        {"seed", "1"}, {"verbosity", "0"}, {NULL, NULL}};

/* Chosen by their log loss on the second part of the images. */
static const struct {
    int rounds;
    struct setting settings[8];
} own[BOOSTERS] = {
    {200, {{"booster", "gbtree"}, {"tree_method", "exact"}, {"max_depth", "6"}, {"eta", "0.1"},
           {"subsample", "0.7"}, {"colsample_bynode", "0.3"}, {NULL, NULL}}},
    {100, {{"booster", "dart"}, {"tree_method", "exact"}, {"max_depth", "2"}, {"eta", "0.5"},
           {"subsample", "0.7"}, {"colsample_bynode", "0.3"}, {"rate_drop", "0.01"}, {NULL, NULL}}},
    {100, {{"booster", "gblinear"}, {"updater", "coord_descent"}, {"eta", "0.5"}, {"lambda", "0.0003"}, {NULL, NULL}}},
};

DMatrixHandle matrix_of(const struct images *images)
{
    float *labels = calloc(images->count, sizeof *labels); /* XGBoost copies labels and pixels */
    DMatrixHandle matrix;

    if (labels == NULL)
        fail("matrix_of", "out of memory");
    for (size_t i = 0; i < images->count; i++)
        labels[i] = (float)images->labels[i];
    XGBOOST(XGDMatrixCreateFromMat(images->pixels, images->count, PIXELS, NAN, &matrix));
    XGBOOST(XGDMatrixSetFloatInfo(matrix, "label", labels, images->count));
    free(labels);
    return matrix;
}

static void set(BoosterHandle booster, const struct setting *settings)
{
    for (; settings->name != NULL; settings++)
        XGBOOST(XGBoosterSetParam(booster, settings->name, settings->value));
}

BoosterHandle train(size_t kind, DMatrixHandle matrix)
{
    BoosterHandle booster;

    XGBOOST(XGBoosterCreate(&matrix, 1, &booster));
    set(booster, common);
    set(booster, own[kind].settings);
    for (int i = 0; i < own[kind].rounds; i++)
        XGBOOST(XGBoosterUpdateOneIter(booster, i, matrix));
    return booster;
}

const float *predict(BoosterHandle booster, DMatrixHandle matrix, size_t rows)
{
    const char config[] = "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
                          "\"strict_shape\": true}";
    const bst_ulong *shape;
    const float *said;
    bst_ulong dimensions;

    XGBOOST(XGBoosterPredictFromDMatrix(booster, matrix, config, &shape, &dimensions, &said));
    if (dimensions != 2 || shape[0] != rows || shape[1] != CLASSES)
        fail("predict", "XGBoost's answer is not rows x classes");
    return said;
}
