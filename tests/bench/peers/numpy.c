/* SPDX-License-Identifier: MIT */
#include "numpy.h"

#include "../cell.h"
#include "../coprocess.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PEERS_NUMPY
#define PEERS_NUMPY "tests/bench/peers/numpy_torch.py"
#endif

static struct coprocess python;
static const char *base;
static char names_line[512];

void numpy_stop(void)
{
    coprocess_stop(&python);
}

void numpy_start(const char *interpreter)
{
    char line[512];
    int there = coprocess_start(&python, interpreter, PEERS_NUMPY, line, sizeof line);

    if (there)
        printf("  %s", line);
    if (!there || strstr(line, "NumPy ") == NULL)
        puts("  SKIPPED: NumPy (Debian: python3-numpy)");
    if (!there || strstr(line, "PyTorch ") == NULL)
        puts("  SKIPPED: PyTorch (Debian: python3-torch)");
    atexit(numpy_stop);
}

void numpy_memory(int file, const void *memory, size_t size)
{
    char line[64];

    base = memory;
    if (python.to == NULL)
        return;
    fprintf(python.to, "memory /proc/%ld/fd/%d %zu\n", (long)getpid(), file, size);
    coprocess_ask(&python, line, sizeof line);
}

size_t numpy_task(const struct sum *sum, const char **names)
{
    static const char *const types[KINDS] = {"f32 f32", "f64 f64", "f16 f32", "bf16 f32", "f16 f16", "bf16 bf16"};
    size_t n = 0;

    if (python.to == NULL)
        return 0;
    fprintf(python.to, "cell %s %zu %zu %zu %zu %zu %zu %zu", types[sum->kind], sum->models, sum->rows, sum->width,
            sum->stride, sum->step, (size_t)((const char *)sum->in[0] - base),
            (size_t)((const char *)sum->out - base));
    for (size_t i = 0; i < sum->models; i++)
        fprintf(python.to, " %.17g", sum->weights64[i]);
    fputc('\n', python.to);
    coprocess_ask(&python, names_line, sizeof names_line);
    for (char *name = strtok(names_line, " \n"); name != NULL && n < MOST_PYTHON; name = strtok(NULL, " \n"))
        if (strcmp(name, "none") != 0)
            names[n++] = name;
    return n;
}

double numpy_time(const char *name, size_t calls)
{
    char line[128];

    fprintf(python.to, "run %s %zu\n", name, calls);
    coprocess_ask(&python, line, sizeof line);
    return strtod(line, NULL);
}
