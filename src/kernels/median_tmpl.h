/* SPDX-License-Identifier: MIT */
/*
 * The median of up to nine models of equal weight, in registers, by the networks of kernels/networks.h; what a network
 * does beyond the middle values is dropped by the compiler. A step exchanges or keeps two values, so none is ever lost,
 * whatever zeros and NaN are taken for. What that leaves open is put right at the end: a zero in the middle is -0 if
 * more values than come before it have a sign bit, and NaN wins.
 */

/* The value of order m, 0 for the smallest, with the sign that a zero has there. */
static ENS_INLINE VEC FN(ordered)(VEC x, BITS signs, UINT m)
{
    const VEC zero = V(from_bits)(U(and)(U(sub)(U(set1)(m), signs), U(set1)(SIGN)));

    return V(select)(V(eq)(x, V(set1)(0)), zero, x);
}

/*
 * Halfway between two values, rounded once: their sum halved, or where that overflows the sum of their halves, which
 * are exact there.
 */
static ENS_INLINE VEC FN(halfway)(VEC a, VEC b)
{
    const VEC half = V(set1)((SCALAR).5), sum = V(mul)(V(add)(a, b), half);
    const VEC halves = V(add)(V(mul)(a, half), V(mul)(b, half));
    const VEC size = V(from_bits)(U(and)(V(bits)(sum), U(set1)(SIGN - 1)));

    return V(select)(V(eq)(size, V(set1)((SCALAR)INFINITY)), halves, sum);
}

/* For a constant n. */
#define ENS_INPUT(n, k)                                                                                              \
    if (n > k) {                                                                                                     \
        x##k = V(load)(ACC, AT(s->in[n > k ? k : 0], at), part);                                                     \
        nan = V(select)(V(eq)(x##k, x##k), nan, x##k);                                                               \
        signs = U(add)(signs, U(shr)(V(bits)(x##k), 8 * sizeof(UINT) - 1));                                          \
    }
#define ENS_EXCHANGE(i, j)                                                                                           \
    y = V(lo)(x##i, x##j);                                                                                           \
    x##j = V(hi)(x##i, x##j);                                                                                        \
    x##i = y;
#define ENS_MEDIAN(n, middle, before)                                                                                \
    static ENS_INLINE void FN(median##n)(const struct ens_span *s)                                                   \
    {                                                                                                                \
        const VEC zero = V(set1)(0);                                                                                 \
                                                                                                                     \
        ENS_EACH_VECTOR(at, part, s->length) {                                                                       \
            VEC x0 = zero, x1 = zero, x2 = zero, x3 = zero, x4 = zero, x5 = zero, x6 = zero, x7 = zero, x8 = zero;   \
            VEC nan = zero, y = zero;                                                                                \
            BITS signs = U(set1)(0);                                                                                 \
                                                                                                                     \
            ENS_INPUT(n, 0) ENS_INPUT(n, 1) ENS_INPUT(n, 2) ENS_INPUT(n, 3) ENS_INPUT(n, 4)                          \
            ENS_INPUT(n, 5) ENS_INPUT(n, 6) ENS_INPUT(n, 7) ENS_INPUT(n, 8)                                          \
            ENS_NETWORK_##n(ENS_EXCHANGE) y = FN(ordered)(middle, signs, n / 2);                                     \
            if (n % 2 == 0)                                                                                          \
                y = FN(halfway)(FN(ordered)(before, signs, (UINT)(n / 2) - (n > 1)), y);                            \
            V(store)(ACC, TO(s->out, at), V(select)(V(eq)(nan, nan), y, nan), part, 0);                              \
        }                                                                                                            \
    }
ENS_NETWORK_LIST(ENS_MEDIAN)

static inline void FN(median)(const struct ens_span *s)
{
    switch (s->n) {
    default: /* there are no others */
#define ENS_CASE(n, middle, before)                                                                                  \
    case n:                                                                                                          \
        FN(median##n)(s);                                                                                            \
        break;
        ENS_NETWORK_LIST(ENS_CASE)
#undef ENS_CASE
    }
}

#undef ENS_INPUT
#undef ENS_EXCHANGE
#undef ENS_MEDIAN
