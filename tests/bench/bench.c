/* SPDX-License-Identifier: MIT */
/*
 * How long a combine takes: through ensemble_combine(), with each instruction set that this machine has, beside plain
 * C loops and a line that only reads the inputs. All contenders of a cell take turns, so that whatever else the machine
 * does strikes all of them alike; each figure is the median of its turns.
 *
 *     bench [--dtype f32] [--models 3] [--length 1000] [--turns 15] [--csv FILE]
 */
#define _DEFAULT_SOURCE /* clock_gettime, MAP_ANONYMOUS */

#include "peers.h"

#include <ensemble.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MAX_MODELS = 64, MAX_TURNS = 101, MAX_CONTENDERS = 16 };

/* A turn repeats the call until this much time should have passed, so that reading the clock does not count. */
static const double turn_ns = 200e3;

static const struct {
    const char *name;
    int32_t dtype;
    size_t size;
} dtypes[] = {
    {"f32", ENSEMBLE_F32, 4}, {"f64", ENSEMBLE_F64, 8}, {"f16", ENSEMBLE_F16, 2}, {"bf16", ENSEMBLE_BF16, 2}};
static const size_t model_counts[] = {2, 3, 8, 16, 64};
static const size_t lengths[] = {10, 100, 1000, 32000, 128256, 1000000, 16000000};
static const char *const isas[] = {"portable", "sse2", "avx2", "avx512", "neon", "sve"};
/* One thing that is measured in a cell: the library by an instruction set, a peer, or the bandwidth line. */
struct contender {
    const char *name;
    struct ensemble *ensemble;
    const struct peer *peer; /* neither: the line */
    double ns[MAX_TURNS];
};

struct cell {
    size_t type; /* index into dtypes */
    size_t models;
    size_t length;
    const void *in[MAX_MODELS];
    void *out;
    float weights[MAX_MODELS];
    size_t n;
    struct contender contenders[MAX_CONTENDERS];
};

struct settings {
    const char *dtype; /* NULL or 0: all */
    size_t models;
    size_t length;
    size_t turns;
    FILE *csv;
};

static volatile uint64_t sink; /* keeps the line's reads alive */

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static void call(const struct cell *cell, const struct contender *c)
{
    if (c->ensemble != NULL) {
        const int32_t out = cell->type == 1 ? ENSEMBLE_F64 : ENSEMBLE_F32;

        if (ensemble_combine(c->ensemble, cell->out, out, cell->length) != 0)
            die("a combine failed");
    } else if (c->peer != NULL) {
        c->peer->sum(cell->out, cell->in, cell->weights, cell->models, cell->length);
    } else {
        sink = sink ^ peer_read(cell->in, cell->models, cell->length * dtypes[cell->type].size);
    }
}

static double time_calls(const struct cell *cell, const struct contender *c, size_t calls)
{
    const double start = now_ns();

    for (size_t i = 0; i < calls; i++)
        call(cell, c);
    return (now_ns() - start) / (double)calls;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void add_contenders(struct cell *cell)
{
    cell->n = 0;
    cell->contenders[cell->n++] = (struct contender){.name = "line"};
    for (const struct peer *p = peers; p->name != NULL; p++)
        if (p->dtype == dtypes[cell->type].dtype && (p->models == 0 || p->models == cell->models))
            cell->contenders[cell->n++] = (struct contender){.name = p->name, .peer = p};
    for (size_t i = 0; i < sizeof isas / sizeof *isas; i++) {
        const struct ensemble_options options = {.struct_size = sizeof options, .isa = isas[i]};
        double weights[MAX_MODELS];
        struct ensemble *e;

        if (ensemble_create_with(&e, cell->length, &options) != 0)
            continue; /* not on this machine */
        for (size_t m = 0; m < cell->models; m++) {
            weights[m] = cell->weights[m];
            if (ensemble_add_model_output(e, cell->in[m], dtypes[cell->type].dtype, 1) < 0)
                die("a model could not be added");
        }
        if (ensemble_set_weights(e, weights, cell->models) != 0)
            die("the weights could not be set");
        cell->contenders[cell->n++] = (struct contender){.name = isas[i], .ensemble = e};
    }
}

static void measure(struct cell *cell, size_t turns)
{
    size_t calls[MAX_CONTENDERS];

    for (size_t c = 0; c < cell->n; c++) {
        const double once = time_calls(cell, &cell->contenders[c], 1 + (cell->length < 10000));

        calls[c] = once < turn_ns ? (size_t)(turn_ns / once) + 1 : 1;
    }
    for (size_t t = 0; t < turns; t++)
        for (size_t c = 0; c < cell->n; c++)
            cell->contenders[c].ns[t] = time_calls(cell, &cell->contenders[c], calls[c]);
    for (size_t c = 0; c < cell->n; c++)
        qsort(cell->contenders[c].ns, turns, sizeof(double), by_value);
}

/* A line for each contender: its time, what it reads in that time, its spread, and the library's time against it. */
static void print_cell(const struct cell *cell, size_t turns)
{
    const double bytes = (double)(cell->models * cell->length * dtypes[cell->type].size);
    const double ours = cell->contenders[cell->n - 1].ns[turns / 2];

    printf("%s, %zu models x %zu\n", dtypes[cell->type].name, cell->models, cell->length);
    for (size_t c = 0; c < cell->n; c++) {
        const double *ns = cell->contenders[c].ns;
        const double median = ns[turns / 2];

        printf("  %-10s%14.1f ns%9.1f GB/s  +-%3.0f %%  %s takes %.2f of it\n", cell->contenders[c].name, median,
               bytes / median, 50 * (ns[turns * 3 / 4] - ns[turns / 4]) / median, cell->contenders[cell->n - 1].name,
               ours / median);
    }
    fflush(stdout);
}

static void write_csv(FILE *csv, const struct cell *cell, size_t turns)
{
    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *contender = &cell->contenders[c];

        fprintf(csv, "%s,%zu,%zu,%s,%.2f,%.2f,%.2f\n", dtypes[cell->type].name, cell->models, cell->length,
                contender->name, contender->ns[turns / 2], contender->ns[turns / 4], contender->ns[turns * 3 / 4]);
    }
}

