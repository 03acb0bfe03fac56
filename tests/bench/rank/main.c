/* SPDX-License-Identifier: MIT */
/*
 * How long a fusion of rankings takes, beside C++ and Python. Before a clock runs, every contender's ids are compared
 * with the library's, and its scores to 1e-12.
 *
 *     bench [--only TEXT] [--turns 15] [--seconds 20] [--python FILE] [--csv FILE]
 *
 * --only: cases in whose name the text is; --seconds: how long a case may take.
 */
#define _DEFAULT_SOURCE /* mkdtemp */

#include "../cell.h"
#include "../coprocess.h"
#include "../data.h"
#include "job.h"

#include <ensemble_rank.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef RANK_PEERS
#define RANK_PEERS "tests/bench/rank/peers.py"
#endif

enum { RANDOM_IDS, SMALL_IDS };

static const struct rank_case {
    const char *name;
    size_t lists;
    size_t length;
    size_t wanted; /* SIZE_MAX: all */
    int by_scores;
    int ids;
    size_t sets; /* of lists, in turn: no processor learns where 300 or 10,000 ids go. Python is given the first one */
} cases[] = {
    {"3 x 100, top 10, RRF", 3, 100, 10, 0, RANDOM_IDS, 64},
    {"3 x 100, top 10, CombSUM", 3, 100, 10, 1, RANDOM_IDS, 64},
    {"10 x 1,000, top 100, RRF", 10, 1000, 100, 0, RANDOM_IDS, 8},
    {"10 x 1,000, top 100, RRF, small ids", 10, 1000, 100, 0, SMALL_IDS, 8},
    {"10 x 1,000, top 100, CombSUM", 10, 1000, 100, 1, RANDOM_IDS, 8},
    {"10 x 1,000, all, RRF", 10, 1000, SIZE_MAX, 0, RANDOM_IDS, 8},
    {"2 x 1,000,000, top 100, RRF", 2, 1000000, 100, 0, RANDOM_IDS, 1},
    {"2 x 1,000,000, top 100, RRF, small ids", 2, 1000000, 100, 0, SMALL_IDS, 1},
    {"2 x 1,000,000, top 100, CombSUM", 2, 1000000, 100, 1, RANDOM_IDS, 1},
    {"2 x 1,000,000, all, RRF", 2, 1000000, SIZE_MAX, 0, RANDOM_IDS, 1},
};

static struct coprocess python;
static char directory[4096];

static size_t fuse(const struct rank_job *job, void *workspace)
{
    const struct ensemble_fusion fusion = {.struct_size = sizeof fusion,
                                           .method = job->by_scores ? ENSEMBLE_FUSE_SUM : ENSEMBLE_FUSE_RRF,
                                           .scores = job->scores,
                                           .workspace = workspace,
                                           .workspace_size = workspace == NULL ? 0 : job->workspace_size};
    const int found =
        ensemble_fuse_rankings(job->ids, job->lengths, job->n, &fusion, job->best, job->sums, job->wanted);

    if (found < 0)
        die("a fusion failed");
    return (size_t)found;
}

static size_t with_workspace(const struct rank_job *job)
{
    return fuse(job, job->workspace);
}

static size_t with_malloc(const struct rank_job *job)
{
    return fuse(job, NULL);
}

/* A contender's `peer`: a way, or the name of one of Python's. */
struct peer {
    rank_way *way;
    const char *python;
};

struct jobs {
    size_t n;
    struct rank_job *job;
};

static void call_way(const void *jobs, const struct contender *me)
{
    static size_t turn;
    const struct jobs *all = jobs;

    ((const struct peer *)me->peer)->way(&all->job[turn++ % all->n]);
}

static double ask_python(const char *name, size_t calls, size_t *count)
{
    char line[128], *at = line;
    double ns;

    fprintf(python.to, "run %s %zu\n", name, calls);
    coprocess_ask(&python, line, sizeof line);
    ns = strtod(at, &at);
    *count = (size_t)strtoul(at, NULL, 10);
    return ns;
}

static double time_python(const void *jobs, const struct contender *me, size_t calls)
{
    size_t count;

    (void)jobs;
    return ask_python(((const struct peer *)me->peer)->python, calls, &count);
}

static FILE *open_file(const char *name, const char *mode)
{
    char path[4200];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, mode);
    if (file == NULL)
        die("a temporary file could not be opened");
    return file;
}

static void write_file(const char *name, const void *data, size_t size, size_t n)
{
    FILE *file = open_file(name, "wb");

    if (fwrite(data, size, n, file) != n || fclose(file) != 0)
        die("a temporary file could not be written");
}

