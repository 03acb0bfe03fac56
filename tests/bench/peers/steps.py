# SPDX-License-Identifier: MIT
"""
The steps of steps.h with NumPy and PyTorch: started by steps.c, which asks line by line.

    memory FILE SIZE                                    maps what all contenders share; answers "ok"
    step TOP HALF ROWS WIDTH FROM STEP VALUES LABELS W...   answers the names of those that can do it
    run NAME CALLS                                      one call that does not count, then CALLS; answers "ns"

Model m begins at byte FROM + m * STEP. What is found is written to bytes VALUES and LABELS once, before the calls that
are timed.
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

memory = None


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


class Step:
    def __init__(self, words):
        top, half, self.rows, self.width, first, step, values, labels = map(int, words[:8])
        self.top, self.weights, self.calls = top, [float(w) for w in words[8:]], {}
        count = self.rows * (5 if top else 1)
        self.values = memoryview(memory)[values:values + 4 * count].cast("f")
        self.labels = memoryview(memory)[labels:labels + 4 * count].cast("i")
        places = [first + m * step for m in range(len(self.weights))]
        if np is not None:
            kind = np.uint16 if half else np.float32
            x = [np.ndarray((self.rows, self.width), kind, memory, at) for at in places]
            self.calls["numpy"] = lambda: self.numpy([self.widen(y) for y in x] if half else x)
        if torch is not None:
            kind = torch.bfloat16 if half else torch.float32
            y = [torch.frombuffer(memory, dtype=kind, count=self.rows * self.width, offset=at)
                 .view(self.rows, self.width) for at in places]
            w = torch.tensor(self.weights).view(-1, 1, 1)
            stacked = torch.stack(y)
            self.calls["torch"] = lambda: self.torch(y)
            if not top:
                self.calls["torch-stack"] = lambda: self.torch_stack(stacked, w)

    @staticmethod
    def widen(y):
        return (y.astype(np.uint32) << 16).view(np.float32)

    def mean(self, x):
        total = x[0] * self.weights[0]
        for y, w in zip(x[1:], self.weights[1:]):
            total += y * w
        return total

    def numpy(self, x):
        if not self.top:
            p = self.mean([softmax(y) for y in x])
            label = p.argmax(1)
            return p[np.arange(self.rows), label], label
        p = softmax(self.mean(x))
        some = np.argpartition(p, -5, 1)[:, -5:]
        values = np.take_along_axis(p, some, 1)
        order = np.argsort(-values, 1)
        return np.take_along_axis(values, order, 1), np.take_along_axis(some, order, 1)

    def torch(self, x):
        z = x if self.top else [torch.softmax(y, 1, dtype=torch.float32) for y in x]
        total = z[0] * self.weights[0]
        for y, w in zip(z[1:], self.weights[1:]):
            total.add_(y, alpha=w)
        return torch.topk(torch.softmax(total, 1), 5) if self.top else torch.max(total, 1)

    def torch_stack(self, x, w):
        return torch.max((torch.softmax(x, 2, dtype=torch.float32) * w).sum(0), 1)

    def run(self, name, calls):
        call = self.calls[name]
        values, labels = call()
        for i, (value, label) in enumerate(zip(values.reshape(-1).tolist(), labels.reshape(-1).tolist())):
            self.values[i], self.labels[i] = value, label
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - start) * 1e9 / calls


def main():
    global memory
    step = None
    there = ["NumPy " + np.__version__ if np else None, "PyTorch " + torch.__version__ if torch else None]
    print(", ".join(filter(None, there)) or "missing: neither NumPy nor PyTorch", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "memory":
            with open(words[1], "r+b") as file:
                memory = mmap.mmap(file.fileno(), int(words[2]))
            print("ok", flush=True)
        elif words[0] == "step":
            step = Step(words[1:])
            print(" ".join(step.calls) or "none", flush=True)
        else:
            print(step.run(words[1], int(words[2])), flush=True)


main()
