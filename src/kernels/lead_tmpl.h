/* SPDX-License-Identifier: MIT */
/* The two largest values of a row, or of a part of it. */

/* Two chains of pairs, so that neither waits for the other; the pairs of all lanes meet at the end. */
static inline void FN(lead)(const void *from, const size_t length, struct ens_lead *lead)
{
    const size_t lanes = V(lanes)();
    const VEC none = V(set1)(-(SCALAR)INFINITY), zero = V(set1)(0);
    VEC b0 = none, b1 = none, s0 = none, s1 = none, n0 = zero, n1 = zero;
    SCALAR bests[2 * ENS_MOST_LANES], seconds[2 * ENS_MOST_LANES];
    SCALAR *const best = tmpl_local(bests), *const second = tmpl_local(seconds);
    size_t at = 0;

    for (; length - at >= 2 * lanes; at += 2 * lanes) {
        const VEC v0 = V(load)(ACC, AT(from, at), 0), v1 = V(load)(ACC, AT(from, at + lanes), 0);

        s0 = V(hi)(s0, V(lo)(b0, v0));
        s1 = V(hi)(s1, V(lo)(b1, v1));
        b0 = V(hi)(b0, v0);
        b1 = V(hi)(b1, v1);
        n0 = V(select)(V(eq)(v0, v0), n0, v0);
        n1 = V(select)(V(eq)(v1, v1), n1, v1);
    }
    for (; at < length; at += lanes) {
        const size_t part = length - at < lanes ? length - at : 0;
        VEC v = V(load)(ACC, AT(from, at), part);

        if (part > 0)
            v = V(add)(v, V(load)(ACC, FN(behind) + 64 - part, 0));
        s0 = V(hi)(s0, V(lo)(b0, v));
        b0 = V(hi)(b0, v);
        n0 = V(select)(V(eq)(v, v), n0, v);
    }
    V(store)(ACC, best, b0, 0, 0);
    V(store)(ACC, TO(best, lanes), b1, 0, 0);
    V(store)(ACC, second, s0, 0, 0);
    V(store)(ACC, TO(second, lanes), s1, 0, 0);
    for (size_t n = 2 * lanes, half; n > 1; n = half) {
        half = (n + 1) / 2;
        for (size_t i = 0; i < n / 2; i++) {
            const SCALAR a = best[i], b = best[i + half], less = a < b ? a : b;
            const SCALAR next = second[i] < second[i + half] ? second[i + half] : second[i];

            best[i] = a < b ? b : a;
            second[i] = next < less ? less : next;
        }
    }
    lead->best = (double)best[0];
    lead->second = (double)second[0];
    n0 = V(select)(V(eq)(n1, n1), n0, n1);
    lead->nan = ANY(V(lt)(zero, V(select)(V(eq)(n0, n0), zero, V(set1)(1))));
}
