# SPDX-License-Identifier: MIT
"""
The tables of docs/performance.md, as Markdown, from CSV files of bench-peers; of a cell that is in several files the
last one counts:

    python3 tests/bench/peers/tables.py FILE... [--only sums,neighbours,...]
"""
import argparse
import collections
import csv

READY_MADE = ("scipy", "sklearn", "numpy-median", "numpy-corrcoef", "numpy-average")  # as methods_numpy.py has it
ISAS = ("portable", "sse2", "avx2", "avx512", "neon", "sve")
TYPES = {"f32": "f32", "f64": "f64", "f16-f32": "f16 into f32", "bf16-f32": "bf16 into f32", "f16-f16": "f16",
         "bf16-bf16": "bf16"}
SIZES = [(1, n, "sum") for n in (3, 10, 100, 1000, 32000, 128256, 1000000, 16000000)] + \
    [(32, 1000, "sum"), (256, 10, "sum"), (256, 10, "sum-gaps")]
MODELS = (2, 3, 5, 8, 16, 64)
TIE, NANOSECONDS, RATIO_FROM, FIXED_FROM = .1, 12, 100, 1000  # as summary.c has them
LARGE = 1000000

Times = collections.namedtuple("Times", "median first third")
Key = collections.namedtuple("Key", "method dtype models rows width")


def read(files):
    cells = {}
    for file in files:
        with open(file, encoding="ascii", newline="") as lines:
            fresh = set()
            for r in csv.DictReader(lines):
                key = Key(r["method"], r["dtype"], *(int(r[x]) for x in ("models", "rows", "width")))
                if key not in fresh:
                    cells[key] = {}
                    fresh.add(key)
                cells[key][r["contender"]] = Times(*(float(r[x]) for x in ("median_ns", "quartile1_ns",
                                                                           "quartile3_ns")))
    return cells


def time(ns):
    for least, unit, name in ((1e6, 1e6, "ms"), (1e4, 1e3, "us"), (0, 1, "ns")):
        if ns >= least:
            return f"{ns / unit:.{1 if ns / unit < 100 else 0}f} {name}"
    return ""


def factor(x):
    return f"{x:.2f}" if x < 10 else f"{x:.0f}"


def table(head, rows):
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def fastest(cell, wanted):
    return min((name for name in cell if wanted(name)), key=lambda name: cell[name].median, default=None)


def is_line(name):
    """Reads the inputs alone."""
    return name.startswith("line")


def is_yardstick(name):
    """That, or writes as much as the result, too."""
    return name.startswith(("line", "rw-"))


def is_ours(name):
    return name.startswith("ensemble") or name in ISAS


# ---------------------------------------------------------------------------------------------------------------------
# sums


def best_of(key, cell):
    fixed = key.rows * key.width >= FIXED_FROM
    return fastest(cell, lambda n: not is_ours(n) and not is_yardstick(n) and
                   (fixed or not n.endswith(("-fixed", "-inline"))))


def inlined_of(cell):
    return fastest(cell, lambda n: n.endswith("-inline"))


def judge(key, cell):
    """The verdict, and what a table shows: a ratio, or nanoseconds more than the expression in its place."""
    ours, inlined = cell["ensemble"], inlined_of(cell)
    if key.rows * key.width < RATIO_FROM and inlined is not None:
        other = cell[inlined]
        more, ratio = ours.median - other.median, ours.median / other.median
        verdict = ("ahead" if ratio < 1 - TIE else "tie") if more <= NANOSECONDS else \
            "behind" if ours.first - other.third > NANOSECONDS else "unsure"
        return verdict, f"{more:+.0f} ns"
    other = cell[best_of(key, cell)]
    ratio = ours.median / other.median
    verdict = "ahead" if ratio < 1 - TIE else "tie" if ratio <= 1 + TIE else \
        "behind" if ours.first > other.third else "unsure"
    return verdict, factor(ratio)


def size_name(size):
    rows, width, method = size
    return f"{width:,}" if rows == 1 else f"{rows} x {width:,}" + ("*" if "gaps" in method else "")


def key_of(dtype, models, size):
    return Key(size[2], dtype, models, size[0], size[1])


