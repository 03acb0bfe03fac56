/* SPDX-License-Identifier: MIT */
/*
 * How long a combine takes. Here, the weighted sum: with each instruction set that this machine has, beside plain C
 * loops and a line that only reads the inputs. In methods.c, every method with one instruction set, in report.c every
 * field of the report, in learn.c what is learned, beside NumPy and SciPy, too, and in server.c a server's requests.
 *
 *     bench [--turns 15] [--csv FILE]                              all tables; learning takes 7 turns, or here 3
 *     bench [--dtype f32] [--models 3] [--length 1000] [...]       only the weighted sum, or a part of it
 *     bench --methods [--only median] [--isa avx2] [...]           only the methods, or one of them
 *     bench --report [--only entropy] [--isa avx2] [...]           only the report, or one field of it
 *     bench --learn [--only squares] [--isa avx2] [--python FILE] [...]   only learning, or one task of it
 *     bench --server [--isa avx2] [...]                            only the requests of a server
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "cell.h"
#include "data.h"
#include "learn.h"
#include "methods.h"
#include "peers.h"
#include "report.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct {
    const char *name;
    int32_t dtype;
    size_t size;
} dtypes[] = {
    {"f32", ENSEMBLE_F32, 4}, {"f64", ENSEMBLE_F64, 8}, {"f16", ENSEMBLE_F16, 2}, {"bf16", ENSEMBLE_BF16, 2}};
static const size_t model_counts[] = {2, 3, 8, 16, 64};
static const size_t lengths[] = {10, 100, 1000, 32000, 128256, 1000000, 16000000};
static const char *const isas[] = {"portable", "sse2", "avx2", "avx512", "neon", "sve"};

/* What the contenders of a cell are given. */
struct job {
    size_t type; /* index into dtypes */
    size_t models;
    size_t length;
    const void *in[MAX_MODELS];
    void *out;
    float weights[MAX_MODELS];
};

struct settings {
    const char *dtype; /* NULL or 0: all */
    size_t models;
    size_t length;
    int methods; /* only the methods */
    int report;  /* only the report */
    int learn;   /* only learning */
    int server;  /* only a server's requests */
    const char *only;
    const char *isa;
    const char *python; /* the interpreter; NULL: as learn_python.h says */
    struct timing timing;
};

static volatile uint64_t sink; /* keeps the line's reads alive */

static void call_library(const void *context, const struct contender *me)
{
    const struct job *job = context;

    if (ensemble_combine(me->ensemble, job->out, job->type == 1 ? ENSEMBLE_F64 : ENSEMBLE_F32, job->length) != 0)
        die("a combine failed");
}

static void call_peer(const void *context, const struct contender *me)
{
    const struct job *job = context;

    ((const struct peer *)me->peer)->sum(job->out, job->in, job->weights, job->models, job->length);
}

static void call_line(const void *context, const struct contender *me)
{
    const struct job *job = context;

    (void)me;
    sink = sink ^ peer_read(job->in, job->models, job->length * dtypes[job->type].size);
}

static void add_contenders(struct cell *cell, const struct job *job)
{
    cell_add(cell, &(struct contender){.name = "line", .call = call_line, .yardstick = 1});
    for (const struct peer *p = peers; p->name != NULL; p++)
        if (p->dtype == dtypes[job->type].dtype && (p->models == 0 || p->models == job->models))
            cell_add(cell, &(struct contender){.name = p->name, .call = call_peer, .peer = p});
    for (size_t i = 0; i < sizeof isas / sizeof *isas; i++) {
        const struct ensemble_options options = {.struct_size = sizeof options, .isa = isas[i]};
        double weights[MAX_MODELS];
        struct ensemble *e;

        if (ensemble_create_with(&e, job->length, &options) != 0)
            continue; /* not on this machine */
        for (size_t m = 0; m < job->models; m++) {
            weights[m] = job->weights[m];
            if (ensemble_add_model_output(e, job->in[m], dtypes[job->type].dtype, 1) < 0)
                die("a model could not be added");
        }
        if (ensemble_set_weights(e, weights, job->models) != 0)
            die("the weights could not be set");
        cell_add(cell, &(struct contender){.name = isas[i], .call = call_library, .ensemble = e});
    }
}

