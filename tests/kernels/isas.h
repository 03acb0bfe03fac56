/* SPDX-License-Identifier: MIT */
/* The instruction sets of src/dispatch/isa.h as a test sees them: which can be run here, and which are to be. */
#ifndef TESTS_KERNELS_ISAS_H
#define TESTS_KERNELS_ISAS_H

#include "dispatch/cpu.h"
#include "kernels/kernels.h"

struct isa {
    const char *name;
    const struct ens_kernels *kernels; /* NULL: for another family of processors */
    int run;                           /* this machine has it, and it was not deselected */
    size_t kernel_checks;
    size_t api_checks;
};

/* In the order of the list; isas[ENS_ISA_portable] is what the others are compared with. */
extern struct isa isas[ENS_ISAS];

/* Sets `run`: for all that the machine has, or only for the one named. Returns how many; 0 if that one is not here. */
int isas_select(const char *only);

/* Says which of the list are not run because the machine lacks them. */
void isas_print_missing(void);

/* Says loudly which of those that are built this machine lacks. Returns how many, without the one that it may lack, or
   "any". */
int isas_lacking(const char *may_lack);

#endif
