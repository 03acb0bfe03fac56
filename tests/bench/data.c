/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cell.h"

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
