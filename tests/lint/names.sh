#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/lint/names.sh LIBENSEMBLE.A BUILD-DIRECTORY, with CC from the Makefile
#
# Names: what other files can see begins with ens_ inside and with ensemble_ outside; error codes are in one list.
set -eu
. tests/common.sh
LC_ALL=C
export LC_ALL

library=$1
out=$2
mkdir -p "$out"

nm -g --defined-only "$library" | awk 'NF == 3 { print $3 }' | grep -vE '^(ens|ensemble)_' |
    none "global symbols of $library that begin neither with ens_ nor with ensemble_" "rename them, or make them static"
checked "names of $(nm -g --defined-only "$library" | awk 'NF == 3' | wc -l) global symbols: ens_ or ensemble_"

# Macros that the header defines, besides those of what it includes; then everything that it declares.
macros()
{
    # shellcheck disable=SC2086 # the compiler may have arguments
    ${CC:-cc} -Iinclude -dM -E -x c - | awk '{ sub(/\(.*/, "", $2); print $2 }' | sort
}
for header in $headers; do
    echo "#include <${header#include/}>"
done | macros > "$out/with"
printf '#include <stddef.h>\n#include <stdint.h>\n' | macros > "$out/without"
# shellcheck disable=SC2086 # the headers are words
without_comments $headers | sed '/^ *#/d' > "$out/header"
{
    comm -23 "$out/with" "$out/without" | grep -v '^ENSEMBLE_' || :
    sed -n 's/^[a-z_].*[ *]\([a-zA-Z0-9_]*\)(.*/\1/p' "$out/header" | grep -v '^ensemble_' || :
    grep -oE '(struct|union|enum) +[a-zA-Z0-9_]+' "$out/header" | sed 's/.* //' | grep -vE '^ensemble(_|$)' || :
    sed -n 's/^ *\([A-Z][A-Z0-9_]*\) *[=,].*/\1/p' "$out/header" | grep -v '^ENSEMBLE_' || :
    grep typedef "$out/header" || :
} | none "names of $headers that begin neither with ensemble_ nor with ENSEMBLE_, or a typedef" "rename them"
checked "names of $headers: ensemble_ or ENSEMBLE_, and no typedef"

without_comments include/ensemble.h | sed -n 's/^ *\(ENSEMBLE_E[A-Z0-9]*\) = \(-[0-9]*\),*.*/\1 \2/p' | sort > "$out/declared"
sed -n 's/^ *X(\(ENSEMBLE_E[A-Z0-9]*\), *\(-[0-9]*\),.*/\1 \2/p' src/base/error.h | sort > "$out/listed"
[ -s "$out/declared" ] || fail "no error codes are found in include/ensemble.h" "mend tests/lint/names.sh"
same "$out/declared" "$out/listed" "src/base/error.h does not list the error codes of include/ensemble.h" "make them agree"
checked "$(wc -l < "$out/listed") error codes: include/ensemble.h and src/base/error.h agree"
