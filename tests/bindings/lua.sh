# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Lua (LuaJIT's FFI)"
packages="luajit"

has_tools()
{
    have luajit
}

program()
{
    # LuaJIT's parser knows the types of stdint.h and no directives.
    sed '/^#include/d' include/ensemble.h | ${CC:-cc} -E -P -x c - > "$out/ensemble.h"
    luajit tests/bindings/lua.lua "$library" "$out/ensemble.h" "$@"
}
