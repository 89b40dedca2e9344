#!/bin/sh
# install.sh -- what `make install` puts in place works from there, and `make uninstall` takes all of it away.
#
# Ends with the line "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 70

root=$(mktemp -d) || exit 70
trap 'rm -rf "$root"' EXIT
export POCL_CACHE_DIR="$root/cache" PATH="$root/usr/bin:$PATH"
mkdir "$POCL_CACHE_DIR"
passed=0 failed=0

check() { # claim, command...
    claim=$1
    shift
    if (cd / && "$@") >"$root/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$claim: $*"
        cat "$root/said"
    fi
}

make --no-print-directory -s install DESTDIR="$root" PREFIX=/usr || exit 70
share=$root/usr/share
check "a scenario is found by its name, and its kernel with it" faultline run --narrate --out "$root/a.trace" 18_2_2_blocking
check "a room of the museum is found by its name" faultline run --quiet museum/03_thread_limit_right
check "all scenarios pass" faultline test "$share/faultline/scenarios"
check "the window's program is found" faultline shot --at first:P_RETAKE -o "$root/a.png" "$root/a.trace"
check "bash finds its completion" bash -c ". $share/bash-completion/completions/faultline-view && complete -p faultline-view"
for page in faultline faultline-view; do
    check "the manual has a page $page" test -s "$share/man/man1/$page.1"
done

make --no-print-directory -s uninstall DESTDIR="$root" PREFIX=/usr
check "nothing is left" sh -c "test -z \"\$(find $root/usr ! -type d)\""

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
