# SPDX-License-Identifier: MIT
"""Any function of the header can be called through a foreign function interface: python_cffi_calls.py HEADER LIBRARY.

cffi reads the header, so nothing here knows the functions. Each is called twice: with zeros and NULLs alone, and with a
handle where it takes one; it returns what the header says of that. Prints the names of the functions, each before its
calls, so that after a crash the last one is the culprit.
"""
import sys

import cffi

HEADER, LIBRARY = sys.argv[1:]

ffi = cffi.FFI()
with open(HEADER, encoding="ascii") as header:
    ffi.cdef(header.read())
lib = ffi.dlopen(LIBRARY)
codes = {getattr(lib, name) for name in dir(lib) if name.startswith("ENSEMBLE_E") and getattr(lib, name) < 0}

# What a function of each type of result returns: where it takes no handle, and all is 0.
no_handle = {
    "int": lambda code: code >= 0 or code in codes,
    "size_t": lambda value: value < 1000,
    "uint32_t": lambda value: value > 0,
    "char *": lambda text: ffi.string(text) in (b"", b"success"),
    "void": lambda nothing: nothing is None,
}
# Where its handle is NULL.
without_handle = {
    **no_handle,
    "int": lambda code: code == lib.ENSEMBLE_ENULL,
    "int32_t": lambda value: value == 0,
    "size_t": lambda value: value == 0,
}
# And where it is one: a code that the header names, or an index, a length, 0.
with_handle = {**without_handle,
               "int": lambda code: code >= 0 or code in codes,
               "size_t": lambda value: value <= 4,
               "char *": lambda text: ffi.string(text).isascii()}


def zero(ctype):
    return ffi.NULL if ctype.kind in ("pointer", "function") else 0


def call(name, arguments, expected):
    function = getattr(lib, name)
    result = function(*arguments)
    if not expected[ffi.typeof(function).result.cname](result):
        sys.exit(f"{name}({', '.join(map(str, arguments))}) returns {result}")


def try_all():
    names = [name for name in dir(lib) if name.startswith("ensemble_")]
    for name in names:
        print(name, flush=True)
        types = ffi.typeof(getattr(lib, name)).args
        takes_handle = bool(types) and types[0] in (ffi.typeof("struct ensemble *"), ffi.typeof("struct ensemble **"))
        call(name, [zero(ctype) for ctype in types], without_handle if takes_handle else no_handle)
        if not types or types[0] is not ffi.typeof("struct ensemble *"):
            continue
        e = ffi.new("struct ensemble **")
        call("ensemble_create", [e, 4], {"int": lambda code: code == 0})
        output = ffi.new("float[4]")
        call("ensemble_add_model_output", [e[0], output, lib.ENSEMBLE_F32, 1], {"int": lambda index: index == 0})
        call(name, [e[0], *(zero(ctype) for ctype in types[1:])], with_handle)
        if name != "ensemble_destroy":
            lib.ensemble_destroy(e[0])


try_all()
