/* SPDX-License-Identifier: MIT */
/* docs/dispatch.md: an instruction set by its name. */
#include "digits.h"

int main(void)
{
#include "block.h"
    MUST(code);
    if (strcmp(ensemble_isa(e), "portable") != 0)
        return 1;
    ensemble_destroy(e);
    options.isa = "mmx";
    return ensemble_create_with(&e, 3, &options) == ENSEMBLE_EISA ? 0 : 1;
}
