/* SPDX-License-Identifier: MIT */
/* What a row of values comes to: sums in a fixed order, the largest value, and where it is. */

/* Sums of ENS_LANES partial sums, in halves. */
static inline double FN(halves)(SCALAR *partial)
{
    for (size_t half = ENS_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            partial[i] += partial[i + half];
    return (double)partial[0];
}

/*
 * The sum of a block; with `decay`, of what that map makes of it, which is stored too. A vector longer than ENS_LANES is
 * used in part. Lanes beyond the end hold 0, which changes no sum.
 */
static ENS_INLINE double FN(sum)(const int decay, void *to, const void *from, const size_t length,
                                 const struct ens_map *with)
{
    const size_t lanes = V(lanes)(), step = lanes < ENS_LANES ? lanes : ENS_LANES;
    const size_t all = step < lanes ? step : 0;
    const VEC a = V(set1)(decay ? (SCALAR)with->a : 1), b = V(set1)(decay ? (SCALAR)with->b : 0);
    SCALAR partial[ENS_LANES] = {0};

    for (size_t at = 0, lane = 0; at < length; at += step, lane = (lane + step) % ENS_LANES) {
        const size_t part = length - at < step ? length - at : all;
        VEC x = V(load)(ACC, AT(from, at), part);

        if (decay) {
            x = ELEMENTARY(exp_nonpositive)(V(sub)(V(mul)(x, a), b));
            V(store)(ACC, TO(to, at), x, part, 0);
            if (part > 0)
                x = V(load)(ACC, AT(to, at), part);
        }
        V(store)(ACC, TO(partial, lane), V(add)(V(load)(ACC, AT(partial, lane), all), x), all, 0);
    }
    return FN(halves)(partial);
}

/* The greater of two; the first where the second is NaN. */
#define GREATER(a, b) ((a) < (b) ? (b) : (a))

static inline int FN(greatest)(const void *from, const size_t length, double *greatest)
{
    const size_t lanes = V(lanes)();
    SCALAR most[ENS_MOST_LANES], broken[ENS_MOST_LANES], x, best = -(SCALAR)INFINITY;
    VEC m = V(set1)(best), nan = V(set1)(0);
    size_t at = 0;
    int any = 0;

    for (; length - at >= lanes; at += lanes) {
        const VEC v = V(load)(ACC, AT(from, at), 0);

        m = V(hi)(m, v);
        nan = V(select)(V(eq)(v, v), nan, v);
    }
    if (at > 0) {
        V(store)(ACC, most, m, 0, 0);
        V(store)(ACC, broken, nan, 0, 0);
        for (size_t i = 0; i < lanes; i++) {
            best = GREATER(best, most[i]);
            any |= broken[i] != broken[i];
        }
    }
    for (; at < length; at++) {
        memcpy(&x, AT(from, at), sizeof x);
        best = GREATER(best, x);
        any |= x != x;
    }
    *greatest = (double)best;
    return any;
}
#undef GREATER

static inline size_t FN(find)(const void *from, const size_t length, double value)
{
    const size_t lanes = V(lanes)();
    const VEC wanted = V(set1)((SCALAR)value);
    size_t at = 0;
    SCALAR x;

    while (length - at >= lanes && !ANY(V(eq)(V(load)(ACC, AT(from, at), 0), wanted)))
        at += lanes;
    for (; at < length; at++) {
        memcpy(&x, AT(from, at), sizeof x);
        if (x == (SCALAR)value)
            break;
    }
    return at;
}

#undef ENS_ACC
