/* SPDX-License-Identifier: MIT */
#include "summary.h"

#include <stdlib.h>
#include <string.h>

enum verdict { AHEAD, TIE, BEHIND, VERDICTS };
static const char *const verdicts[VERDICTS] = {"ahead", "tie", "BEHIND"};
static const double level = .1; /* a tie: within so much */

enum { MOST_BEHIND = 1024, MOST_PEERS = 64, MOST_TYPES = 16 };

static struct behind {
    char text[160];
    double ratio;
} behind[MOST_BEHIND];
static size_t n_behind;

/* How often whom each was the best beside the library, by verdict; and the verdicts for each type. */
static struct count {
    char name[32];
    size_t by[VERDICTS];
} winners[MOST_PEERS], types[MOST_TYPES];

static void count(struct count *list, size_t size, const char *name, enum verdict verdict)
{
    for (size_t i = 0; i < size; i++) {
        if (list[i].name[0] == 0)
            snprintf(list[i].name, sizeof list[i].name, "%s", name);
        if (strcmp(list[i].name, name) == 0) {
            list[i].by[verdict]++;
            return;
        }
    }
    die("too many names");
}

static double median(const struct cell *cell, const struct contender *c)
{
    return c->ns[cell->turns / 2];
}

/* Half of what lies between the quartiles, in per cent. */
static double spread(const struct cell *cell, const struct contender *c)
{
    return 50 * (c->ns[cell->turns * 3 / 4] - c->ns[cell->turns / 4]) / median(cell, c);
}

/* The fastest of those that are yardsticks or not, and fixed expressions (1), others (0) or either (-1); NULL: none. */
static const struct contender *fastest(const struct cell *cell, int yardstick, int fixed)
{
    const struct contender *best = NULL;

    for (size_t c = 0; c + 1 < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];

        if (me->yardstick != yardstick || (fixed >= 0 && fixed != me->fixed))
            continue;
        if (best == NULL || median(cell, me) < median(cell, best))
            best = me;
    }
    return best;
}

static void print_time(const struct cell *cell, const struct contender *c)
{
    const double ns = median(cell, c);

    if (ns < 1e4)
        printf("%8.1f ns", ns);
    else if (ns < 1e7)
        printf("%8.1f us", ns / 1e3);
    else
        printf("%8.1f ms", ns / 1e6);
    printf(" +-%2.0f %%", spread(cell, c));
}

void summary_head(void)
{
    printf("\nOne line for each cell: the time of a call of the library, +- half of what lies between its quartiles;\n"
           "the best of the others; the library's time over that (ratio) and the verdict (tie: within %.0f %%); how\n"
           "much of the library's time reading the inputs alone takes (line). Below %d elements, where a fixed\n"
           "expression is no contender, how many nanoseconds the library takes more than the best of those. *: gaps\n"
           "between rows, 16 elements from one to the next.\n\n",
           100 * level, FIXED_FROM);
}

void summary_add(const struct cell *cell)
{
    const struct contender *ours = &cell->contenders[cell->n - 1];
    const int small = cell->rows * cell->width < FIXED_FROM;
    const struct contender *best = fastest(cell, 0, small ? 0 : -1), *fixed = fastest(cell, 0, 1);
    const struct contender *line = fastest(cell, 1, -1);
    char name[96], size[48];
    enum verdict verdict;
    double ratio;

    if (cell->rows != 1)
        snprintf(size, sizeof size, "%zu rows x %zu%s", cell->rows, cell->width, strchr(cell->method, '-') ? " *" : "");
    else
        snprintf(size, sizeof size, "%zu", cell->width);
    snprintf(name, sizeof name, "%-9s %2zu models x %-13s", cell->dtype, cell->models, size);
    printf("%s", name);
    print_time(cell, ours);
    if (best == NULL) {
        puts("  nobody beside it");
        return;
    }
    printf("  %-14s", best->name);
    print_time(cell, best);
    ratio = median(cell, ours) / median(cell, best);
    verdict = ratio < 1 - level ? AHEAD : ratio <= 1 + level ? TIE : BEHIND;
    printf("  %5.2f %-6s  line %.2f", ratio, verdicts[verdict], median(cell, line) / median(cell, ours));
    if (small && fixed != NULL)
        printf("  %s %+.1f ns", fixed->name, median(cell, ours) - median(cell, fixed));
    puts("");
    fflush(stdout);
    count(winners, MOST_PEERS, best->name, verdict);
    count(types, MOST_TYPES, cell->dtype, verdict);
    if (verdict != BEHIND || n_behind == MOST_BEHIND)
        return;
    behind[n_behind].ratio = ratio;
    snprintf(behind[n_behind++].text, sizeof behind->text, "%s %5.2f  %s, %.1f ns and %.1f", name, ratio, best->name,
             median(cell, ours), median(cell, best));
}

static int by_ratio(const void *a, const void *b)
{
    const double x = ((const struct behind *)a)->ratio, y = ((const struct behind *)b)->ratio;

    return (x < y) - (x > y);
}

static void print_counts(const char *what, const struct count *list, size_t size)
{
    size_t all[VERDICTS] = {0};

    printf("\n%-16s%8s%8s%8s\n", what, "ahead", "tie", "behind");
    for (size_t i = 0; i < size && list[i].name[0] != 0; i++) {
        printf("%-16s%8zu%8zu%8zu\n", list[i].name, list[i].by[AHEAD], list[i].by[TIE], list[i].by[BEHIND]);
        for (size_t v = 0; v < VERDICTS; v++)
            all[v] += list[i].by[v];
    }
    printf("%-16s%8zu%8zu%8zu\n", "all", all[AHEAD], all[TIE], all[BEHIND]);
}

void summary_print(void)
{
    qsort(behind, n_behind, sizeof *behind, by_ratio);
    if (n_behind > 0)
        puts("\nWhere the library is behind, worst first:");
    for (size_t i = 0; i < n_behind; i++)
        printf("  %s\n", behind[i].text);
    print_counts("types", types, MOST_TYPES);
    print_counts("best of others", winners, MOST_PEERS);
}