def sums(cells):
    there = [s for s in SIZES if any(key_of(t, m, s) in cells for t in TYPES for m in MODELS)]
    if not there:
        return
    head = [size_name(s) for s in there]
    marks = {"ahead": "**{}**", "tie": "{}", "unsure": "{}?", "behind": "{}!"}
    rows, winners, verdicts = [], [], collections.Counter()
    for dtype, name in TYPES.items():
        for models in MODELS:
            row = []
            for size in there:
                key = key_of(dtype, models, size)
                if key in cells:
                    verdict, text = judge(key, cells[key])
                    verdicts[dtype, verdict] += 1
                    row.append(marks[verdict].format(text))
                else:
                    row.append("")
            if any(row):
                rows.append([f"{name}, {models}"] + row)
        most = [collections.Counter(best_of(key_of(dtype, m, s), cells[key_of(dtype, m, s)])
                                    for m in MODELS if key_of(dtype, m, s) in cells).most_common(2) for s in there]
        if any(most):
            winners.append([name] + [", ".join(who for who, _ in m) for m in most])
    print("Time of the library over that of the best of the others; below 100 elements, nanoseconds more than the "
          "expression\nin its place. **ahead**, tie, unsure?, behind!\n")
    table(["type, models"] + head, rows)
    kinds = ("ahead", "tie", "unsure", "behind")
    counts = [[name] + [str(verdicts[dtype, k]) for k in kinds] for dtype, name in TYPES.items()
              if any(verdicts[dtype, k] for k in kinds)]
    counts.append(["all"] + [str(sum(verdicts[t, k] for t in TYPES)) for k in kinds])
    table(["type", *kinds], counts)
    print("Who was the best of the others, most often:\n")
    table(["type"] + head, winners)
    for dtype, models in (("f32", 8), ("bf16-f32", 8)):
        sums_times(cells, dtype, models, [s for s in there if s[0] == 1 and key_of(dtype, models, s) in cells])
    lines(cells)


def sums_times(cells, dtype, models, sizes):
    if not sizes:
        return
    all_of = [cells[key_of(dtype, models, s)] for s in sizes]
    names = list(dict.fromkeys(n for cell in all_of for n in cell if not is_yardstick(n) and n != "ensemble"))
    rows = [["libensemble"] + [time(cell["ensemble"].median) for cell in all_of],
            ["reading the inputs alone"] + [time(cell[fastest(cell, is_line)].median) for cell in all_of]]
    rows += [[n] + [time(cell[n].median) if n in cell else "" for cell in all_of] for n in names]
    print(f"Times, {models} models, {TYPES[dtype]}:\n")
    table([""] + [size_name(s) for s in sizes], rows)


def lines(cells):
    rows = []
    for dtype, name in TYPES.items():
        for models in MODELS:
            row = []
            for size in (s for s in SIZES if s[0] == 1 and s[1] >= LARGE):
                cell = cells.get(key_of(dtype, models, size))
                both = fastest(cell, lambda n: n.startswith("rw-")) if cell else None
                row.append(", ".join(factor(cell[n].median / cell["ensemble"].median)
                                     for n in (fastest(cell, is_line), both) if n is not None) if cell else "")
            if any(row):
                rows.append([f"{name}, {models}"] + row)
    if rows:
        print("Reading the inputs over the library's time: alone, and with writing as much as the result:\n")
        table(["type, models"] + [f"{s[1]:,}" for s in SIZES if s[0] == 1 and s[1] >= LARGE], rows)


# ---------------------------------------------------------------------------------------------------------------------
# the other sections


def neighbours(cells):
    found = {k: c for k, c in cells.items() if k.method == "neighbours"}
    layouts = list(dict.fromkeys(name.split("@")[1] for cell in found.values() for name in cell))
    rows = []
    for key, cell in found.items():
        row = [f"{TYPES[key.dtype]}, {key.models} x {key.width:,}", time(cell["ensemble@apart"].median)]
        for layout in layouts[1:]:
            part = {who: {n.split("@")[0]: t.median for n, t in cell.items()
                          if n.endswith("@" + who) and not n.startswith("warm@")} for who in ("apart", layout)}
            if not part[layout]:
                row.append("")
                continue
            ours, line, loop = ([pick(part[who]) for who in ("apart", layout)] for pick in (
                lambda p: p["ensemble"], lambda p: min(t for n, t in p.items() if is_line(n)),
                lambda p: min((t for n, t in p.items() if not is_line(n) and not is_ours(n)), default=0)))
            ratio = ours[1] / ours[0]
            text = factor(ratio)
            if ratio > 1 + TIE:
                text += f" (loop {factor(loop[1] / loop[0])}, {time(loop[1])}; " if loop[0] else " ("
                text += f"line {factor(line[1] / line[0])})"
            row.append(text)
        rows.append(row)
    if rows:
        print("Time over that of the layout `apart`; where the library loses more than 10 %, the same of the better "
              "loop, its\ntime, and of reading the inputs:\n")
        table(["type, models x elements", "apart"] + layouts[1:], rows)


def first(cells):
    rows = []
    for key, cell in cells.items():
        if not key.method.startswith("first-"):
            continue
        for mode in dict.fromkeys(name.split("@")[1] for name in cell):
            more = cell["more@" + mode]
            rows.append([f"{key.method[6:]}, {key.width:,}", mode,
                         *(time(cell[what + mode].median) for what in ("first@", "second@")),
                         f"{time(more.median)} ({time(more.first)} to {time(more.third)})",
                         f"{cell['faults@' + mode].median:.0f}"])
    if rows:
        table(["method, elements", "linked", "first", "second", "more", "page faults"], rows)


