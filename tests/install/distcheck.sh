#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/install/distcheck.sh ARCHIVE DIRECTORY, with MAKE from the Makefile
#
# Unpacks the archive of the sources in the directory, and does there what somebody does who downloaded it.
set -eu
. tests/common.sh

rm -rf "$2"
mkdir -p "$2"
tar -xzf "$1" -C "$2"
top=$(echo "$2"/libensemble-*)
[ -f "$top/Makefile" ] || fail "$1 does not hold one directory libensemble-VERSION with a Makefile" "see dist in the Makefile"

log=$2/log

run_make()
{
    (cd "$top" && $MAKE -s --no-print-directory B=build "$@") > "$log" 2>&1 ||
        { cat "$log" >&2; fail "make $1 fails in what make dist packed" "is everything committed?"; }
}
run_make all
run_make demo
grep -q . "$log" || fail "make demo prints nothing in what make dist packed" "see docs/examples"
run_make install prefix=/usr DESTDIR="$(cd "$2" && pwd)/dest"
[ -f "$2/dest/usr/include/ensemble.h" ] || fail "make install does not install the header" "see install in the Makefile"
checked "make dist: ${1##*/} builds elsewhere, runs the demo and installs"
