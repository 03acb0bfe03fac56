/* SPDX-License-Identifier: MIT */
/*
 * The weighted sum, written once. instantiate.h includes this file for each type that is summed, ENS_ACC: f32 or f64.
 *
 * A block of one or two vectors is held in accumulators while all models of the group are added to it, so each input
 * is read once and the result written once. For each size of a group there is code of its own, with addresses and
 * weights in registers and one load instruction per model: processors that prefetch by instruction see a steady stream
 * in each, where a loop over the models would show them a muddle (docs/decisions/0003-groups-of-models.md). Only what
 * is left behind the last block is summed by such a loop; every element takes the same steps.
 */

/* X(m) for each model that a group can have, and X(n) for each number of models that there is code for. */
#define ENS_GROUP(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define ENS_GROUP_SIZES(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(16)

/* One vector at element `at`, or the first `part` elements of one, by a loop over the models. */
static ENS_INLINE void FN(wsum_rest)(const int in, const int out, const struct ens_span *s, const size_t at,
                                     const size_t part)
{
    const SCALAR *const weight = s->weight;
    const void *const *const input = s->in;
    const size_t n = s->n, from = at << ENS_SHIFT(in);
    VEC sum = V(mul)(V(set1)(weight[0]), V(load)(in, (const unsigned char *)input[0] + from, part));

    if (s->start != NULL)
        sum = V(add)(V(load)(ACC, (const unsigned char *)s->start + (at << ENS_SHIFT(ACC)), part), sum);
    for (size_t m = 1; m < n; m++)
        sum = V(add)(sum, V(mul)(V(set1)(weight[m]), V(load)(in, (const unsigned char *)input[m] + from, part)));
    V(store)(out, (unsigned char *)s->out + (at << ENS_SHIFT(out)), sum, part, part == 0 && s->stream);
}

/*
 * All whole blocks of a span, for a group of n models; n is a constant. Returns the element that comes next. Blocks are
 * of two vectors where that spreads the cost of the loop over more work, and where vectors come in pairs (bfloat16).
 */
static ENS_INLINE size_t FN(wsum_blocks)(const int in, const int out, const int n, const struct ens_span *s)
{
#define HOIST(m)                                                                                                     \
    const unsigned char *const p##m = s->in[n > m ? m : 0];                                                          \
    const VEC w##m = V(set1)(((const SCALAR *)s->weight)[n > m ? m : 0]);
    ENS_GROUP(HOIST)
#undef HOIST
    const unsigned char *const start = s->start;
    unsigned char *const to = s->out;
    const int stream = s->stream;
    const int two = n <= 4 || (in == ENS_bf16 && ACC == ENS_f32);
    const size_t block = two ? 2 * V(lanes)() : V(lanes)();
    size_t at = 0;

    for (size_t left = s->length; left >= block; at += block, left -= block) {
        const size_t from = at << ENS_SHIFT(in);
        VEC a0 = V(set1)(0), a1 = a0, y0 = a0, y1 = a0;

        if (start != NULL) {
            if (two)
                V(load2)(in, ACC, start + (at << ENS_SHIFT(ACC)), &a0, &a1);
            else
                a0 = V(load)(ACC, start + (at << ENS_SHIFT(ACC)), 0);
        }
#define ADD(m)                                                                                                       \
    if (n > m && two) {                                                                                              \
        V(load2)(in, in, p##m + from, &y0, &y1);                                                                     \
        a0 = m == 0 && start == NULL ? V(mul)(w##m, y0) : V(add)(a0, V(mul)(w##m, y0));                              \
        a1 = m == 0 && start == NULL ? V(mul)(w##m, y1) : V(add)(a1, V(mul)(w##m, y1));                              \
    } else if (n > m) {                                                                                              \
        y0 = V(mul)(w##m, V(load)(in, p##m + from, 0));                                                              \
        a0 = m == 0 && start == NULL ? y0 : V(add)(a0, y0);                                                          \
    }
        ENS_GROUP(ADD)
#undef ADD
        if (two)
            V(store2)(in, out, to + (at << ENS_SHIFT(out)), a0, a1, stream);
        else
            V(store)(out, to + (at << ENS_SHIFT(out)), a0, 0, stream);
    }
    return at;
}

/* All whole vectors of a span. Returns the element that comes next. */
static ENS_INLINE size_t FN(wsum_whole)(const int in, const int out, const struct ens_span *s)
{
    const size_t lanes = V(lanes)();
    size_t at = 0;

    switch (s->n) {
#define SIZE(n)                                                                                                      \
    case n:                                                                                                          \
        at = FN(wsum_blocks)(in, out, n, s);                                                                         \
        break;
        ENS_GROUP_SIZES(SIZE)
#undef SIZE
    }
    for (; s->length - at >= lanes; at += lanes)
        FN(wsum_rest)(in, out, s, at, 0);
    if (s->stream)
        vec_stream_end();
    return at;
}

#undef ENS_GROUP
#undef ENS_GROUP_SIZES
