/* SPDX-License-Identifier: MIT */
#include "simd/vec_neon.h"
#include "kernels/instantiate.h"
