# SPDX-License-Identifier: MIT
#
# Hands arrays of Python to the library as they are: ensemble_set_model_dlpack() by way of ctypes.
#
#     python3 dlpack.py [libensemble.so]
import ctypes
import sys

import numpy


# quote: dlpack
def dl_tensor(array):
    """The capsule to be kept while the data is read, and the address of the DLTensor in it."""
    capsule = array.__dlpack__()
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return capsule, get(capsule, b"dltensor")  # a DLManagedTensor, which begins with its DLTensor
# quote: end


def main():
    library = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libensemble.so.1")
    pointer, size, dtype = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int32
    library.ensemble_create.argtypes = [ctypes.POINTER(pointer), size]
    library.ensemble_add_model_output.argtypes = [pointer, pointer, dtype, size]
    library.ensemble_set_model_dlpack.argtypes = [pointer, size, pointer]
    library.ensemble_combine.argtypes = [pointer, pointer, dtype, size]
    library.ensemble_destroy.argtypes = [pointer]
    library.ensemble_strerror.argtypes, library.ensemble_strerror.restype = [ctypes.c_int], ctypes.c_char_p

    def must(code):
        if code < 0:
            raise RuntimeError(library.ensemble_strerror(code).decode())

    rows, width, f32, f64 = 5, 4, 1, 2
    whole = numpy.arange(rows * 7, dtype=numpy.float32).reshape(rows, 7) / 8
    models = [whole[:, 2:2 + width], numpy.ones((rows, width)) / 4]  # rows with gaps; double
    result = numpy.empty((rows, width))
    e, kept = pointer(), []
    must(library.ensemble_create(ctypes.byref(e), width))
    for i, array in enumerate(models):
        must(library.ensemble_add_model_output(e, None, f32, 0))
        kept.append(dl_tensor(array))
        must(library.ensemble_set_model_dlpack(e, i, kept[i][1]))
    must(library.ensemble_combine(e, result.ctypes.data, f64, result.size))
    library.ensemble_destroy(e)
    print("as NumPy has it" if (result == (models[0] + models[1]) / 2).all() else "something else")


main()
