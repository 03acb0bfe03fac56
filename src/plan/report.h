/* SPDX-License-Identifier: MIT */
/* What else a call says about its rows. */
#ifndef ENS_PLAN_REPORT_H
#define ENS_PLAN_REPORT_H

#include "plan/decision.h"

/* Short rows that are combined at once, at most, where something has to be looked at once their labels are known. */
#define ENS_REPORT_ROWS 4

/*
 * Classes of which the models' values are looked at together: six arrays of doubles behind the combined tile, in the
 * pool, and two in the spare tile. It is part of the bits: sums over a row are sums of the sums of such pieces.
 */
#define ENS_REPORT_PIECE ((size_t)128)

/*
 * The arrays of a report but for the largest classes: X(name of ENSEMBLE_MEASURE_..., field, one for each: ROW, CLASS
 * of a row, MODEL in a row).
 */
#define ENS_REPORT_LIST(X)                                                                                           \
    X(LABEL, label, ROW)                                                                                             \
    X(CONFIDENCE, confidence, ROW)                                                                                   \
    X(MARGIN, margin, ROW)                                                                                           \
    X(TIED, tied, ROW)                                                                                               \
    X(ENTROPY, entropy, ROW)                                                                                         \
    X(MEAN_ENTROPY, mean_entropy, ROW)                                                                               \
    X(MUTUAL_INFORMATION, mutual_information, ROW)                                                                   \
    X(VOTE_DISAGREEMENT, vote_disagreement, ROW)                                                                     \
    X(VARIATION_RATIO, variation_ratio, ROW)                                                                         \
    X(CONFLICT, conflict, ROW)                                                                                       \
    X(WEIGHT_PRESENT, weight_present, ROW)                                                                           \
    X(MODELS_PRESENT, models_present, ROW)                                                                           \
    X(ROW_FAULT, row_fault, ROW)                                                                                     \
    X(SETTLED, settled, ROW)                                                                                         \
    X(VARIANCE, variance, CLASS)                                                                                     \
    X(CONTRIBUTION, contribution, MODEL)                                                                             \
    X(INFLUENCE, influence, MODEL)                                                                                   \
    X(FLIPS, flips, MODEL)

enum ens_report_shape { ENS_PER_ROW, ENS_PER_CLASS, ENS_PER_MODEL };

static inline size_t ens_report_elements(const struct ensemble *e, enum ens_report_shape shape)
{
    return shape == ENS_PER_ROW ? 1 : shape == ENS_PER_CLASS ? e->width : e->n_models;
}

/* What has to be looked at for what is asked. */
enum {
    ENS_ASKS_ENTROPY = 1,  /* the combined row's spread */
    ENS_ASKS_MEAN = 2,     /* the models' linear pool */
    ENS_ASKS_UNSURE = 4,   /* their own entropies */
    ENS_ASKS_CONFLICT = 8, /* their logarithmic pool */
    ENS_ASKS_VARIANCE = 16,
    ENS_ASKS_MODELS = ENS_ASKS_MEAN | ENS_ASKS_UNSURE | ENS_ASKS_CONFLICT | ENS_ASKS_VARIANCE,
    ENS_ASKS_REASONS = 32, /* what a model has to do with the label */
    ENS_ASKS_LABELS = 64   /* the models' top classes */
};

/* What later steps have to know of a row. */
struct ens_verdict {
    double confidence;
    double margin;
    int32_t label; /* -1: the row has no answer */
    int fault;     /* and why */
};

struct ens_report {
    const struct ensemble_report *asked;
    size_t first_row; /* that its arrays begin with */
    int asks;         /* ENS_ASKS_... */
    int lenient;      /* a quorum does not matter */
    int counts;       /* whether a row is settled is a matter of whole votes */
    int simple;       /* several rows are one weighted sum, whose parts are known (report_rows.c) */
    size_t bound;     /* rows that are to be tried at once next (report_rows.c) */
    size_t kept;      /* top_values of the current row that are there already */
    double weight;    /* of all models together, where that does not depend on the row */

    /* Of the current row. */
    struct ens_decision decision;
    double sum, log_times;      /* of the combined row: its sum, and that of x log x */
    size_t done;                /* classes of which the models have been looked at */
    double mean_log_times;      /* the mean of the models' x log x, summed */
    double information;         /* that, less x log x of their mean */
    double most;                /* the largest mean */
    struct ens_stat log_pool;

    struct ens_verdict verdicts[ENS_REPORT_ROWS];
};

/* May all of that be asked of this call? 0 or an error code. `walk` is complete. */
int ens_report_check(const struct ens_walk *walk, const float *row_weights, const struct ensemble_report *asked);

/* Before the first row, when nothing is decided yet. 0, or ENSEMBLE_EZEROSUM where the weights cannot be normalised. */
int ens_report_begin(struct ens_blend *b);

/* A tile of the combined row, or of several whole rows. */
void ens_report_tile(struct ens_blend *b, const struct ens_tile *tile, const void *values);

/* After the current row and those that were combined with it, `rows` in all. */
void ens_report_rows(struct ens_blend *b, size_t rows);

/* What the models say (contest.c) of a row's classes, from where it stopped to `end`, in pieces. */
void ens_contest(struct ens_blend *b, size_t row, size_t end);

/* All of the current row, for which statistics were had of the models in another form. */
void ens_contest_afresh(struct ens_blend *b);

/* Is a combined row a distribution, whatever the models say? */
static inline int ens_sums_to_one(const struct ens_recipe *recipe)
{
    return recipe->n_steps > 0 || recipe->gathering == ENS_COUNTED;
}

/* Are row weights negative, or their sum infinite, so that nothing is a share of the weight? */
int ens_is_unfit(const struct ens_blend *b);

/* What it comes to is written to the fields of a row. */
void ens_contest_write(const struct ens_blend *b, size_t row);

/* What the models have to do with the current row's label (reasons.c): contribution, influence, flips, disagreement. */
void ens_reasons(struct ens_blend *b, const struct ens_verdict *verdict);

/*
 * What is without model k of the current row (without.c): the influence and flips of that model are element `at` of
 * their arrays. `safe`: the label is known to stay. It does where its lead exceeds the model's term by more than
 * ens_slack(), which is infinite where that cannot be said.
 */
void ens_leave_out(struct ens_blend *b, size_t k, const struct ens_verdict *verdict, int safe, size_t at);
double ens_slack(const struct ens_blend *b);

/* Is it a weighted sum of outputs as they are, so that one kernel call makes it without a model, too? */
int ens_is_simple(const struct ens_blend *b);

/* Does the label stay, whatever the missing models say (settled.c)? */
int ens_is_settled(const struct ens_blend *b);

/*
 * The same of n rows of which the same models are present, none of them a vote, by the largest values and the second
 * largest ones.
 */
void ens_settled_rows(const struct ens_blend *b, const double *best, const double *second, size_t n, uint8_t *settled);

/* The place of a row in the arrays that have one element per row. */
static inline size_t ens_report_at(const struct ens_blend *b, size_t row)
{
    return row - b->report->first_row;
}

#endif
