/* SPDX-License-Identifier: MIT */
/* Declarations and statements, as they stand in a function. */
#include <ensemble.h>
#include <stdio.h>

int main(void)
{
#include "block.h"
    return 0;
}
