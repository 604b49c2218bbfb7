#!/bin/sh
# fetch.sh: the other supervisors that the bench measures, as Debian ships them: downloaded through
# apt and unpacked under .deps/bench, never installed; busybox's is built (busybox.sh). C runit is the copy of the comparison tests.
# A peer that this release of Debian does not have is left out.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=../qemu-tests/images/lib.sh
. "$root/qemu-tests/images/lib.sh"

deps=${RUNIT_DEPS:-$root/.deps}
RUNIT_DEPS=$deps "$root/qemu-tests/images/fetch.sh" oracle-release
peers=$deps/bench

# fetch NAME PACKAGES: what of the package NAME needs is not on every Debian is told by a pattern.
fetch() {
    [ ! -e "$peers/$1" ] || return 0
    if ! apt_known "$1"; then
        say "bench: no $1 in this machine's package sources: left out"
        return 0
    fi
    work=$peers/.new
    rm -rf "$work"
    mkdir -p "$work/debs" "$work/out"
    packages=$(apt-cache depends --recurse "$1" | grep -Ex "$2" | sort -u)
    # shellcheck disable=SC2086 # a list of package names
    say "bench: downloading" $packages
    # shellcheck disable=SC2086
    (cd "$work/debs" && download $packages)
    for deb in "$work"/debs/*.deb; do
        dpkg-deb -x "$deb" "$work/out"
        dpkg-deb -W "$deb" >>"$work/out/PACKAGES"
    done
    mv "$work/out" "$peers/$1"
    rm -rf "$work"
}

fetch s6 's6|execline|(libs6-|libexecline|libskarnet)[0-9.]+'
fetch daemontools 'daemontools'
RUNIT_DEPS=$deps "$root/bench/busybox.sh"
