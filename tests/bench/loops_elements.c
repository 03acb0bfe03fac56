/* SPDX-License-Identifier: MIT */
/*
 * Methods that look at one element of each model. "loop" knows the number of models when it is compiled, which is what
 * lets gcc vectorise it, and the exponent, which "powf" does not. "network" is a median without branches, of minima and
 * maxima.
 */
#include "loops.h"

#include <math.h>

/* `first` makes a value of a model's x and its weight w[i]; `join` makes one s of s and the next v; `last` ends it. */
#define ELEMENTS(name, first, join, last)                                                                            \
    LOOP_BODY name(const struct task *task, size_t n)                                                                \
    {                                                                                                                \
        const size_t length = task->rows * task->width;                                                              \
        const float p = task->exponent, root = 1 / p;                                                                \
        const float *y[8];                                                                                           \
        float w[8], *restrict out = task->out;                                                                       \
        (void)root;                                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                                             \
            y[i] = task->in[i];                                                                                      \
            w[i] = task->weights[i];                                                                                 \
        }                                                                                                            \
        for (size_t j = 0; j < length; j++) {                                                                        \
            float s = 0;                                                                                             \
            for (size_t i = 0; i < n; i++) {                                                                         \
                const float x = y[i][j], v = first;                                                                  \
                s = i == 0 ? v : join;                                                                               \
            }                                                                                                        \
            out[j] = last;                                                                                           \
        }                                                                                                            \
        (void)w;                                                                                                     \
    }                                                                                                                \
    LOOP_OF(name, 3)                                                                                                 \
    LOOP_OF(name, 8)

ELEMENTS(sum, w[i] * x, s + v, s)
ELEMENTS(geometric, w[i] * logf(x), s + v, expf(s))
ELEMENTS(harmonic, w[i] / x, s + v, 1 / s)
ELEMENTS(power, w[i] * powf(x, p), s + v, powf(s, root))
ELEMENTS(power_2, w[i] * (x * x), s + v, sqrtf(s))
ELEMENTS(power_1_5, w[i] * (x * sqrtf(x)), s + v, powf(s, root))
ELEMENTS(product, x, s * v, s)
ELEMENTS(min, x, v < s ? v : s, s)
ELEMENTS(max, x, v > s ? v : s, s)

static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a < b ? b : a; }
LOOP_BODY exchange(float *a, float *b)
{
    const float low = smaller(*a, *b), high = larger(*a, *b);

    *a = low;
    *b = high;
}

static void network_3(const struct task *task)
{
    const float *a = task->in[0], *b = task->in[1], *c = task->in[2];
    float *restrict out = task->out;

    for (size_t j = 0; j < task->rows * task->width; j++)
        out[j] = larger(smaller(a[j], b[j]), smaller(larger(a[j], b[j]), c[j]));
}

/* Devillard's "Fast median search" (1998): seven exchanges. */
static void network_5(const struct task *task)
{
    const float *y0 = task->in[0], *y1 = task->in[1], *y2 = task->in[2], *y3 = task->in[3], *y4 = task->in[4];
    float *restrict out = task->out;

    for (size_t j = 0; j < task->rows * task->width; j++) {
        float a = y0[j], b = y1[j], c = y2[j], d = y3[j], e = y4[j];

        exchange(&a, &b);
        exchange(&d, &e);
        exchange(&a, &d);
        exchange(&b, &e);
        exchange(&b, &c);
        exchange(&c, &d);
        exchange(&b, &c);
        out[j] = c;
    }
}

#define BOTH(method, name, body) LOOP_ENTRY(method, name, body, 3), LOOP_ENTRY(method, name, body, 8)

const struct loop LOOPS(elements)[] = {
    BOTH("sum", "loop", sum),
    BOTH("mean", "loop", sum),
    BOTH("geometric", "loop", geometric),
    BOTH("harmonic", "loop", harmonic),
    BOTH("power-2", "loop", power_2),
    BOTH("power-2", "powf", power),
    BOTH("power-1.5", "loop", power_1_5),
    BOTH("power-1.5", "powf", power),
    BOTH("product", "loop", product),
    BOTH("min", "loop", min),
    BOTH("max", "loop", max),
    LOOP_ENTRY("median", "network", network, 3),
    LOOP_ENTRY("median", "network", network, 5),
    {NULL, NULL, 0, NULL},
};