static void run_cell(struct cell *cell, const struct settings *settings, unsigned char *memory)
{
    /* From one input to the next: whole pages and a bit, so that the streams do not fall into the same cache sets. */
    const size_t bytes = (cell->length * dtypes[cell->type].size + 4095) / 4096 * 4096 + 320;

    for (size_t m = 0; m < cell->models; m++) {
        cell->in[m] = memory + m * bytes;
        cell->weights[m] = (float)m / 100 + .11f;
    }
    cell->out = memory + cell->models * bytes;
    add_contenders(cell);
    measure(cell, settings->turns);
    print_cell(cell, settings->turns);
    if (settings->csv != NULL)
        write_csv(settings->csv, cell, settings->turns);
    for (size_t c = 0; c < cell->n; c++)
        ensemble_destroy(cell->contenders[c].ensemble);
}

/* Values between 0 and 1 whatever the type: no denormals, which some processors are slow on. */
static void fill(unsigned char *memory, size_t bytes, size_t type)
{
    for (size_t i = 0; i + 8 <= bytes; i += dtypes[type].size) {
        const float x = (float)(i * 2654435761u % 1000 + 1) / 1001;
        const double d = x;
        uint32_t bits;
        uint16_t half;

        memcpy(&bits, &x, 4);
        half = (uint16_t)(type == 2 ? (bits >> 13) - (112u << 10) : bits >> 16);
        memcpy(memory + i, type == 0 ? (const void *)&x : type == 1 ? (const void *)&d : (const void *)&half,
               dtypes[type].size);
    }
}

/* Inputs, and a result that is never wider than eight bytes an element. */
static size_t memory_of(size_t type, size_t models, size_t length)
{
    return models * (length * dtypes[type].size + 8192) + length * 8 + 8192;
}

static void run_type(size_t type, const struct settings *settings)
{
    const size_t most = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) / 2;
    size_t need = 0;
    unsigned char *memory;

    for (size_t m = 0; m < sizeof model_counts / sizeof *model_counts; m++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            const size_t bytes = memory_of(type, model_counts[m], lengths[l]);

            if ((settings->models == 0 || settings->models == model_counts[m]) &&
                (settings->length == 0 || settings->length == lengths[l]) && bytes <= most && bytes > need)
                need = bytes;
        }
    memory = mmap(NULL, need, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("no memory");
    fill(memory, need, type);
    for (size_t m = 0; m < sizeof model_counts / sizeof *model_counts; m++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            struct cell cell = {.type = type, .models = model_counts[m], .length = lengths[l]};

            if ((settings->models != 0 && settings->models != cell.models) ||
                (settings->length != 0 && settings->length != cell.length))
                continue;
            if (memory_of(type, cell.models, cell.length) > need) {
                printf("%s, %zu models x %zu: SKIPPED, needs more than half of this machine's memory\n",
                       dtypes[type].name, cell.models, cell.length);
                continue;
            }
            run_cell(&cell, settings, memory);
        }
    munmap(memory, need);
}

int main(int argc, char **argv)
{
    struct settings settings = {.turns = 15};
    struct ensemble *e;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--dtype") == 0)
            settings.dtype = argv[i + 1];
        else if (strcmp(argv[i], "--models") == 0)
            settings.models = (size_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--length") == 0)
            settings.length = (size_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--turns") == 0)
            settings.turns = (size_t)strtoul(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--csv") == 0)
            settings.csv = fopen(argv[i + 1], "w");
        else
            die("unknown option");
    }
    if (settings.turns < 1 || settings.turns > MAX_TURNS)
        die("--turns must be 1 to 101");
    if (ensemble_create(&e, 1) != 0)
        die("no ensemble");
    printf("libensemble %u, %s by default; one thread; medians of %zu interleaved turns, +- half of what lies between\n"
           "the quartiles. line: reads all inputs and does nothing else. loop, passes, fixed: plain C, see peers.c.\n",
           ensemble_version(), ensemble_isa(e), settings.turns);
    ensemble_destroy(e);
    if (settings.csv != NULL)
        fprintf(settings.csv, "dtype,models,length,contender,median_ns,quartile1_ns,quartile3_ns\n");
    for (size_t t = 0; t < sizeof dtypes / sizeof *dtypes; t++)
        if (settings.dtype == NULL || strcmp(settings.dtype, dtypes[t].name) == 0)
            run_type(t, &settings);
    if (settings.csv != NULL && fclose(settings.csv) != 0)
        die("the CSV file could not be written");
    return 0;
}
