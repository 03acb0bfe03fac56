# SPDX-License-Identifier: MIT
"""libensemble for NumPy: one answer from what several models said.

One file over ctypes; copy it into your project. It needs libensemble and NumPy, and nothing else.

    import numpy as np
    from ensemble import Ensemble

    with Ensemble(10, method="mean") as e:          # 10 classes
        for said in outputs:                        # arrays of shape (rows, 10)
            e.add(said, space="probabilities")
        y = e.combine()                             # shape (rows, 10)

Arrays are read and written where they are, never copied: float32, float64, float16, bfloat16 (in uint16, or of a dtype
by that name) and int32 for labels, with any distance from row to row. An array that the library cannot read in place is
an error, not a copy. The ensemble holds on to the arrays that it reads, and NumPy refuses to resize() them meanwhile;
what they hold when combine() is called counts.

An Ensemble is for one thread at a time while it is changed. combine(), run() and report() change nothing: any number
of threads may call them at once, and while they compute they let other threads run.

Errors are EnsembleError, a ValueError with the library's `code` and its words, MemoryError, and TypeError for arguments
of another type and arrays of one that it does not know. After an error nothing has changed.

The library is looked for by the name in the environment's LIBENSEMBLE, if there is one, else where the system's
libraries are.
"""
import ctypes
import ctypes.util
import operator
import os
import weakref
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from types import SimpleNamespace

import numpy as np

__all__ = ["Ensemble", "EnsembleError", "FIELDS", "METHODS", "SPACES", "version"]


def _numbered(names, first=0):
    return {name: number for number, name in enumerate(names.split(), first)}


METHODS = _numbered("sum mean geometric harmonic power log_pool product median trimmed min max vote rank")
PARAMETERS = _numbered("exponent trim floor", 1)
SPACES = _numbered("as_is probabilities log_probabilities logits binary_logits labels")
FORMS = _numbered("as_is normalised log softmax tempered")
SIMILARITIES = _numbered("correlation agreement difference", 1)
SCORES = _numbered("log_loss squared_error accuracy auc calibration_error", 1)
FITS = _numbered("convex greedy inverse_error log_odds softmax nothing")
CONSTRAINTS = _numbered("simplex nonnegative unconstrained")

# The fields of a report: the type of their elements, and of which shape they are.
FIELDS = {
    "label": (np.int32, "rows"), "confidence": (np.float64, "rows"), "margin": (np.float64, "rows"),
    "tied": (np.uint8, "rows"), "entropy": (np.float64, "rows"), "mean_entropy": (np.float64, "rows"),
    "mutual_information": (np.float64, "rows"), "vote_disagreement": (np.float64, "rows"),
    "variation_ratio": (np.float64, "rows"), "conflict": (np.float64, "rows"), "weight_present": (np.float64, "rows"),
    "models_present": (np.int32, "rows"), "row_fault": (np.int32, "rows"), "settled": (np.uint8, "rows"),
    "variance": (np.float64, "width"), "contribution": (np.float64, "models"), "influence": (np.float64, "models"),
    "flips": (np.uint8, "models"),
}

_F32, _F64, _F16, _BF16, _I32 = 1, 2, 3, 4, 5
_DTYPES = {np.dtype(np.float32): _F32, np.dtype(np.float64): _F64, np.dtype(np.float16): _F16,
           np.dtype(np.int32): _I32}
_TYPES = {dtype.str: number for dtype, number in _DTYPES.items()}  # as __array_interface__ has them
_BITS = 8 * ctypes.sizeof(c_size_t)
_NO_RESULT = (None, None, ())
_SIZES = {_F32: 4, _F64: 8, _F16: 2, _BF16: 2, _I32: 4}
_EMODEL, _ECOUNT, _ENOMEM, _EISA, _ENAME = -5, -10, -17, -18, -29


# --- The library -----------------------------------------------------------------------------------------------------

class _Output(Structure):
    """struct ensemble_output"""
    _fields_ = [("data", c_void_p), ("rows", c_size_t), ("row_stride", c_size_t), ("dtype", c_int32),
                ("reserved", c_int32)]


