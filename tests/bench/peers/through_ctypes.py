# SPDX-License-Identifier: MIT
"""
The weighted sum of NumPy arrays through ctypes, beside NumPy's own: started by through_ctypes.c, line by line.

    library FILE                          loads it; answers "ok"
    cell bound|new DTYPE MODELS LENGTH    answers the names of those that do it, the library last; = before a yardstick
    run NAME CALLS                        one call that does not count, then CALLS; answers the nanoseconds of one

bound: the same arrays at each call, so what can be prepared is. new: each call is given other arrays.
"""
import ctypes
import sys
import time
from functools import partial

try:
    import numpy as np
except ImportError as error:
    print("missing:", error, flush=True)
    sys.exit(0)

DTYPES = {"f32": (1, np.float32), "f64": (2, np.float64), "f16": (3, np.float16)}
TOLERANCES = {1: 1e-5, 2: 1e-12, 3: 1e-2}  # NumPy sums f16 in f16


class Output(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("rows", ctypes.c_size_t), ("row_stride", ctypes.c_size_t),
                ("dtype", ctypes.c_int32), ("reserved", ctypes.c_int32)]


class Call(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("output_size", ctypes.c_uint32), ("outputs", ctypes.c_void_p),
                ("n_outputs", ctypes.c_size_t), ("row_begin", ctypes.c_size_t), ("row_count", ctypes.c_size_t),
                ("result", ctypes.c_void_p), ("result_count", ctypes.c_size_t), ("result_stride", ctypes.c_size_t),
                ("workspace", ctypes.c_void_p), ("workspace_size", ctypes.c_size_t), ("dtype", ctypes.c_int32),
                ("reserved", ctypes.c_int32), ("row_weights", ctypes.c_void_p),
                ("row_weights_count", ctypes.c_size_t), ("report", ctypes.c_void_p)]


def by_ctypes(a):
    return a.ctypes.data


def by_interface(a):
    return a.__array_interface__["data"][0]


def by_buffer(a, addressof=ctypes.addressof, from_buffer=ctypes.c_char.from_buffer):
    return addressof(from_buffer(a))


ADDRESSES = {"ctypes": by_ctypes, "interface": by_interface, "buffer": by_buffer}


def must(code):
    if code < 0:
        raise RuntimeError(f"the library says {code}")
    return code


