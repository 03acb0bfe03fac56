# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Fortran (iso_c_binding)"
packages="gfortran"

has_tools()
{
    have gfortran
}

program()
{
    gfortran -std=f2018 -O2 -Wall -Wextra -Werror -J "$out" tests/bindings/fortran.f90 -L"$folder" -Wl,-rpath,"$folder" \
        -lensemble -o "$out/fortran"
    "$out/fortran" "$@"
}
