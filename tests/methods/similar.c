/* SPDX-License-Identifier: MIT */
/*
 * How alike the models of a task are, beside long double. N values x_k and y_k lie within e_k and d_k; u = 2^-53, s is
 * sum_steps().
 *
 *     difference   sum |x - y| / N: sum (e + d) / N + (s + 2) u of itself
 *     correlation  with V = sum (x - mean)^2, |e| = sqrt(sum e^2), Q = sum (x - x_0)^2, whose sum is what is rounded:
 *                  4 (|e| / sqrt(V_x) + |d| / sqrt(V_y)) + 4 s u (Q_x / V_x + Q_y / V_y), if that is small
 *     agreement    exact
 */
#include "report_calls.h"

#include "play.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define U 0x1p-53L

/* What the models say in the rows that count. */
struct speeches {
    size_t n, rows, length; /* models, rows that count, and their values */
    int here[TASK_MODELS];
    int nan[TASK_MODELS];      /* one of its values is none: 1; a label is, and the values are left open: 2 */
    int no_label[TASK_MODELS]; /* it has no top class somewhere: 1; that is left open: 2 */
    struct real *x[TASK_MODELS];
    int32_t label[TASK_MODELS][TASK_ROWS];
};

static struct speeches all;

static int similarity(const struct ensemble *e, const void *what, void *out)
{
    return ensemble_similarity(e, *(const int32_t *)what, out);
}

/* Values and labels of one row, unless somebody is left out of it. */
static void hear_row(struct account *a, struct speeches *s)
{
    const size_t width = a->task->width;
    int nan[TASK_MODELS] = {0}, left_out = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct real *x = a->said.y + i * width;

        if (!s->here[i])
            continue;
        a->x.state[i] = PRESENT;
        nan[i] = convert_row(&a->said, i, a->row);
        left_out |= nan[i];
        for (size_t k = 0; k < width && a->task->models[i].dtype == LABELS; k++)
            x[k] = real_exact(k == convert_label(&a->said, i, a->row));
    }
    if (left_out && (a->task->policy & ENSEMBLE_LEAVE_OUT_NAN))
        return;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->here[i])
            continue;
        for (size_t k = 0; k < width; k++)
            s->x[i][s->length + k] = a->said.y[i * width + k];
        s->label[i][s->rows] = account_top_class(a, i);
        s->nan[i] |= nan[i] ? (a->task->models[i].dtype == LABELS ? 2 : 1) : 0;
        s->no_label[i] |= s->label[i][s->rows] < 0 ? 1 : nan[i] ? 2 : 0;
    }
    s->length += width;
    s->rows++;
}

static void hear(struct account *a, const struct task *t)
{
    static struct real *values;

    if (values == NULL && (values = malloc(TASK_VALUES * sizeof *values)) == NULL) {
        perror("similar");
        exit(1);
    }
    account_begin(a, t, ENS_f32, 0);
    a->said.a = real_float; /* in double are only outputs that are, whatever the method is */
    all.n = t->n;
    all.rows = all.length = 0;
    for (size_t i = 0; i < t->n; i++) {
        all.x[i] = values + i * t->rows * t->width;
        all.here[i] = takes_part(&t->models[i]) && t->models[i].data != NULL;
        all.nan[i] = all.no_label[i] = 0;
        if (takes_part(&t->models[i]) && t->models[i].dtype == ENS_f64)
            a->said.a = real_double;
    }
    for (a->row = 0; a->row < t->rows; a->row++)
        hear_row(a, &all);
}

static long double sum_steps(const struct speeches *s)
{
    return 40 + (long double)(s->length / 64);
}

static struct real difference(const struct speeches *s, size_t i, size_t j)
{
    const long double n = (long double)s->length;
    struct real sum = {0, 0};

    for (size_t k = 0; k < s->length; k++) {
        sum.v += fabsl(s->x[i][k].v - s->x[j][k].v);
        sum.e += i == j ? 0 : s->x[i][k].e + s->x[j][k].e;
    }
    if (isnan(sum.v) || isinf(sum.v))
        return real_exact(sum.v);
    return (struct real){sum.v / n, sum.v == 0 && sum.e == 0 ? 0 : sum.e / n + (sum_steps(s) + 2) * U * sum.v / n};
}

