# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="C++ (a class around std::unique_ptr)"
packages="g++"

has_tools()
{
    have g++
}

program()
{
    g++ -std=c++17 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude tests/bindings/cpp.cpp \
        -L"$folder" -Wl,-rpath,"$folder" -lensemble -o "$out/cpp"
    "$out/cpp" "$@"
}
