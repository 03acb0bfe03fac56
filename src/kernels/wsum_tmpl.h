/* SPDX-License-Identifier: MIT */
/*
 * The weighted sum, written once. instantiate.h includes this file for each type that is summed, ENS_ACC: f32 or f64.
 *
 * A block of one or two vectors is held in accumulators while all models of the group are added to it, so each input
 * is read once and the result written once. For each size of a group there is a function of its own, with addresses and
 * weights in registers and one load instruction per model: processors that prefetch by instruction see a steady stream
 * in each, where a loop over the models would show them a muddle (docs/decisions/0003-groups-of-models.md). Many models
 * of which little is read are another matter: wsum_many. Every element takes the same steps everywhere.
 */

/* X(m) for each model that a group can have. */
#define ENS_GROUP(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

/* Adds model m's vector at byte `from`, of which `part` elements are read, or all if that is 0. */
#define ADD_ONE(m, part)                                                                                             \
    if (n > m) {                                                                                                     \
        y0 = V(mul)(w##m, V(load)(in, p##m + from, part));                                                           \
        a0 = m == 0 && start == NULL ? y0 : V(add)(a0, y0);                                                          \
    }
#define ADD_WHOLE(m) ADD_ONE(m, 0)
#define ADD_PART(m) ADD_ONE(m, left)
#define ADD_TWO(m)                                                                                                   \
    if (n > m) {                                                                                                     \
        V(load2)(in, in, p##m + from, &y0, &y1);                                                                     \
        a0 = m == 0 && start == NULL ? V(mul)(w##m, y0) : V(add)(a0, V(mul)(w##m, y0));                              \
        a1 = m == 0 && start == NULL ? V(mul)(w##m, y1) : V(add)(a1, V(mul)(w##m, y1));                              \
    }

/* What all models say of a vector, or of `part` elements of one. */
#define SUM_ONE(ADD, part)                                                                                           \
    {                                                                                                                \
        const size_t from = at << ENS_SHIFT(in);                                                                     \
        VEC a0 = V(set1)(0), y0;                                                                                     \
                                                                                                                     \
        if (start != NULL)                                                                                           \
            a0 = V(load)(ACC, start + (at << ENS_SHIFT(ACC)), part);                                                 \
        ENS_GROUP(ADD)                                                                                               \
        V(store)(out, to + (at << ENS_SHIFT(out)), a0, part, stream);                                                \
    }

/*
 * A span for a group of n models; n is a constant. `plain`: without `start` and `stream`, as it comes from the caches;
 * else one row, of which less than a vector is left to the caller. Blocks are of two vectors where vectors come in
 * pairs (bfloat16), and in a plain span where that spreads the cost of the loop over more work. Returns the element of
 * the last row that comes next.
 */
static ENS_INLINE size_t FN(wsum_few)(const int in, const int out, const int n, const int plain,
                                      const struct ens_span *s)
{
#define HOIST(m)                                                                                                     \
    const unsigned char *p##m = s->in[n > m ? m : 0];                                                                \
    const VEC w##m = V(set1)(((const SCALAR *)s->weight)[n > m ? m : 0]);
    ENS_GROUP(HOIST)
    const int two = (plain && n <= 4) || (in == ENS_bf16 && ACC == ENS_f32);
    const size_t lanes = V(lanes)();
    const unsigned char *const start = plain ? NULL : s->start;
    unsigned char *to = s->out;
    const int stream = plain ? 0 : s->stream;

    for (size_t more_rows = plain ? s->more_rows : 0;; more_rows--) {
        size_t at = 0, left = s->length;

        for (; two && left >= 2 * lanes; at += 2 * lanes, left -= 2 * lanes) {
            const size_t from = at << ENS_SHIFT(in);
            VEC a0 = V(set1)(0), a1 = a0, y0, y1;

            if (start != NULL)
                V(load2)(in, ACC, start + (at << ENS_SHIFT(ACC)), &a0, &a1);
            ENS_GROUP(ADD_TWO)
            V(store2)(in, out, to + (at << ENS_SHIFT(out)), a0, a1, stream);
        }
        for (; left >= lanes; at += lanes, left -= lanes)
            SUM_ONE(ADD_WHOLE, 0)
        if (plain && left > 0)
            SUM_ONE(ADD_PART, left)
        if (more_rows == 0) {
            if (stream)
                vec_stream_end();
            return at;
        }
#define NEXT(m)                                                                                                      \
    if (n > m)                                                                                                       \
        p##m += s->in_step[m];
        ENS_GROUP(NEXT)
        to += s->out_step;
    }
#undef NEXT
#undef HOIST
}

#undef SUM_ONE
#undef ADD_TWO
#undef ADD_PART
#undef ADD_WHOLE
#undef ADD_ONE
#undef ENS_GROUP
