# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Java (JNA)"
packages="openjdk-17-jdk-headless libjna-java"
jna=/usr/share/java/jna.jar

has_tools()
{
    have javac && have java && [ -e "$jna" ]
}

program()
{
    # JNA's own classes lack annotations that javac would look for.
    javac -Xlint:all,-classfile -Werror -cp "$jna" -d "$out" tests/bindings/java.java
    java -Djna.library.path="$folder" -cp "$jna:$out" Main "$@"
}
