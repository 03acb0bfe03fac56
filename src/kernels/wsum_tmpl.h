/* SPDX-License-Identifier: MIT */
/*
 * The weighted sum, written once. instantiate.h includes this file for each type that is summed, ENS_ACC: f32 or f64.
 *
 * A block of up to four vectors is held in four accumulators while all models are added to it, so each input is read
 * once and the result written once. What is left after the last full block goes through blocks of two and of one, and
 * the last, partial vector through loads and stores that touch its elements only: every element takes the same steps.
 */
#define VEC ENS_CAT(v, ENS_ACC)
#define V(operation) ENS_CAT4(v, ENS_ACC, _, operation)
#define FN(name) ENS_CAT4(wsum_, name, _, ENS_ACC)
#define SCALAR ENS_CAT(ENS_TYPE_, ENS_ACC)
#define ACC ENS_CAT(ENS_, ENS_ACC)

/* What stays the same from block to block. The first three models' addresses and weights, where `few` says how many. */
#define ENS_HOISTED const unsigned char *in0, const unsigned char *in1, const unsigned char *in2, VEC w0, VEC w1, VEC w2

/* Adds the products of one model to `vectors` accumulators, or begins with them. */
static ENS_INLINE void FN(model)(const int in, const int first, const int vectors, const size_t part, VEC *a0, VEC *a1,
                                 VEC *a2, VEC *a3, const unsigned char *from, const VEC w)
{
    const size_t step = V(lanes)() << ENS_SHIFT(in);
    VEC y = V(mul)(w, V(load)(in, from, part));

    *a0 = first ? y : V(add)(*a0, y);
    if (vectors > 1) {
        y = V(mul)(w, V(load)(in, from + step, 0));
        *a1 = first ? y : V(add)(*a1, y);
    }
    if (vectors > 2) {
        y = V(mul)(w, V(load)(in, from + 2 * step, 0));
        *a2 = first ? y : V(add)(*a2, y);
        y = V(mul)(w, V(load)(in, from + 3 * step, 0));
        *a3 = first ? y : V(add)(*a3, y);
    }
}

/* Sums one block, from element `at` on: `vectors` vectors, or `part` elements of one. */
static ENS_INLINE void FN(block)(const int in, const int out, const int few, const int vectors, const size_t part,
                                 const struct ens_span *s, const size_t at, ENS_HOISTED)
{
    const size_t step = V(lanes)();
    const size_t from = at << ENS_SHIFT(in);
    unsigned char *to = (unsigned char *)s->out + (at << ENS_SHIFT(out));
    VEC a0 = w0, a1 = w0, a2 = w0, a3 = w0;
    size_t m = 0;

    if (few > 0 || s->start == NULL) {
        FN(model)(in, 1, vectors, part, &a0, &a1, &a2, &a3, in0 + from, w0);
        m = 1;
    } else {
        const unsigned char *start = (const unsigned char *)s->start + (at << ENS_SHIFT(ACC));

        a0 = V(load)(ACC, start, part);
        if (vectors > 1)
            a1 = V(load)(ACC, start + (step << ENS_SHIFT(ACC)), 0);
        if (vectors > 2) {
            a2 = V(load)(ACC, start + (2 * step << ENS_SHIFT(ACC)), 0);
            a3 = V(load)(ACC, start + (3 * step << ENS_SHIFT(ACC)), 0);
        }
    }
    if (few > 1)
        FN(model)(in, 0, vectors, part, &a0, &a1, &a2, &a3, in1 + from, w1);
    if (few > 2)
        FN(model)(in, 0, vectors, part, &a0, &a1, &a2, &a3, in2 + from, w2);
    if (few == 0)
        for (; m < s->n; m++)
            FN(model)(in, 0, vectors, part, &a0, &a1, &a2, &a3, (const unsigned char *)s->in[m] + from,
                      V(set1)(((const SCALAR *)s->weight)[m]));

    V(store)(out, to, a0, part, s->stream);
    if (vectors > 1)
        V(store)(out, to + (step << ENS_SHIFT(out)), a1, 0, s->stream);
    if (vectors > 2) {
        V(store)(out, to + (2 * step << ENS_SHIFT(out)), a2, 0, s->stream);
        V(store)(out, to + (3 * step << ENS_SHIFT(out)), a3, 0, s->stream);
    }
}

/* All blocks of a span. `few`: the number of models, if it is 1 to 3 and known at compile time; or 0. */
static ENS_INLINE void FN(blocks)(const int in, const int out, const int few, const struct ens_span *s)
{
    const SCALAR *weight = s->weight;
    const unsigned char *in0 = s->in[0], *in1 = few > 1 ? s->in[1] : in0, *in2 = few > 2 ? s->in[2] : in0;
    const VEC w0 = V(set1)(weight[0]), w1 = V(set1)(weight[few > 1]), w2 = V(set1)(weight[few > 2 ? 2 : 0]);
    const size_t step = V(lanes)();
    size_t left = s->length;
    size_t at = 0;

    for (; left >= 4 * step; at += 4 * step, left -= 4 * step)
        FN(block)(in, out, few, 4, 0, s, at, in0, in1, in2, w0, w1, w2);
    if (left >= 2 * step) {
        FN(block)(in, out, few, 2, 0, s, at, in0, in1, in2, w0, w1, w2);
        at += 2 * step;
        left -= 2 * step;
    }
    if (left >= step) {
        FN(block)(in, out, few, 1, 0, s, at, in0, in1, in2, w0, w1, w2);
        at += step;
        left -= step;
    }
    if (left > 0)
        FN(block)(in, out, few, 1, left, s, at, in0, in1, in2, w0, w1, w2);
}

/* Two and three models are the commonest ensembles: their addresses and weights stay in registers. */
static ENS_INLINE void FN(span)(const int in, const int out, const struct ens_span *s)
{
    if (s->n == 2 && s->start == NULL)
        FN(blocks)(in, out, 2, s);
    else if (s->n == 3 && s->start == NULL)
        FN(blocks)(in, out, 3, s);
    else
        FN(blocks)(in, out, 0, s);
    if (s->stream)
        vec_stream_end();
}

#undef VEC
#undef V
#undef FN
#undef SCALAR
#undef ACC
#undef ENS_HOISTED
#undef ENS_ACC
