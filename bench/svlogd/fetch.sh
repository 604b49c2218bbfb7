#!/bin/sh
# fetch.sh: what the bench of svlogd needs: other loggers, busybox's built from source, and its own small
# programs, compiled.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=../../qemu-tests/images/lib.sh
. "$root/qemu-tests/images/lib.sh"

deps=${RUNIT_DEPS:-$root/.deps}
RUNIT_DEPS=$deps "$root/bench/fetch.sh"

parts=$deps/bench/svlogd
mkdir -p "$parts"
for part in feed count floor; do
    cc -O2 -Wall -Wextra -s -o "$parts/$part" "$here/$part.c"
done

"$root/bench/busybox.sh"
