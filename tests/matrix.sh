#!/bin/sh
# matrix.sh -- the same traces from differently built programs: two compilers, several optimisations,
# sanitizers. Each scenario's exit status and hash must be those of the ordinary build.
#
# Ends with the line "N passed, N failed, N skipped". What it builds stays in build/, and is built again
# only if the source has changed.
set -u
cd "$(dirname "$0")/.." || exit 70

folder=$(mktemp -d) || exit 70
trap 'rm -rf "$folder"' EXIT
export POCL_CACHE_DIR="$folder/cache" LSAN_OPTIONS=suppressions=tests/lsan.supp ASAN_OPTIONS=intercept_tls_get_addr=0
mkdir "$POCL_CACHE_DIR"
passed=0 failed=0 skipped=0

result_of() { # program scenario: exit status and hash of its run
    timeout 120 "$1" run --quiet --out "$folder/trace" "$2" >/dev/null 2>"$folder/messages"
    echo "status $?, hash $("$1" hash "$folder/trace" 2>&1)"
}

scenarios="tests/scenarios/everything.lua"
for file in scenarios/*.lua scenarios/museum/*.lua; do
    case $file in *.d.lua | *'*.lua') ;; *) scenarios="$scenarios $file" ;; esac
done

build() { # folder, make's arguments: builds the program only
    into=$1
    shift
    make --no-print-directory -s -j2 BUILD="$into" "$@" "$into/faultline"
}

if ! build build; then
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
for scenario in $scenarios; do
    result_of build/faultline "$scenario" >"$folder/$(basename "$scenario").expected"
done

variant() { # name, make's arguments
    name=$1
    shift
    if ! build "build/$name" "$@"; then
        echo "$name: does not build"
        failed=$((failed + 1))
        return
    fi
    for scenario in $scenarios; do
        expected=$(cat "$folder/$(basename "$scenario").expected")
        got=$(result_of "build/$name/faultline" "$scenario")
        if [ "$got" = "$expected" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            printf '%s: %s differs\n  build/faultline: %s\n  this one:        %s\n' "$name" "$scenario" "$expected" "$got"
            cat "$folder/messages"
        fi
    done
}

variant debug CC=gcc CFLAGS='-O0 -g'
variant native CC=gcc CFLAGS='-O3 -march=native -flto=auto'
variant asan MODE=asan
if command -v clang >/dev/null; then
    variant clang-O3 CC=clang CFLAGS='-O3'
else
    echo "clang is not installed"
    skipped=$((skipped + 1))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
