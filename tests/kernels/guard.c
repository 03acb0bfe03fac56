/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "guard.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32
#include <windows.h>

/* Pages that fault, and some of them that do not. NULL: there are none. */
static unsigned char *reserve(size_t bytes)
{
    return VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS);
}

static int open_up(unsigned char *pages, size_t bytes)
{
    return VirtualAlloc(pages, bytes, MEM_COMMIT, PAGE_READWRITE) != NULL;
}

static size_t page_size(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwPageSize;
}
#else
#include <sys/mman.h>
#include <unistd.h>

static unsigned char *reserve(size_t bytes)
{
    void *all = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return all == MAP_FAILED ? NULL : all;
}

static int open_up(unsigned char *pages, size_t bytes)
{
    return mprotect(pages, bytes, PROT_READ | PROT_WRITE) == 0;
}

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}
#endif

struct guarded guarded_make(size_t size)
{
    const size_t page = page_size();
    const size_t pages = (size + page - 1) / page;
    struct guarded memory;
    unsigned char *all = reserve((pages + 2) * page);

    if (all == NULL || !open_up(all + page, pages * page)) {
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
