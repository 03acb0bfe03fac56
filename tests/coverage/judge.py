# SPDX-License-Identifier: MIT
"""judge.py COVERAGE.json EXCEPTIONS: what gcovr counted, beside what may be missed.

An exception is a line of three parts, with " | " between: the file, the line of it (as it is written there, without
the spaces around it), and the reason. At most five may be made, and one that is not needed is an error too, so that
the list cannot grow old.
"""

import json
import sys

MOST_EXCEPTIONS = 5


def read_exceptions(path):
    exceptions = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                file, text, reason = (part.strip() for part in line.split(" | ", 2))
                if not reason:
                    sys.exit(f"{path}: no reason for {file}: {text}")
                exceptions[file, text] = False
    return exceptions


def misses_of(file):
    """What was not taken: the number of each line, and what is wrong with it."""
    for line in file["lines"]:
        if line.get("gcovr/noncode"):
            continue
        branches = line["branches"]
        never = sum(branch["count"] == 0 for branch in branches)
        if line["count"] == 0:
            yield line["line_number"], "never run"
        elif never:
            yield line["line_number"], f"{never} of {len(branches)} ways never taken"


def main(counts_path, exceptions_path):
    exceptions = read_exceptions(exceptions_path)
    lines = lines_taken = ways = ways_taken = bad = 0
    with open(counts_path, encoding="utf-8") as counts:
        files = json.load(counts)["files"]
    for file in files:
        with open(file["file"], encoding="utf-8") as source:
            text = source.read().splitlines()
        for line in file["lines"]:
            if line.get("gcovr/noncode"):
                continue
            lines += 1
            lines_taken += line["count"] > 0
            ways += len(line["branches"])
            ways_taken += sum(branch["count"] > 0 for branch in line["branches"])
        for number, wrong in misses_of(file):
            place = file["file"], text[number - 1].strip()
            if place in exceptions:
                exceptions[place] = True
            else:
                bad += 1
                print(f"{file['file']}:{number}: {wrong}: {place[1]}")
    for (file, line), used in exceptions.items():
        if not used:
            bad += 1
            print(f"{exceptions_path}: everything is taken in {file}: {line}")
    if len(exceptions) > MOST_EXCEPTIONS:
        bad += 1
        print(f"{exceptions_path}: more than {MOST_EXCEPTIONS} exceptions")
    if not files or not ways:
        bad += 1
        print("nothing was counted")
    print(f"coverage: {len(files)} files; {lines_taken} of {lines} lines, {ways_taken} of {ways} branches, "
          f"{len(exceptions)} exceptions")
    return 1 if bad else 0


sys.exit(main(*sys.argv[1:]))
