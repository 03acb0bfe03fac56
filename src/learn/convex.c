/* SPDX-License-Identifier: MIT */
#include "learn/convex.h"

#include "base/public.h"

#include <math.h>

/* Newton steps, and halvings of one. */
#define NEWTON_STEPS 100
#define HALVINGS 40

/*
 * A step must gain this part of what the slope promises (Armijo, 1966): little, so that whole steps are taken wherever
 * they are good, which near the end gain half of it.
 */
#define GAIN 1e-4

/* A loss that is not higher than by this part of it, and of 1, is as low: its sum over the rows is not more exact. */
#define AS_LOW 1e-14

/* The log loss is as good as it gets. */
#define CERTAIN 1e-15

/* Weights below this part of the largest one are such that only rounding has them. */
#define TINY 0x1p-36

int ens_convex_open(struct ens_convex *c, struct ens_heap *heap)
{
    int failed = 0;

    c->a = ens_heap_take(heap, c->n, c->n * sizeof *c->a);
    c->b = ens_heap_doubles(heap, c->n, &failed);
    c->step = ens_heap_doubles(heap, c->n, &failed);
    if (failed || c->a == NULL || ens_quadratic_open(&c->q, heap, c->n))
        return ENSEMBLE_ENOMEM;
    c->cutoff = INFINITY;
    c->q.a = c->a;
    c->q.b = c->b;
    c->q.constraint = c->constraint;
    return 0;
}

double ens_convex_squared_error(const struct ens_convex *c, const size_t *models, const double *w, size_t n)
{
    const int truth = c->m > c->n; /* a column of its own, of which there is -1 */
    double sum = 0;

    for (size_t i = 0; i < n + (size_t)truth; i++) {
        const double *row = c->gram + (i < n ? models[i] : c->n) * c->m, own = i < n ? w[i] : -1;
        double along = truth ? -row[c->n] : 0;

        for (size_t j = 0; j < n; j++)
            along += row[models[j]] * w[j];
        sum += own * along;
    }
    return sum > 0 ? sum : sum <= 0 ? 0 : (double)NAN;
}

/* ridge x sum_i (w_i - u)^2, over all models; those that are not listed have 0. */
static double ridge_of(const struct ens_convex *c, const double *w, size_t n)
{
    const double u = c->constraint == ENSEMBLE_SIMPLEX ? 1 / (double)c->n : 0;
    double sum = (double)(c->n - n) * u * u;

    for (size_t i = 0; i < n; i++)
        sum += (w[i] - u) * (w[i] - u);
    return c->ridge > 0 ? c->ridge * sum : 0;
}

/* With the ridge. Of the log loss, the likelihood has the derivatives, too. */
static double loss_of(const struct ens_convex *c, const size_t *models, const double *w, size_t n)
{
    return c->gram != NULL ? ens_convex_squared_error(c, models, w, n) + ridge_of(c, w, n)
                           : ens_likelihood_convex(c->likelihood, models, w, n, 1);
}

static struct ens_optimum solve_squares(struct ens_convex *c, const size_t *models, size_t n, double *w)
{
    const int simplex = c->constraint == ENSEMBLE_SIMPLEX;
    struct ens_optimum optimum;

    for (size_t i = 0; i < n; i++) {
        const double *row = c->gram + models[i] * c->m;

        for (size_t j = 0; j < n; j++)
            c->a[i * n + j] = row[models[j]];
        c->a[i * n + i] += c->ridge;
        c->b[i] = (c->m > c->n ? row[c->n] : 0) + (simplex ? c->ridge / (double)c->n : 0);
        w[i] = simplex ? 1 / (double)n : 0;
    }
    c->q.n = c->q.stride = n;
    c->q.steps = 0;
    ens_quadratic_solve(&c->q, w);
    optimum.steps = c->q.steps;
    optimum.gap = ens_quadratic_gap(&c->q, w);
    optimum.loss = loss_of(c, models, w, n);
    return optimum;
}

/*
 * At weights w the log loss has the derivatives -s_i, whose sum with weights w_i is -1, so that by its convexity no
 * weights are better by more than max_i s_i - 1 (Lindsay, 1983).
 */
static double certificate(const struct ens_convex *c, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++)
        if (c->b[i] > most)
            most = c->b[i];
    return most > 1 ? most - 1 : 0;
}

/*
 * The second-order model of the log loss around the weights that it was last computed for, with its derivatives: w'Hw /
 * 2 - 2 s'w, since H w = s. Here b is s, until it is used.
 */
static void take_derivatives(struct ens_convex *c, size_t n)
{
    const struct ens_gram *g = &c->likelihood->gram;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            c->a[i * n + j] = g->sum[i * g->m + j];
        c->b[i] = g->sum[i * g->m + n];
    }
}

/*
 * One Newton step from w, halved until the loss gets smaller. Returns 0 where it does not. The derivatives are found
 * with the loss of a whole step, which is hardly ever halved.
 */
