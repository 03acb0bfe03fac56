/* SPDX-License-Identifier: MIT */
/* Six classifiers of handwritten digits, and what they said: the files of docs/examples/digits. */
#ifndef DIGITS_H
#define DIGITS_H

#include "npy.h"

#include <stddef.h>
#include <stdint.h>

#define N_CLASSES 10

enum { LOGISTIC, NAIVE_BAYES, FOREST, KNN, SVM, TREE, N_MODELS }; /* SVM is the best one */

/* The images that answers are tried on, and those that are there to learn from. */
enum part { TEST, VALIDATION };

struct model {
    const char *name;
    double weight;               /* where a combination is weighted */
    struct npy_array said;       /* about the images of the test part */
    struct npy_array validation; /* and of the validation part */
};

extern struct model models[N_MODELS];

/*
 * Reads what the models said about a part, and returns the digits that are true. Where a file is not right, the program
 * ends.
 */
struct npy_array load_digits(const char *directory, enum part part);

/* What a model said about a part. */
struct npy_array *output_of(struct model *model, enum part part);

/* Frees both. */
void free_digits(struct npy_array *labels, enum part part);

/* The most probable class; of several, the first. -1 in a row with a NaN, which is no answer. */
int32_t arg_max(const float *row);

#endif
