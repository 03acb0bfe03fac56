#!/bin/sh
# SPDX-License-Identifier: MIT
#
# sh tests/install/reproducible.sh, with MAKE, CC, TREE, DIST and B from the Makefile
#
# The same sources and tools make the same bytes: what make install installs, and what make dist packs, made twice, in
# different folders, by different users with different settings, at different times. With debug information, since that
# is what names folders; with link-time optimisation, which names symbols by chance; and with clang.
set -eu
. tests/common.sh

mkdir -p "$B/tests/reproducible"
out=$(cd "$B/tests/reproducible" && pwd)
unset DESTDIR SOURCE_DATE_EPOCH MAKEFLAGS MFLAGS

# An ar that notes dates and owners unless it is told not to, as many are made, and one that cannot be told.
archivers()
{
    # shellcheck disable=SC2016 # for the scripts
    printf '#!/bin/sh\nmode=$1\nshift\ncase $mode in *D*) ;; *) mode=${mode}U ;; esac\nexec ar "$mode" "$@"\n' > "$out/ar-dated"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\ncase $1 in *D*) echo "ar: unknown: D" >&2; exit 1 ;; esac\nexec ar "$@"\n' > "$out/ar-old"
    chmod +x "$out/ar-dated" "$out/ar-old"
}

# place DIRECTORY: the sources, with other dates
place()
{
    rm -rf "$1"
    mkdir -p "$1"
    # shellcheck disable=SC2086 # a list
    tar -cf - $TREE | (cd "$1" && tar -xmf -)
}

# made DIRECTORY BUILD-DIRECTORY COMPILER CFLAGS JOBS: builds there, and installs below $out/installed-JOBS
made()
{
    rm -rf "$out/installed-$5"
    (
        cd "$1"
        $MAKE -s --no-print-directory "-j$5" install B="$2" CC="$3" AR="$out/ar-dated" CPPFLAGS= CFLAGS="$4" LDFLAGS= WERROR= \
            prefix=/usr exec_prefix=/usr DESTDIR="$out/installed-$5"
    ) > "$out/log" 2>&1 || { cat "$out/log" >&2; fail "$3 $4: the library does not build" "see above"; }
}

# What is there, with modes and where links lead.
listed()
{
    (cd "$1" && find . -exec stat -c '%A %s %N' {} +) | LC_ALL=C sort
}

# twice COMPILER CFLAGS [FILE]: builds and compares, all but the file in the directory of libraries
twice()
{
    but=${3:-}
    one=$out/one
    other="$out/in another place, a longer one"
    (
        umask 022
        LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1000000000
        export LC_ALL TZ SOURCE_DATE_EPOCH
        place "$one"
        made "$one" build "$1" "$2" 1
    )
    (
        umask 077
        LC_ALL=C.UTF-8 TZ=Asia/Kathmandu SOURCE_DATE_EPOCH=1500000000 HOME=/nonexistent USER=nobody
        export LC_ALL TZ SOURCE_DATE_EPOCH HOME USER
        place "$other"
        ln -sfn "$other" "$out/link" # so that PWD is not what the system says
        made "$out/link" "$out/elsewhere/b" "$1" "$2" 2
    )
    [ -z "$but" ] || rm "$out/installed-1/usr/lib/$but" "$out/installed-2/usr/lib/$but"
    listed "$out/installed-1" > "$out/listed-1"
    listed "$out/installed-2" > "$out/listed-2"
    same "$out/listed-1" "$out/listed-2" "$1 $2: two builds install files with different modes or sizes" "see the Makefile"
    diff -r "$out/installed-1" "$out/installed-2" >&2 ||
        fail "$1 $2: two builds of the same sources differ (above)" "a path, a date, an order or a user is in it: try diffoscope"
    if grep -rlF -e "$out" "$out/installed-1" >&2; then
        fail "$1 $2: files that are installed name the folder of the build (above)" "see -ffile-prefix-map in the Makefile"
    fi
    rm -f "$one/build/libensemble.a"
    rm -rf "$out/elsewhere" "$out/link" "$other"
    checked "$1 $2${but:+, but for $but}: the same bytes from two folders, build folders, times, umasks, locales and numbers of jobs"
}

# An ar that has no D builds the library, too.
old_archiver()
{
    (cd "$out/one" && $MAKE -s --no-print-directory static CC="$1" AR="$out/ar-old" CPPFLAGS= CFLAGS="$2" LDFLAGS= WERROR= ) \
        > "$out/log" 2>&1 || { cat "$out/log" >&2; fail "make fails with an ar that knows no D" "see STATIC in the Makefile"; }
    [ "$(ar t "$out/one/build/libensemble.a" | sort)" = "$(ar t "$out/installed-1/usr/lib/libensemble.a" | sort)" ] ||
        fail "with an ar that knows no D, libensemble.a has other members" "see STATIC in the Makefile"
    checked "an ar that knows no D builds libensemble.a"
}

# packed DIRECTORY BUILD-DIRECTORY [TAR_OPTIONS GZIP UMASK TZ]
packed()
{
    (
        cd "$1"
        [ $# -eq 2 ] || { TAR_OPTIONS=$3 GZIP=$4 TZ=$6; export TAR_OPTIONS GZIP TZ; umask "$5"; }
        $MAKE -s --no-print-directory dist B="$2"
    ) > "$out/log" 2>&1 || { cat "$out/log" >&2; fail "make dist fails" "see above"; }
}

archives()
{
    rm -rf "$out/pack-1" "$out/pack-2" "$out/pack-3" "$out/unpacked"
    packed . "$out/pack-1"
    packed . "$out/pack-2" '--exclude=*.md' --rsyncable 077 Asia/Kathmandu
    # Folders are read in any order, and by any user; here they may happen to be the same twice.
    tar -tzf "$out/pack-1/$DIST.tar.gz" | sed 's,/$,,' | tr / '\001' | LC_ALL=C sort -c ||
        fail "make dist packs files in no order" "see dist in the Makefile: --sort"
    [ "$(tar --numeric-owner -tvzf "$out/pack-1/$DIST.tar.gz" | awk '{ print $2 }' | sort -u)" = 0/0 ] ||
        fail "make dist notes who packed" "see dist in the Makefile: --owner"
    cmp "$out/pack-1/$DIST.tar.gz" "$out/pack-2/$DIST.tar.gz" >&2 || fail "make dist packs different bytes" "see the Makefile"
    mkdir "$out/unpacked"
    (umask 077 && cd "$out/unpacked" && tar -xzf "$out/pack-1/$DIST.tar.gz")
    packed "$out/unpacked/$DIST" "$out/pack-3" '--exclude=*.md' --rsyncable 077 Asia/Kathmandu
    cmp "$out/pack-1/$DIST.tar.gz" "$out/pack-3/$DIST.tar.gz" >&2 ||
        fail "make dist packs different bytes in what it has packed" "see the Makefile, and TREE there"
    checked "make dist: the same bytes, whoever packs them, and from what was packed"
}

archivers
twice "$CC" '-O1 -g'
old_archiver "$CC" '-O1 -g'
if have gcc; then
    # In such an object gcc notes the folder that it runs in, whatever the map says (with -g in what is linked of it, too).
    twice gcc '-O1 -flto=auto' libensemble.a
else
    skipped "the same bytes with link-time optimisation: gcc is not installed"
fi
if have clang; then
    twice clang '-O1 -g'
else
    skipped "the same bytes from clang: not installed"
fi
archives
