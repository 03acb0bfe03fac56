/* SPDX-License-Identifier: MIT */
/* The bandwidth line: how long it takes only to read the inputs. Several readers; the fastest is the line. */
#ifndef BENCH_PEERS_LINE_H
#define BENCH_PEERS_LINE_H

#include "family.h"

/* line1, line4, line8: so many models at a time. The list ends with a NULL name. */
extern const struct member line_members[];

#endif
