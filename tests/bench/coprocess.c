/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* setenv */

#include "coprocess.h"

#include "cell.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void coprocess_stop(struct coprocess *c)
{
    if (c->to == NULL)
        return;
    fclose(c->to);
    fclose(c->from);
    waitpid(c->process, NULL, 0);
    c->to = c->from = NULL;
}

/* The process's side. One thread, as the library has, unless the environment says otherwise. */
_Noreturn static void become(const char *interpreter, const char *script, const int *in, const int *out)
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
    execlp(interpreter, interpreter, script, (char *)NULL);
    printf("missing: no %s\n", interpreter);
    fflush(stdout);
    _exit(127);
}

void coprocess_ask(struct coprocess *c, char *line, size_t size)
{
    fflush(c->to);
    if (fgets(line, (int)size, c->from) == NULL)
        die("Python ended (its message is above)");
}

static int start(struct coprocess *c, const char *interpreter, const char *script, char *line, size_t size)
{
    int in[2], out[2];

    fflush(stdout);
    if (pipe(in) != 0 || pipe(out) != 0 || (c->process = fork()) < 0)
        die("no process could be started");
    if (c->process == 0)
        become(interpreter, script, in, out);
    close(in[0]);
    close(out[1]);
    c->to = fdopen(in[1], "w");
    c->from = fdopen(out[0], "r");
    if (c->to == NULL || c->from == NULL)
        die("no process could be started");
    coprocess_ask(c, line, size);
    if (strncmp(line, "missing", 7) != 0)
        return 1;
    coprocess_stop(c);
    return 0;
}

int coprocess_start(struct coprocess *c, const char *interpreter, const char *script, char *line, size_t size)
{
    signal(SIGPIPE, SIG_IGN);
    return start(c, interpreter != NULL ? interpreter : "python3", script, line, size) ||
           (interpreter == NULL && start(c, "/usr/bin/python3", script, line, size));
}
