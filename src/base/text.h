/* SPDX-License-Identifier: MIT */
/*
 * Sentences written into a buffer of the caller's. In place of snprintf(), which may consult the locale and is free to
 * allocate: calls on a const handle do neither.
 */
#ifndef ENS_BASE_TEXT_H
#define ENS_BASE_TEXT_H

#include <stddef.h>

struct ens_text {
    char *buffer;
    size_t size; /* of the buffer, NUL included; 0: nothing is ever written */
    size_t used; /* characters so far, without the NUL */
};

/* An empty sentence. `buffer` may be NULL; then `size` does not matter. */
void ens_text_begin(struct ens_text *text, char *buffer, size_t size);

/* Appends; what does not fit is cut. The buffer always ends in a NUL. */
void ens_text_add(struct ens_text *text, const char *words);
void ens_text_add_number(struct ens_text *text, size_t number);

#endif
