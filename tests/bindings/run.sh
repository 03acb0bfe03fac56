#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/bindings/run.sh check|need [LANGUAGE...]
#     with B, CC, CFLAGS, LDFLAGS, SHARED and STATIC from the Makefile (check)
#
# The library from other languages. `check` builds and runs the program of each language whose tools are installed:
# it prints what expected.txt says, and the file that it writes has the same bytes as that of the C program. Languages
# without their tools are skipped; but not those that are named. `need` prints the Debian packages that languages lack.
#
# A language is a file LANGUAGE.sh here, which is read with `lang` set, and defines
#     title              how the language, and the way to call C from it, are named
#     packages           what to install of Debian's
#     besides            what else must be there, in words, if anything
#     has_tools          are they there?
#     program DIGITS RESULT
#                        builds the program into "$out", runs it; $library is the shared library's file, $folder
#                        where it is by the name libensemble.so, $archive the static library
set -eu
. tests/common.sh

here=tests/bindings
B=${B:-build}
CC=${CC:-cc}
mode=$1
shift
required=$*
all=$(cd $here && for file in *.sh; do [ "$file" = run.sh ] || printf '%s ' "${file%.sh}"; done)

# each LANGUAGE COMMAND...: in a shell of its own, which has read the language's file.
each()
{
    lang=$1
    title=$lang
    packages=
    besides=
    shift
    [ -f "$here/$lang.sh" ] || fail "there is no language '$lang'" "languages: $all"
    (
        # shellcheck source=/dev/null
        . "$here/$lang.sh"
        "$@"
    )
}

need()
{
    has_tools >/dev/null 2>&1 || echo "$packages"
}

run()
{
    out=$(cd "$B" && pwd)/tests/bindings/$lang
    rm -rf "$out"
    mkdir -p "$out"
    # A trap, not ||, by which set -e would mean nothing in the function: it ends at the first command that fails.
    trap 'fail "$title: the program fails" "see above, and $here/$lang.sh"' EXIT
    program docs/examples/digits "$out/result" > "$out/output.txt"
    trap - EXIT
    sed '/^#/d' $here/expected.txt > "$out/expected.txt"
    same "$out/expected.txt" "$out/output.txt" "$title: the program prints something else" "see $here/$lang.sh"
    cmp "$out/result" "$B/tests/bindings/c/result" >&2 ||
        fail "$title: the mean of the digits is not that of C, to the bit" "see $here/$lang.sh"
    checked "$title: the example, an error, the mean of the digits with the bits of C, a report"
}

check()
{
    # shellcheck disable=SC2086,SC2116 # words, and one blank between them
    lacking="not installed: $(echo $packages $besides)"
    if has_tools >/dev/null 2>&1; then
        run
    elif [ -n "$required" ]; then
        fail "$title: $lacking" "make deps-bindings installs it"
    else
        skipped "$title: $lacking"
    fi
}

case $mode in
need)
    for lang in ${required:-$all}; do
        each "$lang" need
    done
    ;;
check)
    folder=$(cd "$B" && pwd)
    library=$folder/${SHARED##*/}
    archive=$folder/${STATIC##*/}
    export library folder archive
    each c run
    for lang in ${required:-$all}; do
        [ "$lang" = c ] || each "$lang" check
    done
    ;;
*)
    fail "no such mode: $mode" "check or need"
    ;;
esac
