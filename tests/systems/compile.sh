#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/systems/compile.sh BUILD-DIRECTORY, with MAKE from the Makefile
#
# What can be tried of other systems without them. clang compiles each source file for them, without a warning, with
# headers of a few lines that declare what the library uses of the C library and no more; so this also finds a use of
# something else. And make, told that its compiler is one of such a system, says how it would link and install.
set -eu
. tests/common.sh

out=$1
rm -rf "$out"
mkdir -p "$out/include/sys"
out=$(cd "$out" && pwd)
targets='x86_64-apple-macos11 arm64-apple-macos11 x86_64-unknown-freebsd13 aarch64-unknown-freebsd13
    x86_64-unknown-openbsd7 aarch64-unknown-netbsd10'

headers_of_few_lines()
{
    cat > "$out/include/string.h" <<'END'
#include <stddef.h>
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
int strcmp(const char *a, const char *b);
size_t strlen(const char *text);
END
    cat > "$out/include/stdlib.h" <<'END'
#include <stddef.h>
void *malloc(size_t size);
void free(void *memory);
END
    cat > "$out/include/errno.h" <<'END'
int *errno_of_this_thread(void);
#define errno (*errno_of_this_thread())
END
    cat > "$out/include/math.h" <<'END'
#define NAN __builtin_nanf("")
#define INFINITY __builtin_inff()
END
    printf '#define LONG_MAX __LONG_MAX__\n#define INT_MAX __INT_MAX__\n' > "$out/include/limits.h"
}

# The flags of an instruction set's file, from the Makefile's list.
isa_flags()
{
    sed -n "s/^ISA_FLAGS_$1 := //p" Makefile
}

compile_for()
{
    target=$1
    count=0
    for file in src/*/*.c; do
        isa=${file##*/isa_}
        isa=${isa%.c}
        case $file:$target in
        *isa_*:*openbsd* | *isa_*:*netbsd*) continue ;; # kernels are the same code as for FreeBSD, and take long
        *isa_neon.c:x86_64* | *isa_sve.c:x86_64* | *isa_sse2.c:a* | *isa_avx*.c:a*) continue ;;
        *isa_*) flags=$(isa_flags "$isa") ;;
        *) flags= ;;
        esac
        # shellcheck disable=SC2086 # words
        clang -target "$target" -nostdlibinc -isystem "$out/include" -std=c11 -O1 -fvisibility=hidden -ffp-contract=off \
            -fno-math-errno -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror $flags -Iinclude -Isrc -c "$file" \
            -o "$out/object.o" || fail "$file does not compile for $target" "see above"
        count=$((count + 1))
    done
    checked "$count files compile for $target"
}

# says TARGET PATTERN: make, with a compiler for that, would do something that matches.
says()
{
    cat > "$out/cc" <<END
#!/bin/sh
case "\$*" in *-dumpmachine*) echo $1 ;; *) exec clang "\$@" ;; esac
END
    chmod +x "$out/cc"
    "$MAKE" -n --no-print-directory CC="$out/cc" B="$out/build" prefix=/opt/e install > "$out/commands" 2>&1 ||
        { cat "$out/commands" >&2; fail "make does not know what to do for $1" "see above"; }
    grep -qE -e "$2" "$out/commands" || fail "make for $1 would not do: $2" "see Systems in the Makefile"
}

headers_of_few_lines
for each in $targets; do
    compile_for "$each"
done
says arm64-apple-darwin22 '-dynamiclib .*-exported_symbols_list,.*-install_name,/opt/e/lib/libensemble\.1\.dylib'
says arm64-apple-darwin22 'ln -sf libensemble\.1\.dylib ./opt/e/lib/libensemble\.dylib'
says x86_64-unknown-freebsd13 '-shared -Wl,-soname,libensemble\.so\.1 -Wl,--version-script,src/libensemble\.map'
says x86_64-w64-mingw32 '-shared .*libensemble\.def -Wl,--out-implib,.*libensemble\.dll\.a'
says x86_64-w64-mingw32 'install -m 755 .*libensemble-1\.dll ./opt/e/bin/'
checked "make would link and install a dylib, an ELF library and a DLL as those systems want"
