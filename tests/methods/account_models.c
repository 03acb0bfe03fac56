/* SPDX-License-Identifier: MIT */
/*
 * What a report says of the models, x_ij within e_ij, whose shares v_i of the weight have the relative error fe. All is
 * computed in double: u = 2^-53, C = ELEMENTARY, s = sum_steps().
 *
 *     h(x) = x log x           from x - e to x + e, and (C + 1) u |h|
 *     m = sum v x, U = sum v h real_weighted()
 *     mean entropy             sum e_U + s u sum |U|
 *     mutual information       sum (e_U + e_h(m) + u |U - h(m)|) + s u sum |U - h(m)|
 *     variation ratio          the largest e_m, and u
 *     conflict                 from the products of (x - e)^v to those of (x + e)^v; their logarithms L = sum v log x
 *                              have (n + C + fe) u sum |v log x|, and exponentials, sum and logarithm (2 C + s + 2 max
 *                              |L|) u
 *     variance                 each distance has d = e_i + sum v e + 4 (n + 4) u max |x|, its square (2 |x - m| + d) d,
 *                              and the sum (n + 4 + fe) u of itself
 */
#include "account.h"

#include <math.h>
#include <string.h>

#define U 0x1p-53L
#define TINY 0x1p-1074L

/* The models in a class of the row, with what they say of it. */
struct voices {
    size_t n;
    long double share[TASK_MODELS], fe;
    struct real x[TASK_MODELS];
};

/* Sums over the classes of a row. */
struct sums {
    int impossible; /* a number that is no probability, of which there is no logarithm */
    struct real unsure, information;
    long double unsure_size, information_size;
    struct real most;
    long double low, high; /* of the products, with which the logarithmic pool is divided */
    long double largest, error; /* of their logarithms */
};

static long double sum_steps(const struct account *a)
{
    return 22 + (long double)(a->task->width / 128);
}

static void listen(const struct account *a, size_t k, struct voices *voices)
{
    struct class c;

    expect_gather(&a->x, k, &c);
    voices->n = c.n;
    voices->fe = (long double)(c.n + a->task->n + 5) * U;
    for (size_t i = 0; i < c.n; i++) {
        voices->share[i] = c.weight[i] / c.sum;
        voices->x[i] = a->said.y[c.model[i] * a->task->width + k];
    }
}

static long double times_log(long double x)
{
    return x > 0 ? x * logl(x) : 0;
}

/* h has its minimum at 1 / e. */
static struct real entropy_term(struct real x)
{
    const long double low = x.v > x.e ? x.v - x.e : 0, high = x.v + x.e, bottom = expl(-1), h = times_log(x.v);
    long double error = fmaxl(fabsl(times_log(low) - h), fabsl(times_log(high) - h));

    if (isinf(x.e) || isnan(x.v))
        return x;
    if (x.v < 0 || isinf(x.v))
        return real_exact((long double)NAN);
    if (low < bottom && bottom < high)
        error = fmaxl(error, h + bottom);
    return (struct real){h, h == 0 && x.e == 0 ? 0 : error + (ELEMENTARY + 1) * U * fabsl(h) + TINY};
}

static struct real linear_pool(const struct voices *voices, const struct real *x)
{
    return real_weighted(&real_double, voices->n, voices->share, x, voices->fe);
}

static void add(struct real *sum, long double *size, struct real term)
{
    sum->v += term.v;
    sum->e += term.e;
    *size += fabsl(term.v);
}

static void add_entropies(struct sums *s, const struct voices *voices)
{
    struct real h[TASK_MODELS], unsure, sure;
    const struct real mean = linear_pool(voices, voices->x);

    for (size_t i = 0; i < voices->n; i++)
        h[i] = entropy_term(voices->x[i]);
    unsure = linear_pool(voices, h);
    sure = entropy_term(mean);
    add(&s->unsure, &s->unsure_size, unsure);
    sure = (struct real){unsure.v - sure.v, unsure.e + sure.e};
    sure.e += U * fabsl(sure.v);
    add(&s->information, &s->information_size, sure);
    s->most.v = isnan(mean.v) || mean.v > s->most.v ? mean.v : s->most.v;
    s->most.e = fmaxl(s->most.e, mean.e);
}