class Cell:
    """The arrays of a task, and all ways to sum them: functions without arguments that leave the sum in their answer."""

    def __init__(self, path, kind, models, length):
        self.number, self.dtype = DTYPES[kind]
        self.n, self.length = models, length
        random = np.random.default_rng(1)
        self.stack = (random.random((models, length), np.float32) + .1).astype(self.dtype)
        self.arrays = list(self.stack)
        self.weights = [.5, .3, .2][:models]
        self.out = np.zeros(length, self.dtype)
        self.library, self.held = ctypes.CDLL(path), ctypes.PyDLL(path)  # held: without giving the GIL back meanwhile
        self.e = ctypes.c_void_p()
        must(self.library.ensemble_create(ctypes.byref(self.e), ctypes.c_size_t(length)))
        for a in self.arrays:
            must(self.library.ensemble_add_model_output(self.e, ctypes.c_void_p(a.ctypes.data), self.number,
                                                        ctypes.c_size_t(1)))
        weights = (ctypes.c_double * models)(*self.weights)
        must(self.library.ensemble_set_weights(self.e, weights, ctypes.c_size_t(models)))

    def free(self):
        self.library.ensemble_destroy(self.e)

    def numpy(self, new):
        w1, w2, w3 = self.weights
        part, stack, w = np.empty_like(self.out), self.stack, np.array(self.weights, self.dtype)

        def expression(arrays, _out):
            y1, y2, y3 = arrays
            return w1 * y1 + w2 * y2 + w3 * y3

        def in_place(arrays, out):
            y1, y2, y3 = arrays
            np.multiply(y1, w1, out)
            np.multiply(y2, w2, part)
            np.add(out, part, out)
            np.multiply(y3, w3, part)
            return np.add(out, part, out)

        if new:
            return {"numpy-expression": expression, "numpy-in-place": in_place,
                    "numpy-array-dot": lambda arrays, out: np.dot(w, np.array(arrays), out)}
        return {"numpy-expression": expression, "numpy-in-place": in_place,
                "numpy-dot": lambda _arrays, _out: w.dot(stack),
                "numpy-dot-out": lambda _arrays, out: np.dot(w, stack, out),
                "numpy-matmul": lambda _arrays, _out: w @ stack,
                "numpy-einsum": lambda _arrays, out: np.einsum("i,ij->j", w, stack, out=out)}

    def set_and_combine(self, address):
        """New arrays by ensemble_set_model_output, then a combine."""
        set_output, combine = self.held.ensemble_set_model_output, self.held.ensemble_combine
        e, dtype, rows, stride = self.e, ctypes.c_int32(self.number), ctypes.c_size_t(1), ctypes.c_size_t(0)
        count, pointer = ctypes.c_size_t(self.length), ctypes.c_void_p
        models = [ctypes.c_size_t(m) for m in range(self.n)]

        def call(arrays, out):
            for m, a in zip(models, arrays):
                set_output(e, m, pointer(address(a)), dtype, rows, stride)
            combine(e, pointer(address(out)), dtype, count)
            return out

        return call

    def prepare_run(self):
        """The structs of ensemble_run, made once, and the words in them that addresses are put into."""
        outputs = (Output * self.n)(*(Output(None, 1, 0, self.number, 0) for _ in range(self.n)))
        call = Call(ctypes.sizeof(Call), ctypes.sizeof(Output), ctypes.addressof(outputs), self.n)
        call.result_count, call.dtype = self.length, self.number
        words, step = memoryview(outputs).cast("B").cast("N"), ctypes.sizeof(Output) // ctypes.sizeof(ctypes.c_size_t)
        result, at = memoryview(call).cast("B").cast("N"), Call.result.offset // ctypes.sizeof(ctypes.c_size_t)
        return words, step, result, at, partial(self.held.ensemble_run, self.e, ctypes.byref(call))

    def run(self, address):
        """New arrays by ensemble_run."""
        words, step, result, at, run = self.prepare_run()
        places = range(0, self.n * step, step)

        def once(arrays, out):
            for place, a in zip(places, arrays):
                words[place] = address(a)
            result[at] = address(out)
            run()
            return out

        return once

    def run_three(self, addressof=ctypes.addressof, from_buffer=ctypes.c_char.from_buffer):
        """The same for three arrays, without a loop and without a function of Python's own."""
        words, step, result, at, run = self.prepare_run()
        second, third = step, 2 * step

        def once(arrays, out):
            y1, y2, y3 = arrays
            words[0] = addressof(from_buffer(y1))
            words[second] = addressof(from_buffer(y2))
            words[third] = addressof(from_buffer(y3))
            result[at] = addressof(from_buffer(out))
            run()
            return out

        return once

    def ours(self, new):
        if new:
            ways = {"set": self.set_and_combine, "run": self.run}
            found = {f"ensemble-{way}-{name}": make(address) for way, make in ways.items()
                     for name, address in ADDRESSES.items()}
            return {**found, "ensemble-run-buffers": self.run_three()}
        arguments = (self.e, ctypes.c_void_p(self.out.ctypes.data), ctypes.c_int32(self.number),
                     ctypes.c_size_t(self.length))
        return {"ensemble-cdll": partial(self.library.ensemble_combine, *arguments),
                "ensemble-prepared": partial(self.held.ensemble_combine, *arguments)}

    def calls(self, new):
        """All of them without arguments, after they have shown that they get the same. First the others, then ours."""
        others = {name: partial(f, self.arrays, self.out) for name, f in self.numpy(new).items()}
        ours = {name: partial(f, self.arrays, self.out) if new else f for name, f in self.ours(new).items()}
        expected = sum(w * y.astype(np.float64) for w, y in zip(self.weights, self.arrays))
        for name, call in {**others, **ours}.items():
            self.out[:] = -1
            answer = call()
            answer = self.out if name in ours else answer
            if not np.allclose(answer.astype(np.float64), expected, rtol=TOLERANCES[self.number], atol=0):
                raise RuntimeError(name + " has another result")
        return others, ours


def run(call, calls):
    call()
    begin = time.perf_counter_ns()
    for _ in range(calls):
        call()
    return (time.perf_counter_ns() - begin) / calls


def main():
    print(f"NumPy {np.__version__}, ctypes of Python {sys.version.split()[0]}", flush=True)
    path, cell, calls = None, None, {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "library":
            path = words[1]
            print("ok", flush=True)
        elif words[0] == "cell":
            if cell is not None:
                cell.free()
            new = words[1] == "new"
            cell = Cell(path, words[2], int(words[3]), int(words[4]))
            try:
                others, ours = cell.calls(new)
            except RuntimeError as error:
                print("error:", error, flush=True)
                return
            yardsticks = {"address-" + name: partial(f, cell.out) for name, f in ADDRESSES.items()} if new else {}
            calls = {**others, **yardsticks, **ours}
            print(*others, *("=" + name for name in yardsticks), *ours, flush=True)
        else:
            print(run(calls[words[1]], int(words[2])), flush=True)


main()
