/* SPDX-License-Identifier: MIT */
/* The dtypes: their numbers from 0 as tables want them, and their sizes. */
#ifndef ENS_BASE_DTYPE_H
#define ENS_BASE_DTYPE_H

#include "base/public.h"

/* X(constant, name): every dtype of values, in the order of the public numbers, which start at 1. Labels come after. */
#define ENS_DTYPE_LIST(X) X(ENSEMBLE_F32, f32) X(ENSEMBLE_F64, f64) X(ENSEMBLE_F16, f16) X(ENSEMBLE_BF16, bf16)

#define ENS_DTYPE_ENUMERATOR(constant, name) ENS_##name = (constant) - 1,
enum { ENS_DTYPE_LIST(ENS_DTYPE_ENUMERATOR) ENS_DTYPES };
#undef ENS_DTYPE_ENUMERATOR

/* Is this one of the public constants that a result can have? */
static inline int ens_dtype_known(int32_t dtype)
{
    return dtype >= 1 && dtype <= ENS_DTYPES;
}

/* Or that an output can have? */
static inline int ens_dtype_of_output(int32_t dtype)
{
    return ens_dtype_known(dtype) || dtype == ENSEMBLE_I32;
}

/* log2 of the bytes of one value, two bits for each number in tables: {f32, f64, f16, bf16, i32} -> {2, 3, 1, 1, 2}. */
#define ENS_DTYPE_SHIFT(number) (0x25Eu >> (2 * (unsigned)(number)) & 3)

/* The same by the public number. */
static inline unsigned ens_dtype_shift(int32_t dtype)
{
    return ENS_DTYPE_SHIFT(dtype - 1);
}

static inline size_t ens_dtype_size(int32_t dtype)
{
    return (size_t)1 << ens_dtype_shift(dtype);
}

#endif
