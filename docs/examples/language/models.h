/* SPDX-License-Identifier: MIT */
/* Seven models of language, and what they say about two parts of a text. */
#ifndef MODELS_H
#define MODELS_H

#include "ngram.h"

#include <stddef.h>
#include <stdint.h>

/* Characters of the three parts: the first is counted, ROWS are there to learn weights from, and ROWS to judge by. */
enum { COUNTED = 190000, ROWS = 20000 };

/* The model of index i looks at i characters; RECENT has counted only the WINDOW characters before the one in question,
   and looks at 4. */
enum { RECENT = MAX_CONTEXT + 1, MODELS, WINDOW = 5000 };

/* What the models say about a part: a row for each of its characters, with a value for each that it could have been. */
struct said {
    float *probabilities[MODELS];
    uint16_t *logits[MODELS]; /* the same, as the last layer of a network has it, in bfloat16 */
    int32_t *truth;
};

/* Counts the first part of a text, and asks about the other two. Returns the size of the alphabet. */
size_t ask_models(const char *path, struct said *past, struct said *next);
void free_said(struct said *said);

#endif
