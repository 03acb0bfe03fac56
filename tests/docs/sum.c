/* SPDX-License-Identifier: MIT */
/* The example of README.md and of the header: it computes what it says. */
#include <ensemble.h>

int main(void)
{
#include "block.h"
    return y[0] == 4 && y[1] == 5 && y[2] == 6 ? 0 : 1;
}
