# SPDX-License-Identifier: MIT
"""Puts errors into src/, one at a time, and sees whether the tests notice; `make mutation` runs it (mutation.mk).

A mutant is a copy of one source file with one change: an operator, a constant, a condition, or a statement left out.
What includes the file is compiled again (of the kernels, those of the best instruction set here, and of the one that
the file is about), and the tests that reach the line are run (reach.c), quick ones first, until one fails. The result
is a line of the file named by --results; those in it are not tried again, so that runs add up. It is one of

    caught      a test failed, or did not end in time
    survived    no test failed
    same        the compiler made the same objects of it: it means the same
    invalid     it does not compile or link

and only the first two count. Survivors are looked for in --survivors, a list of those that somebody has looked at, with
the reason. Where that begins with "same: ", it says why no result can ever differ, and they do not count either.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

GOAL = 0.95
LONGEST = 600  # seconds that a test may take
CHANGES = [  # what is written, with the spaces around it, and what is written in its place
    (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
    (" && ", " || "), (" || ", " && "), (" + ", " - "), (" - ", " + "), (" * ", " / "), (" / ", " * "),
    (" & ", " | "), (" | ", " & "), (" ^ ", " & "), (" << ", " >> "), (" >> ", " << "), ("++", "--"), ("--", "++"),
    (" += ", " -= "), (" -= ", " += "), (" |= ", " &= "), (" &= ", " |= "), ("!", ""),
]
NUMBER = re.compile(r"(?<![\w.])(\d+)(?=u?\b)(?![\w.]*[.xX])")
CONDITION = re.compile(r"^(\s*(?:\} else )?if )\((.*)\)( \{)?$")
STATEMENT = re.compile(r"^\s+(?!return\b|goto\b|case\b|default\b|const\b|static\b|else\b)[\w*(][^;{}]*;$")
NOT_BUILT = {"src/simd/vec_neon.h", "src/simd/vec_sve.h", "src/kernels/isa_neon.c", "src/kernels/isa_sve.c"}

# Programs other than unit tests, and those with a malloc() of their own, which a shared library would not reach: they are
# linked with the mutant's objects, and further objects of theirs.
PROGRAMS = ("kernels/golden;methods/golden_methods;methods/golden_report;learn/golden_fit;rank/golden_rank;"
            "learn/oracle --quick --count 34;methods/oracle --quick --count 100;methods/oracle_report --quick --count 30;"
            "kernels/check --quick;rank/oracle --quick;extremes/extremes;world/memory").split(";")
WRAPPED = {"unit/test_const": [], "unit/test_errno": [], "unit/test_fuse_memory": [], "unit/test_save": [],
           "world/memory": ["world/work", "world/calls"]}
WRAP = [f"-Wl,--wrap={name}" for name in ("malloc", "calloc", "realloc", "free")]
NEAR = 12  # lines: a block begins no further above or below most lines


def code_of(text):
    """The text with comments, strings and preprocessor lines blank, so that each place stays where it is."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    text = re.sub(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)
    return re.sub(r"^ *#.*$", blank, text, flags=re.M)


def mutants_of(file):
    """(line number, column, what is there, what is put there) for each change that can be made."""
    with open(file, encoding="utf-8") as source:
        lines = code_of(source.read()).split("\n")
    for number, line in enumerate(lines, 1):
        for old, new in CHANGES:
            for match in re.finditer(re.escape(old), line):
                if old != "!" or line[match.end():match.end() + 1] != "=":
                    yield number, match.start(), old, new
        for match in NUMBER.finditer(line):
            value = int(match.group(1))
            yield number, match.start(), match.group(1), str(value + 1)
            if value:
                yield number, match.start(), match.group(1), str(value - 1)
        match = CONDITION.match(line)
        if match:
            yield number, match.start(2), match.group(2), "1"
            yield number, match.start(2), match.group(2), "0"
        if STATEMENT.match(line):
            start = len(line) - len(line.lstrip())
            yield number, start, line[start:], ";"


