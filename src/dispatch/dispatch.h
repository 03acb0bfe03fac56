/* SPDX-License-Identifier: MIT */
/* The kernels of an instruction set: the best that this machine has, or one chosen by name. */
#ifndef ENS_DISPATCH_DISPATCH_H
#define ENS_DISPATCH_DISPATCH_H

#include "kernels/kernels.h"

/* Never NULL. */
const struct ens_kernels *ens_kernels_best(void);

/* The best of these instruction sets (1u << ENS_ISA_...); with a name, the one among them that has it, or NULL. */
const struct ens_kernels *ens_kernels_of(unsigned isas, const char *name);

/* NULL where this build or this machine does not have an instruction set of that name. */
const struct ens_kernels *ens_kernels_named(const char *name);

#endif
