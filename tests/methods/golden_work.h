/* SPDX-License-Identifier: MIT */
/* The workload of the golden programs: combines, in sections, and what is made of each is up to the program. */
#ifndef TESTS_METHODS_GOLDEN_WORK_H
#define TESTS_METHODS_GOLDEN_WORK_H

#include "hashes.h"
#include "rng.h"

#include "base/public.h"

#define WORK_SECTIONS 32
#define WORK_MODELS 130

/* What the runs of a section have beside models, spaces, dtypes and forms. */
enum {
    CLASS_WEIGHTS = 1,
    ROW_WEIGHTS = 2,
    MAPS = 4,
    MISSING = 8,    /* outputs, left out */
    NANS = 16,
    LEAVE_OUT = 32, /* NaN, and what is absent from a map */
    PARAMETERS = 64,
    TEMPERATURES = 128,
    STRIDES = 256,
    IN_PLACE = 512,
    WIDE = 1024,
    MANY = 2048,
    ANY_BITS = 4096,
    TEMPERED = 8192, /* the form, instead of each of the others */
    FAULTS = 16384   /* row weights that no row can have */
};

/* One combine. */
struct work {
    const char *isa;
    struct rng rng;
    int with, wrong;
    unsigned number; /* of the run */
    int32_t method, form, space; /* space 0 to 4; 5: a mixture, with labels if they can be */
    int result;
    size_t n, width, rows, replaced;
    int dtype[WORK_MODELS];
    int32_t spaces[WORK_MODELS];
    size_t columns[WORK_MODELS], stride[WORK_MODELS], result_stride;
    int32_t *map[WORK_MODELS];
    unsigned char *data[WORK_MODELS], *out;
    float *row_weights;
    uint64_t hash;
};

const char *work_name(int section);

/* What is done with the handle of a combine; a code that is 0, or that its result may be. It goes on with w->hash. */
typedef int work_on(struct work *w, struct ensemble *e);

/* Runs a section. Returns the hash of what is done in it. Codes that should not be are printed and counted. */
uint64_t work_section(int section, const char *isa, work_on *on, int *wrong);

/* Memory for what is done; ends the program if there is none. */
void *work_allocate(size_t size);

#endif
