/* SPDX-License-Identifier: MIT */
#ifndef DEMO_LEARN_H
#define DEMO_LEARN_H

#include "npy.h"

/*
 * Weights that are learned on the validation part and tried on the test part; the best few models; calibration; and an
 * ensemble saved and loaded.
 */
void show_learned(const struct npy_array *validation, const struct npy_array *test);

#endif
