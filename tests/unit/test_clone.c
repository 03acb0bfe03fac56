/* SPDX-License-Identifier: MIT */
/* A clone is all that its original is, and has no part in what becomes of it. */
#include "ledger.h"
#include "support.h"

