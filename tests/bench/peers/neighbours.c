/* SPDX-License-Identifier: MIT */
/*
 * What it costs where the buffers lie: the library, the two plain loops and the reader of the line that are fastest
 * where all is well, each with every layout, all of which take turns.
 */
#define _GNU_SOURCE /* madvise */

#include "families.h"
#include "line.h"
#include "settings.h"
#include "task.h"

#include "../data.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const enum kind wanted[] = {F32_F32, BF16_F32};
static const size_t model_counts[] = {3, 8, 16, 64};
static const size_t lengths[] = {1000, 32000, 128256, 1000000, 16000000};
enum {
    WANTED = sizeof wanted / sizeof *wanted,
    MODEL_COUNTS = sizeof model_counts / sizeof *model_counts,
    LENGTHS = sizeof lengths / sizeof *lengths,
    MOST_MODELS_OF_LONGEST = 3,
    HUGE = 2 << 20, /* bytes of a huge page, and where all memory begins */
    AGAIN = 3       /* times, where the library seems to lose */
};

/*
 * Inputs begin `unit` bytes apart, or the next multiple of that, and `gap` more; the result begins `result` bytes
 * after a page's begin, and everything `odd` elements later.
 */
static const struct layout {
    const char *name;
    size_t unit, gap, odd, result;
    int huge;
    const char *about;
} layouts[] = {{"apart", 4096, 320, 0, 2112, 0, "each somewhere else in its page: the layout of the other sections"},
               {"odd", 4096, 320, 1, 2112, 0, "all begin one element later, so that no vector is aligned"},
               {"page", 4096, 0, 0, 0, 0, "all at the begin of a page"},
               {"ahead", 4096, 0, 0, 64, 0, "so, but the result 64 bytes later: each store meets loads that follow"},
               {"64K", 65536, 0, 0, 0, 0, "inputs multiples of 64 KiB apart"},
               {"1M", 1 << 20, 0, 0, 0, 0, "inputs multiples of 1 MiB apart"},
               {"huge", 4096, 320, 0, 2112, 1, "as the first, in huge pages"},
               {"huge-1M", 1 << 20, 0, 0, 0, 1, "inputs multiples of 1 MiB apart, in huge pages"}};
enum { LAYOUTS = sizeof layouts / sizeof *layouts, EACH = 5 /* contenders: twice a reader, two loops, the library */ };

static struct {
    char *memory[2];
    size_t results, size;
    int huge; /* are there huge pages? */
} arena;

struct place {
    struct sum sum;
    struct ready ready[EACH];
};

struct measured {
    enum kind kind;
    size_t models, length;
    struct cell cell;
    char names[MAX_CONTENDERS][32];
};

static size_t up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static void place_sum(struct sum *sum, enum kind kind, size_t models, size_t length, const struct layout *layout)
{
    const struct kind_info *info = &kinds[kind];
    char *memory = arena.memory[layout->huge];

    *sum = (struct sum){.kind = kind, .models = models, .rows = 1, .width = length, .stride = length};
    sum->step = up(length * info->size, layout->unit) + layout->gap;
    for (size_t i = 0; i < models; i++) {
        sum->in[i] = memory + arena.results + i * sum->step + layout->odd * info->size;
        sum->weights64[i] = sum->weights[i] = (float)i / 100 + .11f;
    }
    sum->out = memory + layout->result + layout->odd * info->out_size;
}

static double median_of(const struct cell *cell, const struct contender *c)
{
    return c->ns[cell->turns / 2];
}

/*
 * By a few turns in the first layout: a reader of the line and the two fastest loops. Returns how many. The reader is
 * there twice: the first contender of a layout finds less of it in the last-level cache than those after it.
 */
