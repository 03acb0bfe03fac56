/* SPDX-License-Identifier: MIT */
/*
 * How often each model, added to what is summed so far, has the label on top; the width is more than 1. In most rows no
 * model can change what is on top, and in most of the others only one or two classes are close to the label. How close
 * they must be is found once, from what the models say.
 */
#ifndef ENS_LEARN_DOUBT_H
#define ENS_LEARN_DOUBT_H

#include "learn/source.h"

struct ens_doubt {
    struct ens_source *s;
    const struct ens_sample *sample;
    double *fall;        /* of each of the sample's rows: by how much one model lessens the label's lead at most, */
    double *rise;        /* and by how much it adds to it */
    uint16_t *settled;   /* for so many more rounds it does not matter which models are added, */
    unsigned char *hit;  /* and this is whether the label is on top */
    double *values;      /* rows of a model */
    size_t *due;         /* some rows that are to be looked at again */
    size_t n;            /* rows in doubt that are waiting to be looked at: */
    size_t *place;       /* where they are in the sample, */
    size_t *row;         /* and which rows of the outputs they are, */
    size_t *label;
    double *sum;         /* at the label */
    size_t *end;         /* of their rivals, the classes that may come to be on top instead, */
    size_t *rival;       /* which are these, */
    double *rival_sum;
};

/* Takes the memory, and looks at what the models say, all of which is finite. 0, or ENSEMBLE_ENOMEM. */
int ens_doubt_open(struct ens_doubt *d, struct ens_source *s, const struct ens_sample *sample);

/*
 * When so much has been summed, rows x width, to hits[i] in how many rows the label is the first of the largest, if
 * model i is added; only where it is allowed. To be called in each round: a model is added before the next call.
 */
void ens_doubt_count(struct ens_doubt *d, const double *sums, const unsigned char *allowed, size_t *hits);

#endif
