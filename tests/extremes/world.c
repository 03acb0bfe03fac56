/* SPDX-License-Identifier: MIT */
#include "extremes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART(n) SIZE_MAX / (n), SIZE_MAX / (n) + 1, SIZE_MAX / (n) + 2
const size_t extremes[] = {
    SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 2, SIZE_MAX - 3, SIZE_MAX - 7, SIZE_MAX / 2 - 1, /* -1, -2, ... as strides */
    PART(2), PART(3), PART(4), PART(6), PART(8), PART(12), PART(16), PART(24), PART(32), PART(48), PART(64),
    UINT32_MAX, UINT32_MAX - 1, (size_t)INT32_MAX + 1, (size_t)INT32_MAX + 2,
#if SIZE_MAX > UINT32_MAX
    (size_t)UINT32_MAX + 1, (size_t)UINT32_MAX + 2, (size_t)UINT32_MAX + 4, (size_t)1 << 62, (size_t)1 << 61,
#endif
    SIZE_MAX, /* for the loop that has looked at all */
};
const size_t n_extremes = sizeof extremes / sizeof *extremes - 1;

void *nowhere;
const char *only_isa;

static const float outputs[3][6] = {{1, 2, 3, 8, 16, 24}, {4, 5, 6, 4, 8, 16}, {7, 8, 9, 0, 8, 8}};
static const double weights[3] = {.25, .5, .25};
static const float sums[6] = {4, 5, 6, 4, 10, 16};

void not_so(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    exit(1);
}

int fits(const void *at, size_t rows, size_t width, size_t stride, size_t bytes)
{
    size_t size;

    if (rows == 0)
        return 1;
    return !__builtin_mul_overflow(rows - 1, stride, &size) && !__builtin_add_overflow(size, width, &size) &&
           !__builtin_mul_overflow(size, bytes, &size) && size <= PTRDIFF_MAX && size <= UINTPTR_MAX - (uintptr_t)at;
}

struct ensemble *three(void)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = only_isa};
    struct ensemble *e = NULL;

    WANT(ensemble_create_with(&e, 3, &options) == 0);
    for (int i = 0; i < 3; i++)
        WANT(ensemble_add_model_output(e, outputs[i], ENSEMBLE_F32, 2) == i);
    WANT(ensemble_set_weights(e, weights, 3) == 0);
    return e;
}

void still_three(const struct ensemble *e)
{
    float y[8] = {-1, -1, -1, -1, -1, -1, -1, -1};

    WANT(ensemble_get_models(e) == 3 && ensemble_get_width(e) == 3);
    WANT(ensemble_combine(e, y + 1, ENSEMBLE_F32, 6) == 0);
    WANT(memcmp(y + 1, sums, sizeof sums) == 0 && y[0] == -1 && y[7] == -1);
    WANT(most_asked() <= MOST_ASKED);
}

/* Every allocation of the program comes here (extremes.mk). */
static size_t most;

size_t most_asked(void)
{
    const size_t was = most;

    most = 0;
    return was;
}

static int asks(size_t size)
{
    most = size > most ? size : most;
    return size <= MOST_ASKED;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return asks(size) ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    size_t all;

    return !__builtin_mul_overflow(n, size, &all) && asks(all) ? __real_calloc(n, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return asks(size) ? __real_realloc(memory, size) : NULL;
}
