/* SPDX-License-Identifier: MIT */
/* Answers beside the truth: ENSEMBLE_SCORE_... of rows of doubles, wherever they come from. */
#ifndef ENS_LEARN_SCORE_H
#define ENS_LEARN_SCORE_H

#include "learn/likelihood.h"
#include "learn/rows.h"

/* Bins of the expected calibration error. */
#define ENS_BINS 15

/* What to score by: one of the numbers, or a function of the caller's. */
struct ens_scale {
    int32_t score;
    double (*metric)(const double *values, const size_t *row, size_t rows, size_t width, void *user);
    void *user;
};

/* A score that rows are added to one after the other, in ascending order. */
struct ens_tally {
    struct ens_scale scale;
    struct ens_source *s;
    const struct ens_sample *sample;
    size_t rows;       /* so far */
    double sum;        /* of losses */
    size_t hits;       /* of ENSEMBLE_SCORE_ACCURACY */
    size_t n_picked;   /* of ENSEMBLE_SCORE_LOG_LOSS: probabilities whose logarithms are still to be added */
    double *picked;    /* ENS_LOG_BLOCK */
    int32_t *labels;   /* of ENSEMBLE_SCORE_ACCURACY: those of rows that are looked at at once */
    double *bins;      /* of ENSEMBLE_SCORE_CALIBRATION_ERROR: confidence less accuracy, summed in each of ENS_BINS */
    double *values;    /* of those that look at all rows together: all of them, */
    size_t *row;       /* and which rows of the outputs they are; */
    double *sorted;    /* four columns for the areas */
};

/* Does the scale look at all rows together? Then tallies hold them all. */
int ens_scale_is_global(const struct ens_scale *scale);

/* Does more of it mean better? */
int ens_scale_is_gain(const struct ens_scale *scale);

/* Takes the memory for up to sample->n rows. 0, or ENSEMBLE_ENOMEM. */
int ens_tally_open(struct ens_tally *t, struct ens_source *s, const struct ens_sample *sample,
                   const struct ens_scale *scale);

void ens_tally_begin(struct ens_tally *t);

/* Adds `count` whole rows, the sample's from `first` on. */
void ens_tally_add(struct ens_tally *t, size_t first, size_t count, const double *values);

/* The score; NaN without rows. */
double ens_tally_end(struct ens_tally *t);

/* The score of the linear pool with these weights for the source's models. 0 or an error code. */
int ens_score_of_pool(struct ens_source *s, const struct ens_sample *sample, const struct ens_scale *scale,
                      const double *w, double *value);

/*
 * The score of what the source's handle combines, which may be anything. Rows that have no answer do not count. 0 or an
 * error code.
 */
int ens_score_of_handle(struct ens_source *s, const struct ens_sample *sample, const struct ens_scale *scale,
                        double *value);

/* The score of what a handle combines, for ensemble_score(). 0 or an error code. */
int ens_score(const struct ensemble *e, const struct ens_targets *targets, int32_t score, double *value);

#endif