struct spread {
    long double mean, variation, error, shifted; /* mean, V, |e|, Q */
};

static struct spread spread_of(const struct speeches *s, size_t i)
{
    struct spread r = {0, 0, 0, 0};

    for (size_t k = 0; k < s->length; k++)
        r.mean += s->x[i][k].v / (long double)s->length;
    for (size_t k = 0; k < s->length; k++) {
        const long double d = s->x[i][k].v - r.mean, shift = s->x[i][k].v - s->x[i][0].v;

        r.variation += d * d;
        r.error += s->x[i][k].e * s->x[i][k].e;
        r.shifted += shift * shift;
    }
    r.error = sqrtl(r.error);
    return r;
}

static struct real correlation(const struct speeches *s, size_t i, size_t j)
{
    const struct spread x = spread_of(s, i), y = spread_of(s, j);
    long double together = 0, error;
    struct real r;

    if (isnan(x.variation) || isnan(y.variation) || isinf(x.shifted) || isinf(y.shifted))
        return real_exact((long double)NAN);
    if ((x.shifted == 0 && x.error == 0) || (y.shifted == 0 && y.error == 0))
        return real_exact((long double)NAN);
    for (size_t k = 0; k < s->length; k++)
        together += (s->x[i][k].v - x.mean) * (s->x[j][k].v - y.mean);
    r.v = together / sqrtl(x.variation) / sqrtl(y.variation);
    error = 4 * (x.error / sqrtl(x.variation) + y.error / sqrtl(y.variation));
    error += 4 * sum_steps(s) * U * (x.shifted / x.variation + y.shifted / y.variation);
    r.e = error < 0.1L ? error : (long double)INFINITY;
    return i == j && error < 0.1L ? real_exact(1) : r;
}

/* 2: it is left open whether what is a NaN only once it is converted counts. */
static struct real agreement(const struct speeches *s, size_t i, size_t j)
{
    size_t agree = 0;

    if ((s->no_label[i] | s->no_label[j]) & 1)
        return real_exact((long double)NAN);
    if (s->no_label[i] | s->no_label[j])
        return real_unknown();
    for (size_t row = 0; row < s->rows; row++)
        agree += s->label[i][row] == s->label[j][row];
    return real_exact((long double)((double)agree / (double)s->rows));
}

static struct real expected(const struct speeches *s, int32_t measure, size_t i, size_t j)
{
    if (!s->here[i] || !s->here[j] || s->rows == 0)
        return real_exact((long double)NAN);
    if (measure == ENSEMBLE_SIMILARITY_AGREEMENT)
        return agreement(s, i, j);
    if (s->nan[i] | s->nan[j])
        return (s->nan[i] | s->nan[j]) & 1 ? real_exact((long double)NAN) : real_unknown();
    return measure == ENSEMBLE_SIMILARITY_DIFFERENCE ? difference(s, i, j) : correlation(s, i, j);
}

static void compare(const struct speeches *s, int32_t measure, const double *matrix)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j <= i; j++) {
            const struct real r = expected(s, measure, i, j);
            const double found = matrix[i * s->n + j], mirror = matrix[j * s->n + i];
            const int same = isnan(found) ? isnan(mirror) : found == mirror;

            if (same && real_is_near(&r, found))
                continue;
            report_fail("similarity %d of models %zu and %zu is %.17g (%.17g), not within %.3Lg of %.17Lg",
                        (int)measure, i, j, found, mirror, r.e, r.v);
            return;
        }
    report_pass();
}

void check_similarity(struct account *a, const struct task *t, struct rng *rng)
{
    static double matrix[TASK_MODELS * TASK_MODELS];
    const int no_policy = t->code == ENSEMBLE_EMISSING || t->code == ENSEMBLE_EQUORUM;
    const uint64_t codes = no_policy ? play_code(0) : play_code(t->code);

    if (!t->wild && real_is_wide() && codes == play_code(0))
        hear(a, t);
    for (int32_t measure = ENSEMBLE_SIMILARITY_CORRELATION; measure <= ENSEMBLE_SIMILARITY_DIFFERENCE; measure++) {
        const int code = call_all(t, similarity, &measure, codes, FIELD_CONFIDENCE, t->n * t->n, matrix, rng);

        if (code == 0 && !t->wild && real_is_wide())
            compare(&all, measure, matrix);
    }
}
