#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/sanitize/check.sh native|clang|memory|thread|valgrind|musl|werror [LEVEL...]|library gcc|clang
#     with MAKE, CC, B, UNIT (the unit tests' names), VERSION and SONAME from the Makefile
#
# Builds the library and its tests in a directory below B for one tool, and runs them there.
set -eu
. tests/common.sh

kind=$1
shift
out=$B/$kind

# make_with COMPILER CFLAGS LDFLAGS TARGET...
make_with()
{
    compiler=$1
    cflags=$2
    ldflags=$3
    shift 3
    mkdir -p "$out"
    $MAKE -s --no-print-directory B="$out" CC="$compiler" AR=ar CPPFLAGS= CFLAGS="$cflags" LDFLAGS="$ldflags" WERROR=1 "$@" ||
        fail "$kind: make fails with $compiler $cflags" "see above"
}

need()
{
    have "${1%% *}" || { skipped "$kind: ${1%% *} is not installed ($2)"; exit 0; }
}

# programs PROGRAM... -- [RUNNER...]: runs programs of the tests, each with its options, as kernels/check,--quick; as many
# at a time as there are processors. What one says is kept in $out/log-kernels-check, and its last line shown.
programs()
{
    list=
    while [ "$1" != -- ]; do
        list="$list $1"
        shift
    done
    shift
    # shellcheck disable=SC2016,SC2086 # expanded by the shell that xargs starts; a list
    printf '%s\n' $list | out=$out xargs -P "$(getconf _NPROCESSORS_ONLN)" -I {} sh -c '
        program=$(echo "$1" | tr , " ")
        log=$out/log-$(echo "${program%% *}" | tr / -)
        shift
        "$@" "$out"/tests/$program > "$log" 2>&1 || { tail -n 40 "$log" >&2; echo "$program: failed" >&2; exit 255; }
        tail -n 1 "$log"' sh {} "$@" || fail "$kind: a program fails (above)" "run it by itself: $out/tests/..."
}

# Every instruction set that can run, in the selection for slow machines, and the known hashes.
kernels()
{
    programs kernels/check,--quick kernels/golden methods/oracle,--quick methods/golden_methods \
        methods/oracle_report,--quick methods/golden_report learn/oracle,--quick learn/golden_fit \
        rank/oracle,--quick rank/golden_rank extremes/extremes world/memory -- "$@"
}

# A server's requests, and the library unloaded and loaded. clang links no runtime into a shared library, which must not
# have undefined symbols: there only the first.
soak()
{
    programs soak/soak "soak/reload,$out/libensemble.so.$VERSION,--loads,50,--sanitized" --
}

# Looking for uses of a frame after its function has returned makes calls several times slower: clang() does it.
ASAN_OPTIONS=detect_stack_use_after_return=0:strict_string_checks=1:detect_invalid_pointer_pairs=0
UBSAN_OPTIONS=print_stacktrace=1
TSAN_OPTIONS=halt_on_error=1
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
# Line numbers are all that is wanted of debug information: with types, kernels take twice as long to compile.
address='-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'

native()
{
    # What null and object-size would see in a kernel, address sees when it runs; clang() has them, too.
    make_with "$CC" "$address -fno-sanitize=null,object-size" '' test-unit kernels-programs methods-programs \
        learn-programs rank-programs soak-programs extremes-programs world-programs shared
    kernels
    soak
    checked "address and undefined-behaviour sanitizers of $CC: unit tests, kernels, a million requests"
}

clang()
{
    need clang clang
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:detect_invalid_pointer_pairs=0
    make_with clang "-fsanitize=implicit-conversion $address" '' test-unit kernels-programs methods-programs learn-programs \
        rank-programs soak-programs extremes-programs world-programs
    kernels
    programs soak/soak --
    checked "address, undefined-behaviour and conversion sanitizers of clang: unit tests, kernels, a million requests"
}

