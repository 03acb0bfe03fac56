/* SPDX-License-Identifier: MIT */
/* Few models: which of them, if not all may be used. */
#ifndef ENS_LEARN_CHOOSE_H
#define ENS_LEARN_CHOOSE_H

#include "learn/convex.h"

/* What may be used. */
struct ens_limits {
    const double *cost; /* of each of the n models that take part; NULL: nothing */
    double budget;
    size_t max_models; /* 0: any number */
};

/* Over sets of up to so many models the search is complete. */
#define ENS_CHOOSE_MOST ((size_t)16)

/* What is used so far. */
struct ens_spent {
    double cost;
    size_t models;
};

static inline int ens_limits_allow(const struct ens_limits *limits, struct ens_spent spent, size_t model)
{
    return (limits->max_models == 0 || spent.models < limits->max_models) &&
           (limits->cost == NULL || spent.cost + limits->cost[model] <= limits->budget);
}

static inline struct ens_spent ens_limits_spend(const struct ens_limits *limits, struct ens_spent spent, size_t model)
{
    return (struct ens_spent){spent.cost + (limits->cost != NULL ? limits->cost[model] : 0), spent.models + 1};
}

/*
 * The best weights for all of c->n models within the limits, 0 for those that are not used: branch and bound, or
 * forward selection for more than ENS_CHOOSE_MOST models. `*exact`: no others are better. 0, ENSEMBLE_ENOMEM, or
 * ENSEMBLE_EFIT where no model is allowed.
 */
int ens_choose(struct ens_convex *c, struct ens_heap *heap, const struct ens_limits *limits, double *w,
               struct ens_optimum *optimum, int *exact);

#endif
