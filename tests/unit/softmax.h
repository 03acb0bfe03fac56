/* SPDX-License-Identifier: MIT */
/* What softmax and logarithmic pool are by their definitions, in long double. Tests that use it need -lm (unit.mk). */
#ifndef TESTS_UNIT_SOFTMAX_H
#define TESTS_UNIT_SOFTMAX_H

#include "said.h"

/* softmax(z / temperature) of one row. */
static inline void plain_softmax(const double *z, size_t width, double temperature, double *p)
{
    long double largest = (long double)z[0], sum = 0;

    for (size_t i = 1; i < width; i++)
        largest = (long double)z[i] > largest ? (long double)z[i] : largest;
    for (size_t i = 0; i < width; i++)
        sum += expl(((long double)z[i] - largest) / (long double)temperature);
    for (size_t i = 0; i < width; i++)
        p[i] = (double)(expl(((long double)z[i] - largest) / (long double)temperature) / sum);
}

/* Each within `relative` of itself. */
static inline void relatively_at(const double *y, const double *expected, size_t count, double relative,
                                 const char *file, int line)
{
    for (size_t i = 0; i < count; i++) {
        if (fabs(y[i] - expected[i]) <= relative * fabs(expected[i]))
            continue;
        print_error("value %zu is %.17g, not %.17g: wrong by %g of it, more than %g\n", i, y[i], expected[i],
                    fabs(y[i] / expected[i] - 1), relative);
        _fail(file, line);
    }
}
#define assert_relatively(y, expected, count, relative)                                                              \
    relatively_at(y, expected, count, relative, __FILE__, __LINE__)

#endif
