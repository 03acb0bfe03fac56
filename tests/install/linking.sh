#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/install/linking.sh COMPILER CFLAGS LDFLAGS LIBRARY-DIRECTORY SONAME OUT
#
# The demo, linked in all ways that there are to make a program with the library, prints the numbers that are known.
set -eu
. tests/common.sh

compiler=$1 cflags=$2 ldflags=$3 soname=$5
lib=$(cd "$4" && pwd)
mkdir -p "$6"
out=$(cd "$6" && pwd)
name=${compiler##*/}

rm -f "$out"/*.o
for file in docs/examples/demo/*.c; do
    object=${file##*/}
    # shellcheck disable=SC2086 # words
    $compiler -std=c11 -Iinclude $cflags -fPIE -c "$file" -o "$out/${object%.c}.o" || fail "$name: $file does not compile" "see above"
done
sed '/^#/d' tests/demo/expected.txt > "$out/expected"

# links KIND ARGUMENT...
links()
{
    kind=$1
    shift
    # shellcheck disable=SC2086
    $compiler $cflags "$@" $ldflags -lm -o "$out/$kind" || fail "$name: the demo does not link: $kind" "see above"
    LD_LIBRARY_PATH=$lib "$out/$kind" docs/examples/digits > "$out/printed" || fail "$name: the demo fails: $kind" "see above"
    sed '/^Time/,$d' "$out/printed" > "$out/numbers"
    same "$out/expected" "$out/numbers" "$name: the demo prints other numbers: $kind" "see docs/numerics.md"
}

# is KIND TYPE dynamic|static NEEDS-THE-LIBRARY: what the file says
is()
{
    header=$(LC_ALL=C readelf -hlW "$out/$1")
    dynamic=$(LC_ALL=C readelf -dW "$out/$1" 2>/dev/null)
    printf '%s\n' "$header" | grep -Eq "^ *Type: *$2 " || fail "$name: $1 is no file of type $2" "see tests/install/linking.sh"
    loader=static
    ! printf '%s\n' "$header" | grep -q '^ *INTERP ' || loader=dynamic
    [ $loader = "$3" ] || fail "$name: $1 is $loader" "see tests/install/linking.sh"
    needs=no
    ! printf '%s\n' "$dynamic" | grep -q "(NEEDED).*\[$soname\]" || needs=yes
    [ $needs = "$4" ] || fail "$name: $1 needs $soname: $needs" "see tests/install/linking.sh"
    ! printf '%s\n' "$dynamic" | grep -q TEXTREL || fail "$name: $1 has text relocations" "see -fPIC in the Makefile"
    ! printf '%s\n' "$header" | grep -q '^ *GNU_STACK .* RWE ' || fail "$name: $1 wants an executable stack" "see the Makefile"
}

# A program that is static and may lie anywhere. The wrapper of musl leaves -static-pie out, so it is said in its parts.
static_pie()
{
    case $name in
    musl-gcc)
        start=$(musl-gcc -static -Wl,--trace "$out"/*.o "$lib/libensemble.a" -o "$out/traced" | sed -n 's,/crt1\.o$,,p; s,/Scrt1\.o$,,p')
        links static-pie -nostartfiles -static -Wl,-pie,--no-dynamic-linker,-z,text "$start/rcrt1.o" "$start/crti.o" \
            "$out"/*.o "$lib/libensemble.a" "$start/crtn.o"
        ;;
    *) links static-pie -static-pie "$out"/*.o "$lib/libensemble.a" ;;
    esac
    is static-pie DYN static no
}

links shared -pie "$out"/*.o "-L$lib" -lensemble
is shared DYN dynamic yes
links archive -pie "$out"/*.o "$lib/libensemble.a"
is archive DYN dynamic no
links static -static "$out"/*.o "$lib/libensemble.a"
is static EXEC static no
static_pie
checked "$name: the demo prints the known numbers: shared, with libensemble.a, -static, static and position-independent"
