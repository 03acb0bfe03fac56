#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/install/check.sh basic|more, with MAKE, CC, CFLAGS, LDFLAGS, B, VERSION and SONAME from the Makefile
#
# Installs below DESTDIR, into a prefix with a space in its name and into one with a directory of libraries like
# lib/x86_64-linux-gnu; compares what is there with tests/install/files.txt; builds a program with it, in the ways in which
# users do; uninstalls; and into paths with other characters, which work or are refused. `more` does what needs a C++
# compiler, CMake and man.
set -eu
. tests/common.sh

mkdir -p "$B/tests/install"
out=$(cd "$B/tests/install" && pwd)
plain=$out/plain
spaced="$out/two words"
multiarch=lib/here-linux-gnu
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR DESTDIR

# What prefix may have besides letters.
odd="$out/a b'c&d%e*f?g[h]i!j{k}l~m=n@o+p^q<r>sü"

# make_with TARGET PREFIX LIBDIR [DESTDIR]: all directories are given, so that none comes from elsewhere.
make_with()
{
    # shellcheck disable=SC2086 # an option and a target
    $MAKE -s --no-print-directory $1 B="$B" prefix="$2" exec_prefix="$2" libdir="$2/$3" includedir="$2/include" \
        datarootdir="$2/share" mandir="$2/share/man" pkgconfigdir="$2/$3/pkgconfig" cmakedir="$2/$3/cmake/ensemble" \
        DESTDIR="${4:-}" > "$out/log" 2>&1 || { cat "$out/log" >&2; fail "make $1 fails" "see above"; }
}

# files DIRECTORY LIBDIR: what is installed there, in the words of files.txt
files()
{
    (cd "$1" && find . ! -type d | sed "s,^\./,,; s,^$2/,LIBDIR/,; s,\.$VERSION\$,.VERSION,") | LC_ALL=C sort
}

expected()
{
    {
        sed '/^#/d' tests/install/files.txt
        find docs/man -name '*.3' | sed 's,^docs/man/,share/man/man3/,'
    } | LC_ALL=C sort > "$out/expected"
}

# use PKGCONFIG-DIRECTORY: the arguments for compiling with the library there, in the variables cflags and libs
use()
{
    cflags=$(PKG_CONFIG_LIBDIR=$1 pkg-config --cflags ensemble)
    libs=$(PKG_CONFIG_LIBDIR=$1 pkg-config --libs ensemble)
    found=$(PKG_CONFIG_LIBDIR=$1 pkg-config --modversion ensemble)
    [ "$found" = "$VERSION" ] || fail "pkg-config says version $found instead of $VERSION" "see pkgconfig/ensemble.pc.in"
}

# build NAME ARGUMENT...: the example, outside of the source tree; arguments are shell words, as pkg-config prints them
build()
{
    name=$1
    shift
    (
        cd "$out/outside"
        # shellcheck disable=SC2153 # CFLAGS are of the Makefile
        eval "${COMPILER:-$CC} $CFLAGS example.${SUFFIX:-c} $* $LDFLAGS -o $name"
    ) || fail "the example does not build: $name, with $*" "see above, and pkgconfig/ensemble.pc.in"
}

# runs NAME LIBRARY-DIRECTORY
runs()
{
    says=$(LD_LIBRARY_PATH=$2 "$out/outside/$1") || fail "the example does not run: $1" "see above"
    [ "$says" = "4 5 6" ] || fail "the example says '$says' instead of '4 5 6': $1" "see above"
}

# The example's needs: needs NAME yes|no, of libensemble.so.1
needs()
{
    is=no
    ! readelf -dW "$out/outside/$1" | grep -q "NEEDED.*\[$SONAME\]" || is=yes
    [ $is = "$2" ] || fail "$1 needs $SONAME: $is, instead of $2" "see tests/install/check.sh"
}

outside()
{
    rm -rf "$out/outside"
    mkdir "$out/outside"
    cp tests/install/example.c "$out/outside/example.c"
    cp tests/install/example.c "$out/outside/example.cpp"
    cp tests/install/CMakeLists.txt "$out/outside/"
}

