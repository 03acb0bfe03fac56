/* SPDX-License-Identifier: MIT */
/* The weighted sum of three NumPy arrays through ctypes, beside what NumPy has for it: all in through_ctypes.py. */
#include "beside.h"
#include "script.h"

#ifndef PEERS_CTYPES
#define PEERS_CTYPES "tests/bench/peers/through_ctypes.py"
#endif

static const struct {
    const char *name;
    size_t size;
} types[] = {{"f32", 4}, {"f64", 8}, {"f16", 2}};
static const size_t lengths[] = {3, 10, 100, 1000, 32000, 128256, 1000000, 16000000};

enum { MODELS = 3, GOAL = 1 };

void python_section(const struct settings *settings)
{
    static struct script script;
    static struct cell cell;

    if (!script_start(&script, PEERS_CTYPES, settings->python, "python3-numpy"))
        return;
    script_tell(&script, "library %s\n", PEERS_LIBRARY);
    puts("bound: the same arrays at each call; all arguments of ensemble_combine were made once, and NumPy may\n"
         "have them as rows of one array. new: other arrays at each call; ensemble-run-...: their addresses, had\n"
         "by what the name says, go into the structs of one ensemble_run; ensemble-set-...: they are set with\n"
         "ensemble_set_model_output. The yardsticks address-... (--all, CSV) get the address of one array.");
    beside_head(GOAL);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
            if (listed(settings->types, types[t].name) && number_listed(settings->lengths, lengths[l]))
                for (int new = 0; new <= 1; new++) {
                    cell = (struct cell){.method = new ? "ctypes-new" : "ctypes-bound",
                                         .dtype = types[t].name,
                                         .models = MODELS,
                                         .rows = 1,
                                         .width = lengths[l],
                                         .bytes = MODELS * lengths[l] * types[t].size};
                    fprintf(script.process.to, "cell %s %s %d %zu\n", new ? "new" : "bound", types[t].name, MODELS,
                            lengths[l]);
                    script_add(&script, &cell);
                    beside_measure(&cell, settings, GOAL);
                }
    beside_print();
    script_stop(&script);
}
