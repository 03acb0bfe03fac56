/* SPDX-License-Identifier: MIT */
/*
 * The first call of a process, by 16 threads at the same moment, each on a handle of its own. Each start is a process
 * in which the library has not been called yet.
 *
 *     first [STARTS]
 */
#include <ensemble.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 16

static pthread_barrier_t barrier;

/* NULL if the answer is right. */
static void *call(void *unused)
{
    static const float outputs[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    static const double weights[] = {.25, .5, .25};
    static const float expected[] = {4, 5, 6};
    struct ensemble *e = NULL;
    float y[3];
    int code;

    pthread_barrier_wait(&barrier);
    code = ensemble_create(&e, 3);
    for (int i = 0; code >= 0 && i < 3; i++)
        code = ensemble_add_model_output(e, outputs[i], ENSEMBLE_F32, 1);
    if (code >= 0)
        code = ensemble_set_weights(e, weights, 3);
    if (code >= 0)
        code = ensemble_combine(e, y, ENSEMBLE_F32, 3);
    ensemble_destroy(e);
    (void)unused;
    return code < 0 || memcmp(y, expected, sizeof y) != 0 ? &barrier : NULL;
}

static int start(void)
{
    pthread_t threads[THREADS];
    int wrong = 0;

    if (pthread_barrier_init(&barrier, NULL, THREADS))
        return EXIT_FAILURE;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, call, NULL))
            return EXIT_FAILURE;
    for (int i = 0; i < THREADS; i++) {
        void *answer;

        wrong |= pthread_join(threads[i], &answer) || answer;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    const int starts = argc > 1 ? atoi(argv[1]) : 200;

    for (int i = 0; i < starts; i++) {
        const pid_t child = fork();
        int status;

        if (child == 0)
            exit(start());
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            fprintf(stderr, "FAILED: first: start %d of %d\n", i + 1, starts);
            return EXIT_FAILURE;
        }
    }
    printf("ok: the first call of %d processes, by %d threads at once\n", starts, THREADS);
    return starts > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
