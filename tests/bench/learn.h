/* SPDX-License-Identifier: MIT */
/* The table of learning: fits, scores and updates, each beside plain C, and beside NumPy and SciPy where they are. */
#ifndef BENCH_LEARN_H
#define BENCH_LEARN_H

#include "cell.h"

/* `only`: the name of one task, or NULL; `isa`: the library's instruction set, or NULL for the default; `python`: the
   interpreter, or NULL for the usual ones. */
void learn_table(const struct timing *timing, const char *only, const char *isa, const char *python);

#endif
