/* SPDX-License-Identifier: MIT */
/*
 * The shared library as a plug-in: loaded, used by threads, and unloaded while they live on, again and again. It leaves
 * nothing behind: no mapping, no memory, no thread-local storage, nothing that a thread's end would call.
 *
 *     reload LIBRARY [--loads N] [--sanitized]
 *
 * LIBRARY is a path with a slash in it. --sanitized: growth is not an error. Sanitizers keep what is released, and
 * notes about what was mapped; what they look for they find nevertheless.
 */
#define _POSIX_C_SOURCE 200809L

#include <dlfcn.h>
#include <ensemble.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, MODELS = 3, ROWS = 5, WIDTH = 21 };

/* What the first loads leave behind is the C library's: its heaps, its buffers. */
enum { WARM = 10 };

/* What may come and go after that: a thread's heap grows by a page or two. A load that leaks leaks each time. */
enum { GROWTH_KIB = 32 };

/* The functions that are used, as X(type of result, name, parameters). */
#define FUNCTIONS(X) \
    X(int, create, (struct ensemble **, size_t)) \
    X(int, clone, (struct ensemble **, const struct ensemble *)) \
    X(void, destroy, (struct ensemble *)) \
    X(int, add_model_output, (struct ensemble *, const void *, int32_t, size_t)) \
    X(int, set_weights, (struct ensemble *, const double *, size_t)) \
    X(int, set_method, (struct ensemble *, int32_t)) \
    X(int, set_input, (struct ensemble *, size_t, int32_t, double)) \
    X(int, combine, (const struct ensemble *, void *, int32_t, size_t)) \
    X(int, run_flat, \
      (const struct ensemble *, const void *, int32_t, size_t, size_t, size_t, void *, int32_t, size_t, size_t, \
       void *, size_t)) \
    X(const char *, strerror, (int)) \
    X(uint32_t, version, (void))

#define MEMBER(type, name, parameters) type(*name) parameters;
static struct library {
    void *handle;
    FUNCTIONS(MEMBER)
} library;

static pthread_barrier_t barrier;
static atomic_int over;
static atomic_size_t failures;

/* One in each thread and load, made of what differs between them: sixteenths, so that a sum of quarters is exact. */
static float said(size_t seed, size_t model, size_t i)
{
    return (float)((seed * 31 + model * 17 + i * 7) % 97) / 16;
}

static int sums_are_right(const struct ensemble *e, size_t seed)
{
    float y[ROWS * WIDTH];

    if (library.combine(e, y, ENSEMBLE_F32, ROWS * WIDTH) != 0)
        return 0;
    for (size_t i = 0; i < ROWS * WIDTH; i++)
        if (y[i] != said(seed, 0, i) / 4 + said(seed, 1, i) / 2 + said(seed, 2, i) / 4)
            return 0;
    return 1;
}

/* Of the medians with equal weights, and of pools of logits that are all the same. */
static int medians_and_pools_are_right(struct ensemble *e, float outputs[MODELS][ROWS * WIDTH])
{
    double y[ROWS * WIDTH];

    if (library.set_weights(e, NULL, 0) != 0 || library.set_method(e, ENSEMBLE_MEDIAN) != 0 ||
        library.run_flat(e, outputs, ENSEMBLE_F32, ROWS, 0, 0, y, ENSEMBLE_F64, ROWS * WIDTH, 0, NULL, 0) != 0)
        return 0;
    for (size_t i = 0; i < ROWS * WIDTH; i++) {
        const float a = outputs[0][i], b = outputs[1][i], c = outputs[2][i];
        const float low = a < b ? a : b, high = a < b ? b : a;

        if (y[i] != (double)(c < low ? low : c > high ? high : c))
            return 0;
    }
    memset(outputs, 0, MODELS * sizeof *outputs);
    for (size_t i = 0; i < MODELS; i++)
        if (library.set_input(e, i, ENSEMBLE_LOGITS, 2) != 0)
            return 0;
    if (library.set_method(e, ENSEMBLE_LOG_POOL) != 0 ||
        library.run_flat(e, outputs, ENSEMBLE_F32, ROWS, 0, 0, y, ENSEMBLE_F64, ROWS * WIDTH, 0, NULL, 0) != 0)
        return 0;
    for (size_t i = 0; i < ROWS * WIDTH; i++)
        if (!(y[i] > 1. / WIDTH - 1e-12 && y[i] < 1. / WIDTH + 1e-12))
            return 0;
    return 1;
}

/* A handle and its copy, from the first call to the last, all within one load. */
static int calls_are_right(size_t seed)
{
    static const double weights[MODELS] = {.25, .5, .25};
    float outputs[MODELS][ROWS * WIDTH];
    struct ensemble *e = NULL, *copy = NULL;
    int right = library.version() == ENSEMBLE_VERSION && library.strerror(ENSEMBLE_EROWS)[0] != '\0' &&
                library.create(&e, WIDTH) == 0;

    for (size_t model = 0; right && model < MODELS; model++) {
        for (size_t i = 0; i < ROWS * WIDTH; i++)
            outputs[model][i] = said(seed, model, i);
        right = library.add_model_output(e, outputs[model], ENSEMBLE_F32, ROWS) == (int)model;
    }
    right = right && library.set_weights(e, weights, MODELS) == 0 && library.clone(&copy, e) == 0;
    right = right && sums_are_right(e, seed) && sums_are_right(copy, seed);
    library.destroy(e);
    right = right && medians_and_pools_are_right(copy, outputs);
    library.destroy(copy);
    return right;
}

