/* SPDX-License-Identifier: MIT */
/* Declarations and statements of docs/rankings.md, as they stand in a function. */
#include <ensemble_rank.h>
#include <stdio.h>

int main(void)
{
#include "block.h"
    return n < 0;
}
