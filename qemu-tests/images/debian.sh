#!/bin/sh
# debian.sh: root file systems of a real Debian, with the init that is asked for, as ext4 images.
#
#   debian.sh repo SUITE                      the packages, and a small system that all images begin with
#   debian.sh image SUITE INIT FILE [SCRIPT]  an image: INIT is none, sysvinit, systemd, runit-init or finit;
#                                             SCRIPT is run by sh in the new root before the image is written,
#                                             behind the files of the directory RUNIT_IMAGE_OVERLAY, if that
#                                             is set, and the .debs of RUNIT_IMAGE_DEBS
#   debian.sh disk SUITE FILE [DIRECTORY]     an image of the packages as a source for apt (PATH /), with the
#                                             .debs of DIRECTORY besides
#
# Each package is downloaded once, through the mirror of this machine's own package sources, into a
# repository of files. From it the roots are made, and a guest that has it as a second disk installs from
# there: no guest needs a network, and two runs get the same packages. What is made is kept in
# $RUNIT_DEPS/images/SUITE (else .deps of this tree); remove that directory to make it anew.
# Needs root (debootstrap, chroot); mounts nothing outside a mount namespace of its own, uses no loop device.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"

usage() { die "usage: debian.sh repo SUITE | image SUITE INIT FILE [SCRIPT] | disk SUITE FILE [DIRECTORY]"; }
[ $# -ge 2 ] || usage
what=$1 suite=$2
shift 2

deps=${RUNIT_DEPS:-$(cd "$here/../.." && pwd)/.deps}
mkdir -p "$deps/images/$suite"
images=$(cd "$deps/images/$suite" && pwd)
[ "$(id -u)" -eq 0 ] || die "debian.sh needs root, for debootstrap"
command -v debootstrap >/dev/null || die "debian.sh needs debootstrap and dpkg-dev: apt-get install debootstrap dpkg-dev"
PATH=$PATH:/usr/sbin:/sbin

# One at a time in one cache.
if [ -z "${RUNIT_IMAGES_LOCKED:-}" ]; then
    RUNIT_IMAGES_LOCKED=yes exec flock "$images/.lock" "$here/debian.sh" "$what" "$suite" "$@"
fi

# What every system has, whatever its init.
common="udev kmod rsyslog cron openssh-server openssh-client ifupdown iproute2 e2fsprogs dbus procps psmisc less logrotate"
# packages INIT: what makes it the init of a system.
packages() {
    case $1 in
        none) ;;
        sysvinit) echo sysvinit-core initscripts insserv startpar orphan-sysvinit-scripts ;;
        systemd) echo systemd systemd-sysv ;;
        runit-init) echo runit-init runit getty-run runit-helper runit-services initscripts insserv sysv-rc orphan-sysvinit-scripts ;;
        finit) echo finit finit-plugins finit-sysv ;;
        *) die "no init '$1' here: none sysvinit systemd runit-init finit" ;;
    esac
}
# What the guests install besides, and what they may have to go back to.
wanted="nginx redis-server socklog-run runit-services elogind libpam-elogind sysv-rc bcron"

work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# inside ROOT COMMAND...: in ROOT, with /proc, in namespaces that go with the command.
inside() {
    root=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --pid --fork --kill-child sh -ec '
        root=$1
        shift
        mount -t proc proc "$root/proc"
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
            DEBIAN_FRONTEND=noninteractive "$@"' inside "$root" "$@" </dev/null
}

# quietly FILE COMMAND...: its output only if it fails.
quietly() {
    said=$1
    shift
    "$@" >"$said" 2>&1 || { tail -n 40 "$said" >&2; die "$1 failed: see above"; }
}

# with_repo ROOT: ROOT's apt knows the repository and nothing else; what is installed is not started.
with_repo() {
    mkdir -p "$1/srv/repo"
    cp -al "$images/repo/." "$1/srv/repo/" 2>/dev/null || cp -a "$images/repo/." "$1/srv/repo/"
    rm -f "$1/etc/apt/sources.list.d/"*
    echo "deb [trusted=yes] file:/srv/repo ./" >"$1/etc/apt/sources.list"
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
}

# keep NAME: $work, with the list of its packages, is the directory NAME from now on.
keep() {
    inside "$work" dpkg-query -W >"$images/.packages"
    mv "$images/.packages" "$work/PACKAGES"
    rm -rf "${images:?}/$1"
    mv "$work" "$images/$1"
    work=
}

