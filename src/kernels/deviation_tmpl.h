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
