# SPDX-License-Identifier: MIT
"""libensemble by ctypes: what tensors.py needs of it, and how to come by a tensor without a copy."""
import ctypes

F32, F64, F16, BF16, I32 = 1, 2, 3, 4, 5
SUM, MEAN, VOTE = 0, 1, 11
ENULL, EDTYPE, EROWS, ESTRIDE, ECOUNT, ETENSOR = -1, -3, -8, -9, -10, -32

SIZES = {F32: 4, F64: 8, F16: 2, BF16: 2, I32: 4}


class Output(ctypes.Structure):
    """struct ensemble_output"""
    _fields_ = [("data", ctypes.c_void_p), ("rows", ctypes.c_size_t), ("row_stride", ctypes.c_size_t),
                ("dtype", ctypes.c_int32), ("reserved", ctypes.c_int32)]


class Call(ctypes.Structure):
    """struct ensemble_call"""
    _fields_ = [("struct_size", ctypes.c_uint32), ("output_size", ctypes.c_uint32),
                ("outputs", ctypes.POINTER(Output)), ("n_outputs", ctypes.c_size_t),
                ("row_begin", ctypes.c_size_t), ("row_count", ctypes.c_size_t),
                ("result", ctypes.c_void_p), ("result_count", ctypes.c_size_t), ("result_stride", ctypes.c_size_t),
                ("workspace", ctypes.c_void_p), ("workspace_size", ctypes.c_size_t),
                ("dtype", ctypes.c_int32), ("reserved", ctypes.c_int32),
                ("row_weights", ctypes.c_void_p), ("row_weights_count", ctypes.c_size_t),
                ("report", ctypes.c_void_p), ("parallel_for", ctypes.c_void_p), ("parallel_user", ctypes.c_void_p)]


def load(path):
    """The library, with the types of the functions that are used here."""
    size, address, integer = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int32
    library = ctypes.CDLL(path)
    for name, result, arguments in (
            ("create", ctypes.c_int, [ctypes.POINTER(address), size]),
            ("destroy", None, [address]),
            ("add_model_output", ctypes.c_int, [address, address, integer, size]),
            ("set_model_output", ctypes.c_int, [address, size, address, integer, size, size]),
            ("set_model_dlpack", ctypes.c_int, [address, size, address]),
            ("set_weights", ctypes.c_int, [address, address, size]),
            ("set_method", ctypes.c_int, [address, integer]),
            ("set_class_map", ctypes.c_int, [address, size, address, size]),
            ("combine", ctypes.c_int, [address, address, integer, size]),
            ("run", ctypes.c_int, [address, ctypes.POINTER(Call)]),
            ("run_flat", ctypes.c_int, [address, address, integer, size, size, size, address, integer, size, size,
                                        address, size])):
        function = getattr(library, "ensemble_" + name)
        function.restype, function.argtypes = result, arguments
    return library


class Ensemble:
    """A handle whose models have no output yet."""

    def __init__(self, library, width, weights, method=SUM):
        self.library, self.width, self.models = library, width, len(weights)
        self.handle = ctypes.c_void_p()
        assert library.ensemble_create(ctypes.byref(self.handle), width) == 0
        for model in range(self.models):
            assert library.ensemble_add_model_output(self.handle, None, F32, 0) == model
        assert library.ensemble_set_weights(self.handle, (ctypes.c_double * self.models)(*weights), self.models) == 0
        assert library.ensemble_set_method(self.handle, method) == 0

    def __del__(self):
        self.library.ensemble_destroy(self.handle)

    def point(self, model, tensor):
        """
        Points a model at a tensor. Returns the code and the capsule, which owns the tensor's data: keep it until the
        last combine, and drop it then. Neither it nor its deleter is ever called by the library.
        """
        capsule = tensor.__dlpack__()
        return self.library.ensemble_set_model_dlpack(self.handle, model, tensor_of(capsule)), capsule

    def point_raw(self, model, address, dtype, rows, stride):
        return self.library.ensemble_set_model_output(self.handle, model, address, dtype, rows, stride)

    def combine(self, dtype, rows):
        """The code, and the bytes of the result."""
        result = (ctypes.c_char * max(1, rows * self.width * SIZES[dtype]))()
        code = self.library.ensemble_combine(self.handle, result, dtype, rows * self.width)
        return code, bytes(result)[:rows * self.width * SIZES[dtype]]

    def run(self, outputs, dtype, rows):
        """The same for outputs of the call."""
        result = (ctypes.c_char * (rows * self.width * SIZES[dtype]))()
        call = Call(struct_size=ctypes.sizeof(Call), output_size=ctypes.sizeof(Output), outputs=outputs,
                    n_outputs=self.models, result=ctypes.cast(result, ctypes.c_void_p),
                    result_count=rows * self.width, dtype=dtype)
        code = self.library.ensemble_run(self.handle, ctypes.byref(call))
        return code, bytes(result)


_name = ctypes.pythonapi.PyCapsule_GetName
_name.restype, _name.argtypes = ctypes.c_char_p, [ctypes.py_object]
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]

# DLManagedTensorVersioned, which capsules hold that were asked for with max_version: in front of the tensor are a
# version of two uint32_t, two pointers, and flags of 64 bits. DLManagedTensor begins with the tensor.
VERSIONED = 8 + 2 * ctypes.sizeof(ctypes.c_void_p) + 8


def tensor_of(capsule):
    """The address of the DLTensor in a capsule of __dlpack__()."""
    name = _name(capsule)
    return _pointer(capsule, name) + (VERSIONED if name == b"dltensor_versioned" else 0)


class DLTensor(ctypes.Structure):
    """As in dlpack.h."""
    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
                ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)), ("byte_offset", ctypes.c_uint64)]


class Versioned(ctypes.Structure):
    """DLManagedTensorVersioned"""
    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32), ("context", ctypes.c_void_p),
                ("deleter", ctypes.c_void_p), ("flags", ctypes.c_uint64), ("tensor", DLTensor)]


class Newer:
    """
    What a newer framework exports: a versioned capsule, of data that begins behind `byte_offset` bytes of an array, in
    rows without gaps (no strides). The Python of today's distributions has no framework that does.
    """

    def __init__(self, array, byte_offset, rows, width, device=1):
        self.shape = (ctypes.c_int64 * 2)(rows, width)
        self.array = array
        self.managed = Versioned(major=1, flags=0, tensor=DLTensor(
            data=array.ctypes.data, device_type=device, ndim=2, code=2, bits=8 * array.itemsize, lanes=1,
            shape=self.shape, byte_offset=byte_offset))

    def __dlpack__(self):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(self.managed), b"dltensor_versioned", None)