staged()
{
    dest=$out/dest
    rm -rf "$dest"
    make_with "-n install" "/opt/two words" lib "$dest"
    [ ! -e "$dest" ] || fail "make -n install writes something" "see install in the Makefile"
    mkdir -m 755 "$dest"
    (umask 077 && make_with install "/opt/two words" lib "$dest")
    files "$dest/opt/two words" lib > "$out/found"
    same "$out/expected" "$out/found" "make install does not install what tests/install/files.txt lists" \
        "review the change and edit the list"
    [ "$(cd "$dest" && echo ./* ./*/*)" = "./opt ./opt/two words" ] ||
        fail "make install DESTDIR=... prefix='/opt/two words' wrote elsewhere" "see install in the Makefile"
    find "$dest" \( -type d ! -perm 755 -o -type f -name '*.so.*' ! -perm 755 \
        -o -type f ! -name '*.so.*' ! -perm 644 \) -exec ls -ld {} + |
        none "after make install under umask 077: modes are not 755 and 644" "see install in the Makefile"
    checked "installed files, below a DESTDIR, in '/opt/two words': as listed, with the modes 755 and 644"

    PKG_CONFIG_SYSROOT_DIR=$dest
    export PKG_CONFIG_SYSROOT_DIR
    use "$dest/opt/two words/lib/pkgconfig"
    unset PKG_CONFIG_SYSROOT_DIR
    moved=$(PKG_CONFIG_LIBDIR="$dest/opt/two words/lib/pkgconfig" pkg-config --define-variable=prefix=/moved \
        --variable=libdir ensemble)
    [ "$moved" = /moved/lib ] || fail "with another prefix, pkg-config finds the libraries in $moved" "see pc_path in the Makefile"
    build staged "$cflags $libs"
    runs staged "$dest/opt/two words/lib"
    checked "pkg-config with PKG_CONFIG_SYSROOT_DIR: the example builds and says 4 5 6"
    rm -rf "$dest"
}

linked()
{
    use "$1/pkgconfig"
    build shared "$cflags $libs"
    needs shared yes
    build static "$cflags $(printf '%s\n' "$libs" | sed 's/-lensemble/-Wl,-Bstatic -lensemble -Wl,-Bdynamic/')"
    needs static no
    build archive "$cflags '$1/libensemble.a'"
    needs archive no
    build all-static "$cflags -static $libs"
    needs all-static no
    for program in shared static archive all-static; do
        runs $program "$1"
    done
    checked "pkg-config in ${1#"$out/"}: the example builds and says 4 5 6, linked shared, static, with libensemble.a, -static"
}

man_pages()
{
    for page in "$1/share/man/man3/"*.3; do
        target=$(sed -n '1s/^\.so //p' "$page")
        [ -z "$target" ] || [ -f "$1/share/man/$target" ] ||
            fail "the manual page ${page##*/} leads to $target, which is not installed" "see docs/man"
    done
    [ -f "$1/share/man/man3/ensemble.3" ] || fail "the manual page ensemble.3 is not installed" "see docs/man"
    checked "manual pages: each is there, or leads to one that is"
}

# remove PREFIX LIBDIR: what was there before the installation stays, and nothing else
remove()
{
    make_with uninstall "$1" "$2"
    left=$(cd "$1" && find . ! -type d)
    [ "$left" = ./include/mine.h ] || fail "after make uninstall there is: $left" "see uninstall in the Makefile"
    [ -d "$1/$2" ] || fail "make uninstall removed a directory that was there before: $2" "see uninstall in the Makefile"
    [ -z "$(find "$1" -name '*ensemble*')" ] || fail "make uninstall left a directory of its own" "see the Makefile"
}

# into PREFIX LIBDIR: installs where something of another package is
into()
{
    rm -rf "$1"
    mkdir -p "$1/include" "$1/$2"
    echo mine > "$1/include/mine.h"
    make_with install "$1" "$2"
}

. tests/install/paths.sh

basic()
{
    have pkg-config || fail "pkg-config is not installed" "install pkg-config or pkgconf"
    expected
    outside
    staged
    for prefix in "$plain:$multiarch" "$spaced:lib"; do
        into "${prefix%:*}" "${prefix##*:}"
        linked "${prefix%:*}/${prefix##*:}"
    done
    sh tests/install/elf.sh "$plain/$multiarch" "$SONAME" "$VERSION"
    man_pages "$plain"
    remove "$plain" "$multiarch"
    remove "$spaced" lib
    checked "uninstalled: nothing of ours is left, and what was there before is"
    odd_paths
    refused_paths
}

