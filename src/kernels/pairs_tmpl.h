/* SPDX-License-Identifier: MIT */
/* Arrays beside each other: Gram matrices, and how alike arrays are. */

/* What two elements add: their product, or how far they are apart. */
static ENS_INLINE VEC FN(term)(const int differences, VEC x, VEC y)
{
    if (differences)
        return V(from_bits)(U(and)(V(bits)(V(sub)(x, y)), U(set1)(SIGN - 1)));
    return V(mul)(x, y);
}

/*
 * One array beside four others: terms, added to partial sums that stay in memory from call to call. Element j goes to
 * partial sum j mod 8, whatever the vectors are: a vector holds those from `first` on, and where it holds fewer than 8,
 * the arrays are gone through again for the next ones.
 */
static ENS_INLINE void FN(gram)(const int differences, const double *a, const double *const *b, size_t length,
                                double *partial)
{
    const size_t lanes = V(lanes)(), widest = FN(sum_step)(lanes);
    const size_t step = widest < ENS_PAIR_LANES ? widest : ENS_PAIR_LANES;
    const size_t all = ENS_PAIR_LANES % LANES == 0 ? 0 : step;

#define EACH(X) X(0) X(1) X(2) X(3)
#define BEGIN(k) VEC s##k = V(load)(ACC, AT(partial, k * ENS_PAIR_LANES + first), all);
#define JOIN(k) s##k = V(add)(s##k, FN(term)(differences, x, V(load)(ACC, AT(b[k], at), part)));
#define END(k) V(store)(ACC, TO(partial, k * ENS_PAIR_LANES + first), s##k, all, 0);
    for (size_t first = 0; first < ENS_PAIR_LANES; first += step) {
        size_t at = first;

        EACH(BEGIN)
        for (const size_t part = all; at + step <= length; at += ENS_PAIR_LANES) {
            const VEC x = V(load)(ACC, AT(a, at), part);

            EACH(JOIN)
        }
        if (at < length) {
            const size_t part = length - at;
            const VEC x = V(load)(ACC, AT(a, at), part);

            EACH(JOIN)
        }
        EACH(END)
    }
#undef EACH
#undef BEGIN
#undef JOIN
#undef END
}

/* One array beside four others, by themselves; the partial sums are added in halves. */
static ENS_INLINE void FN(pairs)(const int differences, const double *a, const double *const *b, size_t length,
                                 double *sums)
{
    double parts[ENS_PAIRS * ENS_PAIR_LANES] = {0}, *const partial = tmpl_local(parts);

    FN(gram)(differences, a, b, length, partial);
    for (size_t k = 0; k < ENS_PAIRS; k++, sums++) {
        for (size_t half = ENS_PAIR_LANES / 2; half > 0; half /= 2)
            for (size_t i = 0; i < half; i++)
                partial[k * ENS_PAIR_LANES + i] += partial[k * ENS_PAIR_LANES + i + half];
        *sums = partial[k * ENS_PAIR_LANES];
    }
}
