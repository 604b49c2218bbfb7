#!/bin/sh
# newer.sh FROM TO: the packages of FROM again in TO, as a later version would be: with a greater version number,
# and with a change in two files that an administrator may have changed as well, and in one of a daemon's services.
set -eu
from=$1 to=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for deb in "$from"/*.deb; do
    rm -rf "$work/deb"
    dpkg-deb -R "$deb" "$work/deb"
    sed -i -e 's/^\(Version: .*\)$/\1.1/' -e 's/runit-rs (\(>*=\) \([^)]*\))/runit-rs (\1 \2.1)/' "$work/deb/DEBIAN/control"
    for file in rc.conf boot.d/90-rc-local.sh; do
        [ ! -e "$work/deb/etc/runit/$file" ] || echo '# A line of the newer version.' >>"$work/deb/etc/runit/$file"
    done
    (cd "$work/deb" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group -b "$work/deb" "$to" >/dev/null
done
