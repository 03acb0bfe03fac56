/* SPDX-License-Identifier: MIT */
#include "beside.h"

#include <string.h>

enum { MOST_SHORT = 256, AGAIN = 3 };
static const double level = 1.1; /* a tie: within so much */

static char fell_short[MOST_SHORT][160];
static size_t n_short;

/* How often what came of it, beside all others, those that compute in double, and what is ready-made. */
enum verdict { REACHED, AHEAD, TIE, BEHIND, VERDICTS };
static size_t counts[3][VERDICTS];

static double median(const struct cell *cell, const struct contender *c)
{
    return c->ns[cell->turns / 2];
}

static int is_ours(const struct contender *c)
{
    return strncmp(c->name, "ensemble", 8) == 0;
}

enum which { ALL, IN_DOUBLE, READY_MADE };

static int belongs(const struct contender *c, enum which which)
{
    return which == ALL || (which == READY_MADE ? c->fixed : strstr(c->name, "-double") != NULL);
}

/* The fastest of the others, or of some of them. NULL: none. */
static const struct contender *best_of(const struct cell *cell, enum which which)
{
    const struct contender *best = NULL;

    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];

        if (!is_ours(me) && !me->yardstick && belongs(me, which) &&
            (best == NULL || median(cell, me) < median(cell, best)))
            best = me;
    }
    return best;
}

/* How many times the library's time it takes. */
static double times(const struct cell *cell, const struct contender *other)
{
    return median(cell, other) / median(cell, &cell->contenders[cell->n - 1]);
}

static int reached(const struct cell *cell, double goal)
{
    const struct contender *best = best_of(cell, ALL);

    return best == NULL || times(cell, best) >= goal;
}

static void count(const struct cell *cell, enum which which, double goal)
{
    const struct contender *best = best_of(cell, which);
    double ratio;

    if (best == NULL)
        return;
    ratio = times(cell, best);
    counts[which][ratio >= goal ? REACHED : ratio > level ? AHEAD : ratio >= 1 / level ? TIE : BEHIND]++;
}

/* The other ways of ours that the cell has. */
static void print_ours(const struct cell *cell)
{
    for (size_t c = 0; c + 1 < cell->n; c++)
        if (is_ours(&cell->contenders[c])) {
            printf("    %-44s", cell->contenders[c].name);
            cell_print_ns(median(cell, &cell->contenders[c]));
            puts("");
        }
}

static void print(const struct cell *cell, double goal, int tries)
{
    const struct contender *ours = &cell->contenders[cell->n - 1], *best = best_of(cell, ALL);
    const struct contender *as_exact = best_of(cell, IN_DOUBLE), *ready = best_of(cell, READY_MADE);
    char name[96];

    snprintf(name, sizeof name, "%-20s %-4s %zu models x %zu x %zu", cell->method, cell->dtype, cell->models,
             cell->rows, cell->width);
    printf("%-48s", name);
    cell_print_ns(median(cell, ours));
    printf(" +-%2.0f %%  ", 50 * (ours->ns[cell->turns * 3 / 4] - ours->ns[cell->turns / 4]) / median(cell, ours));
    if (best == NULL) {
        puts("nobody beside it");
        return;
    }
    cell_print_ns(median(cell, best));
    printf("  %-22s %7.2f x", best->name, times(cell, best));
    if (!reached(cell, goal)) {
        printf("  %s", times(cell, best) < 1 / level ? "BEHIND" : "SHORT");
        if (n_short < MOST_SHORT)
            snprintf(fell_short[n_short++], sizeof *fell_short, "%-48s %6.2f x  %s", name, times(cell, best),
                     best->name);
    }
    if (as_exact != NULL)
        printf("  in double %.2f x", times(cell, as_exact));
    if (ready != NULL)
        printf("  ready-made %.2f x", times(cell, ready));
    if (tries > 1)
        printf("  measured %d times", tries);
    puts("");
    print_ours(cell);
}

void beside_head(double goal)
{
    printf("One line for each cell: the time of a call of the library, +- half of what lies between its quartiles;\n"
           "the best of the others, and how many times the library's time that takes. Wanted: %.0f and more. What\n"
           "falls short is measured again, %d times at most, and judged by all of its turns; BEHIND: another is\n"
           "ahead by more than 10 %%. in double: the best of those that compute in double, where the library does\n"
           "and others need not; ready-made: of those that are no more than a function which is there for it.\n\n",
           goal, AGAIN);
    n_short = 0;
    memset(counts, 0, sizeof counts);
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
    for (int which = ALL; which <= READY_MADE; which++)
        count(cell, (enum which)which, goal);
    if (settings->timing.csv != NULL)
        cell_write(settings->timing.csv, cell);
    if (settings->all)
        cell_print(cell);
    print(cell, goal, tries);
    fflush(stdout);
}

void beside_print(void)
{
    static const char *const names[] = {"the best of all", "in double", "ready-made"};

    printf("\nBelow what was wanted:%s\n", n_short == 0 ? " none" : "");
    for (size_t i = 0; i < n_short; i++)
        printf("  %s\n", fell_short[i]);
    printf("\n%-16s%8s%8s%8s%8s\n", "beside", "wanted", "ahead", "tie", "behind");
    for (int which = ALL; which <= READY_MADE; which++)
        printf("%-16s%8zu%8zu%8zu%8zu\n", names[which], counts[which][REACHED], counts[which][AHEAD],
               counts[which][TIE], counts[which][BEHIND]);
}
