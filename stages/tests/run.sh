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

# shellcheck source=stages/tests/suite.sh
. "$here/suite.sh"
leaves_out() { false; }
start_test() { TEST_SHELL=$1 T=$4/t exec "$here/one.sh" "$2" "$3"; }
run_suite stages 1000 "$@"
