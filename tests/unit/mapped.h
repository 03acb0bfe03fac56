/* SPDX-License-Identifier: MIT */
/* Models with classes of their own. */
#ifndef TESTS_UNIT_MAPPED_H
#define TESTS_UNIT_MAPPED_H

#include "said.h"

#define MOST_MAPPED 4

/* An ensemble of models that have different numbers of classes, and what it borrows. */
struct mapped {
    struct ensemble *e;
    int32_t dtype;
    size_t n;
    void *data[MOST_MAPPED];
};

static inline struct mapped mapped_of(int32_t method, int32_t dtype, size_t width)
{
    struct mapped mapped = {.e = ensemble_of(width), .dtype = dtype};

    assert_int_equal(ensemble_set_method(mapped.e, method), 0);
    return mapped;
}

/* Adds a model of `rows` x `n` values, whose column c is class map[c]. */
static inline void add_mapped(struct mapped *mapped, const double *values, size_t rows, const int32_t *map, size_t n)
{
    unsigned char *data = malloc(rows * n * bytes_of(mapped->dtype));

    assert_non_null(data);
    assert_true(mapped->n < MOST_MAPPED);
    for (size_t i = 0; i < rows * n; i++)
        put_number(data + i * bytes_of(mapped->dtype), mapped->dtype, values[i]);
    add(mapped->e, NULL, mapped->dtype, rows);
    assert_int_equal(ensemble_set_class_map(mapped->e, mapped->n, map, n), 0);
    assert_int_equal(ensemble_set_model_output(mapped->e, mapped->n, data, mapped->dtype, rows, 0), 0);
    mapped->data[mapped->n++] = data;
}

static inline void forget_mapped(struct mapped *mapped)
{
    ensemble_destroy(mapped->e);
    for (size_t i = 0; i < mapped->n; i++)
        free(mapped->data[i]);
}

#endif
