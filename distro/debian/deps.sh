#!/bin/sh
# deps.sh: installs what `make deb` needs and this machine lacks. Asks apt only for what is missing. Where there
# is no Rust that is new enough, all that `make deps` installs comes along: it knows which.
set -eu
# shellcheck source=../../qemu-tests/images/lib.sh
. "$(cd "$(dirname "$0")/../.." && pwd)/qemu-tests/images/lib.sh"

missing=
want() { # want TOOL PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
want dpkg-buildpackage dpkg-dev
want dh debhelper
want lintian lintian
want fakeroot fakeroot
want cc gcc
if [ -n "$missing" ]; then
    command -v apt-get >/dev/null 2>&1 || die "this machine has no apt; please install by hand:$missing"
    need_lists
    say "installing:$missing"
    # shellcheck disable=SC2086 # a list of package names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o Dpkg::Use-Pty=0 $missing
fi
command -v cargo >/dev/null 2>&1 || "$(dirname "$0")/../../qemu-tests/images/host.sh"
