/* SPDX-License-Identifier: MIT */
/*
 * What a target reads its input with, and how it says that something is wrong. A target is one file with
 * LLVMFuzzerTestOneInput(), which a fuzzer calls with bytes of its own making, and main.c with those of files. The same
 * bytes do the same on every machine, so a file that went wrong once can be kept.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/public.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer inputs are cut: what they would say more, shorter ones say too. */
#define FUZZ_MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program where `good` is false; a fuzzer keeps the input then. */
#define FUZZ_CHECK(good) ((good) ? (void)0 : fuzz_wrong(__FILE__, __LINE__, #good))

_Noreturn static inline void fuzz_wrong(const char *file, int line, const char *good)
{
    fprintf(stderr, "%s:%d: FAILED: %s\n", file, line, good);
    abort();
}

/* The input, of which each draw takes some bytes. Past the end, all of them are 0. */
struct fuzz {
    const uint8_t *at, *end;
};

static inline struct fuzz fuzz_begin(const uint8_t *data, size_t size)
{
    return (struct fuzz){data, size == 0 ? data : data + (size < FUZZ_MOST ? size : FUZZ_MOST)};
}

static inline size_t fuzz_left(const struct fuzz *f)
{
    return (size_t)(f->end - f->at);
}

static inline uint64_t fuzz_bits(struct fuzz *f, size_t bytes)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < bytes && f->at < f->end; i++)
        bits |= (uint64_t)*f->at++ << 8 * i;
    return bits;
}

/* 0 to n - 1; n is at most 2^16. */
static inline size_t fuzz_below(struct fuzz *f, size_t n)
{
    return (size_t)fuzz_bits(f, n > 256 ? 2 : 1) % n;
}

static inline size_t fuzz_between(struct fuzz *f, size_t low, size_t high)
{
    return low + fuzz_below(f, high - low + 1);
}

/* Seldom true; never past the end. */
static inline int fuzz_one_in(struct fuzz *f, size_t n)
{
    return fuzz_below(f, n) == n - 1;
}

/* Any double: a small number with a few digits mostly, an odd one, or any bits. */
static inline double fuzz_double(struct fuzz *f)
{
    static const uint64_t odd[] = {0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0x8000000000000000,
                                   0x7FEFFFFFFFFFFFFF, 0x0010000000000000, 1,                  0x3FF0000000000000};
    const size_t kind = fuzz_below(f, 16);
    uint64_t bits;
    double x;

    if (kind < 12)
        return (double)(int64_t)fuzz_bits(f, 1) / 16 - (kind < 9 ? 0 : 8);
    bits = kind < 14 ? odd[fuzz_below(f, sizeof odd / sizeof *odd)] : fuzz_bits(f, 8);
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Memory of exactly so many bytes, whose neighbours an address sanitizer watches; free() gives it back. */
static inline void *fuzz_memory(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (memory == NULL) {
        perror("fuzz");
        exit(1);
    }
    return memory;
}

static inline void *fuzz_copy(const void *from, size_t size)
{
    return memcpy(fuzz_memory(size), from, size);
}

/* A bit for a code; 0 and above are the first one. */
static inline uint64_t fuzz_code(int code)
{
    return (uint64_t)1 << (code < 0 ? -code : 0);
}

#endif
