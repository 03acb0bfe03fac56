# SPDX-License-Identifier: MIT
"""
Tensors of NumPy and PyTorch as outputs of models, without a copy: ensemble_set_model_dlpack(), and ensemble_run_flat(),
by ctypes.

    python3 tests/engines/tensors.py LIBRARY
"""
import gc
import sys
import weakref

import numpy as np
import torch

from tensors_library import (BF16, ECOUNT, EDTYPE, ENULL, EROWS, ESTRIDE, ETENSOR, F16, F32, F64, I32, MEAN, VERSIONED,
                             VOTE, Ensemble, Newer, Output, Versioned, load)

ROWS, WIDTH = 6, 10
WEIGHTS = (.2, .3, .5)
NUMPY = {np.dtype("float32"): F32, np.dtype("float64"): F64, np.dtype("float16"): F16, np.dtype("int32"): I32}
TORCH = {torch.float32: F32, torch.float64: F64, torch.float16: F16, torch.bfloat16: BF16, torch.int32: I32}
RESULTS = {F32: "float32", F64: "float64"}
TOLERANCES = {F32: 1e-6, F64: 1e-14}

library = load(sys.argv[1])
checks = 0
failures = 0


def check(name, right, found=""):
    global checks, failures
    checks += 1
    if not right:
        failures += 1
        print("FAILED:", name, found, file=sys.stderr)


def numbers(*shape, seed=0):
    """In (0, 1), and different everywhere."""
    return np.random.RandomState(seed).uniform(.01, .99, shape)


