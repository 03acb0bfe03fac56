/* SPDX-License-Identifier: MIT */
/*
 * Ranks: for each value, how many of a row are smaller and half of how many are equal. By comparing all pairs, which
 * needs no memory and is the quickest for rows of a few hundred; or by searching in a sorted copy.
 */

static ENS_INLINE void FN(outrank)(void *tile, const void *from, size_t length, const void *values, size_t n)
{
    const VEC zero = V(set1)(0), half = V(set1)((SCALAR).5), one = V(set1)(1);

    ENS_EACH_VECTOR(at, part, length) {
        const VEC x = V(load)(ACC, AT(from, at), part);
        VEC count = V(load)(ACC, AT(tile, at), part);

        for (size_t i = 0; i < n; i++) {
            SCALAR value;
            VEC y;

            memcpy(&value, AT(values, i), sizeof value);
            y = V(set1)(value);
            count = V(add)(count, V(select)(V(lt)(y, x), one, V(select)(V(eq)(y, x), half, zero)));
        }
        V(store)(ACC, TO(tile, at), count, part, 0);
    }
}

static inline SCALAR FN(get)(const void *values, size_t at)
{
    SCALAR x;

    memcpy(&x, AT(values, at), sizeof x);
    return x;
}

/* Merges two sorted runs that follow each other, of `first` and `second` values. */
static inline void FN(merge)(void *to, const void *runs, size_t first, size_t second)
{
    size_t a = 0, b = first;

    for (size_t i = 0; i < first + second; i++) {
        const size_t from = b == first + second || (a < first && !(FN(get)(runs, b) < FN(get)(runs, a))) ? a++ : b++;

        memcpy(TO(to, i), AT(runs, from), sizeof(SCALAR));
    }
}

/* Merges runs of 1, 2, 4, ... values, to and fro between the two arrays. */
static inline void FN(sort)(void *values, void *spare, size_t n)
{
    void *from = values, *to = spare;

    for (size_t run = 1; run < n; run *= 2) {
        void *const other = from;

        for (size_t at = 0; at < n; at += 2 * run) {
            const size_t first = n - at < run ? n - at : run;
            const size_t second = n - at - first < run ? n - at - first : run;

            FN(merge)(TO(to, at), AT(from, at), first, second);
        }
        from = to;
        to = other;
    }
    if (from != values)
        memcpy(values, from, n * sizeof(SCALAR));
}

/* How many of n sorted values are below x, or with `equal` not above it. */
static inline size_t FN(count)(const void *values, size_t n, SCALAR x, const int equal)
{
    size_t low = 0;

    while (n > 0) {
        const SCALAR y = FN(get)(values, low + n / 2);
        const int below = equal ? y <= x : y < x;

        low = below ? low + n / 2 + 1 : low;
        n = below ? n - n / 2 - 1 : n / 2;
    }
    return low;
}

static inline void FN(outrank_sorted)(void *tile, const void *from, size_t length, const void *values, size_t n)
{
    for (size_t at = 0; at < length; at++) {
        const SCALAR x = FN(get)(from, at);
        const size_t below = FN(count)(values, n, x, 0), through = FN(count)(values, n, x, 1);
        const SCALAR rank = FN(get)(tile, at) + (SCALAR)below + (SCALAR)(through - below) * (SCALAR).5;

        memcpy(TO(tile, at), &rank, sizeof rank);
    }
}
