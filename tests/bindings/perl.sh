# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Perl (FFI::Platypus)"
packages="perl libffi-platypus-perl"

has_tools()
{
    have perl && perl -MFFI::Platypus -e 1
}

program()
{
    perl tests/bindings/perl.pl "$library" "$@"
}
