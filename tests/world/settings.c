/* SPDX-License-Identifier: MIT */
/*
 * The processor's floating-point settings are the caller's: rounding, the flushing of denormals, masks of exceptions.
 * They are the same before the library is loaded, afterwards, after every call, and when it is gone; whatever they
 * are. The results are promised in the default ones only, and are again those once they are back.
 *
 *     settings SHARED-LIBRARY
 */
#include "calls.h"
#include "work.h"

#include <dlfcn.h>
#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>

/* All settings, and none of the flags that operations raise. */
static uint64_t settings(void)
{
#if defined __x86_64__ || defined __i386__
    uint16_t x87;

    __asm__ volatile("fnstcw %0" : "=m"(x87));
    return (uint64_t)x87 << 32 | (__builtin_ia32_stmxcsr() & ~0x3Fu);
#elif defined __aarch64__
    uint64_t fpcr;

    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr;
#else
    return (uint64_t)fegetround();
#endif
}

/* Flushes denormals to zero, in operands and results, where the processor can. */
static void flush_denormals(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined __aarch64__
    __asm__ volatile("msr fpcr, %0" : : "r"(settings() | 1u << 24));
#endif
}

static uint64_t expected;

static void look(const char *call)
{
    if (settings() != expected) {
        fprintf(stderr, "FAILED: settings: %s leaves %llx, not %llx\n", call, (unsigned long long)settings(),
                (unsigned long long)expected);
        exit(EXIT_FAILURE);
    }
}

/* The calls that change handles, too. Whether they find an answer in odd settings is not asked; they return. */
static void change_handles(void)
{
    for (const struct calls_call *call = calls_all; call->name; call++) {
        struct ensemble *e = calls_handle(call->handle, NULL);
        struct calls_given given = {0};

        look("making a handle");
        (void)call->make(e, &given);
        look(call->name);
        ensemble_destroy(given.made);
        ensemble_destroy(e);
        look("destroying");
    }
}

static void work_with(const char *name, int rounding, int flush, uint64_t usual)
{
    uint64_t hash;

    fesetround(rounding);
    if (flush)
        flush_denormals();
    expected = settings();
    (void)work_do(look);
    change_handles();
    fesetenv(FE_DFL_ENV);
    expected = settings();
    hash = work_do(look);
    if (hash != usual) {
        fprintf(stderr, "FAILED: settings: after %s, the answers are no longer the usual ones\n", name);
        exit(EXIT_FAILURE);
    }
}

static void load(const char *path)
{
    void *library;

    expected = settings();
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "FAILED: settings: %s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    look("loading");
    dlclose(library);
    look("unloading");
}

int main(int argc, char **argv)
{
    uint64_t usual;

    if (argc != 2)
        return EXIT_FAILURE;
    load(argv[1]);
    fesetround(FE_UPWARD);
    flush_denormals();
    load(argv[1]);
    fesetenv(FE_DFL_ENV);
    work_begin(NULL, NULL, NULL);
    if (!calls_begin())
        return EXIT_FAILURE;
    expected = settings();
    usual = work_do(look);
    change_handles();
    work_with("rounding up", FE_UPWARD, 0, usual);
    work_with("rounding down", FE_DOWNWARD, 0, usual);
    work_with("rounding towards zero", FE_TOWARDZERO, 0, usual);
    work_with("flushing denormals", FE_TONEAREST, 1, usual);
    work_with("rounding up and flushing denormals", FE_UPWARD, 1, usual);
    work_end();
    look("destroying");
    printf("ok: floating-point settings are as before, after loading and after each call, with six of them\n");
    return EXIT_SUCCESS;
}
