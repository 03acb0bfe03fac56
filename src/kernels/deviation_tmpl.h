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

/* The sum of several models' terms. */
static ENS_INLINE VEC FN(deviations)(const int in, const int squared, const struct ens_span *s, VEC center, size_t at,
                                     size_t part)
{
    VEC sum = V(set1)((SCALAR)-0.0);

    for (size_t m = 0; m < s->n; m++) {
        const VEC x = V(load)(in, (const unsigned char *)s->in[m] + (at << ENS_SHIFT(in)), part), d = V(sub)(x, center);

        sum = V(add)(sum, V(mul)(V(set1)(((const SCALAR *)s->weight)[m]), squared ? V(mul)(d, d) : d));
    }
    return sum;
}

/* All of it for one bunch of models: around their mean, which is found from the first one's values on. */
static ENS_INLINE void FN(variance)(const int in, const struct ens_span *s)
{
    ENS_EACH_VECTOR(at, part, s->length) {
        const VEC first = V(load)(in, (const unsigned char *)s->in[0] + (at << ENS_SHIFT(in)), part);
        const VEC mean = V(add)(first, FN(deviations)(in, 0, s, first, at, part));

        V(store)(ACC, TO(s->out, at), FN(deviations)(in, 1, s, mean, at, part), part, 0);
    }
}
