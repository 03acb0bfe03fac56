/* SPDX-License-Identifier: MIT */
/*
 * The library twice in one process: a copy linked into the program, and the shared one, which a plugin brings along.
 * Each works as if it were alone.
 *
 *     twice PLUGIN
 */
#include "work.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A function of the plugin. ISO C knows no way from a data pointer to one of a function but its bytes. */
static void *find(void *plugin, const char *name, void *function, size_t size)
{
    void *symbol = dlsym(plugin, name);

    memcpy(function, &symbol, size);
    return symbol;
}

static int fail(const char *way, const char *what)
{
    fprintf(stderr, "FAILED: twice: plugin loaded %s: %s\n", way, what);
    return 0;
}

/* Whether the plugin, loaded so, and the program give the answers of `hash`. */
static int both_work(const char *path, int mode, const char *way, uint64_t hash)
{
    uint64_t (*plugin_work)(void);
    const void *(*plugin_library)(void);
    void *plugin = dlopen(path, RTLD_NOW | mode);

    if (!plugin || !find(plugin, "plugin_work", &plugin_work, sizeof plugin_work) ||
        !find(plugin, "plugin_library", &plugin_library, sizeof plugin_library))
        return fail(way, dlerror());
    if (plugin_library() == (const void *)ensemble_strerror(0))
        return fail(way, "it uses the program's copy");
    if (plugin_work() != hash || work_do(NULL) != hash)
        return fail(way, "other answers");
    dlclose(plugin);
    return work_do(NULL) == hash || fail(way, "other answers, once it is gone");
}

int main(int argc, char **argv)
{
    uint64_t hash;

    if (argc != 2)
        return EXIT_FAILURE;
    work_begin(NULL, NULL, NULL);
    hash = work_do(NULL);
    if (!both_work(argv[1], RTLD_LOCAL, "by itself", hash))
        return EXIT_FAILURE;
#ifdef RTLD_DEEPBIND /* glibc; not under sanitizers, which do not allow it */
    if (!both_work(argv[1], RTLD_LOCAL | RTLD_DEEPBIND, "with what is its own first", hash))
        return EXIT_FAILURE;
#endif
    if (!both_work(argv[1], RTLD_GLOBAL, "for all to see", hash))
        return EXIT_FAILURE;
    work_end();
    printf("ok: a copy in the program and one in a plugin, with the same answers%s\n",
           dlsym(RTLD_DEFAULT, "work_do") ? "; the program exports its own" : "");
    return EXIT_SUCCESS;
}
