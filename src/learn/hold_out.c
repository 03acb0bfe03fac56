/* SPDX-License-Identifier: MIT */
/* Honest scores: what is learned from some rows is tried on others. */
#include "learn/fit.h"

#include <math.h>

/* One part of the rows after the other is held out, or one random half. */
struct parts {
    struct ens_task *t;
    const struct ens_sample *all;
    size_t *order; /* the rows' places in a random order */
    size_t *part;  /* which part a row belongs to */
    struct ens_sample train, test;
    size_t *rows;  /* of both */
    uint64_t state;
};

/* splitmix64 (Steele, Lea and Flood, 2014) */
static uint64_t next_random(struct parts *p)
{
    uint64_t x = p->state += 0x9E3779B97F4A7C15;

    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return x ^ x >> 31;
}

/* Deals the rows in a random order (Fisher and Yates, 1938; Durstenfeld, 1964) into n parts. */
static void deal(struct parts *p, size_t n)
{
    for (size_t i = 0; i < p->all->n; i++)
        p->order[i] = i;
    for (size_t i = p->all->n; i > 1; i--) {
        const size_t j = (size_t)(next_random(p) % i), taken = p->order[i - 1];

        p->order[i - 1] = p->order[j];
        p->order[j] = taken;
    }
    for (size_t i = 0; i < p->all->n; i++)
        p->part[p->order[i]] = i % n;
}

/* Holds out a part. */
static void hold_out(struct parts *p, size_t part)
{
    size_t n_train = 0, n_test = 0;

    for (size_t i = 0; i < p->all->n; i++)
        n_test += p->part[i] == part;
    p->test = (struct ens_sample){p->rows, n_test};
    p->train = (struct ens_sample){p->rows + n_test, p->all->n - n_test};
    n_test = 0;
    for (size_t i = 0; i < p->all->n; i++) {
        const size_t row = ens_sample_row(p->all, i);

        if (p->part[i] == part)
            p->rows[n_test++] = row;
        else
            p->rows[p->test.n + n_train++] = row;
    }
}

static int open_parts(struct parts *p)
{
    struct ens_heap *heap = &p->t->heap;

    p->order = ens_heap_take(heap, p->all->n, sizeof *p->order);
    p->part = ens_heap_take(heap, p->all->n, sizeof *p->part);
    p->rows = ens_heap_take(heap, p->all->n, sizeof *p->rows);
    return p->order == NULL || p->part == NULL || p->rows == NULL ? ENSEMBLE_ENOMEM : 0;
}

/* The score of the bags' mean weights on all rows. */
static int finish_bags(struct ens_task *t, const struct ens_sample *all, struct ens_lesson *lesson, const double *sum)
{
    for (size_t i = 0; i < t->s.n; i++)
        lesson->w[i] = sum[i] / (double)t->options.bags;
    lesson->exact = 0;
    lesson->gap = NAN;
    return ens_task_score(t, all, lesson->w, &lesson->objective);
}

/* Learns from the rows that are not held out; its score on the others, and how many those are, are added. */
static int try_part(struct parts *p, struct ens_lesson *lesson, double *sum, double *rows)
{
    double score;
    int code = ens_learn_finite(p->t, &p->train, lesson);

    if (code == 0)
        code = ens_task_score(p->t, &p->test, lesson->w, &score);
    if (code == 0 && score == score) {
        *sum += score * (double)p->test.n;
        *rows += (double)p->test.n;
    }
    return code;
}

int ens_hold_out(struct ens_task *t, struct ens_lesson *lesson, double *held_out)
{
    const size_t bags = t->options.bags, rounds = bags > 0 ? bags : t->options.folds;
    struct parts p = {.t = t, .all = &t->s.known, .state = t->options.seed};
    struct ens_lesson own;
    double sum = 0, rows = 0, *weights;
    int code;

    if (rounds == 0)
        return 0;
    if ((bags > 0 ? 2 : rounds) > t->s.known.n)
        return ENSEMBLE_EPARAMETER;
    weights = ens_heap_clear(&t->heap, t->s.n, sizeof *weights);
    code = weights == NULL || open_parts(&p) || ens_lesson_open(&own, t) ? ENSEMBLE_ENOMEM : 0;
    if (code == 0 && bags == 0)
        deal(&p, rounds);
    for (size_t round = 0; round < rounds && code == 0; round++) {
        if (bags > 0)
            deal(&p, 2);
        hold_out(&p, bags > 0 ? 1 : round);
        code = try_part(&p, &own, &sum, &rows);
        for (size_t i = 0; i < t->s.n && code == 0; i++)
            weights[i] += own.w[i];
    }
    if (code)
        return code;
    *held_out = sum / rows;
    ens_task_set_temperatures(t, lesson);
    return bags > 0 ? finish_bags(t, &t->s.known, lesson, weights) : 0;
}
