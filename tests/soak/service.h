/* SPDX-License-Identifier: MIT */
/*
 * What the server of the soak serves: a few ensembles of different kinds, what their models say, and what the answer is
 * with each of the weight sets, known before the first request.
 */
#ifndef TESTS_SOAK_SERVICE_H
#define TESTS_SOAK_SERVICE_H

#include <ensemble.h>
#include <stddef.h>
#include <stdint.h>

enum { SERVICES = 7, MODELS = 5, SETS = 16, SAYINGS = 2 };

/* What of the models is there; `AFFLICTED` is the one that is not, or says NaN (a label that is none). */
enum { AFFLICTED = 1 };
enum state {
    WHOLE,
    ONE_NAN,
    ALL_NAN,
    FILLED_STATES, /* those with data of their own */
    ONE_MISSING = FILLED_STATES,
    STATES
};

/* How the models' outputs lie in one array: models x rows x width, or rows x models x width. */
enum layout { BY_MODEL, BY_ROW, LAYOUTS };

/* An answer of the library, and what its report says of each row. */
struct answer {
    int code;
    unsigned char *result;
    int32_t *label, *row_fault, *models_present;
    double *confidence, *margin;
};

struct service {
    const char *name;
    int32_t method, dtype, space, result_dtype, policy;
    size_t rows, width;
    size_t rarity; /* one request in so many */

    /* Filled by service_prepare(). */
    size_t columns;        /* values in a row of an output */
    size_t value, element; /* bytes of a value of an output, and of the result */
    size_t stack_size;     /* bytes of all outputs */
    unsigned char *stack[SAYINGS][FILLED_STATES][LAYOUTS];
    struct answer answer[SETS][SAYINGS][STATES];
    size_t workspace_size;
};

extern struct service services[SERVICES];

/* The weight of a model in the weight set of this version; and the set that the first model's weight tells. */
double weight_of(size_t version, size_t model);
size_t set_of(double first_weight);
void weights_of(size_t version, double weights[MODELS]);

/* Which weight set a version is. */
static inline size_t service_set(size_t version)
{
    return version % SETS;
}

/* What a model says of a class, as a number; of a row of labels, the label, whatever `column`. */
double service_value(const struct service *service, size_t saying, size_t model, size_t row, size_t column);

/* An ensemble of this service without outputs. Ends the program where it cannot be made. */
struct ensemble *service_ensemble(const struct service *service, size_t version,
                                  const struct ensemble_options *options);

/* Makes the data and the answers; ends the program where the library's differ from plain loops. */
void service_prepare(struct service *service);
void service_discard(struct service *service);

/* truth.c: ends the program where an answer is not what plain loops in double make of it. */
void truth_check(const struct service *service, size_t version, size_t saying, enum state state);

/* Equal bits, or NaN in both; of ENSEMBLE_F32 or _F64. */
int same_values(const void *a, const void *b, int32_t dtype, size_t count);

/* Memory that must be there. */
void *need(size_t size);

#endif
