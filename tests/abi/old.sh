#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/old.sh BUILD-DIRECTORY LIBRARY-DIRECTORY VERSION, with CC from the Makefile
#
# Programs of earlier releases: each is compiled with the header of its release (tests/abi/old/RELEASE), linked, and run
# with the shared library of today. They ask for no symbol that their release did not have.
set -eu
. tests/common.sh

out=$1
library=$2
version=$3
mkdir -p "$out"
flags='-std=c11 -O1 -Wall -Wextra -Werror'

releases=$(for header in tests/abi/old/*/ensemble.h; do basename "${header%/*}"; done | sort -t. -k1,1n -k2,2n)
[ "$(echo "$releases" | head -n 1)" = 0.1 ] || fail "the header of release 0.1 is not in tests/abi/old" "fetch it from git"

# Every release before this one has its header there; the last one is added when the next begins (docs/release.md).
case $version in
0.*)
    minor=${version#0.}
    wanted=$(awk -v last="${minor%%.*}" 'BEGIN { for (i = 1; i < last; i++) print "0." i }')
    [ "$releases" = "$wanted" ] ||
        fail "tests/abi/old has $(echo "$releases" | tr '\n' ' ')" "it should have $(echo "$wanted" | tr '\n' ' ')"
    ;;
esac

sources=tests/abi/old/main.c
nodes=
for release in $releases; do
    [ ! -f "tests/abi/old/since_$release.c" ] || sources="$sources tests/abi/old/since_$release.c"
    nodes="$nodes${nodes:+|}@ENSEMBLE_$release"
    # shellcheck disable=SC2086 # words
    $CC $flags -Itests/abi/old -I"tests/abi/old/$release" $sources -L"$library" -lensemble -o "$out/$release" ||
        fail "a program of release $release does not compile and link" "what was released does not change (docs/abi.md)"
    LD_LIBRARY_PATH=$library "$out/$release" > "$out/$release.log" 2>&1 ||
        { cat "$out/$release.log" >&2; fail "a program of release $release does not run as it did" "docs/abi.md"; }
    nm -D --undefined-only --with-symbol-versions "$out/$release" | sed -n 's/^ *U \(ensemble_.*\)$/\1/p' > "$out/$release.asks"
    [ -s "$out/$release.asks" ] || fail "the program of release $release asks for nothing" "mend tests/abi/old.sh"
    ! grep -vE "($nodes)\$" "$out/$release.asks" >&2 ||
        fail "these symbols (above) are not in the version nodes that release $release had" "move them back"
    checked "$(sed 's/^ok: //' "$out/$release.log"); it asks for $(wc -l < "$out/$release.asks") symbols"
done