make_base() {
    [ ! -e "$images/base/PACKAGES" ] || return 0
    uri=$(mirror)
    [ -n "$uri" ] || die "no Debian mirror among this machine's package sources"
    say "$suite: debootstrap (half a minute; 150 packages)"
    work=$images/.base
    rm -rf "$work"
    quietly "$images/debootstrap.log" debootstrap --variant=minbase "$suite" "$work" "$uri"
    rm -rf "$work"/var/cache/apt/archives/*.deb "$work"/var/lib/apt/lists/* "$work"/dev/.[!.]*
    keep base
}

# fetch PACKAGE...: these and what they need, as seen from the base, into the repository.
fetch() {
    APT_CONFIG=$images/apt/conf apt-get install -qq -y --download-only -o APT::Install-Recommends=0 "$@" \
        >>"$images/download.log" 2>&1 || { say "$suite: warning: not to be had: $*"; return 1; }
}

make_repo() {
    all="$common / $(for init in sysvinit systemd runit-init finit; do packages $init; done) / $wanted"
    [ "$(cat "$images/repo/WANTED" 2>/dev/null)" != "$all" ] || return 0
    make_base
    own_apt "$images/apt" "$(mirror)" "$suite" "$images/base/var/lib/dpkg/status" "$images/repo"
    : >"$images/download.log"
    say "$suite: package lists"
    APT_CONFIG=$images/apt/conf apt-get update -qq >>"$images/download.log" 2>&1 ||
        { tail "$images/download.log" >&2; die "no package lists of $suite"; }
    say "$suite: downloading the packages of all inits and services (150 MB)"
    # shellcheck disable=SC2086 # lists of packages
    fetch $common || die "$(tail "$images/download.log")"
    for init in sysvinit systemd runit-init finit; do
        # shellcheck disable=SC2046,SC2086
        fetch $common $(packages $init) || :
    done
    for package in $wanted; do
        fetch "$package" || :
    done
    rm -rf "$images/repo/partial" "$images/repo/lock"
    (cd "$images/repo" && dpkg-scanpackages -m . >Packages 2>>"$images/download.log")
    echo "$all" >"$images/repo/WANTED"
    rm -rf "$images/common"
    say "$suite: $(grep -c '^Package:' "$images/repo/Packages") packages, $(du -sh "$images/repo" | cut -f 1)"
}

# The base with what every system has; root's password is runit.
make_common() {
    make_repo
    [ ! -e "$images/common/PACKAGES" ] || return 0
    say "$suite: installing what every image has"
    work=$images/.common
    rm -rf "$work"
    cp -a "$images/base" "$work"
    with_repo "$work"
    quietly "$images/common.log" inside "$work" apt-get update -qq
    # shellcheck disable=SC2086
    quietly "$images/common.log" inside "$work" apt-get install -y --no-install-recommends $common
    echo "root:runit" | chroot "$work" chpasswd
    echo debian >"$work/etc/hostname"
    printf '127.0.0.1 localhost debian\n' >"$work/etc/hosts"
    printf '/dev/vda / ext4 errors=remount-ro 0 1\n' >"$work/etc/fstab"
    # The address that QEMU's user network forwards to.
    cat >"$work/etc/network/interfaces" <<NET
auto lo
iface lo inet loopback
auto eth0
iface eth0 inet static
    address 10.0.2.15/24
    gateway 10.0.2.2
NET
    printf 'PermitRootLogin yes\nUseDNS no\n' >"$work/etc/ssh/sshd_config.d/tests.conf"
    release=$(cat "$deps/kernel/RELEASE")
    mkdir -p "$work/lib/modules"
    cp -a "$deps/kernel/lib/modules/$release" "$work/lib/modules/"
    rm -rf "$work/var/cache/apt/archives"/*.deb
    keep common
}

# ext4 DIRECTORY FILE MIB
ext4() {
    rm -f "$2.part"
    mke2fs -q -F -t ext4 -L root -E root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0 -d "$1" "$2.part" "$3M" >/dev/null
    mv "$2.part" "$2"
}

make_image() {
    [ $# -ge 2 ] || usage
    init=$1 file=$2 script=${3:-}
    list=$(packages "$init")
    make_common
    work=$images/.image
    rm -rf "$work"
    cp -a "$images/common" "$work"
    say "$suite: $file: installing ${list:-nothing more}"
    # shellcheck disable=SC2086
    [ -z "$list" ] || quietly "$images/image.log" inside "$work" apt-get install -y --no-install-recommends $list
    if [ -n "${RUNIT_IMAGE_DEBS:-}" ]; then
        mkdir "$work/srv/debs"
        cp "$RUNIT_IMAGE_DEBS"/*.deb "$work/srv/debs/"
        # shellcheck disable=SC2016 # for the inner shell
        quietly "$images/image.log" inside "$work" sh -c 'apt-get install -y --no-install-recommends /srv/debs/*.deb'
        rm -rf "$work/srv/debs"
    fi
    [ -z "${RUNIT_IMAGE_OVERLAY:-}" ] || cp -a --remove-destination "$RUNIT_IMAGE_OVERLAY/." "$work/"
    if [ -n "$script" ]; then
        cp "$script" "$work/.script"
        quietly "$images/script.log" inside "$work" sh -eu /.script
        rm "$work/.script"
    fi
    rm -rf "$work/run"/* "$work/usr/sbin/policy-rc.d" "$work/srv/repo" "$work/var/cache/apt/archives"/*.deb
    mkdir "$work/srv/repo"
    ext4 "$work" "$file" "${RUNIT_IMAGE_MIB:-1200}"
    rm -rf "$work"
    work=
}

make_disk() {
    [ $# -ge 1 ] || usage
    file=$1
    make_repo
    work=$images/.disk
    rm -rf "$work"
    cp -al "$images/repo" "$work"
    if [ -n "${2:-}" ]; then
        rm "$work/Packages"
        cp "$2"/*.deb "$work/"
        (cd "$work" && dpkg-scanpackages -m . >Packages 2>/dev/null)
    fi
    ext4 "$work" "$file" $(($(du -sm "$work" | cut -f 1) * 5 / 4 + 32))
    rm -rf "$work"
    work=
}

case $what in
    repo) make_common ;;
    image) make_image "$@" ;;
    disk) make_disk "$@" ;;
    *) usage ;;
esac