static int newton_step(struct ens_convex *c, const size_t *models, size_t n, double *w, double *loss)
{
    double way = 1, slope = 0;

    for (size_t i = 0; i < n; i++)
        c->step[i] = w[i];
    for (size_t i = 0; i < n; i++)
        c->b[i] *= 2;
    ens_quadratic_set_shifts(&c->q);
    ens_quadratic_step(&c->q, w, c->step, 1);
    for (size_t i = 0; i < n; i++)
        slope -= c->b[i] / 2 * (c->step[i] - w[i]);
    for (int halving = 0; halving < HALVINGS && slope < 0; halving++) {
        double tried;

        for (size_t i = 0; i < n; i++)
            c->q.x[i] = way == 1 ? c->step[i] : w[i] + way * (c->step[i] - w[i]);
        tried = ens_likelihood_convex(c->likelihood, models, c->q.x, n, halving == 0);
        if (tried <= *loss + GAIN * way * slope && tried < *loss) {
            for (size_t i = 0; i < n; i++)
                w[i] = c->q.x[i];
            *loss = halving == 0 ? tried : ens_likelihood_convex(c->likelihood, models, w, n, 1);
            return 1;
        }
        way /= 2;
    }
    return 0;
}

/*
 * Where rounding hides what a last step gains, it is taken if it lowers the bound: the weights are the better for it.
 */
static int polish(struct ens_convex *c, const size_t *models, size_t n, double *w, struct ens_optimum *optimum)
{
    const double loss = loss_of(c, models, c->step, n);
    double gap;

    if (!(loss <= optimum->loss + AS_LOW * (1 + optimum->loss)))
        return 0;
    take_derivatives(c, n);
    gap = certificate(c, n);
    if (!(gap < optimum->gap / 2))
        return 0;
    for (size_t i = 0; i < n; i++)
        w[i] = c->step[i];
    optimum->gap = gap;
    optimum->loss = loss;
    return 1;
}

static struct ens_optimum solve_likelihood(struct ens_convex *c, const size_t *models, size_t n, double *w)
{
    struct ens_optimum optimum = {.gap = 0};

    for (size_t i = 0; i < n; i++)
        w[i] = 1 / (double)n;
    c->q.n = c->q.stride = n;
    optimum.loss = loss_of(c, models, w, n);
    take_derivatives(c, n);
    optimum.gap = certificate(c, n);
    while (optimum.steps < NEWTON_STEPS && optimum.gap > CERTAIN && optimum.loss - optimum.gap < c->cutoff) {
        const int better = newton_step(c, models, n, w, &optimum.loss);

        optimum.steps++;
        if (better) {
            take_derivatives(c, n);
            optimum.gap = certificate(c, n);
        } else if (!polish(c, models, n, w, &optimum)) {
            break;
        }
    }
    return optimum;
}

/*
 * Leaves tiny weights out, if that makes no difference: what is left of models that are of no use would have them read.
 */
static void drop_tiny(struct ens_convex *c, const size_t *models, size_t n, double *w, struct ens_optimum *optimum)
{
    double most = 0, sum = 0, loss;
    int some = 0;

    for (size_t i = 0; i < n; i++)
        most = w[i] > most ? w[i] : most;
    for (size_t i = 0; i < n; i++) {
        c->step[i] = w[i] > TINY * most ? w[i] : 0;
        some |= c->step[i] != w[i];
        sum += c->step[i];
    }
    if (!some)
        return;
    for (size_t i = 0; i < n && c->constraint == ENSEMBLE_SIMPLEX; i++)
        c->step[i] /= sum;
    loss = loss_of(c, models, c->step, n);
    if (!(loss <= optimum->loss * (1 + 0x1p-50)))
        return;
    for (size_t i = 0; i < n; i++)
        w[i] = c->step[i];
    optimum->loss = loss;
    if (c->gram != NULL) {
        optimum->gap = ens_quadratic_gap(&c->q, w);
    } else {
        take_derivatives(c, n);
        optimum->gap = certificate(c, n);
    }
}

/* Does the program tell two models apart? */
static int are_copies(const struct ens_convex *c, size_t n, size_t i, size_t j)
{
    const double *a = c->a + i * n, *b = c->a + j * n;

    if (a[i] != b[j] || a[i] != a[j] || c->b[i] != c->b[j])
        return 0;
    for (size_t k = 0; k < n; k++)
        if (a[k] != b[k])
            return 0;
    return 1;
}

/* Copies of a model share their weight, to the bit, whatever rounding has made of it. */
static void share_among_copies(struct ens_convex *c, size_t n, double *w)
{
    for (size_t i = 0; i < n; i++)
        c->q.x[i] = 0; /* not looked at */
    for (size_t i = 0; i < n; i++) {
        double sum = w[i], count = 1;

        for (size_t j = i + 1; j < n && c->q.x[i] == 0; j++)
            if (are_copies(c, n, i, j)) {
                c->q.x[j] = 1;
                sum += w[j];
                count++;
            }
        for (size_t j = i + 1; j < n && count > 1; j++)
            if (are_copies(c, n, i, j))
                w[j] = sum / count;
        if (count > 1)
            w[i] = sum / count;
    }
}

struct ens_optimum ens_convex_solve(struct ens_convex *c, const size_t *models, size_t n, double *w)
{
    struct ens_optimum optimum =
        c->gram != NULL ? solve_squares(c, models, n, w) : solve_likelihood(c, models, n, w);

    if (c->constraint != ENSEMBLE_UNCONSTRAINED)
        drop_tiny(c, models, n, w, &optimum);
    share_among_copies(c, n, w);
    return optimum;
}
