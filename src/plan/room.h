/* SPDX-License-Identifier: MIT */
/* What a workspace is used for. */
#ifndef ENS_PLAN_ROOM_H
#define ENS_PLAN_ROOM_H

#include "plan/blend.h"

/* Gives parts of the workspace to those that can use them, the most useful ones first, as far as it reaches. */
void ens_room_take(struct ens_blend *b, void *workspace, size_t size);

/* The bytes that all of them could use together, with so many rows of exponentials. */
size_t ens_room_size(struct ens_blend *b, size_t exponentials);

/* Ranks of longer rows are had from a sorted copy, if there is room for one. */
#define ENS_SORTED_FROM 1024

#endif
