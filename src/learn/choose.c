/* SPDX-License-Identifier: MIT */
#include "learn/choose.h"

#include "base/public.h"

#include <math.h>
#include <string.h>

struct search {
    struct ens_convex *c;
    const struct ens_limits *limits;
    size_t *list; /* n: models of the program at hand, */
    double *own;  /* and their weights */
    double *w;    /* the best so far */
    struct ens_optimum best;
    int steps;
};

/* Solves for the models listed. */
static struct ens_optimum solve(struct search *s, size_t n)
{
    const struct ens_optimum found = ens_convex_solve(s->c, s->list, n, s->own);

    s->steps += found.steps;
    return found;
}

static void keep(struct search *s, size_t n, const struct ens_optimum *found)
{
    memset(s->w, 0, s->c->n * sizeof *s->w);
    for (size_t i = 0; i < n; i++)
        s->w[s->list[i]] = s->own[i];
    s->best = *found;
}

/* Sets of models as bits: those that may be used, and those of them that are counted as used. */
struct node {
    uint32_t open;
    uint32_t used;
};

/* Takes what would be too much out of a node. Returns 0 if the node itself is too much, or nothing is left. */
static int restrict_node(const struct search *s, struct node *node)
{
    struct ens_spent spent = {0, 0};

    for (size_t i = 0; i < s->c->n; i++) {
        if (!(node->used >> i & 1))
            continue;
        if (!ens_limits_allow(s->limits, spent, i))
            return 0;
        spent = ens_limits_spend(s->limits, spent, i);
    }
    for (size_t i = 0; i < s->c->n; i++)
        if (node->open >> i & 1 && !(node->used >> i & 1) && !ens_limits_allow(s->limits, spent, i))
            node->open &= ~((uint32_t)1 << i);
    return node->open != 0;
}

/* Are the models of the n listed that have a weight within the limits? */
static int is_within(const struct search *s, size_t n)
{
    struct ens_spent spent = {0, 0};

    for (size_t i = 0; i < n; i++) {
        if (s->own[i] == 0)
            continue;
        if (!ens_limits_allow(s->limits, spent, s->list[i]))
            return 0;
        spent = ens_limits_spend(s->limits, spent, s->list[i]);
    }
    return 1;
}

/* The model of the smallest weight that is not counted as used. */
static size_t smallest(const struct search *s, const struct node *node, size_t n)
{
    double least = INFINITY;
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        const double size = s->own[i] < 0 ? -s->own[i] : s->own[i];

        if (size > 0 && !(node->used >> s->list[i] & 1) && size < least) {
            least = size;
            found = s->list[i];
        }
    }
    return found;
}

/*
 * Branch and bound. The best weights of the models of a node bound those of all its subsets. If they use too many,
 * there are two nodes: without the model of the smallest weight, which is looked at first, and with it for certain. A
 * node that is looked at is replaced by one that has a model less and one that has one more counted as used.
 */
static void search_all(struct search *s)
{
    struct node stack[2 * ENS_CHOOSE_MOST + 2] = {{.open = ((uint32_t)1 << s->c->n) - 1}};
    size_t depth = 1;

    while (depth > 0) {
        struct node node = stack[--depth];
        struct ens_optimum found;
        size_t n = 0, model;

        if (!restrict_node(s, &node))
            continue;
        for (size_t i = 0; i < s->c->n; i++)
            if (node.open >> i & 1)
                s->list[n++] = i;
        s->c->cutoff = s->best.loss;
        found = solve(s, n);
        if (!(found.loss < s->best.loss))
            continue;
        if (is_within(s, n)) {
            keep(s, n, &found);
            continue;
        }
        model = smallest(s, &node, n);
        stack[depth++] = (struct node){node.open, node.used | (uint32_t)1 << model};
        stack[depth++] = (struct node){node.open & ~((uint32_t)1 << model), node.used};
    }
}

/* The models of the list that have a weight. */
static size_t drop_unused(struct search *s, size_t n)
{
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
        if (s->w[s->list[i]] != 0)
            s->list[left++] = s->list[i];
    return left;
}

/* Adds the model that is best together with those so far, until none makes it better. */
static void search_forward(struct search *s)
{
    size_t n = 0;

    for (;;) {
        struct ens_spent spent = {0, 0};
        size_t next = s->c->n;

        for (size_t i = 0; i < n; i++)
            spent = ens_limits_spend(s->limits, spent, s->list[i]);
        for (size_t j = 0; j < s->c->n; j++) {
            struct ens_optimum found;

            if (s->w[j] != 0 || !ens_limits_allow(s->limits, spent, j))
                continue;
            s->list[n] = j;
            s->c->cutoff = s->best.loss;
            found = solve(s, n + 1);
            if (found.loss < s->best.loss) {
                s->best = found;
                next = j;
            }
        }
        if (next == s->c->n)
            break;
        s->list[n++] = next;
        s->c->cutoff = INFINITY;
        s->best = solve(s, n);
        keep(s, n, &s->best);
        n = drop_unused(s, n);
    }
}

int ens_choose(struct ens_convex *c, struct ens_heap *heap, const struct ens_limits *limits, double *w,
               struct ens_optimum *optimum, int *exact)
{
    const int limited = limits->cost != NULL || (limits->max_models > 0 && limits->max_models < c->n);
    struct search s = {.c = c, .limits = limits, .w = w, .best = {.loss = INFINITY}};
    int failed = 0;

    s.list = ens_heap_take(heap, c->n, sizeof *s.list);
    s.own = ens_heap_doubles(heap, c->n, &failed);
    if (failed || s.list == NULL)
        return ENSEMBLE_ENOMEM;
    memset(w, 0, c->n * sizeof *w);
    *exact = 1;
    if (!limited || c->n > ENS_CHOOSE_MOST) { /* the best weights of all may be within the limits */
        for (size_t i = 0; i < c->n; i++)
            s.list[i] = i;
        *optimum = solve(&s, c->n);
        *exact = !limited || is_within(&s, c->n);
        if (*exact)
            keep(&s, c->n, optimum);
        else
            search_forward(&s);
    } else {
        search_all(&s);
    }
    c->cutoff = INFINITY;
    *optimum = s.best;
    optimum->steps = s.steps;
    return s.best.loss < INFINITY ? 0 : ENSEMBLE_EFIT;
}
