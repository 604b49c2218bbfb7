#!/bin/sh
# run.sh [SHELL...]: the tests of the stages and their duties, all at once, under each shell ("dash",
# "busybox sh"; without any: sh and busybox sh). A test is a function of a *.test.sh file whose name is a
# sentence. It runs in a directory of its own, $T, with a copy of the stages in $T/etc; it fails when a command
# in it fails (set -e). As root: some tests make namespaces.
set -u
here=$(cd "$(dirname "$0")" && pwd)
stages=$(dirname "$here")
deps=${RUNIT_DEPS:-$(dirname "$stages")/.deps}
BUSYBOX=${BUSYBOX:-$(command -v busybox || echo "$deps/busybox/busybox")}
[ -x "$BUSYBOX" ] || { echo "run.sh: fatal: no busybox: run 'make deps' first" >&2 && exit 1; }
[ "$(id -u)" = 0 ] || { echo "run.sh: fatal: some tests make namespaces: run it as root" >&2 && exit 1; }
export here stages BUSYBOX
[ $# -gt 0 ] || set -- sh "$BUSYBOX sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

total=0
for shell; do
    for file in "$here"/*.test.sh; do
        # shellcheck disable=SC2094 # the tests only read their file
        while read -r line; do
            case $line in '#'*) continue ;; *'() {') ;; *) continue ;; esac
            name=${line%'() {'}
            case $name in _*) continue ;; esac
            total=$((total + 1))
            mkdir "$scratch/$total"
            echo "$name ($(basename "${shell%% *}"))" >"$scratch/$total/name"
            TEST_SHELL=$shell T=$scratch/$total/t "$here/one.sh" "$file" "$name" >"$scratch/$total/out" 2>&1 &
            echo $! >"$scratch/$total/pid"
        done <"$file"
    done
done
failed=0 number=0
while [ $number -lt $total ]; do
    number=$((number + 1))
    read -r name <"$scratch/$number/name"
    read -r pid <"$scratch/$number/pid"
    if wait "$pid"; then
        echo "ok     $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name"
        sed 's/^/       | /' "$scratch/$number/out"
    fi
done
echo "$((total - failed)) passed, $failed failed (stages)"
[ $failed = 0 ]
