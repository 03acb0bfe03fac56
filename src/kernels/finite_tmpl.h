/* SPDX-License-Identifier: MIT */
/* Are all values finite? Of those that are, and of no others, 0 times them is 0. Two chains that do not wait. */
static ENS_INLINE int FN(finite)(const void *from, size_t length)
{
    const size_t lanes = V(lanes)();
    const VEC zero = V(set1)(0), one = V(set1)(1);
    VEC s0 = zero, s1 = zero;
    size_t at = 0;

    for (; length - at >= 2 * lanes; at += 2 * lanes) {
        s0 = V(add)(s0, V(mul)(V(load)(ACC, AT(from, at), 0), zero));
        s1 = V(add)(s1, V(mul)(V(load)(ACC, AT(from, at + lanes), 0), zero));
    }
    for (size_t part; at < length; at += lanes) {
        part = length - at < lanes ? length - at : 0;
        s0 = V(add)(s0, V(mul)(V(load)(ACC, AT(from, at), part), zero));
    }
    return !ANY(V(eq)(V(select)(V(eq)(V(add)(s0, s1), zero), zero, one), one));
}
