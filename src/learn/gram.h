/* SPDX-License-Identifier: MIT */
/* Gram matrices: sums of products of every two of some columns, piece by piece. */
#ifndef ENS_LEARN_GRAM_H
#define ENS_LEARN_GRAM_H

#include "learn/source.h"

/* What is more than this comes from memory, and should be asked for ahead of time: no cache near by is as large. */
#define ENS_FAR_BYTES ((size_t)8 << 20)

/* A part of what is read. */
struct ens_stretch {
    const unsigned char *begin, *end;
};

struct ens_gram {
    const struct ens_kernels *kernels;
    size_t m;          /* columns */
    size_t groups;     /* of ENS_PAIRS columns */
    double *tile;      /* a piece of each column: m x ENS_PIECE */
    double *partial;   /* partial sums of each column beside each group of those up to it */
    double *sum;       /* m x m; the lower half, until the end */
    size_t pieces;     /* that are in the partial sums */
    struct ens_stretch *ahead; /* m: what will be read for the next piece, to be asked for while this one is added: */
    size_t n_ahead;    /* so many stretches */
};

/* Takes the memory. 0, ENSEMBLE_ENOMEM, or ENSEMBLE_EOVERFLOW for more than 8,192 columns. */
int ens_gram_open(struct ens_gram *g, struct ens_heap *heap, const struct ens_kernels *kernels, size_t m);

/* For m columns, not more than there is room for. */
void ens_gram_begin(struct ens_gram *g, size_t m);

static inline double *ens_gram_tile(const struct ens_gram *g, size_t column)
{
    return g->tile + column * ENS_PIECE;
}

/* Adds what is in the tiles. */
void ens_gram_add(struct ens_gram *g, size_t length);

/* Divides by `count` and fills the other half of g->sum. */
void ens_gram_end(struct ens_gram *g, double count);

/*
 * Of the models' errors, m being the number of models; or of what they say and the truth as the last column, m being
 * one more. Means over the rows of the sample. Not finite if a value or a sum is not.
 */
void ens_gram_of_models(struct ens_gram *g, struct ens_source *s, const struct ens_sample *sample);

#endif
