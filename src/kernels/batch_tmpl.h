/* SPDX-License-Identifier: MIT */
/* Several short rows in one call, where a call for each would cost more than the row itself. */

/* The class of each row's first largest value; -1 where there is a NaN. Short rows have no use for vectors. */
static inline void FN(labels)(const void *from, size_t stride, size_t rows, size_t width, int32_t *labels)
{
    for (size_t row = 0; row < rows; row++) {
        const unsigned char *const values = (const unsigned char *)from + row * stride;
        SCALAR best, x;
        int32_t label = 0;
        int nan;

        memcpy(&best, values, sizeof best);
        nan = best != best;
        for (size_t j = 1; j < width; j++) {
            memcpy(&x, AT(values, j), sizeof x);
            label = best < x ? (int32_t)j : label;
            best = best < x ? x : best;
            nan |= x != x;
        }
        labels[row] = nan ? -1 : label;
    }
}

/* Exponentials relative to each row's largest value times `a`, as the decay map, and their sums. */
static inline void FN(decay_rows)(void *to, const void *from, size_t stride, size_t rows, size_t width, double a,
                                  double *sums)
{
    for (size_t row = 0; row < rows; row++) {
        const unsigned char *const values = (const unsigned char *)from + row * stride;
        struct ens_map map = {.a = a};

        FN(greatest)(values, width, &map.b);
        map.b = (double)((SCALAR)map.b * (SCALAR)a);
        sums[row] = FN(sum)(1, TO(to, row * width), values, width, &map);
    }
}

/* Divides each row by its sum, as the quotient map. */
static inline void FN(divide_rows)(void *tile, size_t rows, size_t width, const double *sums)
{
    for (size_t row = 0; row < rows; row++) {
        const VEC sum = V(set1)((SCALAR)sums[row]);

        ENS_EACH_VECTOR(at, part, width) {
            unsigned char *const p = TO(tile, row * width + at);

            V(store)(ACC, p, V(div)(V(load)(ACC, p, part), sum), part, 0);
        }
    }
}
