#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/lint/stack.sh BUILD-DIRECTORY, with MAKE from the Makefile
#
# A call uses at most 16 KiB of stack, since threads of servers have small ones. Builds the library with -fstack-usage and
# adds up all frames of more than 256 bytes of each object that a call can pass through once: all but the kernels', of
# which a call is in one at a time. Their largest counts.
set -eu
. tests/common.sh

out=$1
mkdir -p "$out"
limit=16384
have gcc || { skipped "stack: gcc is not installed"; exit 0; }
$MAKE -s --no-print-directory static B="$out" CC=gcc CFLAGS='-O2 -fstack-usage' > "$out/log" 2>&1 ||
    { cat "$out/log" >&2; fail "the library does not build with -fstack-usage" "see above"; }
find "$out/obj" -name '*.su' | LC_ALL=C sort | xargs cat > "$out/all"
[ "$(wc -l < "$out/all")" -gt 50 ] || fail "-fstack-usage says next to nothing about the sources" "mend tests/lint/stack.sh"

# "dynamic,bounded" is a frame that is aligned when it is entered.
! awk -F '\t' '$3 == "dynamic"' "$out/all" | grep . >&2 ||
    fail "frames whose size is not known when compiling (above)" "no alloca, no VLA"
awk -F '\t' '$2 > 256 { print $2, $1 }' "$out/all" | sort -rn > "$out/large"
sum=$(awk '/isa_[a-z0-9]*\.c:|_tmpl\.h:|simd\/|instantiate\.h:/ { if ($1 > kernel) kernel = $1; next } { sum += $1 } END { print sum + kernel + 0 }' \
    "$out/large")
[ "$sum" -le $limit ] || { cat "$out/large" >&2; fail "a call may use $sum bytes of stack, of $limit (frames above)" \
    "use a smaller tile"; }
checked "stack: $(wc -l < "$out/large") frames of more than 256 bytes; a call uses at most some $sum bytes, of $limit"
