# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154,SC2086 # variables are those of run.sh; the compiler and flags are words

title="Python (cffi, which reads the header)"
packages="python3 python3-cffi gcc libc6-dev"

has_tools()
{
    /usr/bin/python3 -c 'import cffi' && have "${CC%% *}"
}

program()
{
    # cffi knows size_t and int32_t; what the standard headers hold besides is not for it.
    mkdir "$out/empty"
    touch "$out/empty/stddef.h" "$out/empty/stdint.h"
    $CC $CFLAGS -E -P -nostdinc -I"$out/empty" -Iinclude include/ensemble_rank.h > "$out/ensemble.h"

    sed -n 's/^ *\(ensemble_[a-z0-9_]*\);$/\1/p' src/libensemble.map | sort > "$out/exported"
    /usr/bin/python3 -B -W error tests/bindings/python_cffi_calls.py "$out/ensemble.h" "$library" > "$out/called"
    sort "$out/called" > "$out/called.sorted"
    same "$out/exported" "$out/called.sorted" "Not every function of the library was called through its header" \
        "see tests/bindings/python_cffi_calls.py"
    checked "Python (cffi): each of the $(grep -c . "$out/called") functions can be called" >&2

    /usr/bin/python3 -B -W error tests/bindings/python_cffi.py "$out/ensemble.h" "$library" "$@"
}