static size_t choose(struct ready *chosen, const struct sum *sum)
{
    static const struct timing few = {.turns = 5, .seconds = 1, .warm = 1};
    static struct cell cell;
    static struct ready ready[MAX_CONTENDERS];
    size_t n = 0;

    cell = (struct cell){.rows = 1, .width = sum->width};
    families_add_members(&cell, ready, sum, line_members, 1);
    families_add(&cell, ready, sum, 1);
    cell_measure(&cell, &few);
    for (int loops = 0; loops <= 1; loops++)
        for (int place = 0; place <= loops; place++) {
            const struct contender *best = NULL;

            for (size_t c = 0; c < cell.n; c++)
                if (cell.contenders[c].yardstick != loops && cell.contenders[c].ns[0] > 0 &&
                    (best == NULL || median_of(&cell, &cell.contenders[c]) < median_of(&cell, best)))
                    best = &cell.contenders[c];
            if (best == NULL)
                continue;
            chosen[n++] = *(const struct ready *)best->peer;
            if (best->yardstick)
                chosen[n++] = *(const struct ready *)best->peer;
            cell.contenders[best - cell.contenders].ns[0] = 0; /* not twice */
        }
    return n;
}

/* The loops must say what the library says. */
static void check(const struct place *place, size_t n)
{
    const struct sum *sum = &place->sum;
    double *expected, value;

    place->ready[n - 1].member->run(sum, place->ready[n - 1].prepared);
    expected = task_result(sum);
    for (size_t c = 2; c + 1 < n; c++) {
        place->ready[c].member->run(sum, place->ready[c].prepared);
        if (task_differs(sum, expected, 0, &value) != SIZE_MAX)
            die("neighbours: a loop has another result than the library");
    }
    free(expected);
}

static void measure(struct measured *m, const struct settings *settings, int again)
{
    static const struct member library = {"ensemble", ~0u, 0, NULL, library_run, library_finish};
    static struct place places[LAYOUTS];
    static struct cell before;
    const struct shape shape = {1, m->length, m->length};
    struct timing timing = settings->timing;
    struct ready chosen[EACH];
    size_t n;

    before = m->cell;
    m->cell = (struct cell){.method = "neighbours",
                            .dtype = kinds[m->kind].name,
                            .models = m->models,
                            .rows = 1,
                            .width = m->length,
                            .bytes = m->models * m->length * kinds[m->kind].size};
    place_sum(&places[0].sum, m->kind, m->models, m->length, &layouts[0]);
    n = choose(chosen, &places[0].sum);
    for (size_t l = 0; l < LAYOUTS; l++) {
        struct place *p = &places[l];

        if (layouts[l].huge && !arena.huge)
            continue;
        place_sum(&p->sum, m->kind, m->models, m->length, &layouts[l]);
        for (size_t c = 0; c <= n; c++) {
            char *name = m->names[m->cell.n];

            p->ready[c] = c < n ? chosen[c] : (struct ready){&library, NULL, NULL, library_prepare(&p->sum, &shape)};
            p->ready[c].sum = &p->sum;
            snprintf(name, sizeof *m->names, "%s@%s", c == 0 ? "warm" : p->ready[c].member->name, layouts[l].name);
            cell_add(&m->cell, &(struct contender){.name = name,
                                                   .call = ready_call,
                                                   .peer = &p->ready[c],
                                                   .fixed = c == n,
                                                   .yardstick = c <= 1});
        }
        check(p, n + 1);
    }
    timing.csv = NULL;
    cell_measure(&m->cell, &timing);
    if (again)
        cell_merge(&m->cell, &before);
    for (size_t l = 0; l < LAYOUTS; l++)
        if (!layouts[l].huge || arena.huge)
            library_finish(places[l].ready[n].prepared);
}

/* The times of a layout: what the reader takes, the better one of the loops, the library. 0: not there. */
struct times {
    double line, loop, ours, quartile1, quartile3;
};

static struct times times_of(const struct cell *cell, const struct layout *layout)
{
    struct times t = {0};

    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *me = &cell->contenders[c];
        const double ns = median_of(cell, me);