class _Report(Structure):
    """struct ensemble_report"""
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("rows", c_size_t), ("width", c_size_t),
                ("models", c_size_t), *((name, c_void_p) for name in FIELDS), ("top", c_size_t),
                ("top_labels", c_void_p), ("top_values", c_void_p)]


class _Call(Structure):
    """struct ensemble_call"""
    _fields_ = [("struct_size", c_uint32), ("output_size", c_uint32), ("outputs", POINTER(_Output)),
                ("n_outputs", c_size_t), ("row_begin", c_size_t), ("row_count", c_size_t), ("result", c_void_p),
                ("result_count", c_size_t), ("result_stride", c_size_t), ("workspace", c_void_p),
                ("workspace_size", c_size_t), ("dtype", c_int32), ("reserved", c_int32), ("row_weights", c_void_p),
                ("row_weights_count", c_size_t), ("report", POINTER(_Report)), ("parallel_for", c_void_p),
                ("parallel_user", c_void_p)]


class _FitOptions(Structure):
    """struct ensemble_fit_options"""
    _fields_ = [("struct_size", c_uint32), ("how", c_int32), ("objective", c_int32), ("constraint", c_int32),
                ("calibrate", c_int32), ("folds", c_uint32), ("bags", c_uint32), ("reserved", c_uint32),
                ("seed", c_uint64), ("ridge", c_double), ("temperature", c_double), ("budget", c_double),
                ("cost", c_void_p), ("n_costs", c_size_t), ("max_models", c_size_t), ("rounds", c_size_t),
                ("metric", c_void_p), ("user", c_void_p)]


class _FitReport(Structure):
    """struct ensemble_fit_report"""
    _fields_ = [("struct_size", c_uint32), ("exact", c_int32), ("best_model", c_int32), ("iterations", c_int32),
                ("uniform", c_double), ("best_single", c_double), ("objective", c_double), ("held_out", c_double),
                ("gap", c_double), ("temperature", c_double), ("log_loss", c_double), ("rows_used", c_size_t),
                ("models_used", c_size_t), ("models", c_size_t), ("weights", c_void_p), ("single", c_void_p),
                ("temperatures", c_void_p), ("rounds", c_size_t), ("trajectory", c_void_p)]


class _Options(Structure):
    """struct ensemble_options"""
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("allocate", c_void_p), ("release", c_void_p),
                ("user", c_void_p), ("isa", c_char_p)]


def _load():
    name = os.environ.get("LIBENSEMBLE") or ctypes.util.find_library("ensemble") or "libensemble.so.1"
    library = ctypes.CDLL(name)
    handle, address, size, number = c_void_p, c_void_p, c_size_t, c_int32
    for name, result, *arguments in (
            ("create_with", c_int, POINTER(handle), size, POINTER(_Options)), ("destroy", None, handle),
            ("clone", c_int, POINTER(handle), handle),
            ("add_model_output", c_int, handle, address, number, size),
            ("set_model_output", c_int, handle, size, address, number, size, size),
            ("set_weights", c_int, handle, address, size), ("get_weights", c_int, handle, address, size),
            ("set_method", c_int, handle, number), ("get_method", number, handle),
            ("set_parameter", c_int, handle, number, c_double), ("set_input", c_int, handle, size, number, c_double),
            ("set_result", c_int, handle, number, c_double),
            ("set_class_weights", c_int, handle, address, size, size),
            ("set_row_weights", c_int, handle, address, size, size),
            ("set_missing_policy", c_int, handle, number, c_double),
            ("set_class_map", c_int, handle, size, address, size), ("get_width", size, handle),
            ("get_models", size, handle), ("set_model_name", c_int, handle, size, c_char_p),
            ("get_model_name", c_char_p, handle, size), ("find_model", c_int, handle, c_char_p),
            ("combine", c_int, handle, address, number, size), ("run", c_int, handle, POINTER(_Call)),
            ("similarity", c_int, handle, number, address),
            ("fit", c_int, handle, address, number, size, POINTER(_FitOptions), POINTER(_FitReport)),
            ("score", c_int, handle, number, address, number, size, POINTER(c_double)),
            ("update", c_int, handle, address, number, size, number, c_double, c_double),
            ("save", c_int, handle, address, size),
            ("load", c_int, POINTER(handle), c_char_p, size, POINTER(_Options)),
            ("check", c_int, handle, address, size), ("workspace_size", size, handle), ("strerror", c_char_p, c_int),
            ("version", c_uint32), ("isa", c_char_p, handle)):
        function = getattr(library, "ensemble_" + name)
        function.restype, function.argtypes = result, arguments
    return library


