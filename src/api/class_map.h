/* SPDX-License-Identifier: MIT */
#ifndef ENS_API_CLASS_MAP_H
#define ENS_API_CLASS_MAP_H

#include "plan/handle.h"

/* Room for a map of `n` columns, which is to be filled in; a map that is there is not released. 0, or an error code. */
int ens_class_map_allocate(const struct ensemble *e, struct ens_model *model, size_t n);

/*
 * Turns a map that was filled in round, in the arrays behind it. 0, or ENSEMBLE_EMAP if a class is not there, is there
 * twice, or none is.
 */
int ens_class_map_turn(const struct ensemble *e, struct ens_model *model);

/* Gives a model a class map like that of another one of the same width, in memory of its own. 0, or an error code. */
int ens_class_map_copy(const struct ensemble *e, struct ens_model *to, const struct ens_model *from);

/* Gives back the memory of a model's class map, if it has one. */
void ens_class_map_free(const struct ensemble *e, const struct ens_model *model);

#endif
