#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/demo/quotes.sh DOCUMENT
#
# Every block of code in a Markdown document is a quotation of a file that the tests build and run. Above the block:
#
#     <!-- quote: FILE NAME -->
#
# and in the file, named from the top of the repository, the same lines between "quote: NAME" and "quote: end", each in
# a comment of its own line.
set -eu
. tests/common.sh

document=$1
quotes=0

# quoted NAME FILE: the lines of that name.
quoted()
{
    awk -v name="$1" '
        /quote: end/ { inside = 0 }
        inside { print; lines++ }
        $0 ~ "quote: " name "( |$)" { inside = 1 }
        END { exit lines == 0 }' "$2"
}

# block N: the lines of the Nth block of code of the document.
block()
{
    awk -v wanted="$1" '
        /^```/ { if (!inside) { n++; inside = 1; next } inside = 0 }
        inside && n == wanted' "$document"
}

# What is said to stand in each block: "FILE NAME", or "nothing" where the line above is no such comment.
named()
{
    awk '
        /^```/ {
            inside = !inside
            if (inside) print (split(above, word, " ") == 5 && word[1] == "<!--" && word[2] == "quote:") ? word[3] " " word[4] : "nothing"
        }
        { above = $0 }' "$document"
}

kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
named > "$kept/named"
while read -r file name; do
    quotes=$((quotes + 1))
    [ "$file" != nothing ] || fail "$document: block $quotes of code is not said to be a quotation" \
        "put <!-- quote: FILE NAME --> above it"
    quoted "$name" "$file" > "$kept/there" || fail "$document: there is no part '$name' in $file" "mark it there"
    block $quotes > "$kept/here"
    same "$kept/there" "$kept/here" "$document: block $quotes is not what $file says under '$name'" "copy it from there"
done < "$kept/named"
[ $quotes -gt 0 ] || fail "$document quotes nothing" "see the top of this script"
checked "$document: $quotes quotations are what the files say"
