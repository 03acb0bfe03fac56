/* SPDX-License-Identifier: MIT */
/* What a user would write in the library's place, and how fast the machine reads memory. Compiled by peers.c. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stddef.h>
#include <stdint.h>

/* out[j] = sum_i weights[i] * in[i][j], in one of several shapes of loop. All arrays have `length` elements. */
typedef void peer_function(void *out, const void *const *in, const float *weights, size_t n, size_t length);

struct peer {
    const char *name;
    int32_t dtype;       /* of the inputs; the result is float, or double for double */
    size_t models;       /* the only number of models that it can do; 0: any */
    peer_function *sum;
};

/* Ends with a NULL name. */
extern const struct peer peers[];

/* Reads every byte of every input, and does nothing else: the bandwidth line. */
uint64_t peer_read(const void *const *in, size_t n, size_t bytes);

#endif
