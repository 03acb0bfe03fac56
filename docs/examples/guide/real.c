/* SPDX-License-Identifier: MIT */
#include "real.h"

#include "digits.h"
#include "must.h"

struct said said[MODELS];
const int32_t *truth, *validation_truth;

static struct npy_array test_labels, validation_labels;

void load_real(const char *directory)
{
    test_labels = load_digits(directory, TEST);
    validation_labels = load_digits(directory, VALIDATION);
    if (test_labels.rows != ROWS || validation_labels.rows != ROWS)
        fail(directory, "not 600 images in each part");
    truth = test_labels.i4;
    validation_truth = validation_labels.i4;
    for (size_t i = 0; i < MODELS; i++)
        said[i] = (struct said){models[i].name, models[i].said.f4, models[i].validation.f4};
}

void free_real(void)
{
    free_digits(&test_labels, TEST);
    free_digits(&validation_labels, VALIDATION);
}