/* The sum of v log x with x at one of its ends, but not below the floor. */
static long double pool_of(const struct voices *voices, int side, long double floor, long double *size)
{
    long double sum = 0;

    *size = 0;
    for (size_t i = 0; i < voices->n; i++) {
        const long double x = voices->x[i].v + side * voices->x[i].e;
        const long double log_x = isnan(x) ? x : logl(x > floor ? x : floor);

        sum += voices->share[i] * log_x;
        *size += isinf(log_x) ? 0 : fabsl(voices->share[i] * log_x);
    }
    return sum;
}

static void add_products(const struct account *a, struct sums *s, const struct voices *voices)
{
    const long double floor = isnan(a->task->floor) ? 0 : (long double)a->task->floor;
    long double size, ignored;
    const long double high = pool_of(voices, 1, floor, &size), low = pool_of(voices, -1, floor, &ignored);

    for (size_t i = 0; i < voices->n; i++)
        s->impossible |= voices->x[i].v < 0 && !(floor > 0);
    s->low += expl(low);
    s->high += expl(high);
    s->largest = isinf(high) ? s->largest : fmaxl(s->largest, fabsl(high));
    s->error = fmaxl(s->error, ((long double)voices->n + ELEMENTARY + voices->fe / U) * U * size);
}

static void put_conflict(struct account *a, const struct sums *s)
{
    const long double error = s->error + (2 * ELEMENTARY + sum_steps(a) + 2 * s->largest) * U;
    const long double least = -logl(s->high), most = -logl(s->low), middle = isinf(most) ? least : (least + most) / 2;
    struct real conflict = {middle, (most - least) / 2 + error + ELEMENTARY * U * fabsl(middle)};

    if ((isnan(s->low) || isnan(s->high)) && !s->impossible)
        conflict = real_exact((long double)NAN);
    else if (s->high == 0 && !s->impossible)
        conflict = real_exact((long double)INFINITY);
    else if (isinf(most) || s->impossible)
        conflict = real_unknown();
    if (conflict.v < 0 && !isinf(conflict.e))
        conflict.v = 0; /* as what would come out below it */
    *account_at(a, FIELD_CONFLICT, 0) = conflict;
}

static void put_variance(struct account *a, size_t k, const struct voices *voices)
{
    const struct real mean = linear_pool(voices, voices->x);
    long double sum = 0, error = 0, most = 0;
    int same = 1;

    for (size_t i = 0; i < voices->n; i++) {
        most = fmaxl(most, fabsl(voices->x[i].v));
        same &= voices->x[i].v == voices->x[0].v && voices->x[i].e == 0;
    }
    for (size_t i = 0; i < voices->n; i++) {
        const long double d = voices->x[i].v - mean.v;
        const long double e = voices->x[i].e + mean.e + 4 * (long double)(voices->n + 4) * U * most;

        sum += voices->share[i] * d * d;
        error += voices->share[i] * (2 * fabsl(d) + e) * e;
    }
    error += ((long double)(voices->n + 4) + voices->fe / U) * U * sum + TINY * (long double)voices->n;
    *account_at(a, FIELD_VARIANCE, k) = isinf(mean.e) ? real_unknown() : (struct real){sum, same ? 0 : error};
    if (voices->n == 0)
        *account_at(a, FIELD_VARIANCE, k) = real_exact((long double)NAN);
    else if (same && !isinf(most))
        *account_at(a, FIELD_VARIANCE, k) = real_exact(0);
}