/* Between its second barrier and the next first one, no thread is inside of the library or knows an address of it. */
static void *work(void *argument)
{
    for (size_t seed = *(const size_t *)argument;; seed += THREADS) {
        pthread_barrier_wait(&barrier);
        if (atomic_load(&over))
            return NULL;
        if (!calls_are_right(seed))
            atomic_fetch_add(&failures, 1);
        pthread_barrier_wait(&barrier);
    }
}

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "reload: %s: %s\n", what, why);
    exit(1);
}

static void load(const char *path)
{
    library.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library.handle == NULL)
        give_up(path, dlerror());
#define FIND(type, name, parameters) \
    { \
        void *const address = dlsym(library.handle, "ensemble_" #name); \
        if (address == NULL) \
            give_up("ensemble_" #name, "it is not there"); \
        memcpy(&library.name, &address, sizeof address); \
    }
    FUNCTIONS(FIND)
}

/* The lines of /proc/self/maps; of them `*of_path`, those that name the library. */
static size_t mappings(const char *path, size_t *of_path)
{
    const char *name = strrchr(path, '/');
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    size_t n = 0;

    if (maps == NULL)
        give_up("/proc/self/maps", "it cannot be read");
    *of_path = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        n++;
        *of_path += strstr(line, name) != NULL;
    }
    fclose(maps);
    return n;
}

/* Memory that the process has written to, in KiB: exact, where what is resident changes with what files are read. */
static size_t written_kib(void)
{
    FILE *rollup = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    unsigned long kib = 0;
    int found = 0;

    if (rollup == NULL)
        give_up("/proc/self/smaps_rollup", "it cannot be read");
    while (fgets(line, sizeof line, rollup) != NULL)
        found += sscanf(line, "Anonymous: %lu", &kib) == 1;
    fclose(rollup);
    if (found != 1)
        give_up("/proc/self/smaps_rollup", "it does not say what is anonymous");
    return kib;
}

/* musl keeps what it has loaded, so that there every load but the first finds the library where it was. */
static void unload(const char *path)
{
    size_t left;

    memset(&library.create, 0, sizeof library - offsetof(struct library, create));
    if (dlclose(library.handle) != 0)
        give_up(path, dlerror());
#ifdef __GLIBC__
    mappings(path, &left);
    if (left > 0 || dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL)
        give_up(path, "it is still there after dlclose()");
#else
    (void)left;
#endif
}

/* Returns 1 if the process has grown. */
static int load_and_unload(const char *path, size_t loads)
{
    size_t mapped = 0, written = 0, of_path;

    for (size_t i = 0; i < loads; i++) {
        load(path);
        pthread_barrier_wait(&barrier); /* the threads begin, */
        pthread_barrier_wait(&barrier); /* and are done */
        unload(path);
        if (i + 1 == WARM) {
            mapped = mappings(path, &of_path);
            written = written_kib();
        }
    }
    printf("mappings after %d loads: %zu, after %zu: %zu; memory: %zu KiB, %zu KiB\n", WARM, mapped, loads,
           mappings(path, &of_path), written, written_kib());
    return mappings(path, &of_path) > mapped || written_kib() > written + GROWTH_KIB;
}

static void read_options(int argc, char **argv, size_t *loads, int *sanitized)
{
    int at = 2;

    while (at < argc) {
        if (strcmp(argv[at], "--sanitized") == 0)
            *sanitized = 1;
        else if (at + 1 < argc && strcmp(argv[at], "--loads") == 0)
            *loads = (size_t)strtoull(argv[++at], NULL, 10);
        else
            break;
        at++;
    }
    if (at == argc && strchr(argv[1], '/') != NULL && *loads > WARM)
        return;
    fprintf(stderr, "usage: reload LIBRARY [--loads N] [--sanitized], N above %d\n", WARM);
    exit(2);
}

int main(int argc, char **argv)
{
    pthread_t thread[THREADS];
    size_t numbers[THREADS], loads = 1000;
    int grown, sanitized = 0;

    read_options(argc, argv, &loads, &sanitized);
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (size_t i = 0; i < THREADS; i++) {
        numbers[i] = i;
        if (pthread_create(&thread[i], NULL, work, &numbers[i]) != 0)
            give_up("pthread_create", "no thread can be started");
    }
    grown = load_and_unload(argv[1], loads);
    atomic_store(&over, 1);
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    grown = grown && !sanitized;
    if (grown)
        fprintf(stderr, "reload: the process has grown\n");
    printf("reload: %zu loads under %d threads, %zu wrong answers\n", loads, THREADS, atomic_load(&failures));
    return grown || atomic_load(&failures) > 0;
}
