/* SPDX-License-Identifier: MIT */
/* The area under the ROC curve. */
#ifndef ENS_LEARN_AREA_H
#define ENS_LEARN_AREA_H

#include "learn/source.h"

/*
 * The mean over the classes that some of the rows have and some have not, of the share of pairs of such rows in which
 * the one that has it has the larger value, equal ones counting half (Hanley and McNeil, 1982); NaN if there is no such
 * class. `values` are n x width, row k of which is row[k] of the outputs; `spare` has room for 4 n.
 */
double ens_area(const struct ens_source *s, const double *values, const size_t *row, size_t n, double *spare);

#endif
