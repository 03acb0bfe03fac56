/* SPDX-License-Identifier: MIT */
/*
 * exp, decay and log of all floats beside the C library's in double, and of very many doubles beside long double, with
 * the best instruction set of this machine (that the others give the same bits is what `check` is for). Prints the
 * largest errors, and fails where one is beyond its bound.
 *
 *     elementary [--seed N]
 */
#include "isas.h"
#include "number.h"
#include "oracle.h"
#include "report.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LENGTH 16384
#define DOUBLES 20000000

/* Without a factor, and without a floor. */
static const struct ens_map plain[ORACLES] = {
    [ORACLE_EXP] = {.a = 1}, [ORACLE_LOG] = {.a = -(double)INFINITY, .c = -(double)INFINITY},
};

static float from32[LENGTH], to32[LENGTH], decay32[LENGTH];
static double from64[LENGTH], to64[LENGTH], decay64[LENGTH];

/* The last one of the list that is here. */
static const struct isa *best_isa(void)
{
    const struct isa *best = NULL;

    isas_select(NULL);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            best = &isas[i];
    return best;
}

static ens_map_kernel *map_of(const struct isa *isa, int dtype, int function)
{
    return isa->kernels->map[dtype][function == ORACLE_EXP ? ENS_MAP_exp : ENS_MAP_log];
}

static void measure32(int function, struct oracle_worst *worst)
{
    for (size_t i = 0; i < LENGTH; i++) {
        const double x = (double)from32[i], exact = oracle_of_f32(function, x);

        if (to32[i] != (float)exact)
            oracle_note(worst, ENS_f32, x, exact, oracle_error32(to32[i], exact));
    }
}

/* All floats; those with a sign bit, and 0, must come out of decay as they do out of exp. */
static void all_floats(const struct isa *isa)
{
    struct oracle_worst worst[ORACLES] = {{0}};
    uint32_t bits = 0;

    do {
        for (size_t i = 0; i < LENGTH; i++, bits++)
            memcpy(&from32[i], &bits, sizeof bits);
        for (int function = 0; function < ORACLES; function++) {
            map_of(isa, ENS_f32, function)(to32, from32, LENGTH, &plain[function]);
            measure32(function, &worst[function]);
            if (function == ORACLE_EXP && (signbit(from32[0]) || bits == LENGTH)) {
                const size_t length = signbit(from32[0]) ? LENGTH : 1;

                isa->kernels->map[ENS_f32][ENS_MAP_decay](decay32, from32, length, &plain[function]);
                report_compare(ENS_f32, to32, decay32, number_differ(ENS_f32, to32, decay32, length), length);
            }
        }
    } while (bits != 0);
    for (int function = 0; function < ORACLES; function++)
        oracle_judge(&worst[function], function, ENS_f32, 1);
}

static void measure64(int function, struct oracle_worst *worst)
{
    for (size_t i = 0; i < LENGTH; i++) {
        const long double exact = oracle_of_f64(function, from64[i]);

        oracle_note(worst, ENS_f64, from64[i], (double)exact, oracle_error64(to64[i], exact));
    }
}

static void many_doubles(const struct isa *isa, int function, struct rng *rng)
{
    struct oracle_worst worst = {0};

    for (size_t done = 0; done < DOUBLES; done += LENGTH) {
        for (size_t i = 0; i < LENGTH; i++)
            from64[i] = oracle_point(rng, function, ENS_f64);
        map_of(isa, ENS_f64, function)(to64, from64, LENGTH, &plain[function]);
        measure64(function, &worst);
        if (function == ORACLE_LOG)
            continue;
        for (size_t i = 0; i < LENGTH; i++)
            from64[i] = -fabs(from64[i]);
        map_of(isa, ENS_f64, function)(to64, from64, LENGTH, &plain[function]);
        isa->kernels->map[ENS_f64][ENS_MAP_decay](decay64, from64, LENGTH, &plain[function]);
        report_compare(ENS_f64, to64, decay64, number_differ(ENS_f64, to64, decay64, LENGTH), LENGTH);
    }
    oracle_judge(&worst, function, ENS_f64, 1);
}

int main(int argc, char **argv)
{
    const struct isa *const isa = best_isa();
    struct rng rng = {.state = 0x456E73656D626C65};

    if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
        rng.state = strtoull(argv[2], NULL, 0);
    } else if (argc > 1) {
        fprintf(stderr, "usage: elementary [--seed N]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    printf("%s, seed 0x%016" PRIx64 "\n", isa->name, rng.state);
    report_subject(isa->name, NULL, NULL);
    report_faults();
    number_prepare();
    all_floats(isa);
    if (oracle_is_wide())
        for (int function = 0; function < ORACLES; function++)
            many_doubles(isa, function, &rng);
    else
        report_skip("the errors of exp and log in double: long double is no wider here");
    return report_end();
}
