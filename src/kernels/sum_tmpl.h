/* SPDX-License-Identifier: MIT */
/* Sums over a row in a fixed order. */

/* Sums ENS_LANES partial sums in halves. Those that so few values have not come to are 0, and need not be added. */
static inline double FN(halves)(SCALAR *partial, const size_t length)
{
    for (size_t half = ENS_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half && half < length; i++)
            partial[i] += partial[i + half];
    return (double)partial[0];
}

/*
 * How many vectors hold a group of ENS_LANES values; 0 where they do not fill it exactly. X(k) for vector k, of at most
 * 16.
 */
#define VECTORS (ENS_LANES % LANES == 0 ? ENS_LANES / LANES : 0)
#define ENS_GROUP_VECTORS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

/* Sums whole groups in registers. Returns the element that comes next. */
static ENS_INLINE size_t FN(sum_groups)(const void *from, const size_t length, SCALAR *partial)
{
    const size_t lanes = V(lanes)();
    size_t at = 0;

    (void)lanes; /* a vector of one lane returns at once */
#define DECLARE(k) VEC s##k = V(set1)(0);
    ENS_GROUP_VECTORS(DECLARE)
    if (VECTORS == 0 || VECTORS > 16)
        return 0;
    for (; length - at >= ENS_LANES; at += ENS_LANES) {
#define ADD(k)                                                                                                       \
    if (VECTORS > k)                                                                                                 \
        s##k = V(add)(s##k, V(load)(ACC, AT(from, at + k * lanes), 0));
        ENS_GROUP_VECTORS(ADD)
    }
#define KEEP(k)                                                                                                      \
    if (VECTORS > k)                                                                                                 \
        V(store)(ACC, TO(partial, k * lanes), s##k, 0, 0);
    ENS_GROUP_VECTORS(KEEP)
#undef DECLARE
#undef ADD
#undef KEEP
    return at;
}

/*
 * How many values are added at once where the partial sums are in memory: a power of two, which a vector need not be.
 */
static ENS_INLINE size_t FN(sum_step)(const size_t lanes)
{
    size_t step = ENS_LANES;

    while (step > lanes)
        step /= 2;
    return step;
}

/*
 * The sum of a block. Behind the whole groups, and where vectors do not fill ENS_LANES exactly, the partial sums are in
 * memory. Lanes beyond the end hold 0, which changes no sum.
 */
static ENS_INLINE double FN(sum)(const void *from, const size_t length)
{
    const size_t lanes = V(lanes)(), step = FN(sum_step)(lanes), all = ENS_LANES % LANES == 0 ? 0 : step;
    SCALAR sums[ENS_LANES], *const partial = tmpl_local(sums);

    memset(partial, 0, sizeof sums);
    for (size_t at = FN(sum_groups)(from, length, partial), lane = 0; at < length;
         at += step, lane = (lane + step) % ENS_LANES) {
        const VEC x = V(load)(ACC, AT(from, at), length - at < step ? length - at : all);

        V(store)(ACC, TO(partial, lane), V(add)(V(load)(ACC, AT(partial, lane), all), x), all, 0);
    }
    return FN(halves)(partial, length);
}
