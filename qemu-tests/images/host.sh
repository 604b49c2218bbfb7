#!/bin/sh
# host.sh: the packages that this machine needs to build runit-rs and to run its virtual machines.
# Looks for each tool first and asks apt only for what is missing; says nothing but one line
# when all is there. Never removes a package and never replaces a tool that is new enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"

oldest_rust=1.85

# newer_or_same A B: is version A at least version B?
newer_or_same() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

missing=
want() { # want TOOL PACKAGE...
    tool=$1
    shift
    command -v "$tool" >/dev/null 2>&1 || [ -x "/usr/sbin/$tool" ] || missing="$missing $*"
}

# Debian 13 and later have a cargo that is new enough. Debian 12 carries one beside its old
# one, for web browsers: the packages with -web in their names.
rust_packages() {
    if newer_or_same "$(apt-cache show --no-all-versions rustc | sed -n 's/^Version: //p')" "$oldest_rust"; then
        echo cargo rustc
    elif apt_known cargo-web; then
        echo cargo-web rustc-web
    else
        die "no Rust $oldest_rust or newer in this machine's package sources: install one (rustup) and come again"
    fi
}

have_rust=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) || have_rust=
if [ -z "$have_rust" ] || ! newer_or_same "$have_rust" "$oldest_rust"; then
    need_lists
    missing="$missing $(rust_packages)"
fi
want cc gcc
want qemu-system-x86_64 qemu-system-x86
want debugfs e2fsprogs
want setpriv util-linux
want unshare util-linux
want musl-gcc musl-tools
want shellcheck shellcheck
want ps procps
want strace strace
want mandoc mandoc
want groff groff-base
want xz xz-utils
[ -e /usr/include/stdlib.h ] || missing="$missing libc6-dev"
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"

if [ -z "$missing" ]; then
    say "tools of this machine: all there (cargo $have_rust)"
    exit 0
fi
command -v apt-get >/dev/null 2>&1 || die "this machine has no apt; please install by hand:$missing"
need_lists
say "installing:$missing"
install() {
    # shellcheck disable=SC2086 # a list of package names
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 $missing
}
install || { apt_update && install; } || die "apt-get install failed"
say "tools of this machine: installed"
