#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/files.sh
#
# Files that documents name are there; src/README.md has a place for every file below src/, and names no other; the
# lists of documents, examples and decisions are complete.
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

find ./README.md src docs -name '*.md' | sort > "$out/documents"

# A path in a text is from the top, from src/, docs/ or tests/, or from where the document is. Those of other projects,
# in docs/serving.md, are not ours.
endings='c|h|cpp|md|sh|mk|txt|py|map|abi|in|cmake|svg|json'
paths()
{
    while read -r document; do
        sed 's,https*://[^ )]*,,g' "$document" |
            grep -oE "([A-Za-z0-9_.-]+/)+[A-Za-z0-9_.-]+\\.($endings)\\b" |
            sort -u | while read -r path; do
            case $document:$path in
            docs/serving.md:src/custom_node_interface.h | docs/serving.md:ggml-org/*.cpp) continue ;;
            esac
            for place in "$path" "src/$path" "docs/$path" "tests/$path" "${document%/*}/$path"; do
                [ ! -e "$place" ] || continue 2
            done
            echo "$document: $path"
        done || :
    done < "$out/documents"
}

# mapped FOLDER: the names that src/README.md gives to the files of a folder, in the folder's line of the first table,
# and under "In `folder/`": in the text there, and in the first column of the table.
mapped()
{
    # shellcheck disable=SC2016 # backquotes are Markdown's
    awk -F '|' -v folder="$1" '
        /^In `[a-z]*\/`/ { inside = index($0, "In `" folder "/`") == 1 }
        /^## / { inside = 0 }
        index($0, "| `" folder "/` |") == 1 { print $3 }
        inside { print /^\|/ ? $2 : $0 }' src/README.md |
        grep -oE '`[a-z0-9_<>]+(\.[ch])?`' | tr -d '`' | sed 's/\.[ch]$//; s/_tmpl$//' |
        grep -vE '^(<|ensemble_|ens_)' | sort -u
}

files_of()
{
    for file in src/"$1"/*.[ch]; do
        file=${file##*/}
        file=${file%.[ch]}
        case $1/$file in
        kernels/isa_* | simd/vec_*) echo "${file%%_*}_<isa>" ;;
        *) echo "${file%_tmpl}" ;;
        esac
    done | sort -u
}

paths | none "files that are named in documents, but are not there" "mend the names"
checked "files that $(wc -l < "$out/documents") documents name are there"

for folder in src/*/; do
    folder=${folder#src/}
    folder=${folder%/}
    files_of "$folder" > "$out/files"
    mapped "$folder" > "$out/mapped"
    same "$out/files" "$out/mapped" "src/README.md does not say what the files of src/$folder are for" \
        "add a line where it explains that folder, or remove one"
done
checked "src/README.md has a place for every file below src/, and names no other"

# Links to headings, #as-they-are-called-in-links: in small letters, blanks as hyphens, without other signs.
headings()
{
    awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ /, ""); print tolower($0) }' "$1" |
        sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

anchors()
{
    while read -r document; do
        awk '/^```/ { code = !code } !code' "$document" | tr '\n' ' ' | grep -oE '\]\([^):]*#[^)]+\)' |
            sed 's/^](//; s/)$//' | sort -u | while read -r link; do
            file=${link%%#*}
            if [ -n "$file" ]; then file=${document%/*}/$file; else file=$document; fi
            [ -d "$file" ] || headings "$file" | grep -qxF -e "${link#*#}" || echo "$document: $link"
        done || :
    done < "$out/documents"
}

anchors | none "links to headings that are not there" "mend them"
checked "links to headings lead to some"

# docs/architecture.md names kernels behind "kernels:", as members of struct ens_kernels, or how their names begin.
kernels()
{
    sed -n 's/.*kernels: *\([a-z_, ]*\).*/\1/p' docs/architecture.md | tr -d ' ' | tr ',' '\n' | grep . | sort -u
}

kernels > "$out/kernels"
[ "$(wc -l < "$out/kernels")" -gt 10 ] || fail "no kernels found in docs/architecture.md" "mend tests/docs/files.sh"
sed -n '/^struct ens_kernels {/,/^};/s/.*\*\([a-z_]*\)[;[].*/\1/p' src/kernels/kernels.h > "$out/members"
while read -r kernel; do
    grep -qE "^${kernel}(_|\$)" "$out/members" || echo "$kernel"
done < "$out/kernels" | none "docs/architecture.md names kernels that src/kernels/kernels.h does not have" "mend them"
checked "docs/architecture.md names $(wc -l < "$out/kernels") kernels, which are there"

# lists DOCUMENT FILE...: a document has a link to each of them, named from its own folder.
lists()
{
    document=$1
    shift
    for file; do
        grep -qF "](${file#"${document%/*}"/})" "$document" || echo "$file"
    done | none "$document does not list these" "add a line with a link"
    checked "$document lists $# files"
}

lists docs/decisions/README.md docs/decisions/0*.md
set --
for file in docs/*.md docs/decisions/README.md docs/examples/*/README.md; do
    [ "$file" = docs/README.md ] || set -- "$@" "$file"
done
lists docs/README.md "$@"
