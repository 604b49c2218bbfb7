#!/bin/sh
# fetch.sh: what the tests take from Debian, downloaded through apt into $RUNIT_DEPS and never installed here.
#   debian-services   packages that bring services for runit, with what they need: packages.test.sh installs them
#                     in roots of its own
#   debian-scripts    the scripts of /etc/init.d of many packages, and insserv, which knows their order
# A part that is whole is left alone; remove its directory to fetch it anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
deps=${RUNIT_DEPS:-$(cd "$here/../../.." && pwd)/.deps}
services='runit-helper openssh-server socklog-run bcron dnsmasq tor git-daemon-run mini-httpd-run dropbear runit-services at'
scripts='insserv initscripts apache2 apparmor bluez chrony console-setup-linux cron cryptsetup cups-daemon dbus exim4-base
haveged ifupdown keyboard-configuration kmod lvm2 mdadm nfs-common nginx-common openbsd-inetd procps redis-server rpcbind
rsyslog smartmontools udev x11-common'

# begin PART WANTED: false if it is whole. PART.new is an empty directory for it.
begin() {
    to=$deps/$1
    [ "$(cat "$to/WANTED" 2>/dev/null)" != "$2" ] || return 1
    rm -rf "$to.new" "$to"
    mkdir -p "$to.new/partial"
}
end() {
    rmdir "$to.new/partial" 2>/dev/null || rm -rf "$to.new/partial"
    echo "$1" >"$to.new/WANTED"
    mv "$to.new" "$to"
}
fail() {
    cat "$to.new/log" >&2
    exit 1
}

# shellcheck disable=SC2086 # lists
if begin debian-services "$services"; then
    apt-get -q -y -o Dir::Cache::archives="$to.new" -o Debug::NoLocking=1 -o APT::Sandbox::User=root --reinstall \
        --no-install-recommends --download-only install $services >"$to.new/log" 2>&1 || fail
    # Ours take its place.
    rm -f "$to.new"/runit_*.deb
    end "$services"
fi
# shellcheck disable=SC2086
if begin debian-scripts "$scripts"; then
    (cd "$to.new/partial" && apt-get download -q -o APT::Sandbox::User=root $scripts) >"$to.new/log" 2>&1 || fail
    for deb in "$to.new/partial"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x --no-same-owner -C "$to.new" --wildcards './etc/init.d' './etc/insserv*' '*sbin/insserv' \
            2>/dev/null || : # not each has all of these
    done
    [ -x "$to.new/sbin/insserv" ] || [ -x "$to.new/usr/sbin/insserv" ] || fail
    end "$scripts"
fi
