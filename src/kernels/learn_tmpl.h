/* SPDX-License-Identifier: MIT */
/* Sums over many values for learning. Their partial sums are counted by element, whatever the vectors are. */

/*
 * One array beside four others: products, added to partial sums that stay in memory from call to call. Where a vector
 * holds fewer than those, its place among them moves on with `first`, and the arrays are gone through again.
 */
static ENS_INLINE void FN(gram)(const double *a, const double *const *b, size_t length, double *partial)
{
    const size_t lanes = V(lanes)(), widest = FN(sum_step)(lanes);
    const size_t step = widest < ENS_PAIR_LANES ? widest : ENS_PAIR_LANES;
    const size_t all = step < lanes ? step : 0;

#define EACH(X) X(0) X(1) X(2) X(3)
#define BEGIN(k) VEC s##k = V(load)(ACC, AT(partial, k * ENS_PAIR_LANES + first), all);
#define JOIN(k) s##k = V(add)(s##k, V(mul)(x, V(load)(ACC, AT(b[k], at), part)));
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

/* An element, or two, within the limits. */
static ENS_INLINE VEC FN(limited)(const double *a, const double *b, const size_t at, const size_t part, VEC low,
                                 VEC high)
{
    VEC x = V(load)(ACC, AT(a, at), part);

    if (b != NULL)
        x = V(add)(x, V(load)(ACC, AT(b, at), part));
    return V(lo)(V(hi)(x, low), high);
}

/*
 * Logarithms of products instead of sums of logarithms: element j is multiplied into product j mod ENS_LOG_LANES, and
 * the logarithms of those are added in halves.
 */
static ENS_INLINE double FN(log_sum)(const double *a, const double *b, size_t length, double least, double most)
{
    const size_t lanes = V(lanes)(), widest = FN(sum_step)(lanes);
    const size_t step = widest < ENS_LOG_LANES ? widest : ENS_LOG_LANES;
    const size_t all = step < lanes ? step : 0;
    const VEC low = V(set1)(least), high = V(set1)(most), one = V(set1)(1);
    SCALAR products[ENS_LOG_LANES], *const product = tmpl_local(products);

    for (size_t first = 0; first < ENS_LOG_LANES; first += step) {
        size_t at = first;
        VEC p = one;

        for (; at + step <= length; at += ENS_LOG_LANES)
            p = V(mul)(p, FN(limited)(a, b, at, all, low, high));
        if (at < length) {
            const VEC behind = V(load)(ACC, FN(behind) + 64 - (length - at), 0);
            const VEC x = FN(limited)(a, b, at, length - at, low, high);

            p = V(mul)(p, V(select)(V(eq)(behind, V(set1)(0)), x, one));
        }
        V(store)(ACC, TO(product, first), ELEMENTARY(log)(p), all, 0);
    }
    for (size_t half = ENS_LOG_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            product[i] += product[i + half];
    return product[0];
}
