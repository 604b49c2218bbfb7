#!/bin/sh
# release-deps.sh: installs what release.sh needs to build on static musl where this Rust has no musl
# target: Debian's newest Rust with the source of its standard library, and musl-gcc. Asks apt only
# for what is missing; where Debian does not have it, says so and leaves the release to glibc.
set -eu
# shellcheck source=../../qemu-tests/images/lib.sh
. "$(cd "$(dirname "$0")/../.." && pwd)/qemu-tests/images/lib.sh"

missing=
command -v musl-gcc >/dev/null || missing="$missing musl-tools"
if [ ! -e /usr/lib/rustlib/src/rust/library/Cargo.lock ]; then
    need_lists
    if apt_known rust-web-src; then
        missing="$missing rustc-web rust-web-src"
    elif apt_known rust-src; then
        missing="$missing rustc rust-src"
    else
        die "no source of the Rust standard library in this machine's package sources"
    fi
fi
if [ -z "$missing" ]; then
    say "the release can be built on musl"
    exit 0
fi
say "installing:$missing (about 150 MB)"
# shellcheck disable=SC2086 # a list of package names
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Use-Pty=0 $missing
