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

first=$1
# shellcheck source=stages/tests/suite.sh
. "$top/stages/tests/suite.sh"
# Installing takes its time, and the packages are the same under any shell.
leaves_out() { case $1${2##*/} in "$first"*) false ;; *packages.test.sh) ;; *) false ;; esac; }
# A pid namespace: with the test ends everything it has started.
start_test() {
    TEST_SHELL=$1 ROOT=$4/root exec timeout -k 5 120 unshare --mount --propagation private --net --pid --fork --kill-child \
        sh "$here/one.sh" "$2" "$3"
}
run_suite debian 10 "$@"
