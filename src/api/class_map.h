/* SPDX-License-Identifier: MIT */
#ifndef ENS_API_CLASS_MAP_H
#define ENS_API_CLASS_MAP_H

#include "plan/handle.h"

/* Gives back the memory of a model's class map, if it has one. */
void ens_class_map_free(const struct ensemble *e, const struct ens_model *model);

#endif
