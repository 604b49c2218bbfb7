#!/bin/bash
# check.sh [NAME...]: does to the packages of target/deb what an administrator does, in root file systems of their
# own: install, upgrade, remove, purge, take the place of another init and give it back. A case is a function of
# chroot/*.cases.sh whose name is a sentence; NAME picks those that contain it. Prints one line a case and a last
# line "N passed, M failed"; a case about a package that the release does not have is named as such, and is neither.
# What a case said goes to target/deb-check/CASE. RUNIT_DEB_OUT is another directory of packages, as for build.sh:
# those of another release are tried on that release.
#
# Needs root. The Debian below is the one of qemu-tests/images/debian.sh, made once in $RUNIT_DEPS; no case needs a
# network or changes that copy (it is the lower side of an overlay). What is started runs in namespaces that end with
# the case.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# Seconds for one case.
limit=${RUNIT_CASE_LIMIT:-240}

say() { printf 'deb-check: %s\n' "$*"; }
die() { printf 'deb-check: fatal: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "needs root: it mounts and changes root"
debs=${RUNIT_DEB_OUT:-${CARGO_TARGET_DIR:-$root/target}/deb}
out=$debs-check
[ -e "$debs" ] || die "no packages in $debs: make deb"

# One case, in a mount namespace that goes with it: everything of it is below $TEST.
if [ "${1-}" = --case ]; then
    TEST=$2/$3
    mkdir -p "$TEST/upper" "$TEST/work" "$TEST/root"
    mount -t overlay overlay -o "lowerdir=$2/prepared:$BASE,upperdir=$TEST/upper,workdir=$TEST/work" "$TEST/root"
    mount --bind "$REPO" "$TEST/root/srv/repo"
    mount --bind "$THEIRS" "$TEST/root/srv/theirs"
    mount -t proc proc /proc
    mount -t proc proc "$TEST/root/proc"
    export TEST
    for file in "$here/chroot/words.sh" "$here"/chroot/*.cases.sh; do
        # shellcheck disable=SC1090
        . "$file"
    done
    set -x
    "$3"
    exit 0
fi

suite=bookworm
case $(echo "$debs"/runit-rs_*.deb) in *+deb13_*) suite=trixie ;; esac
"$root/qemu-tests/images/debian.sh" repo "$suite"
deps=${RUNIT_DEPS:-$root/.deps}
BASE=$deps/images/$suite/base REPO=$deps/images/$suite/repo THEIRS=$deps/images/$suite/theirs
export BASE REPO THEIRS

# The package that keeps a Debian from being without an init: what takes its place must please it.
extra=$deps/images/$suite/extra
if [ ! -e "$extra/Packages" ]; then
    mkdir -p "$extra"
    (cd "$extra" && APT_CONFIG=$deps/images/$suite/apt/conf apt-get download -q init && dpkg-scanpackages . >Packages) \
        >"$deps/images/$suite/extra.log" 2>&1 || { cat "$deps/images/$suite/extra.log"; die "the package init is not to be had"; }
fi

# Debian's packages that bring services for runit, with what they need. Not each release has all.
services="socklog-run bcron dnsmasq tor openssh-server dropbear mini-httpd-run acpid irqbalance dnscache tinydns walldns
    rbldns axfrdns git-daemon-run opendnssec-signer opendnssec-enforcer"
if [ "$(cat "$THEIRS/WANTED" 2>/dev/null)" != "$services" ]; then
    say "downloading Debian's packages with services for runit"
    rm -rf "$THEIRS" "$THEIRS.new"
    mkdir -p "$THEIRS.new/partial"
    for package in $services; do
        APT_CONFIG=$deps/images/$suite/apt/conf apt-get install -qq -y --download-only -o APT::Install-Recommends=0 \
            -o Dir::Cache::archives="$THEIRS.new" procps adduser runit runit-init "$package" >>"$THEIRS.log" 2>&1 ||
            say "warning: not to be had: $package"
    done
    rm -rf "$THEIRS.new/partial" "$THEIRS.new/lock"
    (cd "$THEIRS.new" && dpkg-scanpackages . >Packages 2>>"$THEIRS.log")
    echo "$services" >"$THEIRS.new/WANTED"
    mv "$THEIRS.new" "$THEIRS"
fi

ABSENT=
# shellcheck disable=SC2086 # a list
offered=$(APT_CONFIG=$deps/images/$suite/apt/conf apt-cache madison $services 2>/dev/null | awk '{ print $1 }' | sort -u)
[ "$offered" ] || die "no package lists of $suite: remove $deps/images/$suite/theirs and ../repo/WANTED"
for package in $services; do
    echo "$offered" | grep -qxF "$package" || [ -e "$(echo "$THEIRS/${package}"_*.deb)" ] || ABSENT="$ABSENT $package"
done
export ABSENT

rm -rf "$out"
mkdir -p "$out"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What all cases begin with: our packages, those of Debian as a source for apt, and a newer build of ours.
prepared=$scratch/prepared
mkdir -p "$prepared/srv/debs" "$prepared/srv/newer" "$prepared/srv/repo" "$prepared/srv/theirs" "$prepared/etc/apt/sources.list.d"
cp "$debs"/*.deb "$prepared/srv/debs/"
"$here/chroot/newer.sh" "$debs" "$prepared/srv/newer"
cp -R "$extra" "$prepared/srv/"
printf 'deb [trusted=yes] file:/srv/%s ./\n' repo extra theirs >"$prepared/etc/apt/sources.list"
# shellcheck disable=SC2016 # for the inner shell
unshare --mount sh -ec '
    mkdir "$1/work" "$1/root"
    mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$1/prepared,workdir=$1/work" "$1/root"
    mount --bind "$REPO" "$1/root/srv/repo"
    mount --bind "$THEIRS" "$1/root/srv/theirs"
    chroot "$1/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin apt-get update -qq
' prepare "$scratch" >"$out/prepare" 2>&1 || { cat "$out/prepare"; die "apt does not read the packages"; }

cases=$(sed -n 's/^\([a-z][a-z0-9_]*\)() {$/\1/p' "$here"/chroot/*.cases.sh)
picked=
for name in $cases; do
    [ $# = 0 ] || case " $* " in *" $name "*) ;; *)
        found=
        for part; do case $name in *"$part"*) found=yes ;; esac; done
        [ "$found" ] || continue
        ;;
    esac
    picked="$picked $name"
done
[ "$picked" ] || die "no case is called that: $*"

# one NAME: runs the case and says how it went.
one() {
    if timeout "$limit" unshare --mount --pid --fork --kill-child "$0" --case "$scratch" "$1" >"$out/$1" 2>&1 </dev/null; then
        if [ -e "$scratch/$1/absent" ]; then
            echo absent >"$scratch/$1.none"
            echo "none  $1: $suite has no $(cat "$scratch/$1/absent")"
            return
        fi
        echo passed >"$scratch/$1.end"
        echo "ok    $1"
    else
        echo "FAIL  $1"
        sed 's/^/      /' "$out/$1" | tail -n 25
    fi
}
say "$(echo "$picked" | wc -w) cases in $suite, $(nproc) at a time"
running=0
for name in $picked; do
    one "$name" &
    running=$((running + 1))
    if [ "$running" -ge "$(nproc)" ]; then
        wait -n
        running=$((running - 1))
    fi
done
wait
passed=$(find "$scratch" -maxdepth 1 -name '*.end' | wc -l)
none=$(find "$scratch" -maxdepth 1 -name '*.none' | wc -l)
failed=$(($(echo "$picked" | wc -w) - passed - none))
[ "$none" = 0 ] || echo "$none not tried: the packages are not in $suite"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
