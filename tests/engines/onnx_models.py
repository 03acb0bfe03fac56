# SPDX-License-Identifier: MIT
"""
onnx_models.py OUT HEADER DIGITS: models for onnxruntime.c and onnxruntime_bench.c, written to the folder OUT.

Classifiers of digits (four linear ones and a tree) are learned here from what DIGITS holds; then come graphs of nothing
but the combination, for every type and method; graphs that must be refused, with the words that have to be said; and
what ONNX Runtime's own nodes do, to be measured beside. cases.txt says what each graph means in the numbers of HEADER,
the library's.
"""
import math
import re
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

OUT, HEADER, DIGITS = sys.argv[1:]
NAMES = ["logistic", "naive_bayes", "forest", "knn", "svm", "tree"]
TYPES = {"f32": TensorProto.FLOAT, "f64": TensorProto.DOUBLE, "f16": TensorProto.FLOAT16, "bf16": TensorProto.BFLOAT16}
NUMBERS = {n: int(v) for n, v in re.findall(r"^ *ENSEMBLE_(\w+) = (\d+)", open(HEADER).read(), re.M)}


def save(name, nodes, inputs, outputs, initializers=()):
    """Inputs and outputs: (name, element type, shape)."""
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info(*i) for i in inputs],
                              [helper.make_tensor_value_info(*o) for o in outputs], list(initializers))
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid("ensemble", 1), helper.make_opsetid("ai.onnx.ml", 2)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), f"{OUT}/{name}.onnx")


def constant(name, values, kind=TensorProto.FLOAT):
    values = np.asarray(values)
    return helper.make_tensor(name, kind, values.shape, values.flatten().tolist())


def combine(inputs, output="y", **attributes):
    return helper.make_node("Combine", inputs, [output], domain="ensemble", **attributes)


# ---- Classifiers of digits, out of what six others say -------------------------------------------------------------


def digits(part):
    x = np.hstack([np.load(f"{DIGITS}/{name}.{part}.npy") for name in NAMES])
    return x.astype(np.float64), np.load(f"{DIGITS}/labels.{part}.npy")


def softmax(z):
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def linear(x, labels, columns):
    """Softmax regression on some of the columns, by gradient steps; weights of the others are 0."""
    w, b = np.zeros((x.shape[1], 10)), np.zeros(10)
    for _ in range(400):
        error = softmax(x @ w + b) - np.eye(10)[labels]
        w[columns] -= 2 * (x[:, columns].T @ error / len(x) + 1e-3 * w[columns])
        b -= 2 * error.mean(axis=0)
    return w, b


def grow(x, labels, rows, depth, tree):
    """A tree by Gini's impurity: a list of (feature, threshold, yes, no) and of leaves' shares."""
    at, counts = len(tree), np.bincount(labels[rows], minlength=10)
    tree.append(counts / counts.sum())
    if depth == 0 or counts.max() == counts.sum():
        return at
    best = (math.inf,)
    for feature in range(x.shape[1]):
        order = rows[np.argsort(x[rows, feature], kind="stable")]
        values = x[order, feature]
        left = np.cumsum(np.eye(10)[labels[order]], axis=0)[:-1]
        right, n = counts - left, np.arange(1, len(rows))
        impurity = len(rows) - (left ** 2).sum(axis=1) / n - (right ** 2).sum(axis=1) / (len(rows) - n)
        impurity[values[1:] == values[:-1]] = math.inf
        k = int(impurity.argmin())
        if impurity[k] < best[0]:
            best = (impurity[k], feature, float(np.float32((values[k] + values[k + 1]) / 2)))
    _, feature, threshold = best
    yes = x[rows, feature] <= threshold
    tree[at] = (feature, threshold, grow(x, labels, rows[yes], depth - 1, tree),
                grow(x, labels, rows[~yes], depth - 1, tree))
    return at


