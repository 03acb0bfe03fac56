#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/freeze.sh VERSION
#
# Puts what a release promises into tests/abi/old, before the next one is begun (docs/release.md): its headers, without
# comments and empty lines, and its dump of types. They never change afterwards.
set -eu
. tests/common.sh

release=$(echo "$1" | cut -d. -f1-2)
to=tests/abi/old/$release
[ ! -e "$to" ] || fail "$to is there already" "what was released never changes"
mkdir "$to"
for header in $headers; do
    {
        echo "/* SPDX-""License-Identifier: MIT */"
        echo "/* $header of release $release, without comments and empty lines. It never changes. */"
        without_comments "$header" | sed 's/ *$//; /^$/d'
    } > "$to/${header##*/}"
done
cp tests/abi/libensemble.abi "$to/"
echo "$to is written: add tests/abi/old/since_$release.c, which calls what is new"
