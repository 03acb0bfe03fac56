/* SPDX-License-Identifier: MIT */
/* Sums of rows that are turned on their sides (rows_tmpl.h), and shares in sums. */

/*
 * As FN(sum): so few values are a partial sum each, and those are added in halves. The 0 that a partial sum begins with
 * changes nothing but the sign of a zero, and is added at the end.
 */
static ENS_INLINE void FN(sum_rows)(const struct ens_turned *t, double *sums)
{
    const size_t rows = t->rows, width = t->width;
    const VEC zero = V(set1)(0);

    ENS_EACH_VECTOR(at, part, rows) {
        unsigned char *const first = TO(t->values, at);

        for (size_t half = ENS_LANES / 2, n = width; half > 0; n = n < half ? n : half, half /= 2)
            for (size_t j = 0; j + half < n; j++) {
                unsigned char *const p = TO(first, j * rows);

                V(store)(ACC, p, V(add)(V(load)(ACC, p, part), V(load)(ACC, AT(p, half * rows), part)), part, 0);
            }
        V(store)(ACC, TO(sums, at), V(add)(V(load)(ACC, first, part), zero), part, 0);
    }
}

/* Exponentials relative to each row's largest value, as the decay map makes them where a is 1, and their sums. */
static ENS_INLINE void FN(decay_turned)(const struct ens_turned *t, double *most, double *sums)
{
    const size_t rows = t->rows, width = t->width;
    const VEC none = V(set1)(-(SCALAR)INFINITY), zero = V(set1)(0);

    ENS_EACH_VECTOR(at, part, rows) {
        unsigned char *const first = TO(t->values, at);
        VEC b = none;

        for (size_t j = 0; j < width; j++)
            b = V(hi)(b, V(load)(ACC, AT(first, j * rows), part));
        V(store)(ACC, TO(most, at), b, part, 0);
        b = V(select)(V(eq)(b, none), zero, b);
        for (size_t j = 0; j < width; j++) {
            unsigned char *const p = TO(first, j * rows);

            V(store)(ACC, p, ELEMENTARY(exp_nonpositive)(V(sub)(V(load)(ACC, p, part), b)), part, 0);
        }
    }
    FN(sum_rows)(t, sums);
}

/* What is not finite does not become 0 when it is taken from itself. */
static ENS_INLINE int FN(quotients)(double *to, const double *by, size_t length)
{
    const size_t lanes = V(lanes)();
    const VEC zero = V(set1)(0), one = V(set1)(1);
    VEC odd = zero;
    int wrong = 0;
    size_t at = 0;

    for (; length - at >= lanes; at += lanes) {
        const VEC x = V(div)(V(load)(ACC, AT(to, at), 0), V(load)(ACC, AT(by, at), 0));

        V(store)(ACC, TO(to, at), x, 0, 0);
        odd = V(select)(V(eq)(V(sub)(x, x), zero), V(select)(V(eq)(x, zero), one, odd), one);
    }
    for (; at < length; at++) {
        to[at] /= by[at];
        wrong |= !(to[at] - to[at] == 0) || to[at] == 0;
    }
    return wrong || ANY(V(lt)(zero, odd));
}
