# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Rust"
packages="rustc"

# rustc links by the C compiler.
has_tools()
{
    have rustc && have cc
}

program()
{
    unset MAKEFLAGS # in it rustc would look for a job server, which this make does not lend
    rustc --edition 2021 -O -D warnings -L native="$folder" -C link-arg=-Wl,-rpath,"$folder" tests/bindings/rust.rs \
        -o "$out/rust"
    "$out/rust" "$@"
}
