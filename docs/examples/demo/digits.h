/* SPDX-License-Identifier: MIT */
/* Six classifiers of handwritten digits, and what they said: the files of docs/examples/digits. */
#ifndef DIGITS_H
#define DIGITS_H

#include "npy.h"

#include <stddef.h>
#include <stdint.h>

#define N_CLASSES 10

enum { LOGISTIC, NAIVE_BAYES, FOREST, KNN, SVM, TREE, N_MODELS }; /* SVM is the best one */

struct model {
    const char *name;
    double weight; /* where a combination is weighted */
    struct npy_array said;
};

extern struct model models[N_MODELS];

/* Reads what the models said, and returns the digits that are true. Where a file is not right, the program ends. */
struct npy_array load_digits(const char *directory);

/* Frees both. */
void free_digits(struct npy_array *labels);

/* The most probable class; of several, the first. -1 in a row with a NaN, which is no answer. */
int32_t arg_max(const float *row);

#endif