def tree_node(tree):
    inner = [t if isinstance(t, tuple) else (0, 0.0, 0, 0) for t in tree]
    leaves = [(i, c, float(share)) for i, t in enumerate(tree) if not isinstance(t, tuple) for c, share in enumerate(t)]
    return helper.make_node(
        "TreeEnsembleClassifier", ["x"], ["label", "p4"], domain="ai.onnx.ml", post_transform="NONE",
        classlabels_int64s=list(range(10)), nodes_treeids=[0] * len(tree), nodes_nodeids=list(range(len(tree))),
        nodes_modes=["BRANCH_LEQ" if isinstance(t, tuple) else "LEAF" for t in tree],
        nodes_featureids=[t[0] for t in inner], nodes_values=[t[1] for t in inner],
        nodes_truenodeids=[t[2] for t in inner], nodes_falsenodeids=[t[3] for t in inner],
        class_treeids=[0] * len(leaves), class_nodeids=[n for n, _, _ in leaves],
        class_ids=[c for _, c, _ in leaves], class_weights=[s for _, _, s in leaves])


def write_digits():
    x, labels = digits("validation")
    nodes, constants, tree = [], [], []
    for k in range(4):
        w, b = linear(x, labels, np.arange(10 * k, 10 * k + 30))
        constants += [constant(f"w{k}", w), constant(f"b{k}", b)]
        nodes += [helper.make_node("Gemm", ["x", f"w{k}", f"b{k}"], [f"z{k}"]),
                  helper.make_node("Softmax", [f"z{k}"], [f"p{k}"], axis=1)]
    grow(x, labels, np.arange(len(x)), 5, tree)
    nodes.append(tree_node(tree))
    models = [f"p{k}" for k in range(5)]
    weights = [0.25, 0.25, 0.1875, 0.1875, 0.125]
    ours = [combine(models, method="mean", input="probabilities", weights=weights)]
    theirs = [helper.make_node("Mul", [p, f"weight_{p}"], [f"m_{p}"]) for p in models]
    theirs.append(helper.make_node("Sum", [f"m_{p}" for p in models], ["z"]))
    constants += [constant(f"weight_{p}", [w]) for p, w in zip(models, weights)]
    outputs = {name: (name, TensorProto.FLOAT, ["rows", 10]) for name in ["y", "z", *models]}
    x_in = [("x", TensorProto.FLOAT, ["rows", 60])]
    save("digits", nodes + ours + theirs, x_in, outputs.values(), constants)
    save("digits_ours", nodes + ours, x_in, [outputs["y"]], constants)
    save("digits_Mul_Sum", nodes + theirs, x_in, [outputs["z"]], constants)


# ---- The combination alone -------------------------------------------------------------------------------------------

ABC = ["a", "b", "c"]
CASES = {
    "plain": {},
    "sum": dict(method="sum", weights=[0.5, 0.25, -0.125]),
    "whole": dict(method="mean", weights=[1, 2, 3], quorum=1),
    "mean": dict(method="mean", weights=[0.7, 0.2, 0.1]),
    "geometric": dict(method="geometric", floor=1e-3),
    "harmonic": dict(method="harmonic"),
    "power": dict(method="power", exponent=3.0),
    "log_pool": dict(method="log_pool", floor=1e-4, weights=[1.0, 2.0, 0.5]),
    "product": dict(method="product"),
    "median": dict(method="median"),
    "weighted_median": dict(method="median", weights=[0.5, 0.3, 0.2]),
    "trimmed": dict(method="trimmed", trim=0.34),
    "min": dict(method="min"),
    "max": dict(method="max"),
    "vote": dict(method="vote", weights=[1.0, 1.5, 0.5]),
    "rank": dict(method="rank"),
    "logits": dict(method="mean", input="logits", temperature=1.5),
    "logit_pool": dict(method="log-pool", input="logits"),
    "binary": dict(method="mean", input="binary_logits", temperature=2),
    "logarithms": dict(method="mean", input="log_probabilities", result="log"),
    "softmax": dict(method="mean", result="softmax", result_temperature=0.5),
    "tempered": dict(method="mean", input="probabilities", result="tempered", result_temperature=2.0),
    "normalised": dict(method="max", result="normalised"),
    "left_out": dict(method="mean", leave_out="nan", quorum=0.5),
}