# cmocka is not built for this sanitizer, so what it writes would count as never written.
memory()
{
    need clang clang
    make_with clang '-O1 -g1 -fno-omit-frame-pointer -fsanitize=memory -fsanitize-memory-track-origins' '' \
        kernels-programs methods-programs learn-programs rank-programs extremes-programs
    programs rank/oracle,--quick rank/golden_rank --
    programs kernels/check,--quick kernels/golden --
    sed -n 's/^\([a-z0-9]*\) [0-9a-f]\{16\}$/\1/p' "$out/log-kernels-golden" > "$out/isas"
    [ -s "$out/isas" ] || fail "memory: kernels/golden names no instruction set" "mend tests/sanitize/check.sh"
    # What AVX2 stores by a mask counts as never written here.
    for isa in portable sse2 avx512; do
        ! grep -qw "$isa" "$out/isas" || programs "methods/oracle,--quick,--isa,$isa" "methods/golden_methods,--isa,$isa" \
            "methods/oracle_report,--quick,--isa,$isa" "methods/golden_report,--isa,$isa" \
            "learn/oracle,--quick,--isa,$isa" "learn/golden_fit,--isa,$isa" "extremes/extremes,--isa,$isa" --
    done
    checked "memory sanitizer of clang: kernels, methods, learning, rankings, sizes at their extremes"
}

thread()
{
    make_with "$CC" '-O1 -g1 -fsanitize=thread' '' test-unit soak-programs shared
    soak
    checked "thread sanitizer of $CC: unit tests, a million requests"
}

# valgrind knows instructions up to AVX2, and says so to the library. A test whose signal handler mends a page wants all
# registers to be up to date where it is called.
valgrind()
{
    need valgrind valgrind
    units=
    targets=
    for test in $UNIT; do
        units="$units unit/$test"
        targets="$targets $out/tests/unit/$test"
    done
    # shellcheck disable=SC2086 # a list
    make_with "$CC" '-O1 -g1' '' $targets kernels-programs methods-programs learn-programs rank-programs \
        extremes-programs world-programs
    # shellcheck disable=SC2086 # a list
    programs $units -- valgrind -q --error-exitcode=9 --leak-check=full \
        --vex-iropt-register-updates=allregs-at-mem-access > "$out/log-unit"
    kernels valgrind -q --error-exitcode=9
    checked "valgrind: $(echo "$UNIT" | wc -w) unit test programs, kernels"
}

musl()
{
    need musl-gcc musl-tools
    make_with musl-gcc -O2 -static kernels-programs methods-programs learn-programs rank-programs extremes-programs \
        world-programs
    kernels
    make_with musl-gcc -O2 '' install DESTDIR="$out/installed" prefix=/usr libdir=/usr/lib pkgconfigdir=/usr/lib/pkgconfig \
        cmakedir=/usr/lib/cmake/ensemble includedir=/usr/include mandir=/usr/share/man
    lib=$out/installed/usr/lib
    sh tests/install/elf.sh "$lib" "$SONAME" "$VERSION"
    for how in "$lib/libensemble.a" "-static $lib/libensemble.a" "-L$lib -lensemble"; do
        # shellcheck disable=SC2086 # words
        musl-gcc -O2 -I"$out/installed/usr/include" tests/install/example.c $how -o "$out/example"
        says=$(LD_LIBRARY_PATH=$lib "$out/example")
        [ "$says" = "4 5 6" ] || fail "the example says '$says' instead of '4 5 6', with musl: $how" "see above"
    done
    sh tests/install/linking.sh musl-gcc -O2 '' "$lib" "$SONAME" "$out/linking"
    checked "musl: kernels; the example says 4 5 6, linked shared, static, -static"
}

# library gcc|clang: the library with -O2 and every warning; test-werror, test-abi and lint have it in common. gcc also says
# who calls whom on how much stack, for tests/lint/stack.sh.
library()
{
    have "$1" || exit 0
    out=$B/werror/$1-O2
    make_with "$1" "$(o2 "$1")" '' all
}

o2()
{
    [ "$1" = gcc ] && echo '-O2 -fcallgraph-info=su' || echo -O2
}

werror()
{
    top=$out
    for compiler in gcc clang; do
        if ! have $compiler; then
            skipped "warnings of $compiler: not installed"
            continue
        fi
        for level; do
            out=$top/$compiler$level
            targets="all kernels-programs methods-programs learn-programs rank-programs soak-programs extremes-programs"
            for test in $UNIT; do
                targets="$targets $out/tests/unit/$test"
            done
            for example in demo guide images language recommenders speech; do
                targets="$targets $out/examples/$example"
            done
            # Without optimisation gcc's own intrinsics are macros, which pass -1 for an unsigned mask.
            [ "$compiler$level" != gcc-O0 ] || level='-O0 -Wno-sign-conversion'
            [ "$level" != -O2 ] || level=$(o2 "$compiler")
            # shellcheck disable=SC2086 # a list
            make_with $compiler "$level" '' $targets
        done
        checked "no warnings by $compiler, at $*: library, tests, examples"
    done
}

"$kind" "$@"
