# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables are those of run.sh

title="Go (cgo)"
packages="golang-go gcc libc6-dev"

# A Go without a C compiler cannot have cgo.
has_tools()
{
    cc=$(go env CC)
    [ "$(go env CGO_ENABLED)" = 1 ] && have "${cc%% *}"
}

program()
{
    export CGO_CFLAGS="-O2 -Wall -Wextra -Werror -I$PWD/include" CGO_LDFLAGS="-L$folder -Wl,-rpath,$folder -lensemble"
    export GOCACHE="$out/cache" GOENV=off GOPROXY=off GOTOOLCHAIN=local GOFLAGS='' GO111MODULE=off

    go vet tests/bindings/go.go
    # All of cgo's rules are looked after: by what was built for it, or, before Go 1.21, by a setting of the program.
    if GOEXPERIMENT=cgocheck2 go env >/dev/null 2>&1; then
        GOEXPERIMENT=cgocheck2 go build -o "$out/go" tests/bindings/go.go
        "$out/go" "$@"
    else
        go build -o "$out/go" tests/bindings/go.go
        GODEBUG=cgocheck=2 "$out/go" "$@"
    fi
}
