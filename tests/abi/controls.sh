#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/controls.sh BUILD-DIRECTORY, with MAKE from the Makefile
#
# Whether the checks of the ABI can fail: breaks copies of the sources, one way each, and wants the check to notice.
set -eu
. tests/common.sh

out=$1
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)

# copy NAME: a fresh copy of what the checks read
copy()
{
    mkdir "$out/$1"
    cp -R Makefile include src tests docs pkgconfig "$out/$1/"
}

# broken NAME FILE SED-SCRIPT: a copy with one change
broken()
{
    copy "$1"
    sed "$3" "$2" > "$out/$1/$2"
    ! cmp -s "$2" "$out/$1/$2" || fail "the change '$1' changes nothing" "mend tests/abi/controls.sh"
}

# notices NAME COMMAND...: the command, run in the copy, fails because of what was changed
notices()
{
    name=$1
    shift
    if (cd "$out/$name" && "$@") > "$out/$name.log" 2>&1; then
        fail "the check does not notice: $name" "mend the check: it looked at a broken library and said ok"
    fi
    grep -q "$because" "$out/$name.log" ||
        { cat "$out/$name.log" >&2; fail "the check fails for another reason than $name" "see above"; }
    checked "noticed: $name"
}

if have abidiff && [ "$(uname -m)" = x86_64 ]; then
    because='not those of tests/abi/libensemble.abi'
    broken inserted-field include/ensemble.h '/^struct ensemble_call {/,/^};/s/^    size_t row_begin;/    size_t inserted;\n&/'
    notices inserted-field sh tests/abi/types.sh compare "$out/inserted-field/build"
    broken changed-type include/ensemble.h 's/^uint32_t ensemble_version(void);/uint64_t ensemble_version(void);/'
    sed 's/^uint32_t ensemble_version(void)/uint64_t ensemble_version(void)/' src/api/info.c > "$out/changed-type/src/api/info.c"
    notices changed-type sh tests/abi/types.sh compare "$out/changed-type/build"
else
    skipped "whether abidiff notices changes: not installed, or not x86-64"
fi

because='does not export what tests/abi/symbols.txt lists'
broken removed-function src/libensemble.map '/ensemble_isa;/d'
notices removed-function "$MAKE" -s test-symbols B=build
broken new-function src/libensemble.map 's/^ *ensemble_isa;/&\n        ens_run;/'
sed 's/^int ens_run(/__attribute__((visibility("default"))) &/' src/plan/run.c > "$out/new-function/src/plan/run.c"
notices new-function "$MAKE" -s test-symbols B=build

case $(uname -m) in
x86_64)
    because='has instructions of AVX or later'
    broken leaked-avx Makefile 's/^LIB_CFLAGS := .*-ffp-contract=off/& -mavx/'
    notices leaked-avx sh tests/abi/code.sh build gcc
    because='isa_avx2.o, by gcc, has a fused multiply-add'
    broken fused-multiply-add Makefile 's/^ISA_FLAGS_avx2 := .*/& -mfma -ffp-contract=fast/'
    notices fused-multiply-add sh tests/abi/code.sh build gcc
    because='isa_avx2.o, by gcc, has AVX-512 instructions'
    broken leaked-avx512 Makefile 's/^ISA_FLAGS_avx2 := .*/& -mavx512f -mavx512vl -mprefer-vector-width=512 -O3/'
    notices leaked-avx512 sh tests/abi/code.sh build gcc
    ;;
esac
because='asks other libraries for getenv'
broken undefined-symbol src/api/info.c 's/^uint32_t ensemble_version(void)/char *getenv(const char *);\n&/; s/return ENSEMBLE_VERSION;/return getenv("E") ? 0 : ENSEMBLE_VERSION;/'
notices undefined-symbol sh tests/abi/code.sh build gcc
