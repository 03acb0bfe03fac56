# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="R (.Call)"
packages="r-base-core gcc libc6-dev make"

# R CMD SHLIB calls make and the compiler that R was built with.
has_tools()
{
    have Rscript && have make && have "$(R CMD config CC | sed 's/ .*//')"
}

# R_init_ensemble() is found by the file's name. Objects are written beside their sources, so these are copied.
program()
{
    cp tests/bindings/r.c "$out/ensemble.c"
    include=$(pwd)/include
    (
        cd "$out"
        PKG_CPPFLAGS="-I'$include'" PKG_CFLAGS="-std=c11 -Wall -Wextra -Werror" \
            PKG_LIBS="-L'$folder' -Wl,-rpath,'$folder' -lensemble" R CMD SHLIB ensemble.c
    ) > "$out/log" 2>&1 || { cat "$out/log" >&2; return 1; }
    Rscript --vanilla tests/bindings/r.R "$out/ensemble.so" "$@"
}