# with_cmake PREFIX LIBDIR
with_cmake()
{
    mkdir -p "$out/outside/cmake"
    where=CMAKE_PREFIX_PATH=$1
    [ "$2" = lib ] || where=ensemble_DIR=$1/$2/cmake/ensemble
    (cd "$out/outside/cmake" && rm -rf ./* && env CC="$CC" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" \
        cmake -D"$where" -DCMAKE_CXX_COMPILER=g++ .. && cmake --build .) > "$out/log" 2>&1 ||
        { cat "$out/log" >&2; fail "the example does not build with CMake" "see pkgconfig/ensembleConfig.cmake.in"; }
    for program in c_shared c_static cxx_shared; do
        runs cmake/$program "$1/$2"
    done
    needs cmake/c_shared yes
    needs cmake/c_static no
    checked "CMake with ${1#"$out/"}: the example says 4 5 6: shared, static, C++"
}

# version yes|no WANTED...: whether find_package is satisfied
version()
{
    is=no
    rm -rf "$out/outside/cmake"
    mkdir "$out/outside/cmake"
    (cd "$out/outside/cmake" && cmake -DCMAKE_PREFIX_PATH="$spaced" -DWANTED="$2" ..) > "$out/log" 2>&1 && is=yes
    [ $is = "$1" ] || { cat "$out/log" >&2; fail "find_package(ensemble $2): found is $is, instead of $1" \
        "see pkgconfig/ensembleConfigVersion.cmake.in"; }
}

# versions MAJOR MINOR PATCH: which requests this version satisfies
versions()
{
    version yes "$1"."$2"
    version yes "$VERSION;EXACT"
    version no "$1.$(($2 + 1))"
    version no "$(($1 + 1)).0"
    version no "$1.$2.$(($3 + 1))"
    [ "$1" -gt 0 ] || [ "$2" -eq 0 ] || version no "0.$(($2 - 1))"
    if cmake --version | grep -Eq ' (3\.(19|[2-9][0-9])|[4-9]|[1-9][0-9])\.'; then
        version yes "$1.$2...$1.$(($2 + 2))"
        version no "$1.$(($2 + 1))...$1.$(($2 + 2))"
    fi
    checked "CMake: find_package(ensemble) looks at versions as it should"
}

# What install-strip leaves out are symbols that nobody links with.
stripped()
{
    dest=$out/dest
    rm -rf "$dest"
    make_with install-strip "/opt/two words" lib "$dest"
    files "$dest/opt/two words" lib > "$out/found"
    same "$out/expected" "$out/found" "make install-strip does not install what make install does" "see the Makefile"
    lib="$dest/opt/two words/lib"
    ! readelf -SW "$lib/libensemble.so" | grep -q ' \.symtab ' ||
        fail "make install-strip leaves a table of all symbols in libensemble.so" "see the Makefile"
    ! readelf -SW "$lib/libensemble.a" | grep -q ' \.debug_' ||
        fail "make install-strip leaves debugging symbols in libensemble.a" "see the Makefile"
    build stripped "-I'$dest/opt/two words/include' -L'$lib' -lensemble"
    runs stripped "$lib"
    build stripped-static "-I'$dest/opt/two words/include' '$lib/libensemble.a'"
    runs stripped-static "$lib"
    rm -rf "$dest"
    checked "make install-strip: the example says 4 5 6, linked shared and with libensemble.a"
}

more()
{
    expected
    outside
    into "$plain" "$multiarch"
    into "$spaced" lib
    if have g++; then
        COMPILER=g++ SUFFIX=cpp
        use "$spaced/lib/pkgconfig"
        build cxx "$cflags $libs"
        runs cxx "$spaced/lib"
        build cxx-static "$cflags -static $libs"
        runs cxx-static "$spaced/lib"
        COMPILER='' SUFFIX=''
        checked "the example says 4 5 6 as C++, linked shared and static"
    else
        skipped "the example in C++: g++ is not installed"
    fi
    if ! have cmake; then
        skipped "find_package(ensemble): cmake is not installed"
    elif ! have g++; then
        skipped "find_package(ensemble): g++ is not installed"
    else
        with_cmake "$plain" "$multiarch"
        with_cmake "$spaced" lib
        # shellcheck disable=SC2046 # three words
        versions $(echo "$VERSION" | tr . ' ')
        rm -rf "$out/moved"
        mv "$plain" "$out/moved"
        with_cmake "$out/moved" "$multiarch"
        mv "$out/moved" "$plain"
        into "$odd" lib
        with_cmake "$odd" lib
        remove "$odd" lib
    fi
    stripped
    reader=
    for program in man mman; do
        [ -n "$reader" ] || ! have $program || reader=$program
    done
    if [ -z "$reader" ]; then
        skipped "finding the manual pages: neither man nor mandoc is installed"
    else
        for page in ensemble ensemble_create ensemble_combine; do
            $reader -M "$plain/share/man" -w 3 $page > /dev/null || fail "$reader 3 $page finds no page" "see docs/man"
        done
        checked "manual pages: found by $reader"
    fi
    remove "$plain" "$multiarch"
    remove "$spaced" lib
    checked "uninstalled: nothing of ours is left, and what was there before is"
}

"$1"
