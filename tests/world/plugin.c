/* SPDX-License-Identifier: MIT */
/* A plugin that brings the shared library along, for twice.c. */
#include "work.h"

uint64_t plugin_work(void);
const void *plugin_library(void);

uint64_t plugin_work(void)
{
    uint64_t hash;

    work_begin(NULL, NULL, NULL);
    hash = work_do(NULL);
    work_end();
    return hash;
}

/* Something that each copy of the library has of its own. */
const void *plugin_library(void)
{
    return ensemble_strerror(0);
}
