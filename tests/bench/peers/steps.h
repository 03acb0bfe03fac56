/* SPDX-License-Identifier: MIT */
/*
 * Two steps that servers of models take for each answer, beside plain C, NumPy and PyTorch:
 *   language model  the softmax of each model's logits, their weighted mean, and its largest value
 *   top 5           the weighted mean of the models' logits, its softmax, and its five largest values
 */
#ifndef BENCH_PEERS_STEPS_H
#define BENCH_PEERS_STEPS_H

#include "../cell.h"

#include <stdint.h>

enum { STEP_MODELS = 3, STEP_TOP = 5 };

struct step {
    int top;                     /* top 5, and not the language model's step */
    int half;                    /* the logits are bf16 */
    size_t rows, width;
    const void *in[STEP_MODELS]; /* rows x width */
    float weights[STEP_MODELS];  /* which add up to 1 */
    float *out;                  /* rows x width */
    float *values;               /* rows x STEP_TOP: the largest ones (one of a row, without `top`) */
    int32_t *labels;             /* and their classes */
    float *scratch;              /* rows x width */
};

/* As loops of plain C: compiled twice, with -ffast-math and without. */
typedef void step_loop(const struct step *step);
step_loop steps_loop, steps_loop_fast;

/* Both, in the sizes that matter. `interpreter`: Python, or NULL. */
void steps_run(const struct timing *timing, const char *interpreter);

#endif
