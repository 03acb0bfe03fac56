#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/docs/versions.sh
#
# The version is said once, in include/ensemble.h, and repeated where people read or copy it; these places say the same.
# docs/release.md has the list, too.
set -eu
. tests/common.sh

part()
{
    sed -n "s/^#define ENSEMBLE_VERSION_$1 \\([0-9]*\\)\$/\\1/p" include/ensemble.h
}

major=$(part MAJOR)
minor=$(part MINOR)
version=$major.$minor.$(part PATCH)
release=$major.$minor
places=0

# says FILE PATTERN: every match of the extended regular expression in FILE, of which there is one, has the release or,
# where the pattern has three numbers, the version.
says()
{
    found=$(tr -s ' \n' ' ' < "$1" | grep -oE -e "$2") ||
        fail "$1 does not say the version: no $2" "see tests/docs/versions.sh"
    numbers=$(echo "$found" | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?')
    for number in $numbers; do
        [ "$number" = "$release" ] || [ "$number" = "$version" ] ||
            fail "$1 says $number, but include/ensemble.h $version: $found" "make them agree"
        places=$((places + 1))
    done
}

says README.md 'find_package\(ensemble [0-9.]+\)'
says README.md 'Version [0-9]+\.[0-9]+'
says docs/building.md 'find_package\(ensemble [0-9.]+'
says pkgconfig/ensembleConfig.cmake.in 'find_package\(ensemble [0-9.]+'
says tests/install/CMakeLists.txt 'WANTED "[0-9.]+"'
says docs/abi.md '\([0-9]+\.[0-9]+ to'
says docs/abi.md 'libensemble\.so\.[0-9]+\.[0-9]+\.[0-9]+'

newest=$(sed -n 's/^## \([0-9.]*\)$/\1/p' docs/changelog.md | sed -n 1p) # above it: what is not released yet
[ "$newest" = "$version" ] ||
    fail "the newest release of docs/changelog.md is $newest, but the version $version" "add an entry"

# later FILE LIST: of the releases that a file names, none is later than this one.
later()
{
    for number in $2; do
        [ "${number%%.*}" -lt "$major" ] || { [ "${number%%.*}" -eq "$major" ] && [ "${number#*.}" -le "$minor" ]; } ||
            fail "$1 names $number, which is later than $version" "make them agree"
    done
}
later src/libensemble.map "$(sed -n 's/^ENSEMBLE_\([0-9.]*\) {$/\1/p' src/libensemble.map)"
later docs/api-history.md "$(sed -n 's/^|.*| \([0-9]*\.[0-9]*\) |$/\1/p' docs/api-history.md | sort -u)"

# HISTORY of ensemble(3): the functions named before "came with libensemble X.Y" are those of that row in api-history.md.
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sed -n 's/^| \(ensemble_[a-z_]*\) | \([0-9.]*\) |$/\1 \2/p' docs/api-history.md | grep -v ' 0\.1$' | sort > "$out/history"
awk '
    /^\.Sh / { inside = $2 == "HISTORY" }
    !inside { next }
    /^\.Fn / { names[++n] = $2 }
    match($0, /came with libensemble [0-9]+\.[0-9]+/) {
        release = substr($0, RSTART + 22, RLENGTH - 22)
        for (i = 1; i <= n; i++) print names[i], release
        n = 0
    }' docs/man/ensemble.3 | sort > "$out/manual"
same "$out/history" "$out/manual" "HISTORY of docs/man/ensemble.3 and docs/api-history.md name different releases" \
    "make them agree"
checked "version $version of include/ensemble.h: $places other places, docs/changelog.md, src/libensemble.map," \
    "docs/api-history.md and docs/man/ensemble.3 agree"
