/* SPDX-License-Identifier: MIT */
/* What a combined row says: its largest values. */
#ifndef ENS_PLAN_DECISION_H
#define ENS_PLAN_DECISION_H

#include "plan/blend.h"

/* Of one row, as far as it has been seen. */
struct ens_decision {
    size_t label;   /* the class of the largest value; ENS_NOBODY: none yet */
    double best;    /* that value */
    double second;  /* the largest one of the others */
    double before;  /* and of those of lower classes, if that is asked for */
    int asks_before;
    double latest;  /* the largest one of the latest tile */
    int nan;        /* there is a NaN, besides the classes that no model speaks of */
    int ruled_out;  /* the row was divided by its sum, and that is 0 */
    double divisor; /* of a row that was divided by its sum and is otherwise as it was; else 1 */
    size_t column;  /* one class more that is asked for, */
    double value;   /* and its value */
};

struct ens_decision ens_decision_begin(size_t column);

/* A tile of one row. */
void ens_decide(const struct ens_blend *b, const struct ens_tile *tile, const void *values);

/* What the steps of a row were measured to be. */
void ens_decide_steps(struct ens_decision *decision, const struct ens_recipe *recipe, const struct ens_stat *stats);

/* Is the NaN in this class there because no model speaks of it? */
int ens_is_gap(const struct ens_blend *b, size_t column);

#endif
