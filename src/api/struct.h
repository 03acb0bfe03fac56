/* SPDX-License-Identifier: MIT */
/* Sized structs: reading one that a program of another version filled in. */
#ifndef ENS_API_STRUCT_H
#define ENS_API_STRUCT_H

#include "base/public.h"

#include <string.h>

/* Are all bytes from `from` up to `to` zero? Those are fields that only a newer library knows. */
static inline int ens_tail_is_zero(const void *given, size_t from, size_t to)
{
    const unsigned char *bytes = given;

    while (from < to)
        if (bytes[from++] != 0)
            return 0;
    return 1;
}

/*
 * Is the struct `given`, whose first field is its size, one that this library, where it has `size` bytes, can read?
 * `least` is the size in the first release. 0, or an error code.
 */
static inline int ens_struct_check(size_t size, size_t least, const void *given)
{
    uint32_t given_size;

    memcpy(&given_size, given, sizeof given_size);
    if (given_size < least)
        return ENSEMBLE_ESTRUCT;
    return ens_tail_is_zero(given, size, given_size) ? 0 : ENSEMBLE_E2BIG;
}

/*
 * Copies the struct `given`, whose first field is its size, to `known`, of `size` bytes; what an older program does not
 * have becomes 0. `least` is the size in the first release. 0, or an error code.
 */
static inline int ens_struct_read(void *known, size_t size, size_t least, const void *given)
{
    const int code = ens_struct_check(size, least, given);
    uint32_t given_size;

    if (code)
        return code;
    memcpy(&given_size, given, sizeof given_size);
    memset(known, 0, size);
    memcpy(known, given, given_size < size ? given_size : size);
    return 0;
}

#endif
