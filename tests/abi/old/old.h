/* SPDX-License-Identifier: MIT */
/*
 * A program of an earlier release: compiled with the header of that release, which stands beside this file, and run with
 * the library of today. Each since_0_N() calls what release 0.N brought, with numbers whose answers are known; it is
 * part of the programs of that release and of later ones.
 */
#ifndef TESTS_ABI_OLD_H
#define TESTS_ABI_OLD_H

#include <ensemble.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void since_0_1(void);
void since_0_2(void);
void since_0_3(void);
void since_0_4(void);
void since_0_5(void);
void since_0_6(void);

/* Ends the program where something is not so. */
#define WANT(is_so)                                                                                                  \
    do {                                                                                                             \
        if (!(is_so)) {                                                                                              \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #is_so);                                      \
            exit(1);                                                                                                 \
        }                                                                                                            \
    } while (0)

/*
 * A struct as the program knows it, and behind it bytes of which the library must know nothing: it would take them for
 * fields that came later, which they make no sense as; and it must not write there.
 */
#define BEHIND 256
#define CANARY 0xA5
#define WITH_CANARIES(type)                                                                                          \
    struct {                                                                                                         \
        struct type known;                                                                                           \
        unsigned char behind[BEHIND];                                                                                \
    }
#define BEGIN(it) begin(&(it), sizeof(it), sizeof(it).known)

static inline void begin(void *it, size_t all, size_t known)
{
    const uint32_t struct_size = (uint32_t)known;

    memset(it, CANARY, all);
    memset(it, 0, known);
    memcpy(it, &struct_size, sizeof struct_size);
}

static inline int untouched(const unsigned char behind[BEHIND])
{
    for (size_t i = 0; i < BEHIND; i++)
        if (behind[i] != CANARY)
            return 0;
    return 1;
}

/* Three models of two rows of three classes; with these weights their sum is that of `expected`, exactly. */
static const float outputs[3][6] = {{1, 2, 3, 8, 16, 24}, {4, 5, 6, 4, 8, 16}, {7, 8, 9, 0, 8, 8}};
static const double weights[3] = {.25, .5, .25};
static const float expected[6] = {4, 5, 6, 4, 10, 16};

static inline struct ensemble *three(void)
{
    struct ensemble *e = NULL;

    WANT(ensemble_create(&e, 3) == 0);
    for (int i = 0; i < 3; i++)
        WANT(ensemble_add_model_output(e, outputs[i], ENSEMBLE_F32, 2) == i);
    WANT(ensemble_set_weights(e, weights, 3) == 0);
    return e;
}

#endif
