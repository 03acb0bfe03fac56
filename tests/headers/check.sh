#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/headers/check.sh BUILD-DIRECTORY native|all
#
# The public headers compile without a warning in each standard of C and C++, may be included twice and in several
# translation units, and need no other header. No size of what it declares depends on the compiler's flags.
set -eu
. tests/common.sh

out=$1
mkdir -p "$out"
flags='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude'

# One unit includes each twice, before anything else; the other one, which asks for the second one only, is linked to it.
# They call nothing of the library, so that they link without it.
cat > "$out/one.c" <<'END'
#include <ensemble.h>
#include <ensemble.h>
#include <ensemble_rank.h>
#include <ensemble_rank.h>
#ifdef __cplusplus
extern "C"
#endif
size_t other(void);
int main(void)
{
    struct ensemble_options options;
    struct ensemble_fusion fusion;
    options.struct_size = (uint32_t)sizeof options;
    fusion.struct_size = (uint32_t)sizeof fusion;
    options.struct_size += fusion.struct_size;
    return options.struct_size == (uint32_t)other() ? 0 : 1;
}
END
cat > "$out/two.c" <<'END'
#include <ensemble_rank.h>
#ifdef __cplusplus
extern "C"
#endif
size_t other(void);
size_t other(void)
{
    return sizeof(struct ensemble_options) + sizeof(struct ensemble_fusion);
}
END

# one COMPILER LANGUAGE STANDARD...
one()
{
    compiler=$1
    language=$2
    shift 2
    for standard; do
        for unit in one two; do
            # shellcheck disable=SC2086 # the compiler and the flags are words
            $compiler -std="$standard" -x "$language" $flags -c "$out/$unit.c" -o "$out/$unit.o" ||
                fail "the public headers do not compile with $compiler -std=$standard" "see the messages above"
        done
        if ! $compiler "$out/one.o" "$out/two.o" -o "$out/program" || ! "$out/program"; then
            fail "two units that include the headers do not work together: $compiler -std=$standard" "see above"
        fi
    done
    checked "$headers with $compiler: $*"
}

# The standard of 2023 has its name from gcc 14 and clang 18 on.
c_standards()
{
    newest=c2x
    $1 -std=c23 -x c -c -o /dev/null /dev/null 2>/dev/null && newest=c23
    echo "c99 gnu99 c11 c17 $newest $(echo $newest | sed 's/c/gnu/')"
}

if [ "$2" = native ]; then
    # shellcheck disable=SC2046 # words
    one "$CC" c $(c_standards "$CC")
    compilers=$CC
else
    compilers=
    for pair in gcc:g++ clang:clang++; do
        if ! have "${pair%:*}" || ! have "${pair#*:}"; then
            skipped "the public headers with ${pair%:*} and ${pair#*:}: not installed"
            continue
        fi
        # shellcheck disable=SC2046
        one "${pair%:*}" c $(c_standards "${pair%:*}")
        one "${pair#*:}" c++ c++98 c++11 c++14 c++17 c++20
        compilers="$compilers ${pair%:*}"
    done
    [ -n "$compilers" ] || fail "neither gcc and g++ nor clang and clang++ are installed" "install one of them"
fi

# ffi.sh finds enum types, whose size -fshort-enums changes. So no size of a struct changes with it.
{
    echo '#include <ensemble_rank.h>'
    # shellcheck disable=SC2086 # the headers are words
    sed -n 's/^struct \(ensemble_[a-z_]*\) {$/extern char size_of_\1[sizeof(struct \1)]; char size_of_\1[sizeof(struct \1)];/p' \
        $headers
} > "$out/sizes.c"
grep -q ensemble_options "$out/sizes.c" || fail "no structs found in $headers" "mend tests/headers/check.sh"
for compiler in $compilers; do
    for how in short-enums no-short-enums; do
        # shellcheck disable=SC2086
        $compiler -std=c11 $flags -f$how -c "$out/sizes.c" -o "$out/sizes.o"
        nm -S "$out/sizes.o" | sed 's/^[0-9a-f]* //' > "$out/sizes.$how"
    done
    same "$out/sizes.no-short-enums" "$out/sizes.short-enums" "sizes of structs change with -fshort-enums ($compiler)" \
        "use int32_t in place of an enum type"
done
checked "$headers: the structs' sizes do not depend on -fshort-enums"
