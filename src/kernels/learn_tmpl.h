/* SPDX-License-Identifier: MIT */
/* Sums of logarithms for learning. Their partial products are counted by element, whatever the vectors are. */

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
