/* SPDX-License-Identifier: MIT */
/* Several short rows in one call, where a call for each would cost more than the row itself. */

/* Weighted sums: a factor for each row and model, or for each model and class, NaN where it is left out. */
static ENS_INLINE void FN(panel)(const int in, const int by_class, const struct ens_panel *s)
{
    const SCALAR *const factor = s->factor;
    const VEC none = V(set1)((SCALAR)-0.0), nan = V(set1)((SCALAR)NAN);

    for (size_t row = 0; row < s->rows; row++) {
        unsigned char *const out = (unsigned char *)s->out + row * s->out_stride;

        ENS_EACH_VECTOR(at, part, s->width) {
            VEC sum = none, any = nan;

            for (size_t m = 0; m < s->n; m++) {
                const unsigned char *const from = (const unsigned char *)s->in[m] + row * s->in_stride[m];
                VEC x, f;

                if (by_class) {
                    f = V(load)(ACC, AT(s->factors[m], at), part);
                    any = V(select)(V(eq)(f, f), f, any);
                    x = V(load)(in, from + (at << ENS_SHIFT(in)), part);
                    sum = V(select)(V(eq)(f, f), V(add)(sum, V(mul)(f, x)), sum);
                } else if (s->taken[row * s->n + m]) {
                    any = none;
                    x = V(load)(in, from + (at << ENS_SHIFT(in)), part);
                    sum = V(add)(sum, V(mul)(V(set1)(factor[row * s->n + m]), x));
                }
            }
            V(store)(ACC, TO(out, at), V(select)(V(eq)(any, any), sum, nan), part, 0);
        }
    }
}

/* The class of each row's first largest value; -1 where there is a NaN. Short rows have no use for vectors. */
static inline void FN(labels)(const void *from, size_t stride, size_t rows, size_t width, int32_t *labels)
{
    for (size_t row = 0; row < rows; row++) {
        const unsigned char *const values = (const unsigned char *)from + row * stride;
        SCALAR best, x;
        int32_t label = 0;
        int nan;

        memcpy(&best, values, sizeof best);
        nan = best != best;
        for (size_t j = 1; j < width; j++) {
            memcpy(&x, AT(values, j), sizeof x);
            label = best < x ? (int32_t)j : label;
            best = best < x ? x : best;
            nan |= x != x;
        }
        labels[row] = nan ? -1 : label;
    }
}
