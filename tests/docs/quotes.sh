#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/quotes.sh DOCUMENT [HARNESS...]
#     with B, CC, CFLAGS, LDFLAGS and LIBRARY from the Makefile, where the document has more than quotations
#
# No block of code in a Markdown document is untried. The line above each says in a comment how it is tried:
#
#     <!-- quote: FILE NAME -->   The block is what FILE, named from the top of the repository, has between
#                                 "quote: NAME" and "quote: end", each in a comment of its own line. The tests build
#                                 and run that file.
#     <!-- code: HARNESS -->      tests/docs/HARNESS.c, which has #include "block.h" where the block belongs, is
#                                 compiled and run. What it prints is in the next block, if that is an <!-- output -->;
#                                 else each of its lines is somewhere in the document, whatever the white space.
#     <!-- output -->             What the program above has printed.
#     <!-- output: PROGRAM ... -->   What $B/examples/PROGRAM prints with these arguments.
#     <!-- file: NAME -->         What the programs above have written to the file NAME, in the folder they run in.
#     <!-- not tried: WHY -->
#
# and, where there is no block,
#
#     <!-- numbers: HARNESS -->   tests/docs/HARNESS.c computes numbers of the text; what it prints is in the document.
#
# Output, files and what is not tried may be indented blocks, too. Harnesses that are given as arguments are those of
# the blocks without a comment, in their order: for documents that are to look well as they are.
set -eu
. tests/common.sh

document=$1
shift
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
quotes=0 tried=0 printed=0 untried=0

# Each block becomes a file $kept/N; what is said above the Nth is the Nth line of $kept/said.
split_document()
{
    awk -v kept="$kept" '
        function begin() {
            n++; open = 1
            print above == "" ? "nothing" : above > (kept "/said"); printf "" > (kept "/" n)
        }
        /^```/ { if (fenced) fenced = open = 0; else { fenced = 1; begin() } above = ""; next }
        fenced { print > (kept "/" n); next }
        /^    / && (open || above ~ /^(output|file|not tried)/) {
            if (!open) begin()
            print substr($0, 5) > (kept "/" n)
            next
        }
        { open = 0; above = "" }
        /^<!-- .* -->$/ { above = substr($0, 6, length($0) - 9) }
        above ~ /^numbers: / { begin(); open = 0; above = "" }' "$document"
    [ -s "$kept/said" ] || fail "$document has no block of code" "see the top of this script"
    sed -n '/SPDX/d; s/^<!-- \(.*\) -->$/\1/p' "$document" > "$kept/comments"
    grep -vx nothing "$kept/said" | same "$kept/comments" - "$document: comments that have no block below" \
        "mend the comment; a block begins on the next line"
    tr -s ' \n' ' ' < "$document" > "$kept/text"
    mkdir "$kept/folder"
    ln -s "$PWD/docs" "$kept/folder/docs"
}

# quoted NAME FILE: the lines of that name.
quoted()
{
    awk -v name="$1" '
        /quote: end/ { inside = 0 }
        inside { print; lines++ }
        $0 ~ "quote: " name "( |$)" { inside = 1 }
        END { exit lines == 0 }' "$2"
}

check_quote()
{
    quoted "$3" "$2" > "$kept/there" || fail "$document: there is no part '$3' in $2" "mark it there"
    same "$kept/there" "$kept/$1" "$document: block $1 is not what $2 says under '$3'" "copy it from there"
    quotes=$((quotes + 1))
}

# What the last program has printed is in the text, line by line, unless an output block has shown it.
check_printed()
{
    [ -s "$kept/printed" ] || return 0
    tr -s ' ' < "$kept/printed" | while read -r line; do
        grep -qF -e "$line" "$kept/text" || fail "$document does not say: $line" "$program prints it: see $harness"
        echo "$line"
    done > "$kept/found"
    printed=$((printed + $(wc -l < "$kept/found")))
    : > "$kept/printed"
}

run_code()
{
    harness=tests/docs/$2.c
    program="block $1"
    cp "$kept/$1" "$kept/block.h"
    # shellcheck disable=SC2086 # the compiler and the flags are words
    $CC $CFLAGS -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude -I"$kept" "$harness" "$LIBRARY" $LDFLAGS -lm \
        -o "$kept/program" || fail "$document: block $1 does not compile in $harness" "see the messages above"
    (cd "$kept/folder" && "$kept/program") > "$kept/printed" ||
        fail "$document: block $1 fails in $harness" "it ended with $? and has said: $(cat "$kept/printed")"
    tried=$((tried + 1))
}

check_output()
{
    same "$kept/printed" "$kept/$1" "$document: block $1 is not what $program prints" "copy what it prints"
    printed=$((printed + $(wc -l < "$kept/printed")))
    : > "$kept/printed"
}

split_document
number=0
while IFS= read -r above; do
    number=$((number + 1))
    if [ "$above" = nothing ] && [ $# -gt 0 ]; then
        above="code: $1"
        shift
    fi
    [ "$above" = output ] || check_printed
    words=${above#*: }
    case $above in
    "quote: "*) check_quote $number "${words% *}" "${words#* }" ;;
    "code: "* | "numbers: "*) run_code $number "$words" ;;
    output)
        [ -s "$kept/printed" ] || fail "$document: block $number shows what nothing has printed" "name a program"
        check_output $number
        ;;
    "output: "*)
        program=$B/examples/$words
        # shellcheck disable=SC2086 # arguments are words
        "$B/examples/${words%% *}" ${words#* } > "$kept/printed" || fail "$document: $program fails" "see above"
        check_output $number
        ;;
    "file: "*)
        same "$kept/folder/$words" "$kept/$number" "$document: block $number is not the file $words" "copy it"
        printed=$((printed + $(wc -l < "$kept/$number")))
        ;;
    "not tried: "*) untried=$((untried + 1)) ;;
    *) fail "$document: block $number is not said to be tried" "see the top of tests/docs/quotes.sh" ;;
    esac
done < "$kept/said"
check_printed
[ $# -eq 0 ] || fail "$document has no block for the harness $1" "leave it out"
checked "$document: $quotes quotations, $tried programs of blocks and tables, $printed lines that programs printed;" \
    "not tried: $untried"
