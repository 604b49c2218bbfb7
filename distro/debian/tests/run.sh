#!/bin/sh
# run.sh [SHELL...]: tests of what a Debian system with runit expects beside the programs, ten at a time, under each
# shell that Debian may have as /bin/sh (without any said: dash and bash). A test is a function of a *.test.sh file whose
# name is a sentence. It runs as root in a root file system of its own (an overlay over this one, in a mount
# namespace), with /bin/sh the shell under test, the files of distro/debian in their places and our programs,
# from $PROGRAMS (target/debug), in front of all others. It fails when a command in it fails (set -e).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
PROGRAMS=${PROGRAMS:-${CARGO_TARGET_DIR:-$top/target}/debug}
[ -x "$PROGRAMS/runsv" ] || { echo "run.sh: fatal: no programs in $PROGRAMS: cargo build -p runit first" >&2 && exit 1; }
[ "$(id -u)" = 0 ] || { echo "run.sh: fatal: the tests make namespaces: run it as root" >&2 && exit 1; }
DEBS=${RUNIT_DEPS:-$top/.deps}
for part in debian-services debian-scripts; do
    [ -e "$DEBS/$part/WANTED" ] || { echo "run.sh: fatal: no $DEBS/$part: run fetch.sh first" >&2 && exit 1; }
done
export here top PROGRAMS DEBS
[ $# -gt 0 ] || set -- dash bash

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# wait_for NUMBER PID: its exit code is kept
wait_for() {
    code=0
    [ -e "$scratch/$1/code" ] || { wait "$2" || code=$? && echo $code >"$scratch/$1/code"; }
}
total=0 first=$1
for shell; do
    for file in "$here"/*.test.sh; do
        # Installing takes its time, and the packages are the same under any shell.
        case $shell${file##*/} in "$first"*) ;; *packages.test.sh) continue ;; esac
        # shellcheck disable=SC2094 # the tests only read their file
        while read -r line; do
            case $line in '#'*) continue ;; *'() {') ;; *) continue ;; esac
            name=${line%'() {'}
            case $name in _*) continue ;; esac
            [ -z "${ONLY-}" ] || case $name in *$ONLY*) ;; *) continue ;; esac
            total=$((total + 1))
            mkdir "$scratch/$total"
            echo "$name ($shell)" >"$scratch/$total/name"
            # A pid namespace: with the test ends everything it has started.
            TEST_SHELL=$shell ROOT=$scratch/$total/root timeout -k 5 120 unshare --mount --propagation private --net --pid --fork --kill-child \
                sh "$here/one.sh" "$file" "$name" >"$scratch/$total/out" 2>&1 </dev/null &
            echo $! >"$scratch/$total/pid"
            # Ten at a time: the next begins when the one ten before it has ended.
            [ $total -le 10 ] || { read -r pid <"$scratch/$((total - 10))/pid" && wait_for "$((total - 10))" "$pid"; }
        done <"$file"
    done
done
failed=0 number=0
while [ $number -lt $total ]; do
    number=$((number + 1))
    read -r name <"$scratch/$number/name"
    read -r pid <"$scratch/$number/pid"
    wait_for $number "$pid"
    read -r code <"$scratch/$number/code"
    if [ "$code" = 0 ]; then
        echo "ok     $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name"
        sed 's/^/       | /' "$scratch/$number/out"
    fi
done
echo "$((total - failed)) passed, $failed failed (debian)"
[ $total -gt 0 ] && [ $failed = 0 ]