def names_of(mutants):
    """What they are known by: no line numbers, which change all the time, but the line itself, and which of several
    such lines it is."""
    files = {}
    names = []
    for file, number, column, old, new in mutants:
        if file not in files:
            with open(file, encoding="utf-8") as source:
                files[file] = source.read().split("\n")
        line = files[file][number - 1]
        changed = line[:column] + new + line[column + len(old):]
        before = sum(other.strip() == line.strip() for other in files[file][:number - 1])
        names.append(f"{file}{f'#{before + 1}' if before else ''} :: {line.strip()} :: {changed.strip()}")
    return names


def sample_of(seed, results):
    """All mutants, in the order in which they are tried: first those that were, then by chance, but so that a change of
    some lines leaves the others where they are."""
    mutants = []
    for folder, _, names in sorted(os.walk("src")):
        for name in sorted(names):
            file = f"{folder}/{name}"
            if name.endswith((".c", ".h")) and file not in NOT_BUILT:
                mutants += [(file, *mutant) for mutant in mutants_of(file)]
    names = names_of(mutants)
    chance = {name: hashlib.sha256(f"{seed} {name}".encode()).digest() for name in names}
    return sorted(zip(names, mutants), key=lambda pair: (pair[0] not in results, chance[pair[0]]))


class Build:
    def __init__(self, options):
        self.b = options.build
        self.tree = f"{self.b}/tree"
        self.mutant = f"{self.b}/mutant"
        self.library = f"{self.b}/libmutant.so"
        self.flags = ["-Iinclude", "-Isrc"] + options.flags.split()
        self.isas = dict(isa.split(":", 1) for isa in options.isa)
        self.best = self.best_isa()
        self.objects = {}  # by source file
        self.linked = []  # what the library is made of now
        self.needs = {}  # by file: the sources that are compiled again when it changes
        for top in ("src", "include"):
            shutil.rmtree(f"{self.tree}/{top}", ignore_errors=True)
            shutil.copytree(top, f"{self.tree}/{top}")
        for folder, _, names in sorted(os.walk(f"{self.b}/obj")):
            for name in sorted(names):
                if name.endswith(".d"):
                    self.read_needs(f"{folder}/{name}")

    def best_isa(self):
        with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
            has = set(cpuinfo.read().split())
        for isa, flags in (("avx512", {"avx512f", "avx512bw", "avx512vl"}), ("avx2", {"avx2", "f16c"})):
            if isa in self.isas and has >= flags:
                return isa
        return list(self.isas)[-1]

    def read_needs(self, path):
        with open(path, encoding="utf-8") as needs:
            files = needs.read().replace("\\\n", " ").split("\n")[0].split(":", 1)[1].split()
        source = files[0]
        self.objects[source] = path[:-2] + ".o"
        for file in files:
            self.needs.setdefault(os.path.normpath(file), []).append(source)

    def compiled_again(self, file):
        sources = self.needs.get(file, [])
        own = re.search(r"/vec_(\w+)\.h", file)
        kernels = [f"src/kernels/isa_{isa}.c" for isa in (self.best, own and own.group(1))]
        some = [s for s in sources if "/isa_" not in s or s in kernels]
        return some or sources

    def compile(self, source, out):
        isa = re.search(r"/isa_(\w+)\.c", source)
        flags = self.isas[isa.group(1)].split() if isa else []
        return subprocess.run(["gcc", *self.flags, "-w", *flags, f"-frandom-seed={source}", "-c", source, "-o",
                               os.path.abspath(out)], cwd=self.tree, stderr=subprocess.DEVNULL).returncode == 0

    def link(self, replaced):
        self.linked = [replaced.get(source, built) for source, built in self.objects.items()]
        return self.link_these(self.linked)

    def link_these(self, objects):
        done = subprocess.run(["gcc", "-shared", "-Wl,-Bsymbolic,--no-undefined", *objects, "-o", f"{self.library}.new"],
                              stderr=subprocess.DEVNULL).returncode == 0
        if done:
            os.replace(f"{self.library}.new", self.library)
        return done

    def make(self, mutant):
        """Links the mutant; or says what there is no need to run."""
        file, number, column, old, new = mutant
        with open(file, encoding="utf-8") as source:
            text = source.read()
        lines = text.split("\n")
        line = lines[number - 1]
        lines[number - 1] = line[:column] + new + line[column + len(old):]
        os.makedirs(self.mutant, exist_ok=True)
        replaced = {}
        same = True
        try:
            with open(f"{self.tree}/{file}", "w", encoding="utf-8") as copy:
                copy.write("\n".join(lines))
            for i, source in enumerate(self.compiled_again(file)):
                replaced[source] = f"{self.mutant}/{i}.o"
                if not self.compile(source, replaced[source]):
                    return "invalid"
                with open(replaced[source], "rb") as a, open(self.objects[source], "rb") as b:
                    same = same and a.read() == b.read()
        finally:
            with open(f"{self.tree}/{file}", "w", encoding="utf-8") as copy:
                copy.write(text)
        if same:
            return "same"
        return None if self.link(replaced) else "invalid"


