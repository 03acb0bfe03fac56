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

int main(int argc, char **argv)
{
    uint64_t (*plugin_work)(void);
    const void *(*plugin_library)(void);
    uint64_t hash;
    void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

    if (!plugin || !find(plugin, "plugin_work", &plugin_work, sizeof plugin_work) ||
        !find(plugin, "plugin_library", &plugin_library, sizeof plugin_library)) {
        fprintf(stderr, "FAILED: twice: %s\n", dlerror());
        return EXIT_FAILURE;
    }
    if (plugin_library() == (const void *)ensemble_strerror(0)) {
        fprintf(stderr, "FAILED: twice: the plugin uses the program's copy\n");
        return EXIT_FAILURE;
    }
    work_begin(NULL, NULL, NULL);
    hash = work_do(NULL);
    if (plugin_work() != hash || work_do(NULL) != hash) {
        fprintf(stderr, "FAILED: twice: other answers\n");
        return EXIT_FAILURE;
    }
    dlclose(plugin);
    if (work_do(NULL) != hash) {
        fprintf(stderr, "FAILED: twice: other answers, once the plugin is gone\n");
        return EXIT_FAILURE;
    }
    work_end();
    printf("ok: a copy in the program and one in a plugin, with the same answers\n");
    return EXIT_SUCCESS;
}
