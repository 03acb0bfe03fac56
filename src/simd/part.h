/* SPDX-License-Identifier: MIT */
/* A few bytes of memory as an integer, without touching what follows them: partial loads where there are no masks. */
#ifndef ENS_SIMD_PART_H
#define ENS_SIMD_PART_H

#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `bytes` even, below 16; what is not there is zero. Little-endian. */
static ENS_INLINE void part_load(const void *p, size_t bytes, uint64_t *low, uint64_t *high)
{
    const unsigned char *from = p;
    uint64_t whole = 0, part = 0;
    uint32_t four;
    uint16_t two;

    if (bytes & 8) {
        memcpy(&whole, from, 8);
        from += 8;
    }
    if (bytes & 2) {
        memcpy(&two, from + (bytes & 4), 2);
        part = two;
    }
    if (bytes & 4) {
        memcpy(&four, from, 4);
        part = part << 32 | four;
    }
    *low = bytes & 8 ? whole : part;
    *high = bytes & 8 ? part : 0;
}

#endif
