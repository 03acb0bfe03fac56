# SPDX-License-Identifier: MIT
#
# awk -f ffi.awk: reads ensemble.h, preprocessed and without other headers. Prints "function NAME" and "struct NAME" for
# what it declares, and "wrong: NAME: WHY" for what a foreign function interface cannot do, or not everywhere alike.
#
#     header   = { "struct" name [ "{" { field ";" } "}" ] ";" | "enum" "{" constants "}" ";" | function ";" }
#     function = type name "(" arguments ")"
#     field    = type name | callback
#     argument = type name | callback
#     callback = type "(" "*" name ")" "(" arguments ")"
#     type     = [ "const" ] word { "*" }

{ gsub(/[^A-Za-z0-9_.]/, " & "); text = text " " $0 }

# The types that have a size and a way to be passed which all languages agree about; `char` is signed on some machines
# and not on others, so it is for strings only. Structs are passed by their address.
BEGIN {
    split("int int32_t uint32_t uint8_t uint64_t size_t double float", word, " ")
    for (i in word) by_value[word[i]] = behind[word[i]] = 1
    behind["void"] = behind["char"] = 1
}

END {
    count = split(text, token, " ")
    at = 1
    while (at <= count) {
        place = token[at] " " token[at + 1] " " token[at + 2]
        if (token[at] == "struct" && token[at + 2] == ";") { known[token[at + 1]] = 1; at += 3 }
        else if (token[at] == "struct" && token[at + 2] == "{") structure()
        else if (token[at] == "enum" && token[at + 1] == "{") constants()
        else if (!function_declared()) skip()
    }
}

function wrong(why)
{
    print "wrong: " place ": " why
    return 0
}

# Takes the token, if it is the next one.
function take(wanted)
{
    if (token[at] != wanted) return 0
    at++
    return 1
}

# Takes a token that has to be there.
function need(wanted)
{
    return take(wanted) || wrong("'" token[at] "' where there should be '" wanted "'")
}

# To the end of what could not be understood.
function skip(    depth)
{
    for (; at <= count; at++) {
        depth += (token[at] == "{") - (token[at] == "}")
        if (depth <= 0 && (token[at] == ";" || token[at] == "}") && token[at + 1] != ";") break
    }
    at++
}

function name()
{
    if (token[at] !~ /^[a-z_][a-z0-9_]*$/) return wrong("'" token[at] "' is not a name in small letters")
    declared = token[at++]
    return 1
}

# A type; its stars and its word are left in `stars` and `base`.
function type(    is_struct)
{
    take("const")
    is_struct = take("struct")
    base = token[at++]
    for (stars = 0; take("*"); stars++) take("const")
    if (base == "...") return wrong("a variable number of arguments")
    if (base ~ /^(inline|static|extern|typedef|_Noreturn|__attribute__|__extension__)$/)
        return wrong("'" base "': only plain declarations")
    if (base == "union") return wrong("a union")
    if (base == "enum") return wrong("an enum type, whose size depends on the compiler's flags")
    if (is_struct && !(base in known)) return wrong("struct " base " is not declared above")
    if (is_struct) return (stars == 1 || stars == 2) || wrong("struct " base " by value")
    if (!(base in behind)) return wrong("the type '" base "'")
    if (stars > 1) return wrong("a pointer to a pointer")
    return stars == 1 || base in by_value || base == "void" || wrong("'" base "' by value")
}

# A field or an argument: a value, or a callback. Says in `is_context` whether it is a void pointer.
function variable()
{
    if (!type()) return 0
    if (take("(")) return need("*") && name() && need(")") && callback(declared)
    if (stars == 0 && base == "void") return wrong("a value of type void")
    is_context = stars == 1 && base == "void"
    if (!name()) return 0
    if (token[at] == "[") return wrong("'" declared "' is an array, or an argument that looks like one")
    if (token[at] == ":") return wrong("'" declared "' is a bit field")
    return 1
}

# What is called back gets a void pointer of its caller's own: few languages have closures that C can call.
function callback(called)
{
    if (!arguments()) return 0
    if (!contexts) return wrong("the callback '" called "' is not given a void pointer of its caller's")
    is_context = 0
    return 1
}

# Leaves in `contexts` how many of the arguments are void pointers.
function arguments(    seen)
{
    contexts = 0
    if (!need("(")) return 0
    if (token[at] == "void" && token[at + 1] == ")") { at += 2; return 1 }
    if (token[at] == ")") return wrong("no prototype: () in place of (void)")
    do {
        if (!variable()) return 0
        seen += is_context
    } while (take(","))
    contexts = seen
    return need(")")
}

function function_declared(    called)
{
    if (!type() || !name()) return 0
    called = declared
    if (!arguments()) return 0
    if (token[at] == "{") return wrong("a function with a body")
    if (!need(";")) return 0
    print "function " called
    return 1
}

function structure(    called)
{
    called = token[at + 1]
    known[called] = 1
    for (at += 3; !take("}"); )
        if (!variable() || !need(";")) { skip_fields(); return }
    if (need(";")) print "struct " called
}

function skip_fields()
{
    while (at <= count && token[at] != "}") at++
    at += 2
}

# Integer constants that are written out: some readers of headers cannot compute.
function constants(    minus)
{
    at += 2
    do {
        at++
        if (!need("=")) { skip_fields(); return }
        minus = take("-")
        if (token[at] !~ /^[0-9]+$/ || token[at + 1] !~ /^[,}]$/) {
            wrong("the value of '" token[at - 2 - minus] "' is not a decimal number")
            skip_fields()
            return
        }
        at++
    } while (take(",") && token[at] != "}")
    if (need("}")) need(";")
}
