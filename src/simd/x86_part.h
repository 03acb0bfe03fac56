/* SPDX-License-Identifier: MIT */
/* The first bytes of an SSE vector, without touching what follows them: shared by sse2 and avx2. */
#ifndef ENS_SIMD_X86_PART_H
#define ENS_SIMD_X86_PART_H

#include "base/compiler.h"
#include "simd/part.h"

#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `bytes` even, below 16; the rest of the vector is zero. */
static ENS_INLINE __m128i x86_load_part(const void *p, size_t bytes)
{
    uint64_t low, high;

    part_load(p, bytes, &low, &high);
    return _mm_set_epi64x((long long)high, (long long)low);
}

/* `bytes` even, below 16. */
static ENS_INLINE void x86_store_part(void *p, __m128i v, size_t bytes)
{
    unsigned char *to = p;
    uint32_t four;
    uint16_t two;

    if (bytes & 8) {
        _mm_storel_epi64((__m128i *)to, v);
        v = _mm_srli_si128(v, 8);
        to += 8;
    }
    if (bytes & 4) {
        four = (uint32_t)_mm_cvtsi128_si32(v);
        memcpy(to, &four, 4);
        v = _mm_srli_si128(v, 4);
        to += 4;
    }
    if (bytes & 2) {
        two = (uint16_t)_mm_cvtsi128_si32(v);
        memcpy(to, &two, 2);
    }
}

#endif
