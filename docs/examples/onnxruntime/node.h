/* SPDX-License-Identifier: MIT */
/*
 * What a node's attributes say, read once when its kernel is made: from them come handles of the library, one for each
 * width. README.md lists the attributes.
 */
#ifndef NODE_H
#define NODE_H

#include "ort_slots.h"

#include <ensemble.h>

/* More inputs than anyone gives a node; their addresses are kept on the stack of the thread that runs it. */
#define NODE_MODELS 256

struct node {
    const struct ort_api *api;
    size_t models; /* the number of inputs */
    int32_t dtype; /* of all of them, ENSEMBLE_... */

    char *definition; /* what ensemble_save() wrote; NULL: the attributes below */
    double *weights;  /* NULL: the library's default */
    int32_t method, space, form, policy;
    double temperature, form_temperature, exponent, trim, floor, quorum; /* NaN: the library's default */
};

/* An error of this kind, with a text that printf() makes. */
struct ort_status *node_error(const struct ort_api *api, int32_t kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads the attributes. `api`, `models` and `dtype` are set; whatever is returned, node_clear() frees what was read. */
ort_call node_read(struct node *node, const struct ort_info *info);

/*
 * A handle for inputs of this width, for ensemble_destroy(): all that the attributes say is tried, so that an error is
 * one of the model and not of a request. Where there is a definition, the width is its own.
 */
ort_call node_make(const struct node *node, size_t width, struct ensemble **out);

/*
 * How many columns each model's output has, which class maps can make another number than the width, in a new array for
 * free(). It is asked of the handle, whose models have no outputs before and after.
 */
ort_call node_columns(const struct node *node, struct ensemble *e, size_t **out);

void node_clear(struct node *node);

#endif
