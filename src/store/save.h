/* SPDX-License-Identifier: MIT */
/* An ensemble as text. */
#ifndef ENS_STORE_SAVE_H
#define ENS_STORE_SAVE_H

#include "plan/handle.h"

/*
 * Writes the text and its NUL into `size` bytes; NULL and 0: nowhere. Weights are as many as models. Returns the
 * length, ENSEMBLE_EOVERFLOW if that is more than `most`, or ENSEMBLE_ECOUNT where it does not fit, and nothing is
 * written.
 */
int ens_save(const struct ensemble *e, char *text, size_t size, int most);

#endif
