#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/lint/tools.sh 'SOURCES' 'PREPROCESSOR-FLAGS' 'ISA FLAG...'...
#
# The tools shellcheck, cppcheck and clang-tidy, each where it is installed.
set -eu
. tests/common.sh
jobs=$(getconf _NPROCESSORS_ONLN)
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

sources=$1
flags=$2
shift 2

if have shellcheck; then
    scripts=$(find .ci tests -name '*.sh' -o -path .ci/run -o -path tests/run | sort)
    # shellcheck disable=SC2086 # words
    shellcheck -x $scripts >&2 || fail "shellcheck is not content (above)" "quote, or say why not"
    checked "shellcheck: $(echo "$scripts" | wc -l) scripts"
else
    skipped "shellcheck: not installed"
fi

if have cppcheck; then
    # shellcheck disable=SC2086
    cppcheck -j "$jobs" --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
        --suppress=missingIncludeSystem $flags $sources >&2 || fail "cppcheck is not content (above)" "mend it"
    checked "cppcheck: $(echo "$sources" | wc -w) files"
else
    skipped "cppcheck: not installed"
fi

if have clang-tidy; then
    # The files one a line, each with the flags of its instruction set.
    for source in $sources; do
        own=
        for isa; do
            case $source in
            */isa_"${isa%% *}".c) own=${isa#* } ;;
            esac
        done
        echo "$source $own"
    done > "$lines"
    # shellcheck disable=SC2016 # expanded by the shell that xargs starts
    flags=$flags xargs -P "$jobs" -I @ sh -c '
        source=${1%% *}
        clang-tidy --quiet "$source" -- -std=c11 -ffp-contract=off $flags ${1#* } 2> /dev/null ||
            { echo "clang-tidy: $source" >&2; exit 255; }' sh @ < "$lines" ||
        fail "clang-tidy is not content (above)" "mend it, or name the check and the reason in .clang-tidy"
    checked "clang-tidy: $(echo "$sources" | wc -w) files"
else
    skipped "clang-tidy: not installed"
fi
