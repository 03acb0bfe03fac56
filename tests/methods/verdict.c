/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include "report.h"

#include <inttypes.h>
#include <math.h>

/* Products of errors, which the bounds leave out. */
#define SECOND_ORDER 1.01L

/* A value of the result's dtype, rounded once. The largest of doubles that are smaller could be, for low bounds. */
static long double rounded(int dtype, long double v)
{
    return (long double)(dtype == ENS_f64 ? (double)v : number_decode(dtype, number_encode(dtype, (double)v)));
}

/* Rounding is monotonic: what lies between two numbers is between what they are rounded to. */
static int is_within(int dtype, long double found, struct real r)
{
    if (fabsl(found - r.v) <= r.e)
        return 1;
    return found >= rounded(dtype, r.v - r.e) && found <= rounded(dtype, r.v + r.e);
}

/* Are zeros selected, and so have the sign that they came with? */
static int keeps_zeros(const struct task *t)
{
    return t->form == ENSEMBLE_RESULT_AS_IS &&
           (t->method == ENSEMBLE_MIN || t->method == ENSEMBLE_MAX || t->method == ENSEMBLE_MEDIAN);
}

static int is_right(const struct task *t, uint64_t bits, long double found, struct real *r, struct margins *margins)
{
    margins->elements++;
    if (isnan(r->v))
        return number_is_nan(t->result, bits);
    if (isinf(r->e)) {
        margins->unknown++;
        return 1;
    }
    if (number_is_nan(t->result, bits))
        return 0;
    if (isinf(r->v) || r->e == 0)
        return found == rounded(t->result, r->v) &&
               (!keeps_zeros(t) || r->v != 0 || !signbit(r->v) == !(bits & number_sign(t->result)));
    r->e *= SECOND_ORDER;
    return is_within(t->result, found, *r);
}

static void note_margin(struct margins *margins, const struct expect *x, long double found, const struct real *r)
{
    if (isinf(r->e) || isinf(r->v) || !(r->e > 0) || x->task->result != (x->in_double ? ENS_f64 : ENS_f32))
        return;
    if (fabsl(found - r->v) <= r->e && fabsl(found - r->v) > margins->largest * r->e)
        margins->largest = fabsl(found - r->v) / r->e;
}

void verdict(struct expect *x, const struct task *t, const unsigned char *result, struct margins *margins)
{
    for (size_t row = 0; row < t->rows; row++) {
        expect_row(x, row);
        for (size_t k = 0; k < t->width; k++) {
            const uint64_t bits = number_get(t->result, result, row * t->width + k);
            const long double found = (long double)number_read(t->result, result, row * t->width + k);
            struct real r = x->result[k];

            if (!is_right(t, bits, found, &r, margins)) {
                report_fail("row %zu, class %zu is %.17Lg (0x%" PRIx64 "), not within %.3Lg of %.17Lg", row, k, found,
                            bits, r.e, r.v);
                return;
            }
            note_margin(margins, x, found, &r);
        }
    }
    report_pass();
}
