/* SPDX-License-Identifier: MIT */
/* A line for each cell of sums, who was the best beside the library, and what it comes to in the end. */
#ifndef BENCH_PEERS_SUMMARY_H
#define BENCH_PEERS_SUMMARY_H

#include "../cell.h"

/*
 * Below FIXED_FROM elements, an expression with a fixed number of models is no contender: it does not call anything.
 * Below RATIO_FROM elements the library is measured by it alone: how many nanoseconds it takes more than that.
 */
enum { FIXED_FROM = 1000, RATIO_FROM = 100 };

/* Does the library seem to be behind, so that the cell should be measured again? Its last contender is the library. */
int summary_doubtful(const struct cell *cell);

/* Says of a cell that it comes again. */
void summary_later(const struct cell *cell);

/* Says it of a cell, and counts it; it was measured so many times. */
void summary_add(const struct cell *cell, int tries);

void summary_head(void);
void summary_print(void);

#endif