class Tests:
    def __init__(self, build):
        self.b = build.b
        self.build = build
        unit = {name.removesuffix(".o") for name in os.listdir(f"{self.b}/tests/unit") if name.startswith("test_")}
        self.tests = sorted(f"unit/{name}" for name in unit if not set(".-") & set(name)) + PROGRAMS
        self.seconds = {}  # that a test takes
        self.reach = {}  # by file, by line: the tests that come there
        self.look()

    def program(self, test):
        return f"{self.b}/tests/{test.split()[0]}" + ("-wrapped" if test in WRAPPED else "")

    def run(self, test, limit, objects, reach=None):
        """Whether it passes. One with a malloc() of its own is linked first, with these objects."""
        if test in WRAPPED:
            own = [f"{self.b}/tests/{part}.o" for part in [test] + WRAPPED[test]]
            subprocess.run(["gcc", *own, *objects, *WRAP, "-pthread", "-lcmocka", "-lm", "-ldl", "-o", self.program(test)],
                           check=True)
        env = {**os.environ, "REACH": reach} if reach else None
        try:
            return subprocess.run([self.program(test), *test.split()[1:]], stdout=subprocess.DEVNULL, env=env,
                                  stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=limit).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def look(self):
        """Runs each test once as it is, and once to see where it comes; that is kept until something is built anew."""
        kept = f"{self.b}/reach.json"
        built = list(self.build.objects.values()) + [
            f"{self.b}/tests/{test.split()[0]}" + (".o" if test in WRAPPED else "") for test in self.tests]
        if os.path.exists(kept) and os.path.getmtime(kept) > max(map(os.path.getmtime, built)):
            with open(kept, encoding="utf-8") as file:
                self.seconds, self.reach = json.load(file)
            return
        for test in self.tests:
            begin = time.monotonic()
            if not self.run(test, LONGEST, self.build.linked):
                sys.exit(f"FAILED: {test} fails without any change, or takes more than {LONGEST} s")
            self.seconds[test] = time.monotonic() - begin
        places = {}
        looking = [path.replace("/obj/", "/reach/obj/") for path in self.build.objects.values()] + [f"{self.b}/reach.o"]
        self.build.link_these(looking)
        for test in self.tests:
            if not self.run(test, 20 * LONGEST, looking, f"{self.b}/reach.txt"):
                sys.exit(f"FAILED: {test} fails when it is looked where it comes")
            with open(f"{self.b}/reach.txt", encoding="utf-8") as offsets:
                for offset in offsets.read().split():
                    places.setdefault(self.program(test) if test in WRAPPED else self.build.library,
                                      {}).setdefault(offset, []).append(test)
        for binary, tests in places.items():
            self.note_lines(binary, tests)
        self.build.link({})
        with open(kept, "w", encoding="utf-8") as file:
            json.dump([self.seconds, self.reach], file)

    def note_lines(self, binary, tests_of):
        """From places to lines: each has that of its own function, and those of the functions it was put into."""
        said = subprocess.run(["addr2line", "-a", "-i", "-e", binary], input="\n".join(tests_of), text=True, check=True,
                              stdout=subprocess.PIPE).stdout
        for line in said.split("\n"):
            if line.startswith("0x"):
                tests = tests_of[hex(int(line, 16))]
            elif ":" in line and not line.startswith("??"):
                file, number = line.split(" ")[0].rsplit(":", 1)
                there = self.reach.setdefault(os.path.relpath(file), {}).setdefault(number, [])
                there += [test for test in tests if test not in there]

    def of(self, file, number):
        """The tests that come there, or near; if none does, those that come into the file; if none does, all."""
        lines = self.reach.get(file, {})
        near = sorted((int(line) for line in lines if abs(int(line) - number) <= NEAR), key=lambda n: abs(n - number))
        near = [n for n in near if n <= number][:1] + [n for n in near if n >= number][:1]
        come = {test for line in (map(str, near) if near else lines) for test in lines[line]}
        return sorted(come or self.tests, key=self.seconds.get)

    def first_that_fails(self, mutant):
        """Its name, or None."""
        for test in self.of(*mutant[:2]):
            if not self.run(test, 5 + 10 * self.seconds[test], self.build.linked):
                return test
        return None


