/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* mkdtemp, setenv */

#include "learn_python.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef LEARN_PEERS
#define LEARN_PEERS "tests/bench/learn_peers.py"
#endif

static FILE *to, *from;
static pid_t process;
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
    if (to == NULL)
        return;
    fclose(to);
    fclose(from);
    waitpid(process, NULL, 0);
    to = from = NULL;
}

/* The process's side. One thread, as the library has, unless the environment says otherwise. */
_Noreturn static void become(const char *interpreter, const int *in, const int *out)
{
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
    setenv("OMP_NUM_THREADS", "1", 0);
    setenv("MKL_NUM_THREADS", "1", 0);
    if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
        _exit(127);
    close(in[0]);
    close(in[1]);
    close(out[0]);
    close(out[1]);
    execlp(interpreter, interpreter, LEARN_PEERS, (char *)NULL);
    printf("missing: no %s\n", interpreter);
    fflush(stdout);
    _exit(127);
}

static void ask(char *line, size_t size)
{
    fflush(to);
    if (fgets(line, (int)size, from) == NULL)
        die("Python ended (its message is above)");
}

/* 1: it is there, and `line` says what it is; 0: it is not, and `line` says why. */
static int start(const char *interpreter, char *line, size_t size)
{
    int in[2], out[2];

    fflush(stdout);
    if (pipe(in) != 0 || pipe(out) != 0 || (process = fork()) < 0)
        die("no process could be started");
    if (process == 0)
        become(interpreter, in, out);
    close(in[0]);
    close(out[1]);
    to = fdopen(in[1], "w");
    from = fdopen(out[0], "r");
    if (to == NULL || from == NULL)
        die("no process could be started");
    ask(line, size);
    if (strncmp(line, "missing", 7) != 0)
        return 1;
    stop();
    return 0;
}

int python_start(const char *interpreter)
{
    static const char *const usual[] = {"python3", "/usr/bin/python3"};
    const char *parent = getenv("TMPDIR");
    char line[512];
    int found;

    signal(SIGPIPE, SIG_IGN);
    found = start(interpreter != NULL ? interpreter : usual[0], line, sizeof line) ||
            (interpreter == NULL && start(usual[1], line, sizeof line));
    if (!found) {
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
    fprintf(to, "data %s %s %zu %zu %zu\n", directory, data->dtype == ENSEMBLE_F32 ? "f32" : "f64", data->models,
            data->rows, data->width);
    ask(line, sizeof line);
}

double python_time(const char *task, const char *name, size_t calls, double goal, double *answer, size_t n)
{
    char line[MAX_MODELS * 32 + 64], *at = line;
    double ns;

    fprintf(to, "run %s %s %zu %.17g\n", task, name, calls, goal);
    ask(line, sizeof line);
    ns = strtod(at, &at);
    for (size_t i = 0; i < n; i++)
        answer[i] = strtod(at, &at);
    return ns;
}
