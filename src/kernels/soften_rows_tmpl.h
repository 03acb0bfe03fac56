/* SPDX-License-Identifier: MIT */
/* Softmaxes of several short rows in one call. */

/* Rows of at most so many values: each is alone in its partial sum. */
#define FEW ENS_LANES

/* x a - b of a row, with b its largest value times a. */
static ENS_INLINE void FN(lower_row)(void *to, const void *from, const size_t width, const SCALAR a)
{
    SCALAR most = -(SCALAR)INFINITY, x;

    for (size_t j = 0; j < width; j++) {
        memcpy(&x, AT(from, j), sizeof x);
        most = most < x ? x : most;
    }
    most = (most + 0) * a;
    ENS_EACH_VECTOR(at, part, width)
        V(store)(ACC, TO(to, at), V(sub)(V(mul)(V(load)(ACC, AT(from, at), part), V(set1)(a)), V(set1)(most)), part, 0);
}

/* Sums in halves, as FN(halves) does, of so few values that nothing was added to them before. */
static ENS_INLINE double FN(sum_of_few)(const void *from, const size_t width)
{
    SCALAR sums[FEW], *const partial = tmpl_local(sums);
    size_t n = width;

    memcpy(partial, from, width * sizeof *partial);
    for (size_t half = FEW / 2; half > 0; half /= 2) {
        for (size_t i = 0; i + half < n; i++)
            partial[i] += partial[i + half];
        n = n < half ? n : half;
    }
    return (double)partial[0];
}

/*
 * Exponentials relative to each row's largest value times `a`, as the decay map, and their sums. The exponentials of
 * rows of few values are computed of all rows at once, in whole vectors.
 */
static inline void FN(decay_rows)(void *to, const void *from, size_t stride, size_t rows, size_t width, double a,
                                  double *sums)
{
    for (size_t row = 0; row < rows; row++) {
        const unsigned char *const values = (const unsigned char *)from + row * stride;
        struct ens_map map = {.a = a};

        if (width <= FEW) {
            FN(lower_row)(TO(to, row * width), values, width, (SCALAR)a);
            continue;
        }
        FN(greatest)(ACC, 0, values, width, &map.b);
        map.b = (double)((SCALAR)map.b * (SCALAR)a);
        sums[row] = FN(decay_sum)(TO(to, row * width), values, width, &map);
    }
    if (width > FEW)
        return;
    ENS_EACH_VECTOR(at, part, rows * width)
        V(store)(ACC, TO(to, at), ELEMENTARY(exp_nonpositive)(V(load)(ACC, TO(to, at), part)), part, 0);
    for (size_t row = 0; row < rows; row++)
        sums[row] = FN(sum_of_few)(AT(to, row * width), width);
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

#undef FEW
