/* SPDX-License-Identifier: MIT */
/* The table of the methods: each beside its plain C loops, and beside ENSEMBLE_SUM where it is element by element. */
#ifndef BENCH_METHODS_H
#define BENCH_METHODS_H

#include "cell.h"

/* `only`: the name of one method, or NULL; `isa`: that of the library's instruction set, or NULL for the default. */
void methods_table(const struct timing *timing, const char *only, const char *isa);

#endif
