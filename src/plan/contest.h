/* SPDX-License-Identifier: MIT */
/* What the models say of a piece: sums over them, in double. */
#ifndef ENS_PLAN_CONTEST_H
#define ENS_PLAN_CONTEST_H

#include "plan/report.h"

/* What is summed over the models: their values, functions of these, or distances from a center. */
enum ens_term { ENS_TERM_VALUES, ENS_TERM_LOG_TIMES, ENS_TERM_LOGS, ENS_TERM_DISTANCES, ENS_TERM_SQUARES };

/*
 * Arrays of a piece, of ENS_REPORT_PIECE doubles each. Behind the combined tile in the pool; the last two are free for
 * other things where weights do not differ from class to class:
 */
enum {
    ENS_PIECE_MEAN,
    ENS_PIECE_UNSURE,
    ENS_PIECE_LOG_POOL,
    ENS_PIECE_RAW,
    ENS_PIECE_PRESENT,
    ENS_PIECE_FACTORS
};
/* and in the spare tile, where statistics that are computed anew overwrite them: */
enum { ENS_PIECE_CONVERTED, ENS_PIECE_MAPPED };

/* Classes of a row, or of several whole rows (contest_rows.c). */
struct ens_piece {
    const struct ens_blend *b; /* which has the models' values as they are wanted here */
    struct ens_tile tile;
    const double *center; /* of ENS_TERM_DISTANCES and ENS_TERM_SQUARES */
};

static inline double *ens_piece_array(const struct ens_piece *p, int which)
{
    return (double *)(void *)(p->b->pool + ENS_TILE_BYTES) + (size_t)which * ENS_REPORT_PIECE;
}

static inline double *ens_piece_spare(const struct ens_piece *p, int which)
{
    return (double *)(void *)p->b->spare + (size_t)which * ENS_REPORT_PIECE;
}

/* The weighted sum of a term over all models that are present. */
void ens_piece_sum(const struct ens_piece *p, enum ens_term term, double *out);

/* out = a + factor b */
void ens_piece_add(const struct ens_piece *p, double *out, const double *a, const double *b, double factor);

/* Writes the report's variances. */
void ens_piece_variance(struct ens_piece p);

#endif
