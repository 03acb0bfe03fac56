#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/lint/tree.sh, with B from the Makefile
#
# The files of the tree: what is at the top, which layer includes which, how long files and functions are, how text is
# written, whether links lead somewhere; and that all say their licence.
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

# find_files PATTERN...: files of ours whose names match. What is built is not ours.
find_files()
{
    for pattern; do
        find Makefile .ci include src tests docs pkgconfig README.md -name "$pattern" -type f
    done | sort
}

top_level()
{
    if have git && git ls-files Makefile 2>/dev/null | grep -q .; then
        git ls-files -co --exclude-standard | cut -d/ -f1 | sort -u
    else
        for entry in *; do
            [ "$entry" = "${B%%/*}" ] || echo "$entry"
        done
    fi | grep -vx -e '\..*' -e Makefile -e include -e src -e tests -e docs -e pkgconfig -e LICENSE -e README.md |
        none "something else is at the top of the tree" "put it into one of the folders there"
    for entry in Makefile include src tests docs pkgconfig LICENSE README.md; do
        [ -e $entry ] || fail "there is no $entry at the top of the tree" "it belongs there"
    done
    checked "top of the tree: nothing but what belongs there"
}

# api -> store, learn, rank -> plan -> dispatch -> kernels -> simd, and base below all: a file may include its own layer and those
# to the right.
layers()
{
    find_files '*.[ch]' | grep '^src/' | while read -r file; do
        sed -n 's/^ *# *include *"\([a-z]*\)\/.*/\1/p; s/^ *# *include *"[^/]*"$/none/p; s/^ *# *include *<ensemble.*>/public/p' \
            "$file" | while read -r to; do
            echo "$file $to"
        done
    done | awk '
        BEGIN { n = split("api store learn rank plan dispatch kernels simd base", name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
        {
            split($1, part, "/"); from = part[2];
            if ($2 == "public") {
                if ($1 !~ /^src\/(base|rank)\/public\.h$/)
                    print $1 " includes a public header; use base/public.h or rank/public.h"
            }
            else if (!(from in rank)) print $1 " is in no layer"
            else if (!($2 in rank)) print $1 " includes a file of no layer: write the layer, as in \"base/dtype.h\""
            else if (rank[$2] < rank[from]) print $1 " includes upwards: " $2
        }' | none "includes that go the wrong way" "move what both need down, or pass it as an argument"
    checked "includes go one way: api, store, learn, rank, plan, dispatch, kernels, simd, base"
}

sizes()
{
    find_files '*.[ch]' | while read -r file; do
        case $file in
        *_tmpl.h) limit=120 ;;
        include/ensemble.h) limit=900 ;; # nearly the whole API is one header, and its comments are the contract
        *) limit=400 ;;
        esac
        [ "$(wc -l < "$file")" -le $limit ] || echo "$file: $(wc -l < "$file") lines, of $limit"
    done | none "files that are too long" "split them by what they are about"

    # A function begins in column 0, with its body's brace alone in column 0, and ends with one in column 0.
    find_files '*.[ch]' | while read -r file; do
        awk -v limit=60 '
            /^[A-Za-z_]/ && !/;$/ { if (!body) begin = FNR }
            /^{/ { body = 1; if (!begin) begin = FNR }
            /^}/ && body {
                if (FNR - begin + 1 > limit) print FILENAME ":" begin ": " FNR - begin + 1 " lines, of " limit
                body = 0; begin = 0
            }
            /^$/ { if (!body) begin = 0 }' "$file"
    done | none "functions that are too long" "give parts of them a name"
    checked "sizes: files up to 400 lines (ensemble.h 900), templates to 120, functions to 60"
}

# Sources in other languages than C, C++, make and shell; find_files with more PATTERNs.
other_languages()
{
    find_files '*.awk' '*.cs' '*.f90' '*.go' '*.java' '*.js' '*.lua' '*.php' '*.pl' '*.R' '*.rb' '*.rs' "$@"
}

text()
{
    tab=$(printf '\t')
    find_files '*.[ch]' '*.cpp' | xargs grep -n "$tab" /dev/null | none "tabs in C sources" "indent by four spaces"
    other_languages '*.[ch]' '*.cpp' '*.mk' '*.sh' '*.md' '*.in' '*.txt' run Makefile | sort -u |
        xargs grep -nE "[ $tab]+\$" /dev/null | none "white space at the end of a line" "remove it"
    other_languages '*.[ch]' '*.cpp' '*.mk' Makefile | xargs grep -nE '^.{121}' /dev/null |
        none "lines of more than 120 columns" "break them"
    find_files '*.md' | while read -r file; do
        awk '/^ *```/ { code = !code; next }
            !code && !/^ *\|/ && !/^    / && length > 120 { print FILENAME ":" FNR ": " $0 }' "$file"
    done | none "lines of more than 120 columns in documents" "break them; only tables and code may be wider"
    other_languages '*.[ch]' '*.cpp' '*.mk' '*.sh' '*.md' '*.3' '*.in' run Makefile | sort -u |
        xargs grep -nwE 'TO[D]O|FIX[M]E|X[X]X|HA[C]K' /dev/null | none "marks of unfinished work" "finish it, or open an issue"
    checked "text: no tabs, no white space at line ends, 120 columns, nothing marked as unfinished"
}

# Links of Markdown to files, relative to the one that they are in.
links()
{
    find_files '*.md' | while read -r file; do
        awk '/^ *```/ { code = !code } !code { gsub(/`[^`]*`/, ""); print }' "$file" |
            grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//; s/#.*//' | grep -vE '^$|^[a-z]+:' | while read -r link; do
            [ -e "$(dirname "$file")/$link" ] || echo "$file: $link"
        done || :
    done | none "links that lead nowhere" "mend them"
    checked "links in *.md lead to files that exist"
}

top_level
layers
sizes
text
links
sh tests/lint/licences.sh
