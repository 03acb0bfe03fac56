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

const struct ens_kernels *ens_kernels_of(unsigned isas, const char *name)
{
    const struct ens_kernels *found = NULL;

    for (int i = 0; i < ENS_ISAS; i++)
        if (tables[i] != NULL && (isas >> i & 1) && (name == NULL || strcmp(tables[i]->name, name) == 0))
            found = tables[i];
    return found;
}

/* Asking the processor is slow inside a virtual machine, so its answer is kept; every thread computes the same one. */
static _Atomic(const struct ens_kernels *) best;

const struct ens_kernels *ens_kernels_best(void)
{
    const struct ens_kernels *kernels = atomic_load_explicit(&best, memory_order_relaxed);

    if (kernels == NULL) {
        kernels = ens_kernels_of(ens_isas_here(), NULL);
        atomic_store_explicit(&best, kernels, memory_order_relaxed);
    }
    return kernels;
}

const struct ens_kernels *ens_kernels_named(const char *name)
{
    return ens_kernels_of(ens_isas_here(), name);
}