static void read_file(const char *name, void *data, size_t size, size_t n)
{
    FILE *file = open_file(name, "rb");

    if (fread(data, size, n, file) != n)
        die("what Python has written could not be read");
    fclose(file);
}

static void tell_python(const struct rank_job *job)
{
    char line[32];

    write_file("ids", job->ids, sizeof *job->ids, job->total);
    write_file("scores", job->scores, sizeof *job->scores, job->total);
    fprintf(python.to, "data %s %d %zu", directory, job->by_scores, job->wanted);
    for (size_t i = 0; i < job->n; i++)
        fprintf(python.to, " %zu", job->lengths[i]);
    fputc('\n', python.to);
    coprocess_ask(&python, line, sizeof line);
}

/* The result of a contender is that of the library. */
static void check(const struct rank_job *job, const struct contender *c, const uint64_t *best, const double *sums,
                  size_t expected)
{
    const struct peer *peer = c->peer;
    size_t count;

    if (peer->way != NULL) {
        count = peer->way(job);
    } else {
        ask_python(peer->python, 1, &count);
        if (count == expected) {
            read_file("best", job->best, sizeof *job->best, count);
            read_file("sums", job->sums, sizeof *job->sums, count);
        }
    }
    if (count != expected)
        die("a contender found more or less than the library");
    for (size_t r = 0; r < count; r++) {
        const double apart = job->sums[r] - sums[r];

        if (job->best[r] != best[r] || !(apart >= -1e-12 && apart <= 1e-12))
            die("a contender's result is another one");
    }
}

/* The j-th of the different ids: any 64 bits, or small numbers. Both ways no two are the same. */
static uint64_t id_of(int kind, uint64_t j)
{
    j = kind == SMALL_IDS ? j : (j + 1) * UINT64_C(0xD6E8FEB86659FD93);
    return kind == SMALL_IDS ? j : (j ^ j >> 32) * UINT64_C(0xD6E8FEB86659FD93);
}

static size_t random_below(size_t n)
{
    return (size_t)((((uint64_t)random_u32() << 31) | random_u32()) % n);
}

/* Half of each list is in all others, too, and the other half in none; each is in an order of its own. */
static void make_list(uint64_t *ids, float *scores, const struct rank_case *c, size_t set, size_t i)
{
    const size_t shared = c->length / 2;
    const size_t first = c->ids == SMALL_IDS ? 0 : set * c->lists * c->length;

    for (size_t r = 0; r < c->length; r++) {
        const size_t other = random_below(r + 1);

        ids[r] = ids[other];
        ids[other] = id_of(c->ids, first + (r < shared ? r : i * (c->length - shared) + r));
        scores[r] = (float)(c->length - r) / (float)c->length + random_value() / 1e6f;
    }
}

static void add(struct cell *cell, const char *name, const struct peer *peer)
{
    cell_add(cell, &(struct contender){
                       .name = name, .peer = peer, .call = call_way, .time = peer->way == NULL ? time_python : NULL});
}

static void print(const struct cell *cell, const char *name)
{
    const double *ours = cell->contenders[cell->n - 1].ns;

    printf("%s\n", name);
    for (size_t c = cell->n; c-- > 0;) {
        const double *ns = cell->contenders[c].ns;
        const double median = ns[cell->turns / 2];

        printf("  %-14s ", cell->contenders[c].name);
        cell_print_ns(median);
        printf("  +-%3.0f %%%10.2f\n", 50 * (ns[cell->turns * 3 / 4] - ns[cell->turns / 4]) / median,
               median / ours[cell->turns / 2]);
    }
    fflush(stdout);
}

/* Sets of lists; all have one workspace, and one place for results. */
static struct jobs make_jobs(const struct rank_case *c)
{
    const size_t total = c->lists * c->length;
    struct rank_job job = {.n = c->lists,
                           .total = total,
                           .by_scores = c->by_scores,
                           .wanted = c->wanted < total ? c->wanted : total,
                           .best = get(total * sizeof *job.best),
                           .sums = get(total * sizeof *job.sums),
                           .workspace_size = ensemble_fusion_workspace_size(total)};
    struct jobs jobs = {c->sets, get(c->sets * sizeof job)};
    uint64_t *ids = get(c->sets * total * sizeof *ids);
    float *scores = get(c->sets * total * sizeof *scores);

