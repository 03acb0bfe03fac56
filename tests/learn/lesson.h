/* SPDX-License-Identifier: MIT */
/* A call of ensemble_fit(), _score() or _update(), made at random from a seed: a handle, its data, and the options. */
#ifndef TESTS_LEARN_LESSON_H
#define TESTS_LEARN_LESSON_H

#include "guard.h"
#include "number.h"
#include "rng.h"

#include "base/public.h"

#define MODELS 20
#define WIDTH 12
#define ROWS 3000
#define VALUES 252000 /* models x rows x width, at most */
#define ROUNDS 64

/* Dtypes count from 0 as those of number.h, which does not know labels. */
#define DTYPES 4
#define LABELS (ENSEMBLE_I32 - 1)

enum call { FIT, SCORE, UPDATE };

struct member {
    int dtype;
    int32_t space;
    double temperature; /* as it is set: 0 means 1 */
    int missing;        /* has rows, but no data */
    int mapped;
    size_t columns;
    int32_t map[WIDTH + 3];
    uint64_t *bits;     /* rows x columns */
};

struct lesson {
    uint64_t seed; /* all else follows from it */
    struct rng rng;
    enum call call;
    size_t n, width, rows;
    struct member members[MODELS];
    int32_t method, form, policy;
    double form_temperature;
    int chances;     /* every model's values are in [0, 1], and not between 0 and 1e-6 */
    int grid;        /* few different values, many of them equal */
    double noise;
    double weights[MODELS]; /* before the call */
    int weights_set;

    int target;               /* dtype */
    int32_t label[ROWS];      /* what the data was made of; the targets, where they are labels */
    double *values;           /* rows x width: the targets, where they are values */

    struct ensemble_fit_options options;
    double cost[MODELS];
    int own_metric;
    int32_t score;      /* of SCORE and UPDATE */
    double rate, share; /* of UPDATE */
};

/* What a call left behind. */
struct outcome {
    int code;
    struct ensemble_fit_report report;
    double weights[MODELS], single[MODELS], temperatures[MODELS], trajectory[ROUNDS];
    double now[MODELS]; /* what ensemble_get_weights() says afterwards */
    double score;
    size_t rows_seen; /* by the metric; SIZE_MAX: not the same ones each time, or none of the lesson */
};

/* The lesson of a seed. Consecutive seeds go through what can be learned. */
void lesson_random(struct lesson *lesson, uint64_t seed);

/* Lays values and targets; called by lesson_random(). */
void lesson_fill(struct lesson *lesson);

/* Seed and options in a line. */
void lesson_describe(const void *lesson, char *text, size_t size);

/* A number in [0, 1). */
double lesson_unit(struct rng *rng);

/*
 * A handle with the lesson's models. `plain`: without gaps between rows, at aligned addresses; else with gaps full of
 * NaN and at any address, as `rng` has it. NULL, and a failure reported, if it cannot be made.
 */
struct ensemble *lesson_handle(const struct lesson *lesson, const char *isa, int plain, struct rng *rng);

/* The targets, where lesson_handle() has laid them. */
const void *lesson_targets(const struct lesson *lesson, size_t *count);

/* Makes the call on a handle, and takes down what it says. `mute`: without a report. */
void lesson_call(const struct lesson *lesson, struct ensemble *e, int mute, struct outcome *outcome);

/* Has anything that the library was given been written since lesson_handle()? */
int lesson_touched(void);

/* The mean absolute error of all values, to be minimised: `user` is the lesson. */
double lesson_metric(const double *values, const size_t *row, size_t rows, size_t width, void *user);

/* The target of a row and class, as a number; NaN where it is not known. */
double lesson_target(const struct lesson *lesson, size_t row, size_t k);

#endif
