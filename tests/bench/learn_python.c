/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* mkdtemp */

#include "learn_python.h"

#include "coprocess.h"

#include <stdlib.h>
#include <unistd.h>

#ifndef LEARN_PEERS
#define LEARN_PEERS "tests/bench/learn_peers.py"
#endif

static struct coprocess python;
static char directory[4096];

static void remove_files(void)
{
    static const char *const names[] = {"outputs", "truth"};
    char path[4200];

    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

static void stop(void)
{
    coprocess_stop(&python);
}

int python_start(const char *interpreter)
{
    const char *parent = getenv("TMPDIR");
    char line[512];

    if (!coprocess_start(&python, interpreter, LEARN_PEERS, line, sizeof line)) {
        printf("SKIPPED: NumPy and SciPy (Debian: python3-numpy python3-scipy): %s", line);
        return 0;
    }
    printf("Beside it: %s", line);
    snprintf(directory, sizeof directory, "%s/bench-learn-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(directory) == NULL)
        die("no temporary directory");
    atexit(remove_files);
    atexit(stop);
    return 1;
}

void python_data(const struct learn_data *data)
{
    char line[512];

    learn_data_write(data, directory);
    fprintf(python.to, "data %s %s %zu %zu %zu\n", directory, data->dtype == ENSEMBLE_F32 ? "f32" : "f64", data->models,
            data->rows, data->width);
    coprocess_ask(&python, line, sizeof line);
}

double python_time(const char *task, const char *name, size_t calls, double goal, double *answer, size_t n)
{
    char line[MAX_MODELS * 32 + 64], *at = line;
    double ns;

    fprintf(python.to, "run %s %s %zu %.17g\n", task, name, calls, goal);
    coprocess_ask(&python, line, sizeof line);
    ns = strtod(at, &at);
    for (size_t i = 0; i < n; i++)
        answer[i] = strtod(at, &at);
    return ns;
}
