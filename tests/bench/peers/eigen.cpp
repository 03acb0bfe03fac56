/* SPDX-License-Identifier: MIT */
/* Eigen: one expression for a known number of models, a matrix by a vector, and one model added after the other. */
#include "family.h"

#include <Eigen/Core>

#include <type_traits>

namespace {

template <class T>
using Line = Eigen::Array<T, Eigen::Dynamic, 1>;

template <class T>
Eigen::Map<const Line<T>> input(const sum *s, size_t model, size_t row)
{
    return {static_cast<const T *>(s->in[model]) + row * s->stride, static_cast<Eigen::Index>(s->width)};
}

template <class T>
Eigen::Map<Line<T>> output(const sum *s, size_t row)
{
    return {static_cast<T *>(s->out) + row * s->width, static_cast<Eigen::Index>(s->width)};
}

template <class Acc>
const Acc *weights(const sum *s)
{
    if constexpr (std::is_same_v<Acc, double>)
        return s->weights64;
    else
        return s->weights;
}

template <class In, class Acc, size_t N>
auto expression(const sum *s, size_t row)
{
    if constexpr (N == 1)
        return weights<Acc>(s)[0] * input<In>(s, 0, row).template cast<Acc>();
    else
        return expression<In, Acc, N - 1>(s, row) +
               weights<Acc>(s)[N - 1] * input<In>(s, N - 1, row).template cast<Acc>();
}

template <class In, class Acc, class Out, size_t N>
void fixed(const sum *s, void *)
{
    for (size_t r = 0; r < s->rows; r++)
        output<Out>(s, r) = expression<In, Acc, N>(s, r).template cast<Out>();
}

template <class In, class Acc>
void passes(const sum *s, void *)
{
    for (size_t r = 0; r < s->rows; r++) {
        auto out = output<Acc>(s, r);

        out = weights<Acc>(s)[0] * input<In>(s, 0, r).template cast<Acc>();
        for (size_t i = 1; i < s->models; i++)
            out += weights<Acc>(s)[i] * input<In>(s, i, r).template cast<Acc>();
    }
}

template <class T>
void gemv(const sum *s, void *)
{
    using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    const auto width = static_cast<Eigen::Index>(s->width), n = static_cast<Eigen::Index>(s->models);
    const Eigen::OuterStride<> step(static_cast<Eigen::Index>(s->step / sizeof(T)));
    const Eigen::Map<const Vector> w(weights<T>(s), n);

    for (size_t r = 0; r < s->rows; r++) {
        const T *from = static_cast<const T *>(s->in[0]) + r * s->stride;

        Eigen::Map<Vector>(static_cast<T *>(s->out) + r * s->width, width).noalias() =
            Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>(from, width, n, step) * w;
    }
}

#define FIXED(n, kind, in, acc, out) {"eigen-fixed", 1u << (kind), n, nullptr, fixed<in, acc, out, n>, nullptr},
#define ALL(kind, in, acc, out)                                                                                      \
    FIXED(2, kind, in, acc, out) FIXED(3, kind, in, acc, out) FIXED(5, kind, in, acc, out)                           \
        FIXED(8, kind, in, acc, out) FIXED(16, kind, in, acc, out)
#define ANY(name, kind, function) {name, 1u << (kind), 0, nullptr, function, nullptr},

const member members[] = {
    ALL(F32_F32, float, float, float)
    ALL(F64_F64, double, double, double)
    ALL(F16_F32, Eigen::half, float, float)
    ALL(F16_F16, Eigen::half, float, Eigen::half)
    ALL(BF16_F32, Eigen::bfloat16, float, float)
    ALL(BF16_BF16, Eigen::bfloat16, float, Eigen::bfloat16)
    FIXED(64, F32_F32, float, float, float) FIXED(64, F64_F64, double, double, double)
    ANY("eigen-gemv", F32_F32, gemv<float>)
    ANY("eigen-gemv", F64_F64, gemv<double>)
    ANY("eigen-passes", F32_F32, (passes<float, float>))
    ANY("eigen-passes", F64_F64, (passes<double, double>))
    ANY("eigen-passes", F16_F32, (passes<Eigen::half, float>))
    ANY("eigen-passes", BF16_F32, (passes<Eigen::bfloat16, float>))
    {nullptr, 0, 0, nullptr, nullptr, nullptr},
};

#define TEXT(x) #x
#define VERSION(a, b, c) "Eigen " TEXT(a) "." TEXT(b) "." TEXT(c)
const family eigen = {VERSION(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION), members};

} // namespace

const family *peers_family(void)
{
    return &eigen;
}
