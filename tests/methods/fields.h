/* SPDX-License-Identifier: MIT */
/* The arrays of struct ensemble_report, one after the other. */
#ifndef TESTS_METHODS_FIELDS_H
#define TESTS_METHODS_FIELDS_H

#include "base/public.h"

#include <stddef.h>
#include <stdint.h>

/* What an array has one element for, in each row. */
enum shape { PER_ROW, PER_CLASS, PER_MODEL, PER_PLACE };

/* X(name, field, type, shape); the first eighteen are those of ENSEMBLE_MEASURE_..., whose numbers count from 1. */
#define MEASURE_LIST(X)                                                                                              \
    X(LABEL, label, int32_t, PER_ROW)                                                                                \
    X(CONFIDENCE, confidence, double, PER_ROW)                                                                       \
    X(MARGIN, margin, double, PER_ROW)                                                                               \
    X(TIED, tied, uint8_t, PER_ROW)                                                                                  \
    X(ENTROPY, entropy, double, PER_ROW)                                                                             \
    X(MEAN_ENTROPY, mean_entropy, double, PER_ROW)                                                                   \
    X(MUTUAL_INFORMATION, mutual_information, double, PER_ROW)                                                       \
    X(VOTE_DISAGREEMENT, vote_disagreement, double, PER_ROW)                                                         \
    X(VARIATION_RATIO, variation_ratio, double, PER_ROW)                                                             \
    X(CONFLICT, conflict, double, PER_ROW)                                                                           \
    X(WEIGHT_PRESENT, weight_present, double, PER_ROW)                                                               \
    X(MODELS_PRESENT, models_present, int32_t, PER_ROW)                                                              \
    X(ROW_FAULT, row_fault, int32_t, PER_ROW)                                                                        \
    X(SETTLED, settled, uint8_t, PER_ROW)                                                                            \
    X(VARIANCE, variance, double, PER_CLASS)                                                                         \
    X(CONTRIBUTION, contribution, double, PER_MODEL)                                                                 \
    X(INFLUENCE, influence, double, PER_MODEL)                                                                       \
    X(FLIPS, flips, uint8_t, PER_MODEL)

#define FIELD_LIST(X)                                                                                                \
    MEASURE_LIST(X)                                                                                                  \
    X(TOP_LABELS, top_labels, int32_t, PER_PLACE)                                                                    \
    X(TOP_VALUES, top_values, double, PER_PLACE)

#define FIELD_NUMBER(name, field, type, shape) FIELD_##name,
enum { FIELD_LIST(FIELD_NUMBER) FIELDS };
#undef FIELD_NUMBER

#define MEASURES FIELD_TOP_LABELS
#define TOP_FIELDS (1u << FIELD_TOP_LABELS | 1u << FIELD_TOP_VALUES)
#define ALL_FIELDS ((1u << FIELDS) - 1)

struct field {
    const char *name;
    size_t offset; /* of its pointer in struct ensemble_report */
    size_t size;   /* of an element: 8: a double, 4: an int32_t, 1: a flag */
    enum shape shape;
};

extern const struct field fields[FIELDS];

/* Element `index` of an array of a field, which may lie at any address, as a number. */
double field_get(int field, const void *array, size_t index);

/* Its bits, with one NaN for all. */
uint64_t field_bits(int field, const void *array, size_t index);

/* The first index at which two arrays of a field differ, or `length`. */
size_t field_differ(int field, const void *a, const void *b, size_t length);

/* Lets the report write the field to the array. */
void field_point(struct ensemble_report *report, int field, void *array);

#endif
