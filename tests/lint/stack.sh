#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/lint/stack.sh LIBRARY-DIRECTORY BUILD-DIRECTORY
#
# A call uses at most 16 KiB of stack, since threads of servers have small ones. Reads what gcc's -fcallgraph-info=su says
# beside the library's objects (make werror-gcc), and adds up the frames along the deepest way from any public function
# down. A call through a
# pointer counts as the deepest of the kernels->NAME that its line names, or of all kernels where it names none. 8 bytes
# are added for each return address.
set -eu
. tests/common.sh

library=$1
out=$2
mkdir -p "$out"
limit=16384
have gcc || { skipped "stack: gcc is not installed"; exit 0; }
find "$library/obj" -name '*.ci' | LC_ALL=C sort > "$out/files"
[ "$(wc -l < "$out/files")" -gt 20 ] || fail "-fcallgraph-info says next to nothing about the sources" "mend tests/lint/stack.sh"

# "dynamic,bounded" is a frame that is aligned when it is entered.
# shellcheck disable=SC2046 # a list of files
! grep -h '(dynamic)' $(cat "$out/files") | grep . >&2 ||
    fail "frames whose size is not known when compiling (above)" "no alloca, no VLA"

# Functions of one name in several kernel files are told apart by the file.
# shellcheck disable=SC2046
awk '
    function word(key) { match($0, key ": \"[^\"]*\""); return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 4) }
    function depth(name, n, list, i, most, d, among) {
        if (name in known) return known[name]
        if (name in open) { print "recursion through " name > "/dev/stderr"; exit 1 }
        open[name] = 1
        if (name ~ /^__indirect_call/) {
            among = name; sub(/^__indirect_call ?/, "", among)
            for (i in kernel)
                if ((among == "" || kernel[i] ~ "^(ens_)?" among "_") && depth(i) > most) { most = depth(i); deepest[name] = i }
            if (most == 0) { print "no kernel is called " among > "/dev/stderr"; exit 1 }
        } else {
            n = split(calls[name], list, "\n")
            for (i = 1; i < n; i++) if ((d = depth(list[i])) > most) { most = d; deepest[name] = list[i] }
            most += size[name] + 8
        }
        delete open[name]
        return known[name] = most + 0
    }
    FNR == 1 { object = FILENAME; sub(/.*\/obj\//, "", object); sub(/\.ci$/, "", object); inside = object ~ /^kernels\// }
    function own(name) { return inside && name !~ /^__indirect_call/ ? object ":" name : name }
    # The line of the source where an edge begins, once for each.
    function source(where, part, n, i, text) {
        if (where in line) return line[where]
        split(where, part, ":")
        for (i = 1; i <= part[2] && (getline text < part[1]) > 0; i++) line[part[1] ":" i ":" part[3]] = text
        close(part[1])
        return line[where]
    }
    function target(name, text) {
        if (name != "__indirect_call") return own(name)
        text = source(word("label"))
        return match(text, /kernels->[a-z_]+/) ? name " " substr(text, RSTART + 9, RLENGTH - 9) : name
    }
    /^node:/ && / bytes / {
        name = own(word("title"))
        match($0, /[0-9]+ bytes/)
        size[name] = substr($0, RSTART, RLENGTH) + 0
        if (inside) { kernel[name] = name; sub(/.*:/, "", kernel[name]) }
    }
    /^edge:/ { calls[own(word("sourcename"))] = calls[own(word("sourcename"))] target(word("targetname")) "\n" }
    END {
        for (name in size)
            if (name ~ /^ensemble_/ && depth(name) > depth(first)) first = name
        print depth(first)
        for (name = first; name != ""; name = deepest[name]) print "  " size[name] + 0, name
    }' $(cat "$out/files") > "$out/deepest" || fail "the library calls itself (above)" "its stack must have an end"
used=$(sed -n 1p "$out/deepest")
[ "$used" -gt 8192 ] || { cat "$out/deepest" >&2; fail "a call seems to use $used bytes of stack" "mend tests/lint/stack.sh"; }
[ "$used" -le $limit ] || { cat "$out/deepest" >&2; fail "a call may use $used bytes of stack, of $limit (above)" \
    "use a smaller tile"; }
checked "stack: a call uses at most $used bytes, of $limit"
