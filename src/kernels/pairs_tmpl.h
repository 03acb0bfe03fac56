/* SPDX-License-Identifier: MIT */
/* How alike arrays are. */
static ENS_INLINE VEC FN(distance)(VEC x, VEC y)
{
    return V(from_bits)(U(and)(V(bits)(V(sub)(x, y)), U(set1)(SIGN - 1)));
}

/*
 * One array beside four others: sums of products, or of absolute differences. Element j goes to partial sum j mod 8,
 * and those are added in halves; a vector, or a part of one, holds the partial sums from `first` on.
 */
static ENS_INLINE void FN(pairs)(const int differences, const double *a, const double *const *b, size_t length,
                                 double *sums)
{
    const size_t lanes = V(lanes)(), widest = FN(sum_step)(lanes);
    const size_t step = widest < ENS_PAIR_LANES ? widest : ENS_PAIR_LANES;
    const size_t all = step < lanes ? step : 0;
    SCALAR parts[4 * ENS_PAIR_LANES], *const partial = tmpl_local(parts);

#define EACH(X) X(0) X(1) X(2) X(3)
#define BEGIN(k) VEC s##k = V(set1)(0);
#define JOIN(k)                                                                                                      \
    {                                                                                                                \
        const VEC y = V(load)(ACC, AT(b[k], at), part);                                                              \
                                                                                                                     \
        s##k = V(add)(s##k, differences ? FN(distance)(x, y) : V(mul)(x, y));                                        \
    }
#define END(k) V(store)(ACC, TO(partial, k * ENS_PAIR_LANES + first), s##k, all, 0);
    for (size_t first = 0; first < ENS_PAIR_LANES; first += step) {
        EACH(BEGIN)
        for (size_t at = first; at < length; at += ENS_PAIR_LANES) {
            const size_t part = length - at < step ? length - at : all;
            const VEC x = V(load)(ACC, AT(a, at), part);

            EACH(JOIN)
        }
        EACH(END)
    }
#undef EACH
#undef BEGIN
#undef JOIN
#undef END
    for (size_t k = 0; k < ENS_PAIRS; k++, sums++) {
        for (size_t half = ENS_PAIR_LANES / 2; half > 0; half /= 2)
            for (size_t i = 0; i < half; i++)
                partial[k * ENS_PAIR_LANES + i] += partial[k * ENS_PAIR_LANES + i + half];
        *sums = (double)partial[k * ENS_PAIR_LANES];
    }
}
