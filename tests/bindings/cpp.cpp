/* SPDX-License-Identifier: MIT */
/*
 * libensemble from C++17: cpp DIGITS RESULT. c.c says what it does. A class owns a handle by std::unique_ptr, and so
 * moves and needs no destructor; calls for which it has no member get the handle that is in it.
 */
#include <ensemble.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

/* quote: unique_ptr */
struct Destroy {
    void operator()(ensemble *e) const noexcept { ensemble_destroy(e); }
};
using Handle = std::unique_ptr<ensemble, Destroy>;

struct Error : std::runtime_error {
    Error(int number, const std::string &words) : std::runtime_error(words), code(number) {}
    int code;
};

/* The index that a function returned, or its error in words; with those of ensemble_check(), if they are of it. */
std::size_t must(int code, const Handle &e = nullptr)
{
    char why[128];

    if (code >= 0)
        return static_cast<std::size_t>(code);
    if (e && ensemble_check(e.get(), why, sizeof why) == code)
        throw Error(code, ensemble_strerror(code) + (": " + std::string(why)));
    throw Error(code, ensemble_strerror(code));
}

Handle create(std::size_t width)
{
    ensemble *e;

    must(ensemble_create(&e, width));
    return Handle(e);
}
/* quote: end */

/* quote: class */
class Ensemble
{
public:
    explicit Ensemble(std::size_t width) : e(create(width)) {}

    /* The values are borrowed until the last combine: no temporaries, and no vector that changes or grows meanwhile. */
    std::size_t add(const std::vector<float> &output)
    {
        const std::size_t rows = output.size() / ensemble_get_width(get());

        return must(ensemble_add_model_output(get(), output.data(), ENSEMBLE_F32, rows), e);
    }
    std::size_t add(const std::vector<float> &&output) = delete;

    void weigh(const std::vector<double> &weights)
    {
        must(ensemble_set_weights(get(), weights.data(), weights.size()), e);
    }
    void combine(std::vector<float> &result) const
    {
        must(ensemble_combine(get(), result.data(), ENSEMBLE_F32, result.size()), e);
    }
    void run(const ensemble_call &call) const { must(ensemble_run(get(), &call), e); }
    ensemble *get() { return e.get(); }
    const ensemble *get() const { return e.get(); }

private:
    Handle e;
};
/* quote: end */

void example()
{
    /* quote: example */
    const std::vector<float> a = {1, 2, 3}, b = {4, 5, 6}, c = {7, 8, 9};
    std::vector<float> y(3);
    Ensemble e(3);

    e.add(a);
    e.add(b);
    e.add(c);
    e.weigh({.3, .4, .3});
    e.combine(y);
    /* quote: end */
    std::printf("example: %g %g %g\n", y[0], y[1], y[2]);
}

void error()
{
    const std::vector<float> one_row(3, 1), two_rows(6, 1);
    std::vector<float> y(3);
    Ensemble e(3);

    e.add(one_row);
    e.add(two_rows);
    try {
        e.combine(y);
    } catch (const Error &error) {
        std::printf("error %d: %s\n", error.code, error.what());
    }
}

/* The values of a .npy file, which begin behind its header of 128 bytes. */
template <class Value> std::vector<Value> load(const std::string &directory, const std::string &name)
{
    const std::string path = directory + "/" + name + ".test.npy";
    std::vector<Value> values((std::filesystem::file_size(path) - 128) / sizeof(Value));
    std::ifstream file(path, std::ios::binary);

    file.seekg(128).read(reinterpret_cast<char *>(values.data()),
                         static_cast<std::streamsize>(values.size() * sizeof(Value)));
    if (!file)
        throw std::runtime_error(path + ": cannot be read");
    return values;
}

void digits(const std::string &directory, const char *result)
{
    const auto truth = load<std::int32_t>(directory, "labels");
    const std::size_t rows = truth.size();
    std::vector<std::vector<float>> said;
    Ensemble e(10);

    for (const char *name : {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"})
        said.push_back(load<float>(directory, name));
    for (const auto &output : said)
        must(ensemble_set_input(e.get(), e.add(output), ENSEMBLE_PROBABILITIES, 0));
    must(ensemble_set_method(e.get(), ENSEMBLE_MEAN));

    std::vector<float> mean(rows * 10);
    std::vector<std::int32_t> label(rows);
    std::vector<double> confidence(rows), information(rows);
    ensemble_report report{};
    report.struct_size = sizeof report;
    report.rows = rows;
    report.label = label.data();
    report.confidence = confidence.data();
    report.mutual_information = information.data();
    ensemble_call call{};
    call.struct_size = sizeof call;
    call.result = mean.data();
    call.result_count = mean.size();
    call.dtype = ENSEMBLE_F32;
    call.report = &report;
    e.run(call);

    std::ofstream file(result, std::ios::binary);
    file.write(reinterpret_cast<const char *>(mean.data()), static_cast<std::streamsize>(mean.size() * sizeof(float)));
    if (!file.flush())
        throw std::runtime_error(std::string(result) + ": cannot be written");

    std::size_t right = 0;
    for (std::size_t row = 0; row < rows; row++)
        right += label[row] == truth[row];
    const auto most = std::max_element(information.begin(), information.end());
    const auto row = static_cast<std::size_t>(most - information.begin());
    std::printf("digits: %zu of %zu right\n", right, rows);
    std::printf("report: row %zu is a %d with %.6f, and the models disagree by %.6f\n", row, label[row],
                confidence[row], *most);
}

} // namespace

int main(int argc, char **argv)
try {
    if (argc != 3) {
        std::fprintf(stderr, "usage: cpp DIGITS RESULT\n");
        return EXIT_FAILURE;
    }
    example();
    error();
    digits(argv[1], argv[2]);
    return EXIT_SUCCESS;
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
}
