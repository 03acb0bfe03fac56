/* SPDX-License-Identifier: MIT */
/*
 * What is learned from: what the models say, in double, as ensemble_set_input() has it read, and the truth beside it.
 * Rows are gone through piece by piece: some short ones, or a part of a long one.
 */
#ifndef ENS_LEARN_SOURCE_H
#define ENS_LEARN_SOURCE_H

#include "learn/heap.h"
#include "plan/blend.h"

#include <string.h>

/* Values in a piece, at most. Part of the bits. */
#define ENS_PIECE ((size_t)256)

/* The truth, as the caller gave it. */
struct ens_targets {
    const void *data;
    int32_t dtype; /* ENSEMBLE_I32: labels */
    size_t count;
};

/* Rows, in ascending order. */
struct ens_sample {
    const size_t *row; /* NULL: the first n */
    size_t n;
};

struct ens_piece {
    size_t first;  /* of the sample's rows */
    size_t count;  /* of rows; 0: behind the last one */
    size_t column; /* where each of them begins, */
    size_t length; /* and how long it is */
};

struct ens_source {
    struct ensemble e; /* a handle of our own with the caller's models, outputs and settings */
    struct ens_inputs inputs;
    struct ens_walk walk;
    struct ens_blend b;
    struct ens_desk desk; /* for combining as the handle does */
    struct ens_heap *heap;
    struct ens_targets targets;
    size_t rows;
    size_t width;
    size_t classes; /* labels are below it: the width, or 2 where that is 1 */
    size_t n;       /* models that take part and are there, */
    size_t *k;      /* their places in the plan */
    struct ens_sample known; /* the rows that can be used */
    double *truth;  /* of a piece: ENS_PIECE; */
    double *less;   /* and negated */
    double *raw;    /* values that are being converted: ENS_PIECE */
};

enum {
    ENS_SOURCE_PARTIAL = 1, /* models may be missing */
    ENS_SOURCE_WEIGHTED = 2 /* with the weights that were set, instead of 1/n each; those of rows and classes, too */
};

/*
 * Checks outputs and targets, and opens the source, which must stay where it is; its memory is the heap's. `known` are
 * the rows whose target is known. 0 or an error code.
 */
int ens_source_open(struct ens_source *s, struct ens_heap *heap, const struct ensemble *e,
                    const struct ens_targets *targets, int how);

/*
 * Is what a handle combines the linear pool of what the models say, up to normalising and tempering? `alone`: with a
 * weight for each model, and nothing else that decides who takes part in a row or a class.
 */
int ens_is_linear(const struct ensemble *e, int alone);

/*
 * From now on the source's handle has its results as they are: not as logarithms; or, with `pool`, the linear pool
 * itself, not normalised and not tempered. What it says otherwise stays.
 */
void ens_source_undo_form(struct ens_source *s, int pool);

/* Leaves the rows out in which some model says something that is not finite. */
int ens_source_screen(struct ens_source *s);

/* The index of model i of those that take part. */
static inline size_t ens_source_model(const struct ens_source *s, size_t i)
{
    return s->e.plan.model[s->k[i]];
}

static inline int ens_source_has_labels(const struct ens_source *s)
{
    return s->targets.dtype == ENSEMBLE_I32;
}

static inline size_t ens_sample_row(const struct ens_sample *sample, size_t at)
{
    return sample->row != NULL ? sample->row[at] : at;
}

/* The label of a row. */
static inline int32_t ens_source_label(const struct ens_source *s, size_t row)
{
    int32_t label;

    memcpy(&label, (const unsigned char *)s->targets.data + row * sizeof label, sizeof label);
    return label;
}

/* The piece behind another one; {0} is before the first one. */
struct ens_piece ens_piece_next(const struct ens_source *s, const struct ens_sample *sample, struct ens_piece piece);

#define ENS_EACH_PIECE(piece, s, sample)                                                                             \
    for (struct ens_piece piece = ens_piece_next(s, sample, (struct ens_piece){0}); piece.count > 0;                   \
         piece = ens_piece_next(s, sample, piece))

/* The values of model i, row behind row: in `to`, with room for ENS_PIECE, or elsewhere until the next call. */
const double *ens_source_values(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece,
                                size_t i, double *to);

/* Where they are as they are, of the dtype *dtype (from 0); NULL if that is not all there is to it. */
const void *ens_source_raw(const struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece,
                           size_t i, int *dtype);

/* The same for all rows, which are *stride bytes apart. */
const unsigned char *ens_source_matrix(const struct ens_source *s, size_t i, int *dtype, size_t *stride);

/*
 * The target's values, to s->truth: of a label 1 at the label and 0 elsewhere, or the label itself if the width is 1.
 */
void ens_source_truth(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece);

/* What model i says less that, in `to`. */
void ens_source_errors(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece, size_t i,
                       double *to);

#endif
