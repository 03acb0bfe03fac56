/* SPDX-License-Identifier: MIT */
/* Rows in which one more model can still change the first of the largest sums: all others need not be looked at. */
#ifndef ENS_LEARN_DOUBT_H
#define ENS_LEARN_DOUBT_H

#include "learn/source.h"

struct ens_doubt {
    double *spread; /* of each of the sample's rows: by how much the values of any one model differ, at most */
    size_t *place;  /* of the rows in doubt, ascending: where they are in the sample, */
    size_t *row;    /* and which rows of the outputs they are */
    struct ens_sample sample; /* the latter */
    size_t hits;    /* how many of the others have their label on top */
};

/* Takes the memory, looks at what the models say, and doubts all rows. 0, or ENSEMBLE_ENOMEM. */
int ens_doubt_open(struct ens_doubt *d, struct ens_source *s, const struct ens_sample *sample);

/*
 * Finds the rows in doubt when so much has been summed: rows x width. Where the width is 1 no value leads, and all
 * stay.
 */
void ens_doubt_find(struct ens_doubt *d, const struct ens_source *s, const struct ens_sample *sample,
                    const double *sums);

#endif
