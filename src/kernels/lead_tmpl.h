/* SPDX-License-Identifier: MIT */
/* The two largest values of a row, or of a part of it. */

/* Short rows have no use for vectors. */
static ENS_INLINE void FN(lead_of_few)(const void *from, const size_t length, struct ens_lead *lead)
{
    SCALAR best = -(SCALAR)INFINITY, second = best, x;
    size_t at = length;
    int nan = 0;

    for (size_t j = 0; j < length; j++) {
        memcpy(&x, AT(from, j), sizeof x);
        nan |= x != x;
        at = best < x ? j : at;
        second = second < (best < x ? best : x) ? (best < x ? best : x) : second;
        best = best < x ? x : best;
    }
    for (size_t j = 0; at == length && j < length; j++) { /* nothing above minus infinity: the first one of these */
        memcpy(&x, AT(from, j), sizeof x);
        at = x == best ? j : at;
    }
    *lead = (struct ens_lead){(double)best, (double)second, at, nan};
}

/* Two chains of pairs, so that neither waits for the other; the pairs of all lanes meet at the end. */
static inline void FN(lead)(const void *from, const size_t length, struct ens_lead *lead)
{
    const size_t lanes = V(lanes)();
    const VEC none = V(set1)(-(SCALAR)INFINITY), zero = V(set1)(0);
    VEC b0 = none, b1 = none, s0 = none, s1 = none, n0 = zero, n1 = zero;
    SCALAR bests[ENS_MOST_LANES], seconds[ENS_MOST_LANES];
    SCALAR *const best = tmpl_local(bests), *const second = tmpl_local(seconds);
    size_t at = 0;

    if (length <= ENS_LEAD_SHORT) {
        FN(lead_of_few)(from, length, lead);
        return;
    }
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
    V(store)(ACC, best, V(hi)(b0, b1), 0, 0);
    V(store)(ACC, second, V(hi)(V(hi)(s0, s1), V(lo)(b0, b1)), 0, 0);
    for (size_t n = lanes, half; n > 1; n = half) {
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
    lead->at = ENS_LEAD_UNKNOWN;
    n0 = V(select)(V(eq)(n1, n1), n0, n1);
    lead->nan = ANY(V(lt)(zero, V(select)(V(eq)(n0, n0), zero, V(set1)(1))));
}
