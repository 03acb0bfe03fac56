/* SPDX-License-Identifier: MIT */
/* Learning beside NumPy and SciPy: the table of `make bench BENCH=--learn`, in this run. */
#include "settings.h"

#include "../learn.h"

enum { MOST_TURNS = 7 }; /* some of its cells take seconds */

void learning_section(const struct settings *settings)
{
    struct timing timing = settings->timing;

    timing.seconds = 0;
    timing.warm = 0;
    timing.turns = timing.turns < MOST_TURNS ? timing.turns : MOST_TURNS;
    learn_table(&timing, NULL, NULL, settings->python);
}
