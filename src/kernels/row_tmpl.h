/* SPDX-License-Identifier: MIT */
/* The largest value of a row, and where it is. */

/* The greater of two; the first where the second is NaN. */
#define GREATER(a, b) ((a) < (b) ? (b) : (a))

/* What is added to the last vector of a span: 0 where it has elements, minus infinity behind them. */
#define ENS_8(x) x, x, x, x, x, x, x, x
#define ENS_64(x) ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x), ENS_8(x)
static const SCALAR FN(behind)[] = {ENS_64(0), ENS_64(-(SCALAR)INFINITY)};
#undef ENS_8
#undef ENS_64

/* The largest lane. It is never -0, since which zero wins depends on how many lanes there are. */
static ENS_INLINE double FN(largest)(VEC v)
{
    SCALAR lanes[ENS_MOST_LANES], *const most = tmpl_local(lanes);

    V(store)(ACC, most, v, 0, 0);
    for (size_t n = V(lanes)(), half; n > 1; n = half) {
        half = (n + 1) / 2;
        for (size_t i = 0; i < n / 2; i++)
            most[i] = GREATER(most[i], most[i + half]);
    }
    return (double)(most[0] + 0);
}

#define ROW(at) ((const unsigned char *)from + ((at) << ENS_SHIFT(in)))

/* Four chains of comparisons that do not wait for each other. `nan`: is it to be known whether there is one? */
static ENS_INLINE int FN(greatest)(const int in, const int nan, const void *from, const size_t length,
                                   double *greatest)
{
    const size_t lanes = V(lanes)();
    VEC m0 = V(set1)(-(SCALAR)INFINITY), m1 = m0, m2 = m0, m3 = m0, n0 = V(set1)(0), n1 = n0;
    size_t at = 0;

    for (; length - at >= 4 * lanes; at += 4 * lanes) {
        const VEC v0 = V(load)(in, ROW(at), 0), v1 = V(load)(in, ROW(at + lanes), 0);
        const VEC v2 = V(load)(in, ROW(at + 2 * lanes), 0), v3 = V(load)(in, ROW(at + 3 * lanes), 0);

        m0 = V(hi)(m0, v0);
        m1 = V(hi)(m1, v1);
        m2 = V(hi)(m2, v2);
        m3 = V(hi)(m3, v3);
        if (nan) {
            n0 = V(select)(V(eq)(v0, v0), V(select)(V(eq)(v1, v1), n0, v1), v0);
            n1 = V(select)(V(eq)(v2, v2), V(select)(V(eq)(v3, v3), n1, v3), v2);
        }
    }
    for (; at < length; at += lanes) {
        const size_t part = length - at < lanes ? length - at : 0;
        VEC v = V(load)(in, ROW(at), part);

        if (part > 0)
            v = V(add)(v, V(load)(ACC, FN(behind) + 64 - part, 0));
        m0 = V(hi)(m0, v);
        n0 = V(select)(V(eq)(v, v), n0, v);
    }
    n0 = V(select)(V(eq)(n1, n1), n0, n1);
    *greatest = FN(largest)(V(hi)(V(hi)(m0, m1), V(hi)(m2, m3)));
    return ANY(V(lt)(V(set1)(0), V(select)(V(eq)(n0, n0), V(set1)(0), V(set1)(1))));
}
#undef GREATER
#undef ROW

/* Four vectors at once, since most have none. NaN is not above anything. */
static inline size_t FN(above)(const void *from, const size_t length, double value)
{
    const size_t lanes = V(lanes)();
    const VEC least = V(set1)((SCALAR)value);
    size_t at = 0;
    SCALAR x;

    for (; length - at >= 4 * lanes; at += 4 * lanes) {
        VEC most = V(hi)(least, V(load)(ACC, AT(from, at), 0));

        most = V(hi)(most, V(load)(ACC, AT(from, at + lanes), 0));
        most = V(hi)(most, V(load)(ACC, AT(from, at + 2 * lanes), 0));
        most = V(hi)(most, V(load)(ACC, AT(from, at + 3 * lanes), 0));
        if (ANY(V(lt)(least, most)))
            break;
    }
    for (; length - at >= lanes && !ANY(V(lt)(least, V(load)(ACC, AT(from, at), 0))); at += lanes)
        continue;
    for (; at < length; at++) {
        memcpy(&x, AT(from, at), sizeof x);
        if (x > (SCALAR)value)
            break;
    }
    return at;
}

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
