/* SPDX-License-Identifier: MIT */
#include "simd/vec_sse2.h"
#include "kernels/instantiate.h"
