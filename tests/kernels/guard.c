/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "guard.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guarded guarded_make(size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t pages = (size + page - 1) / page;
    struct guarded memory;
    unsigned char *all = mmap(NULL, (pages + 2) * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (all == MAP_FAILED || mprotect(all + page, pages * page, PROT_READ | PROT_WRITE) != 0) {
        perror("guarded memory");
        exit(1);
    }
    memory.begin = all + page;
    memory.end = memory.begin + pages * page;
    return memory;
}

unsigned char *guarded_place(const struct guarded *memory, size_t bytes, enum place place, size_t offset)
{
    if (place == AT_BEGIN)
        return memory->begin;
    if (place == AT_END)
        return memory->end - bytes;
    return memory->begin + GUARD_MARGIN + offset;
}

const char *guarded_place_name(enum place place)
{
    return place == AT_BEGIN ? "behind a guard page" : place == AT_END ? "before a guard page" : "within";
}