        if (strcmp(strchr(me->name, '@') + 1, layout->name) != 0 || strncmp(me->name, "warm@", 5) == 0)
            continue;
        if (me->yardstick)
            t.line = ns;
        else if (me->fixed) {
            t.ours = ns;
            t.quartile1 = me->ns[cell->turns / 4];
            t.quartile3 = me->ns[cell->turns * 3 / 4];
        } else if (t.loop == 0 || ns < t.loop)
            t.loop = ns;
    }
    return t;
}

enum verdict { FINE, MACHINE, UNSURE, SLOWER, VERDICTS };

/*
 * Where the library loses more than 10 %: the machine's doing, if no loop is faster by more than 10 % here, and either
 * the loop loses as much, or what reading the inputs takes longer here explains it, in nanoseconds, but for 10 %.
 */
static enum verdict verdict_of(const struct times *apart, const struct times *here)
{
    const double most = 1.1, ratio = here->ours / apart->ours;

    if (ratio <= most)
        return FINE;
    if ((here->loop <= 0 || here->ours <= most * here->loop) &&
        ((here->loop > 0 && here->loop / apart->loop >= ratio / most) ||
         here->ours - (here->line - apart->line) <= most * apart->ours))
        return MACHINE;
    return here->quartile1 > apart->quartile3 ? SLOWER : UNSURE;
}

static int doubtful(const struct measured *m)
{
    const struct times apart = times_of(&m->cell, &layouts[0]);

    for (size_t l = 1; l < LAYOUTS; l++) {
        const struct times here = times_of(&m->cell, &layouts[l]);

        if (here.ours > 0 && verdict_of(&apart, &here) >= UNSURE)
            return 1;
    }
    return 0;
}

static void print(const struct measured *m, size_t *verdicts)
{
    static const char *const names[VERDICTS] = {"", " machine", " unsure", " SLOWER"};
    const struct times apart = times_of(&m->cell, &layouts[0]);

    printf("%-8s %2zu models x %-8zu  %11.1f ns %11.1f %11.1f  ", m->cell.dtype, m->models, m->length, apart.ours,
           apart.loop, apart.line);
    for (size_t l = 1; l < LAYOUTS; l++) {
        const struct times here = times_of(&m->cell, &layouts[l]);
        enum verdict verdict;

        if (here.ours <= 0)
            continue;
        verdict = verdict_of(&apart, &here);
        verdicts[verdict]++;
        printf("  %s %.2f", layouts[l].name, here.ours / apart.ours);
        if (verdict != FINE)
            printf(" (loop %.2f, line %.2f;%s)", apart.loop > 0 ? here.loop / apart.loop : 0., here.line / apart.line,
                   names[verdict]);
    }
    puts("");
    fflush(stdout);
}

/* Memory at a huge page's begin, in such pages or surely not. Is it as it should be? */
static int get_memory(char **memory, size_t size, int huge)
{
    char *p = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char line[256];
    unsigned long kib = 0;
    FILE *smaps;

    if (p == MAP_FAILED)
        die("no memory");
    p += (HUGE - (uintptr_t)p % HUGE) % HUGE;
    *memory = p;
#if defined MADV_HUGEPAGE && defined MADV_NOHUGEPAGE
    if (madvise(p, size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) != 0 && huge)
        return 0;
#endif
    memset(p, 0, size);
    if (!huge || (smaps = fopen("/proc/self/smaps", "r")) == NULL)
        return !huge;
    for (int mine = 0; fgets(line, sizeof line, smaps) != NULL;) {
        unsigned long begin, end, found;

        if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
            mine = (uintptr_t)p >= begin && (uintptr_t)p < end;
        else if (mine && sscanf(line, "AnonHugePages: %lu", &found) == 1)
            kib += found;
    }
    fclose(smaps);
    return kib >= size / 1024 / 10 * 9;
}

