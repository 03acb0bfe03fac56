# SPDX-License-Identifier: MIT
"""libensemble from Python by cffi, which reads the header: python_cffi.py HEADER LIBRARY DIGITS RESULT. c.c says what
it does. HEADER is ensemble.h as the preprocessor leaves it, without what stddef.h and stdint.h hold.
"""
import sys

import cffi

HEADER, LIBRARY, DIGITS, RESULT = sys.argv[1:]
ROWS, WIDTH = 600, 10

# quote: declare
ffi = cffi.FFI()
with open(HEADER, encoding="ascii") as header:
    ffi.cdef(header.read())
lib = ffi.dlopen(LIBRARY)


class Error(Exception):
    """A code of the library, in words; with those of ensemble_check(), if they are of the same error."""

    def __init__(self, code, e):
        words, why = ffi.string(lib.ensemble_strerror(code)).decode(), ffi.new("char[128]")
        same = lib.ensemble_check(e, why, len(why)) == code
        super().__init__(f"{words}: {ffi.string(why).decode()}" if same else words)
        self.code = code


def must(code, e=ffi.NULL):
    """The index that a function returned, or an exception."""
    if code < 0:
        raise Error(code, e)
    return code


def create(width):
    """A handle, which is destroyed at the end of a with block, or else with the last reference to it."""
    out = ffi.new("struct ensemble **")
    must(lib.ensemble_create(out, width))
    return ffi.gc(out[0], lib.ensemble_destroy)
# quote: end


def example():
    # quote: example
    outputs = [ffi.new("float[]", values) for values in ([1, 2, 3], [4, 5, 6], [7, 8, 9])]
    y = ffi.new("float[3]")

    with create(3) as e:
        for output in outputs:  # borrowed: what ffi.new() made must live until the last combine
            must(lib.ensemble_add_model_output(e, output, lib.ENSEMBLE_F32, 1), e)
        must(lib.ensemble_set_weights(e, [.3, .4, .3], 3), e)
        must(lib.ensemble_combine(e, y, lib.ENSEMBLE_F32, len(y)), e)
    # quote: end
    print("example: {:g} {:g} {:g}".format(*y))


def error():
    one_row, two_rows, y = (ffi.new("float[]", n) for n in (3, 6, 3))
    try:
        with create(3) as e:
            must(lib.ensemble_add_model_output(e, one_row, lib.ENSEMBLE_F32, 1), e)
            must(lib.ensemble_add_model_output(e, two_rows, lib.ENSEMBLE_F32, 2), e)
            must(lib.ensemble_combine(e, y, lib.ENSEMBLE_F32, len(y)), e)
    except Error as error:
        print(f"error {error.code}: {error}")


def load(ctype, name):
    """The values of a .npy file, in the memory of its bytes: from_buffer() keeps them as long as it is kept."""
    with open(f"{DIGITS}/{name}.test.npy", "rb") as file:
        file.seek(128)
        return ffi.from_buffer(ctype, file.read())


def digits():
    said = [load("float[]", name) for name in ("logistic", "naive_bayes", "forest", "knn", "svm", "tree")]
    truth = load("int32_t[]", "labels")
    mean, label = ffi.new("float[]", ROWS * WIDTH), ffi.new("int32_t[]", ROWS)
    confidence, information = ffi.new("double[]", ROWS), ffi.new("double[]", ROWS)
    # A struct keeps numbers and addresses, not what is there: that is kept by the names above.
    report = ffi.new("struct ensemble_report *", {
        "struct_size": ffi.sizeof("struct ensemble_report"), "rows": ROWS, "label": label, "confidence": confidence,
        "mutual_information": information})
    call = ffi.new("struct ensemble_call *", {
        "struct_size": ffi.sizeof("struct ensemble_call"), "result": mean, "result_count": len(mean),
        "dtype": lib.ENSEMBLE_F32, "report": report})

    with create(WIDTH) as e:
        must(lib.ensemble_set_method(e, lib.ENSEMBLE_MEAN), e)
        for output in said:
            model = must(lib.ensemble_add_model_output(e, output, lib.ENSEMBLE_F32, ROWS), e)
            must(lib.ensemble_set_input(e, model, lib.ENSEMBLE_PROBABILITIES, 0), e)
        must(lib.ensemble_run(e, call), e)

    with open(RESULT, "wb") as file:
        file.write(ffi.buffer(mean))
    right = sum(a == b for a, b in zip(label, truth))
    row = max(range(ROWS), key=lambda r: information[r])
    print(f"digits: {right} of {ROWS} right")
    print(f"report: row {row} is a {label[row]} with {confidence[row]:.6f}, "
          f"and the models disagree by {information[row]:.6f}")


example()
error()
digits()
