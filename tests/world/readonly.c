/* SPDX-License-Identifier: MIT */
/* Calls on a const handle do not write to it: they are made while the pages of all handles can only be read. */
#include "work.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Memory of all handles: given out in order, taken back by nobody. */
#define ARENA (8u << 20)
static unsigned char *arena;
static size_t used;

static void *allocate(size_t size, void *user)
{
    const size_t rounded = (size + 63) / 64 * 64;
    unsigned char *memory = arena + used;

    (void)user;
    if (rounded > ARENA - used)
        return NULL;
    used += rounded;
    return memory;
}

static void release(void *memory, size_t size, void *user)
{
    (void)memory, (void)size, (void)user;
}

/* Whether a write to the arena is a fault, as it should be. */
static int is_guarded(void)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        arena[0] ^= 1;
        _exit(EXIT_SUCCESS);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

int main(void)
{
    uint64_t before;

    arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (arena == MAP_FAILED)
        return EXIT_FAILURE;
    work_begin(allocate, release, NULL);
    before = work_do(NULL);
    if (mprotect(arena, ARENA, PROT_READ) || !is_guarded()) {
        fprintf(stderr, "FAILED: readonly: the handles' pages can be written\n");
        return EXIT_FAILURE;
    }
    if (work_do(NULL) != before) {
        fprintf(stderr, "FAILED: readonly: other answers\n");
        return EXIT_FAILURE;
    }
    printf("ok: calls on const handles, whose %zu bytes can only be read, write nothing there\n", used);
    return EXIT_SUCCESS;
}
