/* SPDX-License-Identifier: MIT */
/* The graphs of onnx_models.py that hold nothing but the operator, and the library called directly in their place. */
#ifndef ORT_CASES_H
#define ORT_CASES_H

#include "ort.h"

#include <ensemble.h>

enum { MODELS = 3, TYPES = 4 };

struct type {
    const char *name; /* in names of files */
    int32_t dtype;    /* ENSEMBLE_... */
    int32_t type;     /* ORT_... */
    size_t size;
};

extern const struct type types[TYPES];

/* A line of cases.txt. NaN: not set. */
struct test_case {
    char name[32];
    int32_t method, space, form, policy;
    double temperature, form_temperature, exponent, trim, floor, quorum;
    size_t n_weights;
    double weights[MODELS];
};

/* Reads cases.txt of the folder. Returns the number of cases, which is not 0. */
size_t read_cases(const char *folder, struct test_case *cases, size_t max);

/* A handle that is set as the case says, by calls; models without outputs. */
struct ensemble *make_handle(const struct test_case *c, const struct type *type, size_t width);

/* Three models' outputs, and the result of both ways. */
struct data {
    const struct type *type;
    size_t rows, width;
    void *inputs[MODELS];
    void *result;
};

/* Fills the outputs with logits or probabilities, whichever the case is about, and some NaN where they are left out. */
void data_make(struct data *data, const struct test_case *c, const struct type *type, size_t rows, size_t width,
               uint64_t seed);
void data_free(struct data *data);

/* Runs the library on the data; the result is in data->result. */
void combine_directly(const struct ensemble *e, struct data *data);

/*
 * Runs a session whose inputs are a, b and c on the data, as tensors of these dimensions. `*y` gets the output, for
 * release_value(). Returns the status of the run.
 */
struct ort_status *run_session(struct ort_session *session, const struct data *data, const int64_t *dims, size_t rank,
                               struct ort_value **y);

/* Ends the program unless the tensor has these dimensions and, to the bit, the data's result. */
void must_be_equal(const char *what, const struct ort_value *y, const struct data *data, const int64_t *dims,
                   size_t rank);

/* Ends the program with a line that says what is not as it must be. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* "folder/name.onnx", or what printf() makes of the format in place of name.onnx */
const char *path_of(char path[256], const char *folder, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
