#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/controls.sh BUILD-DIRECTORY CODE-DIRECTORY, with MAKE from the Makefile
#
# Whether the checks of the ABI can fail: breaks a copy of the sources, one way after the other, and wants the check that
# it is for to notice, and to name what was broken. Nothing is compiled but what changes; instructions that must not be
# there are put into copies of the objects in CODE-DIRECTORY, which tests/abi/code.sh has looked at.
set -eu
. tests/common.sh

out=$1
code=$2
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
code=$(cd "$code" && pwd)
copy=$out/tree
mkdir "$copy"
cp -Rp Makefile include src tests docs pkgconfig "$copy/"

# change FILE SED-SCRIPT: in the copy, until the next notices()
change()
{
    sed "$2" "$1" > "$copy/$1"
    ! cmp -s "$1" "$copy/$1" || fail "a change to $1 changes nothing: $2" "mend tests/abi/controls.sh"
    changed="$changed $1"
}
changed=

# noticed NAME WORDS COMMAND...: the command, run in the copy, fails, and says so in these words. Then the copy is mended.
noticed()
{
    name=$1
    words=$2
    shift 2
    if (cd "$copy" && "$@") > "$out/log" 2>&1; then
        fail "not noticed: $name" "mend the check: it looked at a broken library and said ok"
    fi
    for word in "$words" "$by"; do
        grep -qF -e "$word" "$out/log" ||
            { cat "$out/log" >&2; fail "the check fails for another reason than $name, or does not name it" "see above"; }
    done
    for file in $changed; do
        cp -p "$file" "$copy/$file"
    done
    [ ! -d "$out/sound" ] || { rm -rf "$copy/types"; cp -Rp "$out/sound" "$copy/types"; }
    changed=
    checked "noticed: $name"
}

types()
{
    sh tests/abi/types.sh compare types
}

# The symbols of the library that types() has made.
symbols()
{
    types > /dev/null 2>&1 || :
    sh tests/abi/symbols.sh types/libensemble.so
}

layout()
{
    CC=cc sh tests/abi/layout.sh native
}

if have abidiff && [ "$(uname -m)" = x86_64 ]; then
    (cd "$copy" && types) > "$out/log" 2>&1 || { cat "$out/log" >&2; fail "the copy of the sources is not sound" "see above"; }
    cp -Rp "$copy/types" "$out/sound"

    by='breaks programs of release 0.1'
    change include/ensemble.h '/^struct ensemble_call {/,/^};/s/^    size_t row_begin;/    size_t inserted;\n&/'
    noticed "a field that is inserted into a struct" "'size_t inserted'" types
    change include/ensemble.h 's/^uint32_t ensemble_version(void);/uint64_t ensemble_version(void);/'
    change src/api/info.c 's/^uint32_t ensemble_version(void)/uint64_t ensemble_version(void)/'
    noticed "another type of what a function returns" ensemble_version types
    change include/ensemble.h 's/^\(int ensemble_set_method(.*\) int32_t method);/\1 int64_t method);/'
    change src/api/settings.c 's/^\(int ensemble_set_method(.*\) int32_t method)/\1 int64_t method)/'
    noticed "another type of a parameter" "parameter 2 of type 'typedef int32_t' changed" types
    change src/libensemble.map '/ensemble_isa;/d'
    noticed "a function that is removed" ensemble_isa types
    change src/libensemble.map '/ensemble_isa;/d; s/^ *ensemble_fuse_rankings;/&\n        ensemble_isa;/'
    noticed "a function that is moved to another version node" ensemble_isa types
    change Makefile 's/^SOVERSION := 1/SOVERSION := 2/'
    noticed "another SONAME" libensemble.so.2 types

    by='are not those of tests/abi/libensemble.abi'
    change include/ensemble.h '/^struct ensemble_call {/,/^};/s/^    void \*parallel_user;/&\n    size_t appended;/'
    noticed "a struct that grows at its end" "'size_t appended'" types

    by='does not export what tests/abi/symbols.txt lists'
    change src/libensemble.map '/ensemble_isa;/d'
    noticed "a symbol that is removed" -ensemble_isa symbols
    change src/libensemble.map '/ensemble_isa;/d; s/^ *ensemble_fuse_rankings;/&\n        ensemble_isa;/'
    noticed "a symbol that is moved to another version node" '+ensemble_isa ENSEMBLE_0.7' symbols
    change src/libensemble.map 's/^ *ensemble_isa;/&\n        ens_run;/'
    change src/plan/run.c 's/^int ens_run(/__attribute__((visibility("default"))) &/'
    noticed "a symbol that is exported by mistake" '+ens_run ENSEMBLE_0.1' symbols
else
    skipped "whether abidiff notices changes: not installed, or not x86-64"
fi

by='not what was released'
change include/ensemble.h 's/^    ENSEMBLE_MEDIAN = 7,/    ENSEMBLE_MEDIAN = 70,/'
noticed "a constant that has another number" 'the number of ENSEMBLE_MEDIAN never changes' layout
change include/ensemble.h '/^struct ensemble_output {/,/^};/s/^    int32_t dtype;/    int64_t dtype;/'
noticed "a field that is larger" 'the offset of reserved never changes' layout
by='does not have the constants of'
change include/ensemble.h 's/^    ENSEMBLE_MEDIAN = 7,/&\n    ENSEMBLE_NEW = 77,/'
noticed "a constant that nobody has looked at" -ENSEMBLE_NEW layout

# notices_code NAME WORDS OBJECT ASSEMBLY: put into this object of the copy
notices_code()
{
    by=$3
    object=$out/code/obj/$3
    printf '%s\n' "$4" | as -o "$out/added.o" -
    cp "$object" "$out/kept.o"
    ld -r -o "$object" "$out/kept.o" "$out/added.o"
    noticed "$1" "$2" sh tests/abi/code.sh "$out/code" gcc built
    cp "$out/kept.o" "$object"
}

case $(gcc -dumpmachine) in
x86_64-*)
    mkdir "$out/code"
    cp -Rp "$code/obj" "$code/libensemble.a" "$out/code/"
    notices_code "an AVX instruction outside of its object" 'has instructions of AVX or later' api/info.o \
        'vaddps %ymm0, %ymm1, %ymm2'
    notices_code "an SSSE3 instruction" 'has instructions later than SSE2' plan/run.o 'pshufb %xmm0, %xmm1'
    notices_code "a fused multiply-add" 'has a fused multiply-add' kernels/isa_avx2.o 'vfmadd231ps %ymm0, %ymm1, %ymm2'
    notices_code "an AVX-512 instruction in the object of AVX2" 'has AVX-512 instructions' kernels/isa_avx2.o \
        'vaddps %zmm0, %zmm1, %zmm2'
    notices_code "a symbol of another library" 'for getenv' api/info.o 'call getenv'
    ;;
*) skipped "whether instructions are noticed: $code is not of x86-64" ;;
esac
