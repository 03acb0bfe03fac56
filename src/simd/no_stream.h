/* SPDX-License-Identifier: MIT */
/* Plain stores in place of stores past the caches, for instruction sets that have none. */
#ifndef ENS_SIMD_NO_STREAM_H
#define ENS_SIMD_NO_STREAM_H

#define ENS_STREAM(acc, dtype)                                                                                       \
    static ENS_INLINE void v##acc##_stream_##dtype(void *p, v##acc v)                                                \
    {                                                                                                                \
        v##acc##_store_##dtype(p, v);                                                                                \
    }
ENS_STREAM(f32, f32)
ENS_STREAM(f32, f16)
ENS_STREAM(f32, bf16)
ENS_STREAM(f64, f64)
ENS_STREAM(f64, f32)
ENS_STREAM(f64, f16)
ENS_STREAM(f64, bf16)
#undef ENS_STREAM

static ENS_INLINE void vec_stream_end(void) {}

#endif
