#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/install/distcheck.sh ARCHIVE DIRECTORY, with MAKE, CC, VERSION and TESTS from the Makefile
#
# Unpacks the archive of the sources in the directory, and does there what somebody does who downloaded it: installs and
# removes, runs the demo and the tests, uses the library from outside, and packs the sources again. The build directory is
# elsewhere, and the sources may not be written to.
set -eu
. tests/common.sh

rm -rf "$2"
mkdir -p "$2"
tar -xzf "$1" -C "$2"
place=$(cd "$2" && pwd)
top=$(echo "$place"/libensemble-*)
[ -f "$top/Makefile" ] || fail "$1 does not hold one directory libensemble-VERSION with a Makefile" "see dist in the Makefile"
build=$place/build
log=$place/log
prefix="$place/an empty prefix"
unset DESTDIR PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR MAKEFLAGS MFLAGS

# Whoever may write anything, as root may, is found out by what has changed.
chmod -R a-w "$top"
trap 'chmod -R u+w "$top"' EXIT
sources()
{
    (cd "$top" && find . -printf '%p %s %T@ %m\n') | LC_ALL=C sort
}
sources > "$place/before"

run_make()
{
    (cd "$top" && $MAKE -s --no-print-directory B="$build" CC="$CC" "$@") > "$log" 2>&1 ||
        { tail -n 60 "$log" >&2; fail "make $* fails in what make dist packed" "is everything committed?"; }
}

# The library is not built yet: install does, with several jobs.
run_make -j2 install prefix="$prefix"
mkdir "$place/outside"
cp tests/install/example.c "$place/outside"
PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig"
export PKG_CONFIG_LIBDIR
found=$(pkg-config --modversion ensemble)
[ "$found" = "$VERSION" ] || fail "pkg-config finds version $found, not $VERSION" "see pkgconfig/ensemble.pc.in"
(cd "$place/outside" && eval "$CC example.c $(pkg-config --cflags --libs ensemble) -o example") ||
    fail "the example does not build outside of the sources" "see above, and pkgconfig/ensemble.pc.in"
says=$(LD_LIBRARY_PATH=$prefix/lib "$place/outside/example")
[ "$says" = "4 5 6" ] || fail "the example says '$says' instead of '4 5 6'" "see above"
unset PKG_CONFIG_LIBDIR
run_make uninstall prefix="$prefix"
find "$prefix" ! -type d | none "make uninstall leaves files" "see uninstall in the Makefile"
checked "${1##*/}: installs with two jobs into an empty prefix with spaces, is found by pkg-config, and uninstalls"

run_make demo
grep -q . "$log" || fail "make demo prints nothing in what make dist packed" "see docs/examples"
# shellcheck disable=SC2086 # a list
run_make $TESTS
checked "${1##*/}: runs the demo and make $TESTS"

run_make dist
cmp "$1" "$build/${1##*/}" >&2 || fail "make dist in what make dist packed has other bytes" "see dist in the Makefile"
sources > "$place/after"
same "$place/before" "$place/after" "building, testing and packing has changed the sources" "write below \$(B) only"
checked "${1##*/}: packs the same bytes again, and never writes to the sources"

run_make clean
[ ! -e "$build" ] || fail "make clean leaves the build directory" "see clean in the Makefile"
