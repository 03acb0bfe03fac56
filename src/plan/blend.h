/* SPDX-License-Identifier: MIT */
/*
 * The general way through the data: every method, every space, weights per class and row, missing models. Row by row,
 * where rows matter, and tile by tile: what the models say about a tile's classes is converted into tiles of the
 * accumulator's type, gathered, finished and stored, while all of it stays in the first-level cache.
 *
 *   blend.c   rows and tiles; what is done to a row as a whole; storing the result
 *   shares.c  who takes part in a row and with which weight
 *   stats.c   what has to be known of a model's row before its first tile: largest value, sum, NaN, label
 *   values.c  a model's values for a tile, in the form that the method wants
 *   gather.c  the models' tiles become one: sums, folds, votes
 *   soft.c    in place of these three, sums of softmaxes
 *   select.c  the same for medians and trimmed means
 *   report.c  what else a call says about its rows; decision.c, contest.c and reasons.c find it out, and report_rows.c
 *             of many short rows at once
 */
#ifndef ENS_PLAN_BLEND_H
#define ENS_PLAN_BLEND_H

#include "plan/walk.h"

#include <stdint.h>

/* Tiles of one call, on the stack: most of the 16 KiB that a call may use of it. */
#define ENS_TILE_BYTES ((size_t)2048)
#define ENS_POOL_BYTES (4 * ENS_TILE_BYTES)

/* Rows of at most this many classes are one tile, whatever is combined: read to the end before any of it is written. */
#define ENS_SHORT_ROW 32

/* Models of which a row's statistics are kept on the stack. Of further ones they are computed again for each tile. */
#define ENS_STATS 64

/*
 * Of one model's row. Logits: the largest one (after the temperature), and the sum of exp(z - largest). Votes: the
 * class. `sum` is NaN or 0 where the row is broken.
 */
struct ens_stat {
    double most;
    double sum;
};

/* A row, or all rows where they need not be kept apart. */
struct ens_row {
    size_t index;
    int fault;      /* ENSEMBLE_ROW_...: all of it is NaN */
    int equal;      /* all models present have one weight */
    size_t whole;   /* votes and ranks of equal weight: each counts 1, and their sum is divided by this; else 0 */
    double present; /* the sum of the weights of the models present */
    double scale;   /* what ENSEMBLE_SUM multiplies weights by: W / W_present */
    size_t models;  /* how many are present */
    double share;   /* of the weights' sizes, what is present: 0 to 1 */
};

/* Parts of the workspace, NULL where it is too small for them. */
struct ens_room {
    struct ens_stat *stats;       /* of the models beyond ENS_STATS */
    unsigned char *exponentials;  /* of logits, per model: `width` of them */
    unsigned char *row;           /* a combined row */
    unsigned char *sorted;        /* the values of a row of each model, and of one more to sort in */
};

/* Rows of sums of softmaxes (plan/soft.c), and what is known of the current one. */
struct ens_soft {
    int on;                 /* it is done this way */
    unsigned char *room[2]; /* for the sum and for exponentials; NULL: in the result */
    double factors[2];      /* of exponentials that are still to be multiplied: the first model's and the last one's */
    double ahead;           /* the largest logit of the next row's first model; NaN: not known */
};

struct ens_decision;
struct ens_report;

struct ens_blend {
    const struct ens_walk *walk;
    const struct ensemble *e;
    const struct ens_recipe *recipe;
    const struct ens_kernels *kernels;
    const float *row_weights; /* NULL: none */
    double quorum;
    size_t without;           /* a model that is to be taken for missing; ENS_NOBODY: none */
    int acc;                  /* ENS_f32 or ENS_f64 */
    unsigned shift;           /* log2 of an accumulator's bytes */
    int by_row;               /* weights, or who is present, differ from row to row, or somebody is missing */
    int by_class;             /* or from class to class */
    int known_factors;        /* but not from row to row: the plan has them */
    int stats;                /* some model's rows have to be gone through first */
    size_t tile;              /* classes in a tile */
    struct ens_room room;
    struct ens_soft soft;
    struct ens_row row;
    struct ens_stat *kept; /* ENS_STATS of them */
    unsigned char *pool;   /* ENS_POOL_BYTES: the tiles of the classes at hand */
    unsigned char *spare;  /* ENS_TILE_BYTES: one tile more, for statistics */
    struct ens_decision *decision; /* is told of the combined rows; NULL: nobody asks */
    struct ens_report *report;     /* likewise, and of what else is to be said of them */
};

#define ENS_NOBODY SIZE_MAX

/* Some classes of a row (or of several rows that follow each other, where they need not be kept apart). */
struct ens_tile {
    size_t row;
    size_t column;
    size_t length;
};

/* The values in a tile's bytes; the stretch of a row that is summed by itself (docs/numerics.md). */
static inline size_t ens_stretch(const struct ens_blend *b)
{
    return ENS_TILE_BYTES >> b->shift;
}

/* An address `tiles` tiles after the start of the pool. */
static inline unsigned char *ens_pool(const struct ens_blend *b, size_t tiles)
{
    return b->pool + ((tiles * b->tile) << b->shift);
}

static inline struct ensemble_output ens_output_of(const struct ens_blend *b, size_t k)
{
    return ens_input(b->walk->inputs, b->e->plan.model[k]);
}

static inline const struct ens_model *ens_model_of(const struct ens_blend *b, size_t k)
{
    return &b->e->models[b->e->plan.model[k]];
}

/* Runs a map over one tile. */
static inline void ens_apply(const struct ens_blend *b, int map, void *to, const void *from, size_t length,
                             struct ens_map with)
{
    b->kernels->map[b->acc][map](to, from, length, &with);
}

/*
 * May the result replace the output of a model? Not where rows are looked at anew while they are being written: ranks,
 * columns in an order of their own, and more statistics than are kept.
 */
int ens_blend_in_place(const struct ensemble *e, size_t model);

/*
 * The general way. 0, or ENSEMBLE_EQUORUM before anything is written. `report`: NULL, or one that ens_report_check()
 * has passed; then there may be no result.
 */
int ens_blend(const struct ens_walk *walk, const float *row_weights, void *workspace, size_t workspace_size,
              struct ens_report *report);

/*
 * Combines the current row anew, after a change of who takes part, and tells b->decision; nothing is written. `column`:
 * only that class, where rows need not be seen as a whole; ENS_NOBODY: all of them. The fault of the row, or 0.
 */
int ens_blend_again(struct ens_blend *b, size_t column);

/* The same with arrays from elsewhere than the stack; those of a blend of that name, with an alignment for streams. */
struct ens_desk {
    unsigned char *pool;
    unsigned char *spare;
    struct ens_stat *kept;
};

int ens_blend_on(const struct ens_desk *desk, const struct ens_walk *walk, const float *row_weights, void *workspace,
                 size_t workspace_size, struct ens_report *report);

/* For a look at the models' values by themselves, of rows that the weights have no part in; without its arrays. */
struct ens_blend ens_blend_of_values(const struct ens_walk *walk);

/* What it reports with the outputs bound to a handle. */
int ens_blend_check(const struct ens_inputs *inputs, const struct ensemble *e);

/* The bytes of workspace that it can use for the outputs bound to a handle, whatever the dtypes are; and for a call. */
size_t ens_blend_workspace(const struct ensemble *e);
size_t ens_blend_workspace_of_call(const struct ens_walk *walk, const float *row_weights);

#endif