def read_results(path):
    results = {}
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as out:
            out.write("# SPDX-License-Identifier: MIT\n#\n# What `make mutation` has found (mutation.mk): RESULT :: FILE :: "
                      "LINE :: LINE AS CHANGED :: BY WHICH TEST, SECONDS\n")
    else:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n") and not line.startswith("#"):
                    result, file, was, now, _ = line.split(" :: ")
                    results[f"{file} :: {was} :: {now}"] = result
    return results


def read_survivors(path):
    """The reason of each."""
    with open(path, encoding="utf-8") as lines:
        return dict(line.strip().rsplit(" :: ", 1) for line in lines if line.strip() and not line.startswith("#"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--flags", required=True)
    parser.add_argument("--isa", action="append", required=True)
    parser.add_argument("--mutants", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--survivors", required=True)
    options = parser.parse_args()

    results = read_results(options.results)
    sample = sample_of(options.seed, results)
    known = read_survivors(options.survivors)
    build = Build(options)
    if not build.link({}):
        sys.exit("FAILED: what was built does not link")
    tests = Tests(build)
    end = time.monotonic() + 60 * options.minutes
    counted, caught, same, left = 0, 0, 0, []
    for name, mutant in sample:
        if counted == options.mutants:
            break
        if name not in results:
            if time.monotonic() > end:
                break
            begin = time.monotonic()
            result, by = build.make(mutant), "-"
            if result is None:
                by = tests.first_that_fails(mutant)
                result, by = ("caught", by) if by else ("survived", "-")
            results[name] = result
            with open(options.results, "a", encoding="utf-8") as out:
                out.write(f"{result} :: {name} :: {by}, {time.monotonic() - begin:.1f} s\n")
        if results[name] == "survived" and known.get(name, "").startswith("same: "):
            same += 1
            continue
        counted += results[name] in ("caught", "survived")
        caught += results[name] == "caught"
        if results[name] == "survived" and name not in known:
            left.append(name)
    build.link({})

    for name in left:
        print(f"survived, and not in {options.survivors}: {name}")
    print(f"mutation: {caught} of {counted} mutants caught ({100 * caught / max(counted, 1):.1f} %), besides {same} that "
          f"mean the same; seed {options.seed}, of {len(sample)} changes")
    if counted < options.mutants:
        print(f"mutation: {options.mutants - counted} more to be tried; run it again")
    return 1 if left or counted < options.mutants or caught < GOAL * counted else 0


sys.exit(main())