_lib = _load()


def version():
    """The version of the library that is loaded, such as "1.2.3"."""
    number = _lib.ensemble_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


class EnsembleError(ValueError):
    """What the library refused, in its words; `code` is its ENSEMBLE_E... number."""

    def __init__(self, code, words):
        super().__init__(words)
        self.code = code


def _checked(code, handle=None):
    """The code, if it is none of an error. With a handle, ensemble_check() may know which model is at fault."""
    if code >= 0:
        return code
    if code == _ENOMEM:
        raise MemoryError(_lib.ensemble_strerror(code).decode())
    words = _lib.ensemble_strerror(code).decode()
    if handle is not None:
        why = ctypes.create_string_buffer(256)
        if _lib.ensemble_check(handle, why, len(why)) == code and why.value.decode() != words:
            words += ": " + why.value.decode()
    raise EnsembleError(code, words)


# --- Numbers and words: ctypes would cut what C has no room for -------------------------------------------------------

def _whole(number, bits, what):
    number = operator.index(number)
    if not 0 <= number < 1 << bits:
        raise ValueError(f"{what}: a number from 0 to 2**{bits} - 1, not {number}")
    return number


def _index(model):
    """The library knows how many models there are."""
    index = operator.index(model)
    if not 0 <= index < 1 << 31:
        raise EnsembleError(_EMODEL, f"no model has the index {index}")
    return index


def _word(text, what, code):
    """To C a text ends with its first NUL."""
    if not isinstance(text, str):
        raise TypeError(f"{what} is a str, not {type(text).__name__}")
    if "\0" in text:
        raise EnsembleError(code, f"{what} cannot hold a NUL: {text!r}")
    return text.encode()


# --- Arrays ----------------------------------------------------------------------------------------------------------

def _one_of(names, name, what):
    try:
        return names[name]
    except (KeyError, TypeError):
        raise ValueError(f"there is no {what} {name!r}; there are: {', '.join(names)}") from None


def _dtype(dtype, bfloat16=False):
    """The library's number of a NumPy dtype."""
    dtype = np.dtype(dtype)
    if not dtype.isnative:
        raise TypeError(f"the bytes of {dtype} are in the other order than this machine's")
    if dtype == np.uint16 and bfloat16 or dtype.name == "bfloat16":
        return _BF16
    try:
        return _DTYPES[dtype]
    except KeyError:
        hint = "; for bfloat16 in uint16, say bfloat16=True" if dtype == np.uint16 else ""
        raise TypeError(f"no array of {dtype}: float32, float64, float16, bfloat16, or int32 for labels{hint}"
                        ) from None


def _unmasked(array, what):
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError(f"{what} is a masked array, whose mask the library does not see: "
                        "filled(nan), and leave_out(nan=True), may be what is meant")


def _matrix(array, bfloat16=False, what="an output"):
    """An array where it is: (address, dtype, rows, columns, elements from row to row, is it only to be read?). One
    dimension is one row; of labels, a column."""
    _unmasked(array, what)
    try:
        said = array.__array_interface__  # all of it by one call
    except AttributeError:
        raise TypeError(f"{what} is a NumPy array, not {type(array).__name__}") from None
    address, readonly = said["data"]
    shape, strides, dtype = said["shape"], said["strides"], _TYPES.get(said["typestr"])
    if dtype is None:
        dtype = _dtype(array.dtype, bfloat16)
    item = _SIZES[dtype]
    if len(shape) == 1:
        shape = (shape[0], 1) if dtype == _I32 else (1, shape[0])
        strides = strides and ((strides[0], item) if dtype == _I32 else (shape[1] * item, strides[0]))
    if len(shape) != 2:
        raise ValueError(f"{what} has the shape (rows, width), not {shape}")
    rows, columns = shape
    if strides is None:
        return address, dtype, rows, columns, columns, readonly
    row, column = strides
    if columns > 1 and column != item:
        raise ValueError(f"{what}: the values of a row do not lie side by side (strides {strides})")
    if rows <= 1:
        return address, dtype, rows, columns, columns, readonly
    if row % item or row < columns * item:
        raise ValueError(f"{what}: from row to row it is {row} bytes, which is not a distance forward that the library "
                         "can go")
    return address, dtype, rows, columns, row // item, readonly


