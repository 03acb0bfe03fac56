/* SPDX-License-Identifier: MIT */
/* What has to be known of a model's row before its first tile can be converted. */
#ifndef ENS_PLAN_STATS_H
#define ENS_PLAN_STATS_H

#include "plan/blend.h"

/* Does model k need any? */
int ens_stat_is_needed(const struct ens_blend *b, size_t k);

/* Goes through the current row of every model that needs it and takes part in it. */
void ens_stats_of_row(const struct ens_blend *b);

/* The same for one model, k < ENS_STATS. */
void ens_stat_prepare(const struct ens_blend *b, size_t k);

/* The class of its largest value, or its label, in `most`; `sum` is NaN where there is none. */
struct ens_stat ens_stat_of_label(const struct ens_blend *b, size_t k);

/* Those of the current row. */
struct ens_stat ens_stat(const struct ens_blend *b, size_t k);

/* Does the model say something in this row that can be used: no NaN, a label that is a class? */
int ens_stat_is_sound(const struct ens_blend *b, size_t k);

/*
 * The largest value and the sum of exponentials relative to it, of a row of which one stretch after the other is added:
 * `most` and `sum` of the stretch itself. It begins with {-INFINITY, 0}.
 */
void ens_stat_add(const struct ens_blend *b, struct ens_stat *stat, double most, double sum);

/* exp(x) and log(x), by the kernels, in double. */
double ens_exp(const struct ens_blend *b, double x);
double ens_log(const struct ens_blend *b, double x);

#endif
