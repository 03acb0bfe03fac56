/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <stdint.h>
#include <string.h>
#ifdef __AVX__
#include <immintrin.h>
#endif

/* As wide as the processor's vectors, at any address. */
#if defined __AVX512F__
#define VECTOR 64
#elif defined __AVX__
#define VECTOR 32
#else
#define VECTOR 16
#endif
typedef uint64_t vector __attribute__((vector_size(VECTOR), aligned(1), may_alias));
typedef uint64_t whole __attribute__((vector_size(VECTOR)));

static volatile uint64_t sink; /* keeps the reads alive */

static const unsigned sizes[KINDS] = {4, 8, 2, 2, 2, 2}, out_sizes[KINDS] = {4, 8, 4, 4, 2, 2};

static inline whole at(const unsigned char *p, size_t offset)
{
    return *(const vector *)(p + offset);
}

/* What is left behind the last vectors. */
static inline uint64_t rest(const unsigned char *p, size_t from, size_t bytes)
{
    uint64_t sum = 0, word = 0;

    for (; bytes - from >= 8; from += 8) {
        memcpy(&word, p + from, 8);
        sum ^= word;
    }
    for (; from < bytes; from++)
        sum ^= p[from];
    return sum;
}

/* `together` models (a constant) at a time, `unrolled` vectors of each. */
static inline __attribute__((always_inline)) void read_models(const struct sum *s, size_t together, size_t unrolled)
{
    const size_t bytes = s->width * sizes[s->kind], block = unrolled * VECTOR;
    whole a = {0}, b = {0}, c = {0}, d = {0};
    uint64_t sum = 0;

    for (size_t r = 0; r < s->rows; r++) {
        const size_t skip = r * s->stride * sizes[s->kind];
        size_t i = 0;

        for (; i + together <= s->models; i += together) {
            const unsigned char *p[8];
            size_t j = 0;

            for (size_t m = 0; m < together; m++)
                p[m] = (const unsigned char *)s->in[i + m] + skip;
            for (; bytes - j >= block; j += block)
                for (size_t m = 0; m < together; m++)
                    for (size_t u = 0; u < unrolled; u++)
                        *((m * unrolled + u) % 4 == 0   ? &a
                          : (m * unrolled + u) % 4 == 1 ? &b
                          : (m * unrolled + u) % 4 == 2 ? &c
                                                        : &d) ^= at(p[m], j + u * VECTOR);
            for (size_t m = 0; m < together; m++)
                sum ^= rest(p[m], j, bytes);
        }
        for (; i < s->models; i++) {
            const unsigned char *p = (const unsigned char *)s->in[i] + skip;
            size_t j = 0;

            for (; bytes - j >= VECTOR; j += VECTOR)
                a ^= at(p, j);
            sum ^= rest(p, j, bytes);
        }
    }
    a ^= b ^ c ^ d;
    sink = sink ^ sum ^ a[0] ^ a[1];
}

static void line1(const struct sum *s, void *prepared)
{
    (void)prepared;
    read_models(s, 1, 8);
}

static void line4(const struct sum *s, void *prepared)
{
    (void)prepared;
    read_models(s, 4, 2);
}

static void line8(const struct sum *s, void *prepared)
{
    (void)prepared;
    read_models(s, 8, 1);
}

/* So many bytes, past the caches where the address and the processor allow it. */
static inline void write_bytes(unsigned char *out, size_t bytes, int stream)
{
    size_t j = 0;

#ifdef __AVX__
    while (stream && j < bytes && (uintptr_t)(out + j) % 32 != 0)
        out[j++] = 1;
    for (; stream && bytes - j >= 32; j += 32)
        _mm256_stream_si256((__m256i *)(void *)(out + j), _mm256_set1_epi8(1));
#endif
    if (j < bytes)
        memset(out + j, stream + 1, bytes - j);
}

/* Some thousand elements of one model after the other, and then so many of the result. */
static inline __attribute__((always_inline)) void read_and_write(const struct sum *s, int stream)
{
    enum { PIECE = 2048 };
    const size_t in_size = sizes[s->kind], out_size = out_sizes[s->kind];
    struct sum piece = *s;

    piece.rows = 1;
    for (size_t r = 0; r < s->rows; r++)
        for (size_t at = 0; at < s->width; at += PIECE) {
            piece.width = s->width - at < PIECE ? s->width - at : PIECE;
            for (size_t i = 0; i < s->models; i++)
                piece.in[i] = (const unsigned char *)s->in[i] + (r * s->stride + at) * in_size;
            read_models(&piece, 1, 8);
            write_bytes((unsigned char *)s->out + (r * s->width + at) * out_size, piece.width * out_size, stream);
        }
#ifdef __AVX__
    if (stream)
        _mm_sfence();
#endif
}

static void store(const struct sum *s, void *prepared)
{
    (void)prepared;
    read_and_write(s, 0);
}

static void stream(const struct sum *s, void *prepared)
{
    (void)prepared;
    read_and_write(s, 1);
}

const struct member line_members[] = {
    {"line1", ~0u, 0, NULL, line1, NULL},
    {"line4", ~0u, 0, NULL, line4, NULL},
    {"line8", ~0u, 0, NULL, line8, NULL},
    {NULL, 0, 0, NULL, NULL, NULL},
};

const struct member line_writers[] = {
    {"rw-store", ~0u, 0, NULL, store, NULL},
    {"rw-stream", ~0u, 0, NULL, stream, NULL},
    {NULL, 0, 0, NULL, NULL, NULL},
};