def _result(out):
    """The same of an array that is written."""
    where = _matrix(out, True, "the result")
    if where[5]:
        raise ValueError("the result is an array that is not to be written")
    return where[:5]


def _held(array):
    """An array that is kept, and a weak reference: with one, NumPy's resize() refuses to move its memory, also where
    refcheck=False says not to look for others who use it."""
    return array, weakref.ref(array)


def _integers(array, what):
    if array.size and (array.max() > 2**31 - 1 or array.min() < -2**31):
        raise ValueError(f"{what} is beyond 32 bits")
    return array.astype(np.int32, copy=False)


def _vector(values, dtype, what):
    """A contiguous array that the library copies, so it may be one."""
    _unmasked(values, what)
    array = np.asarray(values)
    if dtype is np.int32 and array.size:
        if array.dtype.kind not in "iu":
            raise TypeError(f"{what}: integers of up to 32 bits, not {array.dtype}")
        array = _integers(array, f"one of the {what}")
    array = np.ascontiguousarray(array, dtype)
    if array.ndim != 1:
        raise ValueError(f"{what}: one dimension, not {array.ndim}")
    return array


def _targets(targets):
    """Labels (integers, one per row) or values (rows x width): an array that lives as long as the caller keeps it."""
    _unmasked(targets, "the truth")
    array = np.asarray(targets)
    if array.dtype.kind in "iub":
        array = _integers(array, "a label")
    array = np.ascontiguousarray(array)
    return array, array.ctypes.data, _dtype(array.dtype), array.size


# --- Ensembles -------------------------------------------------------------------------------------------------------

