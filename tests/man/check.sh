#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/man/check.sh BUILD-DIRECTORY LIBENSEMBLE.A      (CC, CFLAGS and LDFLAGS from the environment)
#
# docs/man: mandoc finds nothing to say about the pages. In ensemble(3), the prototypes, the structs with their fields,
# and the constants with their numbers are those of the headers, and the examples compile; the first one prints what the
# page says. That there is a page for every function is checked by tests/abi/symbols.sh.
set -eu
. tests/common.sh

out=$1
library=$2
page=docs/man/ensemble.3
have mandoc || fail "mandoc is missing" "install the package mandoc"
rm -rf "$out"
mkdir -p "$out/man3"

# lint LEVEL FILE: from the folder above man3, since the short pages name the long one from there.
lint()
{
    messages=$(cd "$out" && mandoc -T lint -W "$1" "man3/${2##*/}" 2>&1) || :
    [ -z "$messages" ] || fail "$2: $messages" "see mdoc(7)"
}

check_markup()
{
    cp docs/man/*.3 "$out/man3/"
    lint warning $page
    # mandoc warns of every .so, which all implementations of man have nevertheless; man-db wants it on the first line.
    for file in docs/man/ensemble_*.3; do
        lint error "$file"
        [ "$(sed -n 1p "$file")" = ".so man3/ensemble.3" ] ||
            fail "$file does not begin with .so man3/ensemble.3" "copy one of the others"
    done
}

# The prototypes of the page, as C. After the headers, they compile if they say the same.
check_prototypes()
{
    {
        for header in $headers; do
            echo "#include <${header#include/}>"
        done
        awk '/^\.Sh / { inside = $2 == "SYNOPSIS" }
            !inside { next }
            { rest = $0; sub(/^\.[A-Z][a-z] */, "", rest); gsub(/"/, "", rest) }
            /^\.Ft / { printf "%s ", rest }
            /^\.Fo / { printf "%s(", rest; comma = "" }
            /^\.Fa / { printf "%s%s", comma, rest; comma = ", " }
            /^\.Fc/ { print ");" }' $page
    } > "$out/prototypes.c"
    # shellcheck disable=SC2086 # the compiler and the flags are words
    $CC $CFLAGS -std=c11 -Wall -Wextra -Werror -Iinclude -c "$out/prototypes.c" -o "$out/prototypes.o" ||
        fail "the prototypes in $page are not those of the headers" "see the messages above"
}

structs()
{
    awk '/^struct [a-z_]+ \{/ { inside = 1 } inside && NF { $1 = $1; print } /^}/ { inside = 0 }' "$@"
}

check_structs_and_constants()
{
    # shellcheck disable=SC2086 # the headers are words
    without_comments $headers > "$out/header"
    structs "$out/header" > "$out/structs"
    structs $page > "$out/structs-of-page"
    same "$out/structs" "$out/structs-of-page" "the structs in $page are not those of the headers" "write them as there"
    sed -n -e 's/^ *\(ENSEMBLE_[A-Z0-9_]*\) = \(-*[0-9]*\).*/\1 \2/p' "$out/header" > "$out/constants"
    while read -r name number; do
        case $number in
        -*) line=".It Bq Dv $name No ($number)" ;;
        *) line=".It Dv $name" ;;
        esac
        grep -qxF -e "$line" $page || fail "$page does not explain $name" "add a paragraph: $line"
    done < "$out/constants"
}

# example N: the code of the Nth literal block of the EXAMPLES.
example()
{
    awk -v wanted="$1" '
        /^\.Sh / { inside = $2 == "EXAMPLES" }
        /^\.Ed/ { printing = 0 }
        inside && printing { gsub(/\\e/, "\\"); print }
        inside && /^\.Bd -literal/ { printing = ++n == wanted }' $page
}

check_examples()
{
    example 1 > "$out/example1.c"
    {
        printf '#include <ensemble.h>\nint example2(const struct ensemble *e, float *result, size_t width);\n'
        printf 'int example2(const struct ensemble *e, float *result, size_t width)\n{\nint code;\n'
        example 2
        printf 'return code;\n}\n'
    } > "$out/example2.c"
    # shellcheck disable=SC2086 # the compiler and the flags are words
    $CC $CFLAGS -std=c99 -Wall -Wextra -Wpedantic -Werror -Iinclude "$out/example1.c" "$out/example2.c" "$library" \
        $LDFLAGS -o "$out/example" || fail "an example in $page does not compile" "see the messages above"
    result=$("$out/example")
    [ "$result" = "4 5 6" ] || fail "the example in $page prints '$result', not '4 5 6'" "see $out/example1.c"
    grep -q '^\.Ql 4 5 6' $page || fail "$page does not say that its example prints 4 5 6" "add it"
}

check_markup
checked "mandoc finds nothing to say about the manual pages"
check_prototypes
check_structs_and_constants
checked "$page has the prototypes, structs and constants of the headers"
check_examples
checked "the examples of $page work"