def number(prefix, word, default):
    return NUMBERS[prefix + word.upper().replace("-", "_")] if word else default


def write_cases():
    with open(f"{OUT}/cases.txt", "w") as cases:
        for name, a in CASES.items():
            method = number("", a.get("method"), 0)
            space = number("", a.get("input"), 0)
            form = number("RESULT_", a.get("result"), 0)
            policy = number("LEAVE_OUT_", a.get("leave_out"), 0)
            numbers = [np.float32(a[k]) if k in a else math.nan for k in
                       ["temperature", "result_temperature", "exponent", "trim", "floor", "quorum"]]
            weights = [np.float32(w) for w in a.get("weights", [])]
            print(name, method, space, form, policy, *[repr(float(x)) for x in numbers], len(weights),
                  *[repr(float(w)) for w in weights], file=cases)
            for dtype, kind in TYPES.items():
                shape = ["rows", "width"]
                save(f"{name}_{dtype}", [combine(ABC, **a)], [(i, kind, shape) for i in ABC], [("y", kind, shape)])
    f32 = TensorProto.FLOAT
    save("any", [combine(ABC)], [(i, f32, None) for i in ABC], [("y", f32, None)])
    save("fixed", [combine(ABC)], [(i, f32, [64, 1000]) for i in ABC], [("y", f32, [64, 1000])])
    # The output's shape is not said: it is found from the inputs'.
    save("inferred", [combine(ABC, "m"), helper.make_node("Relu", ["m"], ["y"])], [(i, f32, [2, 5]) for i in ABC],
         [("y", f32, [2, 7])])


DEFINITION = """libensemble 1
width 4
method mean
exponent 0x1p+1
trim 0x1.999999999999ap-3
floor 0x0p+0
result as-is 0x1p+0
leave-out absent
quorum 0x0p+0
  model "small"
  space logits 0x1.8p+0
  weight 0x1p-2
  classes 2 -1 0
  absent 1 3
  model "large"
  space probabilities 0x1p+0
  weight 0x1p-1
  model
  space probabilities 0x1p+0
  weight 0x1p-2
  classes 3 2 1 0 -1
end
"""


def write_definition():
    f32 = TensorProto.FLOAT
    open(f"{OUT}/definition.txt", "w").write(DEFINITION)
    save("definition", [combine(ABC, definition=DEFINITION)], [(i, f32, ["rows", None]) for i in ABC],
         [("y", f32, ["rows", 4])])


def write_refused():
    f32, many = TensorProto.FLOAT, [f"i{i}" for i in range(257)]
    refused = [
        ("method", ABC, f32, dict(method="meen"), 'method: there is no "meen"'),
        ("method_type", ABC, f32, dict(method=1), "method: not a string"),
        ("weights_count", ABC, f32, dict(weights=[1.0, 2.0]), "weights: 2 of them for 3 inputs"),
        ("weights_type", ABC, f32, dict(weights="1,2,3"), "weights: not a list of numbers"),
        ("weights_nan", ABC, f32, dict(weights=[1.0, math.nan, 1.0]), "weights: a weight is"),
        ("weights_negative", ABC, f32, dict(method="median", weights=[1.0, -1.0, 1.0]), "negative"),
        ("weights_zero", ABC, f32, dict(method="mean", weights=[1.0, -1.0, 0.0]), "sum"),
        ("temperature", ABC, f32, dict(temperature=2.0), "input, temperature: "),
        ("trim", ABC, f32, dict(method="trimmed", trim=0.7), "trim: "),
        ("quorum", ABC, f32, dict(quorum=2.0), "quorum: "),
        ("quorum_type", ABC, f32, dict(quorum="all"), "quorum: not a number"),
        ("labels", ABC, f32, dict(input="labels"), 'input: there is no "labels"'),
        ("text", ABC, f32, dict(definition="libensemble 1\nwidth"), "definition: "),
        ("two_ways", ABC, f32, dict(definition=DEFINITION, weights=[1.0, 1.0, 1.0]), "but weights is there"),
        ("two_models", ABC[:2], f32, dict(definition=DEFINITION), "definition: 3 models for 2 inputs"),
        ("many", many, f32, {}, "257 inputs"),
        ("integers", ABC, TensorProto.INT32, {}, "int32"),
    ]
    with open(f"{OUT}/refused.txt", "w") as lines:
        for name, inputs, kind, attributes, words in refused:
            save(f"refused_{name}", [combine(inputs, name=f"node {name}", **attributes)],
                 [(i, kind, ["rows", 4]) for i in inputs], [("y", kind, ["rows", 4])])
            print(f"refused_{name}", words, file=lines)


