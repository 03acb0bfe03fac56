# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What the check scripts share; they read it with `. tests/common.sh` from the top of the repository.

# The public headers, which all checks of names, types and words read.
# shellcheck disable=SC2034 # those that read this file use it
headers='include/ensemble.h include/ensemble_rank.h'

# What was checked, and how it went.
checked()
{
    printf 'ok: %s\n' "$*"
}

# What is wrong (first argument), and what to do (the second).
fail()
{
    printf 'FAILED: %s\n' "$1" >&2
    printf '        %s\n' "$2" >&2
    exit 1
}

have()
{
    command -v "$1" >/dev/null 2>&1
}

# A check that did not run, and what is missing. Where everything must run, on CI, that is a failure.
skipped()
{
    printf 'SKIPPED: %s\n' "$*" >&2
    [ "${CI:-}" != true ] || fail "on CI nothing may be skipped" "install what is missing; tests/run does for its targets"
}

# none WHAT TO-DO: standard input is empty, or it is what is wrong.
none()
{
    ! grep . >&2 || fail "$1 (above)" "$2"
}

# Compares two files, sorted lists mostly: what was expected, what is there, and in words what they are and what to do.
same()
{
    diff -u "$1" "$2" >&2 || fail "$3 (above: - expected, + found)" "$4"
}

# C without its comments, from the files named.
without_comments()
{
    awk '{
        line = $0; out = "";
        while (line != "") {
            if (inside) {
                at = index(line, "*/");
                if (!at) { line = ""; break }
                line = substr(line, at + 2); inside = 0;
            } else {
                at = index(line, "/*");
                if (!at) { out = out line; line = ""; break }
                out = out substr(line, 1, at - 1) " "; line = substr(line, at + 2); inside = 1;
            }
        }
        print out }' "$@"
}
