# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154,SC2086 # variables are those of run.sh; the compiler and flags are words

title="C"
packages="gcc libc6-dev"

has_tools()
{
    have "${CC%% *}"
}

program()
{
    $CC $CFLAGS -std=c11 -Wall -Wextra -Werror -Iinclude tests/bindings/c.c "$archive" $LDFLAGS -o "$out/c"
    "$out/c" "$@"
}
