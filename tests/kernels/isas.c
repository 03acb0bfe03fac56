/* SPDX-License-Identifier: MIT */
#include "isas.h"

#include <stdio.h>
#include <string.h>

#define DECLARATION(name, family) ENS_IF_##family(extern const struct ens_kernels ens_kernels_##name;)
ENS_ISA_LIST(DECLARATION)

#define NAME(isa, family) [ENS_ISA_##isa].name = #isa,
#define TABLE(isa, family) ENS_IF_##family([ENS_ISA_##isa].kernels = &ens_kernels_##isa,)
struct isa isas[ENS_ISAS] = {ENS_ISA_LIST(NAME) ENS_ISA_LIST(TABLE)};

static int is_here(int i)
{
    return isas[i].kernels != NULL && (ens_isas_here() >> i & 1);
}

int isas_select(const char *only)
{
    int selected = 0;

    for (int i = 0; i < ENS_ISAS; i++) {
        isas[i].run = is_here(i) && (only == NULL || strcmp(only, isas[i].name) == 0);
        selected += isas[i].run;
    }
    return selected;
}

void isas_print_missing(void)
{
    const char *separator = "not run, because this machine lacks them:";

    for (int i = 0; i < ENS_ISAS; i++)
        if (!is_here(i)) {
            printf("%s %s", separator, isas[i].name);
            separator = ",";
        }
    if (separator[0] == ',')
        printf("\n");
}

int isas_lacking(const char *may_lack)
{
    int lacking = 0;

    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].kernels != NULL && !is_here(i)) {
            fprintf(stderr, "SKIPPED: %s: this machine lacks it, though it is built\n", isas[i].name);
            lacking += strcmp(may_lack, "any") != 0 && strcmp(may_lack, isas[i].name) != 0;
        }
    return lacking;
}
