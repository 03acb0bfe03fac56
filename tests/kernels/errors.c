/* SPDX-License-Identifier: MIT */
/*
 * How far a sum may be from the exact one. Each product is rounded once and then takes part in at most n - 1 rounded
 * additions, so with u = 2^-24 (float) or 2^-53 (double) the classical bound (Higham, Accuracy and Stability of
 * Numerical Algorithms, chapter 3) is
 *     |computed - exact| <= gamma_n sum |w_i y_i| + (1 + gamma_n) n eta,      gamma_n = n u / (1 - n u),
 * where eta, half of the smallest denormal, is what a product can lose by underflow; additions lose nothing there.
 * Long double is not exact either: its own error is below n 2^-LDBL_MANT_DIG sum |w_i y_i| to first order, and is
 * allowed for twice.
 */
#include "check.h"
#include "data.h"
#include "isas.h"
#include "number.h"
#include "report.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#define MODELS 33
#define LENGTH 200

/* Models that one call of a kernel is given here. */
#define GROUP 8

struct sum_case {
    int acc, in;
    size_t n;
    const void *from[MODELS];
    const unsigned char *weight;
    double out[LENGTH]; /* or floats */
};

static void describe_sum(const void *what, char *text, size_t size)
{
    const struct sum_case *c = what;

    snprintf(text, size, "error of a sum of %s in %s, n %zu", number_name(c->in), number_name(c->acc), c->n);
}

/* As the walk does it: in groups, each of which goes on from what the one before it has left. */
static void sum_by_groups(const struct ens_kernels *kernels, struct sum_case *c)
{
    size_t n;

    for (size_t first = 0; first < c->n; first += n) {
        struct ens_span span = {.out = c->out, .in = c->from + first, .length = LENGTH};

        n = c->n - first < GROUP ? c->n - first : GROUP;
        span.n = n;
        span.start = first > 0 ? c->out : NULL;
        span.weight = c->weight + first * number_size(c->acc);
        kernels->wsum[c->acc][c->in][c->acc](&span);
    }
}

/* The error of one element as a multiple of its bound, at most 1. */
static long double error_of(const struct sum_case *c, size_t at)
{
    const int digits = c->acc == ENS_f64 ? DBL_MANT_DIG : FLT_MANT_DIG;
    const int lowest = c->acc == ENS_f64 ? DBL_MIN_EXP : FLT_MIN_EXP;
    const long double nu = ldexpl((long double)c->n, -digits);
    const long double gamma = nu / (1 - nu);
    const long double eta = ldexpl(1, lowest - digits - 1);
    long double sum = 0, size = 0, bound;

    for (size_t i = 0; i < c->n; i++) {
        const long double product =
            (long double)number_read(c->acc, c->weight, i) * (long double)number_read(c->in, c->from[i], at);

        sum += product;
        size += fabsl(product);
    }
    bound = gamma * size + (1 + gamma) * (long double)c->n * eta + ldexpl(2 * (long double)c->n * size, -LDBL_MANT_DIG);
    return fabsl((long double)number_read(c->acc, c->out, at) - sum) / bound;
}

static void check_sums(struct isa *isa, struct sum_case *c, struct check *check, enum data_kind kind)
{
    report_subject(isa->name, describe_sum, c);
    for (c->n = 1; c->n <= MODELS; c->n++) {
        size_t worst = 0;

        c->weight = data_piece(&check->rng, c->acc, kind == DATA_TINY ? DATA_SIMPLE : DATA_ORDINARY, c->n);
        for (size_t i = 0; i < c->n; i++)
            c->from[i] = data_piece(&check->rng, c->in, kind, LENGTH);
        sum_by_groups(isa->kernels, c);
        for (size_t at = 1; at < LENGTH; at++)
            if (!(error_of(c, at) <= error_of(c, worst)))
                worst = at;
        isa->kernel_checks++;
        if (error_of(c, worst) <= 1)
            report_pass();
        else
            report_fail("the error of element %zu is %Lg times its bound", worst, error_of(c, worst));
    }
}

void check_errors(struct check *check)
{
    struct sum_case c;

    if (LDBL_MANT_DIG <= DBL_MANT_DIG) {
        report_skip("the errors of sums: long double is no wider than double with this compiler");
        return;
    }
    for (int i = 0; i < ENS_ISAS; i++)
        for (c.acc = 0; isas[i].run && c.acc < 2; c.acc++)
            for (c.in = 0; c.in < ENS_DTYPES; c.in++)
                if (isas[i].kernels->wsum[c.acc][c.in][c.acc] != NULL) {
                    check_sums(&isas[i], &c, check, DATA_ORDINARY);
                    check_sums(&isas[i], &c, check, DATA_SIMPLE);
                    if (c.acc == ENS_f32) /* twice the range of double is more than long double may have */
                        check_sums(&isas[i], &c, check, DATA_TINY);
                }
    report_subject(NULL, NULL, NULL);
}
