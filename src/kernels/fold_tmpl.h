/* SPDX-License-Identifier: MIT */
/*
 * Products, smallest and largest values: of several whole outputs at once (fold), and of one output from which a model
 * can be left out element by element (blend, which also has sums).
 */

static ENS_INLINE VEC FN(negative)(VEC x)
{
    return V(from_bits)(U(xor)(V(bits)(x), U(set1)(SIGN)));
}

/*
 * The largest value is the smallest of the negatives, negated: one comparison fewer than a rule of its own for zeros.
 */
static ENS_INLINE VEC FN(input)(const int op, VEC x)
{
    return op == ENS_FOLD_max ? FN(negative)(x) : x;
}

static ENS_INLINE VEC FN(both)(const int op, VEC a, VEC x)
{
    return op == ENS_FOLD_product ? V(mul)(a, x) : V(min)(a, FN(input)(op, x));
}

/* The models one by one over four vectors, or one, or a part of one. */
static ENS_INLINE void FN(fold)(const int op, const struct ens_span *s)
{
    const size_t lanes = V(lanes)(), first = s->start == NULL;
    const unsigned char *const start = s->start != NULL ? s->start : s->in[0];
    size_t at = 0;

    for (; s->length - at >= 4 * lanes; at += 4 * lanes) {
#define EACH(X) X(0) X(1) X(2) X(3)
#define BEGIN(k) VEC a##k = FN(input)(op, V(load)(ACC, AT(start, at + k * lanes), 0));
#define JOIN(k) a##k = FN(both)(op, a##k, V(load)(ACC, AT(from, k * lanes), 0));
#define END(k) V(store)(ACC, TO(s->out, at + k * lanes), FN(input)(op, a##k), 0, 0);
        EACH(BEGIN)
        for (size_t m = first; m < s->n; m++) {
            const unsigned char *const from = AT(s->in[m], at);

            EACH(JOIN)
        }
        EACH(END)
#undef EACH
#undef BEGIN
#undef JOIN
#undef END
    }
    for (; at < s->length; at += lanes) {
        const size_t part = s->length - at < lanes ? s->length - at : 0;
        VEC a = FN(input)(op, V(load)(ACC, AT(start, at), part));

        for (size_t m = first; m < s->n; m++)
            a = FN(both)(op, a, V(load)(ACC, AT(s->in[m], at), part));
        V(store)(ACC, TO(s->out, at), FN(input)(op, a), part, 0);
    }
}

/* One model's part in the means below. */
static ENS_INLINE VEC FN(mean_part)(const int io, const int before, const struct ens_span *s, size_t m, size_t skip,
                                    size_t part)
{
    const VEC none = V(set1)(0), x = V(load)(io, (const unsigned char *)s->in[m] + skip, part);

    return V(mul)(V(set1)(((const SCALAR *)s->weight)[m]), FN(apply)(before, x, none, none, none));
}

/* Means of simple functions of the values, out = after(w_0 before(x_0) + w_1 before(x_1) + ...). */
static ENS_INLINE void FN(mean)(const int io, const int before, const int after, const struct ens_span *s)
{
    const VEC none = V(set1)(0);

    ENS_EACH_VECTOR(at, part, s->length) {
        const size_t skip = at << ENS_SHIFT(io);
        VEC sum = FN(mean_part)(io, before, s, 0, skip, part);

        for (size_t m = 1; m < s->n; m++)
            sum = V(add)(sum, FN(mean_part)(io, before, s, m, skip, part));
        V(store)(io, (unsigned char *)s->out + skip, FN(apply)(after, sum, none, none, none), part, 0);
    }
}

static ENS_INLINE void FN(blend)(const int op, void *tile, const void *values, const void *factor, size_t length)
{
    ENS_EACH_VECTOR(at, part, length) {
        const VEC a = V(load)(ACC, AT(tile, at), part), x = V(load)(ACC, AT(values, at), part);
        const VEC f = V(load)(ACC, AT(factor, at), part);
        VEC y;

        if (op == ENS_BLEND_sum)
            y = V(add)(a, V(mul)(f, x));
        else if (op == ENS_BLEND_product)
            y = V(mul)(a, x);
        else if (op == ENS_BLEND_min)
            y = V(min)(a, x);
        else
            y = FN(negative)(V(min)(FN(negative)(a), FN(negative)(x)));
        V(store)(ACC, TO(tile, at), V(select)(V(eq)(f, f), y, a), part, 0);
    }
}