    random_seed(1);
    job.workspace = get(job.workspace_size);
    for (size_t i = 0; i < c->lists; i++)
        job.lengths[i] = c->length;
    for (size_t set = 0; set < c->sets; set++) {
        job.ids = ids + set * total;
        job.scores = scores + set * total;
        jobs.job[set] = job;
        for (size_t i = 0, begin = set * total; i < c->lists; i++, begin += c->length)
            make_list(ids + begin, scores + begin, c, set, i);
    }
    return jobs;
}

static void free_jobs(struct jobs *jobs)
{
    free((void *)(uintptr_t)jobs->job->ids);
    free((void *)(uintptr_t)jobs->job->scores);
    free(jobs->job->best);
    free(jobs->job->sums);
    free(jobs->job->workspace);
    free(jobs->job);
}

static void add_all(struct cell *cell, const struct rank_job *job)
{
    static const struct peer library = {with_workspace, NULL}, alone = {with_malloc, NULL}, dict = {NULL, "dict"},
                             numpy = {NULL, "numpy"};
    static struct peer map, reserve, sorted, flat;

    map.way = rank_peers.map;
    reserve.way = rank_peers.reserve;
    sorted.way = rank_peers.sorted;
    flat.way = rank_peers.flat;
    if (python.to != NULL) {
        tell_python(job);
        add(cell, "Python dict", &dict);
        add(cell, "NumPy", &numpy);
    }
    add(cell, "unordered_map", &map);
    add(cell, "  reserve()", &reserve);
    add(cell, "C++ sort", &sorted);
    if (flat.way != NULL)
        add(cell, "flat_map", &flat);
    add(cell, "malloc", &alone);
    add(cell, "library", &library);
}

static void run(const struct rank_case *c, const struct timing *timing)
{
    struct jobs jobs = make_jobs(c);
    const struct rank_job *first = jobs.job;
    struct cell cell = {
        .method = c->name, .dtype = "f32", .models = c->lists, .rows = 1, .width = c->length, .job = &jobs};
    uint64_t *best = get(first->total * sizeof *best);
    double *sums = get(first->total * sizeof *sums);
    size_t found;

    add_all(&cell, first);
    found = with_workspace(first);
    memcpy(best, first->best, found * sizeof *best);
    memcpy(sums, first->sums, found * sizeof *sums);
    for (size_t i = 0; i < cell.n; i++)
        check(first, &cell.contenders[i], best, sums, found);
    cell_measure(&cell, timing);
    print(&cell, c->name);
    free(best);
    free(sums);
    free_jobs(&jobs);
}

static void stop(void)
{
    static const char *const names[] = {"ids", "scores", "best", "sums"};
    char path[4200];

    coprocess_stop(&python);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

static void start_python(const char *interpreter)
{
    const char *parent = getenv("TMPDIR");
    char line[512];

    if (!coprocess_start(&python, interpreter, RANK_PEERS, line, sizeof line)) {
        printf("SKIPPED: Python with NumPy (Debian: python3-numpy): %s", line);
        return;
    }
    printf("Beside it: %s", line);
    snprintf(directory, sizeof directory, "%s/bench-rank-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(directory) == NULL)
        die("no temporary directory");
    atexit(stop);
}

int main(int argc, char **argv)
{
    struct timing timing = {.turns = 15, .seconds = 20};
    const char *only = "", *interpreter = NULL;

    for (int i = 1; i < argc; i += 2) {
        const char *value = argv[i + 1];

        if (value == NULL)
            die("an option without its value");
        if (strcmp(argv[i], "--only") == 0)
            only = value;
        else if (strcmp(argv[i], "--turns") == 0)
            timing.turns = (size_t)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            timing.seconds = strtod(value, NULL);
        else if (strcmp(argv[i], "--python") == 0)
            interpreter = value;
        else if (strcmp(argv[i], "--csv") != 0 || (timing.csv = fopen(value, "w")) == NULL)
            die("unknown option, or no CSV file");
    }
    if (timing.turns < 1 || timing.turns > MAX_TURNS)
        die("--turns must be 1 to 101");
    printf("libensemble %u. One thread; medians of up to %zu interleaved turns, +- half of what lies between the\n"
           "quartiles, and times what the library takes with a workspace. Half of each list is in\n"
           "all others.\n",
           ensemble_version(), timing.turns);
    if (timing.csv != NULL)
        fprintf(timing.csv, "method,dtype,models,rows,width,contender,median_ns,quartile1_ns,quartile3_ns\n");
    if (rank_peers.flat == NULL)
        puts("SKIPPED: boost::unordered_flat_map (Debian: libboost1.81-dev)");
    start_python(interpreter);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strstr(cases[i].name, only) != NULL)
            run(&cases[i], &timing);
    return timing.csv != NULL && fclose(timing.csv) != 0;
}
