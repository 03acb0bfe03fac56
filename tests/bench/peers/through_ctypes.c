/* SPDX-License-Identifier: MIT */
/* The weighted sum of three NumPy arrays through ctypes, beside what NumPy has for it: all in through_ctypes.py. */
#include "beside.h"
#include "script.h"

#ifndef PEERS_CTYPES
#define PEERS_CTYPES "tests/bench/peers/through_ctypes.py"
#endif

static const char *const types[] = {"f32", "f64", "f16"};
static const size_t lengths[] = {3, 10, 100, 1000, 32000, 128256, 1000000, 16000000};

enum { MODELS = 3, GOAL = 1 };

void python_section(const struct settings *settings)
{
    static struct script script;
    static struct cell cell;

    if (!script_start(&script, PEERS_CTYPES, settings->python, "python3-numpy"))
        return;
    script_tell(&script, "library %s\n", PEERS_LIBRARY);
    puts("ensemble-prepared: all arguments of ensemble_combine were made before, once. ensemble-run-...: new arrays for\n"
         "each call, whose addresses are had by what the name says, in one ensemble_run; ensemble-set-...: with\n"
         "ensemble_set_model_output. The yardsticks address-... (--all, CSV) get the address of one array.");
    beside_head(GOAL);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            if (!listed(settings->types, types[t]) || !number_listed(settings->lengths, lengths[l]))
                continue;
            cell = (struct cell){
                .method = "ctypes", .dtype = types[t], .models = MODELS, .rows = 1, .width = lengths[l]};
            cell.bytes = MODELS * lengths[l] * (t == 0 ? 4 : t == 1 ? 8 : 2);
            fprintf(script.process.to, "cell %s %d %zu\n", types[t], MODELS, lengths[l]);
            script_add(&script, &cell);
            beside_measure(&cell, settings, GOAL);
        }
    beside_print();
    script_stop(&script);
}
