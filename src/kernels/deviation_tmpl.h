/* SPDX-License-Identifier: MIT */
/* How far several outputs are from a center: sums of weighted differences, or of their squares. */
static ENS_INLINE void FN(deviation)(const int in, const int squared, const struct ens_span *s, const double *center)
{
    ENS_EACH_VECTOR(at, part, s->length) {
        const VEC c = V(load)(ACC, AT(center, at), part);
        VEC sum = V(set1)((SCALAR)-0.0);

        if (s->start != NULL)
            sum = V(load)(ACC, AT(s->start, at), part);
        for (size_t m = 0; m < s->n; m++) {
            const VEC x = V(load)(in, (const unsigned char *)s->in[m] + (at << ENS_SHIFT(in)), part), d = V(sub)(x, c);

            sum = V(add)(sum, V(mul)(V(set1)(((const SCALAR *)s->weight)[m]), squared ? V(mul)(d, d) : d));
        }
        V(store)(ACC, TO(s->out, at), sum, part, 0);
    }
}

/*
 * All of it for one bunch of models: around their mean, which is found from the first one's values on. Two vectors at
 * once, so that what is loaded for a model serves both.
 */
static ENS_INLINE void FN(variance_of)(const int in, const struct ens_span *s, size_t at, const size_t part,
                                       const int two)
{
    const size_t n = s->n, next = two ? V(lanes)() : 0;
    const void *const *const from = s->in;
    const SCALAR *const weight = s->weight;
    const VEC none = V(set1)((SCALAR)-0.0);
    const VEC first0 = V(load)(in, (const unsigned char *)from[0] + (at << ENS_SHIFT(in)), part);
    const VEC first1 = V(load)(in, (const unsigned char *)from[0] + ((at + next) << ENS_SHIFT(in)), part);
    VEC mean0 = none, mean1 = none, sum0 = none, sum1 = none;

    for (size_t m = 0; m < n; m++) {
        const unsigned char *const p = (const unsigned char *)from[m] + (at << ENS_SHIFT(in));
        const VEC w = V(set1)(weight[m]);

        mean0 = V(add)(mean0, V(mul)(w, V(sub)(V(load)(in, p, part), first0)));
        if (two)
            mean1 = V(add)(mean1, V(mul)(w, V(sub)(V(load)(in, p + (next << ENS_SHIFT(in)), part), first1)));
    }
    mean0 = V(add)(first0, mean0);
    mean1 = V(add)(first1, mean1);
    for (size_t m = 0; m < n; m++) {
        const unsigned char *const p = (const unsigned char *)from[m] + (at << ENS_SHIFT(in));
        const VEC w = V(set1)(weight[m]), d0 = V(sub)(V(load)(in, p, part), mean0);

        sum0 = V(add)(sum0, V(mul)(w, V(mul)(d0, d0)));
        if (two) {
            const VEC d1 = V(sub)(V(load)(in, p + (next << ENS_SHIFT(in)), part), mean1);

            sum1 = V(add)(sum1, V(mul)(w, V(mul)(d1, d1)));
        }
    }
    V(store)(ACC, TO(s->out, at), sum0, part, 0);
    if (two)
        V(store)(ACC, TO(s->out, at + next), sum1, part, 0);
}

static ENS_INLINE void FN(variance)(const int in, const struct ens_span *s)
{
    const size_t lanes = V(lanes)();
    size_t at = 0;

    for (; s->length - at >= 2 * lanes; at += 2 * lanes)
        FN(variance_of)(in, s, at, 0, 1);
    for (; s->length - at >= lanes; at += lanes)
        FN(variance_of)(in, s, at, 0, 0);
    if (at < s->length)
        FN(variance_of)(in, s, at, s->length - at, 0);
}
