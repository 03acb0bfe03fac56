/* SPDX-License-Identifier: MIT */
/*
 * 32-bit x86: the ABI of old asks for a stack that is aligned to 4 bytes, and there are callers that keep to that. Here
 * all calls are made with the stack pointer at every multiple of 4: this file and work.c align it no further.
 */
#include "work.h"

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned seen; /* bit i: a frame at 4 i, in 16 bytes */

static uint64_t work_lower(size_t bytes)
{
    volatile char *room = alloca(64 + bytes);

    room[0] = 0;
    seen |= 1u << ((uintptr_t)room / 4 % 4);
    return work_do(NULL);
}

int main(void)
{
    uint64_t hash;

    work_begin(NULL, NULL, NULL);
    hash = work_do(NULL);
    for (size_t bytes = 0; bytes < 16; bytes += 4)
        if (work_lower(bytes) != hash) {
            fprintf(stderr, "FAILED: stacks: other answers\n");
            return EXIT_FAILURE;
        }
    work_end();
    if (seen != 0xF) {
        fprintf(stderr, "FAILED: stacks: not every alignment was there\n");
        return EXIT_FAILURE;
    }
    printf("ok: callers whose stack is aligned to 4 bytes\n");
    return EXIT_SUCCESS;
}
