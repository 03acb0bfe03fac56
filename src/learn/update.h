/* SPDX-License-Identifier: MIT */
/* Learning while working: exponentiated gradient with fixed share. */
#ifndef ENS_LEARN_UPDATE_H
#define ENS_LEARN_UPDATE_H

#include "learn/source.h"

/* One step, for ensemble_update(). 0 or an error code, and then nothing has changed. */
int ens_update(struct ensemble *e, const struct ens_targets *targets, int32_t score, double rate, double share);

#endif
