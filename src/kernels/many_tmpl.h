/* SPDX-License-Identifier: MIT */
/*
 * The weighted sum of many models: a stretch of up to sixteen vectors is held in accumulators while a loop adds one
 * model after the other, and no tile is stored in between. Every element takes the same steps as in wsum_tmpl.h.
 */
/* X(k) for each vector of a stretch. */
#define ENS_STRETCH(X) ENS_STRETCH_END(X) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define ENS_STRETCH_END(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

/* Model m's products with its weight, added to what is there, or in its place if that is `nothing`. */
#define PASS(m, TAKE, nothing)                                                                                       \
    {                                                                                                                \
        const unsigned char *const p = (const unsigned char *)s->in[m] + skip + (row > 0 ? row * s->in_step[m] : 0); \
        const VEC w = V(set1)(((const SCALAR *)s->weight)[m]);                                                       \
        VEC y;                                                                                                       \
                                                                                                                     \
        ENS_STRETCH(TAKE)                                                                                            \
        if (part > 0) {                                                                                              \
            y = V(mul)(w, V(load)(in, p + (size_t)whole * step, part));                                              \
            rest = nothing ? y : V(add)(rest, y);                                                                    \
        }                                                                                                            \
    }
#define ADD(k)                                                                                                       \
    if (whole > k)                                                                                                   \
        a##k = V(add)(a##k, V(mul)(w, V(load)(in, p + k * step, 0)));
#define ADD_FIRST(k)                                                                                                 \
    if (whole > k) {                                                                                                 \
        y = V(mul)(w, V(load)(in, p + k * step, 0));                                                                 \
        a##k = start == NULL ? y : V(add)(a##k, y);                                                                  \
    }

/* All models for `whole` vectors, a constant, of a row from element `at` on, and for `part` elements of one more. */
static ENS_INLINE void FN(wsum_stretch)(const int in, const int out, const struct ens_span *s, const size_t row,
                                        const size_t at, const int whole, const size_t part)
{
    const size_t step = V(lanes)() << ENS_SHIFT(in), skip = at << ENS_SHIFT(in), n = s->n;
    const unsigned char *const start = s->start == NULL ? NULL : AT(s->start, at);
    unsigned char *const to = (unsigned char *)s->out + row * s->out_step + (at << ENS_SHIFT(out));
#define BEGIN(k) VEC a##k = V(set1)(0);
    ENS_STRETCH(BEGIN)
    VEC rest = a0;

#define START(k)                                                                                                     \
    if (whole > k)                                                                                                   \
        a##k = V(load)(ACC, AT(start, k * V(lanes)()), 0);
    if (start != NULL) {
        ENS_STRETCH(START)
        if (part > 0)
            rest = V(load)(ACC, AT(start, (size_t)whole * V(lanes)()), part);
    }
    PASS(0, ADD_FIRST, start == NULL)
    for (size_t m = 1; m < n; m++)
        PASS(m, ADD, 0)
#define END(k)                                                                                                       \
    if (whole > k)                                                                                                   \
        V(store)(out, to + (k * V(lanes)() << ENS_SHIFT(out)), a##k, 0, 0);
    ENS_STRETCH(END)
    if (part > 0)
        V(store)(out, to + ((size_t)whole * V(lanes)() << ENS_SHIFT(out)), rest, part, 0);
}
#undef END
#undef START
#undef BEGIN
#undef ADD_FIRST
#undef ADD
#undef PASS

/* What is left of a row, less than eight vectors. */
static ENS_INLINE void FN(wsum_end)(const int in, const int out, const struct ens_span *s, const size_t row, size_t at)
{
    const size_t part = (s->length - at) % V(lanes)();
    const size_t whole = (s->length - at) / V(lanes)();

#define WHOLE(k)                                                                                                     \
    if (part == 0 && (whole & k) > 0) {                                                                              \
        FN(wsum_stretch)(in, out, s, row, at, k, 0);                                                                 \
        at += k * V(lanes)();                                                                                        \
    }
    WHOLE(4) WHOLE(2) WHOLE(1)
#undef WHOLE
    if (part == 0)
        return;
    switch (whole) {
    default: /* there are no others */
#define WITH_PART(k)                                                                                                 \
    case k:                                                                                                          \
        FN(wsum_stretch)(in, out, s, row, at, k, part);                                                              \
        break;
        ENS_STRETCH_END(WITH_PART)
#undef WITH_PART
    }
}

/*
 * Any number of models from element `begin` of each row on, stretch by stretch. `wide`: of as many vectors as half of
 * the registers hold, else of one.
 */
static ENS_INLINE void FN(wsum_many)(const int in, const int out, const int wide, const struct ens_span *s,
                                     const size_t begin)
{
    const int most = wide ? ENS_VEC_REGISTERS / 2 : 1;
    const size_t stretch = (size_t)most * V(lanes)();

    for (size_t row = 0; row <= s->more_rows; row++) {
        size_t at = begin;

        for (; s->length - at >= stretch; at += stretch)
            FN(wsum_stretch)(in, out, s, row, at, most, 0);
        for (; most > 8 && s->length - at >= 8 * V(lanes)(); at += 8 * V(lanes)())
            FN(wsum_stretch)(in, out, s, row, at, 8, 0);
        if (wide)
            FN(wsum_end)(in, out, s, row, at);
        else if (at < s->length)
            FN(wsum_stretch)(in, out, s, row, at, 0, s->length - at);
    }
}
#undef ENS_STRETCH_END
#undef ENS_STRETCH
