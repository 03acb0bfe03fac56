/* SPDX-License-Identifier: MIT */
#include "dispatch/dispatch.h"

#include "dispatch/cpu.h"

#include <stdatomic.h>
#include <string.h>

/* The tables of this build, made by kernels/instantiate.h. */
#define DECLARATION(name, family) ENS_IF_##family(extern const struct ens_kernels ens_kernels_##name;)
ENS_ISA_LIST(DECLARATION)

#define ENTRY(name, family) ENS_IF_##family([ENS_ISA_##name] = &ens_kernels_##name,)
static const struct ens_kernels *const tables[ENS_ISAS] = {ENS_ISA_LIST(ENTRY)};

#if !defined(__x86_64__) && !defined(__i386__) && !defined(__aarch64__)
unsigned ens_isas_here(void)
{
    return 1u << ENS_ISA_portable;
}
#endif

/* Asking the processor is slow inside a virtual machine, so its answer is kept; every thread computes the same one. */
static _Atomic(const struct ens_kernels *) best;

static const struct ens_kernels *find_best(void)
{
    const unsigned isas = ens_isas_here();
    const struct ens_kernels *found = &ens_kernels_portable;

    for (int i = 0; i < ENS_ISAS; i++)
        if (tables[i] != NULL && (isas >> i & 1))
            found = tables[i];
    return found;
}

const struct ens_kernels *ens_kernels_best(void)
{
    const struct ens_kernels *kernels = atomic_load_explicit(&best, memory_order_relaxed);

    if (kernels == NULL) {
        kernels = find_best();
        atomic_store_explicit(&best, kernels, memory_order_relaxed);
    }
    return kernels;
}

const struct ens_kernels *ens_kernels_named(const char *name)
{
    const unsigned isas = ens_isas_here();

    for (int i = 0; i < ENS_ISAS; i++)
        if (tables[i] != NULL && (isas >> i & 1) && strcmp(tables[i]->name, name) == 0)
            return tables[i];
    return NULL;
}