static void run_cell(struct job *job, const struct timing *timing, unsigned char *memory)
{
    /* From one input to the next: whole pages and a bit, so that the streams do not fall into the same cache sets. */
    const size_t bytes = (job->length * dtypes[job->type].size + 4095) / 4096 * 4096 + 320;
    struct cell cell = {.method = "sum",
                        .dtype = dtypes[job->type].name,
                        .models = job->models,
                        .rows = 1,
                        .width = job->length,
                        .bytes = job->models * job->length * dtypes[job->type].size,
                        .job = job};

    for (size_t m = 0; m < job->models; m++) {
        job->in[m] = memory + m * bytes;
        job->weights[m] = (float)m / 100 + .11f;
    }
    job->out = memory + job->models * bytes;
    add_contenders(&cell, job);
    cell_run(&cell, timing);
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
    fill_values(memory, need, dtypes[type].dtype);
    for (size_t m = 0; m < sizeof model_counts / sizeof *model_counts; m++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            struct job job = {.type = type, .models = model_counts[m], .length = lengths[l]};

            if ((settings->models != 0 && settings->models != job.models) ||
                (settings->length != 0 && settings->length != job.length))
                continue;
            if (memory_of(type, job.models, job.length) > need) {
                printf("%s, %zu models x %zu: SKIPPED, needs more than half of this machine's memory\n",
                       dtypes[type].name, job.models, job.length);
                continue;
            }
            run_cell(&job, &settings->timing, memory);
        }
    munmap(memory, need);
}

static void sums_table(const struct settings *settings)
{
    puts("\nWeighted sum. line: reads all inputs and does nothing else. loop, passes, fixed: plain C, see peers.c.");
    for (size_t t = 0; t < sizeof dtypes / sizeof *dtypes; t++)
        if (settings->dtype == NULL || strcmp(settings->dtype, dtypes[t].name) == 0)
            run_type(t, settings);
}

static size_t turns_of(const char *value)
{
    const size_t turns = (size_t)strtoul(value, NULL, 10);

    if (turns < 1 || turns > MAX_TURNS)
        die("--turns must be 1 to 101");
    return turns;
}

/* Does the option name a table? Then only that one is wanted. */
static int is_table(struct settings *settings, const char *option)
{
    const struct {
        const char *name;
        int *wanted;
    } tables[] = {{"--methods", &settings->methods},
                  {"--report", &settings->report},
                  {"--learn", &settings->learn},
                  {"--server", &settings->server}};

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strcmp(option, tables[i].name) == 0)
            return *tables[i].wanted = 1;
    return 0;
}

static void read_arguments(struct settings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *option = argv[i], *value;

        if (is_table(settings, option))
            continue;
        if (++i == argc)
            die("an option without its value, or an unknown one");
        value = argv[i];
        if (strcmp(option, "--dtype") == 0)
            settings->dtype = value;
        else if (strcmp(option, "--models") == 0)
            settings->models = (size_t)strtoul(value, NULL, 10);
        else if (strcmp(option, "--length") == 0)
            settings->length = (size_t)strtoul(value, NULL, 10);
        else if (strcmp(option, "--turns") == 0)
            settings->timing.turns = turns_of(value);
        else if (strcmp(option, "--only") == 0)
            settings->only = value;
        else if (strcmp(option, "--isa") == 0)
            settings->isa = value;
        else if (strcmp(option, "--python") == 0)
            settings->python = value;
        else if (strcmp(option, "--csv") != 0)
            die("unknown option");
        else if ((settings->timing.csv = fopen(value, "w")) == NULL)
            die("the CSV file could not be opened");
    }
}

int main(int argc, char **argv)
{
    struct settings settings = {.only = NULL};
    struct timing learning;
    struct ensemble *e;
    int methods, parts, sums;

    read_arguments(&settings, argc, argv);
    methods = settings.methods ||
              (!settings.report && !settings.learn && !settings.server &&
               (settings.only != NULL || settings.isa != NULL));
    sums = settings.dtype != NULL || settings.models != 0 || settings.length != 0;
    parts = methods + settings.report + settings.learn + settings.server + sums;
    if (parts > 1)
        die("--dtype, --models and --length are of the weighted sum; --only and --isa of one of the other tables");
    if (ensemble_create(&e, 1) != 0)
        die("no ensemble");
    learning = settings.timing;
    learning.turns = learning.turns != 0 ? learning.turns : settings.learn ? 7 : 3;
    settings.timing.turns = settings.timing.turns != 0 ? settings.timing.turns : 15;
    printf("libensemble %u, %s by default.\n", ensemble_version(), ensemble_isa(e));
    ensemble_destroy(e);
    cell_head(settings.learn ? &learning : &settings.timing);
    if (parts == 0 || sums)
        sums_table(&settings);
    if (parts == 0 || methods)
        methods_table(&settings.timing, settings.only, settings.isa);
    if (parts == 0 || settings.report)
        report_table(&settings.timing, settings.only, settings.isa);
    if (parts == 0 || settings.server)
        server_table(&settings.timing, settings.isa);
    if (parts == 0 || settings.learn)
        learn_table(&learning, settings.only, settings.isa, settings.python);
    if (settings.timing.csv != NULL && fclose(settings.timing.csv) != 0)
        die("the CSV file could not be written");
    return 0;
}
