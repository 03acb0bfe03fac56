/* SPDX-License-Identifier: MIT */
/*
 * Plain C loops, compiled with -O3 -march=native. "loop" sums all models element by element; "passes" adds one model
 * after the other to the result, as axpy does; "fixed" knows the number of models when it is compiled.
 */
#include "peers.h"

#include <ensemble.h>
#include <string.h>

typedef struct {
    uint16_t bits;
} bf16;

static inline float widen_f32(float x) { return x; }
static inline double widen_f64(double x) { return x; }
static inline float widen_bf16(bf16 x)
{
    const uint32_t bits = (uint32_t)x.bits << 16;
    float y;

    memcpy(&y, &bits, sizeof y);
    return y;
}

#define SHAPES(name, in_type, out_type)                                                                              \
    static void loop_##name(void *out, const void *const *in, const float *weights, size_t n, size_t length)         \
    {                                                                                                                \
        const in_type *const *y = (const in_type *const *)in;                                                        \
        out_type *restrict r = out;                                                                                  \
        for (size_t j = 0; j < length; j++) {                                                                        \
            out_type sum = weights[0] * widen_##name(y[0][j]);                                                       \
            for (size_t i = 1; i < n; i++)                                                                           \
                sum += weights[i] * widen_##name(y[i][j]);                                                           \
            r[j] = sum;                                                                                              \
        }                                                                                                            \
    }                                                                                                                \
    static void passes_##name(void *out, const void *const *in, const float *weights, size_t n, size_t length)       \
    {                                                                                                                \
        out_type *restrict r = out;                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                                             \
            const in_type *restrict y = in[i];                                                                       \
            const out_type w = weights[i];                                                                           \
            for (size_t j = 0; j < length; j++)                                                                      \
                r[j] = i == 0 ? w * widen_##name(y[j]) : r[j] + w * widen_##name(y[j]);                              \
        }                                                                                                            \
    }                                                                                                                \
    FIXED(name, in_type, out_type, 2)                                                                                \
    FIXED(name, in_type, out_type, 3)                                                                                \
    FIXED(name, in_type, out_type, 8)

#define FIXED(name, in_type, out_type, models)                                                                       \
    static void fixed##models##_##name(void *out, const void *const *in, const float *weights, size_t n,             \
                                       size_t length)                                                                \
    {                                                                                                                \
        const in_type *y[models];                                                                                    \
        out_type w[models];                                                                                          \
        out_type *restrict r = out;                                                                                  \
        for (size_t i = 0; i < models; i++) {                                                                        \
            y[i] = in[i];                                                                                            \
            w[i] = weights[i];                                                                                       \
        }                                                                                                            \
        (void)n;                                                                                                     \
        for (size_t j = 0; j < length; j++) {                                                                        \
            out_type sum = w[0] * widen_##name(y[0][j]);                                                             \
            for (size_t i = 1; i < models; i++)                                                                      \
                sum += w[i] * widen_##name(y[i][j]);                                                                 \
            r[j] = sum;                                                                                              \
        }                                                                                                            \
    }

SHAPES(f32, float, float)
SHAPES(f64, double, double)
SHAPES(bf16, bf16, float)

#define ENTRIES(name, dtype)                                                                                         \
    {"loop", dtype, 0, loop_##name}, {"passes", dtype, 0, passes_##name}, {"fixed", dtype, 2, fixed2_##name},        \
        {"fixed", dtype, 3, fixed3_##name}, {"fixed", dtype, 8, fixed8_##name},

#ifdef __FLT16_MAX__
static inline float widen_f16(_Float16 x) { return (float)x; }
SHAPES(f16, _Float16, float)
#define F16_ENTRIES ENTRIES(f16, ENSEMBLE_F16)
#else
#define F16_ENTRIES /* this compiler has no binary16: f16 has no peers here */
#endif

const struct peer peers[] = {
    ENTRIES(f32, ENSEMBLE_F32) ENTRIES(f64, ENSEMBLE_F64) F16_ENTRIES ENTRIES(bf16, ENSEMBLE_BF16) {NULL, 0, 0, NULL},
};

uint64_t peer_read(const void *const *in, size_t n, size_t bytes)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        const unsigned char *from = in[i];

        for (size_t j = 0; j + 8 <= bytes; j += 8) {
            uint64_t word;

            memcpy(&word, from + j, 8);
            sum ^= word;
        }
    }
    return sum;
}
