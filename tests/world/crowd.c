/* SPDX-License-Identifier: MIT */
/*
 * Signals interrupt calls, and their handler makes calls of its own on the same handles; a process with threads forks
 * in the middle of them, and the child goes on. All answers are those of a process that does one thing at a time.
 */
#include "work.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 2
#define CHILDREN 5
#define SIGNALS 10

static uint64_t expected;
static volatile sig_atomic_t signals, wrong_in_handler;
static int enough; /* by atomic operations */

static void handle(int number)
{
    (void)number;
    if (work_do(NULL) != expected)
        wrong_in_handler = 1;
    signals++;
}

static void fail(const char *what)
{
    fprintf(stderr, "FAILED: crowd: %s\n", what);
    exit(EXIT_FAILURE);
}

static void *keep_working(void *wrong)
{
    while (!__atomic_load_n(&enough, __ATOMIC_RELAXED))
        if (work_do(NULL) != expected)
            __atomic_store_n((int *)wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void fork_now(void)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        const uint64_t hash = work_do(NULL);

        work_end();
        work_begin(NULL, NULL, NULL);
        _exit(hash == expected && work_do(NULL) == expected ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        fail("a child of a process with threads");
}

/* One signal for each round, a little later each time. */
static void be_interrupted(void)
{
    struct sigaction action = {.sa_handler = handle};

    sigemptyset(&action.sa_mask);
    if (sigaction(SIGALRM, &action, NULL))
        fail("no handler");
    for (int round = 0; signals < SIGNALS; round++) {
        const struct itimerval soon = {{0, 0}, {0, 100 + 1973 * (round % SIGNALS)}};

        if (setitimer(ITIMER_REAL, &soon, NULL))
            fail("no timer");
        if (work_do(NULL) != expected)
            fail("an interrupted call");
    }
    if (wrong_in_handler)
        fail("a call in a signal handler");
}

int main(void)
{
    pthread_t threads[THREADS];
    int wrong = 0;

    work_begin(NULL, NULL, NULL);
    expected = work_do(NULL);
    be_interrupted();
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, keep_working, &wrong))
            fail("no thread");
    for (int i = 0; i < CHILDREN; i++)
        fork_now();
    __atomic_store_n(&enough, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (wrong)
        fail("a call while others fork");
    work_end();
    printf("ok: %d signals whose handler calls the library, %d forks of a process with %d threads at work\n",
           (int)signals, CHILDREN, THREADS);
    return EXIT_SUCCESS;
}
