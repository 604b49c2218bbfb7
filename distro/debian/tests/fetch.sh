#!/bin/sh
# fetch.sh: Debian's packages that bring services for runit, with what they need, downloaded through apt into
# $RUNIT_DEPS/debian-services and never installed here: packages.test.sh installs them in roots of its own. A
# directory that is whole is left alone; remove it to fetch anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
deps=${RUNIT_DEPS:-$(cd "$here/../../.." && pwd)/.deps}
packages='runit-helper openssh-server socklog-run bcron dnsmasq tor git-daemon-run mini-httpd-run dropbear'
to=$deps/debian-services
[ "$(cat "$to/WANTED" 2>/dev/null)" != "$packages" ] || exit 0
rm -rf "$to.new" "$to"
mkdir -p "$to.new/partial"
# shellcheck disable=SC2086 # a list
apt-get -q -y -o Dir::Cache::archives="$to.new" -o Debug::NoLocking=1 -o APT::Sandbox::User=root --reinstall \
    --no-install-recommends --download-only install $packages >"$to.new/log" 2>&1 || { cat "$to.new/log" >&2 && exit 1; }
# Ours take its place.
rm -f "$to.new"/runit_*.deb
echo "$packages" >"$to.new/WANTED"
mv "$to.new" "$to"
