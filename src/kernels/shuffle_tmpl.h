/* SPDX-License-Identifier: MIT */
/*
 * Rows are turned by vectors, if values have 4 bytes. A perfect shuffle of n values, which deals out the two halves in
 * turn, puts value i where 2 i is, counted modulo n - 1. So after k of them 2^k rows have been turned, of any width:
 * value j of row r, which is r x width + j, has come to 2^k (r x width + j) = j x 2^k + r.
 */

/* One shuffle, or two at once, of n values. */
static ENS_INLINE void FN(shuffle)(void *to, const void *from, size_t n)
{
    const size_t lanes = V(lanes)(), half = n / 2;

    for (size_t at = 0; at < half; at += lanes) {
        VEC a = V(load)(ACC, AT(from, at), 0), b = V(load)(ACC, AT(from, half + at), 0);

        V(undeal)(&a, &b);
        V(store)(ACC, TO(to, 2 * at), a, 0, 0);
        V(store)(ACC, TO(to, 2 * at + lanes), b, 0, 0);
    }
}

static ENS_INLINE void FN(shuffle_twice)(void *to, const void *from, size_t n)
{
    const size_t lanes = V(lanes)(), part = n / 4;

    for (size_t at = 0; at < part; at += lanes) {
        VEC a = V(load)(ACC, AT(from, at), 0), b = V(load)(ACC, AT(from, part + at), 0);
        VEC c = V(load)(ACC, AT(from, 2 * part + at), 0), d = V(load)(ACC, AT(from, 3 * part + at), 0);

        V(undeal)(&a, &c);
        V(undeal)(&b, &d);
        V(undeal)(&a, &b);
        V(undeal)(&c, &d);
        V(store)(ACC, TO(to, 4 * at), a, 0, 0);
        V(store)(ACC, TO(to, 4 * at + lanes), b, 0, 0);
        V(store)(ACC, TO(to, 4 * at + 2 * lanes), c, 0, 0);
        V(store)(ACC, TO(to, 4 * at + 3 * lanes), d, 0, 0);
    }
}

/* Is it done? Not with short vectors, to which the moves of single values are as quick. */
static ENS_INLINE int FN(turn_by_shuffles)(void *to, void *spare, const void *from, size_t rows, size_t width)
{
    const size_t lanes = V(lanes)(), n = rows * width;

    if (lanes < 8 || n / 4 % lanes != 0 || (rows != 16 && rows != 32))
        return 0;
    if (rows == 32) {
        FN(shuffle)(to, from, n);
        from = to;
    }
    FN(shuffle_twice)(spare, from, n);
    FN(shuffle_twice)(to, spare, n);
    return 1;
}
