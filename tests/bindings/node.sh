# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="JavaScript (Node.js, koffi)"
# By their commands, since Node.js is often not Debian's: then it has npm with it, beside which Debian's cannot be.
packages="$(have node || echo nodejs) $(have npm || echo npm)"
besides="koffi (of npm)"

has_tools()
{
    NODE_PATH=$B/tests/bindings/node_modules node -e 'require("koffi")'
}

program()
{
    NODE_PATH=$B/tests/bindings/node_modules node tests/bindings/node.js "$library" "$@"
}
