/* SPDX-License-Identifier: MIT */
/* Weighted sums of several short rows whose factors differ: struct ens_panel. */

/* Weighted sums: a factor for each row and model, or for each model and class, NaN where it is left out. */
static ENS_INLINE void FN(panel_of_some)(const int in, const int by_class, const struct ens_panel *s)
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

/* The same where nobody is left out; one row of many classes, if factors are by class. */
static ENS_INLINE void FN(panel_of_all)(const int in, const int by_class, const struct ens_panel *s)
{
    const size_t n = s->n, width = s->width;
    const SCALAR *const factor = s->factor;
    unsigned char *out = s->out;

    for (size_t row = 0; row < s->rows; row++, out += s->out_stride)
        ENS_EACH_VECTOR(at, part, width) {
            VEC sum = V(set1)((SCALAR)-0.0);

            for (size_t m = 0; m < n; m++) {
                const unsigned char *const from = (const unsigned char *)s->in[m] + row * s->in_stride[m];
                const VEC x = V(load)(in, from + (at << ENS_SHIFT(in)), part);
                VEC f;

                if (by_class)
                    f = V(load)(ACC, AT(s->factors[m], at), part);
                else
                    f = V(set1)(factor[row * n + m]);
                sum = V(add)(sum, V(mul)(f, x));
            }
            V(store)(ACC, TO(out, at), sum, part, 0);
        }
}

/* And of two to four models, n of them, with factors by row: addresses stay in registers. */
static ENS_INLINE void FN(panel_of_few)(const int in, const size_t n, const struct ens_panel *s)
{
#define EACH(X) X(0) X(1) X(2) X(3)
#define HOIST(m)                                                                                                     \
    const unsigned char *p##m = s->in[m % n];                                                                        \
    const size_t stride##m = s->in_stride[m % n];
#define ADD(m) sum = V(add)(sum, V(mul)(V(set1)(factor[m]), V(load)(in, p##m + (at << ENS_SHIFT(in)), part)));
#define ADD_IF_ANY(m)                                                                                                \
    if (n > m)                                                                                                       \
        ADD(m)
#define NEXT(m) p##m += stride##m;
    const size_t width = s->width, rows = s->rows, out_stride = s->out_stride;
    const SCALAR *factor = s->factor;
    unsigned char *out = s->out;

    EACH(HOIST)
    for (size_t row = 0; row < rows; row++, out += out_stride, factor += n) {
        ENS_EACH_VECTOR(at, part, width) {
            VEC sum = V(set1)((SCALAR)-0.0);

            ADD(0) ADD(1) ADD_IF_ANY(2) ADD_IF_ANY(3)
            V(store)(ACC, TO(out, at), sum, part, 0);
        }
        EACH(NEXT)
    }
#undef EACH
#undef HOIST
#undef ADD
#undef ADD_IF_ANY
#undef NEXT
}

static ENS_INLINE void FN(panel)(const int in, const int by_class, const struct ens_panel *s)
{
    if (s->all && !by_class && s->n == 2)
        FN(panel_of_few)(in, 2, s);
    else if (s->all && !by_class && s->n == 3)
        FN(panel_of_few)(in, 3, s);
    else if (s->all && !by_class && s->n == 4)
        FN(panel_of_few)(in, 4, s);
    else if (s->all)
        FN(panel_of_all)(in, by_class, s);
    else
        FN(panel_of_some)(in, by_class, s);
}
