/* SPDX-License-Identifier: MIT */
/*
 * Reports of short rows, some dozens at a time, where the rows need not be kept apart but for the report: what is said
 * of one is said of all of them by the same calls. The bits are those of report.c, contest.c and reasons.c.
 *
 *   report_rows.c   which calls and rows; the largest values; the spread of the combined rows
 *   contest_rows.c  what the models say
 *   reasons_rows.c  what they have to do with the label
 */
#ifndef ENS_PLAN_REPORT_ROWS_H
#define ENS_PLAN_REPORT_ROWS_H

#include "plan/contest.h"

/* Rows at once, at most; and the models that reasons can be had of. */
#define ENS_ROWS_MOST ((size_t)32)
#define ENS_ROWS_MODELS ((size_t)ENS_GROUP_FAR)

/* Rows that have been combined. Arrays lie in the call's pool, or are the caller's own. */
struct ens_rows {
    struct ens_blend *b;
    size_t row, n;          /* the first one, and how many */
    size_t at;              /* its place in the report's arrays that have one element per row */
    int broken;             /* there is one without an answer */
    const void *values;     /* the combined rows, one behind the other */
    struct ens_turned turned; /* the same on their sides */
    int32_t *labels;        /* -1: without an answer */
    double *confidence;     /* these two only if they are asked for, or needed by ens_reasons_of_rows() */
    double *margin;
};

/* Before the first row: can this call's rows be reported at once? */
void ens_report_rows_begin(struct ens_blend *b);

/*
 * Combines the rows from row `line` of the call on, and reports on them, up to one that has to be seen by itself.
 * Returns that one, or how many rows there are.
 */
size_t ens_report_ahead(struct ens_blend *b, size_t line);

void ens_contest_rows(const struct ens_rows *rows);

void ens_reasons_rows(const struct ens_rows *rows);

/* An array of doubles for each row in the pool; those that last until the rows are done, and one that lasts longer. */
enum { ENS_ROWS_CONFIDENCE, ENS_ROWS_MARGIN, ENS_ROWS_LABELS, ENS_ROWS_SUM };

static inline double *ens_rows_array(const struct ens_blend *b, size_t which)
{
    const struct ens_piece piece = {.b = b};

    return ens_piece_array(&piece, ENS_PIECE_FACTORS) + which * ENS_ROWS_MOST;
}

/* And those that do not: what lead_rows finds. */
static inline double *ens_rows_found(const struct ens_blend *b, size_t which)
{
    const struct ens_piece piece = {.b = b};

    return ens_piece_array(&piece, ENS_PIECE_PRESENT) + which * ENS_ROWS_MOST;
}

#endif
