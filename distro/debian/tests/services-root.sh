#!/bin/sh
# services-root.sh: a Debian root with the packages of distro/debian/services, none of them started, as
# $RUNIT_DEPS/services/root; and beside it, as layers over it, those that exclude one of them. Made once, by
# debootstrap and apt with this machine's own package sources; remove the directory to make it anew.
# Needs root. Prints where it is.
set -eu
repo=$(cd "$(dirname "$0")/../../.." && pwd)
deps=${RUNIT_DEPS:-$repo/.deps}
packages="sysvinit-core initscripts sysv-rc dbus udev kmod elogind libpam-elogind openssh-server openssh-client cron
    rsyslog ifupdown iproute2 procps psmisc logrotate network-manager chrony nginx apache2 postgresql mariadb-server
    redis-server docker.io containerd acpid smartmontools cups avahi-daemon exim4-daemon-light at curl"
others="socklog-run busybox-syslogd+ntpsec dhcpcd" # one root each; + joins
die() { echo "services-root.sh: $*" >&2; exit 1; }

mkdir -p "$deps/services"
dir=$(cd "$deps/services" && pwd)
[ "$(id -u)" = 0 ] || die "needs root"
if [ -z "${RUNIT_SERVICES_LOCKED-}" ]; then
    RUNIT_SERVICES_LOCKED=yes exec flock "$dir/.lock" "$0"
fi

# inside ROOT COMMAND...: with /proc, in namespaces that go with it
inside() {
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --pid --fork --kill-child sh -ec '
        root=$1 && shift
        mount -t proc proc "$root/proc"
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
            DEBIAN_FRONTEND=noninteractive "$@"' inside "$@" </dev/null >>"$dir/log" 2>&1 || die "see $dir/log"
}
install_in() {
    root=$1 && shift
    inside "$root" apt-get update -qq
    inside "$root" apt-get install -y --no-install-recommends "$@"
}

if [ ! -d "$dir/root" ]; then
    : >"$dir/log"
    # shellcheck source=qemu-tests/images/lib.sh
    mirror=$(. "$repo/qemu-tests/images/lib.sh" && mirror)
    [ "$mirror" ] || die "no Debian mirror among this machine's package sources"
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    rm -rf "$dir/root.part"
    debootstrap --variant=minbase "$suite" "$dir/root.part" "$mirror" >>"$dir/log" 2>&1 || die "see $dir/log"
    rm -f "$dir/root.part/etc/apt/sources.list"
    cp -R /etc/apt/sources.list* "$dir/root.part/etc/apt/"
    cp /etc/resolv.conf "$dir/root.part/etc/"
    printf '#!/bin/sh\nexit 101\n' >"$dir/root.part/usr/sbin/policy-rc.d"
    chmod 755 "$dir/root.part/usr/sbin/policy-rc.d"
    # shellcheck disable=SC2086 # a list
    install_in "$dir/root.part" $packages
    rm -rf "$dir/root.part"/var/cache/apt/*.bin
    mv "$dir/root.part" "$dir/root"
fi
for other in $others; do
    [ ! -d "$dir/$other" ] || continue
    rm -rf "$dir/$other.part"
    mkdir -p "$dir/$other.part/upper" "$dir/$other.part/work" "$dir/$other.part/root"
    # shellcheck disable=SC2016 disable=SC2046 # for the inner shell; a list
    unshare --mount sh -ec '
        mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
        mount -t proc proc "$2/root/proc"
        root=$2/root && shift 2
        chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive sh -ec "
            apt-get update -qq && apt-get install -y --no-install-recommends $*"' layer \
        "$dir/root" "$dir/$other.part" $(echo "$other" | tr + ' ') </dev/null >>"$dir/log" 2>&1 || die "see $dir/log"
    rm -rf "$dir/$other.part/work" "$dir/$other.part/root"
    mv "$dir/$other.part" "$dir/$other"
done
echo "$dir"