def python(cells):
    rows = []
    for key, cell in cells.items():
        if key.method not in ("ctypes-bound", "ctypes-new"):
            continue
        others = fastest(cell, lambda n: n.startswith("numpy"))
        ours = "ensemble-prepared" if key.method == "ctypes-bound" else "ensemble-run-buffers"
        rows.append([key.dtype, f"{key.width:,}", key.method[7:], time(cell[ours].median),
                     time(cell["numpy-expression"].median), time(cell[others].median), others[6:],
                     factor(cell[others].median / cell[ours].median)])
    if rows:
        table(["type", "elements", "arrays", "libensemble", "NumPy's expression", "NumPy's best", "that is", "times"],
              rows)


def shape(key):
    return f"{key.models} x {key.rows:,} x {key.width:,}" if key.rows > 1 else f"{key.models} x {key.width:,}"


def is_method(key):
    return not key.method.startswith(("sum", "neighbours", "first-", "ctypes-", "step-", "threads-"))


def methods(cells):
    rows, counts = [], collections.Counter()
    for key, cell in cells.items():
        if not is_method(key) or "ensemble" not in cell:
            continue
        ours, other = cell["ensemble"].median, fastest(cell, lambda n: not is_ours(n) and not is_line(n))
        if other is None:
            continue
        ratio = cell[other].median / ours
        counts["5 times" if ratio >= 5 else "ahead" if ratio > 1 + TIE else "tie" if ratio >= 1 / (1 + TIE) else
               "behind"] += 1
        row = [key.method, key.dtype, shape(key), time(ours), f"{time(cell[other].median)}, {other}", factor(ratio)]
        for which in (lambda n: n.endswith("-double"), lambda n: n.startswith(READY_MADE)):
            name = fastest(cell, which)
            row.append(factor(cell[name].median / ours) if name else "")
        rows.append(row)
    if rows:
        table(["task", "type", "models x rows x width", "libensemble", "best of the others", "times", "those in double",
               "those ready-made"], rows)
        print(", ".join(f"{what}: {counts[what]}" for what in ("5 times", "ahead", "tie", "behind")) + "\n")


def steps(cells):
    rows = []
    for key, cell in cells.items():
        if not key.method.startswith("step-"):
            continue
        ours = [cell[n].median for n in ("ensemble+space", "ensemble")]
        row = [key.method[5:], key.dtype, shape(key), *map(time, ours)]
        for wanted in ("loop", "loop-fast", "numpy", "torch"):
            other = fastest(cell, lambda n: n == wanted or (n.startswith(wanted) and wanted != "loop"))
            row.append(f"{time(cell[other].median)}, {factor(cell[other].median / min(ours))} times" if other else "")
        rows.append(row)
    if rows:
        table(["step", "type", "models x rows x width", "with a workspace", "without", "plain C", "-ffast-math", "NumPy",
               "PyTorch"], rows)


def learning(cells):
    rows = []
    for key, cell in cells.items():
        ours = next((n for n in cell if n in ISAS), None)
        if not is_method(key) or ours is None:
            continue
        row = [key.method, key.dtype, shape(key), time(cell[ours].median)]
        for wanted in (lambda n: n.startswith("numpy"), lambda n: n.startswith("loop")):
            other = fastest(cell, wanted)
            row += [f"{time(cell[other].median)}, {other}", factor(cell[other].median / cell[ours].median)] \
                if other else ["", ""]
        rows.append(row)
    if rows:
        table(["task", "type", "models x rows x width", "libensemble", "best of Python's", "times", "best loop", "times"],
              rows)


def threads(cells):
    cells = {key: cell for key, cell in cells.items() if key.method.startswith("threads-")}
    pools = sorted({name for cell in cells.values() for name in cell if name.endswith(" threads")},
                   key=lambda name: int(name.split()[0]))
    rows = [[key.method[8:], shape(key), time(cell["1 thread"].median)] +
            [factor(cell["1 thread"].median / cell[name].median) for name in pools] for key, cell in cells.items()]
    if rows:
        table(["call", "models x rows x width", "1 thread", *pools], rows)


SECTIONS = {"sums": sums, "neighbours": neighbours, "first": first, "steps": steps, "python": python, "methods": methods,
            "learning": learning, "threads": threads}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--only", default=",".join(SECTIONS))
    arguments = parser.parse_args()
    cells = read(arguments.files)
    for name in arguments.only.split(","):
        print(f"## {name}\n")
        SECTIONS[name](cells)


main()
