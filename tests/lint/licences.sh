#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/lint/licences.sh
#
# Each file says its licence in one of its first three lines, or .reuse/dep5 names it, since it cannot; and nothing else
# is named there. `reuse lint`, where it is installed, then finds the same, in a copy with the folder of licence texts that
# it asks for: here the one text is LICENSE.
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT

# In what `make dist` packed there is no git, and nothing but what was committed and what was built since.
if have git && git ls-files Makefile 2>/dev/null | grep -q .; then
    git ls-files -co --exclude-standard | while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done
else
    find .ci .clang-tidy .gitignore .reuse LICENSE Makefile README.md docs include pkgconfig src tests -type f
fi | sort > "$kept/files"

grep -vx LICENSE "$kept/files" | while read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-[I]dentifier: [A-Z]' || echo "$file"
done > "$kept/without"

# What dep5 names, one pattern a line; but for "*", which says whose the copyright is.
awk '/^[^ ]/ { inside = /^Files:/ } inside { sub(/^Files:/, ""); for (i = 1; i <= NF; i++) print $i }' .reuse/dep5 |
    grep -vx '\*' > "$kept/patterns"
while read -r pattern; do
    while read -r file; do
        # shellcheck disable=SC2254 # a pattern
        case $file in $pattern) echo "$file" ;; esac
    done < "$kept/without" > "$kept/fit"
    [ -s "$kept/fit" ] || fail ".reuse/dep5 names $pattern: nothing that needs it is there" "remove it, or the licence line there"
    cat "$kept/fit"
done < "$kept/patterns" | sort -u > "$kept/named"
same "$kept/named" "$kept/without" "files without a licence line are not those of .reuse/dep5" \
    "add to the file the line that Makefile begins with, in a comment"
checked "licences: $(grep -c . "$kept/files") files, of which .reuse/dep5 names $(grep -c . "$kept/named")"

if ! have reuse; then
    skipped "reuse lint: reuse is not installed"
    exit 0
fi
mkdir -p "$kept/copy/LICENSES"
tar -cf - -T "$kept/files" | tar -xf - -C "$kept/copy"
cp LICENSE "$kept/copy/LICENSES/MIT.txt"
# The licence of the digits lets its address stand for its text.
echo https://creativecommons.org/licenses/by/4.0/legalcode > "$kept/copy/LICENSES/CC-BY-4.0.txt"
echo 'In the public domain: rights in it have ended.' > "$kept/copy/LICENSES/LicenseRef-public-domain.txt"
(cd "$kept/copy" && reuse lint) > "$kept/log" 2>&1 ||
    { tail -n 40 "$kept/log" >&2; fail "reuse lint (above, its end)" "see reuse.software"; }
grep ERROR "$kept/log" | none "reuse lint" "two halves of a string hide it from reuse: SPDX- and License-Identifier"
checked "$(sed -n 's/^Congratulations! //p' "$kept/log")"
