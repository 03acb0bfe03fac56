/* SPDX-License-Identifier: MIT */
/*
 * Plain C for one kind: IN, ACC and OUT are the types, WIDEN(x) and NARROW(x) lead from one to the next, WEIGHTS names
 * the weights, DIRECT is 1 where ACC is OUT, and NAME(shape) is a function's name.
 */

/* The models within, the elements outside. */
static void NAME(loop)(const struct sum *s, void *prepared)
{
    const IN *const *in = (const IN *const *)s->in;

    (void)prepared;
    for (size_t r = 0; r < s->rows; r++) {
        OUT *restrict out = (OUT *)s->out + r * s->width;
        const size_t from = r * s->stride, n = s->models;

        for (size_t j = 0; j < s->width; j++) {
            ACC sum = s->WEIGHTS[0] * WIDEN(in[0][from + j]);

            for (size_t i = 1; i < n; i++)
                sum += s->WEIGHTS[i] * WIDEN(in[i][from + j]);
            out[j] = NARROW(sum);
        }
    }
}

static inline void NAME(add)(ACC *restrict acc, const IN *restrict y, ACC w, int first, size_t length)
{
    if (first)
        for (size_t j = 0; j < length; j++)
            acc[j] = w * WIDEN(y[j]);
    else
        for (size_t j = 0; j < length; j++)
            acc[j] += w * WIDEN(y[j]);
}

static inline void NAME(add_four)(ACC *restrict acc, const IN *const *in, const ACC *w, size_t from, int first,
                                  size_t length)
{
    const IN *a = in[0] + from, *b = in[1] + from, *c = in[2] + from, *d = in[3] + from;
    const ACC wa = w[0], wb = w[1], wc = w[2], wd = w[3];

    if (first)
        for (size_t j = 0; j < length; j++)
            acc[j] = wa * WIDEN(a[j]) + wb * WIDEN(b[j]) + wc * WIDEN(c[j]) + wd * WIDEN(d[j]);
    else
        for (size_t j = 0; j < length; j++)
            acc[j] += wa * WIDEN(a[j]) + wb * WIDEN(b[j]) + wc * WIDEN(c[j]) + wd * WIDEN(d[j]);
}

/* One model after the other, or four at a time, over pieces of `piece` elements. */
static inline void NAME(pieces)(const struct sum *s, size_t piece, int fours)
{
    const IN *const *in = (const IN *const *)s->in;
    ACC tile[TILE];

    for (size_t r = 0; r < s->rows; r++)
        for (size_t at = 0, length; at < s->width; at += length) {
            OUT *out = (OUT *)s->out + r * s->width + at;
            ACC *acc = DIRECT ? (ACC *)(void *)out : tile;
            const size_t from = r * s->stride + at;
            size_t i = 0;

            length = s->width - at < piece ? s->width - at : piece;
            for (; fours && i + 4 <= s->models; i += 4)
                NAME(add_four)(acc, in + i, s->WEIGHTS + i, from, i == 0, length);
            for (; i < s->models; i++)
                NAME(add)(acc, in[i] + from, s->WEIGHTS[i], i == 0, length);
            for (size_t j = 0; !DIRECT && j < length; j++)
                out[j] = NARROW(tile[j]);
        }
}

#if DIRECT
static void NAME(passes)(const struct sum *s, void *prepared)
{
    (void)prepared;
    NAME(pieces)(s, s->width, 0);
}
#endif

static void NAME(tiles)(const struct sum *s, void *prepared)
{
    (void)prepared;
    NAME(pieces)(s, TILE, 0);
}

static void NAME(fours)(const struct sum *s, void *prepared)
{
    (void)prepared;
    NAME(pieces)(s, TILE, 1);
}

/* The number of models is known, and they are one expression. */
#define MODEL(i)                                                                                                     \
    const IN *const y##i = (const IN *)s->in[i] + from;                                                              \
    const ACC w##i = s->WEIGHTS[i];
#define PLUS(i) +w##i *WIDEN(y##i[j])
#define FIXED(n)                                                                                                     \
    static void NAME(fixed##n)(const struct sum *s, void *prepared)                                                  \
    {                                                                                                                \
        (void)prepared;                                                                                              \
        for (size_t r = 0; r < s->rows; r++) {                                                                       \
            OUT *restrict out = (OUT *)s->out + r * s->width;                                                        \
            const size_t from = r * s->stride;                                                                       \
            MODEL(0) MORE_##n(MODEL)                                                                                 \
            for (size_t j = 0; j < s->width; j++)                                                                    \
                out[j] = NARROW(w0 * WIDEN(y0[j]) MORE_##n(PLUS));                                                   \
        }                                                                                                            \
    }
FIXED(2)
FIXED(3)
FIXED(5)
FIXED(8)
FIXED(16)
FIXED(64)
#undef FIXED
#undef MODEL
#undef PLUS

/* The same in its place. The compiler must neither merge two of the sums nor know the width. */
#define MODEL(i)                                                                                                     \
    const IN *const y##i = (const IN *)s->in[i];                                                                     \
    const ACC w##i = s->WEIGHTS[i];
#define PLUS(i) +w##i *WIDEN(y##i[from + j])
#define FIXED(n)                                                                                                     \
    static void NAME(inlined##n)(const struct sum *s, size_t calls)                                                  \
    {                                                                                                                \
        size_t rows = s->rows, width = s->width, stride = s->stride;                                                 \
        MODEL(0) MORE_##n(MODEL)                                                                                     \
                                                                                                                     \
        for (size_t c = 0; c < calls; c++) {                                                                         \
            __asm__ volatile("" : "+r"(rows), "+r"(width), "+r"(stride) : : "memory");                               \
            for (size_t r = 0; r < rows; r++) {                                                                      \
                OUT *restrict out = (OUT *)s->out + r * width;                                                       \
                const size_t from = r * stride;                                                                      \
                                                                                                                     \
                for (size_t j = 0; j < width; j++)                                                                   \
                    out[j] = NARROW(w0 * WIDEN(y0[from + j]) MORE_##n(PLUS));                                        \
            }                                                                                                        \
        }                                                                                                            \
    }
FIXED(2)
FIXED(3)
FIXED(5)
FIXED(8)
FIXED(16)
FIXED(64)
#undef FIXED
#undef PLUS
#undef MODEL
#undef NAME
#undef IN
#undef ACC
#undef OUT
#undef WIDEN
#undef NARROW
#undef WEIGHTS
#undef DIRECT
