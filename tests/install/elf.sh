#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/install/elf.sh LIBRARY-DIRECTORY SONAME VERSION
#
# What a dynamic linker sees of libensemble: its name, what it needs, how its memory is protected; and that loading it runs
# nothing.
set -eu
. tests/common.sh

dir=$1
soname=$2
real=libensemble.so.$3
lib=$dir/$real
to_do="see LIB_LDFLAGS and LIB_CFLAGS in the Makefile"

link_is()
{
    [ "$(readlink "$dir/$1")" = "$2" ] || fail "$1 is not a link to $2" "see install in the Makefile"
}
link_is libensemble.so "$soname"
link_is "$soname" "$real"
{ [ -f "$lib" ] && [ ! -L "$lib" ]; } || fail "$real is not a file" "see install in the Makefile"
checked "libensemble.so -> $soname -> $real"

dynamic=$(LC_ALL=C readelf -dW "$lib")
segments=$(LC_ALL=C readelf -lW "$lib")

says()
{
    printf '%s\n' "$1" | grep -Eq "$2"
}
says "$dynamic" "\(SONAME\).*\[$soname\]" || fail "the soname is not $soname" "$to_do"
needed=$(printf '%s\n' "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
case $needed in
libc.so.6 | libc.so | libc.musl-*.so.1) ;;
*) fail "$real needs: $needed" "nothing but the C library may be needed" ;;
esac
says "$segments" '^ *GNU_RELRO ' || fail "$real has no read-only relocations" "$to_do: -z relro"
says "$dynamic" '\(FLAGS(_1)?\).*NOW' || fail "$real is not bound at once" "$to_do: -z now"
says "$segments" '^ *GNU_STACK .* RW ' || fail "$real wants an executable stack" "$to_do: -z noexecstack"
! says "$segments" '^ *LOAD .* RWE ' || fail "$real has a segment that is writable and executable" "$to_do"
! says "$dynamic" 'TEXTREL' || fail "$real has text relocations" "$to_do: -fPIC"
! says "$dynamic" '\((RPATH|RUNPATH)\)' || fail "$real has a run path" "$to_do"
checked "$real: soname $soname, needs only $needed; relro, bind now, no executable stack, no text relocation, no run path"

! says "$segments" '^ *TLS ' || fail "$real has thread-local storage" "pass what is needed as an argument"
! LC_ALL=C readelf -sW "$lib" | grep -Eq ' IFUNC | TLS ' || fail "$real has ifunc or TLS symbols" "see docs/abi.md"
! LC_ALL=C readelf -SW "$dir/libensemble.a" | grep -E '[. ](init_array|fini_array|preinit_array|ctors|dtors|tdata|tbss)' ||
    fail "an object of libensemble.a has a constructor, a destructor or thread-local storage" \
        "nothing may run when the library is loaded; do it in the call that needs it"
# The one entry is frame_dummy, which the compiler's start files bring.
pointer=$(printf '%s\n' "$segments" | grep -q 'Elf32\|ELF32' && echo 4 || echo 8)
size=$(printf '%s\n' "$dynamic" | sed -n 's/.*(INIT_ARRAYSZ) *\([0-9]*\).*/\1/p')
[ "${size:-0}" -le "$pointer" ] || fail "$real has constructors: $size bytes of them" "nothing may run when it is loaded"
checked "$real: no constructor, no destructor, no ifunc, no thread-local storage"
