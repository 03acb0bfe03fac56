#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/headers/ffi.sh BUILD-DIRECTORY, with CC from the Makefile
#
# Whatever the public headers declare can be called from every language: by its foreign function interface (FFI), which
# reads no macros, and passes numbers, addresses and callbacks. ffi.awk has the grammar that is left then. Not in it: a
# variable number of arguments; structs by value; unions, bit fields, arrays; types whose size depends on the machine's
# habits or the compiler's flags, such as long, bool and enum types; functions with a body; macros but for the version,
# which ensemble_version() says as well. At the end, headers that are wrong have to be noticed.
set -eu
. tests/common.sh

out=$1
rm -rf "$out"
mkdir -p "$out"
header=$out/headers.h
# shellcheck disable=SC2086 # the headers are words
cat $headers > "$header"

# read_header HEADER: what ffi.awk says of it, and of directives that do more than an FFI sees
read_header()
{
    # shellcheck disable=SC2086 # CC may hold arguments
    sed '/^#include/d' "$1" | ${CC:-cc} -E -P -x c - 2> "$out/messages" | awk -f tests/headers/ffi.awk ||
        { cat "$out/messages" >&2; fail "$1 cannot be read" "see above"; }
    without_comments "$1" | sed 's/ *$//' | grep '^ *#' |
        grep -vxE -e '#(ifndef|define) ENSEMBLE(_RANK)?_H' -e '#include <(std(def|int)|ensemble)\.h>' -e '#ifdef __cplusplus' -e '#endif' \
            -e '#define ENSEMBLE_VERSION(_[A-Z]+)? .*' | sed 's/^/wrong: a directive: /' || :
}

read_header "$header" > "$out/read"
! grep '^wrong: ' "$out/read" >&2 ||
    fail "$headers: there is what a foreign function interface cannot do (above)" "tests/headers/ffi.awk has what it can"
sed -n 's/^\(ensemble_[a-z_0-9]*\) .*/\1/p' tests/abi/symbols.txt | LC_ALL=C sort > "$out/exported"
sed -n 's/^function //p' "$out/read" | LC_ALL=C sort > "$out/functions"
same "$out/exported" "$out/functions" "ffi.awk does not find the functions of tests/abi/symbols.txt in $headers" "mend it"
sed -n 's/^struct \(ensemble_[a-z_]*\) {$/\1/p' "$header" | LC_ALL=C sort > "$out/written"
sed -n 's/^struct //p' "$out/read" | LC_ALL=C sort > "$out/structs"
same "$out/written" "$out/structs" "ffi.awk does not find the structs of $headers" "mend it"
checked "foreign function interfaces can call $(wc -l < "$out/functions") functions, with $(wc -l < "$out/structs") structs"

# notices WORDS SED-SCRIPT: the header with this change is wrong, in these words
noticed=0
notices()
{
    sed "$2" "$header" > "$out/changed.h"
    ! cmp -s "$header" "$out/changed.h" || fail "a change changes nothing: $2" "mend tests/headers/ffi.sh"
    read_header "$out/changed.h" > "$out/read"
    grep '^wrong: ' "$out/read" | grep -qF -e "$1" || {
        grep '^wrong: ' "$out/read" >&2 || :
        fail "it is not noticed, or not as '$1': $2" "mend tests/headers/ffi.awk"
    }
    noticed=$((noticed + 1))
}

# A function in place of ensemble_version(), or a field at the end of struct ensemble_output.
function_noticed()
{
    notices "$1" "s/^uint32_t ensemble_version(void);/$2/"
}

field_noticed()
{
    notices "$1" "/^struct ensemble_output {/,/^};/s/^    int32_t reserved;.*/&\n    $2/"
}

function_noticed "a variable number of arguments" 'int ensemble_log(const char *format, ...);'
function_noticed "struct ensemble_output by value" 'int ensemble_give(struct ensemble_output output);'
function_noticed "struct ensemble_output by value" 'struct ensemble_output ensemble_take(void);'
function_noticed "struct ensemble_other is not declared" 'int ensemble_give(struct ensemble_other *other);'
function_noticed "the type 'long'" 'long ensemble_version(void);'
function_noticed "the type 'unsigned'" 'unsigned ensemble_version(void);'
function_noticed "the type '_Bool'" 'int ensemble_set_flag(struct ensemble *e, _Bool flag);'
function_noticed "'char' by value" 'int ensemble_set_letter(struct ensemble *e, char letter);'
function_noticed "an enum type" 'int ensemble_set_kind(struct ensemble *e, enum kind kind);'
function_noticed "a pointer to a pointer" 'int ensemble_list(struct ensemble *e, const char **names);'
function_noticed "is an array, or an argument" 'int ensemble_set_pair(struct ensemble *e, double pair[2]);'
function_noticed "a value of type void" 'int ensemble_set_pair(struct ensemble *e, void nothing);'
function_noticed "() in place of (void)" 'uint32_t ensemble_version();'
function_noticed "a function with a body" 'uint32_t ensemble_version(void) { return 1; }'
function_noticed "'static': only plain" 'static uint32_t ensemble_version(void) { return 1; }'
function_noticed "'inline': only plain" 'inline uint32_t ensemble_version(void);'
function_noticed "'extern': only plain" 'extern const int ensemble_version;'
function_noticed "'typedef': only plain" 'typedef int ensemble_code;'
function_noticed "'__attribute__': only plain" '__attribute__((pure)) uint32_t ensemble_version(void);'
function_noticed "where there should be ';'" 'uint32_t ensemble_version(void) __attribute__((pure));'
function_noticed "where there should be '('" 'uint32_t ensemble_version;'
function_noticed "'Ensemble_new' is not a name" 'uint32_t Ensemble_new(void);'
function_noticed "the callback 'next' is not given" 'int ensemble_each(struct ensemble *e, void (*next)(size_t i), void *user);'
function_noticed "the callback 'outer' is not given" \
    'int ensemble_each(struct ensemble *e, void (*outer)(void (*inner)(void *context)));'
function_noticed "struct ensemble_output by value" \
    'int ensemble_each(struct ensemble *e, void (*next)(void *user, struct ensemble_output output), void *user);'
function_noticed "an enum type" 'enum kind { ENSEMBLE_KIND = 1 };'
function_noticed "'ENSEMBLE_KIND' is not a decimal number" 'enum { ENSEMBLE_KIND = 1 << 4 };'
function_noticed "'ENSEMBLE_KIND' is not a decimal number" 'enum { ENSEMBLE_KIND = -0x10 };'
function_noticed "where there should be '='" 'enum { ENSEMBLE_KIND };'
field_noticed "'width' is a bit field" 'uint32_t width : 3;'
field_noticed "a union" 'union { float f; double d; } value;'
field_noticed "struct ensemble_output by value" 'struct ensemble_output next;'
field_noticed "is an array" 'double pair[2];'
field_noticed "the type 'wchar_t'" 'wchar_t letter;'
notices "a directive: #define ENSEMBLE_SIZE(x)" 's/^#define ENSEMBLE_VERSION_PATCH.*/&\n#define ENSEMBLE_SIZE(x) sizeof(x)/'
notices "a directive: #define ENSEMBLE_DEFAULT" 's/^#define ENSEMBLE_VERSION_PATCH.*/&\n#define ENSEMBLE_DEFAULT 1/'
notices "a directive: #include <stdbool.h>" 's/^#include <stdint.h>/&\n#include <stdbool.h>/'
notices "a directive: #ifdef _WIN32" 's/^struct ensemble;/#ifdef _WIN32\n&\n#endif/'
checked "$noticed headers that are wrong are noticed"
