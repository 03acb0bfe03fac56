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
