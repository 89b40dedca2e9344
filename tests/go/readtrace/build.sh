#!/bin/sh
# build.sh FOLDER -- builds readtrace there, with the reader of the Go that is installed. Status 3: it is not one
# that we know how to build so (1.25 or 1.26).
set -e
here=$(dirname "$0")
case $(go env GOVERSION) in go1.25* | go1.26*) ;; *) exit 3 ;; esac
mkdir -p "$1"
cp "$here/main.go" "$1"
cp -r "$(go env GOROOT)/src/internal/trace" "$1"
cd "$1"
find trace -name '*_test.go' -exec rm {} +
# the text form of traces, and helpers that run the go command: of no use here, and they need more of Go's inside
rm -rf trace/testdata trace/traceviewer trace/testtrace/format.go trace/testtrace/expectation.go \
       trace/testtrace/helpers.go trace/testtrace/platforms.go
grep -rl '"internal/trace' trace | xargs sed -i 's#"internal/trace#"readtrace/trace#'
printf 'module readtrace\n\ngo 1.25\n' >go.mod
GOTOOLCHAIN=local GOFLAGS=-mod=mod go build -o readtrace .
