/* SPDX-License-Identifier: MIT */
/*
 * Contenders of a Python script that runs beside this program: on a line of its own choice it answers the names of
 * those that can do a task, on "run NAME CALLS" the nanoseconds of a call.
 */
#ifndef BENCH_PEERS_SCRIPT_H
#define BENCH_PEERS_SCRIPT_H

#include "../cell.h"
#include "../coprocess.h"

enum { MOST_SCRIPTED = 28 };

struct script {
    struct coprocess process;
    const char *file;
    char line[1024]; /* the last that it said */
};

/* Starts it; 1, or 0 where it cannot run here, which is then said aloud, with what to install. */
int script_start(struct script *script, const char *file, const char *interpreter, const char *packages);

/* Tells it a line (of printf) that needs the answer "ok". */
void script_tell(struct script *script, const char *format, ...);

/* Ends the program, with the script's words, unless it said "ok" to what was sent. */
void script_must(struct script *script);

/*
 * After a line about a task was printed to script->process.to: adds those that it names to the cell. A name that begins
 * with = is a yardstick, one that begins with + has 1 for `fixed`; the sign is no part of the name. The names last
 * until the next line.
 */
void script_add(struct script *script, struct cell *cell);

void script_stop(struct script *script);

#endif