int32_t account_top_class(const struct account *a, size_t i)
{
    const struct model *m = &a->task->models[i];
    const unsigned char *at = model_row(m, a->row);
    int32_t best = -1;
    double most = 0;

    if (m->dtype == LABELS) {
        const size_t label = convert_label(&a->x, i, a->row);

        return label < a->task->width ? (int32_t)label : -1;
    }
    for (size_t c = 0; c < m->columns; c++) {
        const int32_t class = m->map != NULL ? m->map[c] : (int32_t)c;
        const double z = number_read(m->dtype, at, c);

        if (class < 0)
            continue;
        if (isnan(z))
            return -1;
        if (best < 0 || z > most || (z == most && class < best)) {
            best = class;
            most = z;
        }
    }
    return best;
}

/* Whether a model without a top class counts is left open: it has a NaN, which no weight in the row lets count. */
static void put_disagreement(struct account *a)
{
    int32_t top[TASK_MODELS];
    size_t n = 0, differ = 0;

    for (size_t i = 0; i < a->task->n; i++)
        if (a->x.state[i] == PRESENT)
            top[n++] = account_top_class(a, i);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            differ += top[i] != top[j];
        if (top[i] < 0) {
            *account_at(a, FIELD_VOTE_DISAGREEMENT, 0) = real_unknown();
            return;
        }
    }
    *account_at(a, FIELD_VOTE_DISAGREEMENT, 0) =
        real_exact((long double)(n < 2 ? 0 : (double)differ / ((double)n * (double)(n - 1) / 2)));
}

int account_read(struct account *a)
{
    const size_t width = a->task->width;
    int negative = 0;

    a->open = 0;
    for (size_t i = 0; i < a->task->n; i++) {
        negative |= account_has_negative(a, i);
        if (a->x.state[i] != PRESENT)
            continue;
        a->open |= convert_row(&a->said, i, a->row) && (a->task->policy & ENSEMBLE_LEAVE_OUT_NAN);
        if (a->task->models[i].dtype == LABELS)
            for (size_t k = 0; k < width; k++)
                a->said.y[i * width + k] = real_exact(k == convert_label(&a->said, i, a->row));
    }
    return negative;
}

static struct real summed(const struct account *a, struct real sum, long double size)
{
    sum.e += sum_steps(a) * U * size + TINY;
    if (sum.v < 0 && !isinf(sum.e))
        sum.v = 0;
    return isnan(sum.v) ? real_exact(sum.v) : sum;
}

/* Whether a vote or a rank is left out where what it was made of would be a NaN as a probability, is left open. */
static void put_unknown(struct account *a)
{
    static const int open[] = {FIELD_MEAN_ENTROPY, FIELD_MUTUAL_INFORMATION, FIELD_VARIATION_RATIO, FIELD_CONFLICT};

    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        *account_at(a, open[i], 0) = real_unknown();
    for (size_t k = 0; k < a->task->width; k++)
        *account_at(a, FIELD_VARIANCE, k) = real_unknown();
}

void account_models(struct account *a)
{
    struct sums s = {.most = {-(long double)INFINITY, 0}};
    struct voices voices;

    put_disagreement(a);
    if (account_read(a))
        return;
    for (size_t k = 0; k < a->task->width; k++) {
        listen(a, k, &voices);
        put_variance(a, k, &voices);
        if (voices.n == 0)
            continue;
        add_entropies(&s, &voices);
        add_products(a, &s, &voices);
    }
    *account_at(a, FIELD_MEAN_ENTROPY, 0) = summed(a, (struct real){-s.unsure.v, s.unsure.e}, s.unsure_size);
    *account_at(a, FIELD_MUTUAL_INFORMATION, 0) = summed(a, s.information, s.information_size);
    s.most = (struct real){1 - s.most.v, s.most.e + U};
    *account_at(a, FIELD_VARIATION_RATIO, 0) = summed(a, s.most, 0);
    put_conflict(a, &s);
    if (a->open)
        put_unknown(a);
}
