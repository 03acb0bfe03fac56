/* SPDX-License-Identifier: MIT */
/* A block that is a whole program. */
#include "block.h"
