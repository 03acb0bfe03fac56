/* SPDX-License-Identifier: MIT */
/*
 * The steps as loops of plain C, one pass after the other. With -ffast-math gcc vectorises the exponentials (by
 * glibc's libmvec), the sums and the largest values.
 */
#include "steps.h"

#include <math.h>
#include <string.h>

#ifdef LOOPS_FAST
#define LOOP steps_loop_fast
#else
#define LOOP steps_loop
#endif

/* So many exponentials are summed before they are added to the others: one float is too small for 100,000 in turn. */
enum { BLOCK = 1024 };

static inline float value(const struct step *s, size_t model, size_t at)
{
    uint32_t bits;
    float x;

    if (!s->half)
        return ((const float *)s->in[model])[at];
    bits = (uint32_t)((const uint16_t *)s->in[model])[at] << 16;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* e = exp(x - max); the sum of that. */
static float exponentials(float *restrict e, const float *x, size_t n)
{
    float max = x[0], sum = 0;

    for (size_t j = 1; j < n; j++)
        max = x[j] > max ? x[j] : max;
    for (size_t begin = 0; begin < n; begin += BLOCK) {
        const size_t end = n - begin < BLOCK ? n : begin + BLOCK;
        float part = 0;

        for (size_t j = begin; j < end; j++) {
            e[j] = expf(x[j] - max);
            part += e[j];
        }
        sum += part;
    }
    return sum;
}

/* The same of a model's logits, with the type known when compiled. */
static inline __attribute__((always_inline)) float soften(const struct step *s, size_t model, size_t row)
{
    const size_t n = s->width, first = row * n;
    float *restrict e = s->scratch;
    float max = value(s, model, first), sum = 0;

    for (size_t j = 1; j < n; j++)
        max = value(s, model, first + j) > max ? value(s, model, first + j) : max;
    for (size_t begin = 0; begin < n; begin += BLOCK) {
        const size_t end = n - begin < BLOCK ? n : begin + BLOCK;
        float part = 0;

        for (size_t j = begin; j < end; j++) {
            e[j] = expf(value(s, model, first + j) - max);
            part += e[j];
        }
        sum += part;
    }
    return sum;
}

static inline __attribute__((always_inline)) void language(const struct step *s)
{
    for (size_t r = 0; r < s->rows; r++) {
        float *restrict out = s->out + r * s->width;
        size_t best = 0;

        for (size_t i = 0; i < STEP_MODELS; i++) {
            const float factor = s->weights[i] / soften(s, i, r), *e = s->scratch;

            for (size_t j = 0; j < s->width; j++)
                out[j] = i == 0 ? factor * e[j] : out[j] + factor * e[j];
        }
        s->values[r] = out[0];
        for (size_t j = 1; j < s->width; j++)
            s->values[r] = out[j] > s->values[r] ? out[j] : s->values[r];
        while (out[best] != s->values[r])
            best++;
        s->labels[r] = (int32_t)best;
    }
}

/* By insertion: a value seldom belongs among the largest five. */
static void find_top(const float *x, size_t n, float *values, int32_t *labels)
{
    size_t kept = 0;

    for (size_t j = 0; j < n; j++) {
        size_t at = kept;

        if (kept == STEP_TOP && !(x[j] > values[STEP_TOP - 1]))
            continue;
        if (kept < STEP_TOP)
            kept++;
        else
            at--;
        for (; at > 0 && x[j] > values[at - 1]; at--) {
            values[at] = values[at - 1];
            labels[at] = labels[at - 1];
        }
        values[at] = x[j];
        labels[at] = (int32_t)j;
    }
}

static void top(const struct step *s)
{
    const float *const *in = (const float *const *)s->in, *const w = s->weights;

    for (size_t r = 0; r < s->rows; r++) {
        const size_t first = r * s->width;
        float *restrict out = s->out + first, *restrict mean = s->scratch, scale;

        for (size_t j = 0; j < s->width; j++)
            mean[j] = w[0] * in[0][first + j] + w[1] * in[1][first + j] + w[2] * in[2][first + j];
        scale = 1 / exponentials(out, mean, s->width);
        for (size_t j = 0; j < s->width; j++)
            out[j] *= scale;
        find_top(out, s->width, s->values + r * STEP_TOP, s->labels + r * STEP_TOP);
    }
}

void LOOP(const struct step *s)
{
    struct step known = *s;

    if (s->top) {
        top(s);
    } else if (s->half) {
        known.half = 1;
        language(&known);
    } else {
        known.half = 0;
        language(&known);
    }
}
