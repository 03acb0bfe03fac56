/* SPDX-License-Identifier: MIT */
/* ONNX Runtime as a program uses it: loaded at run time, sessions of files, values in memory of the caller. */
#ifndef ORT_H
#define ORT_H

#include "ort_slots.h"

extern const struct ort_base *ort_base;
extern const struct ort_api *ort_api;

/* Loads the library, for the whole run of the program. */
void ort_open(const char *path);

/* How a session is made. Zero: as ONNX Runtime has it by itself, one thread, and with no operators but its own. */
struct ort_setup {
    const char *library; /* of operators, registered by its path */
    struct ort_status *(*register_ops)(struct ort_options *, const struct ort_base *); /* or by its function, with */
    const struct ort_base *base;
    int threads;
    int asleep; /* its threads sleep between requests, instead of spinning for a while */
    int strict; /* shapes that contradict each other are an error */
};

/* NULL and why in `message`, where there can be none. */
struct ort_session *ort_try(const char *path, const struct ort_setup *setup, char *message, size_t size);

/* The same, for models that must be right. */
struct ort_session *ort_make(const char *path, const struct ort_setup *setup);

/* A tensor over memory of the caller's. */
struct ort_value *ort_tensor(void *data, size_t bytes, int32_t type, const int64_t *dims, size_t rank);

/* Ends the program with the status's text, if it is one. */
void ort_must(struct ort_status *status, const char *what);

#endif
