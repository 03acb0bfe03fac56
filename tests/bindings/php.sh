# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="PHP (FFI)"
packages="php-cli"

# Every message is shown, and FFI allowed whatever php.ini says.
interpreter()
{
    php -d error_reporting=-1 -d display_errors=stderr -d ffi.enable=1 "$@"
}

has_tools()
{
    have php && interpreter -r 'exit(class_exists("FFI") ? 0 : 1);'
}

program()
{
    # PHP's parser knows the types of stdint.h and no directives.
    sed '/^#include/d' include/ensemble.h | ${CC:-cc} -E -P -x c - > "$out/ensemble.h"
    interpreter tests/bindings/php.php "$library" "$out/ensemble.h" "$@"
}
