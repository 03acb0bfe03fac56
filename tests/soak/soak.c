/* SPDX-License-Identifier: MIT */
/*
 * The library in a server: threads that answer requests of every kind, sound and faulty, while another one replaces the
 * weights. Each answer is compared bit by bit with one that was known before; every byte around it is looked at; a
 * request allocates nothing, and in the end nothing is left.
 *
 *     soak [--requests N] [--threads N] [--seed N]
 */
#include "counted.h"
#include "worker.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* New weights come once in so many requests, and the requests do not run ahead of them by more than so many. */
enum { REQUESTS_PER_EDITION = 100, LEAD = 500 };

static struct shelf shelves[SERVICES];
static struct offer offers[READERS];
static struct worker workers[READERS];
static atomic_size_t served, published;
static atomic_size_t bytes; /* out with the hooks */

/* What the requests are dealt from; then a worker takes a few at a time. */
static size_t requests = 1000000;
static size_t threads = 4;
static uint64_t seed = 1;
static atomic_size_t dealt;

static void *work(void *argument)
{
    enum { AT_A_TIME = 50 };
    struct worker *worker = argument;

    for (size_t begin; (begin = atomic_fetch_add(&dealt, AT_A_TIME)) < requests;) {
        const size_t left = requests - begin, n = left < AT_A_TIME ? left : AT_A_TIME;

        while (begin > atomic_load(&published) * REQUESTS_PER_EDITION + LEAD)
            sched_yield();
        for (size_t i = 0; i < n; i++)
            worker_serve(worker, begin + i);
        atomic_fetch_add(&served, n);
    }
    return NULL;
}

/* In turns of the services, as far as the requests have come. */
static void *update(void *argument)
{
    size_t *failures = argument;

    for (size_t n = 1; n <= requests / REQUESTS_PER_EDITION; n++) {
        while (atomic_load(&served) < n * REQUESTS_PER_EDITION)
            sched_yield();
        *failures += publish_next(&shelves[n % SERVICES]) != 0;
        atomic_store(&published, n);
    }
    return NULL;
}

static void start(pthread_t *thread, void *(*function)(void *), void *argument)
{
    if (pthread_create(thread, NULL, function, argument) == 0)
        return;
    fprintf(stderr, "soak: no thread can be started\n");
    exit(1);
}

/* Every second service has memory of its own; the others have malloc(). */
static void prepare(void)
{
    const struct ensemble_options options = {.struct_size = sizeof options,
                                             .allocate = counted_allocate,
                                             .release = counted_release,
                                             .user = &bytes};

    for (size_t i = 0; i < SERVICES; i++) {
        service_prepare(&services[i]);
        publish_first(&shelves[i], service_ensemble(&services[i], 0, i % 2 ? &options : NULL));
    }
    for (size_t i = 0; i < threads; i++) {
        workers[i] = (struct worker){.index = i,
                                     .seed = seed,
                                     .shelves = shelves,
                                     .offers = offers,
                                     .workers = threads};
        worker_prepare(&workers[i]);
    }
}

/* Returns the number of failures. */
static size_t serve_all(void)
{
    pthread_t thread[READERS], updater;
    size_t failures = 0;

    for (size_t i = 0; i < threads; i++)
        start(&thread[i], work, &workers[i]);
    start(&updater, update, &failures);
    for (size_t i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    pthread_join(updater, NULL);
    for (size_t i = 0; i < threads; i++)
        failures += workers[i].failures;
    return failures;
}

/* Kinds of requests that there are and that nobody made: 0, but in short runs. */
static size_t kinds_left_out(size_t *kinds)
{
    size_t left_out = 0;

    *kinds = 0;
    for (size_t s = 0; s < SERVICES; s++)
        for (enum form form = RUN; form < FORMS; form++)
            for (enum fault fault = (enum fault)WHOLE; fault < FAULTS; fault++) {
                size_t made = 0;

                if (!request_is_possible(&services[s], form, fault))
                    continue;
                for (size_t i = 0; i < threads; i++)
                    made += workers[i].made[s][form][fault];
                ++*kinds;
                left_out += made == 0;
            }
    return left_out;
}

/* Returns how many blocks are left. */
static size_t discard(void)
{
    for (size_t i = 0; i < threads; i++)
        worker_discard(&workers[i]);
    for (size_t i = 0; i < SERVICES; i++) {
        publish_end(&shelves[i]);
        service_discard(&services[i]);
    }
    return counted_blocks();
}

/* What happened besides, so that a reader sees that it did. */
static void print_counts(void)
{
    size_t refused = 0, renewed = 0, lent = 0, taken = 0;

    for (size_t i = 0; i < threads; i++) {
        refused += workers[i].refused;
        renewed += workers[i].renewed;
        lent += offers[i].offers;
        taken += atomic_load(&offers[i].taken);
    }
    printf("%zu refused as they should, %zu clones for workers, %zu calls in pieces, of which other threads took %zu\n",
           refused, renewed, lent, taken);
}

static void read_options(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const unsigned long long number = strtoull(argv[i + 1], NULL, 10);

        if (strcmp(argv[i], "--requests") == 0 && number > 0)
            requests = (size_t)number;
        else if (strcmp(argv[i], "--threads") == 0 && number > 0 && number <= READERS)
            threads = (size_t)number;
        else if (strcmp(argv[i], "--seed") == 0)
            seed = number;
        else
            argc = 0;
    }
    if (argc % 2 == 1)
        return;
    fprintf(stderr, "usage: soak [--requests N] [--threads N] [--seed N]\n");
    exit(2);
}

int main(int argc, char **argv)
{
    size_t failures, left_out, kinds, blocks;

    read_options(argc, argv);
    prepare();
    failures = serve_all();
    left_out = kinds_left_out(&kinds);
    if (left_out > 0 && requests >= 50000) {
        fprintf(stderr, "soak: %zu of %zu kinds of requests were not made\n", left_out, kinds);
        failures++;
    }
    print_counts();
    blocks = discard();
    if (blocks > 0 || atomic_load(&bytes) > 0) {
        fprintf(stderr, "soak: %zu blocks are left, and %zu bytes of the hooks\n", blocks, atomic_load(&bytes));
        failures++;
    }
    printf("soak: %zu requests of %zu kinds by %zu threads, %zu new sets of weights, seed %llu: %zu failures\n",
           requests, kinds, threads, requests / REQUESTS_PER_EDITION, (unsigned long long)seed, failures);
    return failures > 0;
}
