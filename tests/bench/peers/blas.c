/* SPDX-License-Identifier: MIT */
/*
 * OpenBLAS or BLIS: gemv, where the outputs of the models are the columns of a matrix, and a chain of axpy. Compiled
 * once for each, into shared objects that do not see each other.
 */
#include "family.h"

#include <stdint.h>

#ifdef WITH_BLIS
#include <blis.h>

#define LIBRARY "blis"
#define VECTORS(c, b, type)                                                                                          \
    static void gemv_##type(size_t m, size_t n, const type *a, size_t step, const type *x, type *y)                  \
    {                                                                                                                \
        type one = 1, zero = 0;                                                                                      \
        bli_##c##gemv(BLIS_NO_TRANSPOSE, BLIS_NO_CONJUGATE, (dim_t)m, (dim_t)n, &one, (type *)(uintptr_t)a, 1,       \
                      (inc_t)step, (type *)(uintptr_t)x, 1, &zero, y, 1);                                            \
    }                                                                                                                \
    static void scale_##type(size_t n, type w, const type *x, type *y)                                               \
    {                                                                                                                \
        bli_##c##scal2v(BLIS_NO_CONJUGATE, (dim_t)n, &w, (type *)(uintptr_t)x, 1, y, 1);                             \
    }                                                                                                                \
    static void add_##type(size_t n, type w, const type *x, type *y)                                                 \
    {                                                                                                                \
        bli_##c##axpyv(BLIS_NO_CONJUGATE, (dim_t)n, &w, (type *)(uintptr_t)x, 1, y, 1);                              \
    }
#else
#include <cblas.h>

#define LIBRARY "openblas"
#define VECTORS(c, b, type)                                                                                          \
    static void gemv_##type(size_t m, size_t n, const type *a, size_t step, const type *x, type *y)                  \
    {                                                                                                                \
        cblas_##c##gemv(CblasColMajor, CblasNoTrans, (b)m, (b)n, 1, a, (b)step, x, 1, 0, y, 1);                      \
    }                                                                                                                \
    static void scale_##type(size_t n, type w, const type *x, type *y)                                               \
    {                                                                                                                \
        cblas_##c##axpby((b)n, w, x, 1, 0, y, 1);                                                                    \
    }                                                                                                                \
    static void add_##type(size_t n, type w, const type *x, type *y)                                                 \
    {                                                                                                                \
        cblas_##c##axpy((b)n, w, x, 1, y, 1);                                                                        \
    }
#endif

VECTORS(s, blasint, float)
VECTORS(d, blasint, double)

#define SUMS(type, weights)                                                                                          \
    static void gemv_of_##type(const struct sum *s, void *prepared)                                                  \
    {                                                                                                                \
        (void)prepared;                                                                                              \
        for (size_t r = 0; r < s->rows; r++)                                                                         \
            gemv_##type(s->width, s->models, (const type *)s->in[0] + r * s->stride, s->step / sizeof(type),         \
                        s->weights, (type *)s->out + r * s->width);                                                  \
    }                                                                                                                \
    static void axpy_of_##type(const struct sum *s, void *prepared)                                                  \
    {                                                                                                                \
        (void)prepared;                                                                                              \
        for (size_t r = 0; r < s->rows; r++) {                                                                       \
            type *out = (type *)s->out + r * s->width;                                                               \
                                                                                                                     \
            scale_##type(s->width, s->weights[0], (const type *)s->in[0] + r * s->stride, out);                      \
            for (size_t i = 1; i < s->models; i++)                                                                   \
                add_##type(s->width, s->weights[i], (const type *)s->in[i] + r * s->stride, out);                    \
        }                                                                                                            \
    }

SUMS(float, weights)
SUMS(double, weights64)

static const struct member members[] = {
    {LIBRARY "-gemv", 1u << F32_F32, 0, NULL, gemv_of_float, NULL},
    {LIBRARY "-gemv", 1u << F64_F64, 0, NULL, gemv_of_double, NULL},
    {LIBRARY "-axpy", 1u << F32_F32, 0, NULL, axpy_of_float, NULL},
    {LIBRARY "-axpy", 1u << F64_F64, 0, NULL, axpy_of_double, NULL},
    {NULL, 0, 0, NULL, NULL, NULL},
};

const struct family *peers_family(void)
{
    static struct family family = {NULL, members};

#ifdef WITH_BLIS
    bli_init();
    bli_thread_set_num_threads(1);
    family.about = bli_info_get_version_str();
#else
    openblas_set_num_threads(1);
    family.about = openblas_get_config();
#endif
    return &family;
}
