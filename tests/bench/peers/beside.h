/* SPDX-License-Identifier: MIT */
/* A line for each cell of which the library should be so many times ahead, and in the end, where it is not. */
#ifndef BENCH_PEERS_BESIDE_H
#define BENCH_PEERS_BESIDE_H

#include "settings.h"

/*
 * Measures the cell, writes its lines, and says who of the others was the fastest, and how many times the library's
 * time that takes. The last contender is the library; all others whose names begin with "ensemble" are, too. Where the
 * library is not `goal` times ahead, it is measured again, at most three times, and judged by all turns.
 */
void beside_measure(struct cell *cell, const struct settings *settings, double goal);

/* What the columns are, and where it was not reached; of all cells since the last time. */
void beside_head(double goal);
void beside_print(void);

#endif
