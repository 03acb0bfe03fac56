/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cell.h"

#include <ensemble.h>
#include <stdlib.h>
#include <string.h>

void *get(size_t size)
{
    const size_t pages = (size + 4095) / 4096 * 4096;
    void *memory = aligned_alloc(4096, pages);

    if (memory == NULL)
        die("no memory");
    return memset(memory, 0, pages);
}

static uint64_t random_state;

void random_seed(uint64_t seed)
{
    random_state = seed;
}

uint32_t random_u32(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33);
}

float random_value(void)
{
    return (float)(random_u32() % 16384 + 1) / 16386;
}

void fill_values(void *memory, size_t bytes, int32_t dtype)
{
    const size_t size = dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;

    for (size_t i = 0; i + 8 <= bytes; i += size) {
        const float x = (float)(i * 2654435761u % 1000 + 1) / 1001;
        const double d = x;
        uint32_t bits;
        uint16_t half;

        memcpy(&bits, &x, 4);
        half = (uint16_t)(dtype == ENSEMBLE_F16 ? (bits >> 13) - (112u << 10) : bits >> 16);
        memcpy((unsigned char *)memory + i, size == 4 ? (const void *)&x : size == 8 ? (const void *)&d : &half, size);
    }
}
