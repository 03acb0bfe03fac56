/* SPDX-License-Identifier: MIT */
/*
 * Short rows, several at a time: the commonest of the calls that must keep rows apart. The bits are those of blend.c.
 */
#ifndef ENS_PLAN_BATCH_H
#define ENS_PLAN_BATCH_H

#include "plan/blend.h"

/* Does the whole call, if it is of a kind that this file knows. Did it? */
int ens_batch(const struct ens_blend *b);

#endif
