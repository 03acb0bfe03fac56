/* SPDX-License-Identifier: MIT */
/* For learning: sums of logarithms, hits, gradients. What is summed is counted by element, whatever the vectors are. */

/* An element, or two, within the limits. */
static ENS_INLINE VEC FN(limited)(const int in, const double *a, const void *b, const size_t at, const size_t part,
                                 VEC low, VEC high)
{
    VEC x = V(load)(ACC, AT(a, at), part);

    if (b != NULL)
        x = V(add)(x, V(load)(in, (const unsigned char *)b + (at << ENS_SHIFT(in)), part));
    return V(lo)(V(hi)(x, low), high);
}

/*
 * Logarithms of products instead of sums of logarithms: element j is multiplied into product j mod ENS_LOG_LANES, and
 * the logarithms of those are added in halves.
 */
static ENS_INLINE double FN(log_sum)(const int in, const double *a, const void *b, size_t length, double least,
                                     double most)
{
    const size_t lanes = V(lanes)(), widest = FN(sum_step)(lanes);
    const size_t step = widest < ENS_LOG_LANES ? widest : ENS_LOG_LANES;
    const size_t all = ENS_LOG_LANES % LANES == 0 ? 0 : step;
    const VEC low = V(set1)(least), high = V(set1)(most), one = V(set1)(1);
    SCALAR products[ENS_LOG_LANES], *const product = tmpl_local(products);

    for (size_t first = 0; first < ENS_LOG_LANES; first += step) {
        size_t at = first;
        VEC p = one;

        for (; at + step <= length; at += ENS_LOG_LANES)
            p = V(mul)(p, FN(limited)(in, a, b, at, all, low, high));
        if (at < length) {
            const VEC behind = V(load)(ACC, FN(behind) + 64 - (length - at), 0);
            const VEC x = FN(limited)(in, a, b, at, length - at, low, high);

            p = V(mul)(p, V(select)(V(eq)(behind, V(set1)(0)), x, one));
        }
        V(store)(ACC, TO(product, first), ELEMENTARY(log)(p), all, 0);
    }
    for (size_t half = ENS_LOG_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            product[i] += product[i + half];
    return product[0];
}

/*
 * In how many rows the value at the label is the first of the largest ones: above all before it, and not below those
 * behind. Of a vector, `worst` becomes 0 where that is not so, and is minus infinity elsewhere.
 */
static ENS_INLINE size_t FN(hits)(const double *rows, size_t count, size_t width, const int32_t *labels)
{
    const VEC right = V(set1)(-(SCALAR)INFINITY), wrong = V(set1)(0);
    size_t hits = 0;

    for (size_t r = 0; r < count; r++, rows += width) {
        const size_t label = (size_t)labels[r];
        const VEC own = V(set1)(rows[label]);
        VEC worst = right;

        ENS_EACH_VECTOR(at, part, width) {
            const VEC equal = V(load)(ACC, FN(behind) + 64 - (label > at ? label - at : 0), 0);
            VEC x = V(load)(ACC, AT(rows, at), part);

            if (part > 0)
                x = V(add)(x, V(load)(ACC, FN(behind) + 64 - part, 0));
            worst = V(hi)(worst, V(select)(V(lt)(x, own), right, V(select)(V(eq)(x, own), equal, wrong)));
        }
        hits += !ANY(V(eq)(worst, wrong));
    }
    return hits;
}

/*
 * to[i] less the quotients in[i][j] / (below[j], but at least `least`), one after the other. The quotients of a vector
 * at a time; they are taken off by themselves, in order, while the next model's are on their way.
 */
static ENS_INLINE void FN(descend)(const double *const *in, size_t n, const double *below, size_t length, double least,
                                  double *to)
{
    SCALAR quotients[ENS_MOST_LANES], *const quotient = tmpl_local(quotients);

    for (size_t i = 0; i < n; i++) {
        SCALAR left = to[i];

        ENS_EACH_VECTOR(at, part, length) {
            const VEC divisor = V(hi)(V(set1)(least), V(load)(ACC, AT(below, at), part));
            const size_t lanes = part > 0 ? part : V(lanes)();

            V(store)(ACC, quotient, V(div)(V(load)(ACC, AT(in[i], at), part), divisor), 0, 0);
            for (size_t k = 0; k < lanes; k++)
                left -= quotient[k];
        }
        to[i] = left;
    }
}
