/* SPDX-License-Identifier: MIT */
/* The bandwidth line: how long it takes only to read the inputs, or also to write as much as the result has. */
#ifndef BENCH_PEERS_LINE_H
#define BENCH_PEERS_LINE_H

#include "family.h"

/* line1, line4, line8: so many models at a time; the fastest is the line. The lists end with a NULL name. */
extern const struct member line_members[];

/*
 * The same, and after each few thousand elements so much of a result: stored as usual (rw-store), or past the caches
 * where the processor can (rw-stream). The result is then wrong.
 */
extern const struct member line_writers[];

#endif
