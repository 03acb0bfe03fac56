#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/machines/check.sh BUILD-DIRECTORY NAME COMPILER'S-PREFIX DEBIAN'S-NAME QEMU'S-NAME
#     with MAKE from the Makefile
#
# The library and its tests, built for another machine, run in an emulator. What takes long there is sampled.
set -eu
. tests/common.sh

build=$1
name=$2
prefix=$3
debian=$4
qemu=qemu-$5
programs='kernels/golden methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank
    kernels/check methods/oracle methods/oracle_report learn/oracle rank/oracle'

have "$prefix-gcc" || fail "check-machine-$name needs $prefix-gcc" \
    "it is in Debian's packages gcc-$(echo "$prefix" | tr _ -) and libc6-dev-$debian-cross"
have "$qemu" || fail "check-machine-$name needs $qemu" "it is in Debian's package qemu-user"

# Warnings are errors: long double, char and the sizes of types differ from machine to machine.
targets=
for program in $programs; do
    targets="$targets $build/tests/$program"
done
mkdir -p "$build"
# shellcheck disable=SC2086 # a list
"$MAKE" --no-print-directory B="$build" CC="$prefix-gcc" AR="$prefix-ar" CPPFLAGS= CFLAGS='-O2 -Werror' \
    LDFLAGS=-static $targets > "$build/log" 2>&1 || { tail -n 30 "$build/log" >&2; fail "$name: the library or a test does not compile" "see above"; }

# A fused multiply-add rounds once where the documentation says twice. The words are those of all these machines, and the
# first program shows that they are found.
fused='\t(vfn?m[as]|fn?m(add|sub)|xsn?m(add|sub)|xvn?m(add|sub)|m[as](e|d|eb|db)r?\b|[vw]fn?m[as])'
printf 'double f(double a, double b, double c) { return a * b + c; }\n' > "$build/fused.c"
options='-O2 -ffp-contract=fast'
[ "$name" != armhf ] || options="$options -mfpu=vfpv4"
# shellcheck disable=SC2086 # words
"$prefix-gcc" $options -c "$build/fused.c" -o "$build/fused.o"
"$prefix-objdump" -d "$build/fused.o" | grep -Pq "$fused" ||
    fail "$name: no fused multiply-add where there is one" "mend $0"
find "$build/obj" -name '*.o' | while read -r object; do
    "$prefix-objdump" -d "$object" | grep -P -m 5 "$fused" |
        none "$name: $object has a fused multiply-add" "see the Makefile"
done
checked "$name: no fused multiply-add"
# NEON of 32-bit Arm takes denormal numbers for 0.
if [ "$name" = armhf ]; then
    find "$build/obj" -name '*.o' | while read -r object; do
        "$prefix-objdump" -d "$object" | grep -P -m 5 '\tv[a-z]+\.f32\s+[dq][0-9]' |
            none "$name: $object has arithmetic of NEON" "see the Makefile"
    done
    checked "$name: no arithmetic of NEON"
fi

run()
{
    program=$1
    shift
    "$qemu" "$build/tests/$program" "$@" > "$build/output" 2>&1 ||
        { cat "$build/output" >&2; fail "$name: $program $*" "see above"; }
    checked "$name: $program${*:+ $*}: $(grep -E '^portable |passed' "$build/output" | tr '\n' ' ')"
}

for program in kernels/golden methods/golden_methods methods/golden_report learn/golden_fit rank/golden_rank; do
    run $program
done
run kernels/check --quick
run methods/oracle --quick --count 100
run methods/oracle_report --quick --count 30
run learn/oracle --quick --count 34
run rank/oracle --quick
