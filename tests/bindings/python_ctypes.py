# SPDX-License-Identifier: MIT
"""libensemble from Python by ctypes, with NumPy: python_ctypes.py LIBRARY DIGITS RESULT. c.c says what it does.

A class for it, which takes arrays of any type and stride, is docs/examples/python/ensemble.py.
"""
import ctypes
import sys
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_size_t, c_uint32, c_void_p, sizeof

import numpy as np
from numpy.ctypeslib import ndpointer

LIBRARY, DIGITS, RESULT = sys.argv[1:]
F32 = MEAN = PROBABILITIES = 1

# quote: declare
lib = ctypes.CDLL(LIBRARY)


class Report(ctypes.Structure):
    """struct ensemble_report; arrays are given by their addresses."""
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32),
                ("rows", c_size_t), ("width", c_size_t), ("models", c_size_t),
                *((name, c_void_p) for name in (
                    "label", "confidence", "margin", "tied", "entropy", "mean_entropy", "mutual_information",
                    "vote_disagreement", "variation_ratio", "conflict", "weight_present", "models_present",
                    "row_fault", "settled", "variance", "contribution", "influence", "flips")),
                ("top", c_size_t), ("top_labels", c_void_p), ("top_values", c_void_p)]


class Call(ctypes.Structure):
    """struct ensemble_call"""
    _fields_ = [("struct_size", c_uint32), ("output_size", c_uint32), ("outputs", c_void_p), ("n_outputs", c_size_t),
                ("row_begin", c_size_t), ("row_count", c_size_t),
                ("result", c_void_p), ("result_count", c_size_t), ("result_stride", c_size_t),
                ("workspace", c_void_p), ("workspace_size", c_size_t), ("dtype", c_int32), ("reserved", c_int32),
                ("row_weights", c_void_p), ("row_weights_count", c_size_t), ("report", POINTER(Report)),
                ("parallel_for", c_void_p), ("parallel_user", c_void_p)]


class Error(Exception):
    """A code of the library, in words; with those of ensemble_check(), if they are of the same error."""

    def __init__(self, code, e):
        words, why = lib.ensemble_strerror(code).decode(), ctypes.create_string_buffer(128)
        same = lib.ensemble_check(e, why, sizeof(why)) == code
        super().__init__(f"{words}: {why.value.decode()}" if same else words)
        self.code = code


def checked(code, function, arguments):
    """What ctypes does with each result: the index, or an exception."""
    if code < 0:
        raise Error(code, arguments[0] if isinstance(arguments[0], c_void_p) else None)
    return code


# Without argtypes, ctypes would pass every number as an int, and cut addresses. ndpointer refuses other arrays.
floats, doubles = (ndpointer(dtype, flags="C_CONTIGUOUS") for dtype in (np.float32, np.float64))
for name, *arguments in [("create", c_void_p, c_size_t),
                         ("add_model_output", c_void_p, floats, c_int32, c_size_t),
                         ("set_weights", c_void_p, doubles, c_size_t),
                         ("set_method", c_void_p, c_int32),
                         ("set_input", c_void_p, c_size_t, c_int32, c_double),
                         ("combine", c_void_p, floats, c_int32, c_size_t),
                         ("run", c_void_p, POINTER(Call))]:
    function = getattr(lib, "ensemble_" + name)
    function.argtypes, function.errcheck = arguments, checked
lib.ensemble_check.argtypes = [c_void_p, c_char_p, c_size_t]
lib.ensemble_strerror.restype = c_char_p
lib.ensemble_destroy.argtypes, lib.ensemble_destroy.restype = [c_void_p], None


@contextmanager
def ensemble(width):
    """A handle for a with block."""
    e = c_void_p()
    lib.ensemble_create(byref(e), width)
    try:
        yield e
    finally:
        lib.ensemble_destroy(e)
# quote: end


def example():
    # quote: example
    a, b, c = np.arange(1, 10, dtype=np.float32).reshape(3, 3)
    y = np.empty(3, np.float32)

    with ensemble(3) as e:
        for output in (a, b, c):  # borrowed: a, b and c must live until the last combine
            lib.ensemble_add_model_output(e, output, F32, 1)
        lib.ensemble_set_weights(e, np.array([.3, .4, .3]), 3)
        lib.ensemble_combine(e, y, F32, y.size)
    # quote: end
    print("example: {:g} {:g} {:g}".format(*y))


def error():
    one_row, two_rows, y = (np.ones(n, np.float32) for n in (3, 6, 3))
    try:
        with ensemble(3) as e:
            lib.ensemble_add_model_output(e, one_row, F32, 1)
            lib.ensemble_add_model_output(e, two_rows, F32, 2)
            lib.ensemble_combine(e, y, F32, y.size)
    except Error as error:
        print(f"error {error.code}: {error}")


def digits():
    said = [np.load(f"{DIGITS}/{name}.test.npy")
            for name in ("logistic", "naive_bayes", "forest", "knn", "svm", "tree")]
    truth = np.load(f"{DIGITS}/labels.test.npy")
    rows, width = said[0].shape
    mean, label = np.empty((rows, width), np.float32), np.empty(rows, np.int32)
    confidence, information = np.empty((2, rows))
    report = Report(struct_size=sizeof(Report), rows=rows, label=label.ctypes.data, confidence=confidence.ctypes.data,
                    mutual_information=information.ctypes.data)
    call = Call(struct_size=sizeof(Call), result=mean.ctypes.data, result_count=mean.size, dtype=F32,
                report=ctypes.pointer(report))

    with ensemble(width) as e:
        lib.ensemble_set_method(e, MEAN)
        for output in said:
            model = lib.ensemble_add_model_output(e, output, F32, rows)
            lib.ensemble_set_input(e, model, PROBABILITIES, 0)
        lib.ensemble_run(e, byref(call))

    mean.tofile(RESULT)
    row = information.argmax()
    print(f"digits: {(label == truth).sum()} of {rows} right")
    print(f"report: row {row} is a {label[row]} with {confidence[row]:.6f}, "
          f"and the models disagree by {information[row]:.6f}")


example()
error()
digits()