# ---- What ONNX Runtime's own nodes do, with the same weights -------------------------------------------------------


def add_up(names):
    """A chain of Add; its last output is y."""
    nodes, so_far = [], names[0]
    for k, name in enumerate(names[1:]):
        out = "y" if k == len(names) - 2 else f"s{k}"
        nodes.append(helper.make_node("Add", [so_far, name], [out]))
        so_far = out
    return nodes


def write_bench():
    f32, i64, shape = TensorProto.FLOAT, TensorProto.INT64, ["rows", "width"]
    for n in (3, 8):
        x, m = [f"x{i}" for i in range(n)], [f"m{i}" for i in range(n)]
        weights = [float(np.float32((i + 1) / (n * (n + 1) / 2))) for i in range(n)]
        mul = [helper.make_node("Mul", [a, f"w{i}"], [b]) for i, (a, b) in enumerate(zip(x, m))]
        w = [constant(f"w{i}", [weights[i]]) for i in range(n)]
        soft = [helper.make_node("Softmax", [a], [b], axis=1) for a, b in zip(x, m)]
        flat = constant("flat", [n, -1], i64)
        graphs = {
            "identity": ([helper.make_node("Identity", ["x0"], ["y"])], []),
            "mean_ours": ([combine(x, method="mean")], []),
            "mean_Mean": ([helper.make_node("Mean", x, ["y"])], []),
            "mean_Sum_Mul": ([helper.make_node("Sum", x, ["s"]), helper.make_node("Mul", ["s", "1/n"], ["y"])],
                             [constant("1/n", [1 / n])]),
            "weighted_ours": ([combine(x, method="sum", weights=weights)], []),
            "weighted_Mul_Add": (mul + add_up(m), w),
            "weighted_Mul_Sum": (mul + [helper.make_node("Sum", m, ["y"])], w),
            "weighted_Concat_MatMul": (
                [helper.make_node("Concat", x, ["c"], axis=0), helper.make_node("Reshape", ["c", "flat"], ["f"]),
                 helper.make_node("MatMul", ["w", "f"], ["v"]), helper.make_node("Shape", ["x0"], ["shape"]),
                 helper.make_node("Reshape", ["v", "shape"], ["y"])], [flat, constant("w", [weights])]),
            "softmax_ours": ([combine(x, method="mean", input="logits")], []),
            "softmax_Softmax_Mean": (soft + [helper.make_node("Mean", m, ["y"])], []),
            "softmax_Softmax_Sum_Mul": (
                soft + [helper.make_node("Sum", m, ["s"]), helper.make_node("Mul", ["s", "1/n"], ["y"])],
                [constant("1/n", [1 / n])]),
        }
        for name, (nodes, constants) in graphs.items():
            save(f"bench{n}_{name}", nodes, [(i, f32, shape) for i in x], [("y", f32, shape)], constants)


write_digits()
write_cases()
write_definition()
write_refused()
write_bench()