static int wants(const struct settings *settings, size_t models, size_t length)
{
    return number_listed(settings->models, models) && number_listed(settings->lengths, length) &&
           (length < lengths[LENGTHS - 1] || models <= MOST_MODELS_OF_LONGEST);
}

static int get_arena(const struct settings *settings)
{
    for (size_t m = 0; m < MODEL_COUNTS; m++)
        for (size_t l = 0; l < LENGTHS; l++) {
            const size_t inputs = model_counts[m] * (up(lengths[l] * 4 + 4, 1 << 20) + 4096);
            const size_t results = up(lengths[l] * 4 + 8192, HUGE);

            if (!wants(settings, model_counts[m], lengths[l]))
                continue;
            arena.results = results > arena.results ? results : arena.results;
            arena.size = inputs > arena.size ? inputs : arena.size;
        }
    if (arena.size == 0)
        return 0;
    arena.size = up(arena.size + arena.results, HUGE);
    if (2 * arena.size > most_memory())
        die("neighbours: it needs more than half of this machine's memory; choose --lengths");
    get_memory(&arena.memory[0], arena.size, 0);
    arena.huge = get_memory(&arena.memory[1], arena.size, 1);
    if (!arena.huge)
        puts("SKIPPED: huge pages, which this machine does not give (see /sys/kernel/mm/transparent_hugepage)");
    return 1;
}

static void run_kind(enum kind kind, const struct settings *settings, size_t *verdicts)
{
    struct measured *cells[MODEL_COUNTS * LENGTHS];
    size_t n = 0;

    for (int a = 0; a <= arena.huge; a++)
        fill_values(arena.memory[a], arena.size, kinds[kind].in);
    for (size_t m = 0; m < MODEL_COUNTS; m++)
        for (size_t l = 0; l < LENGTHS; l++) {
            if (!wants(settings, model_counts[m], lengths[l]))
                continue;
            cells[n] = get(sizeof **cells);
            cells[n]->kind = kind;
            cells[n]->models = model_counts[m];
            cells[n]->length = lengths[l];
            measure(cells[n++], settings, 0);
        }
    for (int again = 0; again < AGAIN; again++)
        for (size_t i = 0; i < n; i++)
            if (doubtful(cells[i]))
                measure(cells[i], settings, 1);
    for (size_t i = 0; i < n; i++) {
        print(cells[i], verdicts);
        if (settings->timing.csv != NULL)
            cell_write(settings->timing.csv, &cells[i]->cell);
        free(cells[i]);
    }
}

void neighbours_section(const struct settings *settings)
{
    size_t verdicts[VERDICTS] = {0};

    families_find(settings->directory);
    if (!get_arena(settings)) {
        puts("Nothing to do: none of the models and lengths that are named");
        return;
    }
    puts("\nLayouts:");
    for (size_t l = 0; l < LAYOUTS; l++)
        printf("  %-8s %s\n", layouts[l].name, layouts[l].about);
    printf("One line for each cell: the time of a call of the library, of the better one of two plain loops, and of\n"
           "reading the inputs, all in the first layout; then how much longer the library takes in each of the\n"
           "others. Where that is more than 10 %%, the same for loop and line. machine: no loop is faster here, and\n"
           "one loses as much, or reading the inputs takes as many nanoseconds more; unsure: the ranges between the\n"
           "quartiles overlap. Cells with something unsure or slower are measured again, %d times at most, after the\n"
           "others of the type, and judged by all of their turns.\n\n",
           AGAIN);
    for (size_t k = 0; k < WANTED; k++)
        if (listed(settings->types, kinds[wanted[k]].name))
            run_kind(wanted[k], settings, verdicts);
    printf("\nLayouts of cells: at most 10 %% lost %zu, the machine's doing %zu, unsure %zu, slower %zu\n",
           verdicts[FINE], verdicts[MACHINE], verdicts[UNSURE], verdicts[SLOWER]);
    for (int a = 0; a < 2; a++)
        munmap(arena.memory[a], arena.size);
}