class Ensemble:
    """Several models and how they are combined.

    width: values per row, such as classes; it never changes. method: a name of METHODS. parameters: of the method, such
    as trim=.1. isa: the instruction set, for tests; None is the best one.
    """

    def __init__(self, width, method="sum", *, isa=None, **parameters):
        handle = c_void_p()
        options = _Options(struct_size=ctypes.sizeof(_Options),
                           isa=None if isa is None else _word(isa, "an instruction set's name", _EISA))
        _checked(_lib.ensemble_create_with(byref(handle), _whole(width, _BITS, "the width"), byref(options)))
        self._own(handle)
        self.method = method
        for name, value in parameters.items():
            self.set_parameter(name, value)

    def _own(self, handle):
        self._handle = handle
        self._arrays = {}  # what the library reads where it is, _held(): by the model's index, and the row weights
        self._columns = {}  # of models with classes of their own: how many
        self._missing = set()  # models without an output
        self._last = _NO_RESULT  # the last `out`, _held(), and the arguments of ensemble_combine() for it
        self.width = _lib.ensemble_get_width(handle)
        self._owned = [handle]  # what is destroyed in the end
        self._end = weakref.finalize(self, _destroy, self._owned)

    def close(self):
        """Gives the library's memory back. Nothing but another close() may follow. A with block does it at its end."""
        self._end()
        self._handle = None
        self._arrays.clear()
        self._last = _NO_RESULT

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __len__(self):
        """How many models there are."""
        return _lib.ensemble_get_models(self._live)

    def __bool__(self):
        return True

    def __repr__(self):
        if self._handle is None:
            return "<Ensemble, closed>"
        return f"<Ensemble of {len(self)} models, width {self.width}, {self.method}>"

    @property
    def _live(self):
        if self._handle is None:
            raise ValueError("the ensemble is closed")
        return self._handle

    @property
    def isa(self):
        """The name of the instruction set that is used."""
        return _lib.ensemble_isa(self._live).decode()

    # Models

    def add(self, output=None, *, name=None, space="as_is", temperature=0., classes=None, bfloat16=False):
        """Adds a model, and returns its index.

        output: an array (rows, width), read where it is whenever something is combined; None: to come, by point() or
        with run(). One dimension is one row, or with int32 a label per row (space="labels"). classes: the model has
        classes of its own, column c is class classes[c] of the ensemble. temperature: of logits; 0 is 1.
        """
        space = _one_of(SPACES, space, "space")
        name = None if name is None else _word(name, "a name", _ENAME)
        where = None if output is None else _matrix(output, bfloat16)
        classes = None if classes is None else _vector(classes, np.int32, "classes")
        copy = self.copy()  # some of what follows may fail half way
        model = _checked(_lib.ensemble_add_model_output(copy._handle, None, _F32, 1))
        if name is not None:
            _checked(_lib.ensemble_set_model_name(copy._handle, model, name))
        if classes is not None:
            _checked(_lib.ensemble_set_class_map(copy._handle, model, classes.ctypes.data, len(classes)))
            copy._columns[model] = len(classes)
        _checked(_lib.ensemble_set_input(copy._handle, model, space, temperature))
        copy._point(model, output, where)
        self._handle, copy._handle = copy._handle, self._handle
        self._owned[0], copy._owned[0] = self._handle, copy._handle
        self._arrays, self._columns, self._missing = dict(copy._arrays), copy._columns, copy._missing
        self._last = _NO_RESULT
        copy.close()
        return model

    def point(self, model, output, *, bfloat16=False):
        """Points a model at another output, as add() has it; None: it is missing."""
        self._point(_index(model), output, None if output is None else _matrix(output, bfloat16))

    def _point(self, model, output, where):
        if where is None:
            _checked(_lib.ensemble_set_model_output(self._live, model, None, _F32, max(self._rows(), 1), 0))
            self._arrays.pop(model, None)
            self._missing.add(model)
            return
        address, dtype, rows, columns, stride, _ = where
        held = _held(output)
        self._same_columns(model, dtype, columns)
        _checked(_lib.ensemble_set_model_output(self._live, model, address, dtype, rows, stride))
        self._arrays[model] = held
        self._missing.discard(model)
        for other in self._missing:  # a model that is missing has as many rows as the others
            _checked(_lib.ensemble_set_model_output(self._handle, other, None, _F32, max(rows, 1), 0))

    def _same_columns(self, model, dtype, columns):
        expected = 1 if dtype == _I32 else self._columns.get(model, self.width)
        if columns != expected:
            raise EnsembleError(_ECOUNT, f"an output has {columns} values per row, not {expected}")

    def copy(self):
        """Another ensemble of all that this one holds, which reads the same arrays; for workers that change theirs."""
        handle, copy = c_void_p(), object.__new__(type(self))
        _checked(_lib.ensemble_clone(byref(handle), self._live))
        copy._own(handle)
        copy._arrays, copy._columns, copy._missing = dict(self._arrays), dict(self._columns), set(self._missing)
        return copy

    def name(self, model):
        """The name of a model, "" if it has none."""
        return _lib.ensemble_get_model_name(self._live, _index(model)).decode()

    def find(self, name):
        """The index of the model of this name."""
        model = _lib.ensemble_find_model(self._live, _word(name, "a name", _EMODEL))
        if model == _EMODEL:
            raise EnsembleError(model, f"no model has the name {name!r}")
        return _checked(model)

    # How they are combined

    @property
    def method(self):
        """A name of METHODS."""
        return list(METHODS)[_lib.ensemble_get_method(self._live)]

    @method.setter
    def method(self, name):
        _checked(_lib.ensemble_set_method(self._live, _one_of(METHODS, name, "method")))

    @property
    def weights(self):
        """One for each model, float64, copied. None, when set, is back to 1/n each."""
        weights = np.empty(len(self))
        _checked(_lib.ensemble_get_weights(self._live, weights.ctypes.data, weights.size))
        return weights

    @weights.setter
    def weights(self, weights):
        array = np.empty(0) if weights is None else _vector(weights, np.float64, "weights")
        if weights is not None and array.size == 0:
            raise ValueError("no weights; None is back to equal ones")
        _checked(_lib.ensemble_set_weights(self._live, array.ctypes.data if array.size else None, array.size))

    def set_parameter(self, name, value):
        """A parameter of the method: "exponent" of power, "trim" of trimmed, "floor" of geometric and log_pool."""
        _checked(_lib.ensemble_set_parameter(self._live, _one_of(PARAMETERS, name, "parameter"), value))

    def set_result(self, form, temperature=0.):
        """What becomes of the combined rows: "as_is", "normalised", "log", "softmax" or "tempered"."""
        _checked(_lib.ensemble_set_result(self._live, _one_of(FORMS, form, "form"), temperature))

    def set_class_weights(self, weights):
        """A weight for each model and class, (models, width), copied; None: none."""
        if weights is None:
            _checked(_lib.ensemble_set_class_weights(self._live, None, 0, 0))
            return
        array = np.ascontiguousarray(weights, np.float64)
        if array.ndim != 2:
            raise ValueError(f"class weights have the shape (models, width), not {array.shape}")
        _checked(_lib.ensemble_set_class_weights(self._live, array.ctypes.data, *array.shape))

    def set_row_weights(self, weights):
        """A weight for each row and model: float32 (rows, models), without gaps, read where it is. None: none."""
        if weights is None:
            _checked(_lib.ensemble_set_row_weights(self._live, None, 0, 0))
            self._arrays.pop("row weights", None)
            return
        address, rows, models = _row_weights(weights)
        held = _held(weights)
        _checked(_lib.ensemble_set_row_weights(self._live, address, rows, models))
        self._arrays["row weights"] = held

    def leave_out(self, *, missing=False, nan=False, absent=False, quorum=0.):
        """What to leave out in place of an error or a NaN, and which share of the weight must be present."""
        _checked(_lib.ensemble_set_missing_policy(self._live, missing + 2 * nan + 4 * absent, quorum))

    # Results

    def combine(self, out=None, dtype=np.float32):
        """The combined rows of the outputs that were added: `out`, or a new array (rows, width) of this dtype.

        out: an array without gaps of float32, float64, float16 or, in uint16, bfloat16. The same `out` again takes the
        shortest way.
        """
        last, _, arguments = self._last
        if out is None:
            out = np.empty((self._rows(), self.width), dtype)
            if out.size:
                number = _F32 if dtype is np.float32 else _dtype(out.dtype, True)
                code = _combine(self._live, _addressof(_from_buffer(out)), number, out.size)
                return out if code >= 0 else _checked(code, self._live)
        if out is not last:
            address, number, rows, columns, stride = _result(out)
            if stride != columns:
                raise ValueError("the result has gaps between its rows: that is for run()")
            arguments = (self._live, c_void_p(address), c_int32(number), c_size_t(rows * columns))
            self._last = (*_held(out), arguments)
        code = _combine(*arguments)
        if code < 0:
            _checked(code, self._live)
        return out

    def run(self, *outputs, out=None, dtype=np.float32, rows=None, report=(), top=0, row_weights=None, bfloat16=False):
        """One combine in detail: the combined rows, and with a report (rows, report).

        outputs: one array for each model, None where it is missing; none at all: those that were added. out: where the
        result goes, perhaps with gaps between its rows. rows: a slice of the rows, step 1. report: names of FIELDS;
        top: so many of the largest classes, as top_labels and top_values. row_weights: of this call.
        """
        handle, width = self._live, self.width
        call = _Call(struct_size=ctypes.sizeof(_Call))
        if outputs:
            given, total = self._outputs(outputs, bfloat16)
            call.outputs, call.n_outputs, call.output_size = given, len(given), ctypes.sizeof(_Output)
        else:
            total = self._rows()
        first, last = _range(rows, total)
        call.row_begin, call.row_count = first, last - first
        if out is None:
            out = np.empty((last - first, width), dtype)
        address, number, out_rows, columns, stride = _result(out)
        if (out_rows, columns) != (last - first, width):
            raise EnsembleError(_ECOUNT, f"the result has the shape {(out_rows, columns)}, not {(last - first, width)}")
        call.result, call.result_stride, call.dtype = address, stride, number
        call.result_count = (out_rows - 1) * stride + columns if out_rows else 0
        if row_weights is not None:
            call.row_weights, weight_rows, models = _row_weights(row_weights)
            call.row_weights_count = weight_rows * models
        space = np.empty(_lib.ensemble_workspace_size(handle), np.uint8)
        call.workspace, call.workspace_size = space.ctypes.data, space.size
        told, fields = _new_report(report, top, last - first, width, len(self))
        if told is not None:
            call.report = ctypes.pointer(told)
        if first == last and total:
            return (out, fields) if told is not None else out  # to the library, 0 rows are all of them
        _checked(_lib.ensemble_run(handle, byref(call)), None if outputs else handle)
        return (out, fields) if told is not None else out

    def report(self, *fields, top=0):
        """What the outputs say of the rows besides: .label, .confidence, ..., those of FIELDS that are named."""
        return self.run(report=fields or ("label", "confidence"), top=top)[1]

    def similarity(self, measure="correlation"):
        """How alike the models are, (models, models): "correlation", "agreement" or "difference"."""
        matrix = np.empty((len(self), len(self)))
        _checked(_lib.ensemble_similarity(self._live, _one_of(SIMILARITIES, measure, "measure"), matrix.ctypes.data),
                 self._live)
        return matrix

    def check(self):
        """Why combine() would not work, in words that name the model; "" if it would."""
        why = ctypes.create_string_buffer(256)
        _lib.ensemble_check(self._live, why, len(why))
        return why.value.decode()

    # Learning

    def fit(self, targets, how="convex", *, objective=None, constraint="simplex", calibrate=(), folds=0, bags=0,
            seed=0, ridge=0., temperature=0., budget=0., cost=None, max_models=0, rounds=0):
        """Learns weights from the outputs and the truth, sets them, and says what it found.

        targets: labels (integers, one per row), or values (rows, width). objective: a name of SCORES. calibrate: of
        "models" and "result". The rest is that of struct ensemble_fit_options; docs/learning.md explains it.
        """
        array, address, number, count = _targets(targets)
        models = len(self)
        costs = np.empty(0) if cost is None else _vector(cost, np.float64, "cost")
        options = _FitOptions(
            struct_size=ctypes.sizeof(_FitOptions), how=_one_of(FITS, how, "way to learn"),
            objective=0 if objective is None else _one_of(SCORES, objective, "score"),
            constraint=_one_of(CONSTRAINTS, constraint, "constraint"), calibrate=_calibrated(calibrate),
            folds=_whole(folds, 32, "folds"), bags=_whole(bags, 32, "bags"), seed=_whole(seed, 64, "the seed"),
            ridge=ridge, temperature=temperature, budget=budget, cost=None if cost is None else costs.ctypes.data,
            n_costs=costs.size, max_models=_whole(max_models, _BITS, "max_models"),
            rounds=_whole(rounds, _BITS, "rounds"))
        arrays = {"weights": np.empty(models), "single": np.empty(models), "temperatures": np.empty(models)}
        if how == "greedy":
            arrays["trajectory"] = np.empty(rounds or 50)
        told = _FitReport(struct_size=ctypes.sizeof(_FitReport), models=models, rounds=rounds or 50,
                          **{name: field.ctypes.data for name, field in arrays.items()})
        _checked(_lib.ensemble_fit(self._live, address, number, count, byref(options), byref(told)), self._live)
        numbers = ("exact", "best_model", "iterations", "uniform", "best_single", "objective", "held_out", "gap",
                   "temperature", "log_loss", "rows_used", "models_used")
        return SimpleNamespace(**{name: getattr(told, name) for name in numbers}, **arrays)

    def score(self, score, targets):
        """How good the combined rows are: a name of SCORES."""
        array, address, number, count = _targets(targets)
        value = c_double()
        _checked(_lib.ensemble_score(self._live, _one_of(SCORES, score, "score"), address, number, count, byref(value)),
                 self._live)
        return value.value

    def update(self, targets, score="log_loss", *, rate, share=0.):
        """One step from the weights towards better ones, after a batch whose truth has become known."""
        array, address, number, count = _targets(targets)
        _checked(_lib.ensemble_update(self._live, address, number, count, _one_of(SCORES, score, "score"), rate, share),
                 self._live)

    # Texts

    def save(self):
        """The definition as text, without outputs and row weights."""
        text = ctypes.create_string_buffer(_checked(_lib.ensemble_save(self._live, None, 0)) + 1)
        _checked(_lib.ensemble_save(self._live, text, len(text)))
        return text.value.decode()

    @classmethod
    def load(cls, text):
        """An ensemble of what save() wrote; its models have no output yet."""
        if not isinstance(text, str):
            raise TypeError(f"what save() wrote is a str, not {type(text).__name__}")
        handle, ensemble, raw = c_void_p(), object.__new__(cls), text.encode()
        _checked(_lib.ensemble_load(byref(handle), raw, len(raw), None))
        ensemble._own(handle)
        ensemble._missing.update(range(len(ensemble)))
        model = -1
        for word, *rest in filter(None, map(str.split, text.splitlines())):
            model += word == "model"
            if word == "classes":
                ensemble._columns[model] = len(rest)
        return ensemble

    # What is not for callers

    def _rows(self):
        """How many rows the outputs have that were added."""
        for model, (array, _) in self._arrays.items():
            if model != "row weights":
                return 1 if array.ndim == 1 and array.dtype != np.int32 else len(array)
        return 0

    def _outputs(self, outputs, bfloat16):
        """The outputs of a call, as structs; and how many rows they have."""
        given, total = (_Output * len(outputs))(), 0
        for model, output in enumerate(outputs):
            if output is None:
                given[model] = _Output(None, 1, 0, _F32, 0)
                continue
            address, number, rows, columns, stride, _ = _matrix(output, bfloat16)
            self._same_columns(model, number, columns)
            given[model] = _Output(address, rows, stride, number, 0)
            total = total or rows
        for output in given:
            if output.data is None:
                output.rows = max(total, 1)
        return given, total


