/* SPDX-License-Identifier: MIT */
/*
 * 32-bit x86: the ABI of old asks for a stack that is aligned to 4 bytes, and there are callers that keep to that. Here
 * all calls are made with the stack pointer at every multiple of 4: this file, work.c and calls.c align it no further.
 */
#include "calls.h"
#include "work.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned seen; /* bit i: a frame at 4 i, in 16 bytes */

/* The calls that change a handle; a hash of what becomes of them. */
static uint64_t change_handles(void)
{
    uint64_t hash = 0;

    for (const struct calls_call *call = calls_all; call->name; call++) {
        struct ensemble *e = calls_handle(call->handle, NULL);
        struct calls_given given = {0};

        hash = 31 * hash + (uint64_t)call->make(e, &given);
        hash = 31 * (31 * hash + calls_state(e)) + calls_state(given.made);
        ensemble_destroy(given.made);
        ensemble_destroy(e);
    }
    return hash;
}

static uint64_t work(void)
{
    seen |= 1u << ((uintptr_t)__builtin_frame_address(0) / 4 % 4);
    return work_do(NULL) ^ change_handles();
}

/* work(), with the stack pointer lower by so many bytes. */
static uint64_t work_lower(size_t bytes)
{
    uint64_t hash;

    __asm__ volatile("subl %[bytes], %%esp\n\tcall *%[function]\n\taddl %[bytes], %%esp"
                     : "=A"(hash)
                     : [function] "S"(work), [bytes] "D"(bytes)
                     : "ecx", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
    return hash;
}

int main(void)
{
    uint64_t hash;

    work_begin(NULL, NULL, NULL);
    if (!calls_begin())
        return EXIT_FAILURE;
    hash = work();
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
