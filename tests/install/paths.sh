# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # out, odd, cflags and libs are of check.sh, which reads this
#
# Installing into directories with other characters than letters: what works, and what is refused.

# make_dollars TEXT: as make wants it on its command line
make_dollars()
{
    printf '%s\n' "$1" | sed 's/\$/&&/g'
}

# nothing_in DIRECTORY: after uninstalling
nothing_in()
{
    find "$1" ! -type d | none "after make uninstall something is left" "see uninstall in the Makefile"
}

# DESTDIR is written into no file, so that it may have anything.
odd_paths()
{
    rm -rf "$odd"
    make_with install "$odd" lib
    use "$odd/lib/pkgconfig"
    build odd "$cflags $libs"
    runs odd "$odd/lib"
    make_with uninstall "$odd" lib
    nothing_in "$odd"
    dest="$odd/\$(x)\"\`\\#;:|(),"
    make_with install /usr lib "$(make_dollars "$dest")/"
    files "$dest/usr" lib > "$out/found"
    same "$out/expected" "$out/found" "make install does not install into a DESTDIR with odd characters" "see the Makefile"
    make_with uninstall /usr lib "$(make_dollars "$dest")"
    nothing_in "$odd"
    rm -rf "$odd"
    checked "odd characters in prefix and DESTDIR: installed, the example builds with pkg-config, uninstalled"

    case $B in
    /*) ;;
    *)
        make_with install /usr lib "$B/tests/install/relative"
        files "$out/relative/usr" lib > "$out/found"
        same "$out/expected" "$out/found" "make install does not install into a relative DESTDIR" "see the Makefile"
        rm -rf "$out/relative"
        ;;
    esac
}

# refused TEXT SETTING...: make install stops with an error that has the text, and writes nothing
refused()
{
    text=$1
    shift
    find "$out" > "$out.before"
    ! $MAKE -s --no-print-directory install B="$B" DESTDIR="$out/refused" "$@" > "$out.log" 2>&1 ||
        fail "make install $* is not refused" "see the beginning of the Makefile, and WRITTEN there"
    grep -qF -e "$text" "$out.log" ||
        { cat "$out.log" >&2; fail "make install $*: the error does not say: $text" "see the beginning of the Makefile"; }
    find "$out" | cmp -s - "$out.before" || fail "make install $* is refused, but has written something" "see the Makefile"
    refusals=$((${refusals:-0} + 1))
}

refused_paths()
{
    for directory in prefix exec_prefix libdir includedir cmakedir; do
        # shellcheck disable=SC2016 # for make
        for character in '$$' '"' '`' \\ '#' ';' ':' '|' '(' ')' ','; do
            refused "$directory='/a" "$directory=/a${character}b"
        done
        refused "$directory='/a '" "$directory=/a "
    done
    for directory in prefix libdir includedir mandir pkgconfigdir cmakedir; do
        refused "$directory='there': this must be an absolute path" $directory=there
        # shellcheck disable=SC2016
        refused "$directory: make takes" "$directory"='/a$b'
    done
    refused "DESTDIR: make takes" "DESTDIR=$out/refused\$b"
    # shellcheck disable=SC2016
    for character in ' ' '$$' "'" '"' '`' \\ '&' ';' '|' '<' '>' '(' ')' '[' ']' '{' '}' '*' '?' '!' '~' '%' ':' '=' '#' ','; do
        refused "B='" B="$out/a${character}b"
    done
    refused "B=''" B=
    for directory in / . .. "$PWD" src docs/new .git; do
        refused "the sources are there" B="$directory"
    done
    rm -f "$out.before" "$out.log"
    checked "$refusals paths that cannot be are refused, and nothing is written"
}