def raw(tensor):
    """Address, dtype, and strides in elements, from the framework itself."""
    if isinstance(tensor, torch.Tensor):
        return tensor.data_ptr(), TORCH[tensor.dtype], tensor.stride()
    return tensor.ctypes.data, NUMPY[tensor.dtype], tuple(stride // tensor.itemsize for stride in tensor.strides)


def as_doubles(tensor):
    return tensor.double().numpy() if isinstance(tensor, torch.Tensor) else tensor.astype("float64")


def shape_of(tensor):
    """Rows and their length: one dimension is one row."""
    return (1, tensor.shape[0]) if len(tensor.shape) == 1 else tuple(tensor.shape)


def tensors_combine(name, tensors):
    """Values as by NumPy, bits as by raw addresses; new values count without another call, since nothing is copied."""
    rows, width = shape_of(tensors[0])
    result = F64 if any(raw(tensor)[1] == F64 for tensor in tensors) else F32
    by_capsule, by_address = Ensemble(library, width, WEIGHTS), Ensemble(library, width, WEIGHTS)
    capsules = []
    for model, tensor in enumerate(tensors):
        address, dtype, strides = raw(tensor)
        stride = strides[0] if rows > 1 else 0
        check(name + ": raw", by_address.point_raw(model, address, dtype, rows, stride) == 0)
        code, capsule = by_capsule.point(model, tensor)
        check(name + ": tensor", code == 0, code)
        capsules.append(capsule)
    for turn in "as exported", "changed afterwards":
        code, found = by_capsule.combine(result, rows)
        check(f"{name}: combine, {turn}", code == 0, code)
        expected = sum(weight * as_doubles(tensor).reshape(rows, width) for weight, tensor in zip(WEIGHTS, tensors))
        values = np.frombuffer(found, RESULTS[result]).reshape(rows, width)
        check(f"{name}: values, {turn}", np.allclose(values, expected, rtol=TOLERANCES[result], atol=0))
        check(f"{name}: bits, {turn}", by_address.combine(result, rows) == (0, found))
        for tensor in tensors:
            tensor[...] = 1 - tensor


def with_torch(name, check_tensors, arrays):
    check_tensors("numpy " + name, [array.copy() for array in arrays])
    check_tensors("torch " + name, [torch.from_numpy(array.copy()) for array in arrays])


def test_dtypes():
    for dtype in "float32", "float64", "float16":
        with_torch(dtype, tensors_combine, [numbers(ROWS, WIDTH, seed=seed).astype(dtype) for seed in range(3)])
        with_torch(dtype + ", one row", tensors_combine, [numbers(WIDTH, seed=seed).astype(dtype) for seed in range(3)])
    brains = [torch.from_numpy(numbers(ROWS, WIDTH, seed=seed)).bfloat16() for seed in range(3)]
    tensors_combine("torch bfloat16", brains)
    tensors_combine("a bfloat16, a float16 and a float32",
                    [brains[0], numbers(ROWS, WIDTH).astype("float16"), torch.rand(ROWS, WIDTH)])


def test_labels():
    columns = [np.array([3, 1, 4, 1, 5, 9]), np.array([2, 1, 4, 5, 5, 3]), np.array([2, 7, 4, 1, 8, 9])]
    expected = sum(weight * np.eye(WIDTH)[column] for weight, column in zip(WEIGHTS, columns))
    gaps = np.zeros((3, ROWS, 4), "int32")
    for model, column in enumerate(columns):
        gaps[model, :, 1] = column
    for name, tensors in (("one dimension", [column.astype("int32") for column in columns]),
                          ("rows x 1", [column.astype("int32").reshape(ROWS, 1) for column in columns]),
                          ("one dimension with gaps", [block[:, 1] for block in gaps]),
                          ("a column of a matrix", [block[:, 1:2] for block in gaps])):
        for framework in "numpy", "torch":
            ensemble = Ensemble(library, WIDTH, WEIGHTS, VOTE)
            held = [ensemble.point(model, tensor if framework == "numpy" else torch.from_numpy(tensor))
                    for model, tensor in enumerate(tensors)]
            code, found = ensemble.combine(F32, ROWS)
            check(f"{framework} labels, {name}: codes", code == 0 and all(set_to == 0 for set_to, _ in held))
            check(f"{framework} labels, {name}: votes",
                  np.allclose(np.frombuffer(found, "float32").reshape(ROWS, WIDTH), expected, rtol=1e-6, atol=0))


def test_views():
    """Rows in one piece each, with any distance between them and any beginning."""
    large = [numbers(2 * ROWS + 3, WIDTH + 5, seed=seed).astype("float32") for seed in range(3)]
    for name, view in (("a[:6, :10]", lambda a: a[:ROWS, :WIDTH]), ("a[::2, :10]", lambda a: a[:2 * ROWS:2, :WIDTH]),
                       ("a[1:7]", lambda a: a[1:ROWS + 1]), ("a[3:, 2:12]", lambda a: a[3:, 2:WIDTH + 2]),
                       ("a[5], one row", lambda a: a[5]), ("a[5:6]", lambda a: a[5:6])):
        with_torch(name, lambda name, tensors, view=view: tensors_combine(name, [view(a) for a in tensors]), large)
    tensors_combine("torch, transposed twice", [torch.from_numpy(a.copy()).t()[:WIDTH].t() for a in large])
    tensors_combine("torch, 1 row of an odd stride", [torch.rand(90).as_strided((1, WIDTH), (3, 1)) for _ in range(3)])
    tensors_combine("torch, 1 column of an odd stride",
                    [torch.rand(90).as_strided((ROWS, 1), (5, 7)) for _ in range(3)])
    tensors_combine("numpy, 1 row of an odd stride",
                    [np.lib.stride_tricks.as_strided(a, (1, WIDTH), (4, 4)) for a in large])
    tensors_combine("numpy, 1 column", [a[:, 3:4] for a in large])


def test_one_dimension_of_a_width_of_1_is_rows():
    a, b, c = [numbers(ROWS, 2, seed=seed)[:, 1] for seed in range(3)]
    ensemble = Ensemble(library, 1, WEIGHTS)
    held = [ensemble.point(model, tensor) for model, tensor in enumerate((a, torch.from_numpy(b), c))]
    code, found = ensemble.combine(F64, ROWS)
    check("column by column: codes", code == 0 and all(set_to == 0 for set_to, _ in held))
    check("column by column: values", np.allclose(np.frombuffer(found), .2 * a + .3 * b + .5 * c, rtol=1e-14, atol=0))


def test_class_maps():
    """A model with two classes of its own, 3 and 0, is a matrix of two columns."""
    a, b = numbers(ROWS, 4).astype("float32"), torch.rand(ROWS, 2)
    ensemble = Ensemble(library, 4, (1, 1))
    library.ensemble_set_class_map(ensemble.handle, 1, np.array([3, 0], "int32").ctypes.data, 2)
    held = ensemble.point(0, a), ensemble.point(1, b)
    expected = a.copy()
    expected[:, [3, 0]] += b.numpy()
    check("class map: codes", [code for code, _ in held] == [0, 0])
    check("class map: values", ensemble.combine(F32, ROWS) == (0, expected.tobytes()))
    check("class map: the ensemble's width is another's", ensemble.point(1, a)[0] == ETENSOR)


def test_empty():
    for name, tensor in (("numpy", np.empty((0, WIDTH), "float32")), ("torch", torch.empty(0, WIDTH))):
        ensemble = Ensemble(library, WIDTH, WEIGHTS)
        held = [ensemble.point(model, tensor) for model in range(3)]
        check(name + ": no rows", [code for code, _ in held] == [0, 0, 0] and ensemble.combine(F32, 0) == (0, b""))


def test_refusals():
    """What is no matrix of rows x width is refused, and the output that the model has stays."""
    a = numbers(WIDTH, 2 * WIDTH).astype("float32")
    t = torch.from_numpy(a.copy())
    strided = np.lib.stride_tricks.as_strided
    old = numbers(ROWS, WIDTH).astype("float32")
    ensemble = Ensemble(library, WIDTH, (1,))
    capsule = ensemble.point(0, old)[1]
    for name, tensor, expected in (
            ("numpy, transposed", a[:, :ROWS].T, ESTRIDE),
            ("torch, transposed", t[:, :ROWS].t(), ESTRIDE),
            ("numpy, rows that run backwards", a[::-1, :WIDTH], ESTRIDE),
            ("numpy, columns that run backwards", a[:, WIDTH - 1::-1], ESTRIDE),
            ("numpy, every second column", a[:, ::2], ESTRIDE),
            ("torch, every second column", t[:, ::2], ESTRIDE),
            ("numpy, every second value of one row", a[0, ::2], ESTRIDE),
            ("numpy, one row again and again", strided(a, (ROWS, WIDTH), (0, 4)), ESTRIDE),
            ("torch, one row again and again", t[:1, :WIDTH].expand(ROWS, WIDTH), ESTRIDE),
            ("torch, one column again and again", t[:ROWS, :1].expand(ROWS, WIDTH), ESTRIDE),
            ("numpy, rows that overlap", strided(a, (ROWS, WIDTH), (4 * (WIDTH - 1), 4)), ESTRIDE),
            ("numpy, too wide", a, ETENSOR),
            ("torch, too narrow", t[:, :WIDTH - 1], ETENSOR),
            ("numpy, a row of another length", a[0], ETENSOR),
            ("numpy, no columns", np.empty((ROWS, 0), "float32"), ETENSOR),
            ("numpy, three dimensions", a.reshape(2, WIDTH, WIDTH), ETENSOR),
            ("torch, three dimensions", t.reshape(2, WIDTH, WIDTH), ETENSOR),
            ("numpy, no dimension", np.array(1, "float32"), ETENSOR),
            ("torch, no dimension", torch.tensor(1.), ETENSOR),
            ("numpy, labels of several columns", np.zeros((ROWS, WIDTH), "int32"), ETENSOR),
            ("of a GPU", Newer(a, 0, ROWS, WIDTH, device=2), ETENSOR)):
        check(name + ": refused", ensemble.point(0, tensor)[0] == expected, ensemble.point(0, tensor)[0])
    for dtype in "int64", "int16", "uint8", "uint32", "complex64":
        check(f"numpy {dtype}: refused", ensemble.point(0, np.zeros((ROWS, WIDTH), dtype))[0] == EDTYPE)
    for dtype in torch.int64, torch.uint8, torch.complex64:
        check(f"torch {dtype}: refused", ensemble.point(0, torch.zeros(ROWS, WIDTH, dtype=dtype))[0] == EDTYPE)
    check("no tensor", library.ensemble_set_model_dlpack(ensemble.handle, 0, None) == ENULL)
    check("after all of that, the old one", ensemble.combine(F32, ROWS) == (0, old.tobytes()))
    check("rows are compared when they are combined", two_heights() == EROWS)
    del capsule


def two_heights():
    ensemble = Ensemble(library, WIDTH, (1, 1))
    held = [ensemble.point(0, torch.rand(ROWS, WIDTH)), ensemble.point(1, torch.rand(ROWS + 1, WIDTH))]
    return ensemble.combine(F32, ROWS)[0] if [code for code, _ in held] == [0, 0] else None


def test_what_the_frameworks_do_not_export():
    """Not the library's doing, but what a user meets: the framework raises, and there is no capsule."""
    still = numbers(ROWS, WIDTH)
    still.flags.writeable = False
    for name, tensor in (("a read-only array", still),
                         ("a tensor with a gradient", torch.rand(ROWS, WIDTH, requires_grad=True)),
                         ("a sparse tensor", torch.rand(ROWS, WIDTH).to_sparse()),
                         ("a meta tensor", torch.empty(ROWS, WIDTH, device="meta")),
                         ("big-endian numbers", numbers(ROWS, WIDTH).astype(">f8"))):
        try:
            tensor.__dlpack__()
        except Exception as error:  # which one differs between the frameworks and their versions
            print(f"not exported: {name}: {type(error).__name__}: {str(error).splitlines()[0]}")
        else:
            print(f"exported, by these versions: {name}")


def test_versioned_capsules():
    a = numbers(ROWS + 1, WIDTH).astype("float32")
    newer = Newer(a, byte_offset=4 * WIDTH, rows=ROWS, width=WIDTH)
    ensemble = Ensemble(library, WIDTH, (1,))
    code, capsule = ensemble.point(0, newer)
    check("versioned: where the tensor lies", Versioned.tensor.offset == VERSIONED)
    check("versioned: values behind an offset", (code, ensemble.combine(F32, ROWS)) == (0, (0, a[1:].tobytes())))
    del capsule


def test_the_capsule_owns_the_data():
    """An array that nobody else holds lives as long as its capsule, and not longer."""
    array = numbers(ROWS, WIDTH)
    expected, alive = array.tobytes(), weakref.ref(array)
    ensemble = Ensemble(library, WIDTH, (1,))
    code, capsule = ensemble.point(0, array)
    del array
    gc.collect()
    check("held: the array is there", code == 0 and alive() is not None)
    check("held: its values", ensemble.combine(F64, ROWS) == (0, expected))
    del capsule
    gc.collect()
    check("dropped: the array is not", alive() is None)


def stacked(name, array, models_axis):
    """ensemble_run_flat() on an array of three dimensions, `models_axis` that of the models; beside ensemble_run()."""
    array = np.moveaxis(array, models_axis, 0)
    models, rows, width = array.shape
    model_stride, row_stride, within = (stride // array.itemsize for stride in array.strides)
    dtype = NUMPY[array.dtype]
    result = np.zeros((rows, width + 3), "float64" if dtype == F64 else "float32")
    outputs = (Output * models)(*(Output(array[i].ctypes.data, rows, row_stride, dtype) for i in range(models)))
    ensemble = Ensemble(library, width, WEIGHTS, MEAN)
    code = library.ensemble_run_flat(
        ensemble.handle, array.ctypes.data, dtype, rows, row_stride, model_stride, result.ctypes.data,
        NUMPY[result.dtype], result.size - 3, width + 3, None, 0)
    check(name + ": runs", within == 1 and code == 0, code)
    check(name + ": bits", ensemble.run(outputs, NUMPY[result.dtype], rows) == (0, result[:, :width].tobytes()))
    check(name + ": values", np.allclose(result[:, :width], np.average(array.astype("float64"), 0, WEIGHTS),
                                         rtol=TOLERANCES[NUMPY[result.dtype]], atol=0))
    check(name + ": gaps", not result[:, width:].any())


def test_flat():
    for dtype in "float32", "float64", "float16":
        values = numbers(3, ROWS, WIDTH).astype(dtype)
        stacked(dtype + " (models, rows, width)", values, 0)
        stacked(dtype + " (rows, models, width)", np.ascontiguousarray(np.moveaxis(values, 0, 1)), 1)
        stacked(dtype + " with gaps", numbers(4, 2 * ROWS, WIDTH + 1).astype(dtype)[1:, ::2, 1:], 0)
        stacked(dtype + " large", numbers(3, 40, 1000).astype(dtype), 0)
    whole = numbers(3, ROWS, WIDTH).astype("float32")
    ensemble = Ensemble(library, WIDTH, WEIGHTS)
    result = np.zeros((ROWS, WIDTH), "float32")
    flat = [ensemble.handle, whole.ctypes.data, F32, ROWS, 0, 0, result.ctypes.data, F32, result.size, 0, None, 0]
    too_small = library.ensemble_run_flat(*flat[:8], result.size - 1, *flat[9:])
    check("flat: a result that is too small", too_small == ECOUNT)
    check("flat: nothing was written", not result.any())
    check("flat: strides of 0", library.ensemble_run_flat(*flat) == 0 and
          np.allclose(result, np.tensordot(WEIGHTS, whole.astype("float64"), 1), rtol=1e-6, atol=0))


def test_flat_labels():
    labels = np.array([[3, 1, 4, 1, 5, 9], [2, 1, 4, 5, 5, 3], [2, 7, 4, 1, 8, 9]], "int32")
    expected = np.tensordot(WEIGHTS, np.eye(WIDTH)[labels], 1)
    by_row = np.ascontiguousarray(labels.T)
    for name, array, row_stride, model_stride in (("(models, rows)", labels, 0, 0), ("(rows, models)", by_row, 3, 1)):
        ensemble = Ensemble(library, WIDTH, WEIGHTS, VOTE)
        result = np.zeros((ROWS, WIDTH))
        code = library.ensemble_run_flat(ensemble.handle, array.ctypes.data, I32, ROWS, row_stride, model_stride,
                                         result.ctypes.data, F64, result.size, 0, None, 0)
        check(f"flat labels {name}", code == 0 and np.allclose(result, expected, rtol=1e-14, atol=0), code)


for test in [function for name, function in list(globals().items()) if name.startswith("test_")]:
    test()
print(f"tensors: NumPy {np.__version__}, PyTorch {torch.__version__}: {checks} checks, {failures} failures")
sys.exit(failures > 0)
