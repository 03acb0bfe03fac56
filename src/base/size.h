/* SPDX-License-Identifier: MIT */
/* Sizes of buffers, computed without wrapping around. */
#ifndef ENS_BASE_SIZE_H
#define ENS_BASE_SIZE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Has the address space 32 bits? Only there is what has at most INT32_MAX parts too large for it, and where there are
 * 64, the compiler leaves out what asks for this first.
 */
#define ENS_SIZES_ARE_SHORT (SIZE_MAX <= UINT32_MAX)

/*
 * Bytes from the start of a matrix to the end of its last row. `*bytes` is set, and 0 returned, where that fits into
 * an object (PTRDIFF_MAX bytes: more cannot exist); otherwise 1 is returned. stride >= width is the caller's care.
 */
static inline int ens_size_of_matrix(size_t rows, size_t width, size_t stride, unsigned shift, size_t *bytes)
{
    size_t elements;

    if (rows == 0) {
        *bytes = 0;
        return 0;
    }
    if (__builtin_mul_overflow(rows - 1, stride, &elements) || __builtin_add_overflow(elements, width, &elements) ||
        elements > (size_t)PTRDIFF_MAX >> shift)
        return 1;
    *bytes = elements << shift;
    return 0;
}

/* Would a buffer of `bytes` bytes that begins at `start` reach past the end of the address space? */
static inline int ens_size_wraps(const void *start, size_t bytes)
{
    return (uintptr_t)start > UINTPTR_MAX - bytes;
}

#endif
