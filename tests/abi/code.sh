#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/abi/code.sh BUILD-DIRECTORY COMPILER [built], with MAKE from the Makefile
#
# Builds the static library as users do (-O2) unless it is built there already, and looks at the instructions and the
# undefined symbols of its objects:
#  - x86: AVX and later only in the objects of avx2 and avx512, and no AVX-512 in that of avx2. One such instruction
#    elsewhere, and the library stops old machines, before it could ask what they have.
#  - no fused multiply-add anywhere: it rounds once where the documentation says twice.
#  - nothing is asked of other libraries besides what tests/abi/undefined.txt lists: no libm, no stdio, no errno.
set -eu
. tests/common.sh

out=$1
mkdir -p "$out"
compiler=$2
have "${compiler%% *}" || { skipped "code made by $compiler: not installed"; exit 0; }
[ "${3:-}" = built ] ||
    $MAKE -s --no-print-directory static B="$out" CC="$compiler" CPPFLAGS= CFLAGS=-O2 LDFLAGS= > "$out/log" 2>&1 ||
    { cat "$out/log" >&2; fail "the library does not build with $compiler" "see above"; }

machine=$($compiler -dumpmachine)
prefix=
have objdump || fail "objdump is not installed" "install binutils"
case $machine in
x86_64-* | i?86-*) ;;
*) ! have "$machine-objdump" || prefix=$machine- ;;
esac

objects=$(find "$out/obj" -name '*.o' | LC_ALL=C sort)
[ -n "$objects" ] || fail "no objects in $out/obj" "mend tests/abi/code.sh"

# instructions OBJECT: one a line: bytes, a tab, the mnemonic and its operands
instructions()
{
    "${prefix}objdump" -d -w "$1" | sed -n 's/^ *[0-9a-f]*:\t\(.*\)$/\1/p'
}

# none PATTERN OBJECT WHAT: no instruction of $out/instructions, which are the object's, matches
none()
{
    ! grep -E -m 5 "$1" "$out/instructions" >&2 ||
        fail "${2#"$out/obj/"}, by $compiler, has $3 (above)" "see the flags in the Makefile, and the source of it"
}

tab=$(printf '\t')
fused="$tab(vfn?m(add|sub)|fn?m(add|sub|la|ls)|fm(la|ls)|bfm(la|ls)|fnm(la|ls|ad|sb)|fm(ad|sb))"
# As bytes: VEX (c4, c5) and EVEX (62) encodings, after segment prefixes.
vex="^((26|2e|36|3e|64|65|67) )*(c4|c5|62) "
evex="^((26|2e|36|3e|64|65|67) )*62 "
# Later than SSE2 in the older encoding.
later="$tab(pshufb|palignr|pabs[bwd]|psign|phadd|phsub|pmadd?ubsw|pmulhrsw|movddup|movs[lh]dup|haddp|hsubp|addsubp|lddqu"
later="$later|blend|pblend|round[ps][sd]|pmulld|pmuldq|ptest|pmov[sz]x|p(insr|extr)[bdq]|dpp[sd]|insertps|extractps"
later="$later|pm(in|ax)(sb|sd|uw|ud)|packusdw|pcmp(eqq|gtq|[ei]str)|mpsadbw|phminposuw|movntdqa|crc32|popcnt|lzcnt|movbe"
later="$later|adcx|adox|sha1|sha256|aes|pclmul)"

looked=0
for object in $objects; do
    instructions "$object" > "$out/instructions"
    none "$fused" "$object" "a fused multiply-add"
    case $machine:$object in
    x86_64-*:*/isa_avx512.o | i?86-*:*/isa_avx512.o) ;;
    x86_64-*:*/isa_avx2.o | i?86-*:*/isa_avx2.o)
        none "$evex|zmm|%k[0-7]" "$object" "AVX-512 instructions"
        ;;
    x86_64-* | i?86-*)
        none "$vex|ymm|zmm|$tab""v[a-z]" "$object" "instructions of AVX or later"
        none "$later" "$object" "instructions later than SSE2"
        ;;
    aarch64*:*/isa_sve.o) ;;
    aarch64*)
        none "[ ,{](z[0-9]+|p[0-9]+)[./]" "$object" "SVE instructions"
        ;;
    esac
    looked=$((looked + 1))
done
# That the patterns find anything at all in what they look at.
case $machine in
x86_64-* | i?86-*) contracts=-mfma ;;
*) contracts= ;;
esac
echo 'double fused(double x, double y, double z) { return x * y + z; }' > "$out/fused.c"
# shellcheck disable=SC2086 # none, or one
$compiler -O2 -ffp-contract=fast $contracts -c "$out/fused.c" -o "$out/fused.o"
instructions "$out/fused.o" | grep -Eq "$fused" || fail "no fused multiply-add is found where there is one" "mend tests/abi/code.sh"
case $machine in
x86_64-*)
    instructions "$out/obj/kernels/isa_avx2.o" | grep -Eq "$vex" || fail "no AVX in isa_avx2.o" "mend tests/abi/code.sh"
    instructions "$out/obj/kernels/isa_avx512.o" | grep -Eq "$evex" || fail "no AVX-512 in isa_avx512.o" "mend tests/abi/code.sh"
    ;;
aarch64*)
    instructions "$out/obj/kernels/isa_sve.o" | grep -Eq "[ ,{]z[0-9]+[./]" || fail "no SVE in isa_sve.o" "mend tests/abi/code.sh"
    ;;
esac
checked "$looked objects by $compiler for $machine: no fused multiply-add, newer instructions only where they belong"

sed '/^#/d' tests/abi/undefined.txt | awk '{ print $1, $2 }' > "$out/allowed"
nm -g --defined-only "$out/libensemble.a" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u > "$out/defined"
: > "$out/asked"
for object in $objects; do
    nm -u "$object" | awk -v object="${object#"$out/obj/"}" '{ print $NF, object }'
done | while read -r symbol object; do
    grep -qx "$symbol" "$out/defined" && continue
    echo "$symbol $object" >> "$out/asked"
    grep -Fqx -e "$symbol $object" -e "$symbol *" "$out/allowed" ||
        fail "$object, by $compiler, asks other libraries for $symbol" \
            "do without it, or add it to tests/abi/undefined.txt with the reason"
done
grep -q '^malloc base/alloc.o$' "$out/asked" || fail "malloc is not found in base/alloc.o" "mend tests/abi/code.sh"
checked "undefined symbols by $compiler: $(sed 's/ .*//' "$out/asked" | LC_ALL=C sort -u | tr '\n' ' ')"
