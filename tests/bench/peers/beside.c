/* SPDX-License-Identifier: MIT */
#include "beside.h"

#include <string.h>

enum { MOST_SHORT = 256, AGAIN = 3 };
static const double level = 1.1; /* a tie: within so much */

static char fell_short[MOST_SHORT][160];
static size_t n_short, n_cells;

static double median(const struct cell *cell, const struct contender *c)
{
    return c->ns[cell->turns / 2];
}

static int is_ours(const struct contender *c)
{
    return strncmp(c->name, "ensemble", 8) == 0;
}

/* The fastest of the others; of those that compute in double, as their names end then, or of all. NULL: none. */
static const struct contender *best_of(const struct cell *cell, int only_double)
{
    const struct contender *best = NULL;

    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];

        if (!is_ours(me) && !me->yardstick && (!only_double || strstr(me->name, "-double") != NULL) &&
            (best == NULL || median(cell, me) < median(cell, best)))
            best = me;
    }
    return best;
}

static void print_ns(double ns)
{
    if (ns < 1e4)
        printf("%8.1f ns", ns);
    else if (ns < 1e7)
        printf("%8.1f us", ns / 1e3);
    else
        printf("%8.1f ms", ns / 1e6);
}

static int reached(const struct cell *cell, double goal)
{
    const struct contender *best = best_of(cell, 0);

    return best == NULL || median(cell, best) >= goal * median(cell, &cell->contenders[cell->n - 1]);
}

static void print(const struct cell *cell, double goal, int tries)
{
    const struct contender *ours = &cell->contenders[cell->n - 1], *best = best_of(cell, 0);
    const struct contender *as_exact = best_of(cell, 1);
    char name[96];

    snprintf(name, sizeof name, "%-20s %-4s %zu models x %zu x %zu", cell->method, cell->dtype, cell->models,
             cell->rows, cell->width);
    printf("%-48s", name);
    print_ns(median(cell, ours));
    printf(" +-%2.0f %%  ", 50 * (ours->ns[cell->turns * 3 / 4] - ours->ns[cell->turns / 4]) / median(cell, ours));
    if (best == NULL) {
        puts("nobody beside it");
        return;
    }
    print_ns(median(cell, best));
    printf("  %-22s %7.2f x", best->name, median(cell, best) / median(cell, ours));
    if (!reached(cell, goal)) {
        printf("  %s", median(cell, best) < median(cell, ours) / level ? "BEHIND" : "SHORT");
        if (n_short < MOST_SHORT)
            snprintf(fell_short[n_short++], sizeof *fell_short, "%-48s %6.2f x  %s", name,
                     median(cell, best) / median(cell, ours), best->name);
    }
    if (as_exact != NULL)
        printf("  in double %.2f x", median(cell, as_exact) / median(cell, ours));
    if (tries > 1)
        printf("  measured %d times", tries);
    puts("");
    for (size_t c = 0; c + 1 < cell->n; c++)
        if (is_ours(&cell->contenders[c])) {
            printf("    %-44s", cell->contenders[c].name);
            print_ns(median(cell, &cell->contenders[c]));
            printf("%51.2f x\n", median(cell, best) / median(cell, &cell->contenders[c]));
        }
}

void beside_head(double goal)
{
    printf("One line for each cell: the time of a call of the library, +- half of what lies between its quartiles; the\n"
           "best of the others, and how many times the library's time that takes. Wanted: %.0f and more. What falls\n"
           "short is measured again, %d times at most, and judged by all of its turns; BEHIND: another is ahead by more\n"
           "than 10 %%. in double: the best of those that compute in double, where the library does and others need not.\n"
           "\n",
           goal, AGAIN);
    n_short = n_cells = 0;
}

void beside_measure(struct cell *cell, const struct settings *settings, double goal)
{
    static struct cell before;
    struct timing timing = settings->timing;
    int tries = 1;

    timing.csv = NULL;
    cell_measure(cell, &timing);
    for (; !reached(cell, goal) && tries <= AGAIN; tries++) {
        before = *cell;
        cell_measure(cell, &timing);
        cell_merge(cell, &before);
    }
    n_cells++;
    if (settings->timing.csv != NULL)
        cell_write(settings->timing.csv, cell);
    if (settings->all)
        cell_print(cell);
    print(cell, goal, tries);
    fflush(stdout);
}

void beside_print(void)
{
    printf("\nOf %zu cells, %zu fall short:%s\n", n_cells, n_short, n_short == 0 ? " none" : "");
    for (size_t i = 0; i < n_short; i++)
        printf("  %s\n", fell_short[i]);
}
