/* SPDX-License-Identifier: MIT */
/* What six classifiers said about images of digits (docs/examples/digits), as plain arrays. */
#ifndef REAL_H
#define REAL_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS = 10, MODELS = 6, ROWS = 600 };

/* For each image a row of ten probabilities. */
struct said {
    const char *name;
    const float *test;       /* about 600 images that nothing is learned from */
    const float *validation; /* about 600 others, to learn from */
};

extern struct said said[MODELS];
extern const int32_t *truth;            /* the digits of the test images, */
extern const int32_t *validation_truth; /* and of the others */

/* Reads them from a directory, and ends the program where that fails. */
void load_real(const char *directory);
void free_real(void);

#endif
