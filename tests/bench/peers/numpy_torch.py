# SPDX-License-Identifier: MIT
"""
The weighted sum with NumPy and PyTorch, beside the library: started by numpy.c, which asks line by line.

    memory FILE SIZE                                            maps what all contenders share; answers "ok"
    cell IN OUT MODELS ROWS WIDTH STRIDE STEP FROM TO W...      answers the names of those that can do it
    run NAME CALLS                                              one call that does not count, then CALLS; answers "ns"

Input m begins at byte FROM + m * STEP, the result at byte TO; STRIDE is in elements.
"""
import mmap
import sys
import time

try:
    import numpy as np
except ImportError:
    np = None
try:
    import torch
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
except ImportError:
    torch = None

SIZES = {"f32": 4, "f64": 8, "f16": 2, "bf16": 2}
memory = None


class Cell:
    def __init__(self, words):
        self.kind, self.to = words[0], words[1]
        self.n, self.rows, self.width, self.stride, self.step, self.first, self.at = map(int, words[2:9])
        self.weights = [float(w) for w in words[9:]]

    def numpy(self):
        if np is None or "bf16" in (self.kind, self.to):
            return {}
        kind, to = (np.dtype({"f32": "f4", "f64": "f8", "f16": "f2"}[t]) for t in (self.kind, self.to))
        size = kind.itemsize
        shape, steps = ((self.rows, self.width), (self.stride * size, size)) if self.rows > 1 else \
            ((self.width,), (size,))
        inputs = np.ndarray((self.n,) + shape, kind, memory, self.first, (self.step,) + steps)
        out = np.ndarray(shape, to, memory, self.at)
        sums = np.float64 if self.kind == "f64" else np.float32
        w = np.array(self.weights, sums)
        models = [(inputs[m], w[m]) for m in range(self.n)]
        product = np.empty(shape, sums)
        total = out if to == sums else np.empty(shape, sums)

        def passes():
            np.multiply(models[0][0], models[0][1], out=total, dtype=sums)
            for y, v in models[1:]:
                np.multiply(y, v, out=product, dtype=sums)
                np.add(total, product, out=total)
            if total is not out:
                out[...] = total

        found = {"numpy-passes": passes}
        if kind == to:
            found["numpy-dot"] = (lambda: np.dot(w, inputs, out=out)) if self.rows == 1 else \
                (lambda: np.copyto(out, np.tensordot(w, inputs, 1)))
            found["numpy-einsum"] = lambda: np.einsum("m,m...->...", w, inputs, out=out)
            if size == 2:
                del found["numpy-dot"]
                found["numpy-einsum"] = lambda: np.einsum("m,m...->...", w, inputs, out=out, dtype=sums,
                                                          casting="unsafe")
        return found

    def torch(self):
        if torch is None:
            return {}
        kind, to = ({"f32": torch.float32, "f64": torch.float64, "f16": torch.float16,
                     "bf16": torch.bfloat16}[t] for t in (self.kind, self.to))
        size, row = SIZES[self.kind], self.rows > 1
        shape, steps = ((self.rows, self.width), (self.stride, 1)) if row else ((self.width,), (1,))
        inputs = torch.frombuffer(memory, dtype=kind).as_strided((self.n,) + shape, (self.step // size,) + steps,
                                                                 self.first // size)
        out = torch.frombuffer(memory, dtype=to, offset=self.at, count=self.rows * self.width).view(shape)
        weights = self.weights
        models = [inputs[m] for m in range(self.n)]
        w = torch.tensor(weights, dtype=kind)
        matrix = inputs.t() if not row else inputs.permute(1, 2, 0)

        def add():
            torch.mul(models[0], weights[0], out=out)
            for y, v in zip(models[1:], weights[1:]):
                out.add_(y, alpha=v)

        def add_wide():
            out.copy_(models[0]).mul_(weights[0])
            for y, v in zip(models[1:], weights[1:]):
                out.add_(y, alpha=v)

        found = {"torch-add": add if kind == to else add_wide}
        if kind == to:
            found["torch-mv"] = (lambda: torch.matmul(matrix, w, out=out)) if not row else \
                (lambda: out.copy_(torch.matmul(matrix, w)))
        return found

    def names(self):
        found = {**self.numpy(), **self.torch()}
        self.calls = {}
        for name, call in found.items():
            try:
                call()
                self.calls[name] = call
            except (RuntimeError, TypeError, ValueError, NotImplementedError):
                pass  # it has no such operation for this type
        return " ".join(self.calls) or "none"

    def run(self, name, calls):
        call = self.calls[name]
        call()
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - start) * 1e9 / calls


def main():
    global memory
    cell = None
    there = ["NumPy " + np.__version__ if np else None, "PyTorch " + torch.__version__ if torch else None]
    print(", ".join(filter(None, there)) or "missing: neither NumPy nor PyTorch", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "memory":
            with open(words[1], "r+b") as file:
                memory = mmap.mmap(file.fileno(), int(words[2]))
            print("ok", flush=True)
        elif words[0] == "cell":
            cell = Cell(words[1:])
            print(cell.names(), flush=True)
        else:
            print(cell.run(words[1], int(words[2])), flush=True)


main()
