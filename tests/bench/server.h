/* SPDX-License-Identifier: MIT */
/* The table of a server's calls: what a request costs in each of the ways in which it can be told to the library. */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include "cell.h"

void server_table(const struct timing *timing, const char *isa);

#endif