_combine = _lib.ensemble_combine
_addressof, _from_buffer = ctypes.addressof, ctypes.c_char.from_buffer  # together the quickest way to an address


def _destroy(owned):
    _lib.ensemble_destroy(owned[0])


def _row_weights(weights):
    address, number, rows, models, stride, _ = _matrix(weights, what="an array of row weights")
    if number != _F32 or stride != models:
        raise TypeError("row weights are a float32 array (rows, models) without gaps")
    return address, rows, models


def _range(rows, total):
    """The first row of a slice, and the one behind its last."""
    if rows is None:
        return 0, total
    if not isinstance(rows, slice):
        raise TypeError(f"rows are a slice, such as slice(0, 10), not {type(rows).__name__}")
    first, last, step = rows.indices(total)
    if step != 1:
        raise ValueError("the rows of a slice follow each other: step 1")
    return first, max(first, last)


def _calibrated(names):
    known = {"models": 1, "result": 2}
    return sum(_one_of(known, name, "calibration") for name in ([names] if isinstance(names, str) else set(names)))


def _new_report(names, top, rows, width, models):
    """A struct ensemble_report and its arrays, or None and nothing."""
    top = _whole(top, _BITS, "top")
    if not names and not top:
        return None, SimpleNamespace()
    try:
        names = [names] if isinstance(names, str) else list(names)
    except TypeError:
        raise TypeError(f"report: a name of FIELDS or several, not {type(names).__name__}") from None
    shapes = {"rows": (rows,), "width": (rows, width), "models": (rows, models)}
    arrays = {}
    for name in names:
        dtype, shape = _one_of(FIELDS, name, "field")
        arrays[name] = np.empty(shapes[shape], dtype)
    if top:
        arrays["top_labels"], arrays["top_values"] = np.empty((rows, top), np.int32), np.empty((rows, top))
    report = _Report(struct_size=ctypes.sizeof(_Report), rows=rows, width=width, models=models, top=top,
                     **{name: array.ctypes.data for name, array in arrays.items()})
    return report, SimpleNamespace(**arrays)
