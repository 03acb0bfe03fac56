/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int script_start(struct script *script, const char *file, const char *interpreter, const char *packages)
{
    script->file = file;
    if (!coprocess_start(&script->process, interpreter, file, script->line, sizeof script->line)) {
        printf("SKIPPED (Debian: %s): %s", packages, script->line);
        return 0;
    }
    printf("Beside: %s", script->line);
    return 1;
}

void script_must(struct script *script)
{
    coprocess_ask(&script->process, script->line, sizeof script->line);
    if (strncmp(script->line, "ok", 2) == 0)
        return;
    fprintf(stderr, "%s: %s", script->file, script->line);
    script_stop(script);
    exit(1);
}

void script_tell(struct script *script, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(script->process.to, format, arguments);
    va_end(arguments);
    script_must(script);
}

static double time_script(const void *job, const struct contender *me, size_t calls)
{
    struct coprocess process = *(const struct coprocess *)me->peer;
    char line[128];

    (void)job;
    fprintf(process.to, "run %s %zu\n", me->name, calls);
    coprocess_ask(&process, line, sizeof line);
    return strtod(line, NULL);
}

void script_add(struct script *script, struct cell *cell)
{
    size_t n = 0;

    coprocess_ask(&script->process, script->line, sizeof script->line);
    if (strncmp(script->line, "error", 5) == 0) {
        fprintf(stderr, "%s: %s", script->file, script->line);
        script_stop(script);
        exit(1);
    }
    for (char *name = strtok(script->line, " \n"); name != NULL && n < MOST_SCRIPTED; name = strtok(NULL, " \n"), n++)
        cell_add(cell, &(struct contender){.name = name + (*name == '=' || *name == '+'),
                                           .time = time_script,
                                           .peer = &script->process,
                                           .fixed = *name == '+',
                                           .yardstick = *name == '='});
}

void script_stop(struct script *script)
{
    coprocess_stop(&script->process);
}
