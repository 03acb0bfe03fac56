// SPDX-License-Identifier: MIT
//
// A C++ program whose exceptions pass its own frames around the library's calls, and never a frame of the library. A
// handle is given back on the way; in a loop that is lent, what a turn of the program's own throws is caught there and
// thrown again when the call has returned.
#include <ensemble.h>
#include <ensemble_rank.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

namespace {

struct Destroy {
    void operator()(ensemble *e) const { ensemble_destroy(e); }
};
using Handle = std::unique_ptr<ensemble, Destroy>;

const std::size_t width = 100000, models = 4;

std::size_t in_use; // blocks of the hooks

void *allocate(std::size_t size, void *)
{
    void *memory = std::malloc(size);

    in_use += memory != nullptr;
    return memory;
}

void release(void *memory, std::size_t, void *)
{
    in_use--;
    std::free(memory);
}

void must(int code)
{
    if (code < 0)
        throw std::runtime_error(ensemble_strerror(code));
}

Handle prepared(const std::vector<float> &said)
{
    ensemble_options options = {};
    ensemble *e = nullptr;

    options.struct_size = sizeof options;
    options.allocate = allocate;
    options.release = release;
    must(ensemble_create_with(&e, width, &options));
    Handle handle(e);
    for (std::size_t i = 0; i < models; i++)
        must(ensemble_add_model_output(e, said.data(), ENSEMBLE_F32, 1));
    return handle;
}

// A loop of which some turns fail in ways of its own.
struct Loop {
    std::size_t turns = 0;
    std::exception_ptr thrown;
};

void lent_loop(void *user, std::size_t n, void (*task)(void *, std::size_t), void *context) noexcept
{
    Loop &loop = *static_cast<Loop *>(user);

    for (std::size_t i = 0; i < n; i++)
        try {
            if (loop.turns++ % 3 == 1)
                throw std::logic_error("a turn");
            task(context, i);
        } catch (...) {
            loop.thrown = std::current_exception();
        }
}

// Throws what its loop threw, once the call has returned; the turns that were lost, the library has taken itself.
void combine(const std::vector<float> &said, std::vector<float> &y)
{
    Loop loop;
    const Handle handle = prepared(said);

    must(ensemble_set_parallel(handle.get(), lent_loop, &loop));
    must(ensemble_combine(handle.get(), y.data(), ENSEMBLE_F32, y.size()));
    if (loop.thrown)
        std::rethrow_exception(loop.thrown);
}

void fail_while_adding(const std::vector<float> &said)
{
    const Handle first = prepared(said), second = prepared(said);

    must(ensemble_add_model_output(second.get(), said.data(), 99, 1));
}

template <typename Exception, typename Action> bool throws(Action action)
{
    try {
        action();
    } catch (const Exception &) {
        return true;
    }
    return false;
}

bool all_is_well(const std::vector<float> &said)
{
    std::vector<float> y(width);

    if (!throws<std::runtime_error>([&] { fail_while_adding(said); }) || in_use > 0)
        return false;
    if (!throws<std::logic_error>([&] { combine(said, y); }) || in_use > 0)
        return false;
    return y == said;
}

} // namespace

int main()
{
    std::vector<float> said(width);

    for (std::size_t i = 0; i < width; i++)
        said[i] = static_cast<float>(i % 1000);
    for (int round = 0; round < 100; round++)
        if (!all_is_well(said)) {
            std::fprintf(stderr, "FAILED: throw: round %d\n", round);
            return EXIT_FAILURE;
        }
    std::puts("ok: C++ exceptions around calls, and out of loops that are lent: handles are given back, answers right");
    return EXIT_SUCCESS;
}
