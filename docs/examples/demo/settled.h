/* SPDX-License-Identifier: MIT */
#ifndef DEMO_SETTLED_H
#define DEMO_SETTLED_H

#include "npy.h"

/* How many runs of a model are saved where the cheap ones are run first, and no more once the decision is settled. */
void show_settled(const struct npy_array *labels);

#endif
