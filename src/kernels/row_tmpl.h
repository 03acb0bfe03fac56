/* SPDX-License-Identifier: MIT */
/* What a row of values comes to: sums in a fixed order, the largest value, and where it is. */

/* Sums ENS_LANES partial sums in halves. Those that so few values have not come to are 0, and need not be added. */
static inline double FN(halves)(SCALAR *partial, const size_t length)
{
    for (size_t half = ENS_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half && half < length; i++)
            partial[i] += partial[i + half];
    return (double)partial[0];
}

/* X(k) for vector k of a group of ENS_LANES values, where that has at most 16 vectors. */
#define ENS_GROUP_VECTORS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

/* Sums whole groups in registers. Returns the element that comes next. */
static ENS_INLINE size_t FN(sum_groups)(const int decay, void *to, const void *from, const size_t length, VEC a, VEC b,
                                        SCALAR *partial)
{
    const size_t lanes = V(lanes)(), vectors = lanes <= ENS_LANES ? ENS_LANES / lanes : 0;
    size_t at = 0;

#define DECLARE(k) VEC s##k = V(set1)(0);
    ENS_GROUP_VECTORS(DECLARE)
    if (vectors == 0 || vectors > 16)
        return 0;
    for (; length - at >= ENS_LANES; at += ENS_LANES) {
#define ADD(k)                                                                                                       \
    if (vectors > k) {                                                                                               \
        VEC x = V(load)(ACC, AT(from, at + k * lanes), 0);                                                           \
                                                                                                                     \
        if (decay) {                                                                                                 \
            x = ELEMENTARY(exp_nonpositive)(V(sub)(V(mul)(x, a), b));                                                \
            V(store)(ACC, TO(to, at + k * lanes), x, 0, 0);                                                          \
        }                                                                                                            \
        s##k = V(add)(s##k, x);                                                                                      \
    }
        ENS_GROUP_VECTORS(ADD)
    }
#define KEEP(k)                                                                                                      \
    if (vectors > k)                                                                                                 \
        V(store)(ACC, TO(partial, k * lanes), s##k, 0, 0);
    ENS_GROUP_VECTORS(KEEP)
#undef DECLARE
#undef ADD
#undef KEEP
    return at;
}

/*
 * The sum of a block; with `decay`, of what that map makes of it, which is stored too. Behind the whole groups, and where
 * a vector is longer than ENS_LANES, the partial sums are in memory. Lanes beyond the end hold 0, which changes no sum.
 */
static ENS_INLINE double FN(sum)(const int decay, void *to, const void *from, const size_t length,
                                 const struct ens_map *with)
{
    const size_t lanes = V(lanes)(), step = lanes < ENS_LANES ? lanes : ENS_LANES;
    const size_t all = step < lanes ? step : 0;
    const VEC a = V(set1)(decay ? (SCALAR)with->a : 1), b = V(set1)(decay ? (SCALAR)with->b : 0);
    SCALAR partial[ENS_LANES] = {0};

    for (size_t at = FN(sum_groups)(decay, to, from, length, a, b, partial), lane = 0; at < length;
         at += step, lane = (lane + step) % ENS_LANES) {
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
    return FN(halves)(partial, length);
}

/* The greater of two; the first where the second is NaN. */
#define GREATER(a, b) ((a) < (b) ? (b) : (a))

/* What is added to the last vector of a span: 0 where it has elements, minus infinity behind them. */
#define ENS_8(x) x, x, x, x, x, x, x, x
#define ENS_64(x) ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x)
static const SCALAR FN(behind)[2 * ENS_MOST_LANES] = {ENS_64(0), ENS_64(-(SCALAR)INFINITY)};
#undef ENS_8
#undef ENS_64

/*
 * Four chains of comparisons that do not wait for each other. The result is never -0, since which zero wins depends on
 * how many lanes there are.
 */
static inline int FN(greatest)(const void *from, const size_t length, double *greatest)
{
    const size_t lanes = V(lanes)();
    SCALAR most[ENS_MOST_LANES];
    VEC m0 = V(set1)(-(SCALAR)INFINITY), m1 = m0, m2 = m0, m3 = m0, n0 = V(set1)(0), n1 = n0;
    size_t at = 0;

    for (; length - at >= 4 * lanes; at += 4 * lanes) {
        const VEC v0 = V(load)(ACC, AT(from, at), 0), v1 = V(load)(ACC, AT(from, at + lanes), 0);
        const VEC v2 = V(load)(ACC, AT(from, at + 2 * lanes), 0), v3 = V(load)(ACC, AT(from, at + 3 * lanes), 0);

        m0 = V(hi)(m0, v0);
        m1 = V(hi)(m1, v1);
        m2 = V(hi)(m2, v2);
        m3 = V(hi)(m3, v3);
        n0 = V(select)(V(eq)(v0, v0), V(select)(V(eq)(v1, v1), n0, v1), v0);
        n1 = V(select)(V(eq)(v2, v2), V(select)(V(eq)(v3, v3), n1, v3), v2);
    }
    for (; at < length; at += lanes) {
        const size_t part = length - at < lanes ? length - at : 0;
        VEC v = V(load)(ACC, AT(from, at), part);

        if (part > 0)
            v = V(add)(v, V(load)(ACC, FN(behind) + ENS_MOST_LANES - part, 0));
        m0 = V(hi)(m0, v);
        n0 = V(select)(V(eq)(v, v), n0, v);
    }
    n0 = V(select)(V(eq)(n1, n1), n0, n1);
    V(store)(ACC, most, V(hi)(V(hi)(m0, m1), V(hi)(m2, m3)), 0, 0);
    for (size_t half = lanes / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            most[i] = GREATER(most[i], most[i + half]);
    *greatest = (double)(most[0] + 0);
    return ANY(V(lt)(V(set1)(0), V(select)(V(eq)(n0, n0), V(set1)(0), V(set1)(1))));
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
