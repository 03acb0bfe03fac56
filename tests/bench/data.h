/* SPDX-License-Identifier: MIT */
/* Memory and random numbers for the tables. */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include <stddef.h>
#include <stdint.h>

/* At a page's begin, and filled with zeros; for free(). Ends the program where there is none. */
void *get(size_t size);

/* To be called for each cell: all data is the same in every run. */
void random_seed(uint64_t seed);

uint32_t random_u32(void);

/* Above 0 and below 1, with a few equal ones among a thousand. */
float random_value(void);

/* Fills memory with values between 0 and 1 whatever the type: no denormals, which some processors are slow on. */
void fill_values(void *memory, size_t bytes, int32_t dtype);

#endif
