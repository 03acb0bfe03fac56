/* SPDX-License-Identifier: MIT */
/*
 * Medians and trimmed means: "loop" sorts the values of each element by insertion. It knows the number of models when
 * it is compiled. -ffast-math has nothing to do here, so this file is compiled once.
 */
#include "loops.h"

enum { MOST = 20 };

LOOP_BODY sort(float *v, size_t n, const void *const *in, size_t j)
{
    for (size_t i = 0; i < n; i++) {
        const float x = ((const float *)in[i])[j];
        size_t k = i;

        for (; k > 0 && v[k - 1] > x; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

LOOP_BODY median(const struct task *task, size_t n)
{
    float *restrict out = task->out;

    for (size_t j = 0; j < task->rows * task->width; j++) {
        float v[MOST];

        sort(v, n, task->in, j);
        out[j] = n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
    }
}

/* For weights that never meet one half exactly. */
LOOP_BODY weighted_median(const struct task *task, size_t n)
{
    float *restrict out = task->out;

    for (size_t j = 0; j < task->rows * task->width; j++) {
        float v[MOST], w[MOST], below;
        size_t k;

        for (size_t i = 0; i < n; i++) {
            const float x = ((const float *)task->in[i])[j];

            for (k = i; k > 0 && v[k - 1] > x; k--) {
                v[k] = v[k - 1];
                w[k] = w[k - 1];
            }
            v[k] = x;
            w[k] = task->weights[i];
        }
        below = w[0];
        for (k = 0; below <= .5f && k + 1 < n; k++)
            below += w[k + 1];
        out[j] = v[k];
    }
}

/* Of equal weights, without a fifth at each end. */
LOOP_BODY trimmed(const struct task *task, size_t n)
{
    float *restrict out = task->out;

    for (size_t j = 0; j < task->rows * task->width; j++) {
        float v[MOST], sum = 0;

        sort(v, n, task->in, j);
        for (size_t i = n / 5; i < n - n / 5; i++)
            sum += v[i];
        out[j] = sum / (float)(n - 2 * (n / 5));
    }
}

LOOP_OF(median, 3)
LOOP_OF(median, 5)
LOOP_OF(median, 7)
LOOP_OF(median, 9)
LOOP_OF(median, 20)
LOOP_OF(weighted_median, 5)
LOOP_OF(trimmed, 5)
LOOP_OF(trimmed, 9)

const struct loop LOOPS(order)[] = {
    LOOP_ENTRY("median", "loop", median, 3),
    LOOP_ENTRY("median", "loop", median, 5),
    LOOP_ENTRY("median", "loop", median, 7),
    LOOP_ENTRY("median", "loop", median, 9),
    LOOP_ENTRY("median", "loop", median, 20),
    LOOP_ENTRY("weighted-median", "loop", weighted_median, 5),
    LOOP_ENTRY("trimmed", "loop", trimmed, 5),
    LOOP_ENTRY("trimmed", "loop", trimmed, 9),
    {NULL, NULL, 0, NULL},
};
