/* SPDX-License-Identifier: MIT */
#include "summary.h"

#include "families.h"

#include <stdlib.h>
#include <string.h>

/* UNSURE: by the medians behind, but the ranges between the quartiles overlap. */
enum verdict { AHEAD, TIE, UNSURE, BEHIND, VERDICTS };
static const char *const verdicts[VERDICTS] = {"ahead", "tie", "unsure", "BEHIND"};
static const double level = .1;     /* a tie: within so much */
static const double most_more = 12; /* a tie below RATIO_FROM elements: so many nanoseconds more */

/* From so many elements on, how much of the library's time reading the inputs alone should take. */
enum { LARGE = 1000000, FEW_MODELS = 8 };
static const double line_few = .95, line_many = .9;

enum { MOST_LISTED = 1024, MOST_PEERS = 64, MOST_TYPES = 16 };

static struct listed_cell {
    char text[200];
    double ratio;
} behind[MOST_LISTED], slow[MOST_LISTED];
static size_t n_behind, n_slow, n_large, n_below;

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

static double quartile(const struct cell *cell, const struct contender *c, size_t which)
{
    return c->ns[cell->turns * which / 4];
}

static double median(const struct cell *cell, const struct contender *c)
{
    return quartile(cell, c, 2);
}

static size_t elements(const struct cell *cell)
{
    return cell->rows * cell->width;
}

static const struct contender *ours(const struct cell *cell)
{
    return &cell->contenders[cell->n - 1];
}

/* The fastest of the others whose `fixed` lies between two values; NULL: none. */
static const struct contender *fastest(const struct cell *cell, int from, int to)
{
    const struct contender *best = NULL;

    for (size_t c = 0; c + 1 < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];

        if (!me->yardstick && me->fixed >= from && me->fixed <= to &&
            (best == NULL || median(cell, me) < median(cell, best)))
            best = me;
    }
    return best;
}

/* The fastest yardstick whose name begins so: "line" reads the inputs, "rw" writes as much as the result has, too. */
static const struct contender *yardstick(const struct cell *cell, const char *name)
{
    const struct contender *best = NULL;

    for (size_t c = 0; c + 1 < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];

        if (me->yardstick && strncmp(me->name, name, strlen(name)) == 0 &&
            (best == NULL || median(cell, me) < median(cell, best)))
            best = me;
    }
    return best;
}

static const struct contender *best_of(const struct cell *cell)
{
    return fastest(cell, 0, elements(cell) < FIXED_FROM ? 0 : INLINED);
}

static const struct contender *inlined_of(const struct cell *cell)
{
    return fastest(cell, INLINED, INLINED);
}

/* What the library is judged by: the best of the others; of few elements, the expression in its place. */
static const struct contender *judge_of(const struct cell *cell)
{
    const struct contender *inlined = inlined_of(cell);

    return elements(cell) < RATIO_FROM && inlined != NULL ? inlined : best_of(cell);
}

static enum verdict verdict_of(const struct cell *cell)
{
    const struct contender *me = ours(cell), *other = judge_of(cell);
    const double ratio = median(cell, me) / median(cell, other);

    if (other->fixed == INLINED && elements(cell) < RATIO_FROM) {
        if (median(cell, me) - median(cell, other) <= most_more)
            return ratio < 1 - level ? AHEAD : TIE;
        return quartile(cell, me, 1) - quartile(cell, other, 3) > most_more ? BEHIND : UNSURE;
    }
    if (ratio < 1 - level)
        return AHEAD;
    if (ratio <= 1 + level)
        return TIE;
    return quartile(cell, me, 1) > quartile(cell, other, 3) ? BEHIND : UNSURE;
}

int summary_doubtful(const struct cell *cell)
{
    return best_of(cell) != NULL && verdict_of(cell) >= UNSURE;
}

static void print_time(const struct cell *cell, const struct contender *c)
{
    const double ns = median(cell, c);

    cell_print_ns(ns);
    printf(" +-%2.0f %%", 50 * (quartile(cell, c, 3) - quartile(cell, c, 1)) / ns);
}

void summary_head(void)
{
    printf("\nOne line for each cell: the time of a call of the library, +- half of what lies between its quartiles;\n"
           "the best of the others; the library's time over that (ratio); how much of the library's time reading the\n"
           "inputs takes, alone and with writing as much as the result (line); how many nanoseconds the library\n"
           "takes more than an expression with a fixed number of models that stands in its place (inline), which is\n"
           "a contender from %d elements on. The verdict is a tie where the ratio is within %.0f %%, or below %d\n"
           "elements at most %.0f ns more than the expression; worse than that it is BEHIND, or, where the ranges\n"
           "between the quartiles overlap, unsure. Such a cell is measured again, three times at most, after all\n"
           "others, and then counted by all of its turns. *: gaps between rows, 16 elements from one to the next.\n\n",
           FIXED_FROM, 100 * level, RATIO_FROM, most_more);
}

