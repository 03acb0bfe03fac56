/* SPDX-License-Identifier: MIT */
#include "digits.h"

#include "must.h"

#include <math.h>
#include <stdio.h>

struct model models[N_MODELS] = {
    [LOGISTIC] = {.name = "logistic", .weight = 2}, [NAIVE_BAYES] = {.name = "naive_bayes", .weight = 1},
    [FOREST] = {.name = "forest", .weight = 1},     [KNN] = {.name = "knn", .weight = 2},
    [SVM] = {.name = "svm", .weight = 3},           [TREE] = {.name = "tree", .weight = 1},
};

static struct npy_array load(const char *directory, const char *name, enum part part)
{
    struct npy_array array;
    const char *error;
    char path[1024];

    if (snprintf(path, sizeof path, "%s/%s.%s.npy", directory, name, part == TEST ? "test" : "validation") >=
        (int)sizeof path)
        fail(directory, "the name is too long");
    error = npy_read(&array, path);
    if (error)
        fail(path, error);
    return array;
}

struct npy_array *output_of(struct model *model, enum part part)
{
    return part == TEST ? &model->said : &model->validation;
}

struct npy_array load_digits(const char *directory, enum part part)
{
    struct npy_array labels = load(directory, "labels", part);

    if (labels.i4 == NULL || labels.dimensions != 1 || labels.rows == 0)
        fail("labels", "not a list of int32");
    for (size_t row = 0; row < labels.rows; row++)
        if (labels.i4[row] < 0 || labels.i4[row] >= N_CLASSES)
            fail("labels", "not a digit");
    for (size_t i = 0; i < N_MODELS; i++) {
        const struct npy_array said = load(directory, models[i].name, part);

        *output_of(&models[i], part) = said;
        if (said.f4 == NULL || said.dimensions != 2 || said.rows != labels.rows || said.columns != N_CLASSES)
            fail(models[i].name, "not a matrix of float32, one row for each label and one column for each digit");
    }
    return labels;
}

void free_digits(struct npy_array *labels, enum part part)
{
    npy_free(labels);
    for (size_t i = 0; i < N_MODELS; i++)
        npy_free(output_of(&models[i], part));
}

int32_t arg_max(const float *row)
{
    int32_t best = 0;

    for (int32_t k = 0; k < N_CLASSES; k++) {
        if (isnan(row[k]))
            return -1;
        if (row[k] > row[best])
            best = k;
    }
    return best;
}
