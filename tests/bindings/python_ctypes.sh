# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Python (ctypes, with NumPy)"
packages="python3 python3-numpy"

# NumPy is that of the distribution's own Python, whatever other one is there.
has_tools()
{
    /usr/bin/python3 -c 'import numpy'
}

program()
{
    /usr/bin/python3 -B -W error tests/bindings/python_ctypes.py "$library" "$@"
}
