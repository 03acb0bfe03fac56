/* SPDX-License-Identifier: MIT */
/* oneDNN: its sum primitive, where it has one for the types. */
#include "family.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <cstdint>
#include <cstdio>
#include <omp.h>
#include <unordered_map>
#include <vector>

namespace {

using type = dnnl::memory::data_type;

const struct {
    type in, out;
    size_t size;
} types[KINDS] = {{type::f32, type::f32, 4},  {type::undef, type::undef, 8}, {type::f16, type::f32, 2},
                  {type::bf16, type::f32, 2}, {type::f16, type::f16, 2},     {type::bf16, type::bf16, 2}};

struct prepared {
    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream{engine};
    dnnl::primitive primitive;
    std::unordered_map<int, dnnl::memory> arguments;
};

void *prepare(const sum *s)
{
    const dnnl::memory::dims size = {static_cast<dnnl::memory::dim>(s->rows), static_cast<dnnl::memory::dim>(s->width)};
    const dnnl::memory::desc in(size, types[s->kind].in, {static_cast<dnnl::memory::dim>(s->stride), 1});
    const dnnl::memory::desc out(size, types[s->kind].out, dnnl::memory::format_tag::ab);

    try {
        auto *p = new prepared;
        const std::vector<float> weights(s->weights, s->weights + s->models);
        const std::vector<dnnl::memory::desc> all(s->models, in);

        p->primitive = dnnl::sum(dnnl::sum::primitive_desc(out, weights, all, p->engine));
        for (size_t i = 0; i < s->models; i++)
            p->arguments.emplace(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i),
                                 dnnl::memory(in, p->engine, const_cast<void *>(s->in[i])));
        p->arguments.emplace(DNNL_ARG_DST, dnnl::memory(out, p->engine, s->out));
        return p;
    } catch (const dnnl::error &) {
        return nullptr; /* it has none for these types */
    }
}

void run(const sum *, void *prepared_sum)
{
    auto *p = static_cast<prepared *>(prepared_sum);

    p->primitive.execute(p->stream, p->arguments);
    p->stream.wait();
}

void finish(void *prepared_sum)
{
    delete static_cast<prepared *>(prepared_sum);
}

const member members[] = {
    {"onednn-sum", ~(1u << F64_F64), 0, prepare, run, finish},
    {nullptr, 0, 0, nullptr, nullptr, nullptr},
};

} // namespace

const family *peers_family(void)
{
    static char about[64];
    static const family onednn = {about, members};
    const dnnl_version_t *version = dnnl_version();

    omp_set_num_threads(1);
    std::snprintf(about, sizeof about, "oneDNN %d.%d.%d", version->major, version->minor, version->patch);
    return &onednn;
}
