/* SPDX-License-Identifier: MIT */
/*
 * What a handle holds, by what was asked of it, in plain arrays; and what it must do then. The handle in the library
 * has been through any number of calls, of which some failed: a fresh one with the same in it must do the same bits.
 */
#ifndef TESTS_FUZZ_STATE_H
#define TESTS_FUZZ_STATE_H

#include "fuzz.h"

#define STATE_MODELS 6
#define STATE_WIDTH 4
#define STATE_COLUMNS (STATE_WIDTH + 1)
#define STATE_ROWS 4
#define STATE_NAME 8 /* bytes, with the NUL */

struct state_model {
    const void *data;
    size_t rows, stride;
    int32_t dtype, space;
    double temperature;
    size_t columns; /* 0: no class map */
    int32_t map[STATE_COLUMNS];
    char name[STATE_NAME];
};

struct state {
    size_t width, n;
    struct state_model models[STATE_MODELS];
    int32_t method, form, policy;
    double parameters[3], temperature, quorum;
    size_t n_weights, n_class_weights; /* of how many models, when they were set; 0: none */
    double weights[STATE_MODELS], class_weights[STATE_MODELS * STATE_WIDTH];
    const float *row_weights; /* borrowed; NULL: none */
    size_t row_weights_rows, row_weights_n;
};

/* As ensemble_create() leaves a handle; as ensemble_add_model_output() leaves a model. */
struct state state_new(size_t width);
struct state_model state_model(const void *data, int32_t dtype, size_t rows);

/* How many values a row of the model's output has; of what it would have as another dtype. */
size_t state_columns(const struct state *s, const struct state_model *m, int32_t dtype);

/* The weight of a model as ensemble_get_weights() says it. */
double state_weight(const struct state *s, size_t model);

/* Have models been added since weights were set? Of models, or of any kind. */
int state_is_stale(const struct state *s);
int state_is_any_stale(const struct state *s);

/* The rows of a combine that works. */
size_t state_rows(const struct state *s);

/* What ensemble_combine() may return for a result of the right type and size, by the words of the header: 0, or a bit
   for each of the codes (fuzz_code()). */
uint64_t state_codes(const struct state *s);

/* A fresh handle. */
struct ensemble *state_make(const struct state *s, const char *isa);

#endif
