/* SPDX-License-Identifier: MIT */
/*
 * libensemble from C++: cpp DIGITS RESULT. c.c says what it does. Two ways: a class that owns a handle and throws, and,
 * where a class is too much, std::unique_ptr.
 */
#include <ensemble.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

/* quote: class */
class Error : public std::runtime_error
{
public:
    Error(int code, const std::string &words) : std::runtime_error(words), code(code) {}
    const int code;
};

class Ensemble
{
public:
    explicit Ensemble(std::size_t width) : width(width) { must(ensemble_create(&e, width)); }
    ~Ensemble() { ensemble_destroy(e); }
    Ensemble(const Ensemble &) = delete;
    Ensemble &operator=(const Ensemble &) = delete;

    std::size_t add(const std::vector<float> &output)
    {
        return must(ensemble_add_model_output(e, output.data(), ENSEMBLE_F32, output.size() / width));
    }
    void weigh(const std::vector<double> &weights) { must(ensemble_set_weights(e, weights.data(), weights.size())); }
    void combine(std::vector<float> &result) const
    {
        must(ensemble_combine(e, result.data(), ENSEMBLE_F32, result.size()));
    }
    ensemble *get() const { return e; }

    /* The index that a function returned, or an exception with its code, in words. */
    std::size_t must(int code) const
    {
        char why[128] = "";

        if (code >= 0)
            return static_cast<std::size_t>(code);
        ensemble_check(e, why, sizeof why);
        throw Error(code, ensemble_strerror(code) + (*why ? ": " + std::string(why) : ""));
    }

private:
    const std::size_t width;
    ensemble *e = nullptr;
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
    std::ifstream file(directory + "/" + name + ".test.npy", std::ios::binary | std::ios::ate);
    std::vector<Value> values((static_cast<std::size_t>(file.tellg()) - 128) / sizeof(Value));

    file.seekg(128);
    file.read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(Value)));
    if (!file)
        throw std::runtime_error(name + ": cannot be read");
    return values;
}

/* quote: unique_ptr */
struct Destroy {
    void operator()(ensemble *e) const { ensemble_destroy(e); }
};

std::unique_ptr<ensemble, Destroy> create(std::size_t width)
{
    ensemble *e = nullptr;

    if (int code = ensemble_create(&e, width); code < 0)
        throw Error(code, ensemble_strerror(code));
    return std::unique_ptr<ensemble, Destroy>(e);
}
/* quote: end */

void must(int code)
{
    if (code < 0)
        throw Error(code, ensemble_strerror(code));
}

void digits(const std::string &directory, const char *result)
{
    const auto truth = load<int32_t>(directory, "labels");
    std::vector<std::vector<float>> said;
    const auto e = create(10);

    for (const char *name : {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"})
        said.push_back(load<float>(directory, name));
    for (const auto &output : said) {
        const int model = ensemble_add_model_output(e.get(), output.data(), ENSEMBLE_F32, truth.size());

        must(model);
        must(ensemble_set_input(e.get(), static_cast<std::size_t>(model), ENSEMBLE_PROBABILITIES, 0));
    }
    must(ensemble_set_method(e.get(), ENSEMBLE_MEAN));

    std::vector<float> mean(said[0].size());
    std::vector<int32_t> label(truth.size());
    std::vector<double> confidence(truth.size()), information(truth.size());
    ensemble_report report{};
    ensemble_call call{};

    report.struct_size = sizeof report;
    report.rows = truth.size();
    report.label = label.data();
    report.confidence = confidence.data();
    report.mutual_information = information.data();
    call.struct_size = sizeof call;
    call.result = mean.data();
    call.result_count = mean.size();
    call.dtype = ENSEMBLE_F32;
    call.report = &report;
    must(ensemble_run(e.get(), &call));

    std::ofstream file(result, std::ios::binary);
    file.write(reinterpret_cast<const char *>(mean.data()), static_cast<std::streamsize>(mean.size() * sizeof mean[0]));
    if (!file.flush())
        throw std::runtime_error(std::string(result) + ": cannot be written");

    std::size_t right = 0;
    for (std::size_t row = 0; row < truth.size(); row++)
        right += label[row] == truth[row];
    const auto row = std::max_element(information.begin(), information.end()) - information.begin();
    const auto at = static_cast<std::size_t>(row);
    std::printf("digits: %zu of %zu right\n", right, truth.size());
    std::printf("report: row %zu is a %d with %.6f, and the models disagree by %.6f\n", at, label[at], confidence[at],
                information[at]);
}

} // namespace

int main(int argc, char **argv)
try {
    if (argc != 3) {
        std::fprintf(stderr, "usage: cpp DIGITS RESULT\n");
        return 2;
    }
    example();
    error();
    digits(argv[1], argv[2]);
    return EXIT_SUCCESS;
} catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
}
