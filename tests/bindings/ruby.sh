# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Ruby (ffi)"
packages="ruby ruby-ffi"

has_tools()
{
    have ruby && ruby -e 'require "ffi"'
}

program()
{
    ruby -W1 tests/bindings/ruby.rb "$library" "$@"
}
