# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="C# (Mono)"
packages="mono-mcs mono-runtime libmono-system-core4.0-cil"

has_tools()
{
    have mcs && have mono
}

program()
{
    mcs -warnaserror -out:"$out/csharp.exe" tests/bindings/csharp.cs
    LD_LIBRARY_PATH=$folder mono "$out/csharp.exe" "$@"
}
