/* SPDX-License-Identifier: MIT */
/* A line for each cell, who was the best beside the library, and what it comes to in the end. */
#ifndef BENCH_PEERS_SUMMARY_H
#define BENCH_PEERS_SUMMARY_H

#include "../cell.h"

/* Below so many elements, an expression that is compiled into its place is no contender: it does not call anything. */
enum { FIXED_FROM = 1000 };

/* A measured cell. Its last contender is the library. */
void summary_add(const struct cell *cell);

void summary_head(void);
void summary_print(void);

#endif