static void name_of(const struct cell *cell, char *name, size_t size)
{
    char shape[48];

    if (cell->rows != 1)
        snprintf(shape, sizeof shape, "%zu rows x %zu%s", cell->rows, cell->width,
                 strchr(cell->method, '-') ? " *" : "");
    else
        snprintf(shape, sizeof shape, "%zu", cell->width);
    snprintf(name, size, "%-9s %2zu models x %-13s", cell->dtype, cell->models, shape);
}

static void print_line(const struct cell *cell)
{
    const struct contender *me = ours(cell), *best = best_of(cell), *inlined = inlined_of(cell);
    const double line = median(cell, yardstick(cell, "line")), both = median(cell, yardstick(cell, "rw"));
    char name[96];

    name_of(cell, name, sizeof name);
    printf("%s", name);
    print_time(cell, me);
    if (best == NULL) {
        printf("  nobody beside it");
        return;
    }
    printf("  %-14s", best->name);
    print_time(cell, best);
    printf("  %5.2f %-6s  line %.2f, %.2f", median(cell, me) / median(cell, best), verdicts[verdict_of(cell)],
           line / median(cell, me), both / median(cell, me));
    if (inlined != NULL && elements(cell) <= FIXED_FROM)
        printf("  %s %.1f, %+.1f ns", inlined->name, median(cell, inlined), median(cell, me) - median(cell, inlined));
}

void summary_later(const struct cell *cell)
{
    print_line(cell);
    puts("  again later");
    fflush(stdout);
}

static void list(struct listed_cell *cells, size_t *n, const struct cell *cell, const struct contender *other,
                 double ratio)
{
    char name[96];

    if (*n == MOST_LISTED)
        die("too many cells");
    name_of(cell, name, sizeof name);
    cells[*n].ratio = ratio;
    snprintf(cells[(*n)++].text, sizeof cells->text, "%s %5.2f  %.1f ns and %.1f by %s, %+.1f", name, ratio,
             median(cell, ours(cell)), median(cell, other), other->name,
             median(cell, ours(cell)) - median(cell, other));
}

static void add_large(const struct cell *cell)
{
    const double wanted = cell->models <= FEW_MODELS ? line_few : line_many;
    const struct contender *line = yardstick(cell, "line"), *both = yardstick(cell, "rw");

    n_large++;
    n_below += median(cell, line) < wanted * median(cell, ours(cell));
    if (median(cell, both) < wanted * median(cell, ours(cell)))
        list(slow, &n_slow, cell, both, median(cell, ours(cell)) / median(cell, both));
}

void summary_add(const struct cell *cell, int tries)
{
    const struct contender *other = judge_of(cell);

    print_line(cell);
    if (tries > 1)
        printf("  measured %d times", tries);
    puts("");
    fflush(stdout);
    if (elements(cell) >= LARGE)
        add_large(cell);
    if (other == NULL)
        return;
    count(winners, MOST_PEERS, best_of(cell)->name, verdict_of(cell));
    count(types, MOST_TYPES, cell->dtype, verdict_of(cell));
    if (verdict_of(cell) == BEHIND)
        list(behind, &n_behind, cell, other, median(cell, ours(cell)) / median(cell, other));
}

static int by_ratio(const void *a, const void *b)
{
    const double x = ((const struct listed_cell *)a)->ratio, y = ((const struct listed_cell *)b)->ratio;

    return (x < y) - (x > y);
}

static void print_counts(const char *what, const struct count *counts, size_t size)
{
    size_t all[VERDICTS] = {0};

    printf("\n%-16s%8s%8s%8s%8s\n", what, "ahead", "tie", "unsure", "behind");
    for (size_t i = 0; i < size && counts[i].name[0] != 0; i++) {
        printf("%-16s", counts[i].name);
        for (size_t v = 0; v < VERDICTS; v++) {
            printf("%8zu", counts[i].by[v]);
            all[v] += counts[i].by[v];
        }
        puts("");
    }
    printf("%-16s%8zu%8zu%8zu%8zu\n", "all", all[AHEAD], all[TIE], all[UNSURE], all[BEHIND]);
}

static void print_list(const char *what, struct listed_cell *cells, size_t n)
{
    qsort(cells, n, sizeof *cells, by_ratio);
    printf("\n%s%s\n", what, n == 0 ? " nowhere" : "");
    for (size_t i = 0; i < n; i++)
        printf("  %s\n", cells[i].text);
}

void summary_print(void)
{
    print_list("Where the library is behind, worst first:", behind, n_behind);
    if (n_large > 0) {
        printf("\nOf %zu cells of %d elements and more, reading the inputs alone takes less than %.2f of the\n"
               "library's time (of more than %d models %.2f) in %zu; where reading them and writing as much as the\n"
               "result takes less than that, the library's time over it,",
               n_large, LARGE, line_few, FEW_MODELS, line_many, n_below);
        print_list(" worst first:", slow, n_slow);
    }
    print_counts("types", types, MOST_TYPES);
    print_counts("best of others", winners, MOST_PEERS);
}
