#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/commands.sh
#
# What documents tell to type: targets of make, and settings, that are there.
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Targets are rules' names, and settings what is assigned or used.
find Makefile docs tests \( -name Makefile -o -name '*.mk' \) -exec cat {} + > "$out/make"
grep -oE '^[a-z][a-z0-9 -]*:' "$out/make" | tr -d ':' | tr ' ' '\n' | sort -u > "$out/targets"
{
    grep -oE '^[A-Za-z_]+ *[:?+]?=' "$out/make" | tr -d ' :?+='
    grep -oE '[$]\([A-Za-z_]+\)' "$out/make" | tr -cd 'A-Za-z_\n'
} | sort -u > "$out/settings"

# Spans of code, which may be broken between lines, and indented lines.
code()
{
    sed -n 's/^    //p' "$1"
    # shellcheck disable=SC2016 # backquotes are Markdown's
    awk '/^```/ { fenced = !fenced; next } !fenced && !/^    /' "$1" | tr '\n' ' ' | grep -oE '`[^`]+`' | tr -d '`' || :
}

commands()
{
    find README.md src docs -name '*.md' | sort | while read -r document; do
        code "$document" | sed "s/\"[^\"]*\"/text/g; s/'[^']*'/text/g; s/ #.*//; s/\$([^)]*)/text/g" |
            sed -nE 's/^(sudo )?(make|sh tests\/run)( .*|$)/\3/p' | tr ' ' '\n' | grep -v '^$' | sort -u |
            while read -r word; do
                case $word in
                *=*) grep -qx "${word%%=*}" "$out/settings" || echo "$document: setting $word" ;;
                -* | */* | [A-Z]*) ;; # options, files, placeholders
                *) grep -qxF -e "$word" "$out/targets" || echo "$document: target $word" ;;
                esac
            done
    done
}

commands | none "documents tell to make what there is no rule for" "mend them"
checked "targets and settings of make that documents name are there"
