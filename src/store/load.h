/* SPDX-License-Identifier: MIT */
/*
 * A text that ensemble_save() wrote, or somebody else: its words and numbers, without an ensemble yet. The form is in
 * store/words.h.
 */
#ifndef ENS_STORE_LOAD_H
#define ENS_STORE_LOAD_H

#include "base/public.h"
#include "store/slice.h"

/* What a text says before its first model, and of all of them. */
struct ens_stored {
    size_t width;
    int32_t method, form, policy;
    double exponent, trim, floor;
    double temperature; /* of the form */
    double quorum;
    size_t n_models;
    int weighted;           /* the models have weights */
    int class_weighted;     /* and class weights */
    struct ens_slice models; /* for ens_stored_next() */
};

/* What it says of one model. The lists are lines of numbers, for ens_stored_classes() and ens_stored_numbers(). */
struct ens_stored_model {
    struct ens_slice name; /* empty: none */
    int32_t space;
    double temperature;
    int weighted, class_weighted; /* does it have the line? */
    double weight;
    size_t n_classes; /* 0: no class map */
    size_t n_absent;
    struct ens_slice classes, absent, class_weights;
};

/*
 * Looks at a text from its first to its last byte. 0, ENSEMBLE_EVERSION, or ENSEMBLE_ETEXT if it is not of this form.
 * Then the lists are as long as they have to be, so that an ensemble takes no more memory than a multiple of the text's
 * size; but numbers in them, and whether values are in their ranges, are not looked at.
 */
int ens_stored_read(struct ens_stored *stored, const char *text, size_t size);

/* The next of the models of a text that was read. */
void ens_stored_next(struct ens_slice *models, struct ens_stored_model *model);

/* Exactly `n` numbers of a line. 0, or ENSEMBLE_ETEXT. */
int ens_stored_classes(const struct ens_slice *line, int32_t *classes, size_t n);
int ens_stored_numbers(const struct ens_slice *line, double *numbers, size_t n);

/* One class of a line that is read step by step. 0, or ENSEMBLE_ETEXT. */
int ens_stored_class(struct ens_slice *line, int32_t *class);

#endif
